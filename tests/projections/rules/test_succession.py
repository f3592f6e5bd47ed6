"""Which rulebook was in force: adoptions put in order, texts found by their digest, and what is refused."""

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random

import pytest

from ledger.treatment.facts import Fact, RulebookAdopted
from projections.rules.readings import Profile, ReadingRefused
from projections.rules.rulebook import HOME, Rulebook, load_rulebook
from projections.rules.succession import AdoptionRefused, InForce, Period, Succession, succession_of
from tests.projections.rules.building import SHANGHAI, moment

NINE, TWENTY_NINE = load_rulebook("national-2010"), load_rulebook("national-29")
TEXTS = (NINE, TWENTY_NINE, SHANGHAI)


def adopted(book: Rulebook, begin: str, at: str = "2016-01-01", digest: str | None = None) -> RulebookAdopted:
    return RulebookAdopted(
        at=moment(at), rulebook=book.id, digest=digest or book.digest, effective_from=date.fromisoformat(begin)
    )


def in_force(facts: Iterable[Fact], *days: str) -> list[str | None]:
    succession = succession_of(facts, TEXTS)
    books = [succession.in_force(date.fromisoformat(day)) for day in days]
    return [book.id if book is not None else None for book in books]


def test_the_latest_day_not_after_it_counts_that_day_included() -> None:
    facts: list[Fact] = [
        adopted(SHANGHAI, "2021-01-01"),
        adopted(NINE, "2011-01-01"),
        adopted(TWENTY_NINE, "2016-07-01"),
    ]
    days = ("2010-12-31", "2011-01-01", "2016-06-30", "2016-07-01", "2020-12-31", "2021-01-01", "9999-12-31")
    found = in_force(facts, *days)
    assert found == [None, "national-2010", "national-2010", "national-29", "national-29", *["shanghai-2017"] * 2]


def test_of_the_same_day_the_later_at_then_the_later_line() -> None:
    early, late = adopted(NINE, "2021-01-01", "2019-01-01"), adopted(SHANGHAI, "2021-01-01", "2020-01-01")
    assert in_force([late, early], "2021-01-01") == ["shanghai-2017"]
    same = adopted(NINE, "2021-01-01", "2020-01-01")
    assert in_force([late, same], "2021-01-01") == ["national-2010"]
    assert in_force([same, late], "2021-01-01") == ["shanghai-2017"]


def test_the_order_of_lines_does_not_matter_where_at_differs() -> None:
    facts: list[Fact] = [adopted(TEXTS[n % 3], f"2021-0{1 + n % 4}-01", f"20{10 + n}-01-01") for n in range(12)]
    days = [f"2021-{month:02}-15" for month in range(1, 8)]
    for seed in range(20):
        shuffled = list(facts)
        Random(seed).shuffle(shuffled)
        assert in_force(shuffled, *days) == in_force(facts, *days)


def test_neighbours_with_the_same_text_are_one_period() -> None:
    facts = [adopted(NINE, "2011-01-01"), adopted(NINE, "2012-01-01"), adopted(SHANGHAI, "2021-01-01")]
    succession = succession_of([*facts, adopted(NINE, "2022-01-01")], TEXTS)
    assert [(str(begin), book.id) for begin, book in succession.periods] == [
        ("2011-01-01", "national-2010"), ("2021-01-01", "shanghai-2017"), ("2022-01-01", "national-2010"),
    ]  # fmt: skip
    assert [book.id for book in succession.rulebooks] == ["national-2010", "shanghai-2017"]
    assert succession.changes_after(date(2021, 1, 1)) == [date(2022, 1, 1)]
    assert succession.changes_after(date(2010, 1, 1))[0] == date(2011, 1, 1)


def test_nothing_adopted_is_refused_with_what_to_do() -> None:
    with pytest.raises(AdoptionRefused, match=r"no rulebook was adopted.*RulebookAdopted.*or name the"):
        succession_of([], TEXTS)
    with pytest.raises(AdoptionRefused):
        Succession([])


def test_another_text_of_the_name_is_refused_with_both_digests(tmp_path: Path) -> None:
    fact = adopted(SHANGHAI, "2021-01-01", digest="ab" * 32)
    with pytest.raises(AdoptionRefused) as refused:
        succession_of([fact], TEXTS)
    (problem,) = refused.value.problems
    assert "in-force: shanghai-2017, adopted from 2021-01-01" in problem
    assert "ab" * 32 in problem
    assert SHANGHAI.digest in problem
    assert "--rulebook-file" in problem


def test_an_unknown_name_is_refused_and_so_is_every_adoption_that_cannot_be_judged_by() -> None:
    facts = [
        RulebookAdopted(at=moment("2016-01-01"), rulebook="mine", digest="00", effective_from=date(2016, 1, 1)),
        adopted(NINE, "2017-01-01", digest="11"),
        adopted(SHANGHAI, "2018-01-01"),
    ]
    with pytest.raises(AdoptionRefused) as refused:
        succession_of(facts, TEXTS)
    first, second = refused.value.problems
    assert "mine, adopted from 2016-01-01: no rulebook of that name is at hand" in first
    assert "national-2010, national-29, shanghai-2017" in first
    assert "national-2010, adopted from 2017-01-01: adopted was the text with the SHA-256 digest 11" in second
    assert "rulebook adopt FILE --from 2016-01-01" in first
    assert "rulebook adopt FILE --from 2017-01-01" in second
    assert refused.value.since == date(2016, 1, 1)


def test_the_text_of_an_adoption_that_another_replaced_on_its_day_is_not_asked_for() -> None:
    lost = adopted(NINE, "2017-01-01", "2016-01-01", digest="11")
    later = adopted(SHANGHAI, "2017-01-01", "2016-06-01")
    for facts in ([lost, later], [later, lost]):
        assert in_force(facts, "2016-12-31", "2017-01-01") == [None, "shanghai-2017"]
    # One that is from another day, or that `at` puts before it, leaves it in force on some day.
    for other in (
        adopted(SHANGHAI, "2016-12-31", "2016-06-01"),
        adopted(SHANGHAI, "2017-01-02", "2016-06-01"),
        adopted(SHANGHAI, "2017-01-01", "2015-06-01"),
    ):
        with pytest.raises(AdoptionRefused, match="adopted from 2017-01-01"):
            succession_of([lost, other], TEXTS)


def test_of_two_texts_of_a_name_the_adopted_one_is_taken(tmp_path: Path) -> None:
    older = tmp_path / "older.toml"
    older.write_bytes((HOME / "national-2010.toml").read_bytes().replace(b"max = 4", b"max = 5"))
    book = load_rulebook(older)
    assert book.id == NINE.id
    assert book.digest != NINE.digest
    texts = InForce([book, NINE, SHANGHAI])
    succession = texts.succession([adopted(NINE, "2011-01-01", digest=book.digest), adopted(NINE, "2015-01-01")])
    assert [rulebook.path for rulebook in succession.rulebooks] == [older, NINE.path]


def test_a_digest_in_capitals_is_the_same_digest_and_a_copy_the_same_text(tmp_path: Path) -> None:
    shutil.copy(NINE.path, tmp_path / "copy.toml")
    texts = InForce([load_rulebook(tmp_path / "copy.toml"), NINE])
    assert len(texts.texts) == 1
    assert texts.succession([adopted(NINE, "2011-01-01", digest=NINE.digest.upper())]).rulebooks[0].id == NINE.id


def both() -> Succession:
    return Succession([Period(date(2011, 1, 1), NINE), Period(date(2021, 1, 1), SHANGHAI)])


def test_a_reading_is_chosen_where_it_is_declared() -> None:
    nine, shanghai = both().choose({"years_in_all": "elapsed", "child": "up_to_14", "month": "rolling_30_days"})
    assert (nine["years_in_all"], nine["child"]) == ("elapsed", "up_to_14")
    assert (shanghai["month"], shanghai["child"]) == ("rolling_30_days", "up_to_14")
    assert "month" not in nine
    assert "years_in_all" not in shanghai


def test_a_profile_is_taken_in_each_and_a_written_one_where_it_is_declared() -> None:
    nine, shanghai = both().choose({}, "strict")
    assert (nine["child"], shanghai["child"]) == ("up_to_14", "up_to_14")
    written = Profile("mine", "strict", {"years_in_all": "paid_years", "month": "calendar_month"})
    nine, shanghai = both().choose({}, written)
    assert (nine["years_in_all"], shanghai["month"], shanghai["age_6"]) == ("paid_years", "calendar_month", "under_6")


def test_a_reading_that_none_declares_is_refused_and_so_is_an_option() -> None:
    alone = Succession([Period(date(2011, 1, 1), NINE)])
    with pytest.raises(ReadingRefused, match="unknown reading 'month'"):
        alone.choose({"month": "calendar_month"})
    with pytest.raises(ReadingRefused, match="did you mean up_to_14"):
        both().choose({"child": "up_to_41"})
    with pytest.raises(ReadingRefused, match="default, strict, lenient"):
        both().choose({}, "lax")


def test_a_text_that_was_found_spoilt_is_told_of_where_it_is_needed() -> None:
    spoilt = {"ab" * 32: "/kept/here.toml: file: it is another text"}
    with pytest.raises(AdoptionRefused) as refused:
        InForce(TEXTS, spoilt=spoilt).succession([adopted(SHANGHAI, "2021-01-01", digest="AB" * 32)])
    (problem,) = refused.value.problems
    assert problem.startswith("in-force: shanghai-2017, adopted from 2021-01-01: /kept/here.toml: file: it is another")
    assert "--rulebook-file" in problem
    assert InForce(TEXTS, spoilt=spoilt).succession([adopted(SHANGHAI, "2021-01-01")]).rulebooks == (SHANGHAI,)
