"""What a change moves: equal to judging everything under both, whoever is passed over."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.mirror.columns import EVIDENCE
from projections.mirror.tabulating import day_number, tabulate
from projections.preview import Preview, compare, preview
from projections.rebuild.judging import judge_plainly, judge_rows, table_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import Period, Succession
from tests.projections.preview.changed_books import CHANGES, with_clause
from tests.projections.rules.building import SHANGHAI
from tests.projections.rules.random_journals import OPTIONS, journal_of

SEEDS = st.lists(st.integers(0, 2**32), min_size=1, max_size=3, unique=True)


def brute(now: Judge, then: Judge) -> tuple[set[tuple[str, tuple[str, ...]]], set[tuple[str, tuple[str, ...]]]]:
    """The acts that gain and those that lose, each with the clauses that deny it on the side where it is denied."""
    before = {one.act: one for one in now.decisions()}
    after = {one.act: one for one in then.decisions()}
    gained = {(act, before[act].denied_by) for act in after if after[act].payable and not before[act].payable}
    lost = {(act, after[act].denied_by) for act in after if before[act].payable and not after[act].payable}
    return gained, lost


def told(found: Preview, payable: bool) -> set[tuple[str, tuple[str, ...]]]:
    return {(one.act, one.because) for one in found.changes if one.payable is payable}


def assert_clauses_add_up(found: Preview) -> None:
    """By clause as by act; all acts that move were told."""
    for line in found.by_clause:
        assert line.gained.acts == sum(line.key in because for _, because in told(found, True))
        assert line.lost.acts == sum(line.key in because for _, because in told(found, False))
    assert {line.key for line in found.by_clause} == {key for one in found.changes for key in one.because}


def sides(evidence: Evidence, book: Rulebook, readings: dict[str, str] | None = None) -> tuple[Judge, Judge]:
    return Judge(evidence, SHANGHAI, readings), Judge(evidence, book, readings)


def many(seeds: list[int]) -> Evidence:
    """Several invented patients in one journal."""
    facts = [fact for k, seed in enumerate(seeds) for fact in renamed(journal_of(seed), k)]
    return Evidence(facts)


def renamed(facts: list[Any], k: int) -> Iterator[Any]:
    """The same journal with ids of its own."""
    ids = ("patient", "episode", "prescription", "session", "assessment", "stay", "act", "practitioner", "therapist",
           "physician", "institution", "id")  # fmt: skip
    for fact in facts:
        fields = {name: f"{k}-{value}" for name in ids if (value := getattr(fact, name, None)) is not None}
        if getattr(fact, "assessors", None):
            fields["assessors"] = [f"{k}-{one}" for one in fact.assessors]
        yield msgspec.structs.replace(fact, **fields)


@settings(max_examples=150, deadline=None)
@given(seeds=SEEDS, change=st.sampled_from(sorted(CHANGES)))
def test_it_is_judging_everything_under_both(seeds: list[int], change: str) -> None:
    evidence = many(seeds)
    now, then = sides(evidence, CHANGES[change])
    found = preview(now, then, [tabulate(evidence)], evidence.institutions, told=10**6)
    assert (told(found, True), told(found, False)) == brute(now, then)
    fees = {act: evidence.fee_of(act) for act, _ in told(found, True)}
    assert found.gained.acts == len(fees)
    assert found.gained.amount_fen == sum(fee or 0 for fee in fees.values())
    assert found.gained.without_fee == sum(fee is None for fee in fees.values())
    for lines in (found.by_item, found.by_institution, found.by_month, found.by_patient):
        assert sum(line.gained.acts for line in lines) == found.gained.acts
        assert sum(line.lost.amount_fen for line in lines) == found.lost.amount_fen
        assert sum(line.gained.without_fee for line in lines) == found.gained.without_fee
        assert sum(line.lost.without_fee for line in lines) == found.lost.without_fee
    assert found.acts == len(evidence.acts)


@settings(max_examples=60, deadline=None)
@given(
    seeds=SEEDS,
    name=st.sampled_from(sorted(name for name in OPTIONS if name != "winner")),
    data=st.data(),
)
def test_a_reading_is_a_change_too(seeds: list[int], name: str, data: st.DataObject) -> None:
    evidence = many(seeds)
    now = Judge(evidence, SHANGHAI)
    then = Judge(evidence, SHANGHAI, {name: data.draw(st.sampled_from(OPTIONS[name]))})
    found = preview(now, then, [tabulate(evidence)], evidence.institutions, told=10**6)
    assert (told(found, True), told(found, False)) == brute(now, then)


def test_only_patients_whom_the_change_can_reach_are_judged() -> None:
    evidence = many([1, 2, 3, 4, 5, 6])
    rows = tabulate(evidence)
    book = with_clause(20, "20.ind")
    found = preview(*sides(evidence, book), [rows], evidence.institutions)
    had = {act.patient for act in evidence.acts if act.item == "autism-diagnostic-interview"}
    assert found.patients_judged == len(had) < found.patients == 6
    assert found.judged == sum(act.patient in had for act in evidence.acts)


def test_the_same_rules_reach_nobody() -> None:
    evidence = many([7, 8])
    found = preview(*sides(evidence, SHANGHAI), [tabulate(evidence)], evidence.institutions)
    assert (found.judged, found.patients_judged, found.changes) == (0, 0, ())


@pytest.mark.parametrize("told_acts", [0, 1, 3, 10**6])
def test_so_many_are_told_by_patient_in_the_order_of_judging_and_all_are_counted(told_acts: int) -> None:
    evidence = many(list(range(20, 30)))
    now, then = sides(evidence, with_clause(21, "21.gate"))
    then = then.otherwise("day_unit", "elapsed").otherwise("span_anchor", "episode_onset")
    found = preview(now, then, [tabulate(evidence)], evidence.institutions, told=told_acts)
    pairs = zip(evidence.acts, now.payable(), then.payable(), strict=True)
    moved = [act for act, before, after in pairs if before != after]
    assert found.gained.acts > 3
    assert found.lost.acts > 3
    assert found.gained.acts + found.lost.acts == len(moved)
    first = sorted(moved, key=lambda act: act.patient)[:told_acts]  # stable: acts are in the order of judging
    assert [(one.act, one.day) for one in found.changes] == [(act.id, act.day) for act in first]


@settings(max_examples=25, deadline=None)
@given(seeds=SEEDS, change=st.sampled_from(sorted(CHANGES)), begin=st.dates(date(2020, 3, 1), date(2021, 6, 1)))
def test_each_act_is_told_by_the_clauses_of_the_text_that_decided_it(
    seeds: list[int], change: str, begin: date
) -> None:
    """Until the day by one text, from it on by another: its own clauses name why an act was denied."""
    evidence = many(seeds)
    first = Period(date.min, load_rulebook("national-2010"))
    now = Judge(evidence, Succession([first, Period(begin, SHANGHAI)]))
    later, earlier = (
        [first, Period(begin, CHANGES[change])],
        [Period(date.min, CHANGES[change]), Period(begin, SHANGHAI)],
    )
    for periods in (later, earlier):
        then = Judge(evidence, Succession(periods))
        found = preview(now, then, [tabulate(evidence)], evidence.institutions, told=10**6)
        assert (told(found, True), told(found, False)) == brute(now, then)
        assert_clauses_add_up(found)


@settings(max_examples=40, deadline=None)
@given(seeds=SEEDS, change=st.sampled_from(sorted(CHANGES)))
def test_a_side_that_is_known_already_is_not_judged(seeds: list[int], change: str) -> None:
    """Also where only some of a batch's patients are reached: what is known of the others is left alone."""
    evidence = many(seeds)
    now, then = sides(evidence, CHANGES[change])
    rows = tabulate(evidence)
    known = judge_rows(table_of(now, rows, evidence.institutions), rows)
    (found,) = compare(now, then, [rows], evidence.institutions, before=[known])
    (judged,) = compare(now, then, [rows], evidence.institutions)
    acts = (rows.columns.kind != EVIDENCE) & found.reached[rows.columns.patient]
    for mine, theirs in zip(found.now, judged.now, strict=True):
        assert mine[acts].tolist() == theirs[acts].tolist()
    assert preview(now, then, [rows], evidence.institutions, before=[known]) == preview(
        now, then, [rows], evidence.institutions
    )
    nobody = known._replace(payable=np.zeros_like(known.payable))
    lost = preview(now, then, [rows], evidence.institutions, before=[nobody]).lost
    assert lost.acts == 0


@settings(max_examples=30, deadline=None)
@given(
    seeds=st.lists(st.integers(0, 2**32), min_size=2, max_size=5, unique=True),
    change=st.sampled_from(sorted(CHANGES)),
    data=st.data(),
)
def test_batch_by_batch_it_is_the_same(seeds: list[int], change: str, data: st.DataObject) -> None:
    """Batches are got by another thread; each has its own words, and they come in any order."""
    evidence = many(seeds)
    now, then = sides(evidence, CHANGES[change])
    patients = data.draw(st.permutations(sorted({act.patient for act in evidence.acts})))
    size = data.draw(st.integers(1, 3))
    batches = (tabulate(evidence, patients[k : k + size]) for k in range(0, len(patients), size))
    most = data.draw(st.sampled_from((0, 1, 2, 7, 10**6)))
    cut = preview(now, then, batches, evidence.institutions, told=most)
    assert cut == preview(now, then, [tabulate(evidence)], evidence.institutions, told=most)


@settings(max_examples=15, deadline=None)
@given(seeds=SEEDS, change=st.sampled_from(sorted(CHANGES)))
def test_the_reference_decides_the_same(seeds: list[int], change: str) -> None:
    evidence = many(seeds)
    now, then = sides(evidence, CHANGES[change])
    rows = tabulate(evidence)
    plainly = preview(now, then, [rows], evidence.institutions, decide=judge_plainly)
    assert plainly == preview(now, then, [rows], evidence.institutions)


@settings(max_examples=40, deadline=None)
@given(seeds=SEEDS, change=st.sampled_from(sorted(CHANGES)), begin=st.dates(date(2020, 3, 1), date(2020, 8, 1)))
def test_of_acts_that_were_not_asked_for_nothing_is_summed(seeds: list[int], change: str, begin: date) -> None:
    """They are judged all the same: who moves on the days asked for is who moves on them in the whole."""
    evidence = many(seeds)
    now, then = sides(evidence, CHANGES[change])
    rows = tabulate(evidence)
    whole = preview(now, then, [rows], evidence.institutions, told=10**6)
    since = day_number(begin)
    found = preview(now, then, [rows], evidence.institutions, told=10**6, within=lambda rows: rows.columns.day >= since)
    assert found.changes == tuple(one for one in whole.changes if one.day >= begin)
    for way, payable in ((found.gained, True), (found.lost, False)):
        fees = [one.amount_fen for one in found.changes if one.payable is payable]
        assert (way.acts, way.amount_fen) == (len(fees), sum(fee or 0 for fee in fees))
    assert {line.key for line in found.by_patient} == {one.patient for one in found.changes}
    assert found.patients_moved == len(found.by_patient)
    assert_clauses_add_up(found)
    for name in ("acts", "patients", "judged", "patients_judged"):
        assert getattr(found, name) == getattr(whole, name)


@pytest.mark.parametrize(("batches", "known"), [(1, 0), (1, 2), (0, 1)])
def test_a_side_that_is_known_is_known_of_every_batch(batches: int, known: int) -> None:
    evidence = many([1, 2])
    now, then = sides(evidence, with_clause(20, "20.ind"))
    rows = tabulate(evidence)
    outcome = judge_rows(table_of(now, rows, evidence.institutions), rows)
    with pytest.raises(ValueError, match="zip"):
        preview(now, then, [rows] * batches, evidence.institutions, before=[outcome] * known)
