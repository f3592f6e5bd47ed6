"""One subject after another: what is left out, what is taken together, what would not fit."""

import pytest

from ledger.treatment.stream import MAX_FACT_AND_TAGS


def test_a_fact_whose_tags_do_not_fit_is_refused(fact, ledger, world):
    staff = [
        fact("PractitionerRegistered", "08:00", practitioner=f"{n:064}", name="n", profession="nurse", institution="H1")
        for n in range(500)
    ]
    ledger.offer([*world, *staff])
    recorded = {"assessment": "X9", "patient": "P1", "episode": "E1", "institution": "H1", "results": []}
    many, fewer = (
        fact("AssessmentRecorded", "09:00", **recorded, assessors=[line.practitioner for line in staff[:count]])
        for count in (500, 400)
    )
    (verdict,) = ledger.offer([many])
    assert (verdict.field, str(MAX_FACT_AND_TAGS) in verdict.what) == ("line", True)
    (verdict,) = ledger.offer([fewer])
    assert len(verdict.tags) == 404


def test_one_line_too_many_does_not_take_the_others_with_it(fact, world, ledger):
    ledger.offer(world)
    stops = [fact("SessionStopped", f"08:3{n}", session="S1", effect=str(n)) for n in range(3)]
    early = fact("SessionStopped", "07:00", session="S1", effect="early")
    verdicts = ledger.offer([stops[2], early, stops[0], stops[1], stops[0]])
    assert [getattr(verdict, "field", verdict) for verdict in verdicts[:2]] == ["session", "at"]
    assert verdicts[2].tags
    assert verdicts[3].field == "session"
    assert verdicts[4] == "known"


MOVED = [("S1", "prescription", "R1", "R2"), ("S1", "order", "1", "A")]
"""Possible only together."""


@pytest.mark.parametrize(
    "bad",
    [
        [("S1", "setting", "inpatient", "home")],
        [("S1", "therapist", "PT1", "PT9")],
        [("S1", "therapist", "PT1", "PT9"), ("L-S1", "stay", "A7", "A1"), ("S1", "patient", "P1", "P9")],
        [("L-S1", "prescription", "R1", "R9")],
    ],
)
def test_one_that_is_wrong_does_not_take_those_with_it_that_are_possible_together(world, offer, correction, bad):
    corrections = [correction(f"09:0{n}", *what) for n, what in enumerate([*bad, *MOVED])]
    for lines in (corrections, corrections[::-1]):
        verdicts = dict(zip(map(repr, lines), offer([*world, *lines])[len(world) :], strict=True))
        assert [hasattr(verdicts[repr(line)], "tags") for line in corrections] == [False] * len(bad) + [True, True]


def test_equal_corrections_that_are_possible_only_with_another_are_known(world, offer, correction):
    first, second = (correction(f"09:0{n}", *what) for n, what in enumerate(MOVED))
    verdicts = offer([*world, first, first, second])[len(world) :]
    assert verdicts[0].tags
    assert verdicts[1] == "known"
    assert verdicts[2].tags


def test_very_many_lines_about_one_thing(world, fact, offer, correction):
    """Each is decided for itself: equal ones are known, an unknown name is refused, a correction finds its line."""
    fees = [fact("FeeConfirmed", "09:00", act="S1", amount_fen=n, id=f"F{n}") for n in range(30_000)]
    lines = [
        *fees,
        fees[7],
        fact("FeeConfirmed", "09:00", act="S1", amount_fen=1),
        fact("FeeConfirmed", "09:00", act="S1", amount_fen=1),
        fact("ViolationFound", "09:00", act="S1", inspection="I9", clause="1.day", amount_fen=1, id="V"),
        correction("09:30", "F7", "amount_fen", 8, 9),
        correction("09:00", "F7", "amount_fen", 7, 8),
        correction("10:00", "F7", "amount_fen", 8, 9),
        correction("09:30", "V", "amount_fen", 1, 9),
    ]
    verdicts = offer([*world, *lines])[len(world) :]
    assert all(verdict.tags for verdict in verdicts[:30_000])
    assert [getattr(verdict, "field", None) or verdict for verdict in (verdicts[i] for i in (30_000, 30_002))] == [
        "known"
    ] * 2
    assert [getattr(verdicts[30_000 + n], "field", None) for n in range(3, 8)] == [
        "inspection", None, None, "old", "target",
    ]  # fmt: skip


def test_lines_about_a_thing_that_the_ledger_holds(world, fact, ledger, correction):
    fee = fact("FeeConfirmed", "09:00", act="S1", amount_fen=7, id="F7")
    first = correction("09:30", "F7", "amount_fen", 7, 8)
    ledger.offer([*world, fee, first])
    again = [fee, first, correction("10:00", "F7", "amount_fen", 7, 9), correction("10:00", "F7", "amount_fen", 8, 9)]
    verdicts = ledger.offer(again)
    assert verdicts[:2] == ["known", "known"]
    assert verdicts[2].field == "old"
    assert verdicts[3].tags == ledger.tags(first)


def test_corrections_of_one_instant_apply_in_the_order_of_their_lines(world, offer, correction):
    """1 → 2 and 2 → 3 of one field at one instant: a chain only in that order, whatever is tried again later."""
    first, second = (
        correction("09:00", "S1", "setting", *what) for what in (("outpatient", "home"), ("home", "internet"))
    )
    right = offer([*world, first, second])[len(world) :]
    assert all(hasattr(verdict, "tags") for verdict in right)
    wrong = offer([*world, second, first])[len(world) :]
    assert (wrong[0].field, hasattr(wrong[1], "tags")) == ("old", True)
