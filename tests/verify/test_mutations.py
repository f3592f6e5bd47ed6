"""Every value of a bundle is altered, dropped, doubled and moved: each time the verdict is unsound and says where."""

import json
import re
from base64 import b64decode
from typing import Any

import pytest

from ledger.proof import parse_indexes
from ledger.verify import Verdict, verify
from ledger.verify.adopted_texts import check_rulebooks
from ledger.verify.entries import Entry, read_entry
from ledger.verify.openings import check_openings
from ledger.verify.reading import Opening
from ledger.verify.signatures import check_signatures
from ledger.verify.streams import check_streams
from tests.verify.mutations import OPTIONAL, altered, mutations, spelled, walk
from tests.verify.world import DIGEST, PERSON, RULEBOOK, SALT, WITNESS, Log, cosigned, dumps

LOG = Log()
BUNDLES = {
    "patient": json.loads(LOG.full()),
    "absent": json.loads(LOG.bundle("patient:P99", "registry:rulebook", note=cosigned(LOG.checkpoint()))),
    "practitioner": json.loads(LOG.bundle(*LOG.tags("practitioner:T1"), note=cosigned(LOG.checkpoint()))),
    "session": json.loads(LOG.bundle(*LOG.tags("session:S9"), note=cosigned(LOG.checkpoint()), each=True)),
}


def judged(bundle: Any) -> Verdict:
    verdict = verify(spelled(bundle).encode(), LOG.vkey, witnesses=[WITNESS])
    assert verdict.sound == (not verdict.findings)
    assert verdict.sound or not (verdict.facts or verdict.claims)
    return verdict


@pytest.mark.parametrize("name", BUNDLES)
def test_every_mutation_is_refused(name):
    bundle = BUNDLES[name]
    assert judged(bundle).sound
    count = 0
    for path, how, damaged in mutations(bundle, fine=40 if name == "patient" else 12):
        count += 1
        verdict = judged(damaged)
        assert not verdict.sound, (path, how)
        assert told(bundle, damaged, verdict, path), (path, how, verdict.findings)
    assert count > (8000 if name == "patient" else 1000)


ABOUT = {
    "format": {"format"},
    "checkpoint": {"checkpoint"},
    "since": {"since", "since.checkpoint", "since.consistency"},
    "seal": {"seal"},
    "seal_proof": {"seal_proof", "seal"},
    "streams": {"streams", "depths", "absent"},
    "depths": {"depths", "nodes"},
    "absent": {"absent", "nodes", "streams"},
    "nodes": {"nodes"},
    "indexes": {"indexes", "index", "marks", "nodes", "streams"},
    "entries": {"entries", "index", "marks", "nodes", "streams", "inclusion"},
    "marks": {"marks"},
    "inclusion": {"inclusion"},
    "rulebooks": {"rulebooks"},
    "openings": {"openings"},
}
"""Where a finding may stand, less its number, about what was altered in a part: there, or at what it no longer fits."""


def told(bundle: Any, damaged: Any, verdict: Verdict, path: tuple[str | int, ...]) -> bool:
    """Whether the findings are about the value that was altered, or what depends on it."""
    wheres = {finding.where for finding in verdict.findings}
    if not path:
        missing = {key for key in bundle if key not in damaged and key not in OPTIONAL}
        return wheres == missing | ({"bundle"} if damaged.keys() - bundle.keys() else set())
    top, *within = path
    if top == "entries" and within:
        # That entry, by its index or its place; another only where its own mark fits by chance.
        indexes = parse_indexes(b64decode(bundle["indexes"]), "indexes")
        own = {f"entries[{within[0]}]", f"index {indexes[int(within[0])]}"}
        return bool(wheres & own) or wheres <= {"nodes", "inclusion", "streams"}
    return any(re.split(r"[\[ ]", where)[0] in ABOUT[str(top)] for where in wheres)


def test_every_byte_of_an_entry_altered():
    """It is the entry that is named, but for the one in 4096 whose mark fits by chance; then it is the index."""
    bundle = BUNDLES["patient"]
    indexes = [index for index, _ in judged(bundle).facts]
    named, chance = 0, 0
    for place, entry in enumerate(bundle["entries"]):
        raw = entry.encode()
        for at in range(0, len(raw), 3 if place else 1):
            changed = bytearray(raw)
            changed[at] ^= 1 << (at % 7)
            try:
                text = changed.decode()
            except UnicodeDecodeError:
                continue
            verdict = judged(altered(bundle, ("entries", place), text))
            found = {(finding.name, finding.where) for finding in verdict.findings}
            if found == {("entry-altered", f"index {indexes[place]}")}:
                named += 1
            else:
                assert found, (place, at)
                chance += 1
    assert chance < named / 1000


def test_every_entry_dropped_is_named():
    bundle = BUNDLES["patient"]
    indexes = [index for index, _ in judged(bundle).facts]
    for place in range(len(indexes)):
        entries = bundle["entries"][:place] + bundle["entries"][place + 1 :]
        (finding,) = judged(altered(bundle, ("entries",), entries)).findings
        assert (finding.name, finding.where) == ("entry-missing", f"index {indexes[place]}")


def test_every_two_entries_exchanged_are_named():
    bundle = BUNDLES["session"]
    indexes = [index for index, _ in judged(bundle).facts]
    count = len(indexes)
    for one in range(count):
        for other in range(one + 1, count):
            moved = list(bundle["entries"])
            moved[one], moved[other] = moved[other], moved[one]
            found = {(f.name, f.where) for f in judged(altered(bundle, ("entries",), moved)).findings}
            assert found == {("entry-order", f"index {indexes[n]}") for n in (one, other)}


ONE_OF_A_KIND = (None, True, 5, 1.5, "x", [], ["x"], [["x"]], {}, {"x": ["x"]})


@pytest.mark.parametrize("place", range(len(LOG.entries)))
def test_a_log_that_holds_anything_crashes_nothing(place):
    """Who holds the key can sign facts with fields of any kind: they are proven, and looked at with care."""
    for path, _ in walk(json.loads(LOG.entries[place])["fact"]):
        for other in ONE_OF_A_KIND:
            value = json.loads(LOG.entries[place])
            value["fact"] = altered(value["fact"], path, other) if path else value["fact"]
            raws = [*LOG.entries[:place], dumps(value).encode(), *LOG.entries[place + 1 :]]
            entries = {index: entry for index, raw in enumerate(raws) if isinstance(entry := read_entry(raw), Entry)}
            for subject in ("patient:P1", "practitioner:T1"):
                assert check_streams([subject, "registry:rulebook"], {}, entries)
                check_signatures(entries, subject)
            check_rulebooks({DIGEST: RULEBOOK}, entries)
            check_openings({8: Opening(SALT, PERSON)}, entries, bytes(32))


def test_a_key_that_stands_twice():
    raw = spelled(BUNDLES["patient"])
    for place in ('"nodes": ', '"salt": ', '"consistency": '):
        twice = raw.replace(place, f"{place}null, {place}", 1)
        assert twice != raw
        verdict = verify(twice.encode(), LOG.vkey, witnesses=[WITNESS])
        assert [(finding.name, finding.where) for finding in verdict.findings] == [("malformed", "bundle")]


@pytest.mark.parametrize("key", OPTIONAL)
def test_without_an_optional_part_a_bundle_claims_less(key):
    names = {
        "since": "append-only",
        "inclusion": "entry by entry",
        "rulebooks": "with rulebooks",
        "openings": "forgettable",
    }
    whole, less = BUNDLES["patient"], dict(BUNDLES["patient"])
    del less[key]
    assert names[key] in {claim.name for claim in judged(whole).claims}
    assert names[key] not in {claim.name for claim in judged(less).claims}
    if key != "rulebooks":
        assert names[key] in {claim.name for claim in judged(less).not_claimed}


def test_the_mutations_leave_no_value_out():
    bundle = BUNDLES["patient"]
    paths = {path for path, _ in walk(bundle)}
    assert {path for path, _, _ in mutations(bundle, fine=1)} == paths
    assert json.loads(spelled(bundle)) == bundle
