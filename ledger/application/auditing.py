"""The statements that people signed, all of them checked again: by whom, over what, next after what.

The store's audit knows entries and no signature in them. Here each signed fact is held against the keys enrolled before
it in the log, the record before it, and its key's chain. The checks are those of the door, asked again of what lies
there, so that what was written past the door is found. FORMAT.md, "People's signatures".
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ledger.application.mapper import fact_problem, read_entry
from ledger.application.signatures import read_signature, signed_text
from ledger.proof import ProofError
from ledger.proof.ed25519 import check_signature
from ledger.store.audit import audit
from ledger.store.audit_heads import Finding
from ledger.store.audit_published import audit_published
from ledger.store.checkpoints import Checkpoints
from ledger.store.parallel import Processes, processes
from ledger.store.refusals import StoreError
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment.agreement import subjects_said
from ledger.treatment.chains import Chain, Link, link_of
from ledger.treatment.facts import Fact, PersonErased, SigningKeyEnrolled, SigningKeyRevoked
from ledger.treatment.refusal import Refusal, refuse
from ledger.treatment.signing_keys import ed25519_key, weakness
from ledger.treatment.statements import (
    BEGINNING,
    SIGNED,
    SIGNED_TYPES,
    Signed,
    Statement,
    says_erasure,
    unpack,
)
from ledger.treatment.subjects import query_of

STRETCH = 16_384
"""Entries that a process looks through before it reports."""

# Where, of an audit's time, statements begin, and published tiles: where all sessions are signed; else it goes quicker.
_SHARES = (0.6, 1.0)
_SHARES_PUBLISHED = (0.5, 0.85)

_GROUP = 500  # signed facts whose records are read at once
_LEAST_APPROVING = 2


class _Stretch(NamedTuple):
    path: Path
    after: int
    upto: int


class _Checked(NamedTuple):
    """What the statements of a stretch came to: findings, and by index the links that they are in their chains."""

    findings: list[Finding]
    links: list[tuple[int, Link]]


def audit_ledger(
    recorder: SQLiteDCBRecorder,
    checkpoints: Checkpoints,
    published: Path | None,
    progress: Callable[[int, int], None],
    jobs: int,
) -> list[Finding]:
    """Every finding of the store's audit, of the statements and of a published directory; [] means sound.

    `progress` gets entries.
    """
    size = recorder.head()

    def within(start: float, end: float) -> Callable[[float], None]:
        return lambda part: progress(int((start + (end - start) * part) * size), size)

    signatures, tiles = _SHARES if published is None else _SHARES_PUBLISHED
    store = within(0, signatures)
    try:
        with processes(jobs) as pool:
            findings = list(
                audit(
                    recorder,
                    checkpoints,
                    fact_problem,
                    lambda done, total: store(done / total if total else 1),
                    pool=pool,
                )
            )
            findings += audit_statements(pool, recorder.connections.path, size, within(signatures, tiles))
            if published is not None:
                findings += audit_published(pool, recorder, checkpoints, published, within(tiles, 1))
    except StoreError as error:
        return [Finding("malformed", "database", str(error))]
    progress(size, size)
    return findings


def audit_statements(
    pool: Processes, path: Path, size: int, progress: Callable[[float], None], *, stretch: int = STRETCH
) -> Iterator[Finding]:
    """Everything wrong with the statements in the first `size` entries. `progress` gets the part done, from 0 to 1.

    Entries that cannot be read are left to the store's audit. StoreError when the database cannot be read.
    """
    tasks = [_Stretch(path, after, min(after + stretch, size)) for after in range(0, size, stretch)]
    chains: dict[str, Chain] = {}
    for number, checked in enumerate(pool.map(_check_stretch, tasks), 1):
        yield from checked.findings
        for index, link in checked.links:
            chain = chains.setdefault(link.key_id, Chain())
            if chain.holds(link):
                continue
            if (objection := chain.objection(link)) is not None:
                yield Finding("statement-gap", f"index {index}", objection)
            else:
                chain.take(link)
        progress(number / len(tasks))
    for key_id, chain in sorted(chains.items()):
        for first, last in chain.gaps():
            which = f"statement {first}" if first == last else f"statements {first} to {last}"
            yield Finding(
                "statement-gap", f"key {key_id}", f"{which}: signed, as the later ones say, and not in the log"
            )


def _check_stretch(task: _Stretch) -> _Checked:
    with closing(SQLiteDCBRecorder(task.path)) as recorder:
        checked = _Checked([], [])
        group: list[tuple[Stored, Fact]] = []
        for row in _signed_rows(recorder, task):
            try:
                fact = read_entry(row.data)[1]
            except (ValueError, RecursionError):
                continue  # no entry any more, which is named elsewhere
            group.append((row, fact))
            if len(group) == _GROUP:
                _check_group(recorder, group, checked)
                group = []
        _check_group(recorder, group, checked)
        return checked


def _signed_rows(recorder: SQLiteDCBRecorder, task: _Stretch) -> Iterator[Stored]:
    """The entries that bear statements."""
    types = ",".join("?" * len(SIGNED_TYPES))
    sql = (
        "SELECT position, type, tags, leaf, data FROM entries WHERE position > ? AND position <= ? "
        f"AND type IN ({types}) AND instr(data, ?) ORDER BY position"
    )
    with recorder.connections.read() as connection:
        rows = connection.execute(sql, (task.after, task.upto, *SIGNED_TYPES, BEGINNING.encode()))
        yield from map(Stored._make, rows)


def _check_group(recorder: SQLiteDCBRecorder, group: Sequence[tuple[Stored, Fact]], checked: _Checked) -> None:
    subjects = sorted({subject for _, fact in group for subject in _subjects(fact)})
    streams = recorder.streams([query_of(subject) for subject in subjects], upto=group[-1][0].position if group else 0)
    lines = {subject: list(_lines(rows)) for subject, rows in zip(subjects, streams, strict=True)}
    for row, fact in group:

        def before(subject: str, position: int = row.position) -> list[Fact]:
            return [line for at, line in lines.get(subject, ()) if at < position]

        where = f"index {row.position - 1}"
        signers = set()
        for text in _texts(fact):
            try:
                signed = _check_approval(fact, row, text, before) if isinstance(fact, PersonErased) else None
                signed = signed or read_signature(fact, before)
            except Refusal as refusal:
                checked.findings.append(Finding(_name(fact, text, before), where, refusal.what))
            else:
                signers.add(signed.statement.signer)
                checked.links.append((row.position - 1, link_of(signed)))
        if isinstance(fact, PersonErased) and len(signers) < _LEAST_APPROVING:
            checked.findings.append(
                Finding("signature-invalid", where, "an erasure is approved by two people at least")
            )


def _texts(fact: Fact) -> Iterable[str]:
    """The signatures of this form, and of an erasure all: there is no other by which it may be approved."""
    if isinstance(fact, PersonErased):
        return fact.approvals
    text = signed_text(fact)
    return () if text is None else (text,)


def _subjects(fact: Fact) -> Iterator[str]:
    """What has to be read to check the fact's statements."""
    for text in _texts(fact):
        try:
            statement = unpack(text).statement
        except Refusal:
            continue
        yield f"key:{statement.key_id}"
        if type(fact) in SIGNED and statement.kind == SIGNED[type(fact)][0]:
            yield from subjects_said(statement, fact)


def _lines(rows: Iterable[Stored]) -> Iterator[tuple[int, Fact]]:
    for row in rows:
        try:
            yield row.position, read_entry(row.data)[1]
        except (ValueError, RecursionError):
            continue


def _check_approval(fact: PersonErased, row: Stored, text: str, before: Callable[[str], Sequence[Fact]]) -> Signed:
    """An approval of an erasure, checked as `read_signature` checks other signatures."""
    signed = unpack(text)
    statement = signed.statement
    if statement.kind != "erasure" or f"practitioner:{statement.signer}" not in json.loads(row.tags_json):
        refuse(
            "approvals", f"a statement about a {statement.kind} by {statement.signer!r}, expected one of an approver"
        )
    problem, public_key = _key(statement, before(f"key:{statement.key_id}"))
    if problem is not None:
        refuse("approvals", f"by key {statement.key_id!r}, which {problem.what}")
    try:
        check_signature(public_key, signed.signature, signed.data)
    except ProofError as error:
        refuse("approvals", str(error))
    if statement.says != says_erasure(fact.patient, fact.retained_until, fact.ground):
        refuse("approvals", "what was signed is not what is recorded")
    return signed


class _KeyProblem(NamedTuple):
    name: str  # of the finding
    what: str


def _key(statement: Statement, lines: Sequence[Fact]) -> tuple[_KeyProblem | None, bytes]:
    """The signer's public key, or why there is none, from the lines of the key before the statement."""
    enrolled = next((line for line in lines if isinstance(line, SigningKeyEnrolled)), None)
    if enrolled is None or enrolled.practitioner != statement.signer:
        return _KeyProblem("signer-unknown", "was not enrolled for the signer before"), b""
    public_key = ed25519_key(enrolled)
    if public_key is None or weakness(public_key) is not None:
        return _KeyProblem("signer-unknown", "can stand for nobody"), b""
    if any(isinstance(line, SigningKeyRevoked) for line in lines):
        return _KeyProblem("signer-revoked", "was revoked before"), b""
    return None, public_key


def _name(fact: Fact, text: str, before: Callable[[str], Sequence[Fact]]) -> str:
    """The name of the finding where a statement was refused: that of its key, if it is the key's fault."""
    try:
        statement = unpack(text).statement
    except Refusal:
        return "signature-invalid"
    kind, field = ("erasure", None) if isinstance(fact, PersonErased) else SIGNED[type(fact)]
    if statement.kind == kind and (field is None or getattr(fact, field) == statement.signer):
        problem, _ = _key(statement, before(f"key:{statement.key_id}"))
        if problem is not None:
            return problem.name
    return "signature-invalid"
