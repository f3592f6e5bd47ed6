import json

import pytest

from ledger.verify.entries import ENTRY_FORMAT, Entry, read_entry

GOOD = {
    "format": "treatment-ledger/1",
    "type": "session-stopped.v1",
    "appended_at": "2021-03-01T15:31:02.123456+08:00",
    "tags": ["patient:P1", "practitioner:T1", "session:S1"],
    "fact": {"type": "SessionStopped", "at": "2021-03-01T15:30:00+08:00", "session": "S1", "effect": "好转"},
}


def spelled(**changes: object) -> bytes:
    return json.dumps(GOOD | changes, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_good_entry():
    entry = read_entry(spelled())
    assert isinstance(entry, Entry)
    assert entry.tags == {"patient:P1", "practitioner:T1", "session:S1"}
    assert entry.fact["effect"] == "好转"


def test_a_later_version_of_a_type_is_proven_too():
    assert isinstance(read_entry(spelled(type="session-stopped.v2")), Entry)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"format": "treatment-ledger/2"}, "format"),
        ({"format": None}, "format"),
        ({"type": "session-started.v1"}, "type"),
        ({"type": "session-stopped"}, "type"),
        ({"type": "session-stopped.v0"}, "type"),
        ({"type": "SessionStopped"}, "type"),
        ({"type": ["session-stopped.v1"]}, "type"),
        ({"appended_at": "2021-03-01T15:31:02"}, "appended_at"),
        ({"appended_at": "2021-02-30T15:31:02+08:00"}, "appended_at"),
        ({"appended_at": "٢021-03-01T15:31:02+08:00"}, "appended_at"),
        ({"appended_at": 1614583862}, "appended_at"),
        ({"tags": []}, "a list of tags"),
        ({"tags": {"session:S1": 1}}, "a list of tags"),
        ({"tags": "session:S1"}, "tags"),
        ({"tags": ["session:S1", "patient:P1"]}, "tags"),
        ({"tags": ["session:S1", "session:S1"]}, "tags"),
        ({"tags": ["session:S1", "x"]}, "tags"),
        ({"tags": ["session:S 1"]}, "tags"),
        ({"tags": ["session:" + "S" * 65]}, "tags"),
        ({"tags": ["session:S1", None]}, "tags"),
        ({"tags": ["patient:P1"]}, "session:S1"),
        ({"fact": "SessionStopped"}, "fact"),
        ({"fact": {}}, "type"),
        ({"fact": {"type": 5}}, "type"),
        ({"fact": {"type": "session-stopped"}}, "type"),
        ({"fact": {"type": "SessionSTOPPED"}}, "type"),
        ({"note": "more"}, "keys"),
    ],
)
def test_what_is_wrong_is_named(changes, where):
    wrong = read_entry(spelled(**changes))
    assert isinstance(wrong, str)
    assert where in wrong


@pytest.mark.parametrize(
    ("field", "value", "tag"),
    [
        ("id", "L1", "id:L1"),
        ("patient", "P2", "patient:P2"),
        ("therapist", "T2", "practitioner:T2"),
        ("physician", "DR1", "practitioner:DR1"),
        ("assessors", ["T1", "T3"], "practitioner:T3"),
        ("key_id", "K1", "key:K1"),
        ("institution", "H1", "institution:H1"),
    ],
)
def test_what_a_fact_names_is_a_tag_of_its_entry(field, value, tag):
    without = read_entry(spelled(fact=GOOD["fact"] | {field: value}))
    assert without == f"tags: the fact names {tag}, and the entry does not bear that tag"
    assert isinstance(read_entry(spelled(fact=GOOD["fact"] | {field: value}, tags=sorted([*GOOD["tags"], tag]))), Entry)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"null",
        spelled()[:-1],
        spelled() + b"x",
        b"[" * 50_000,
        spelled(fact=GOOD["fact"] | {"remark": "x" * 65_535}),
        spelled().replace(b'"session":"S1"', b'"session":"S0","session":"S1"'),
        spelled().replace(b'"tags"', b'"tags":["a:b"],"tags"'),
        json.dumps(dict(sorted(GOOD.items()))).encode(),
        spelled().replace(b"SessionStopped", b"\\ud800"),
        spelled(fact=GOOD["fact"] | {"score": float("nan")}),
    ],
)
def test_what_is_no_entry_says_so(raw):
    assert isinstance(read_entry(raw), str)


def test_the_writer_spells_the_same_format():
    from ledger.store.entry import FORMAT

    assert FORMAT == ENTRY_FORMAT
