"""Patients whose records are mixed up with one another's: each is judged alone as in the whole ledger, and nothing can
be taken from a bundle so that it still verifies and is judged otherwise.

Who strips a bundle needs no key: from the published tiles anybody makes the index proof of fewer streams. So that is
done here, with each stream that stands beside the patient's own, and with many at once.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, combinations
from pathlib import Path
from random import Random

import msgspec
import pytest

from api.questions import decisions, facts, rules
from api.reverifying import reverify
from ledger.application import TreatmentLedger
from ledger.application.reading import Stream, subject_streams
from ledger.journal import parse_fact, spell
from ledger.proof import parse_checkpoint, parse_note
from ledger.store.bundle import format_bundle
from ledger.store.entry import parse_entry
from ledger.store.proving import prove
from ledger.treatment.facts import OWN_FACTS
from ledger.verify import Verdict, verify
from tests.stories.mixed_up import NOW, PATIENTS, mixed_up
from tests.verify.second_verifier import second_verifier

BY = rules()
JUDGED = range(30)
IMPORTED = range(100, 110)
STRIPPED = range(200, 202)
"""Seeds."""


class Ledgers:
    """Ledgers of mixed-up records, by the seed; one is open at a time."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def of(self, seeds: Sequence[int]) -> Iterator[tuple[TreatmentLedger, str]]:
        for seed in seeds:
            vkey = TreatmentLedger.init(self._home / str(seed), "mixed-up.example/ledger")
            with TreatmentLedger.open(self._home / str(seed)) as ledger:
                mixed_up(ledger, seed)
                yield ledger, vkey


@pytest.fixture
def ledgers(tmp_path: Path) -> Ledgers:
    return Ledgers(tmp_path)


def spelled(verdict: Verdict, patient: str) -> list[bytes]:
    """The decisions of the patient, from nothing but what a bundle proves."""
    entries = [parse_entry(raw) for _, raw in verdict.facts]
    return decided([parse_fact(bytes(entry.fact)) for entry in entries], patient)


def decided(proven: list, patient: str) -> list[bytes]:
    return [msgspec.json.encode(decision) for decision in decisions(proven, BY, patient=patient)]


def together(ledger: TreatmentLedger) -> dict[str, list[bytes]]:
    """The decisions of the whole ledger, by patient."""
    made: defaultdict[str, list[bytes]] = defaultdict(list)
    for decision in decisions(facts(ledger.facts()), BY):
        made[decision.patient].append(msgspec.json.encode(decision))
    return made


def test_every_patient_alone_as_in_the_whole(ledgers: Ledgers) -> None:
    met = Counter[str]()
    for ledger, vkey in ledgers.of(JUDGED):
        whole = together(ledger)
        for patient in PATIENTS:
            assert decided(facts(ledger.case(patient)), patient) == whole[patient], patient
            raw = ledger.export(f"patient:{patient}", now=NOW)
            verdict = verify(raw, vkey)
            assert verdict.findings == ()
            assert second_verifier(raw, vkey)
            assert spelled(verdict, patient) == whole[patient]
            assert reverify(verdict, BY).verdict.findings == ()
            met.update(tag.partition(":")[0] for tag in json.loads(raw)["streams"][1:])
    # They are mixed up enough to call for every kind of stream, many times.
    assert all(met[kind] > 50 for kind in ("session", "assessment", "prescription", "episode", "stay", "id")), met


def test_imported_as_recorded_one_by_one(ledgers: Ledgers, tmp_path: Path) -> None:
    """A journal is decided at once, with its corrections known to each line; its bundles are as complete."""
    for ledger, _ in ledgers.of(IMPORTED):
        lines = [one.fact for one in ledger.facts() if not isinstance(one.fact, OWN_FACTS)]
        journal = tmp_path / "journal.ndjson"
        journal.write_bytes(b"".join(spell(fact) + b"\n" for fact in lines))
        directory = tmp_path / f"imported-{ledger.size}-{id(ledger)}"
        vkey = TreatmentLedger.init(directory, "mixed-up.example/imported")
        with TreatmentLedger.open(directory) as imported:
            imported.import_journal([journal], now=lambda: NOW, keep_going=True)
            assert imported.size > ledger.size * 0.9
            whole = together(imported)
            for patient in PATIENTS:
                verdict = verify(imported.export(f"patient:{patient}", now=NOW), vkey)
                assert verdict.findings == ()
                assert spelled(verdict, patient) == whole[patient]


def test_nothing_is_stripped_unseen(ledgers: Ledgers) -> None:
    refused = unchanged = 0
    for number, (ledger, vkey) in enumerate(ledgers.of(STRIPPED)):
        draw = Random(number)
        whole = together(ledger)
        for patient in PATIENTS:
            ledger.checkpoint(now=NOW)
            own, *others = subject_streams(ledger.recorder, f"patient:{patient}", ledger.size - 1)
            for left in strips(others, draw):
                raw = bundle(ledger, [own, *left])
                verdict = verify(raw, vkey)
                assert verdict.sound == second_verifier(raw, vkey)
                if verdict.sound:
                    assert spelled(verdict, patient) == whole[patient], [stream.tag for stream in left]
                    unchanged += 1
                else:
                    # Something is missing; what came along with it alone is foreign then.
                    assert "entry-missing" in {finding.name for finding in verdict.findings}
                    refused += 1
    assert refused > 300
    assert unchanged > 0


def strips(streams: Sequence[Stream], draw: Random) -> Iterator[list[Stream]]:
    """What is left of these streams: all without one, and without some drawn by chance, two more often than more."""
    few = range(len(streams))
    drawn = (draw.sample(few, draw.choice((2, 2, draw.choice(few)))) for _ in range(60))
    dropped = chain(combinations(few, 1), drawn)
    for gone in dropped:
        yield [stream for place, stream in enumerate(streams) if place not in gone]


def bundle(ledger: TreatmentLedger, streams: Sequence[Stream]) -> bytes:
    """The bundle of these streams, under the last checkpoint."""
    note = ledger.latest_checkpoint() or ""
    checkpoint = parse_checkpoint(parse_note(note).body)
    proven = prove(ledger.recorder.connections, checkpoint, [stream.tag for stream in streams])
    assert proven is not None
    return format_bundle(
        streams=[(tag, [(row.position - 1, row.data) for row in rows]) for tag, rows in streams],
        checkpoint_note=note,
        seal=proven.seal,
        seal_proof=proven.seal_proof,
        tags=proven.tags,
    )
