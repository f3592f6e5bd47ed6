"""Mistakes of meaning in a rulebook whose spelling is right: names that do not exist, words that nothing claims."""

import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from projections.rules.rulebook import HOME, load_rulebook, rulebook_ids
from tests.projections.rules.small import SMALL, broken, problems

DAY = 'clause = "1.day"\nkind = "count"\nmax = 2\nper = "day"'
TABLE = "[extension]\nitem = 2\nmeets = []\n\n[[record]]"
AGE = 'clause = "3.age"\nkind = "age"'


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        # names
        ("number = 2\n", "number = 1\n", "item 1, number: 1 occurs twice"),
        ('slug = "hemiplegia-limb-training"', 'slug = "exercise-therapy"', "slug: 'exercise-therapy' occurs twice"),
        ('includes = ["exercise-therapy/', 'includes = ["exercise-therapy", "e/', "'exercise-therapy' occurs twice"),
        ('clause = "1.day"', 'clause = "1.span"', "item 1, 1.span: the clause occurs twice"),
        ('clause = "2.excl"', 'clause = "4.excl"', "item 2, 4.excl: a clause of this item begins with 2."),
        ('id = "invented"', 'id = "in-force"', "id: in-force stands for whichever rulebook was in force"),
        ('kind = "training"', 'kind = "assessment"', "item 1, kind: exercise-therapy is recorded as training, not as"),
        ('clause = "record.stay"', 'clause = "record.signed"', "record: has to list record.voided, record.stopped"),
        # what a clause refers to
        ("excludes = [2]", "excludes = [1]", "item 1, 1.excl, excludes: 1 is no other item of the file"),
        ("excludes = [2]", "excludes = [9]", "item 1, 1.excl, excludes: 9 is no other item of the file"),
        ("excludes = [2]", "excludes = [-2]", "item 1, 1.excl, excludes: -2 is no other item of the file"),
        ("combined = [1, 2]", "combined = [1, 9]", "1.day, combined: names an item that the file does not have"),
        ("combined = [1, 2]", "combined = [2]", "does not have, or leaves out 1 itself"),
        (DAY, DAY.replace("day", "stay"), "combined: counts items together on a day"),
        ('unit = "session"', 'unit = "assessment"', "item 1, 1.day, unit: item 1 is done in sessions, not in"),
        ('all = ["s', 'all = ["', "item 3, 3.ind: unknown finding 'uspected_autism'; did you mean suspected_autism?"),
        ('all = ["suspected_autism"]\n', "", "item 3, 3.ind: asks for no finding at all"),
        ('all = ["s', 'reading = "and_list"\nall = ["s', "item 3, 3.ind, reading: decides the list `some`"),
        ('all = ["s', 'severity = "severity_adl"\nall = ["s', "item 3, 3.ind, severity: severity and among come"),
        ('length = "P3M"', 'length = "P3M"\nextendable = true', "item 1, 1.span: needs [extension], which the file"),
        (
            'clause = "1.span"\nkind = "span"\nlength = "P3M"\nper = "episode"',
            'clause = "1.gate"\nkind = "gate"\ndays = 14\nscale_item = 2',
            "item 1, 1.gate, scale_item: 2 is no assessment of the file",
        ),
        (
            'kind = "age"\nreading = "age_6"\nbefore_birthday = { includes_6 = 7, under_6 = 6 }',
            'kind = "working_age"\nfrom_birthday = 16\nuntil = "retirement_age"',
            "item 3, 3.age, until: needs the table [retirement_age], which the file does not have",
        ),
        ("[[record]]", '[extension]\nitem = 3\nmeets = ["3.age"]\n\n[[record]]', "meets: '3.age' is no clause"),
        ("[[record]]", "[extension]\nitem = 2\nmeets = []\n\n[[record]]", "extension, item: 2 is no assessment"),
        ("[[record]]", TABLE, "extension: needs the reading extension_source, which the file does not declare"),
        ("[[record]]", TABLE, "extension: needs the reading extension_valid, which the file does not declare"),
        ("[[record]]", TABLE, "extension: needs the reading improvement, which the file does not declare"),
        # readings
        ("readings.winner]", "readings.winer]", "readings.winer: unknown reading; did you mean winner?"),
        ("readings.winner]", "readings.winer]", "item 2, 2.excl: needs the reading winner, which the file does not"),
        ("readings.physician_scope]", "readings.child]", "readings: physician_scope is missing; record.physician"),
        ("gap_90 =", "gap_60 =", "readings.episode.options.gap_60: unknown option; the judge knows declared, gap_90"),
        ('default = "declared"', 'default = "decalred"', "readings.episode.default: 'decalred' is none of the options"),
        ('lenient = "first"', 'lenient = ""', "readings.winner.lenient: '' where text of 1 to 64 characters"),
        ('options = { declared = "one", gap_90 = "another" }', "options = {}", "is none of the options (none)"),
        (
            'name = "孤独症诊断访谈量表测评"',
            'name = "孤独症"\nclauses = []',
            "item 3, clauses: unknown key; did you mean clause?",
        ),
        (", under_6 = 6 }", "}", "item 3, 3.age, before_birthday: has to give a value for each option of age_6"),
        ("under_6 = 6 }", "under_6 = 6, x = 5 }", "item 3, 3.age, before_birthday: has to give a value for each"),
        ('reading = "age_6"', 'reading = "age_7"', "item 3, 3.age: needs the reading age_7, which the file does not"),
        # words
        ('quote = ["限6岁以下"]', "quote = []", "item 3, 3.age, quote: is missing: every clause has the words it"),
        ('quote = ["限6岁以下"]', 'quote = ["限6岁"]', "item 3, text: “以下” is claimed by no clause's quote"),
        ('quote = ["限6岁以下"]', 'quote = ["限5岁以下"]', "item 3, 3.age, quote: “限5岁以下” is not in the text of"),
        ('text = "与运动疗法', 'text = "每日1次。与运动疗法', "item 2, text: “每日1次。” is claimed by no"),
        # documents
        ('id = "i', 'notice = "none.txt"\nid = "i', "notice: 'none.txt' is no file beside the rulebook; put it there"),
        ('id = "i', 'record_notice = "../x.txt"\nid = "i', "record_notice: '../x.txt' is no file beside the rulebook"),
        ('id = "i', f'notice_sha256 = "{"0" * 64}"\nid = "i', "notice_sha256: is given, but notice is not"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_key_and_reason(tmp_path: Path, old: str, new: str, problem: str) -> None:
    found = broken(tmp_path, (old, new))
    assert any(problem in one for one in found), found


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ("P1Y", None),
        ("forever", None),
        ("P30D", None),
        ("ever", "readings.extension_valid.options.ever: unknown option; the judge knows forever, periods such as P1Y"),
        ("P1W", "readings.extension_valid.options.P1W: unknown option"),
    ],
)
def test_a_validity_is_a_period_or_forever(tmp_path: Path, option: str, problem: str | None) -> None:
    reading = f"""[readings.extension_valid]
phrase = []
default = "{option}"
strict = "{option}"
lenient = "{option}"
why = "invented"
basis = "invented"
options = {{ {option} = "so long" }}

[[record]]"""
    found = broken(tmp_path, ("[[record]]", reading))
    assert (found == []) if problem is None else any(problem in one for one in found), found


def test_a_table_of_ages_is_whole_and_no_more(tmp_path: Path) -> None:
    rest = "years = 60\nborn_from = 1965-01-01\nmonths_per_step = 4\nat_most_months = 36\n"
    row = '[[retirement_age.row]]\nsex = "{}"\n{}' + rest
    rows = [row.format("male", ""), row.format("male", 'category = "cadre"\n')]
    table = '[retirement_age]\nsource = "invented"\n\n' + "\n".join(rows)
    found = broken(tmp_path, ("[[record]]", f"{table}\n[[record]]"))
    assert found == [
        "retirement_age: has to have one row for female worker",
        "retirement_age: has to have one row for female cadre",
        "retirement_age: has a row for others than men, women workers and women cadres",
    ]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    found = broken(
        tmp_path, ("excludes = [2]", "excludes = [8]"), ('"suspected_autism"', '"autism"'), ("gap_90 =", "gap_9 =")
    )
    assert len(found) == 4  # the option that is gone is what `strict` names, too
    assert {problem.split(":")[0] for problem in found} == {
        "readings.episode.options.gap_9", "readings.episode.strict", "item 1, 1.excl, excludes", "item 3, 3.ind",
    }  # fmt: skip


def test_the_words_of_the_record_are_looked_for_in_the_document_they_are_from(tmp_path: Path) -> None:
    document = "确保治疗过程的 真\n实性。医保医师。"
    (tmp_path / "duties.txt").write_text(document, encoding="utf-8")
    digest = sha256(document.encode()).hexdigest()
    named = f'record_notice = "duties.txt"\nrecord_notice_sha256 = "{digest}"\nid = "invented"'
    assert broken(tmp_path, ('id = "invented"', named)) == []
    other = named.replace(digest, "0" * 64)
    assert broken(tmp_path, ('id = "invented"', other)) == [
        f"record_notice_sha256: duties.txt has another digest: {digest}"
    ]
    found = broken(tmp_path, ('id = "invented"', named), ('quote = ["真实"]', 'quote = ["真诚"]'))
    assert found == ["record.voided, quote: “真诚” is not in the notice"]
    found = broken(tmp_path, ('id = "invented"', named), ('phrase = ["医保医师"]', 'phrase = ["护士"]'))
    assert found == ["readings.physician_scope, phrase: “护士” is not in the notice and in no item's text"]


def test_a_copy_elsewhere_is_held_against_the_documents_of_the_project(tmp_path: Path) -> None:
    for name in rulebook_ids():
        path = tmp_path / "copy.toml"
        shutil.copy(HOME / f"{name}.toml", path)
        assert load_rulebook(path).digest == load_rulebook(name).digest


def test_a_document_beside_the_file_comes_first(tmp_path: Path) -> None:
    (tmp_path / "notice-changning-2020.txt").write_text("something else", encoding="utf-8")
    found = problems(tmp_path / "copy.toml", (HOME / "national-2010.toml").read_bytes())
    assert found[0].startswith("record_notice_sha256: notice-changning-2020.txt has another digest: ")


def test_a_small_rulebook_needs_no_document(tmp_path: Path) -> None:
    assert "notice" not in SMALL
    assert problems(tmp_path / "mine.toml", SMALL) == []
