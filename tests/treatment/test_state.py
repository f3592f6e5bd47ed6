"""Folding a subject: lines as written, lines as corrected, in one order."""

import itertools

from ledger.treatment.state import evolve, fold, initial


def test_nothing_is_known_of_a_new_subject(fact):
    state = initial("act:S1")
    assert (state.written, state.now, state.corrections) == ((), (), ())
    assert fact("SessionStopped", "08:00", session="S1", effect="") not in state


def test_what_introduces_comes_first_then_by_time(world, fact, correction):
    start = next(line for line in world if type(line).__name__ == "SessionStarted")
    early = fact("SessionSigned", "07:00", session="S1", practitioner="PT1")
    stop = fact("SessionStopped", "08:30", session="S1", effect="worse")
    better = correction("09:00", "S1", "effect", "worse", "better")
    for facts in itertools.permutations([start, early, stop, better]):
        state = fold("act:S1", facts)
        assert state.written == (start, early, stop)
        assert [line.effect for line in state.now[2:]] == ["better"]
        assert state.written[2].effect == "worse"
        assert state.corrections == (better,)
        assert all(fact in state for fact in facts)


def test_of_many_of_one_instant_each_is_known(fact):
    signed = [fact("SessionSigned", "08:10", session="S1", practitioner=f"PT{n}") for n in range(9)]
    late = fact("SessionSigned", "09:10", session="S1", practitioner="PT1")
    state = fold("act:S1", [late, *signed[:8]])
    assert all(line in state for line in [late, *signed[:8]])
    assert signed[8] not in state


def test_evolving_is_folding_bit_by_bit(world, fact, correction):
    start = next(line for line in world if type(line).__name__ == "SessionStarted")
    facts = [
        start,
        fact("SessionStopped", "08:30", session="S1", effect="worse"),
        correction("09:00", "S1", "setting", "outpatient", "home"),
        fact("SessionSigned", "08:10", session="S1", practitioner="PT1"),
        correction("09:30", "S1", "setting", "home", "inpatient"),
    ]
    state = initial("act:S1")
    for fact_ in facts:
        state = evolve(state, fact_)
    assert state == fold("act:S1", facts)
    assert state.now[0].setting == "inpatient"


def test_a_correction_of_another_subject_changes_nothing(world, correction):
    """A log finds it by a tag that both share, the patient's, say."""
    files = [line for line in world if type(line).__name__ == "PatientFileOpened"][:1]
    state = fold("patient:P1", files)
    assert evolve(state, correction("09:00", "S1", "setting", "outpatient", "home")) == state


def test_a_patients_sex_is_corrected_in_all_files_also_in_later_ones(world, fact, correction):
    first = next(line for line in world if type(line).__name__ == "PatientFileOpened")
    second = fact(
        "PatientFileOpened", "10:00", patient="P1", sex="female", born="1956-04-02", institution="H2", file_no="2"
    )
    state = fold("patient:P1", [first, correction("09:00", "L-P1", "sex", "female", "male")])
    assert [line.sex for line in evolve(state, second).now] == ["male", "male"]
    assert [line.sex for line in evolve(state, second).written] == ["female", "female"]
