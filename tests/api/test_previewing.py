"""A preview of a long log is made from its mirror, one of a short log from its facts: what they tell is the same."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import mirroring
from api.adopting import adopt, adoptions
from api.demo.district import year
from api.previewing import previewed_of
from api.questions import rules
from ledger.application import TreatmentLedger
from ledger.treatment.facts import RulebookAdopted
from projections.preview import Preview
from projections.rules.rulebook import Rulebook, load_rulebook
from tests.api.test_kept_texts import own

NOW = datetime(2026, 1, 1, tzinfo=UTC)


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
