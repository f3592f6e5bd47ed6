"""Facts and mirror answer alike, also of what there is not; and a long register is not held."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.choosing import choose
from api.demo.district import year
from api.questions import Cut, Unknown, rules
from api.report_sources import OfFacts, OfMirror, Wanted, of_ledger, require_institution
from api.rules_asked import RulesAsked
from ledger.application import TreatmentLedger
from ledger.treatment.facts import RulebookAdopted
from projections.reports.question import Filter, month_of
from projections.rules.rulebook import load_rulebook

NOW = datetime(2022, 1, 1, tzinfo=UTC)
DAY = date(2022, 1, 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented year of ten patients, nothing adopted."""
    place = tmp_path_factory.mktemp("year") / "ledger"
    TreatmentLedger.init(place, "sources.example/ledger")
    with TreatmentLedger.open(place) as ledger:
        ledger.record([fact for fact in year(2021, 10) if not isinstance(fact, RulebookAdopted)], now=NOW)
    return place


@pytest.fixture
def ledger(made: Path, tmp_path: Path) -> Iterator[TreatmentLedger]:
    with TreatmentLedger.open(shutil.copytree(made, tmp_path / "ledger")) as ledger:
        yield ledger


def wanted(name: str = "monthly", within: Filter = Filter(), cut: Cut = Cut()) -> Wanted:  # noqa: B008
    return Wanted(name, rules(), DAY, within, cut)


def both(ledger: TreatmentLedger, asked: Wanted) -> tuple[OfFacts, OfMirror]:
    return of_ledger(ledger, (), asked), OfMirror(ledger, (), asked)


def test_of_no_acts_both_say_the_same(ledger: TreatmentLedger) -> None:
    days = sorted(act.day for act in of_ledger(ledger, (), wanted()).question.judge.evidence.acts)
    said = set()
    filters = [month_of("1999-01"), Filter(days[-1].replace(year=2030)), Filter(None, date(1999, 1, 1)), Filter()]
    filters += [Filter(days[0], days[0]), Filter(date(1999, 1, 1), date(1999, 1, 1))]
    for within in filters:
        facts, mirror = both(ledger, wanted(within=within))
        acts = sum(int((batch.rows.columns.kind != 2).sum()) for batch in mirror)
        assert acts == len(days)
        assert facts.emptiness() == mirror.emptiness()
        told = facts.emptiness()
        if within in (Filter(), Filter(days[0], days[0])):
            assert told is None
        else:
            assert told is not None
            assert told.en.endswith(f"; those there are lie from {days[0]} to {days[-1]}")
            said.add(told.en.partition(";")[0])
    assert said == {
        "there are no acts from 1999-01-01 to 1999-01-31",
        f"there are no acts from {days[-1].replace(year=2030)} on",
        "there are no acts up to 1999-01-01",
        "there are no acts on 1999-01-01",
    }


def test_an_institution_without_acts_in_what_is_asked_for(ledger: TreatmentLedger) -> None:
    house = min(of_ledger(ledger, (), wanted()).question.institutions)
    for source in both(ledger, wanted(within=month_of("1999-01", house))):
        assert list(source)
        told = source.emptiness()
        assert told is not None
        assert told.en.startswith(f"there are no acts from 1999-01-01 to 1999-01-31 at {house}; ")


@pytest.mark.parametrize("name", ["monthly", "exceptions"])
def test_an_institution_that_there_is_not(ledger: TreatmentLedger, name: str) -> None:
    asked = wanted(name, Filter(institution="H999"))
    for ask in (lambda: of_ledger(ledger, (), asked), lambda: OfMirror(ledger, (), asked)):
        with pytest.raises(Unknown, match="no institution H999; "):
            ask()


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (set(), "no institution H1x: none is known here yet"),
        ({"h1X", "K2"}, "no institution H1x; did you mean h1X?"),
        ({"H10", "H11", "K2"}, "no institution H1x; did you mean H10 or H11?"),
        ({"清", "K2"}, "no institution H1x; there are K2, 清"),
        ({f"K{k:02}" for k in range(14)}, f"there are {', '.join(f'K{k:02}' for k in range(12))} and 2 more"),
    ],
)
def test_the_names_most_like_it_are_told(known: set[str], said: str) -> None:
    with pytest.raises(Unknown) as raised:
        require_institution("H1x", known)
    assert str(raised.value).endswith(said)


def test_exceptions_make_no_rows(ledger: TreatmentLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is judged and nothing tabulated for what asks the facts alone; and both ways to them say the same."""
    source = of_ledger(ledger, (), wanted("exceptions"))
    found = source.exceptions()
    assert found
    assert "_batch" not in vars(source)
    assert of_ledger(ledger, (), wanted("near-limit")).exceptions() == found


def test_what_was_adopted_by_the_cut_decides() -> None:
    """Two adoptions, one before the cut and one after it: what is asked about the time between knows of one."""
    national = load_rulebook("national-2010")
    adopted = [
        RulebookAdopted(at=at, id=book.id, rulebook=book.id, digest=book.digest, effective_from=date(2021, 1, 1))
        for at, book in ((NOW - timedelta(days=300), load_rulebook("shanghai-2017")), (NOW, national))
    ]
    facts = [*adopted, *(fact for fact in year(2021, 1) if not isinstance(fact, RulebookAdopted))]
    for cut, book in ((Cut(), "national-2010"), (Cut(as_of=NOW - timedelta(days=1)), "shanghai-2017")):
        chosen = choose(RulesAsked(), facts, cut)
        judged = OfFacts(facts, Wanted("monthly", chosen.rules, DAY, cut=cut)).question.basis()
        assert [id for _, id, _ in judged.periods] == [book]
        assert chosen.said is None
