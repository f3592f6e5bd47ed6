"""An old decision is told in its words, over the entries of then, and never without being checked."""

from datetime import timedelta

import pytest

from api import appealing
from api.adopting import adopt
from api.appealing import kept_of
from api.kept_texts import KEPT
from api.mirroring import DECISIONS
from api.questions import Unknown
from ledger.application import TreatmentLedger
from ledger.journal import parse_fact
from projections.decisions import Decided, DecisionDiffers, Kept, KeptError
from projections.rules.rulebook import Rulebook
from tests.api.test_adopting import BEGIN, NOW, SHANGHAI, opened, stricter

__all__ = ["opened", "stricter"]

LATER = NOW + timedelta(days=1)


def test_each_ruling_has_its_say(opened: TreatmentLedger, stricter: Rulebook) -> None:
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    adopt(opened, stricter, BEGIN, now=LATER)
    first, second = kept_of(opened, "S2")
    assert (first.decision.payable, first.decision.digest) == (True, SHANGHAI.digest)
    assert (second.decision.payable, second.decision.denied_by) == (False, ("1.day",))
    assert second.decision.digest == stricter.digest
    assert first.decided.size < second.decided.size
    assert [one.decision.digest for one in kept_of(opened, "S2", stricter.digest[:8])] == [stricter.digest]
    assert kept_of(opened, "S2", "00000000") == []


def test_also_after_the_record_was_corrected(opened: TreatmentLedger) -> None:
    before = adopt(opened, SHANGHAI, BEGIN, now=NOW).kept.manifest.size
    line = '{"type":"SessionVoided","at":"2021-03-03T08:00:00+08:00","session":"S1","reason":"r"}'
    opened.record([parse_fact(line.encode())], now=LATER)
    adopt(opened, SHANGHAI, BEGIN, now=LATER)
    was, now = kept_of(opened, "S1")
    assert (was.decided.size, was.newest, was.decision.payable) == (before, False, True)
    assert (now.decided.size, now.newest) == (opened.size, True)
    assert now.decision.denied_by == ("record.voided",)


def test_what_is_not_there(opened: TreatmentLedger, stricter: Rulebook) -> None:
    assert kept_of(opened, "S1") == []
    with pytest.raises(Unknown, match="no session or assessment S9"):
        kept_of(opened, "S9")
    adopt(opened, stricter, BEGIN, now=NOW)
    (opened.directory / KEPT / f"{stricter.digest}.toml").unlink()
    with pytest.raises(KeptError, match="put the text into `rulebooks`"):
        kept_of(opened, "S1")


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
        kept_of(opened, "S1")
