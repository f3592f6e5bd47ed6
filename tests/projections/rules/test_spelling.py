"""Mistakes of spelling, by the table: each is told with its key and what is expected, and all of them at once."""

from pathlib import Path

import pytest

from tests.projections.rules.small import SMALL, broken, problems

DAY = 'max = 2\nper = "day"'


def test_the_small_rulebook_is_sound(tmp_path: Path) -> None:
    assert broken(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        # keys
        ("max = 2", "maximum = 2", "item 1, 1.day, maximum: unknown key"),
        ("max = 2", "maximum = 2", "item 1, 1.day, max: is missing; expected a whole number from 1 to 10,000"),
        ("title =", "titel =", "titel: unknown key; did you mean title?"),
        ("title =", "titel =", "title: is missing; expected text of 1 to 1,000 characters"),
        ("issuer =", "issuer.office =", "issuer: a table where text of 1 to 1,000 characters is expected"),
        ("[readings.winner]", "[reading.winner]", "reading: unknown key; did you mean readings?"),
        ('slug = "hemi', 'sluk = "hemi', "item 2, sluk: unknown key; did you mean slug?"),
        ("number = 3\n", "", "item 3, number: is missing"),
        ("quote = [\"1个", "qoute = [\"1个", "item 1, 1.span, qoute: unknown key; did you mean quote?"),
        ("strict =", "strikt =", "readings.episode.strikt: unknown key; did you mean strict?"),
        ("basis =", "bases =", "readings.episode.basis: is missing"),
        # kinds of clauses
        ('kind = "count"', 'kind = "cuont"', "item 1, 1.day, kind: 'cuont' is no kind of clause; did you mean count?"),
        ('kind = "count"', "kind = 7", "item 1, 1.day, kind: 7 is no kind of clause. There are: findings, age"),
        ('kind = "count"\n', "", "item 1, 1.day, kind: is missing; expected one of findings, age"),
        ('kind = "count"', 'kind = "gate"', "item 1, 1.day, days: is missing; expected a whole number from 1 to"),
        # values
        ("max = 2", 'max = "2"', "item 1, 1.day, max: '2' where a whole number from 1 to 10,000 is expected"),
        ("max = 2", "max = true", "item 1, 1.day, max: true where a whole number"),
        ("max = 2", "max = 0", "item 1, 1.day, max: 0 where a whole number from 1 to 10,000 is expected"),
        ("max = 2", "max = -2", "item 1, 1.day, max: -2 where"),
        ("max = 2", "max = 10001", "item 1, 1.day, max: 10001 where"),
        ("max = 2", "max = 2.5", "item 1, 1.day, max: 2.5 where"),
        ("max = 2", "max = nan", "item 1, 1.day, max: nan where"),
        ("max = 2", f"max = 0x{'f' * 5000}", "item 1, 1.day, max: a number of more than 40 digits where"),
        ("max = 2", "max = [2]", "item 1, 1.day, max: a list where"),
        ('per = "day"', 'per = "week"', "item 1, 1.day, per: 'week' where one of day, month, stay, episode"),
        ('length = "P3M"', 'length = "3 months"', "item 1, 1.span, length: '3 months' where a period such as P1Y, P3M"),
        ('length = "P3M"', 'length = "P0M"', "item 1, 1.span, length: 'P0M' where a period"),
        ('length = "P3M"', 'length = "P3M\\n"', "item 1, 1.span, length: 'P3M\\n' where a period"),
        ('clause = "1.day"', 'clause = "day"', "item 1, day, clause: 'day' where the item's number and a name"),
        ('clause = "1.day"', 'clause = "1.Day!"', "item 1, 1.Day!, clause: '1.Day!' where"),
        ('slug = "hemi', 'slug = "hemi plegia', "item 2, slug: 'hemi plegiaplegia-limb-training' where an id"),
        ('slug = "hemiplegia', f'slug = "{"x" * 70}', "(86 characters) where an id: 1-64 of"),
        ('kind = "training"', 'kind = "treatment"', "item 1, kind: 'treatment' where one of training, assessment"),
        ('text = "与', "text = 5 # ", "item 2, text: 5 where text is expected"),
        ('includes = ["ex', 'includes = "ex" # ["', "item 1, includes: 'ex' where a list is expected"),
        ("combined = [1, 2]", 'combined = [1, "2"]', "item 1, 1.day, combined 2: '2' where a whole number is expected"),
        ("excludes = [2]", "excludes = []", "item 1, 1.excl, excludes: is an empty list; expected one entry at least"),
        ("excludes = [2]", "excludes = 2", "item 1, 1.excl, excludes: 2 where a list is expected"),
        ("quote = [\"1个", "quote = [\"\", \"1个", "item 1, 1.span, quote 1: '' where text of 1 to 1,000 characters"),
        ("{ includes_6 = 7,", "{ includes_6 = 700,", "3.age, before_birthday, includes_6: 700 where a whole"),
        ("before_birthday = {", "before_birthday = 7 # {", "item 3, 3.age, before_birthday: 7 where a table"),
        ('all = ["s', 'severity = "bad"\nall = ["s', "item 3, 3.ind, severity: 'bad' where one of severity_language"),
        ('all = ["s', 'among = ["dire"]\nall = ["s', "item 3, 3.ind, among 1: 'dire' where one of mild"),
        ('id = "invented"', 'id = "in vented"', "id: 'in vented' where an id: 1-64 of A-Z a-z 0-9"),
        ('id = "invented"', 'since = 2021-13-01\nid = "invented"', "file: is not TOML: "),
        ('id = "invented"', 'since = "2021"\nid = "invented"', "since: '2021' where a date such as 2021-01-31"),
        ('id = "invented"', 'notice_sha256 = "12"\nid = "invented"', "notice_sha256: '12' where a SHA-256 digest"),
        ('clause = "record.times"', "clause = 5", "record 5, clause: 5 where text"),
        ('quote = ["真实"]', "quote = []", "record.voided, quote: is an empty list"),
        # TOML
        ("max = 2", "max = ", "file: is not TOML: Invalid value (at line "),
        ("max = 2", "max = 2\nmax = 3", "file: is not TOML: Cannot overwrite a value (at line "),
        ("max = 2", f"max = {'9' * 5000}", "file: is not TOML: Exceeds the limit"),
        ("max = 2", f"max = {'[' * 20_000}", "file: is not TOML: "),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_key_and_what_is_expected(tmp_path: Path, old: str, new: str, problem: str) -> None:
    found = broken(tmp_path, (old, new))
    assert any(problem in one for one in found), found


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    found = broken(
        tmp_path, ("max = 2", "max = -1"), ('length = "P3M"', "length = 3"), ("title =", "titel ="), ("strict =", "s =")
    )
    assert [problem.split(":")[0] for problem in found] == [
        "titel", "title", "readings.episode.s", "readings.episode.strict",
        "item 1, 1.span, length", "item 1, 1.day, max",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "file: is empty"),
        (b" \n\t\n", "file: is empty"),
        (b"\xef\xbb\xbf", "format: is missing"),
        (b"a = 1\nb = '\xff'\n", "file: is not UTF-8: byte 0xff in line 2; save it as UTF-8"),
        (SMALL.encode("gbk"), "file: is not UTF-8: byte"),
        (SMALL.encode("utf-16"), "file: is not UTF-8: byte 0xff in line 1"),
        (b"\x00", "file: is not TOML"),
        (b"# " + b"x" * 4_200_000, "file: is larger than 4,194,304 bytes"),
        (b"[[item]]\n" * 3, "item 1, number: is missing"),
        (b"item = 5\nreadings = []\nrecord = 7", "item: 5 where a list is expected"),
        (b"item = 5\nreadings = []\nrecord = 7", "readings: a list where a table is expected"),
        (b"item = [1, [2], 'x']", "item 2: a list where a table is expected"),
        (b"[readings]\nepisode = 5", "readings.episode: 5 where a table is expected"),
        (b'{"format": "rulebook/1"}', "file: is not TOML: Invalid statement (at line 1, column 1)"),
        (b"format: rulebook/1\n", "file: is not TOML: Expected '=' after a key in a key/value pair (at line 1"),
    ],
)
def test_a_file_that_is_no_rulebook_at_all(tmp_path: Path, data: bytes, problem: str) -> None:
    found = problems(tmp_path / "mine.toml", data)
    assert any(problem in one for one in found), found


def test_a_byte_order_mark_and_windows_lines_are_accepted(tmp_path: Path) -> None:
    assert problems(tmp_path / "mine.toml", b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()) == []
