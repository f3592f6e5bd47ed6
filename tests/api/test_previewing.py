"""A preview of a long log is made from its mirror, one of a short log from its facts: what they tell is the same."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import mirroring
from api.adopting import NotAdopted, adopt, adoptions, sides_of
from api.choosing import AdoptedMeanwhile
from api.demo.district import year
from api.previewing import followed, previewed_of
from api.questions import Cut, rules
from api.reporting import Sides, report_of
from ledger.application import TreatmentLedger
from ledger.treatment.facts import RulebookAdopted
from projections.preview import Preview
from projections.reports.document import Document
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import Succession
from tests.api.test_kept_texts import own

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def one_a_day(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """Of item 1 one session a day instead of two."""
    book = own(tmp_path_factory.mktemp("own"))
    book.path.write_text(book.path.read_text("utf-8").replace("max = 2\n", "max = 1\n", 1), "utf-8")
    return load_rulebook(book.path)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory, one_a_day: Rulebook) -> Iterator[TreatmentLedger]:
    """An invented year, and three adoptions: the last goes back to the first."""
    place = tmp_path_factory.mktemp("year") / "ledger"
    TreatmentLedger.init(place, "previewed.example/ledger")
    with TreatmentLedger.open(place) as ledger:
        ledger.record([f for f in year(2021, 12) if not isinstance(f, RulebookAdopted)], now=NOW)
        shanghai = load_rulebook("shanghai-2017")
        for book, begin in ((shanghai, "2021-01-01"), (one_a_day, "2021-06-01"), (shanghai, "2021-09-01")):
            adopt(ledger, book, date.fromisoformat(begin), now=NOW)
        yield ledger


def made(ledger: TreatmentLedger, by: str, new: Rulebook, begin: date | None, told: int, *, by_mirror: bool) -> Preview:
    adopted = [one.fact for one in adoptions(ledger)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mirroring, "COLUMNS_PAY", 0 if by_mirror else 10**9)  # as if every log were long, or none
        asked = rules(by, directory=ledger.directory)
        return previewed_of(ledger, adopted, asked, new, begin=begin, told=told).sums


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    by=st.sampled_from(("in-force", "shanghai-2017", "national-29")),
    new=st.sampled_from((None, "shanghai-2017", "national-2010")),
    begin=st.one_of(st.none(), st.dates(date(2020, 12, 1), date(2022, 1, 31))),
    told=st.sampled_from((0, 1, 10, 100, 10**6)),
)
def test_by_the_mirror_as_by_the_facts(
    ledger: TreatmentLedger, one_a_day: Rulebook, by: str, new: str | None, begin: date | None, told: int
) -> None:
    book = one_a_day if new is None else load_rulebook(new)
    facts, mirror = (made(ledger, by, book, begin, told, by_mirror=by_mirror) for by_mirror in (False, True))
    assert facts == mirror
    assert [one.patient for one in facts.changes] == sorted(one.patient for one in facts.changes)


def test_few_are_judged_again_for_what_begins_late(ledger: TreatmentLedger, one_a_day: Rulebook) -> None:
    """Whom the change reaches: those with such a session on the days left."""
    whole, late, never = (
        made(ledger, "shanghai-2017", one_a_day, begin, 0, by_mirror=False)
        for begin in (None, date(2021, 7, 1), date(2022, 6, 1))
    )
    assert whole.patients_judged > late.patients_judged > never.patients_judged == 0
    assert msgspec.to_builtins(never.gained) == msgspec.to_builtins(never.lost)


@pytest.mark.parametrize("begin", ["2021-03-01", "2021-07-15", "2021-10-01"])
@pytest.mark.parametrize("text", ["one a day", "national-2010"])
def test_a_preview_tells_what_the_adoption_then_does(
    ledger: TreatmentLedger, one_a_day: Rulebook, tmp_path: Path, begin: str, text: str
) -> None:
    """Also where other adoptions begin later, which stay in force from their day on."""
    book, day = one_a_day if text == "one a day" else load_rulebook(text), date.fromisoformat(begin)
    with TreatmentLedger.open(shutil.copytree(ledger.directory, tmp_path / "ledger")) as copy:
        before = made(copy, "in-force", book, day, 10**6, by_mirror=False)
        adopt(copy, book, day, now=NOW)
        adopted = [one.fact for one in adoptions(copy)]
        by, sides = rules("in-force", directory=copy.directory), Sides(*sides_of(copy))
        told = report_of(copy, adopted, "changes", by, day=DAY, sides=sides)
        against = followed(by, adopted[:-1], book, day)
    assert days(against) == days(sides.then)
    assert (before.gained.acts, before.lost.acts) == figures(told)


def days(books: Rulebook | Succession) -> list[tuple[date, str]]:
    assert isinstance(books, Succession)
    return [(period.begin, period.rulebook.digest) for period in books.periods]


def figures(told: Document) -> tuple[object, object]:
    overall = next(table for table in told.tables if table.id == "whole")
    (row,) = overall.rows
    cells = dict(zip([column.id for column in overall.columns], row.cells, strict=True))
    return cells["gained"], cells["lost"]


def test_an_adoption_that_came_in_meanwhile_is_told(ledger: TreatmentLedger, one_a_day: Rulebook) -> None:
    """What was chosen by is not what the log adopts: no answer names a log that it was not judged by."""
    known = [one.fact for one in adoptions(ledger)][:-1]
    asked = rules("in-force", directory=ledger.directory)
    for pays in (0, 10**9):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(mirroring, "COLUMNS_PAY", pays)
            with pytest.raises(AdoptedMeanwhile, match="ask again"):
                previewed_of(ledger, known, asked, one_a_day)
            for name in ("monthly", "exceptions"):
                with pytest.raises(AdoptedMeanwhile, match="ask again"):
                    report_of(ledger, known, name, asked, day=DAY)


def test_changes_at_a_cut_are_those_of_the_adoptions_by_then(ledger: TreatmentLedger) -> None:
    first = adoptions(ledger)[0]
    assert [one.fact for one in adoptions(ledger, Cut(as_of=NOW))] == [one.fact for one in adoptions(ledger)]
    early = Cut(as_of=NOW - timedelta(seconds=1))
    assert adoptions(ledger, early) == []
    with pytest.raises(NotAdopted, match="no rulebook was adopted in this ledger by the time that is asked about"):
        sides_of(ledger, None, early)
    with pytest.raises(NotAdopted, match=rf"entry {first.position:,} adopts no rulebook by the time"):
        sides_of(ledger, first.position, early)
