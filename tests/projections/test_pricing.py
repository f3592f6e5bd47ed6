"""Prices of readings: what moves, and for how much; and that judging only what is reached is judging everybody."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.demo import NO_DIGEST, year
from ledger.treatment.facts import Fact, FeeConfirmed, RulebookAdopted
from projections.history import effective
from projections.pricing import Alternative, Prices, price
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.readings import Profile, ReadingRefused
from projections.rules.rulebook import load_rulebook
from projections.rules.succession import Period, Succession, succession_of
from tests.projections.rules.building import SHANGHAI, Journal, moment
from tests.projections.rules.random_journals import journal_of

CHOICES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(list(r.options)) for name, r in SHANGHAI.readings.items()}
)


def moved(judge: Judge, other: Judge) -> tuple[set[str], set[str]]:
    """Acts newly payable and newly denied, by judging everything twice with every reason."""
    before = {decision.act: decision.payable for decision in judge.decisions()}
    after = {decision.act: decision.payable for decision in other.decisions()}
    return {a for a in after if after[a] and not before[a]}, {a for a in after if before[a] and not after[a]}


def agrees(judge: Judge, *profiles: Profile) -> Prices:
    """The prices, after every row was compared with judging everybody."""
    prices = price(judge, profiles)
    by_name = {profile.name: profile for profile in profiles}
    for row in (*prices.alternatives, *prices.profiles):
        if row.reading is not None:
            other = judge.otherwise(row.reading, row.option)
        else:
            other = judge.under(by_name.get(row.option, row.option))
        newly_payable, newly_denied = moved(judge, other)
        assert set(row.newly_payable.ids) == newly_payable, row
        assert set(row.newly_denied.ids) == newly_denied, row
        check_figures(judge.evidence, row)
    return prices


def check_figures(evidence: Evidence, row: Alternative) -> None:
    """Every figure of a row from the ids of its acts."""
    patients = {act.id: act.patient for act in evidence.acts}
    for way in (row.newly_payable, row.newly_denied):
        fees = [evidence.fee_of(act) for act in way.ids]
        assert way.acts == len(way.ids) == len(set(way.ids))
        assert way.amount_fen == sum(fee for fee in fees if fee is not None)
        assert way.without_fee == fees.count(None)
    assert row.patients == len({patients[act] for act in (*row.newly_payable.ids, *row.newly_denied.ids)})


def of(prices: Prices, reading: str | None, option: str) -> Alternative:
    rows = prices.alternatives if reading else prices.profiles
    return next(row for row in rows if (row.reading, row.option) == (reading, option))


def several(seeds: list[int]) -> list[Fact]:
    """The journals of several seeds in one, of a patient each."""
    facts: list[Fact] = []
    for place, seed in enumerate(seeds):
        facts += [_renamed(fact, place) for fact in journal_of(seed)]
    return sorted(facts, key=lambda fact: fact.at)


def _renamed(fact: Fact, place: int) -> Fact:
    own = ("patient", "episode", "stay", "prescription", "session", "assessment", "act")
    names = {name: f"{value}-{place}" for name in own if (value := getattr(fact, name, None)) is not None}
    return msgspec.structs.replace(fact, **names)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 2**32), min_size=1, max_size=3), CHOICES)
def test_judging_what_is_reached_is_judging_everybody(seeds: list[int], readings: Mapping[str, str]) -> None:
    agrees(Judge(several(seeds), SHANGHAI, readings))


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["strict", "lenient"]))
def test_also_where_the_base_is_another_profile(seed: int, profile: str) -> None:
    prices = agrees(Judge(journal_of(seed), SHANGHAI, profile=profile))
    assert {row.option for row in prices.profiles} == {"default", "strict", "lenient"} - {profile}


def test_a_paid_assessment_reaches_the_spans_that_it_extends() -> None:
    journal = Journal()
    journal.session(14, "2020-01-01")
    journal.assessment(10, "2021-01-02", outcome="unchanged", assessors=("T1", "T2", "T3"), scales=("FIM", "MMSE"))
    journal.assessment(10, "2021-01-16", outcome="improved", assessors=("T1", "T2", "T3"), scales=("FIM", "MMSE"))
    last = journal.session(14, "2021-01-20")
    prices = agrees(Judge(journal.facts, SHANGHAI, {"extension_source": "paid"}))
    assert last in of(prices, "gap_measure", "clear_days").newly_denied.ids


def test_the_demo_year_at_small_size() -> None:
    facts = effective(list(year(seed=7, patients=12, rulebook_digest=NO_DIGEST)))
    prices = agrees(Judge(facts, SHANGHAI))
    assert of(prices, "physician_scope", "both").acts
    assert sum(1 for row in prices.alternatives if row.acts) > 5


def test_rulebooks_in_force_one_after_another() -> None:
    journal = Journal()
    older = load_rulebook("national-29")
    for book, day in ((older, "2015-01-01"), (SHANGHAI, "2021-03-01")):
        adopted = {"rulebook": book.id, "digest": book.digest, "effective_from": moment(day).date()}
        journal.add(RulebookAdopted(at=moment("2010-01-01"), **adopted))
    for day in ("2021-02-01", "2021-04-01"):
        journal.session(1, day, "09:00", fee=100)
        journal.session(2, day, "09:15", fee=200)
        journal.session(21, day, "10:00", fee=300)
    judge = Judge(journal.facts, succession_of(journal.facts, [older, SHANGHAI]))
    prices = agrees(judge, Profile("office", "strict", {"physician_scope": "qualification_or_training"}))
    assert prices.rulebooks == ("national-29", "shanghai-2017")
    assert of(prices, "together", "overlapping").newly_payable.acts == 0
    assert of(prices, "winner", "dearest").acts == 4


def test_an_option_that_the_latest_text_takes_is_an_alternative_to_those_before_it(tmp_path: Path) -> None:
    latest = load_rulebook("national-29")
    head, readings = latest.path.read_text(encoding="utf-8").split("[readings.gap_measure]")
    readings = readings.replace('default = "date_difference"', 'default = "clear_days"', 1)
    path = tmp_path / "earlier.toml"
    path.write_text(f"{head}[readings.gap_measure]{readings}".replace('"national-29"', '"earlier"'), encoding="utf-8")
    journal = Journal()
    first, then = load_rulebook(path), Period(date(2022, 1, 12), latest)
    journal.assessment(13, "2021-01-01", fee=100)
    second = journal.assessment(13, "2021-01-15", fee=100)
    prices = agrees(Judge(journal.facts, Succession([Period(date(2020, 1, 1), first), then])))
    row = of(prices, "gap_measure", "date_difference")
    assert (row.instead_of, row.newly_payable.ids) == ("clear_days", (second,))
    assert of(prices, "gap_measure", "clear_days").instead_of == "date_difference"


@pytest.fixture
def two_patients() -> Journal:
    """P1 has 运动疗法 and 偏瘫肢体综合训练 on one day, not at one time; P2 too, without fees."""
    journal = Journal()
    journal.patient("P2", "2016-01-01")
    journal.episode("E2", patient="P2", findings={"organic_lesion": True, "deficit_rom": True})
    journal.session(1, "2021-03-01", "09:00", id="a", fee=5_000)
    journal.session(2, "2021-03-01", "10:00", id="b", fee=8_000)
    journal.session(1, "2021-03-01", "09:00", id="c", patient="P2", episode="E2")
    journal.session(2, "2021-03-01", "10:00", id="d", patient="P2", episode="E2")
    return journal


def row_of(prices: Prices, reading: str | None, option: str) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(of(prices, reading, option))
    return row


def test_acts_money_and_patients(two_patients: Journal) -> None:
    prices = agrees(Judge(two_patients.facts, SHANGHAI))
    assert (prices.acts, prices.payable, prices.amount_fen, prices.without_fee) == (4, 2, 5_000, 1)
    assert row_of(prices, "together", "overlapping") == {
        "reading": "together", "option": "overlapping", "instead_of": "same_day", "patients": 2,
        "newly_payable": {"acts": 2, "amount_fen": 8_000, "without_fee": 1, "ids": ("b", "d")},
        "newly_denied": {"acts": 0, "amount_fen": 0, "without_fee": 0, "ids": ()},
    }  # fmt: skip
    assert row_of(prices, "winner", "dearest") == {
        "reading": "winner", "option": "dearest", "instead_of": "first", "patients": 1,
        "newly_payable": {"acts": 1, "amount_fen": 8_000, "without_fee": 0, "ids": ("b",)},
        "newly_denied": {"acts": 1, "amount_fen": 5_000, "without_fee": 0, "ids": ("a",)},
    }  # fmt: skip


def test_the_fee_as_confirmed_last_is_the_price(two_patients: Journal) -> None:
    for day, act, fee in (("2021-05-02", "b", 900), ("2021-05-01", "b", 1), ("2021-05-01", "d", 0)):
        two_patients.add(FeeConfirmed(at=moment(day), act=act, amount_fen=fee))
    row = of(price(Judge(two_patients.facts, SHANGHAI)), "together", "overlapping")
    assert (row.newly_payable.amount_fen, row.newly_payable.without_fee) == (900, 0), "a fee of nothing is a fee"


def test_most_money_first_and_then_most_acts(two_patients: Journal) -> None:
    prices = price(Judge(two_patients.facts, SHANGHAI))
    ranks = [(row.amount_fen, row.acts) for row in prices.alternatives]
    assert all(one >= next_ for one, next_ in pairwise(ranks))
    assert ranks[0] == (13_000, 2)
    assert ranks[-1] == (0, 0)


def test_alternatives_are_those_to_what_is_read_now(two_patients: Journal) -> None:
    judge = Judge(two_patients.facts, SHANGHAI, {"together": "overlapping"}, profile="strict")
    prices = agrees(judge)
    assert (prices.profile, prices.readings) == ("strict", {"together": "overlapping"})
    assert {row.option: row.instead_of for row in prices.alternatives if row.reading == "together"} == {
        "same_day": "overlapping", "same_episode": "overlapping",
    }  # fmt: skip
    assert [row.option for row in prices.alternatives if row.reading == "child"] == ["under_18"]
    every = sum(len(reading.options) - 1 for reading in SHANGHAI.readings.values())
    assert len(prices.alternatives) == every


def test_profiles_as_a_whole(two_patients: Journal) -> None:
    office = Profile("office", readings={"together": "overlapping"})
    prices = agrees(Judge(two_patients.facts, SHANGHAI), office, Profile("the same as now"))
    assert {row.option for row in prices.profiles} == {"strict", "lenient", "office"}
    assert of(prices, None, "office").newly_payable.ids == ("b", "d")
    named_again = price(Judge(two_patients.facts, SHANGHAI), [Profile("strict", based_on="strict")])
    assert sorted(row.option for row in named_again.profiles) == ["lenient", "strict"]
    assert of(prices, None, "strict").newly_denied.ids == ("a", "c")
    with pytest.raises(ReadingRefused, match="did you mean together"):
        price(Judge(two_patients.facts, SHANGHAI), [Profile("office", readings={"togther": "same_day"})])


def test_how_far_it_is_can_be_followed() -> None:
    told: list[tuple[int, int, str]] = []
    price(Judge([], SHANGHAI), told=lambda done, total, label: told.append((done, total, label)))
    assert [done for done, _, _ in told] == list(range(told[0][1]))
    assert told[0][2] == "and_list all"
    assert told[-1][2] == "profile lenient"


def test_nothing_to_price() -> None:
    prices = price(Judge([], SHANGHAI))
    assert (prices.acts, prices.payable, prices.amount_fen) == (0, 0, 0)
    assert not any(row.acts for row in prices.alternatives)
