"""What a correction does to a line."""

from datetime import datetime

import pytest

from ledger.treatment.corrections import aim, corrected
from ledger.treatment.facts import FACTS
from ledger.treatment.refusal import Refusal
from ledger.treatment.subjects import ATTRIBUTES


def test_a_value_is_read_as_the_field_has_it(world):
    start = next(line for line in world if type(line).__name__ == "SessionStarted")
    assert corrected(start, "at", "2021-03-01T01:00:00Z").at == datetime.fromisoformat("2021-03-01T09:00:00+08:00")
    assert corrected(start, "mode", "group").mode == "group"
    assert corrected(corrected(start, "mode", "group"), "mode", None).mode == "individual"
    assert corrected(start, "stay", "A1").stay == "A1"


def test_a_field_is_spelled_as_in_the_journal(fact):
    suspended = fact("InstitutionSuspended", "08:00", institution="H1", from_="2021-01-01")
    assert str(corrected(suspended, "from", "2021-02-01").from_) == "2021-02-01"
    with pytest.raises(Refusal, match="no field 'from_'"):
        corrected(suspended, "from_", "2021-02-01")


@pytest.mark.parametrize(
    ("field", "new"),
    [("setting", "moon"), ("patient", "a b"), ("at", "2021-03-01T08:00:00"), ("at", None), ("stay", 5), ("order", "")],
)
def test_what_the_field_cannot_hold_is_refused(world, field, new):
    start = next(line for line in world if type(line).__name__ == "SessionStarted")
    with pytest.raises(Refusal, match=f"^new: no value for {field}"):
        corrected(start, field, new)


def test_every_field_of_every_fact_can_be_read():
    """No field of a fact has a type that a correction could not give a value of."""
    for cls in FACTS:
        for field in ATTRIBUTES[cls]:
            assert field == "from" or field.isidentifier()


def test_the_first_of_the_lines_that_has_the_field(world, fact, correction):
    start = next(line for line in world if type(line).__name__ == "SessionStarted")
    stop = fact("SessionStopped", "08:30", session="S1", effect="", id="L-stop")
    signatures = [fact("SessionSigned", f"08:3{n}", session="S1", practitioner="PT1") for n in (1, 2)]
    lines = [start, stop, *signatures]

    def place(target, field):
        return aim(lines, correction("09:00", target, field, None, None))

    assert place("S1", "therapist") == 0
    assert place("S1", "effect") == 1
    assert place("S1", "signature") == 2
    assert place("L-stop", "effect") == 1
    assert place("L-stop", "at") == 1
    assert place("L-stop", "therapist") is None
    assert place("S1", "at") is None
    assert place("S2", "effect") is None
