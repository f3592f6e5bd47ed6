"""`winner: dearest`: the act with the highest confirmed fee is paid, whichever comes first."""

from datetime import date
from random import Random

import pytest

from ledger.treatment.facts import EntryCorrected, FeeConfirmed
from projections.history import effective
from projections.rules.case import PatientCase
from projections.rules.judge import Judge
from tests.projections.rules.building import EVERY_FINDING, SHANGHAI, Journal, moment

DAY = date(2021, 3, 1)
Act = tuple[int, int | None]


def day_of(*acts: Act) -> Journal:
    """Sessions of a day, one an hour: item and fee."""
    journal = Journal(born="2016-01-01")
    for n, (item, fee) in enumerate(acts):
        journal.session(item, DAY, f"{9 + n:02d}:00", id=f"{n}", fee=fee)
    return journal


def paid(journal: Journal, **readings: str) -> str:
    """The ids of what is paid."""
    decisions = journal.decisions(winner="dearest", **readings)
    for decision in decisions.values():
        assert all(clause.endswith((".excl", ".day", ".signed")) for clause in decision.denied_by)
    return "".join(act for act, decision in decisions.items() if decision.payable)


@pytest.mark.parametrize(
    ("acts", "winners"),
    [
        (((1, 100), (2, 200)), "1"),
        (((1, 200), (2, 100)), "0"),
        (((2, 100), (1, 200)), "1"),
        (((1, 100), (2, 100)), "0"),  # equal: first
        (((1, None), (2, 100)), "0"),  # missing: first
        (((1, 100), (2, None)), "0"),
        (((1, None), (2, None)), "0"),
        (((1, 100), (1, 100), (2, 200)), "2"),
        (((1, 100), (2, 200), (1, 300)), "02"),  # the winner's side is paid
        (((1, 100), (2, 200), (3, 50)), "12"),  # 2, 3 and 4 do not exclude one another
        (((2, 50), (1, 100), (3, 200)), "02"),
        (((1, 10), (1, 10), (1, 500), (2, 300)), "3"),  # the third of item 1 would not be paid: 1.day
    ],
)
def test_the_dearest_of_a_day(acts: tuple[Act, ...], winners: str) -> None:
    assert paid(day_of(*acts)) == winners


def test_the_one_that_gives_way_says_to_whom() -> None:
    finding = day_of((1, 100), (2, 200)).finding("0", "1.excl", winner="dearest")
    assert (finding.holds, finding.counted, finding.observed) == (False, ("1",), {"dearer": "1"})


def test_the_fee_as_confirmed_last_counts() -> None:
    journal = day_of((1, 100), (2, 200))
    journal.add(FeeConfirmed(at=moment("2021-05-01"), act="0", amount_fen=300))
    journal.add(FeeConfirmed(at=moment("2021-04-01"), act="0", amount_fen=1))
    assert paid(journal) == "0"


def test_of_two_confirmations_at_one_instant_the_later_line_counts() -> None:
    for fees, winner in (((300, 1), "1"), ((1, 300), "0")):
        journal = day_of((1, 100), (2, 200))
        journal.add(*(FeeConfirmed(at=moment("2021-05-01"), act="0", amount_fen=fee) for fee in fees))
        assert paid(journal) == winner


def test_a_fee_of_nothing_is_a_fee() -> None:
    assert paid(day_of((1, 0), (2, 1))) == "1"
    assert paid(day_of((1, 0), (2, 0))) == "0"


def test_a_corrected_fee_counts_from_the_time_it_was_known() -> None:
    journal = day_of((1, None), (2, 200))
    journal.add(FeeConfirmed(at=moment("2021-03-02"), act="0", amount_fen=100, id="F"))
    journal.add(
        EntryCorrected(
            at=moment("2021-03-09"),
            target="F",
            field="amount_fen",
            old=100,
            new=300,
            reason="misread",
            practitioner="D1",
        )
    )
    for known_at, winner in ((None, "0"), ("2021-03-08", "1"), ("2021-03-01", "0")):
        standing = effective(journal.facts, as_known_at=moment(known_at, "23:59") if known_at else None)
        decisions = Judge(standing, SHANGHAI, {"winner": "dearest"}).decisions()
        assert "".join(decision.act for decision in decisions if decision.payable) == winner


def test_what_would_not_be_paid_anyway_does_not_win() -> None:
    journal = day_of((1, 100))
    journal.session(2, DAY, "12:00", id="1", fee=500, signed=False)
    assert paid(journal) == "0"


def test_each_day_by_itself() -> None:
    journal = day_of((1, 100), (2, 200))
    journal.session(1, "2021-03-02", id="2", fee=100)
    assert paid(journal) == "12"


def test_overlapping_acts_only() -> None:
    journal = Journal(born="2016-01-01")
    journal.session(1, DAY, "09:00", id="0", fee=100, minutes=60)
    journal.session(2, DAY, "09:30", id="1", fee=200, minutes=60)
    journal.session(1, DAY, "11:00", id="2", fee=1, minutes=60)
    assert paid(journal, together="overlapping") == "12"


def test_within_the_episode() -> None:
    journal = day_of((1, 100), (1, 100))
    journal.session(2, "2021-06-01", id="2", fee=200)
    journal.session(1, "2021-07-01", id="3", fee=100)
    assert paid(journal, together="same_episode") == "2"
    assert paid(journal) == "0123"


def test_27_and_28() -> None:
    journal = Journal()
    journal.assessment(27, DAY, "09:00", id="0", fee=100)
    journal.assessment(28, DAY, "10:00", id="1", fee=200)
    assert paid(journal) == "1"


def test_a_hypothetical_act_does_not_give_way() -> None:
    journal = day_of((2, 200))
    judge = Judge(journal.facts, SHANGHAI, {"winner": "dearest"})
    case = judge.case("P1", until=moment("2021-02-01"))
    assert case.decide(case.hypothetical("exercise-therapy", moment(DAY, "08:00"))).payable


@pytest.mark.parametrize(
    ("together", "free"),
    [("same_day", date(2021, 3, 2)), ("overlapping", date(2021, 3, 2)), ("same_episode", None)],
)
def test_who_gives_way_may_wait_for_another_day_but_not_within_the_episode(together: str, free: date | None) -> None:
    journal = Journal(born="2016-01-01")
    journal.session(1, DAY, "09:00", id="0", fee=100, minutes=60)
    journal.session(2, DAY, "09:30", id="1", fee=200, minutes=60)
    finding = journal.finding("0", "1.excl", winner="dearest", together=together)
    assert (finding.counted, finding.next_payable_on) == (("1",), free)


def overlapping(*acts: tuple[int, str, int]) -> Journal:
    """Sessions of an hour of a day, each by item, beginning and fee."""
    journal = Journal()
    for n, (item, clock, fee) in enumerate(acts):
        journal.session(item, DAY, clock, id=f"{n}", fee=fee, minutes=60)
    return journal


@pytest.mark.parametrize(
    ("acts", "winners"),
    [
        (((1, "09:00", 60), (1, "09:10", 40), (2, "09:20", 50)), "01"),  # the dearest is of the own side, and earlier
        (((1, "09:00", 50), (1, "09:05", 60), (2, "09:10", 80), (1, "09:15", 99)), "2"),  # the third is one too many
        (((1, "09:00", 50), (2, "09:10", 80)), "1"),
        (((1, "09:00", 50), (2, "09:10", 80), (1, "09:20", 99)), "02"),
    ],
)
def test_where_all_meet_one_another_overlapping_is_as_the_same_day(
    acts: tuple[tuple[int, str, int], ...], winners: str
) -> None:
    assert paid(overlapping(*acts)) == winners
    assert paid(overlapping(*acts), together="overlapping") == winners


@pytest.mark.parametrize(
    ("fees", "winners"),
    [
        ((50, 60, 70), "2"),  # the first gives way to the middle one, which gives way itself: each meets whom it meets
        ((70, 60, 50), "02"),
        ((50, 60, 40), "1"),
        ((50, 60, 60), "1"),
    ],
)
def test_a_chain_of_which_the_ends_do_not_meet(fees: tuple[int, int, int], winners: str) -> None:
    begins = ("09:00", "09:50", "10:40")
    acts = [(2 if n == 1 else 1, begins[n], fees[n]) for n in range(3)]
    assert paid(overlapping(*acts), together="overlapping") == winners


@pytest.mark.parametrize("together", ["same_day", "same_episode", "overlapping"])
@pytest.mark.parametrize("seed", range(60))
def test_who_is_paid_does_not_depend_on_how_much_is_asked(together: str, seed: int) -> None:
    random = Random(seed)
    journal = Journal()
    journal.episode("E2", findings=EVERY_FINDING)
    minute = 8 * 60
    for _ in range(random.randint(5, 9)):
        minute += random.choice((0, 10, 30, 60))
        journal.session(
            random.choice([1, 1, 2]), "2021-01-01", f"{minute // 60:02}:{minute % 60:02}",
            episode=random.choice(["E1", "E2"]), fee=random.choice([100, 200, 300]), signed=random.random() < 0.8,
            minutes=random.choice([20, 60, 200]),
        )  # fmt: skip
    judge = Judge(journal.facts, SHANGHAI, {"winner": "dearest", "together": together})
    assert [decision.payable for decision in judge.decisions()] == list(judge.payable())


@pytest.mark.parametrize("unsigned", [True, False])
def test_one_that_is_denied_anyway_settles_nothing_for_others(unsigned: bool) -> None:
    journal = Journal()
    journal.episode("E2", findings=EVERY_FINDING)
    if unsigned:
        journal.session(1, "2021-01-01", "08:00", episode="E1", fee=100, signed=False)
    other = [
        journal.session(item, "2021-01-01", clock, episode="E2", fee=fee)
        for item, clock, fee in ((2, "09:00", 300), (1, "09:40", 100), (1, "10:20", 100))
    ]
    cheap, dear = (
        journal.session(item, "2021-01-01", clock, episode="E1", fee=fee)
        for item, clock, fee in ((2, "11:00", 100), (1, "12:00", 200))
    )
    decisions = journal.decisions(winner="dearest", together="same_episode")
    assert [decisions[act].payable for act in (*other, cheap, dear)] == [True, False, False, False, True]


def test_one_that_gives_way_within_its_episode_would_give_way_there_tomorrow() -> None:
    journal = Journal()
    journal.session(1, "2021-01-01", "08:00", fee=100, signed=False)
    journal.session(2, "2021-01-05", "08:00", fee=300)
    judge = Judge(journal.facts, SHANGHAI, {"winner": "dearest", "together": "same_episode"})
    case = judge.case("P1", until=moment("2021-01-01"))
    assert isinstance(case, PatientCase)
    unsigned = judge.acts("P1")[0]
    assert [case.holds(act) for act in (unsigned, unsigned.later(date(2021, 1, 2)))] == [False, False]
