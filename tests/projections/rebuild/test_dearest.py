"""Who gives way to whom, where many compete: episodes that take turns, acts that are denied for other reasons too.

An act that is denied anyway settles nothing for the others; and what was foreseen for one episode may not come to pass
because of an exclusion in another.
"""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from tests.projections.rebuild.agreeing import differences
from tests.projections.rules.building import SHANGHAI, Journal

TOGETHER = list(SHANGHAI.readings["together"].options)
CLOCKS = ("08:00", "08:30", "09:00", "09:00", "09:20", "11:00")


def competing(seed: int) -> Evidence:
    """Sessions of the four that exclude one another, and of the two examinations, of one invented patient."""
    random = Random(seed)
    journal = Journal(born="2014-06-01")
    day = date(2020, 3, 1)
    episodes = ["E1", *(f"E{n}" for n in range(2, random.randint(2, 5)))]
    for episode in episodes[1:]:
        journal.episode(episode, onset="2020-03-01", findings={"organic_lesion": True, "deficit_rom": True})
    for stay in range(3):
        begin = day + timedelta(4 * stay)
        journal.admitted(f"stay{stay}", begin.isoformat(), (begin + timedelta(2)).isoformat())
    items = random.choice(((1, 2, 3, 4), (1, 2), (1, 1, 1, 4), (1, 2, 27, 28), (27, 28)))
    denied, fees = random.choice((0.0, 0.3, 0.6)), random.choice(((1, 2, 3), (1, 2, 3, None), tuple(range(50))))
    for _ in range(random.choice((6, 14, 40))):
        day += timedelta(random.choice((0, 0, 0, 1, 1, 15)))
        clock, fee, episode = random.choice(CLOCKS), random.choice(fees), random.choice(episodes)
        if (item := random.choice(items)) in (27, 28):
            assessors = () if random.random() < denied else ("T1",)
            journal.assessment(item, day, clock, assessors=assessors, fee=fee, episode=episode)
        else:
            journal.session(
                item, day, clock, signed=random.random() >= denied, minutes=random.choice((10, 30, 45, 90)), fee=fee,
                episode=episode, voided=random.random() < 0.05,
            )  # fmt: skip
    return Evidence(journal.facts)


@pytest.mark.parametrize("together", TOGETHER)
@pytest.mark.parametrize("episode", SHANGHAI.readings["episode"].options)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), combined=st.sampled_from(list(SHANGHAI.readings["combined"].options)))
def test_as_the_reference_settles_it(together: str, episode: str, seed: int, combined: str) -> None:
    readings = {"winner": "dearest", "together": together, "episode": episode, "combined": combined}
    assert differences(Judge(competing(seed), SHANGHAI, readings)) == []


def test_what_was_foreseen_does_not_come_to_pass() -> None:
    """Seen from the unsigned session, two of another episode use up the day; but they give way to one paid before.

    So the dear session is payable after all, and wins.
    """
    journal = Journal()
    journal.episode("E2", findings={"organic_lesion": True, "deficit_strength": True})
    journal.session(2, "2020-03-01", episode="E2", fee=10)
    unsigned = journal.session(1, "2020-03-02", "08:00", signed=False, fee=1)
    shut_out = [journal.session(1, "2020-03-02", clock, episode="E2", fee=1) for clock in ("08:30", "09:00")]
    dear = journal.session(1, "2020-03-02", "10:00", fee=100)
    cheap = journal.session(2, "2020-03-02", "11:00", fee=50)
    judge = Judge(Evidence(journal.facts), SHANGHAI, {"winner": "dearest", "together": "same_episode"})
    payable = {decision.act: decision.payable for decision in judge.decisions()}
    assert [payable[act] for act in (unsigned, *shut_out, dear, cheap)] == [False, False, False, True, False]
    assert differences(judge) == []
