"""What witnesses are asked with: requests that a witness takes, from whatever it has seen."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from api.clock import parse_instant
from ledger.application import LedgerError, TreatmentLedger, Unsound
from ledger.journal import parse_fact
from ledger.witness import Witness, parse_request
from tests.damage import damage

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


def test_a_damaged_node_is_no_second_history(ledger, tmp_path):
    """The witness is behind; what it is asked with rests on a kept node: it gets a proof that holds, all the same."""
    Witness.init(tmp_path / "w", "w.example")
    witness = Witness(tmp_path / "w")
    witness.trust(ledger.vkey)
    cosigning = ledger.cosigning()
    grow(ledger, 20)
    first = ledger.checkpoint(now=NOW)
    assert witness.add_checkpoint(cosigning.request(first, 0), AT).status == 200
    grow(ledger, 600)
    note = ledger.checkpoint(now=NOW)
    right = cosigning.request(note, 21)
    for statement in ("UPDATE tree SET hash = zeroblob(32) WHERE n = 1", "UPDATE tree SET hash = x'00'"):
        damage(ledger.directory / "ledger.sqlite3", statement)
        assert cosigning.request(note, 21) == right
    assert witness.add_checkpoint(right, AT).status == 200
    ledger.checkpoint(now=NOW)
    assert [one.where for one in ledger.audit()] == ["tree 1/0", "tree 1/1"]
    assert "`checkpoint --anew` makes such nodes anew" in ledger.audit()[0].what
    assert ledger.checkpoint(now=NOW, anew=True) == note
    assert ledger.audit() == []


def test_a_log_that_is_not_the_checkpoints_asks_nobody(ledger):
    grow(ledger, 300)
    note = ledger.checkpoint(now=NOW)
    damage(
        ledger.directory / "ledger.sqlite3",
        "DELETE FROM tree",
        "UPDATE entries SET leaf = zeroblob(32) WHERE position = 7",
    )
    with pytest.raises(Unsound, match=r"^entry-altered: index 6: "):
        ledger.cosigning().request(note, 200)


def test_what_lifts_a_contradiction(ledger, tmp_path):
    """A cosignature dated later; one of that second does not, nor any of what cannot be read any more."""
    Witness.init(tmp_path / "w", "w.example")
    witness = Witness(tmp_path / "w")
    witness.trust(ledger.vkey)
    cosigning = ledger.cosigning()
    note = ledger.checkpoint(now=NOW)
    asked = [witness.add_checkpoint(cosigning.request(note, old), AT + n).text for n, old in enumerate((0, 1, 1))]
    assert len(set(asked)) == 3
    assert cosigning.take(note, witness.vkey, asked[0]) is False, "there is nothing to lift"
    cosigning.contradicted(witness.vkey, "history-fork", "said", NOW + timedelta(seconds=1))
    for early in asked[:2]:
        assert cosigning.take(note, witness.vkey, early) is False
    assert len(cosigning.contradictions()) == 1
    assert cosigning.take(note, witness.vkey, asked[2]) is True
    assert cosigning.contradictions() == []
    cosigning.contradicted(witness.vkey, "history-fork", "said", NOW)
    (file,) = (ledger.directory / "keys").glob("contradicted-*")
    file.write_text("garbage")
    for answer in asked:
        assert cosigning.take(note, witness.vkey, answer) is False
    (stood,) = cosigning.contradictions()
    assert (stood.finding, stood.vkey) == ("malformed", "")
    cosigning.lift(stood)
    assert cosigning.contradictions() == []


def cosigned_twice(ledger, tmp_path) -> tuple[str, str, list[str]]:
    """A checkpoint, and the answers, taken in, of a witness whose clock is a day fast: its key, and both."""
    Witness.init(tmp_path / "w", "w.example")
    witness = Witness(tmp_path / "w")
    witness.trust(ledger.vkey)
    note, cosigning = ledger.checkpoint(now=NOW), ledger.cosigning()
    answers = [witness.add_checkpoint(cosigning.request(note, old), AT + 86_400 + old).text for old in (0, 1)]
    for answer in answers:
        assert cosigning.take(note, witness.vkey, answer) is False
    assert ledger.latest_checkpoint() == note + answers[0], "the second is not kept"
    return note, witness.vkey, answers


@pytest.mark.parametrize("restored", [False, True], ids=["", "the database restored"])
def test_an_answer_that_is_not_kept_lifts_nothing_later(ledger, tmp_path, restored):
    """Nor where the database that knew of it went back: what is known of dates lies beside the key."""
    note, vkey, answers = cosigned_twice(ledger, tmp_path)
    if restored:
        damage(ledger.directory / "ledger.sqlite3", "DELETE FROM cosignatures")
    cosigning = ledger.cosigning()
    cosigning.contradicted(vkey, "history-fork", "said", NOW)
    for answer in answers:
        assert cosigning.take(note, vkey, answer) is False
    with TreatmentLedger.open(ledger.directory) as again:
        assert again.cosigning().take(note, vkey, answers[1]) is False
    (stood,) = cosigning.contradictions()
    assert (stood.at, stood.after) == (NOW.isoformat(), AT + 86_401)


def test_what_an_older_program_kept_is_not_lifted_by_what_it_kept(ledger, tmp_path):
    """It kept no dates, and the contradiction with the time alone; the cosignature in the database has one."""
    note, vkey, answers = cosigned_twice(ledger, tmp_path)
    cosigning = ledger.cosigning()
    cosigning.contradicted(vkey, "history-fork", "said", NOW)
    keys = ledger.directory / "keys"
    (date,), (said,) = keys.glob("cosigned-*"), keys.glob("contradicted-*")
    date.unlink()
    of_old = json.loads(said.read_text())
    del of_old["after"]
    said.write_text(json.dumps(of_old))
    assert cosigning.take(note, vkey, answers[0]) is False
    assert cosigning.take(note, vkey, answers[1]) is True, "that is all that was known"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"latest": true}', b"[" * 100_000])
def test_dates_that_cannot_be_read_let_no_answer_in(ledger, tmp_path, content):
    note, vkey, answers = cosigned_twice(ledger, tmp_path)
    (date,) = (ledger.directory / "keys").glob("cosigned-*")
    assert date.stat().st_mode & 0o777 == 0o600
    date.write_bytes(content)
    cosigning = ledger.cosigning()
    cosigning.contradicted(vkey, "history-fork", "said", NOW)
    for answer in answers:
        with pytest.raises(LedgerError, match=rf"{date.name}: the latest date .* Restore the file; or remove it"):
            cosigning.take(note, vkey, answer)
    assert len(cosigning.contradictions()) == 1
    assert date.read_bytes() == content
