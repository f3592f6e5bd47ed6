"""What holds for lines of every kind: their own id, and that what is known is not taken twice."""

import pytest

from ledger.treatment.batch import decide_batch
from ledger.treatment.decisions import RULES, decide
from ledger.treatment.facts import FACTS
from ledger.treatment.refusal import Refusal
from ledger.treatment.state import evolve, initial


def test_an_id_with_other_content_is_refused(story, fact):
    first = fact("FeeConfirmed", "09:00", act="S1", amount_fen=1, id="L9")
    story.given(first).knows(first)
    story.refuses(
        "id", "already the id of FeeConfirmed", fact("FeeConfirmed", "09:30", act="S1", amount_fen=1, id="L9")
    )
    story.refuses("id", "already the id", fact("SessionStopped", "09:30", session="S1", effect="", id="L9"))


def test_of_two_lines_with_one_id_the_earlier_stands(fact, world, offer):
    early, late = (fact("FeeConfirmed", f"09:{m}0", act="S1", amount_fen=1, id="L9") for m in (1, 2))
    for lines in ([early, late], [late, early]):
        verdicts = dict(zip(map(id, lines), offer([*world, *lines])[len(world) :], strict=True))
        assert (hasattr(verdicts[id(early)], "tags"), verdicts[id(late)].field) == (True, "id")


def test_equal_lines_without_an_id_are_one_line(story, fact):
    fee = fact("FeeConfirmed", "09:00", act="S1", amount_fen=1)
    story.given(fee).knows(fee, fee)
    story.accepts(fact("FeeConfirmed", "09:00", act="S1", amount_fen=2))


@pytest.mark.parametrize("field", ["actor", "recorded_at", "id"])
def test_a_line_that_differs_in_what_every_line_has_is_another_line(story, fact, field):
    value = {"actor": "HIS", "recorded_at": "2021-03-05T08:00:00+08:00", "id": "L9"}[field]
    story.given(fact("FeeConfirmed", "09:00", act="S1", amount_fen=1))
    story.accepts(fact("FeeConfirmed", "09:00", act="S1", amount_fen=1, **{field: value}))


def test_an_actor_need_not_be_registered(story, fact):
    story.accepts(fact("FeeConfirmed", "09:00", act="S1", amount_fen=1, actor="billing-system"))


def test_an_empty_ledger_knows_nothing(world):
    verdicts = decide_batch(world[4:])
    assert all(hasattr(verdict, "field") for verdict in verdicts)


class Nobody:
    """Nothing else is known, and no id is taken."""

    def standing(self, subject):
        return None

    def holder(self, line_id):
        return None

    def enrolment(self, public_key):
        return None

    def corrections(self, target):
        return ()


def test_a_decision_asks_and_changes_nothing(fact):
    state = initial("registry:institution:H1")
    registered = fact("InstitutionRegistered", "08:00", institution="H1", name="h", kind="tcm", departments=[])
    decide(state, registered, Nobody())
    assert state == initial("registry:institution:H1")
    after = evolve(state, registered)
    assert registered in after
    with pytest.raises(Refusal, match="institution: unknown institution 'H2'"):
        decide(initial("patient:P"), fact("PatientFileOpened", "08:00", patient="P", sex="male", born="1950-01-01",
                                          institution="H2", file_no="1"), Nobody())  # fmt: skip


def test_rules_are_for_facts():
    assert set(RULES) <= set(FACTS)
