import random
from datetime import date, datetime

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.journal import load, spell
from ledger.treatment.batch import Accepted, decide_batch
from ledger.treatment.facts import EntryCorrected, PatientFileOpened
from ledger.treatment.state import fold
from ledger.treatment.subjects import subject_of
from projections.history import effective, history
from projections.history.corrections import corrected, recorded
from tests.treatment.journals import journal as drawn


def correct(fact, target, field, old, new, at="2021-03-02T10:00", **more):
    made = fact(
        "EntryCorrected", at, target=target, field=field, old=old, new=new, reason="wrong", practitioner="DR1", **more
    )
    assert isinstance(made, EntryCorrected)
    return made


def test_a_session_id_means_the_first_of_its_lines_that_has_the_field(journal, fact):
    now, _ = corrected(journal, [
        correct(fact, "S1", "therapist", "T1", "T2"),
        correct(fact, "S1", "effect", "tolerated well", "tired"),
        correct(fact, "S1", "practitioner", "T1", "T2"),
    ])  # fmt: skip
    assert (now[7].therapist, now[8].effect, now[9].practitioner) == ("T2", "tired", "T2")
    assert journal[7].therapist == "T1"


def test_the_lines_of_a_session_are_sought_in_order_whatever_their_order_in_the_journal(journal, fact):
    turned = [*journal[:7], journal[9], journal[8], journal[7]]
    now, _ = corrected(turned, [correct(fact, "S1", "signature", None, "c2ln")])
    assert now[7].signature == "c2ln"


def test_a_prescription_id_means_its_sheet(journal, fact):
    now, _ = corrected(journal, [correct(fact, "R1", "valid_until", None, "2021-03-31")])
    assert now[6].valid_until == date(2021, 3, 31)


def test_a_line_id_means_that_line(journal, fact):
    now, changes = corrected(journal, [correct(fact, "L10", "amount_fen", 5000, 4000)])
    assert now[10].amount_fen == 4000
    (change,) = changes[10]
    assert (change.field, change.old, change.new, change.practitioner) == ("amount_fen", 5000, 4000, "DR1")


def test_a_line_id_that_is_the_session_id_too_does_not_hide_the_other_lines(journal, fact):
    named = [*journal[:7], msgspec.structs.replace(journal[7], id="S1"), *journal[8:]]
    now, _ = corrected(named, [correct(fact, "S1", "effect", "tolerated well", "tired")])
    assert now[8].effect == "tired"


def test_corrections_apply_in_order_of_their_instant_and_not_of_their_lines(journal, fact):
    second = correct(fact, "S1", "effect", "tired", "well", at="2021-03-03T10:00")
    first = correct(fact, "S1", "effect", "tolerated well", "tired", at="2021-03-02T10:00")
    now, changes = corrected(journal, [second, first])
    assert now[8].effect == "well"
    assert [change.new for change in changes[8]] == ["tired", "well"]


def test_a_moved_fact_keeps_the_instant_at_which_it_was_written(journal, fact):
    now, _ = corrected(journal, [correct(fact, "L7", "at", "2021-03-01T09:00:00+08:00", "2021-03-05T01:00:00Z")])
    assert now[7].at.isoformat() == "2021-03-05T09:00:00+08:00"
    assert recorded(now[7]) == journal[7].at


def test_a_fact_moved_and_moved_back_is_the_fact_it_was(journal, fact):
    now, _ = corrected(journal, [
        correct(fact, "L7", "at", "2021-03-01T09:00:00+08:00", "2021-03-05T09:00:00+08:00"),
        correct(fact, "L7", "at", "2021-03-05T09:00:00+08:00", "2021-03-01T09:00:00+08:00"),
    ])  # fmt: skip
    assert now == journal


def test_an_instant_is_corrected_by_the_id_of_its_line_alone(journal, fact):
    now, changes = corrected(
        journal, [correct(fact, "S1", "at", "2021-03-01T09:00:00+08:00", "2021-03-05T09:00:00+08:00")]
    )
    assert now == journal
    assert changes == {}


def test_what_is_the_patients_own_is_corrected_in_every_file(journal, fact):
    file = {"sex": "female", "born": "1956-04-02", "file_no": "Z1"}
    others = [
        fact("PatientFileOpened", "2021-02-02T08:00", patient="P1", institution="H2", **file),
        fact("PatientFileOpened", "2021-02-02T08:00", patient="P2", institution="H2", **file),
    ]
    now, changes = corrected([*journal, *others], [correct(fact, "L4", "born", "1956-04-02", "1965-04-02")])
    born = [line.born.year for line in now if isinstance(line, PatientFileOpened)]
    assert born == [1965, 1965, 1956]
    assert sorted(changes) == [4, 11]


def test_what_is_the_files_own_is_corrected_in_that_file(journal, fact):
    other = fact(
        "PatientFileOpened",
        "2021-02-02T08:00",
        patient="P1",
        sex="female",
        born="1956-04-02",
        institution="H2",
        file_no="Z1",
    )
    now, _ = corrected([*journal, other], [correct(fact, "L4", "file_no", "M1", "M2")])
    assert [line.file_no for line in now if isinstance(line, PatientFileOpened)] == ["M2", "Z1"]


def test_a_value_of_parts_is_replaced_whole(journal, fact):
    orders = [{"order": "2", "item": "speech-training", "site": "", "method": ""}]
    now, _ = corrected(journal, [correct(fact, "R1", "orders", msgspec.to_builtins(journal[6].orders), orders)])
    assert [(order.order, order.item) for order in now[6].orders] == [("2", "speech-training")]


def test_a_field_corrected_to_null_is_left_out(journal, fact):
    now, _ = corrected(journal, [
        correct(fact, "S1", "mode", None, "group"),
        correct(fact, "S1", "mode", "group", None),
    ])  # fmt: skip
    assert now == journal


def test_fields_are_named_as_the_journal_names_them(fact):
    line = fact("InstitutionSuspended", "2021-01-01T08:00", id="L1", institution="H1", **{"from": "2021-01-02"})
    (now,), _ = corrected([line], [correct(fact, "L1", "from", "2021-01-02", "2021-01-05")])
    assert now.from_ == date(2021, 1, 5)


def test_what_was_known_when_is_corrected_by_its_own_field(journal, fact):
    instant = "2021-03-02T08:00:00+08:00"
    now, _ = corrected(journal, [correct(fact, "L8", "recorded_at", None, instant)])
    assert (now[8].at, recorded(now[8]).isoformat()) == (journal[8].at, instant)


def test_a_correction_of_a_line_that_is_not_there_changes_nothing(journal, fact):
    now, changes = corrected(journal, [correct(fact, "S9", "effect", "a", "b")])
    assert (now, changes) == (journal, {})


def test_a_correction_that_bears_the_session_id_does_not_hide_the_session(journal, fact):
    now, changes = corrected(journal, [
        correct(fact, "L10", "amount_fen", 5000, 4000, id="S1"),
        correct(fact, "S1", "practitioner", "T1", "DR1"),
    ])  # fmt: skip
    assert now[9].practitioner == "DR1"
    assert sorted(changes) == [9, 10]


def test_a_target_that_fits_two_things_changes_neither(journal, fact):
    named = [*journal[:4], msgspec.structs.replace(journal[4], id="S1"), *journal[5:]]
    now, changes = corrected(named, [correct(fact, "S1", "institution", "H1", "H2")])
    assert (now, changes) == (named, {})


def accepted(seed, length=60):
    """A journal as the door takes it, in disorder."""
    facts = drawn(seed, length, corrections=0.6)
    facts = [line for line, verdict in zip(facts, decide_batch(facts), strict=True) if isinstance(verdict, Accepted)]
    random.Random(seed).shuffle(facts)
    return facts


def subject(line):
    return subject_of(line, lambda target: ())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_every_subject_reads_as_the_door_folded_it(tmp_path_factory, seed):
    path = tmp_path_factory.mktemp("journals") / "journal.ndjson"
    path.write_bytes(b"".join(spell(line) + b"\n" for line in accepted(seed)))
    facts = load([path])
    corrections = [line for line in facts if isinstance(line, EntryCorrected)]
    lines = [line for line in facts if not isinstance(line, EntryCorrected)]
    now = effective(facts)
    for name in {subject(line) for line in lines}:
        places = [place for place, line in enumerate(lines) if subject(line) == name]
        state = fold(name, [*(lines[place] for place in places), *corrections])
        assert {id(was): reads for was, reads in zip(state.written, state.now, strict=True)} == {
            id(lines[place]): now[place] for place in places
        }


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_a_part_of_a_case_never_raises(seed, chance):
    """Neither facts with some cut away, nor a journal that no door has checked."""
    for facts in (accepted(seed), drawn(seed, 60, corrections=0.6)):
        part = [line for line in facts if chance.random() < 0.7]
        instant = chance.choice([line.at for line in facts] or [datetime.fromisoformat("2021-03-01T08:00:00+08:00")])
        for cut in ({}, {"as_of": instant}, {"as_known_at": instant}):
            assert len(effective(part, **cut)) <= len(part)
            history(part, "P1", **cut)
