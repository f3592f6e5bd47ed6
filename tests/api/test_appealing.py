"""Every old decision is told in its words, over the entries of then, and never without being checked."""

import shutil
from datetime import date, timedelta

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
SESSION_BEFORE = (
    b'{"type":"SessionStarted","at":"2021-03-01T08:20:00+08:00","session":"S0","patient":"P1","prescription":"R1",'
    b'"order":"1","therapist":"PT1","institution":"H1","setting":"outpatient"}',
    b'{"type":"SessionStopped","at":"2021-03-01T08:50:00+08:00","session":"S0","effect":"tolerated well"}',
    b'{"type":"SessionSigned","at":"2021-03-01T08:51:00+08:00","session":"S0","practitioner":"PT1"}',
)
"""On the day of S1 and S2, and before both."""


def test_each_ruling_has_its_say(opened: TreatmentLedger, stricter: Rulebook) -> None:
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    adopt(opened, stricter, BEGIN, now=LATER)
    (first, second), missing, unread = decisions_on(opened, "S2")
    assert (missing, unread) == ([], [])
    assert (first.decision.payable, first.decision.digest) == (True, SHANGHAI.digest)
    assert (second.decision.payable, second.decision.denied_by) == (False, ("1.day",))
    assert second.decision.digest == stricter.digest
    assert first.decided.size < second.decided.size
    assert (first.kept, second.kept) == (True, True)
    assert [one.decision.digest for one in decisions_on(opened, "S2", stricter.digest[:8]).told] == [stricter.digest]
    assert decisions_on(opened, "S2", "00000000") == ([], [], [])


def test_also_after_the_record_was_corrected(opened: TreatmentLedger) -> None:
    before = adopt(opened, SHANGHAI, BEGIN, now=NOW).kept.manifest.size
    opened.record([parse_fact(VOIDED)], now=LATER)
    was, now = decisions_on(opened, "S1").told
    assert (was.decided.size, was.stands, was.kept, was.decision.payable) == (before, False, True, True)
    assert (now.decided.size, now.stands, now.kept) == (opened.size, True, False)
    assert was.since == now.since
    assert now.decision.denied_by == ("record.voided",)
    adopt(opened, SHANGHAI, BEGIN, now=LATER)
    was, now = decisions_on(opened, "S1").told
    assert (was.decided.size, was.kept, now.decided.size, now.kept) == (before, True, opened.size, True)


def test_none_is_lost_with_what_is_kept(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """What decided follows from the log: when an adoption took effect, and until the next one."""
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    adopt(opened, stricter, BEGIN, now=LATER)
    adopt(opened, SHANGHAI, BEGIN, now=LATER + timedelta(days=1))
    kept = decisions_on(opened, "S2").told
    at = [(one.position, one.fact.at) for one in adoptions(opened)]
    assert [one.kept for one in kept] == [True, True, True]
    shutil.rmtree(opened.directory / DECISIONS)
    made = decisions_on(opened, "S2").told
    assert [one.decision for one in made] == [one.decision for one in kept]
    assert [one.decided for one in made[:2]] == [one.decided for one in kept[:2]]
    assert [(one.kept, one.decided.size) for one in made] == [(False, position) for position, _ in at]
    assert [one.decision.digest for one in made] == [SHANGHAI.digest, stricter.digest, SHANGHAI.digest]
    assert [tuple(one.since) for one in made] == at
    assert [one.stands for one in made] == [False, False, True]


def test_what_an_adoption_decided_when_it_took_effect_is_not_lost(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """Also where the record is another one before the next adoption, and nothing is kept: fees were settled by it."""
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    second = adopt(opened, stricter, BEGIN, now=LATER).adopted.position
    opened.record([parse_fact(VOIDED)], now=LATER)
    third = adopt(opened, SHANGHAI, BEGIN, now=LATER + timedelta(days=1)).adopted.position
    told = [(one.decided, one.decision, one.since, one.stands) for one in decisions_on(opened, "S2").told]
    assert [(one.size, one.payable) for one, *_ in told[1:]] == [(second, False), (third - 1, True), (third, True)]
    shutil.rmtree(opened.directory / DECISIONS)
    again = decisions_on(opened, "S2").told
    assert [(one.decided, one.decision, one.since, one.stands) for one in again] == told


def test_what_was_kept_between_is_told_in_its_place(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """Adopting the same again keeps what is decided by then, and after it the record grew once more."""
    first = adopt(opened, stricter, BEGIN, now=NOW).adopted.position
    opened.record([parse_fact(VOIDED)], now=LATER)
    between = adopt(opened, stricter, BEGIN, now=LATER).kept.manifest.size
    opened.record([parse_fact(line) for line in SESSION_BEFORE], now=LATER)
    told = decisions_on(opened, "S2").told
    assert [(one.decided.size, one.kept, one.decision.payable, one.stands) for one in told] == [
        (first, True, False, False), (between, True, True, False), (opened.size, False, False, True),
    ]  # fmt: skip
    assert {one.since.position for one in told} == {first}


def test_what_is_kept_is_told_before_what_is_made_again(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """Also where it was kept later: the same decision, which somebody was told then."""
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    adopt(opened, stricter, BEGIN, now=LATER)
    shutil.rmtree(opened.directory / DECISIONS)
    last = adopt(opened, SHANGHAI, BEGIN, now=LATER + timedelta(days=1)).adopted.position
    first, second, third = decisions_on(opened, "S2").told
    assert (first.kept, first.decision.digest) == (True, SHANGHAI.digest)
    assert (second.kept, second.decided.size, second.decision.digest) == (True, last - 1, stricter.digest)
    assert (third.kept, third.decided.size, third.stands) == (True, last, True)


def test_adoptions_that_came_in_as_facts_count_the_same(opened: TreatmentLedger, stricter: Rulebook) -> None:
    keep_text(opened.directory, stricter)
    for book, at in ((SHANGHAI, NOW), (stricter, LATER)):
        fact = RulebookAdopted(at=at, rulebook=book.id, digest=book.digest, effective_from=BEGIN)
        opened.record([fact], now=at)
    sizes = [one.position for one in adoptions(opened)]
    told, missing, _ = decisions_on(opened, "S2")
    assert missing == []
    assert [(one.kept, one.decided.size, one.decision.payable) for one in told] == [
        (False, sizes[0], True), (False, sizes[1], False),
    ]  # fmt: skip


def test_a_corrected_adoption_has_decided_too(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """Until it was corrected, it was in force as it stood."""
    fact = adopt(opened, stricter, BEGIN, now=NOW).adopted.fact
    size = opened.size
    shutil.rmtree(opened.directory / DECISIONS)
    line = {"type": "EntryCorrected", "at": "2026-01-03T08:00:00+08:00", "target": fact.id, "field": "effective_from",
            "old": "2021-01-01", "new": "2022-01-01", "reason": "r", "practitioner": "DR1"}  # fmt: skip
    opened.record([parse_fact(msgspec.json.encode(line))], now=LATER)
    told = decisions_on(opened, "S2").told
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
    (told,), missing, _ = decisions_on(opened, "S9")
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


def test_the_same_by_the_same_text_is_told_once_and_stands(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """Also where another text was adopted for other days: nothing changed for this act."""
    first = adopt(opened, SHANGHAI, BEGIN, now=NOW).adopted
    adopt(opened, stricter, date(2021, 6, 1), now=LATER)
    (told,) = decisions_on(opened, "S2").told
    assert (told.since.position, told.since.at, told.stands, told.kept) == (first.position, NOW, True, True)


def test_what_is_not_there(opened: TreatmentLedger, stricter: Rulebook) -> None:
    assert decisions_on(opened, "S1") == ([], [], [])
    with pytest.raises(Unknown, match="no session or assessment S9"):
        decisions_on(opened, "S9")


def test_a_text_that_is_not_at_hand_is_named_and_the_others_are_told(
    opened: TreatmentLedger, stricter: Rulebook
) -> None:
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    position = adopt(opened, stricter, BEGIN, now=LATER).adopted.position
    (opened.directory / KEPT / f"{stricter.digest}.toml").unlink()
    told, missing, _ = decisions_on(opened, "S1")
    assert [one.decision.digest for one in told] == [SHANGHAI.digest]
    in_force, kept = missing
    assert f"in force from entry {position} on" in in_force
    assert stricter.digest in in_force
    assert "put the text into `rulebooks`" in kept
    told, missing, _ = decisions_on(opened, "S1", files=[stricter.path])
    assert [one.decision.digest for one in told] == [SHANGHAI.digest, stricter.digest]
    assert missing == []


@pytest.mark.parametrize("damage", ["spoilt", "cut", "gone"])
@pytest.mark.parametrize("name", [NAME, "part-*.acts.parquet", "part-*.denied.parquet", "earlier-*.parquet"])
def test_kept_decisions_that_cannot_be_read_are_named_and_made_again(
    opened: TreatmentLedger, stricter: Rulebook, name: str, damage: str
) -> None:
    """Each file of them: an appeal is not to wait for whoever keeps the disk."""
    directory = adopt(opened, stricter, BEGIN, now=NOW).kept.directory
    opened.record([parse_fact(VOIDED)], now=LATER)
    adopt(opened, stricter, BEGIN, now=LATER)
    before = decisions_on(opened, "S3").told
    assert [one.kept for one in before] == [True, True]
    (path,) = directory.glob(name)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + (whole[len(whole) // 2 + 1 :] if damage == "spoilt" else b""))
    if damage == "gone":
        path.unlink()
    told, missing, (unread,) = decisions_on(opened, "S3")
    assert missing == []
    assert str(directory if name == NAME else path) in unread
    assert [(one.decision, one.kept) for one in told] == [(one.decision, False) for one in before]


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
