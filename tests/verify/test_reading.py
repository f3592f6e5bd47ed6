import json
from base64 import b64encode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.verify import Unreadable, format_json, format_text, verify
from ledger.verify.reading import read_bundle
from tests.verify.world import RULEBOOK

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
keys = [
    "format", "checkpoint", "since", "seal", "seal_proof", "streams", "depths", "absent", "nodes", "indexes", "entries",
    "marks", "inclusion", "rulebooks", "openings",
]  # fmt: skip
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)


def where(raw: bytes) -> list[str]:
    return [finding.where for finding in read_bundle(raw)[1]]


def test_the_parts_of_a_bundle(log):
    bundle, findings = read_bundle(log.full())
    assert list(findings) == []
    assert bundle.indexes[:3] == [0, 2, 4]
    assert bundle.entries[0] == log.entries[0]
    assert len(bundle.marks) // 2 == len(bundle.entries) == 19
    assert {len(node) for node in (*bundle.nodes, *bundle.seal_proof, *bundle.inclusion)} == {32}
    assert bundle.since is not None
    assert bundle.since.checkpoint == log.checkpoint(6)
    assert (list(bundle.openings), list(bundle.rulebooks.values())) == ([8], [RULEBOOK])
    less, _ = read_bundle(log.bundle())
    assert (less.since, less.inclusion, less.rulebooks, less.openings) == (None, None, {}, {})


LEAF = b64encode(bytes(72)).decode()


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"format": "treatment-ledger-bundle/1"}, ["format"]),
        ({"checkpoint": 5}, ["checkpoint"]),
        ({"since": None}, ["since"]),
        ({"since": {"consistency": []}}, ["since.checkpoint"]),
        ({"since": {"checkpoint": "", "consistency": ["AAAA"]}}, ["since.consistency[0]"]),
        ({"since": {"checkpoint": "", "consistency": [], "seal": 1}}, ["since"]),
        ({"seal": None}, ["seal"]),
        ({"seal": "\ud800"}, ["seal"]),
        ({"seal_proof": "AAAA"}, ["seal_proof"]),
        ({"streams": "patient:P1"}, ["streams"]),
        ({"streams": [5]}, ["streams[0]"]),
        ({"streams": ["patient:"]}, ["streams[0]"]),
        ({"streams": ["patient:P1", "registry:rulebook", "x"]}, ["streams[2]"]),
        ({"streams": []}, ["streams", "depths"]),
        ({"streams": ["episode:E1"], "depths": [1]}, ["streams[0]"]),
        ({"streams": ["patient:P1", "patient:P1"], "depths": [1, 1]}, ["streams[1]"]),
        ({"streams": ["patient:P1", "registry:rulebook", "id:L7"], "depths": [1, 1, 1]}, ["streams[2]"]),
        ({"depths": [1]}, ["depths"]),
        ({"depths": [1, True]}, ["depths[1]"]),
        ({"depths": [-1, 257, 1.0]}, ["depths[0]", "depths[1]", "depths[2]"]),
        ({"absent": []}, ["absent"]),
        ({"absent": {"patient:P1": "AAAA"}}, ["absent"]),
        ({"absent": {"patient:P1": None}}, ["absent"]),
        ({"absent": {"patient:P9": LEAF}}, ["absent"]),
        ({"nodes": "AAAA"}, ["nodes"]),
        ({"nodes": "A" * 43 + "B="}, ["nodes"]),
        ({"nodes": ["AAAA"]}, ["nodes"]),
        ({"indexes": [0]}, ["indexes"]),
        ({"indexes": "gAA="}, ["indexes"]),
        ({"indexes": "gA=="}, ["indexes"]),
        ({"indexes": b64encode(b"\xff" * 9 + b"\x01").decode()}, ["indexes"]),
        ({"entries": [{}]}, ["entries[0]"]),
        ({"entries": ["\ud800"]}, ["entries[0]"]),
        ({"marks": "AB C"}, ["marks"]),
        ({"marks": "ABC"}, ["marks"]),
        ({"marks": "AB=="}, ["marks"]),
        ({"marks": "AB\n"}, ["marks"]),
        ({"marks": ["A"]}, ["marks"]),
        ({"inclusion": None}, ["inclusion"]),
        ({"inclusion": "", "entries": []}, ["inclusion"]),
        ({"rulebooks": {}}, ["rulebooks"]),
        ({"rulebooks": {"A" * 64: ""}}, ["rulebooks"]),
        ({"rulebooks": {"a" * 64: None}}, ["rulebooks"]),
        ({"openings": {}}, ["openings"]),
        ({"openings": {"08": {"salt": "A" * 24, "person": "{}"}}}, ["openings"]),
        ({"openings": {"8": {"salt": "A" * 20, "person": "{}"}}}, ["openings"]),
        ({"openings": {"8": {"salt": "A" * 24, "person": {}}}}, ["openings"]),
        ({"openings": {"8": {"salt": "A" * 24, "person": "{}", "name": ""}}}, ["openings"]),
        ({"openings": {str(2**63): {"salt": "A" * 24, "person": "{}"}}}, ["openings"]),
        ({"decisions": []}, ["bundle"]),
        ({"\ud800": []}, ["bundle", "bundle"]),
    ],
)
def test_what_is_wrong_is_named(log, change, places):
    bundle = json.loads(log.bundle())
    assert where(json.dumps(bundle | change).encode()) == places


def test_all_that_is_wrong_is_named():
    assert set(where(b"{}")) == set(keys) - {"since", "inclusion", "rulebooks", "openings"}


def test_a_value_of_another_kind_is_named_and_not_repeated(log):
    bundle = json.loads(log.bundle()) | {"format": {"name": "treatment-ledger-bundle/2"}}
    (finding,) = read_bundle(json.dumps(bundle).encode())[1]
    assert finding.what == "“treatment-ledger-bundle/2” is expected, not an object"
    (finding,) = read_bundle(json.dumps(bundle | {"format": "x" * 1000}).encode())[1]
    assert len(finding.what) < 120


def test_what_two_readers_would_take_differently():
    for raw in (b'{"format":1,"format":2}', b'{"depths":[NaN]}', b'{"x":{"y":1,"y":1}}'):
        assert "bundle" in where(raw)


def test_what_is_nested_too_deep_is_unreadable():
    at_most = b'{"x":' + b"[" * 99 + b"]" * 99 + b"}"
    assert "bundle" in where(at_most)
    for deeper in (at_most.replace(b"[]", b"[[]]"), b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"):
        with pytest.raises(Unreadable, match="nested"):
            read_bundle(deeper)


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
    changed = json.dumps(bundle | {data.draw(st.sampled_from(keys)): data.draw(values)})
    assert verify(changed.encode(), log.vkey).sound is (changed == json.dumps(bundle))


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
