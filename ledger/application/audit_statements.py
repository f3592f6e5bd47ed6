"""The statements that people signed, all of them checked again: by whom, over what, next after what.

The store's audit knows entries and no signature in them. Here each signed fact is held against the keys enrolled before
it in the log, the record before it, and its key's chain. The checks are those of the door, asked again of what lies
there, so that what was written past the door is found. FORMAT.md, "People's signatures". So is what is kept of the
chains for the door's sake (`store/last_statements.py`).
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ledger.application.approvals import LEAST_SIGNERS
from ledger.application.enrolments import derive_last, find_key, statements_in
from ledger.application.mapper import read_entry
from ledger.application.signatures import KeyRefused, LinesBefore, check_signed, key_named, read_signature, signed_text
from ledger.proof import ProofError
from ledger.store.audit_places import stretches
from ledger.store.audit_spoilt import NOTHING, Spoilt
from ledger.store.connections import Connections
from ledger.store.findings import Finding
from ledger.store.last_statements import Last, read_every_last
from ledger.store.parallel import Processes
from ledger.store.refusals import Unsound
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment.agreement import subjects_said
from ledger.treatment.chains import Chain, Link, link_of
from ledger.treatment.facts import Fact, PersonErased, SigningKeyEnrolled
from ledger.treatment.lines import Before, Lines
from ledger.treatment.refusal import Refusal, refuse
from ledger.treatment.signing_keys import enrolments_subject, public_key_of
from ledger.treatment.statements import BEGINNING, SIGNED, SIGNED_TYPES, ChainEnd, SignedStatement, says_erasure, unpack
from ledger.treatment.subjects import query_of

STRETCH = 16_384
"""Entries that a process looks through before it reports."""

_GROUP = 500  # signed facts whose records are read at once


class _Stretch(NamedTuple):
    path: Path
    after: int
    upto: int
    spoilt: Spoilt


class _Checked(NamedTuple):
    """What the statements of a stretch came to: findings, and by index the signers, and the links in their chains.

    `unsure`: ids of the keys of which a statement could not be checked, for it rests on what is damaged.
    """

    findings: list[Finding]
    links: list[tuple[int, str, Link]]
    unsure: set[str]


def audit_statements(
    pool: Processes,
    path: Path,
    size: int,
    progress: Callable[[float], None],
    *,
    spoilt: Spoilt = NOTHING,
    stretch: int = STRETCH,
) -> Iterator[Finding]:
    """Everything wrong with the statements in the first `size` entries. `progress` gets the part done, from 0 to 1.

    Entries that cannot be read, and statements whose check rests on them (`spoilt`), are left to the store's audit.
    StoreError when the database cannot be read.
    """
    with closing(Connections(path)) as connections, connections.read() as connection:
        tasks = [_Stretch(path, *bounds, spoilt) for bounds in stretches(connection, size, stretch)]
    chains: dict[str, Chain] = {}
    torn: set[str] = set()  # keys of whose chains a link may be in what is spoilt
    kept = _Kept(path, size)
    for number, checked in enumerate(pool.map(_check_stretch, tasks), 1):
        yield from checked.findings
        torn |= checked.unsure
        for index, signer, link in checked.links:
            kept.learn(index + 1, link)
            chain = chains.setdefault(link.key_id, Chain())
            if spoilt.reaches([_tag(signer)]):
                torn.add(link.key_id)
            if (objection := chain.objection(link)) is not None:
                if link.key_id not in torn:
                    yield Finding("statement-gap", f"index {index}", objection)
            elif chain.holds(link):
                again = f"statement {link.counter} of key {link.key_id!r} stands in the log before"
                yield Finding("statement-gap", f"index {index}", again)
            else:
                chain.take(link)
        progress(number / len(tasks))
    for key_id, chain in sorted(chains.items()):
        for first, last in chain.gaps() if key_id not in torn else ():
            which = f"statement {first}" if first == last else f"statements {first} to {last}"
            yield Finding(
                "statement-gap", f"key {key_id}", f"{which}: signed, as the later ones say, and not in the log"
            )
    yield from kept.wrong(spoilt)


def _tag(signer: str) -> str:
    """What everything bears that may hold one of their statements."""
    return f"practitioner:{signer}"


class _Kept:
    """What is kept of the keys' chains, and what the statements that were found right make of it."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        with closing(SQLiteDCBRecorder(path)) as recorder:
            rows, self._head = read_every_last(recorder.connections)
        self._ahead = {key_id: last for key_id, last in rows.items() if last.covers > self._head}
        self._rows: Mapping[str, Last] = {key_id: last for key_id, last in rows.items() if last.covers <= size}
        self._found = {key_id: Last(last.covers, 0, *ChainEnd()) for key_id, last in self._rows.items()}

    def learn(self, position: int, link: Link) -> None:
        """A statement of the log, in log order."""
        found = self._found.get(link.key_id)
        if found is not None and position <= found.covers and link.counter > found.counter:
            self._found[link.key_id] = Last(found.covers, position, link.counter, link.digest)

    def wrong(self, spoilt: Spoilt) -> Iterator[Finding]:
        """The rows that say something else than the log. The door counts statements that are not right, too."""
        for key_id, last in sorted(self._ahead.items()):
            what = f"kept of its chain is what {last.covers} entries gave, the log has {self._head}"
            yield Finding("index-mismatch", f"key {_printable(key_id)}", what)
        with closing(SQLiteDCBRecorder(self._path)) as recorder:
            for key_id, last in sorted(self._rows.items()):
                if last.counter and last == self._found[key_id]:
                    continue
                if _printable(key_id) != key_id:
                    yield Finding(
                        "index-mismatch", f"key {_printable(key_id)}", "kept of its chain under what is no text"
                    )
                    continue
                try:
                    key = find_key(recorder, key_id, last.covers)
                    derived = None if key is None else derive_last(recorder, key, last.covers)
                    if spoilt.reaches([f"key:{key_id}", *map(_tag, () if key is None else key.owners)]):
                        continue
                except (Unsound, ValueError, RecursionError):
                    continue  # an entry that was altered, which is named elsewhere
                if derived is None:
                    what = f"kept of its chain is a statement, and no such key is in the first {last.covers} entries"
                    yield Finding("index-mismatch", f"key {key_id}", what)
                elif last != derived:
                    what = (
                        f"kept of its chain is statement {last.counter} of index {last.position - 1}, the entries give "
                        f"{derived.counter} of index {derived.position - 1}, or another one (index -1: none)"
                    )
                    yield Finding("index-mismatch", f"key {key_id}", what)


def _printable(key_id: str) -> str:
    """As it stands in the table, where bytes that are no text come as lone surrogates."""
    return key_id.encode(errors="backslashreplace").decode()


def _check_stretch(task: _Stretch) -> _Checked:
    with closing(SQLiteDCBRecorder(task.path)) as recorder:
        checked = _Checked([], [], set())
        enrolled: dict[str, Lines] = {}
        group: list[tuple[Stored, Fact]] = []
        for row in _signed_rows(recorder, task):
            enrolled = enrolled or _enrolled(recorder, task.upto)
            try:
                fact = read_entry(row.data)[1]
            except (ValueError, RecursionError):
                continue  # no entry any more, which is named elsewhere
            if row.position - 1 not in task.spoilt.indexes:
                group.append((row, fact))
            if len(group) == _GROUP:
                _check_group(recorder, group, enrolled, task.spoilt, checked)
                group = []
        _check_group(recorder, group, enrolled, task.spoilt, checked)
        return checked


def _signed_rows(recorder: SQLiteDCBRecorder, task: _Stretch) -> Iterator[Stored]:
    """The entries that bear statements."""
    types = ",".join("?" * len(SIGNED_TYPES))
    sql = (
        "SELECT position, type, tags, leaf, data FROM entries NOT INDEXED WHERE position > ? AND position <= ? "
        f"AND type IN ({types}) AND instr(data, ?) ORDER BY position"
    )
    with recorder.connections.read() as connection:
        rows = connection.execute(sql, (task.after, task.upto, *SIGNED_TYPES, BEGINNING.encode()))
        yield from map(Stored._make, rows)


def _enrolled(recorder: SQLiteDCBRecorder, upto: int) -> dict[str, Lines]:
    """The enrolments of each public key."""
    placed: dict[str, list[tuple[int, Fact]]] = {}
    for position, fact in _lines(recorder.of_kind("key:", SigningKeyEnrolled.ENTRY_TYPE, upto=upto, whole=False)):
        if isinstance(fact, SigningKeyEnrolled) and (public_key := public_key_of(fact)) is not None:
            placed.setdefault(enrolments_subject(public_key.point), []).append((position, fact))
    return {subject: Lines(lines) for subject, lines in placed.items()}


def _check_group(
    recorder: SQLiteDCBRecorder,
    group: Sequence[tuple[Stored, Fact]],
    enrolled: Mapping[str, Lines],
    spoilt: Spoilt,
    checked: _Checked,
) -> None:
    subjects = sorted({subject for _, fact in group for subject in _subjects(fact)})
    last = group[-1][0].position if group else 0
    streams = recorder.streams([query_of(subject) for subject in subjects], upto=last, whole=False)
    lines = {subject: Lines(_lines(rows)) for subject, rows in zip(subjects, streams, strict=True)}
    nothing = Lines(())
    for row, fact in group:

        def before(subject: str, position: int = row.position) -> Before:
            return (lines.get(subject) or enrolled.get(subject) or nothing).before(position)

        where = f"index {row.position - 1}"
        signers, sound = set(), True
        for text in _texts(fact):
            try:
                signed = _check_approval(fact, row, text, before) if isinstance(fact, PersonErased) else None
                signed = signed or read_signature(fact, before)
            except Refusal as refusal:
                name = refusal.finding if isinstance(refusal, KeyRefused) else "signature-invalid"
                if spoilt.reaches(tag for subject in _subjects(fact) for tag, _ in query_of(subject)):
                    checked.unsure.update(signed.statement.key_id for signed in statements_in(fact))
                else:
                    checked.findings.append(Finding(name, where, refusal.what))
                sound = False
            else:
                signers.add(signed.statement.signer)
                checked.links.append((row.position - 1, signed.statement.signer, link_of(signed)))
        if isinstance(fact, PersonErased) and sound and len(signers) < LEAST_SIGNERS:
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


def _check_approval(fact: PersonErased, row: Stored, text: str, before: LinesBefore) -> SignedStatement:
    """An approval of an erasure, checked as `read_signature` checks other signatures."""
    signed = unpack(text)
    statement = signed.statement
    if statement.kind != "erasure" or _tag(statement.signer) not in json.loads(row.tags_json):
        refuse(
            "approvals", f"a statement about a {statement.kind} by {statement.signer!r}, expected one of an approver"
        )
    try:
        check_signed(key_named(statement, before), signed)
    except ProofError as error:
        refuse("approvals", str(error))
    if statement.says != says_erasure(fact.patient, fact.retained_until, fact.ground):
        refuse("approvals", "what was signed is not what is recorded")
    return signed
