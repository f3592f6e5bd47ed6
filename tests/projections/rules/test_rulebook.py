"""Loading a rulebook: the one that comes with the project, and what makes a file no rulebook."""

import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.treatment.items import CATALOGUE
from projections.rules.record import RECORD
from projections.rules.rulebook import (
    HOME,
    RulebookRefused,
    load_rulebook,
    parse_rulebook,
    rulebook_ids,
    rulebook_texts,
)
from tests.projections.rules.building import SHANGHAI
from tests.projections.rules.words import ORDER

SOURCE = (HOME / "shanghai-2017.toml").read_text(encoding="utf-8")
Edited = Callable[[str, str], list[str]]


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """The problems of the rulebook with one passage replaced."""

    def load(old: str, new: str) -> list[str]:
        assert old in SOURCE
        shutil.copy(HOME / "notice-changning-2020.txt", tmp_path)
        path = tmp_path / "mine.toml"
        path.write_text(SOURCE.replace(old, new, -1 if "readings." in old else 1), encoding="utf-8")
        try:
            load_rulebook(path)
        except RulebookRefused as refused:
            # Every problem begins with the file; one that did not would match nothing below.
            return [problem.partition(f"{path}: ")[2] for problem in refused.problems]
        return []

    return load


def test_it_has_the_43_items_with_their_slugs_and_kinds() -> None:
    assert [item.number for item in SHANGHAI.items] == list(range(1, 44))
    assert {(slug, item.number, item.kind) for slug, item in SHANGHAI.by_slug.items()} == {
        (item.slug, item.number, item.kind) for item in CATALOGUE
    }


def test_its_clauses_stand_in_the_order_of_the_words() -> None:
    for item in SHANGHAI.items:
        assert [clause.clause for clause in item.clause] == [f"{item.number}.{n}" for n in ORDER[item.number].split()]


def test_its_digest_is_that_of_the_file() -> None:
    assert SHANGHAI.digest == sha256((HOME / "shanghai-2017.toml").read_bytes()).hexdigest()


def test_it_is_found_by_id_and_by_path() -> None:
    assert "shanghai-2017" in rulebook_ids()
    assert load_rulebook(HOME / "shanghai-2017.toml").digest == SHANGHAI.digest
    assert load_rulebook(str(HOME / "shanghai-2017.toml")).id == "shanghai-2017"


def test_a_copy_as_it_is_is_sound(edited: Edited) -> None:
    assert edited('title = "', 'title = "') == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        # spelling
        ('kind = "gate"\n', 'kind = "gate"\nevery = 14\n', "item 21, 21.gate, every: unknown key"),
        ("max = 2\n", 'max = "2"\n', "item 1, 1.day, max: '2' where a whole number from 1 to 10,000 is expected"),
        ('kind = "open"\n', 'kind = "closed"\n', "item 41, 41.open, kind: 'closed' is no kind of clause"),
        ("months_before = 6\n", "", "item 3, 3.year, months_before: is missing; expected a whole number from 1 to 12"),
        ("[extension]\n", "[extensions]\n", "extensions: unknown key; did you mean extension?"),
        ('format = "rulebook/1"', 'format = "rulebook/2"', "format: 'rulebook/2' where rulebook/1 is expected"),
        (
            "[readings.winner]",
            "[readings.winner",
            "file: is not TOML: Expected ']' at the end of a table decl",
        ),
        ('lenient = "any"\n', "", "readings.and_list.lenient: is missing"),
        (
            "[readings.winner.options]",
            "[readings.winner.choices]",
            "readings.winner.choices: unknown key. There",
        ),
        ("item = 10\n", 'item = "10"\n', "extension, item: '10' where a whole number is expected"),
        # readings
        ("[readings.winner", "[readings.victor", "item 1, 1.excl: needs the reading winner"),
        ("[readings.winner", "[readings.victor", "readings.victor: unknown reading"),
        ('default = "first"', 'default = "last"', "readings.winner.default: 'last' is none of the options first, dear"),
        ("gap_90 =", "gap_60 =", "readings.episode.options.gap_60: unknown option; the judge knows declared, gap_90"),
        (
            'gap_90 = "连续',
            'gap_60 = "连续',
            "readings.episode.options_zh.gap_60: is none of the options declared, gap",
        ),
        ('P90D = "', 'P90 = "', "readings.extension_valid.options.P90: unknown option"),
        ('phrase = ["限儿童"]', 'phrase = ["限小儿"]', "readings.child, phrase: “限小儿” is not in the notice"),
        ("under_18 = 18,", "under_16 = 16,", "item 3, 3.child, before_birthday: has to give a value for each option"),
        ("clear_days = 15", "whole_days = 15", "item 10, 10.gap, days: has to give a value for each option"),
        ("more_than_3 = 4", "four = 4", "item 10, 10.staff, persons: has to give a value for each option"),
        # names
        ('"deficit_rom"', '"deficit_range"', "item 1, 1.ind: unknown finding 'deficit_range'"),
        ('reading = "and_list"', 'reading = "winner"', "item 1, 1.ind, reading: 'winner' does not decide"),
        ("number = 2\n", "number = 1\n", "item 1, number: 1 occurs twice"),
        ('slug = "hemiplegia-limb-training"', 'slug = "exercise-therapy"', "slug: 'exercise-therapy' occurs twice"),
        ('clause = "2.span"', 'clause = "4.span"', "a clause of this item begins with 2."),
        ('clause = "5.day"', 'clause = "5.span"', "item 5, 5.span: the clause occurs twice"),
        ("excludes = [2, 3, 4]", "excludes = [2, 3, 44]", "item 1, 1.excl, excludes: 44 is no other item"),
        ("combined = [1, 2, 3, 4]", "combined = [1, 99]", "item 1, 1.day, combined: names an item that"),
        ("scale_item = 9", "scale_item = 90", "item 21, 21.gate, scale_item: 90 is no assessment"),
        ("item = 10\n", "item = 1\n", "extension, item: 1 is no assessment"),
        ('meets = ["10.staff", ', 'meets = ["10.gap", ', "extension, meets: '10.gap' is no clause of item 10 on its"),
        ('clause = "record.times"', 'clause = "record.time"', "record: has to list record.voided, record.stopped"),
        ('category = "cadre"', 'category = "worker"', "retirement_age: has to have one row for female worker"),
        ("severe = 90, ", "", "item 21, 21.days: has either max, or severity with max_by"),
        ('severity = "severity_language"\n', "", "item 7, 7.ind, severity: severity and among come together"),
        ('all = ["documented_dysfunction"]\n', "", "item 10, 10.ind: asks for no finding at all"),
        # words
        ('quote = ["限儿童"]', "quote = []", "item 3, 3.child, quote: is missing"),
        ('quote = ["限儿童"]', 'quote = ["限小儿"]', "item 3, 3.child, quote: “限小儿” is not in the text"),
        ('quote = ["支付不超过30天"]', 'quote = ["支付不超过"]', "item 16, text: “30天。” is claimed by no clause"),
        (
            'text = "限儿童。7岁以前',
            'text = "限儿童。8岁以前',
            "item 3, text: text differs from the notice at",
        ),
        ('quote = ["频次次数"]', 'quote = ["次数频次"]', "record.times, quote: “次数频次” is not in the notice"),
        ('notice = "notice-', 'notice = "other-', "notice: 'other-changning-2020.txt' is no file beside"),
        ('notice = "notice-', 'notice = "../rulebooks/notice-', "notice: '../rulebooks/notice-changning-2020.txt'"),
        ('notice_sha256 = "8f', 'notice_sha256 = "80', "notice_sha256: notice-changning-2020.txt has another digest"),
    ],
)
def test_a_wrong_file_is_refused_with_key_and_reason(edited: Edited, old: str, new: str, problem: str) -> None:
    problems = edited(old, new)
    assert any(problem in found for found in problems), problems


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("[retirement_age]", "item 22, 22.age, until: needs the table [retirement_age]"),
        ("[extension]", "item 3, 3.proof: needs [extension]"),
    ],
)
def test_a_table_that_a_clause_needs_is_missed(edited: Edited, table: str, problem: str) -> None:
    begin = SOURCE.index(table)
    end = SOURCE.index("\n# ", begin)
    if table == "[retirement_age]":
        end = SOURCE.index("# What a comprehensive", begin)
    assert any(problem in found for found in edited(SOURCE[begin:end], ""))


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(RulebookRefused, match=r"nowhere\.toml: file: no such rulebook"):
        load_rulebook("nowhere.toml")


def test_a_directory_is_no_rulebook(tmp_path: Path) -> None:
    with pytest.raises(RulebookRefused, match="cannot be read"):
        load_rulebook(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bytes.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(RulebookRefused, match="is not UTF-8: byte 0xff in line 1"):
        load_rulebook(path)


def test_the_record_has_its_words_in_order() -> None:
    assert [words.clause for words in SHANGHAI.file.record] == list(RECORD)


NATIONAL = {
    "national-2010": "span day excl|span excl|child year total excl|span excl|span day|span|ind span day|ind site span|"
    "episode",
    "national-29": "span day excl|span excl|child year total excl|span excl|span day|span|ind span day|ind site span|"
    "episode|ind staff parts stay gap|episode|span gap|gap|span|episode|days|span|span|span|days|open|open|"
    "ind days gate|open|year day|open|open|open|open",
}


@pytest.mark.parametrize("name", NATIONAL)
def test_the_national_items_and_what_is_judged_of_each(name: str) -> None:
    book = load_rulebook(name)
    assert [item.number for item in book.items] == list(range(1, len(book.items) + 1))
    found = [" ".join(clause.clause.partition(".")[2] for clause in item.clause) for item in book.items]
    assert found == NATIONAL[name].split("|")
    assert book.file.extension is None  # no continuation by assessment


@pytest.mark.parametrize("name", NATIONAL)
def test_the_national_items_say_that_they_are_reported_by_others(name: str) -> None:
    book = load_rulebook(name)
    assert "据二手资料" in book.title
    assert "据二手资料" in book.file.regulation
    assert book.file.source is not None
    assert book.file.source.startswith("As reported by secondary sources")
    assert book.file.since is None
    assert book.file.since_note is not None
    assert book.file.since_note.startswith("Not found")
    assert book.file.notice is None
    assert book.file.record == SHANGHAI.file.record  # the duties of the record hold whatever the item


def test_the_nine_are_the_same_in_both_and_slugs_those_of_the_catalogue() -> None:
    nine, all_29 = load_rulebook("national-2010"), load_rulebook("national-29")
    assert nine.items == all_29.items[:9]
    new = set(all_29.by_slug) - set(SHANGHAI.by_slug)
    assert new == {"amputee-limb-training", "psychiatric-occupational-therapy", "pediatric-behavioral-audiometry"}
    assert {slug: item.name for slug, item in all_29.by_slug.items() if slug not in new}.items() <= {
        slug: item.name for slug, item in SHANGHAI.by_slug.items()
    }.items()


@pytest.mark.parametrize("name", ["national-2010", "national-29", "shanghai-2017"])
def test_every_reading_is_told_in_both_languages_and_declares_the_transition(name: str) -> None:
    book = load_rulebook(name)
    assert book.readings["transition"].default == "by_act_date"
    for reading in book.readings.values():
        assert list(reading.options) == list(reading.options_zh)


@pytest.mark.parametrize("name", ["national-2010", "national-29", "shanghai-2017"])
def test_every_reading_that_is_declared_decides_something(name: str) -> None:
    book = load_rulebook(name)
    needed = {reading for item in book.items for clause in item.clause for reading in clause.needs()}
    assert set(book.readings) == needed | {"physician_scope", "transition"}


def test_a_text_that_came_alone_judges_as_its_file_does(tmp_path: Path) -> None:
    text = SHANGHAI.path.read_text("utf-8")
    alone = parse_rulebook(text, "of a bundle")
    assert (alone.id, alone.digest) == (SHANGHAI.id, SHANGHAI.digest)
    assert alone.file == SHANGHAI.file
    # The notice that its author's copy was held against does not come along: a file is refused without it, a text not.
    moved = text.replace("notice-changning-2020.txt", "a-notice-of-ours.txt")
    (tmp_path / "moved.toml").write_text(moved, "utf-8")
    with pytest.raises(RulebookRefused, match="is no file beside the rulebook"):
        load_rulebook(tmp_path / "moved.toml")
    assert parse_rulebook(moved, "of a bundle").digest == sha256(moved.encode()).hexdigest()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("x = ", "is not TOML"),
        ("id = 5", "of a bundle: "),
        ("#" * (4 * 1024 * 1024 + 1), "is larger than"),
        ("a" + ".a" * 101 + " = 1", "dots"),
    ],
)
def test_a_text_that_is_no_rulebook_is_refused(text: str, problem: str) -> None:
    with pytest.raises(RulebookRefused, match=problem):
        parse_rulebook(text, "of a bundle")


def test_texts_by_the_digest_that_an_adoption_names(tmp_path: Path) -> None:
    built_in = {load_rulebook(name).digest for name in rulebook_ids()}
    assert set(rulebook_texts()) == built_in
    own = tmp_path / "own.toml"
    own.write_text((HOME / "shanghai-2017.toml").read_text(encoding="utf-8") + "\n# ours\n", encoding="utf-8")
    texts = rulebook_texts([own])
    assert set(texts) == built_in | {load_rulebook(own).digest}
    assert all(sha256(text.encode()).hexdigest() == digest for digest, text in texts.items())
    own.write_text("nonsense", encoding="utf-8")
    with pytest.raises(RulebookRefused):
        rulebook_texts([own])
