"""Every old decision is told in its words, over the entries of then, and never without being checked."""

import shutil
from datetime import timedelta

import msgspec
import pytest

from api import appealing
from api.adopting import adopt, adoptions
from api.appealing import decisions_on
from api.kept_texts import KEPT, keep_text
from api.mirroring import DECISIONS
from api.questions import Unknown
from ledger.application import TreatmentLedger
from ledger.journal import parse_fact
from ledger.treatment.facts import RulebookAdopted
from projections.decisions import Decided, DecisionDiffers, Kept
from projections.decisions.manifest import NAME
from projections.rules.rulebook import Rulebook
from tests.api.test_adopting import BEGIN, NOW, SHANGHAI, opened, stricter

__all__ = ["opened", "stricter"]

LATER = NOW + timedelta(days=1)
VOIDED = b'{"type":"SessionVoided","at":"2021-03-03T08:00:00+08:00","session":"S1","reason":"r"}'


def test_each_ruling_has_its_say(opened: TreatmentLedger, stricter: Rulebook) -> None:
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    adopt(opened, stricter, BEGIN, now=LATER)
    (first, second), missing = decisions_on(opened, "S2")
    assert missing == []
    assert (first.decision.payable, first.decision.digest) == (True, SHANGHAI.digest)
    assert (second.decision.payable, second.decision.denied_by) == (False, ("1.day",))
    assert second.decision.digest == stricter.digest
    assert first.decided.size < second.decided.size
    assert (first.kept, second.kept) == (True, True)
    assert [one.decision.digest for one in decisions_on(opened, "S2", stricter.digest[:8]).told] == [stricter.digest]
    assert decisions_on(opened, "S2", "00000000") == ([], [])


def test_also_after_the_record_was_corrected(opened: TreatmentLedger) -> None:
    before = adopt(opened, SHANGHAI, BEGIN, now=NOW).kept.manifest.size
    opened.record([parse_fact(VOIDED)], now=LATER)
    (was, now), _ = decisions_on(opened, "S1")
    assert (was.decided.size, was.newest, was.kept, was.decision.payable) == (before, False, True, True)
    assert (now.decided.size, now.newest, now.kept) == (opened.size, True, False)
    assert now.decision.denied_by == ("record.voided",)
    adopt(opened, SHANGHAI, BEGIN, now=LATER)
    (was, now), _ = decisions_on(opened, "S1")
    assert (was.decided.size, was.kept, now.decided.size, now.kept) == (before, True, opened.size, True)


def test_none_is_lost_with_what_is_kept(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """What decided follows from the log: of each adoption, over the entries until the next one."""
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    adopt(opened, stricter, BEGIN, now=LATER)
    adopt(opened, SHANGHAI, BEGIN, now=LATER + timedelta(days=1))
    kept = decisions_on(opened, "S2").told
    second, third = (one.position for one in adoptions(opened)[1:])
    shutil.rmtree(opened.directory / DECISIONS)
    made = decisions_on(opened, "S2").told
    assert [one.decision for one in made] == [one.decision for one in kept]
    assert [(one.kept, one.decided.size) for one in made] == [(False, second - 1), (False, third - 1)]
    assert [one.decision.digest for one in made] == [SHANGHAI.digest, stricter.digest]
    assert [one.newest for one in made] == [True, True]


def test_what_is_kept_is_told_before_what_is_made_again(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """Also where it was kept later: the same decision, which somebody was told then."""
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    adopt(opened, stricter, BEGIN, now=LATER)
    shutil.rmtree(opened.directory / DECISIONS)
    adopt(opened, SHANGHAI, BEGIN, now=LATER + timedelta(days=1))
    first, second = decisions_on(opened, "S2").told
    assert (first.kept, first.decided.size, first.decision.digest) == (True, opened.size, SHANGHAI.digest)
    assert (second.kept, second.decision.digest) == (True, stricter.digest)


def test_adoptions_that_came_in_as_facts_count_the_same(opened: TreatmentLedger, stricter: Rulebook) -> None:
    keep_text(opened.directory, stricter)
    for book, at in ((SHANGHAI, NOW), (stricter, LATER)):
        fact = RulebookAdopted(at=at, rulebook=book.id, digest=book.digest, effective_from=BEGIN)
        opened.record([fact], now=at)
    sizes = [one.position for one in adoptions(opened)]
    told, missing = decisions_on(opened, "S2")
    assert missing == []
    assert [(one.kept, one.decided.size, one.decision.payable) for one in told] == [
        (False, sizes[1] - 1, True), (False, sizes[1], False),
    ]  # fmt: skip


def test_a_corrected_adoption_has_decided_too(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """Until it was corrected, it was in force as it stood."""
    fact = adopt(opened, stricter, BEGIN, now=NOW).adopted.fact
    size = opened.size
    shutil.rmtree(opened.directory / DECISIONS)
    line = {"type": "EntryCorrected", "at": "2026-01-03T08:00:00+08:00", "target": fact.id, "field": "effective_from",
            "old": "2021-01-01", "new": "2022-01-01", "reason": "r", "practitioner": "DR1"}  # fmt: skip
    opened.record([parse_fact(msgspec.json.encode(line))], now=LATER)
    told, _ = decisions_on(opened, "S2")
    assert [(one.decided.size, one.decision.payable, one.decision.digest) for one in told] == [
        (size, False, stricter.digest), (size + 1, True, ""),
    ]  # fmt: skip


def test_an_act_that_came_in_after_an_adoption_was_not_decided_by_it(
    opened: TreatmentLedger, stricter: Rulebook
) -> None:
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    adopt(opened, stricter, BEGIN, now=LATER)
    late = {"type": "SessionStarted", "at": "2021-03-02T09:00:00+08:00", "session": "S9", "patient": "P1",
            "prescription": "R1", "order": "1", "therapist": "PT1", "institution": "H1",
            "setting": "outpatient"}  # fmt: skip
    opened.record([parse_fact(msgspec.json.encode(late))], now=LATER)
    (told,), missing = decisions_on(opened, "S9")
    assert missing == []
    assert (told.decision.digest, told.kept, told.decided.size) == (stricter.digest, False, opened.size)


def test_a_decision_on_the_same_grounds_is_told_once(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """Also where other things came in, and it was made again."""
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    other = {"type": "InstitutionRegistered", "at": "2020-01-01T08:00:00+08:00", "institution": "H2",
             "name": "Invented Two", "level": 3, "kind": "general", "departments": []}  # fmt: skip
    opened.record([parse_fact(msgspec.json.encode(other))], now=LATER)
    (told,) = decisions_on(opened, "S2").told
    assert told.kept
    assert told.decided.size == opened.size - 1


def test_what_is_not_there(opened: TreatmentLedger, stricter: Rulebook) -> None:
    assert decisions_on(opened, "S1") == ([], [])
    with pytest.raises(Unknown, match="no session or assessment S9"):
        decisions_on(opened, "S9")


def test_a_text_that_is_not_at_hand_is_named_and_the_others_are_told(
    opened: TreatmentLedger, stricter: Rulebook
) -> None:
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    position = adopt(opened, stricter, BEGIN, now=LATER).adopted.position
    (opened.directory / KEPT / f"{stricter.digest}.toml").unlink()
    told, missing = decisions_on(opened, "S1")
    assert [one.decision.digest for one in told] == [SHANGHAI.digest]
    in_force, kept = missing
    assert f"in force from entry {position} on" in in_force
    assert stricter.digest in in_force
    assert "put the text into `rulebooks`" in kept
    told, missing = decisions_on(opened, "S1", files=[stricter.path])
    assert [one.decision.digest for one in told] == [SHANGHAI.digest, stricter.digest]
    assert missing == []


def test_kept_decisions_that_cannot_be_read_are_named_and_made_again(opened: TreatmentLedger) -> None:
    directory = adopt(opened, SHANGHAI, BEGIN, now=NOW).kept.directory
    (directory / NAME).write_text("{", "utf-8")
    (told,), (missing,) = decisions_on(opened, "S1")
    assert not told.kept
    assert str(directory) in missing


def test_what_the_rules_do_not_confirm_is_not_shown(opened: TreatmentLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    (directory,) = (opened.directory / DECISIONS).iterdir()
    (true,) = Kept.read(directory).of(10)
    assert true.payable

    class Forged(Kept):
        def of(self, position: int) -> list[Decided]:
            return [one._replace(payable=False, clauses=("1.day",)) for one in super().of(position)]

    monkeypatch.setattr(appealing, "Kept", Forged)
    with pytest.raises(DecisionDiffers, match="payable is kept as False, and the rules give True"):
        decisions_on(opened, "S1")
