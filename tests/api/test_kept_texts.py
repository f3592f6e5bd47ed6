"""The texts of adopted rulebooks stay at hand, and are never taken for others."""

import stat
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from api.kept_texts import KEPT, keep_text, kept_text, kept_texts, rulebook_asked, texts_at_hand
from projections.rules.rulebook import HOME, Rulebook, RulebookRefused, load_rulebook


def own(directory: Path, name: str = "own.toml", behind: str = "\n# of our own\n") -> Rulebook:
    """A rulebook with another text, in a directory where its notice is."""
    for notice in HOME.glob("notice-*.txt"):
        (directory / notice.name).write_bytes(notice.read_bytes())
    (directory / name).write_text((HOME / "shanghai-2017.toml").read_text("utf-8") + behind, "utf-8")
    return load_rulebook(directory / name)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere"
    path.mkdir()
    return path


def test_a_text_is_kept_as_it_was(tmp_path: Path, elsewhere: Path) -> None:
    book = own(elsewhere)
    keep_text(tmp_path, book)
    path = tmp_path / KEPT / f"{book.digest}.toml"
    assert path.read_bytes() == book.path.read_bytes()
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    stamp = path.stat().st_mtime_ns
    keep_text(tmp_path, book)
    assert path.stat().st_mtime_ns == stamp
    book.path.unlink()
    (kept,), spoilt = kept_texts(tmp_path)
    assert spoilt == {}
    assert (kept.digest, kept.id, len(kept.items)) == (book.digest, book.id, len(book.items))
    assert (kept_text(tmp_path, book.digest) or "").endswith("# of our own\n")
    assert kept_text(tmp_path, "ab" * 32) is None
    assert kept_text(tmp_path, f"../{KEPT}/{book.digest}") is None
    keep_text(tmp_path, kept)


def test_half_a_text_from_a_crash_is_written_again(tmp_path: Path, elsewhere: Path) -> None:
    book = own(elsewhere)
    keep_text(tmp_path, book)
    path = tmp_path / KEPT / f"{book.digest}.toml"
    path.write_bytes(path.read_bytes()[:100])
    texts, spoilt = kept_texts(tmp_path)
    assert (texts, list(spoilt)) == ([], [book.digest])
    assert spoilt[book.digest].startswith(f"{path}: file: it is not the text that its name says")
    assert kept_text(tmp_path, book.digest) is None
    keep_text(tmp_path, book)
    assert [text.digest for text in kept_texts(tmp_path).texts] == [book.digest]


def test_lines_may_end_as_they_do_elsewhere(tmp_path: Path, elsewhere: Path) -> None:
    book = own(elsewhere)
    book.path.write_bytes(book.path.read_bytes().replace(b"\n", b"\r\n"))
    book = load_rulebook(book.path)
    keep_text(tmp_path, book)
    assert [text.digest for text in kept_texts(tmp_path).texts] == [book.digest]


def test_files_that_are_no_such_text_hinder_no_other(tmp_path: Path, elsewhere: Path) -> None:
    """Whatever they are: each is named by its digest, and those whose name is none are not looked at."""
    book = own(elsewhere)
    keep_text(tmp_path, book)
    home = tmp_path / KEPT
    expected = {"ab" * 32: "it cannot be read", "cd" * 32: "it is not the text that its name says"}
    (home / f"{'ab' * 32}.toml").mkdir()
    (home / f"{'cd' * 32}.toml").write_bytes(book.path.read_bytes())
    for data, why in (
        (b"\xff\xfe", "it is no text"),
        (b"[unknown]\n", "unknown"),
        (b"= 1", "is not TOML"),
        (b"", "empty"),
    ):
        expected[sha256(data).hexdigest()] = why
        (home / f"{sha256(data).hexdigest()}.toml").write_bytes(data)
    for name in ("draft", "AB" * 32, "ab" * 31):
        (home / f"{name}.toml").write_text("= 1", "utf-8")
    texts, spoilt = texts_at_hand(tmp_path)
    assert [text.digest for text in texts[-1:]] == [book.digest]
    assert spoilt.keys() == expected.keys()
    for digest, why in expected.items():
        assert str(home / f"{digest}.toml") in spoilt[digest]
        assert why in spoilt[digest]
    assert rulebook_asked(tmp_path, book.digest[:8]).digest == book.digest
    with pytest.raises(RulebookRefused, match=f"cdcdcdcd: .*{'cd' * 32}.toml: file: it is not the text"):
        rulebook_asked(tmp_path, "cdcdcdcd")


def test_only_what_is_named_is_looked_at(tmp_path: Path, elsewhere: Path) -> None:
    book, other = own(elsewhere), own(elsewhere, "other.toml", "\n# other\n")
    for one in (book, other):
        keep_text(tmp_path, one)
    (tmp_path / KEPT / f"{other.digest}.toml").write_text("spoilt", "utf-8")
    texts, spoilt = kept_texts(tmp_path, [book.digest.upper(), "ef" * 32])
    assert ([text.digest for text in texts], spoilt) == ([book.digest], {})
    texts, spoilt = texts_at_hand(tmp_path, named=[book.digest, other.digest])
    assert (texts[-1].digest, list(spoilt)) == (book.digest, [other.digest])


def test_of_many_that_are_named_each_is_parsed_once(tmp_path: Path, elsewhere: Path) -> None:
    books = [own(elsewhere, f"{k}.toml", f"\n# {k}\n") for k in range(70)]
    for book in books:
        keep_text(tmp_path, book)
    named = [book.digest for book in books]
    first, again = kept_texts(tmp_path, named).texts, kept_texts(tmp_path, named).texts
    assert len(first) == 70
    assert all(one is other for one, other in zip(first, again, strict=True))


def test_a_file_that_changed_meanwhile_is_not_kept(tmp_path: Path, elsewhere: Path) -> None:
    book = own(elsewhere)
    own(elsewhere, behind="\n# changed\n")
    with pytest.raises(RulebookRefused, match="changed while it was read"):
        keep_text(tmp_path, book)
    assert not (tmp_path / KEPT).exists()


def test_texts_at_hand(tmp_path: Path, elsewhere: Path) -> None:
    """The project's, what was kept, and files named: each once."""
    programs = texts_at_hand(None).texts
    assert [book.id for book in programs] == [book.id for book in texts_at_hand(tmp_path).texts]
    kept, named = own(elsewhere), own(elsewhere, "other.toml", "\n# named\n")
    keep_text(tmp_path, kept)
    digests = [book.digest for book in texts_at_hand(tmp_path, [named.path]).texts]
    assert digests == [named.digest, *(book.digest for book in programs), kept.digest]
    digests = [book.digest for book in texts_at_hand(tmp_path, [named.path, kept.path]).texts]
    assert digests == [named.digest, kept.digest, *(book.digest for book in programs)]


@pytest.mark.parametrize("limited", [False, True])
def test_a_file_given_and_a_text_of_the_program_stand_for_what_is_kept(
    tmp_path: Path, elsewhere: Path, limited: bool
) -> None:
    given, shipped = own(elsewhere), load_rulebook("shanghai-2017")
    for book in (given, shipped):
        keep_text(tmp_path, book)
        (tmp_path / KEPT / f"{book.digest}.toml").write_text("spoilt", "utf-8")
    named = [given.digest, shipped.digest] if limited else None
    texts, spoilt = texts_at_hand(tmp_path, [given.path], named)
    assert {given.digest, shipped.digest} <= {book.digest for book in texts}
    assert spoilt == {}
    assert list(texts_at_hand(tmp_path, named=named).spoilt) == [given.digest]


def test_a_rulebook_is_asked_for_by_file_id_or_digest(tmp_path: Path, elsewhere: Path) -> None:
    book = own(elsewhere)
    keep_text(tmp_path, book)
    assert rulebook_asked(tmp_path, "shanghai-2017").digest == load_rulebook("shanghai-2017").digest
    assert rulebook_asked(tmp_path, str(book.path)).digest == book.digest
    book.path.unlink()
    for asked in (book.digest, book.digest[:8], book.digest[:12].upper()):
        assert rulebook_asked(tmp_path, asked).digest == book.digest
    for asked, why in (
        ("00000000", f"no text at hand has a digest that begins so; there are .*{book.digest[:12]}… "),
        (book.digest[:7], "known by its first 8 characters"),
        ("nothing", "no such rulebook"),
    ):
        with pytest.raises(RulebookRefused, match=why):
            rulebook_asked(tmp_path, asked)


def test_of_several_who_keep_one_text_at_once_all_have_kept_the_whole_of_it(tmp_path: Path, elsewhere: Path) -> None:
    book = own(elsewhere)
    with ThreadPoolExecutor(8) as pool:
        for one in [pool.submit(keep_text, tmp_path, book) for _ in range(16)]:
            one.result()
    (path,) = (tmp_path / KEPT).iterdir()
    assert path.read_bytes() == book.path.read_bytes()
