"""Every value of a bundle is altered, dropped, doubled and moved: each time the verdict is unsound and says where."""

import copy
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.verify import Verdict, verify

Path = tuple[str | int, ...]
OTHER_KINDS = (None, True, False, 0, -1, 1.5, 10**30, "", "x", [], {}, [[]], float("nan"), "\ud800")


@pytest.fixture
def bundle(log) -> dict[str, Any]:
    return json.loads(log.bundle(since=log.checkpoint(6)))


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from walk(item, (*path, key))


def altered(bundle: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(bundle)
    parent: Any = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return changed


def judged(log, bundle: Any) -> Verdict:
    verdict = verify(json.dumps(bundle).encode(), log.vkey)
    assert verdict.sound == (not verdict.findings)
    assert verdict.sound or not (verdict.facts or verdict.claims)
    return verdict


def named(verdict: Verdict, bundle: dict[str, Any], path: Path) -> bool:
    """Whether a finding names the value at this path, or the entry it belongs to."""
    text = "\n".join(map(str, verdict.findings))
    names = {str(path[0])}
    if path[0] in ("entries", "indexes"):
        names = {"entries", "indexes"} if len(path) == 1 else {f"{path[0]}[{path[1]}]"}
        if len(path) > 1:
            names.add(f"index {bundle['indexes'][path[1]]}:")
    elif path[0] == "nodes":
        names = {"nodes"} if len(path) == 1 else {f"nodes[{path[1]}]: "}
    return any(name in text for name in names)


def test_the_bundle_is_sound_before(log, bundle):
    assert judged(log, bundle).sound


def test_every_value_replaced_by_something_of_another_kind(log, bundle):
    count = 0
    for path, value in walk(bundle):
        for other in OTHER_KINDS if path else ():
            if repr(other) != repr(value):
                verdict = judged(log, altered(bundle, path, other))
                assert not verdict.sound, (path, other)
                assert named(verdict, bundle, path), (path, other, verdict.findings)
                count += 1
    assert count > 500


def test_every_text_altered(log, bundle):
    """A character taken away, added or changed, at every place of the short texts and at many of the long."""
    for path, value in walk(bundle):
        if not isinstance(value, str):
            continue
        places = range(0, len(value), max(1, len(value) // 60))
        changes = {value + "x", value + " ", value + "\n", " " + value, value[1:], value[:-1], value + "="}
        for place in places:
            old = value[place]
            for new in {"x", "y", " ", "0", "/", chr(ord(old) ^ 1), old.swapcase(), ""} - {old}:
                changes.add(value[:place] + new + value[place + 1 :])
        for change in changes - {value}:
            verdict = judged(log, altered(bundle, path, change))
            assert not verdict.sound, (path, change)
            assert named(verdict, bundle, path), (path, change, verdict.findings)


def test_every_byte_of_an_entry_altered(log, bundle):
    for place, entry in enumerate(bundle["entries"]):
        raw = entry.encode()
        for at in range(0, len(raw), 3 if place else 1):
            changed = bytearray(raw)
            changed[at] ^= 1 << (at % 7)
            try:
                text = changed.decode()
            except UnicodeDecodeError:
                continue
            verdict = judged(log, altered(bundle, ("entries", place), text))
            (finding,) = verdict.findings
            assert (finding.name, finding.where) == ("entry-altered", f"index {bundle['indexes'][place]}")


def test_every_number_altered(log, bundle):
    for place, index in enumerate(bundle["indexes"]):
        for other in {index + 1, index - 1, index + 100, 0, 2**62, 2**63, 2**64, -index, float(index)}:
            if repr(other) != repr(index):
                verdict = judged(log, altered(bundle, ("indexes", place), other))
                assert not verdict.sound, (place, other)
                text = "\n".join(map(str, verdict.findings))
                assert f"index {other}:" in text or f"indexes[{place}]" in text or f"indexes[{place + 1}]" in text


def lists(bundle: dict[str, Any]) -> list[tuple[Path, list[Any]]]:
    return [(path, value) for path, value in walk(bundle) if isinstance(value, list)]


def test_every_element_dropped(log, bundle):
    for path, value in lists(bundle):
        for place in range(len(value)):
            verdict = judged(log, altered(bundle, path, value[:place] + value[place + 1 :]))
            assert not verdict.sound, (path, place)
            text = "\n".join(map(str, verdict.findings))
            if path == ("entries",):
                assert verdict.findings[0].name == "entry-missing"
                assert verdict.findings[0].where == f"index {bundle['indexes'][place]}"
            elif path == ("streams",):
                assert str(value[place]) in text or "index " in text
            elif path == ("since", "consistency"):
                assert "since.consistency" in text
            else:
                assert f"{path[0]}[{place}]" in text


def test_every_element_doubled(log, bundle):
    for path, value in lists(bundle):
        for place in range(len(value)):
            for at in (place, len(value)):
                doubled = [*value[:at], value[place], *value[at:]]
                verdict = judged(log, altered(bundle, path, doubled))
                assert not verdict.sound, (path, place)
                assert path[0] in str(verdict.findings) or verdict.findings[0].name.startswith("entry-")


def test_every_two_elements_exchanged(log, bundle):
    for path, value in lists(bundle):
        for one in range(len(value)):
            for other in range(one + 1, len(value)):
                moved = list(value)
                moved[one], moved[other] = moved[other], moved[one]
                if moved == value:
                    continue
                verdict = judged(log, altered(bundle, path, moved))
                assert not verdict.sound, (path, one, other)
                if path == ("entries",):
                    assert {finding.name for finding in verdict.findings} == {"entry-order"}
                    assert {finding.where for finding in verdict.findings} == {
                        f"index {bundle['indexes'][n]}" for n in (one, other)
                    }


@pytest.mark.parametrize("kind", ["entries", "nodes"])
def test_every_mark_dropped_doubled_and_altered(log, bundle, kind):
    marks = b64decode(bundle["marks"][kind])
    for at in range(0, len(marks), 3):
        one = marks[at : at + 3]
        for other in (b"", one + one, one + b"\x00\x00\x00", bytes([one[0] ^ 1]) + one[1:], one[::-1]):
            if other != one:
                text = b64encode(marks[:at] + other + marks[at + 3 :]).decode()
                verdict = judged(log, altered(bundle, ("marks", kind), text))
                assert verdict.findings[0].where.startswith(f"marks.{kind}["), (at, other)


def test_two_entries_exchanged_with_their_indexes_and_marks_too(log, bundle):
    changed = copy.deepcopy(bundle)
    for key in ("entries", "indexes"):
        changed[key][2], changed[key][3] = changed[key][3], changed[key][2]
    verdict = judged(log, changed)
    assert [finding.name for finding in verdict.findings] == ["entry-order"]


def test_every_key_dropped_added_and_doubled(log, bundle):
    for path, value in walk(bundle):
        if not isinstance(value, dict):
            continue
        for key in value:
            if (*path, key) == ("since",):
                continue  # below
            less = {k: v for k, v in value.items() if k != key}
            verdict = judged(log, altered(bundle, path, less) if path else less)
            assert key in str(verdict.findings), (path, key)
        more = value | {"note": "unchecked"}
        verdict = judged(log, altered(bundle, path, more) if path else more)
        assert "'note'" in str(verdict.findings)
    raw = log.bundle()
    twice = raw.replace(b'"nodes": [', b'"nodes": [],\n"nodes": [', 1)
    assert twice != raw
    assert [str(finding) for finding in verify(twice, log.vkey).findings] == [
        "malformed: 'nodes': this key stands twice in one object"
    ]


def test_without_its_older_checkpoint_a_bundle_claims_less(log, bundle):
    assert "append-only" in {claim.name for claim in judged(log, bundle).claims}
    del bundle["since"]
    verdict = judged(log, bundle)
    assert "append-only" in {claim.name for claim in verdict.not_claimed}
    assert "append-only" not in {claim.name for claim in verdict.claims}
    held = verify(json.dumps(bundle).encode(), log.vkey, log.checkpoint(6))
    assert [finding.where for finding in held.findings] == ["since"]
