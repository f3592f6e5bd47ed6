"""What a field of a line was before a place: as written, or as a correction aimed at the line gave it."""

import msgspec
import pytest

from ledger.treatment.facts import PrescriptionIssued, SessionStarted, SessionStopped
from ledger.treatment.lines import Lines, key_of, order_key


@pytest.fixture
def start(fact):
    return fact("SessionStarted", "08:00", session="S1", patient="P1", prescription="R1", order="1", therapist="PT1",
                institution="H1", setting="outpatient", id="L-start")  # fmt: skip


@pytest.fixture
def stop(fact):
    return fact("SessionStopped", "08:30", session="S1", effect="better", id="L-stop")


def placed(*facts):
    return Lines(enumerate(facts))


def test_lines_before_a_place(start, stop):
    lines = placed(start, stop)
    assert [list(lines.before(place).facts()) for place in (0, 1, 2)] == [[], [start], [start, stop]]
    assert [lines.before(place).holds(SessionStopped) for place in (1, 2)] == [False, True]


def test_places_are_whatever_can_be_compared(start, stop):
    lines = Lines([((-1, 0), start), ((5, 2), stop)])
    assert list(lines.before((5, 2)).facts()) == [start]
    assert list(lines.before((5, 3)).facts()) == [start, stop]


def test_a_field_was_as_written_and_as_corrected_before_the_place(start, correction):
    lines = placed(start, correction("08:01", "S1", "therapist", "PT1", "DR1"))

    def had(value, place):
        return lines.before(place).had(SessionStarted, "therapist", key_of(value), "S1")

    assert [had("PT1", place) for place in (0, 1, 2)] == [False, True, True]
    assert [had("DR1", place) for place in (0, 1, 2)] == [False, False, True]
    assert not had(None, 2)


@pytest.mark.parametrize(
    ("target", "line", "field", "is_aimed"),
    [
        ("S1", SessionStarted, "at", False),
        ("L-start", SessionStarted, "at", True),
        ("L-stop", SessionStarted, "at", False),
        ("L-stop", SessionStopped, "at", True),
        ("S1", SessionStopped, "effect", True),
        ("L-stop", SessionStopped, "effect", True),
        ("L-start", SessionStopped, "effect", False),
        ("S2", SessionStopped, "effect", False),
    ],
)
def test_which_line_a_correction_means(start, stop, correction, target, line, field, is_aimed):
    lines = placed(start, stop, correction("09:00", target, field, None, "new"))
    assert lines.before(3).had(line, field, key_of("new"), "S1") == is_aimed


def test_the_first_line_of_a_type_counts(start):
    second = msgspec.structs.replace(start, therapist="DR1")
    before = placed(start, second).before(2)
    assert before.had(SessionStarted, "therapist", key_of("PT1"), "S1")
    assert not before.had(SessionStarted, "therapist", key_of("DR1"), "S1")


def test_a_sheet_is_asked_for_its_orders(world, correction):
    (sheet,) = [line for line in world if isinstance(line, PrescriptionIssued) and line.prescription == "R1"]
    orders = msgspec.to_builtins(sheet.orders)
    mended = [{**orders[0], "site": "left leg"}, 5, {"order": "7"}]
    lines = placed(
        sheet, correction("09:00", "R1", "orders", orders, mended), correction("09:01", "R1", "orders", [], 5)
    )

    def had(*key, place=3):
        return lines.before(place).had(PrescriptionIssued, "orders", order_key(*key), "R1")

    assert had("1", "site", orders[0]["site"])
    assert had("1", "site", "left leg")
    assert not had("1", "site", "left leg", place=1)
    assert had("7")
    assert had("7", "item", None)
    assert not had("8")
    assert not had("1", "site", "right leg")
