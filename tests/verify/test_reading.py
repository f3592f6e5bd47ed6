import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.verify import Unreadable, format_json, format_text, verify
from ledger.verify.reading import read_bundle

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
keys = ["format", "checkpoint", "since", "streams", "indexes", "entries", "nodes", "marks"]
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)


def where(raw: bytes) -> list[str]:
    return [finding.where for finding in read_bundle(raw)[1]]


def test_the_parts_of_a_bundle(log):
    bundle, findings = read_bundle(log.bundle(since=log.checkpoint(6)))
    assert findings == []
    assert bundle.indexes == [0, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13]
    assert bundle.entries[0] == log.entries[0]
    assert len(bundle.entry_marks) == 33
    assert {len(node) for node in bundle.nodes} == {32}
    assert bundle.since is not None
    assert bundle.since.checkpoint == log.checkpoint(6)
    assert read_bundle(log.bundle())[0].since is None


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"format": "treatment-ledger-bundle/2"}, "format"),
        ({"checkpoint": 5}, "checkpoint"),
        ({"since": None}, "since"),
        ({"since": {"consistency": []}}, "since.checkpoint"),
        ({"since": {"checkpoint": "", "consistency": ["AAAA"]}}, "since.consistency[0]"),
        ({"streams": "patient:P1"}, "streams"),
        ({"streams": ["patient:P1", 5]}, "streams[1]"),
        ({"indexes": [True]}, "indexes[0]"),
        ({"indexes": [0, 2**63]}, "indexes[1]"),
        ({"indexes": [5.0]}, "indexes[0]"),
        ({"entries": [{}]}, "entries[0]"),
        ({"entries": ["\ud800"]}, "entries[0]"),
        ({"nodes": ["AAAA"]}, "nodes[0]"),
        ({"nodes": ["A" * 43 + "B="]}, "nodes[0]"),
        ({"nodes": [None]}, "nodes[0]"),
        ({"marks": {"entries": "AAA=", "nodes": ""}}, "marks.entries"),
        ({"marks": {"entries": ""}}, "marks.nodes"),
        ({"marks": {"entries": "", "nodes": "", "seal": ""}}, "marks.'seal'"),
        ({"decisions": []}, "'decisions'"),
    ],
)
def test_what_is_wrong_is_named(log, change, place):
    bundle = json.loads(log.bundle())
    assert where(json.dumps(bundle | change).encode()) == [place]


def test_all_that_is_wrong_is_named():
    assert where(b"{}") == ["format", "checkpoint", "streams", "indexes", "entries", "nodes", "marks"]


def test_a_value_of_another_kind_is_named_and_not_repeated(log):
    bundle = json.loads(log.bundle()) | {"format": {"name": "treatment-ledger-bundle/1"}}
    (finding,) = read_bundle(json.dumps(bundle).encode())[1]
    assert finding.what == "“treatment-ledger-bundle/1” is expected, not an object"
    (finding,) = read_bundle(json.dumps(bundle | {"format": "x" * 1000}).encode())[1]
    assert len(finding.what) < 120


def test_what_two_readers_would_take_differently():
    assert "'format'" in where(b'{"format":1,"format":2}')
    assert "NaN" in where(b'{"indexes":[NaN]}')


@relaxed
@given(value=st.dictionaries(st.sampled_from(keys) | st.text(), values))
def test_any_object_is_answered(log, value):
    verdict = verify(json.dumps(value).encode(), log.vkey)
    assert not verdict.sound
    assert format_text(verdict)
    assert json.loads(format_json(verdict))["sound"] is False


@relaxed
@given(data=st.data())
def test_any_part_of_another_kind_is_answered(log, data):
    bundle = json.loads(log.bundle())
    verdict = verify(json.dumps(bundle | {data.draw(st.sampled_from(keys)): data.draw(values)}).encode(), log.vkey)
    assert not verdict.sound


@relaxed
@given(raw=st.binary(), at=st.integers(0, 5000), length=st.integers(0, 50))
def test_any_bytes_are_answered(log, raw, at, length):
    whole = log.bundle()
    for damaged in (raw, whole[:at] + raw + whole[at + length :], whole[:at]):
        if damaged != whole:
            try:
                verdict = verify(damaged, log.vkey)
            except Unreadable:
                continue
            assert verdict.sound is (json.loads(damaged) == json.loads(whole))
