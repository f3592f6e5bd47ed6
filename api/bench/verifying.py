"""`bench verify`: what a proof costs to carry, to check and to make, and what it costs to derive everything again.

One invented clinic's log (`api.bench.clinic`) of N entries, with a patient of a thousand. Peers: what the plain means
of RFC 6962 cost, which prove neither that nothing is missing nor who signed, and read no entry; for the audit, hashing
the same bytes and nothing else. What limits are set for names them, in a log of a million entries.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import msgspec

from api.bench.browser import NoBrowser, drop, opened_page
from api.bench.clinic import SUBJECT, SUBJECT_ENTRIES, Clinic, fill
from api.bench.figures import Measured, Row, side_by_side, smaller
from api.bench.memory import of_audit, of_rows
from api.clock import now
from ledger.application import TreatmentLedger
from ledger.application.reading import subject_streams
from ledger.proof import Checkpoint, check_inclusion, format_base64, leaf_hash, open_checkpoint
from ledger.store.bundle import format_bundle
from ledger.store.index_building import build_index
from ledger.store.parallel import cores
from ledger.store.proving import prove
from ledger.verify import verify

ORIGIN = "bench.example/ledger"
NEW_ENTRIES = 1_000
TAG = f"patient:{SUBJECT}"

LIMITS_ENTRIES = 1_000_000
"""Entries of the log that the limits are for."""

LIMITS = {
    "bundle": "1 s",
    "browser": "1 s",
    "overhead": "6,000 B",
    "overhead-registry": "1,000 B",
    "seal": "1 s",
    "audit": "30 s",
    "audit-memory": "500 MB",
}
"""The most that each case may take (`seconds`), or hold (`ours`)."""


def run(entries: int) -> Iterator[Row]:
    """`bundle/1000`: the patient's bundle verified in Python; `browser/1000`: in a real Chromium, where there is one,
    from the drop to the verdict on the screen, beside Python on the same bundle. `overhead/1000`: what of it is
    not entries, and `overhead-registry/1000` what one more stream adds. `seal/1000`: a checkpoint after as many new
    entries. `audit/N`: the whole log, over all cores, and `audit-memory/N` what its processes hold at most.
    """
    for row in _cases(entries):
        yield limited(row, entries)


def limited(row: Row, entries: int) -> Row:
    """The row with the limit of its case, where it was measured in a log of the size that limits are for."""
    case = row.case.partition("/")[0]
    return msgspec.structs.replace(row, limit=LIMITS.get(case) if entries == LIMITS_ENTRIES else None)


def _cases(entries: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "ledger"
        TreatmentLedger.init(home, ORIGIN)
        with TreatmentLedger.open(home) as ledger:
            fill(ledger.recorder, entries)
            ledger.checkpoint(now=now())
            yield from _bundle(ledger)
            yield from _browser(ledger, Path(directory))
            yield _seal(ledger, entries)
            yield side_by_side(
                f"audit/{entries}", "entries/s",
                lambda: _audit(ledger), lambda: _hash_all(ledger), "SHA-256 of every stored entry, one core",
            )  # fmt: skip
        yield _audit_memory(home, entries)


# --- the patient's bundle ------------------------------------------------------------------------------------------


def _bundle(ledger: TreatmentLedger) -> Iterator[Row]:
    bundle = ledger.export(TAG, now=now())
    single = _single_proofs(ledger)
    yield side_by_side(
        f"bundle/{SUBJECT_ENTRIES}", "entries/s",
        lambda: _verify(bundle, ledger.vkey), lambda: _check_singly(ledger, single),
        f"{SUBJECT_ENTRIES:,} single inclusion proofs (check_inclusion)",
    )  # fmt: skip
    began = perf_counter()
    whole, alone = _overhead(bundle), _overhead(of_streams(ledger, [TAG]))
    others = len(json.loads(bundle)["streams"]) - 1
    apart = sum(len(format_base64(node)) + 3 for _, _, proof in single for node in proof)
    yield smaller(
        f"overhead/{SUBJECT_ENTRIES}", "B", alone, apart, perf_counter() - began, "an inclusion proof an entry, base64"
    )
    yield smaller(
        f"overhead-registry/{SUBJECT_ENTRIES}", "B/stream", (whole - alone) / others, apart / SUBJECT_ENTRIES,
        perf_counter() - began, "one inclusion proof, base64",
    )  # fmt: skip


def _browser(ledger: TreatmentLedger, directory: Path) -> Iterator[Row]:
    bundle = ledger.export(TAG, now=now())
    file = directory / "bundle.json"
    file.write_bytes(bundle)
    entries = len(verify(bundle, ledger.vkey).facts)
    try:
        with opened_page() as page:
            yield side_by_side(
                f"browser/{SUBJECT_ENTRIES}", "entries/s",
                lambda: drop(page, file, ledger.vkey, entries), lambda: _verify(bundle, ledger.vkey),
                "python -m ledger.verify's verifier on the same bundle",
            )  # fmt: skip
    except NoBrowser as error:
        sys.stderr.write(f"{error}\n")


def _verify(bundle: bytes, vkey: str) -> Measured:
    began = perf_counter()
    verdict = verify(bundle, vkey)
    seconds = perf_counter() - began
    if not verdict.sound:
        raise AssertionError(f"the bundle of the benchmark is unsound: {verdict.findings[0]}")
    return Measured(units=len(verdict.facts), seconds=seconds)


def _single_proofs(ledger: TreatmentLedger) -> list[tuple[int, bytes, list[bytes]]]:
    """(index, entry, proof in the whole log) of the patient's entries."""
    (stream, *_) = subject_streams(ledger.recorder, TAG, ledger.size)
    return [(row.position - 1, row.data, ledger.prove_inclusion(row.position - 1, ledger.size)) for row in stream.rows]


def _check_singly(ledger: TreatmentLedger, proofs: Sequence[tuple[int, bytes, list[bytes]]]) -> Measured:
    head = _head(ledger)
    began = perf_counter()
    for index, entry, proof in proofs:
        check_inclusion(index, head.size, leaf_hash(entry), proof, head.root)
    return Measured(units=len(proofs), seconds=perf_counter() - began)


def of_streams(ledger: TreatmentLedger, tags: Sequence[str]) -> bytes:
    """The patient's bundle with these of its streams only: no verifier takes it, and it says what each of them adds."""
    head = _head(ledger)
    proven = prove(ledger.recorder.connections, head, tags)
    if proven is None:
        raise AssertionError("the log was sealed again while it was measured")
    streams = {tag: rows for tag, rows in subject_streams(ledger.recorder, TAG, head.size - 1) if tag in tags}
    return format_bundle(
        streams=[(tag, [(row.position - 1, row.data) for row in streams[tag]]) for tag in tags],
        checkpoint_note=str(ledger.latest_checkpoint()),
        seal=proven.seal,
        seal_proof=proven.seal_proof,
        tags=proven.tags,
    )


def _overhead(bundle: bytes) -> int:
    """Bytes of the file outside the list of its entries."""
    began, ended = bundle.index(b'\n"entries": '), bundle.index(b'\n"marks": ')
    return len(bundle) - (ended - began)


def _head(ledger: TreatmentLedger) -> Checkpoint:
    return open_checkpoint(str(ledger.latest_checkpoint()), ledger.vkey)


# --- the log -------------------------------------------------------------------------------------------------------


def _seal(ledger: TreatmentLedger, entries: int) -> Row:
    """Peer: the index made anew from the log, once: what each seal would cost if it did not grow."""
    clinic = Clinic(entries)

    def ours() -> Measured:
        ledger.recorder.append(clinic.more(ledger.size, NEW_ENTRIES))
        began = perf_counter()
        ledger.checkpoint(now=now())
        return Measured(units=NEW_ENTRIES, seconds=perf_counter() - began)

    with closing(ledger.recorder.connections.write()) as connection:
        began = perf_counter()
        build_index(connection, ledger.size)  # into temporary tables
        anew = Measured(units=NEW_ENTRIES, seconds=perf_counter() - began)
    return side_by_side(
        f"seal/{NEW_ENTRIES}", "entries/s", ours, lambda: anew, "the whole index built anew from the log"
    )


def _audit(ledger: TreatmentLedger) -> Measured:
    began = perf_counter()
    findings = ledger.audit(jobs=cores())
    seconds = perf_counter() - began
    if findings:
        raise AssertionError(f"the log of the benchmark is unsound: {findings[0]}")
    return Measured(units=ledger.size, seconds=seconds)


def _audit_memory(home: Path, entries: int) -> Row:
    began = perf_counter()
    ours, plain = of_audit(home), of_rows(home)
    name = "every row of the log in one list, hashed, one process"
    return smaller(f"audit-memory/{entries}", "MB", ours, plain, perf_counter() - began, name)


def _hash_all(ledger: TreatmentLedger) -> Measured:
    size = ledger.size
    began = perf_counter()
    for row in ledger.recorder.rows(upto=size):
        sha256(b"\x00" + row.data).digest()
    return Measured(units=size, seconds=perf_counter() - began)
