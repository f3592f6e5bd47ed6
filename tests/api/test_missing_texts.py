"""Which adopted texts are missing: of those that decide acts, told as soon as the log says so, and not before."""

from datetime import date, timedelta

from api.kept_texts import keep_text
from api.missing_texts import missing_since, missing_texts
from ledger.application import TreatmentLedger
from ledger.journal import parse_fact
from ledger.treatment.facts import RulebookAdopted
from projections.rules.rulebook import Rulebook
from tests.api.test_adopting import BEGIN, NOW, SHANGHAI, of_shanghai, opened, other_institution, stricter

__all__ = ["opened", "stricter"]


def test_each_that_decides_acts_is_told_of_and_none_that_is_at_hand(
    opened: TreatmentLedger, stricter: Rulebook
) -> None:
    own = RulebookAdopted(at=NOW, rulebook=stricter.id, digest=stricter.digest, effective_from=date(2022, 1, 1))
    lost = RulebookAdopted(at=NOW, rulebook="lost", digest="ab" * 32, effective_from=BEGIN)
    assert missing_texts(opened.directory, []) == ()
    assert missing_texts(opened.directory, [of_shanghai(NOW)]) == ()
    first, second = missing_texts(opened.directory, [own, lost])
    assert "lost, adopted from 2021-01-01: no rulebook of that name is at hand" in first
    assert stricter.digest in second
    keep_text(opened.directory, stricter)
    assert missing_texts(opened.directory, [own, lost]) == (first,)
    assert missing_texts(opened.directory, [own, lost, of_shanghai(NOW + timedelta(days=1))]) == ()


def test_it_is_told_once_and_of_corrections_too(opened: TreatmentLedger) -> None:
    first = opened.size
    opened.record([other_institution()], now=NOW)
    assert missing_since(opened, first) == ()
    second = opened.size
    adopted = RulebookAdopted(at=NOW, id="A1", rulebook=SHANGHAI.id, digest=SHANGHAI.digest, effective_from=BEGIN)
    opened.record([adopted], now=NOW)
    assert missing_since(opened, second) == ()
    third = opened.size
    line = (
        '{"type":"EntryCorrected","at":"2026-01-02T08:00:00+08:00","target":"A1","field":"digest",'
        f'"old":"{SHANGHAI.digest}","new":"{"ab" * 32}","reason":"r","practitioner":"DR1"}}'
    )
    opened.record([parse_fact(line.encode())], now=NOW + timedelta(days=2))
    (problem,) = missing_since(opened, third)
    assert "ab" * 32 in problem
    assert missing_since(opened, second) == (problem,)
    assert missing_since(opened, opened.size) == ()
