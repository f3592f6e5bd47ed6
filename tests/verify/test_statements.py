import json

import pytest

from ledger.verify.statements import Statement, read_statement, split_signature
from tests.verify.world import GONE, S9, Hand, dumps

HAND = Hand("T1", "K1")
RAW = HAND.statement("session", S9)
NEXT = HAND.statement("erasure", GONE)


def test_a_statement_taken_apart():
    one, other = read_statement(RAW), read_statement(NEXT)
    assert isinstance(one, Statement)
    assert isinstance(other, Statement)
    assert (one.kind, one.signer, one.key_id, one.counter, one.previous) == ("session", "T1", "K1", 1, "")
    assert (other.counter, len(other.previous)) == (2, 44)
    assert one.says == S9


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "visit"}, {"kind": 5}, {"signer": None}, {"key_id": 1}, {"counter": 0}, {"counter": True},
        {"counter": 1.0}, {"counter": "1"}, {"counter": 2}, {"counter": 2**53, "previous": "A" * 43 + "="},
        {"previous": "AAAA"}, {"previous": "A" * 43 + "="}, {"previous": None}, {"says": []}, {"says": {}},
        {"says": dict(reversed(S9.items()))}, {"says": S9 | {"note": 1}}, {"note": 1},
        {"kind": "prescription", "says": {"type": "PrescriptionIssued", "id": "L1"}},
        {"kind": "prescription", "says": {"signature": None}}, {"kind": "assessment", "says": {"recorded_at": None}},
    ],
)  # fmt: skip
def test_what_is_no_statement(change):
    assert isinstance(read_statement(dumps(json.loads(RAW) | change).encode()), str)


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff", b"[]", RAW[:-1], RAW + b" ", RAW.replace(b",", b", ", 1),
     RAW.replace(b'"says"', b'"says":{},"says"'), json.dumps(json.loads(RAW)).encode(), b"[" * 200 + b"]" * 200],
)  # fmt: skip
def test_another_spelling_is_no_statement(raw):
    assert isinstance(read_statement(raw), str)


def test_a_signature_and_what_is_foreign():
    text = HAND.over(RAW)
    parts = split_signature(text)
    assert parts is not None
    assert (parts.statement, len(parts.signature)) == (RAW, 64)
    statement, signature = text.split(".")
    for foreign in (
        None, 5, "", "盖章", ".", statement, f"{statement}.", f"{statement}.{signature}.", f"{text}=",
        f"{statement}.{signature[:-4]}", f"{signature}.{signature}", f"{statement[4:]}.{signature}",
    ):  # fmt: skip
        assert split_signature(foreign) is None
