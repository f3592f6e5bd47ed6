"""What was signed is what is recorded: every field of every kind of statement, as written or as corrected."""

import msgspec
import pytest

from ledger.treatment import agreement
from ledger.treatment.agreement import assessment_said, session_said, subjects_said
from ledger.treatment.lines import Lines
from ledger.treatment.state import fold
from ledger.treatment.statements import FORMAT, Statement, says_sheet


def statement(kind, says):
    return Statement(format=FORMAT, kind=kind, signer="PT1", key_id="K1", counter=1, previous="", says=says)


def disagreement(said, fact, subjects):
    """With the lines of each subject before the fact."""
    return agreement.disagreement(said, fact, [Lines(enumerate(lines)).before(len(lines)) for lines in subjects])


@pytest.fixture
def act(world, fact):
    stop = fact("SessionStopped", "08:30", session="S1", effect="better", id="L-stop")
    return [line for line in world if type(line).__name__ == "SessionStarted"] + [stop]


@pytest.fixture
def sheet(world):
    return [line for line in world if getattr(line, "prescription", None) == "R1" and hasattr(line, "orders")]


@pytest.fixture
def assessed(world):
    return [line for line in world if type(line).__name__ == "AssessmentRecorded"]


@pytest.fixture
def signed(fact):
    return fact("SessionSigned", "08:31", session="S1", practitioner="PT1")


@pytest.fixture
def says(act, sheet):
    return session_said(fold("act:S1", act), fold("prescription:R1", sheet))


def test_what_is_recorded_agrees(signed, says, act, sheet):
    assert subjects_said(statement("session", says), signed) == ["act:S1", "prescription:R1"]
    assert disagreement(statement("session", says), signed, [act, sheet]) is None


OTHER = {
    "session": "S2", "patient": "P2", "prescription": "R2", "order": "2", "item": "cupping", "site": "hand",
    "method": "grip", "therapist": "DR1", "institution": "H2", "started": "2021-03-01T08:00:01+08:00",
    "stopped": "2021-03-01T08:30:00.5+08:00", "effect": "better ",
}  # fmt: skip


@pytest.mark.parametrize("field", OTHER)
def test_each_field_of_a_session_is_held_against_its_lines(signed, says, act, sheet, field):
    for other in (OTHER[field], None):
        changed = statement("session", {**says, field: other})
        assert disagreement(changed, signed, [act, sheet]) == field


def test_the_same_instant_in_another_spelling_was_not_signed(signed, says, act, sheet):
    """Values agree as they are spelled: two verifiers need not agree on what else an instant can look like."""
    elsewhere = {**says, "started": "2021-03-01T00:00:00Z"}
    assert disagreement(statement("session", elsewhere), signed, [act, sheet]) == "started"


def test_what_lies_behind_the_signature_is_not_there_yet(signed, says, act, sheet):
    assert disagreement(statement("session", says), signed, [act[:1], sheet]) == "stopped"
    assert disagreement(statement("session", says), signed, [[], sheet]) == "patient"
    assert disagreement(statement("session", says), signed, [act, []]) == "order"


def test_a_session_that_is_not_stopped_says_so(signed, says, act, sheet):
    running = {**says, "stopped": None, "effect": None}
    assert disagreement(statement("session", running), signed, [act[:1], sheet]) is None
    assert disagreement(statement("session", running), signed, [act, sheet]) == "stopped"
    assert disagreement(statement("session", {**running, "effect": "x"}), signed, [act[:1], sheet]) == "effect"


@pytest.mark.parametrize("target", ["S1", "L-start"])
def test_the_start_is_not_the_stop(signed, says, act, sheet, correction, target):
    """A line's `at` is corrected by that line's own id."""
    new = "2021-03-01T08:40:00+08:00"
    moved = [
        msgspec.structs.replace(act[0], id="L-start"),
        act[1],
        correction("08:31", target, "at", says["started"], new),
    ]
    assert disagreement(statement("session", {**says, "stopped": new}), signed, [moved, sheet]) == "stopped"
    started = disagreement(statement("session", {**says, "started": new}), signed, [moved, sheet])
    assert started == (None if target == "L-start" else "started")


@pytest.mark.parametrize(
    ("target", "field", "old", "new", "said"),
    [
        ("S1", "therapist", "PT1", "DR1", {"therapist": "DR1"}),
        ("S1", "patient", "P1", "P2", {"patient": "P2"}),
        ("S1", "effect", "better", "worse", {"effect": "worse"}),
        ("L-stop", "effect", "better", "worse", {"effect": "worse"}),
        ("L-S1", "at", "2021-03-01T08:00:00+08:00", "2021-02-28T23:50:00.0Z", {"started": "2021-02-28T23:50:00.0Z"}),
        ("L-stop", "at", "2021-03-01T08:30:00+08:00", "2021-03-01T08:40:00+08:00",
         {"stopped": "2021-03-01T08:40:00+08:00"}),
        ("S1", "order", "1", "2", {"order": "2", "item": "occupational-therapy", "site": "hand", "method": "grip"}),
    ],
)  # fmt: skip
def test_what_a_correction_made_of_it_agrees_and_so_does_what_was_written(
    signed, says, act, sheet, correction, target, field, old, new, said
):
    corrected = [*act, correction("08:31", target, field, old, new)]
    shown = session_said(fold("act:S1", corrected), fold("prescription:R1", sheet))
    assert shown == {**says, **said}
    assert disagreement(statement("session", shown), signed, [corrected, sheet]) is None
    assert disagreement(statement("session", says), signed, [corrected, sheet]) is None
    assert disagreement(statement("session", shown), signed, [act, sheet]) in said


def test_an_order_as_the_sheet_was_corrected(signed, says, act, sheet, correction):
    orders = msgspec.to_builtins(sheet[0].orders)
    mended = [{**orders[0], "site": "left leg", "minutes": None}, orders[1]]
    corrected = [*sheet, correction("08:10", "R1", "orders", orders, mended)]
    shown = {**says, "site": "left leg"}
    assert disagreement(statement("session", shown), signed, [act, corrected]) is None
    assert disagreement(statement("session", says), signed, [act, corrected]) is None
    assert disagreement(statement("session", shown), signed, [act, sheet]) == "site"


def test_a_correction_of_another_session_counts_for_nothing(signed, says, act, sheet, correction):
    others = [*act, correction("08:31", "S2", "effect", "better", "worse")]
    assert disagreement(statement("session", {**says, "effect": "worse"}), signed, [others, sheet]) == "effect"


def test_a_sheet_agrees_word_for_word(sheet):
    issued = msgspec.structs.replace(sheet[0], signature="…")
    said = says_sheet(issued)
    assert subjects_said(statement("prescription", said), issued) == []
    assert disagreement(statement("prescription", said), issued, []) is None
    for field in said:
        left_out = {name: value for name, value in said.items() if name != field}
        assert disagreement(statement("prescription", left_out), issued, []) == field
    assert disagreement(statement("prescription", {**said, "remark": "new"}), issued, []) == "remark"
    dearer = {**said, "orders": [{**said["orders"][0], "times": 11}, said["orders"][1]]}
    assert disagreement(statement("prescription", dearer), issued, []) == "orders"


@pytest.mark.parametrize(
    ("field", "new", "shown"),
    [
        ("assessors", ["PT1", "DR1"], ["PT1", "DR1"]),
        ("outcome", "improved", "improved"),
        ("results", [{"scale": "BBS", "score": 41, "max": None}], [{"scale": "BBS", "score": 41, "max": None}]),
        (
            "findings",
            {"severity_adl": "mild", "deficit_balance": True},
            {"deficit_balance": True, "severity_adl": "mild"},
        ),
        ("findings", {"deficit_balance": True}, {"deficit_balance": True}),
        ("item", None, None),
    ],
)
def test_an_assessment_agrees_as_written_or_as_corrected(fact, assessed, correction, field, new, shown):
    signed = fact("AssessmentSigned", "10:00", assessment="X1", practitioner="PT1")
    written = assessment_said(fold("act:X1", assessed))
    corrected = [*assessed, correction("09:00", "X1", field, written.get(field), new)]
    now = assessment_said(fold("act:X1", corrected))
    assert now.get(field) == shown
    assert subjects_said(statement("assessment", now), signed) == ["act:X1"]
    assert disagreement(statement("assessment", now), signed, [corrected]) is None
    assert disagreement(statement("assessment", written), signed, [corrected]) is None
    assert disagreement(statement("assessment", now), signed, [assessed]) == field
    assert disagreement(statement("assessment", {**now, "stay": "A1"}), signed, [corrected]) == "stay"


def test_one_and_true_are_not_one_value(fact, assessed):
    """Python takes 1, 1.0 and true for equal; what was signed is told by how it is spelled."""
    signed = fact("AssessmentSigned", "10:00", assessment="X1", practitioner="PT1")
    said = assessment_said(fold("act:X1", assessed))
    for score in (40.0, "40"):
        changed = {**said, "results": [{"scale": "BBS", "score": score}]}
        assert disagreement(statement("assessment", changed), signed, [assessed]) == "results"


def test_nothing_is_said_of_what_is_not_all_there(act, sheet, assessed):
    assert session_said(fold("act:S1", act[:1]), fold("p", sheet)) is None
    assert session_said(fold("act:S1", act), fold("p", [])) is None
    assert session_said(fold("act:S1", assessed), fold("p", sheet)) is None
    assert assessment_said(fold("act:X1", [])) is None
    other = msgspec.structs.replace(sheet[0], orders=sheet[0].orders[1:])
    assert session_said(fold("act:S1", act), fold("p", [other])) is None


def test_an_assessment_says_which_and_when(fact, assessed):
    signed = fact("AssessmentSigned", "10:00", assessment="X1", practitioner="PT1")
    said = assessment_said(fold("act:X1", assessed))
    later = {**said, "at": "2021-03-01T08:00:01+08:00"}
    assert disagreement(statement("assessment", later), signed, [assessed]) == "at"
    assert disagreement(statement("assessment", {**said, "assessment": "X2"}), signed, [assessed]) == "assessment"
    assert disagreement(statement("assessment", said), signed, [[]]) == "assessment"
