"""The texts of adopted rulebooks stay at hand, and are never taken for others."""

import stat
from concurrent.futures import ThreadPoolExecutor
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
    (kept,) = kept_texts(tmp_path)
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
    with pytest.raises(RulebookRefused, match="it is not the text that its name says"):
        kept_texts(tmp_path)
    assert kept_text(tmp_path, book.digest) is None
    keep_text(tmp_path, book)
    assert len(kept_texts(tmp_path)) == 1


def test_a_file_that_changed_meanwhile_is_not_kept(tmp_path: Path, elsewhere: Path) -> None:
    book = own(elsewhere)
    own(elsewhere, behind="\n# changed\n")
    with pytest.raises(RulebookRefused, match="changed while it was read"):
        keep_text(tmp_path, book)
    assert not (tmp_path / KEPT).exists()


def test_texts_at_hand(tmp_path: Path, elsewhere: Path) -> None:
    """The project's, what was kept, and files named: each once."""
    assert [book.id for book in texts_at_hand(None)] == [book.id for book in texts_at_hand(tmp_path)]
    kept, named = own(elsewhere), own(elsewhere, "other.toml", "\n# named\n")
    keep_text(tmp_path, kept)
    digests = [book.digest for book in texts_at_hand(tmp_path, [named.path, kept.path])]
    assert len(digests) == len(set(digests)) == len(texts_at_hand(None)) + 2
    assert digests[:2] == [named.digest, kept.digest]


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
