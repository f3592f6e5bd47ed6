"""What is read of the facts."""

from datetime import timedelta

import pytest

from projections.exceptions import Entry, Limits, Seen, find
from tests.projections.exceptions.asking import Written, dense
from tests.projections.rules.building import moment


def test_acts_are_those_of_the_rules_that_were_performed_in_order_of_time() -> None:
    for seed in range(5):
        seen = Seen(dense(seed).facts)
        assert [act.id for act in seen.acts] == [
            act.id for act in sorted(seen.evidence.acts, key=lambda act: (act.at, act.id)) if not act.voided
        ]
        assert sum(len(acts) for acts in seen.by_patient.values()) == len(seen.acts)
        assert sum(len(acts) for acts in seen.by_therapist.values()) == len(seen.sessions)


def test_failing_is_what_the_clauses_of_the_record_deny() -> None:
    journal = Written()
    journal.practitioner("N1", "nurse")
    journal.treat("2021-03-01")
    session = journal.treat("2021-03-02", therapist="N1")
    assert [(act.id, [*failed]) for act, failed in Seen(journal.facts).failing] == [(session, ["record.therapist"])]


def test_positions_in_the_log_are_those_of_the_lines_that_open_the_acts() -> None:
    journal = Written()
    session = journal.treat("2021-03-01", effect="")
    entries = [Entry(100 + place, moment("2021-03-01", "12:00")) for place in range(len(journal.facts))]
    (found,) = find(journal.facts, entries=entries)
    start = next(place for place, fact in enumerate(journal.facts) if getattr(fact, "session", None) == session)
    assert (found.acts, found.positions) == ((session,), (100 + start,))
    (without,) = find(journal.facts)
    assert without.positions == ()


@pytest.mark.parametrize(("day", "clock"), [("0001-01-01", "08:00"), ("9999-12-31", "23:50")])
def test_the_ends_of_the_calendar(day: str, clock: str) -> None:
    journal = Written()
    for n in range(2):
        journal.treat(day, clock, minutes=3, patient=f"P{n + 1}", prescription="R1")
    journal.prescription("R1", 14, "0001-01-01", clock="08:00", patient="P2", episode="E-P2")
    journal.assessment(13, day, clock, scales=["x"])
    assert {one.name for one in find(journal.facts, Limits(overlap=timedelta(0)))} >= {"group-charged-as-individual"}
    assert "group-charged-as-individual" not in {one.name for one in find(journal.facts)}
