"""What witnesses are asked with: requests that a witness takes, from whatever it has seen."""

from pathlib import Path

import pytest

from api.clock import parse_instant
from ledger.application import LedgerError, TreatmentLedger
from ledger.journal import parse_fact
from ledger.witness import Witness, parse_request

NOW = parse_instant("2021-03-01T08:00:00+08:00")
AT = int(NOW.timestamp())


@pytest.fixture
def ledger(tmp_path: Path):
    TreatmentLedger.init(tmp_path / "ledger", "hospital.example/ledger")
    with TreatmentLedger.open(tmp_path / "ledger") as opened:
        yield opened


def grow(ledger: TreatmentLedger, count: int) -> None:
    lines = (
        f'{{"type":"InstitutionRegistered","at":"2020-01-01T08:00:00+08:00","institution":"H{ledger.size}-{n}",'
        '"name":"Invented","level":3,"kind":"general","departments":[]}'
        for n in range(count)
    )
    ledger.record([parse_fact(line.encode()) for line in lines], now=NOW)


def test_a_witness_takes_it_from_every_size(ledger, tmp_path):
    Witness.init(tmp_path / "w", "w.example")
    witness = Witness(tmp_path / "w")
    witness.trust(ledger.vkey)
    cosigning = ledger.cosigning()
    assert (cosigning.last_signed(), cosigning.last_cosigned(witness.vkey)) == (0, 0)
    for count in (0, 1, 2, 5, 60, 300):
        grow(ledger, count)
        note = ledger.checkpoint(now=NOW)
        assert cosigning.size_of(note) == cosigning.last_signed() == ledger.size
        assert cosigning.lacking(note, [witness.vkey]) == [witness.vkey]
        body = cosigning.request(note, cosigning.last_cosigned(witness.vkey))
        answer = witness.add_checkpoint(body, AT)
        assert answer.status == 200, answer
        cosigning.take(note, witness.vkey, answer.text)
        assert ledger.latest_checkpoint() == note + answer.text
        assert cosigning.lacking(ledger.latest_checkpoint(), [witness.vkey]) == []
        assert cosigning.last_cosigned(witness.vkey) == ledger.size
    assert ledger.audit() == []


def test_what_cannot_be_asked(ledger):
    note = ledger.checkpoint(now=NOW)
    with pytest.raises(LedgerError):
        ledger.cosigning().request(note, 9)
    with pytest.raises(LedgerError):
        ledger.cosigning().request("x", 0)
    assert parse_request(ledger.cosigning().request(note, 0)).proof == ()
