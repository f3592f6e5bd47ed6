"""One bundle, one key, one verdict: the order in which the checks are made and what their outcome proves.

Imports `ledger.proof` and, through it, `cryptography`; no database, no rules, no web. Reads no file and writes none.
"""

from ledger.proof import ED25519, Checkpoint, ProofError, VerifierKey, parse_vkey
from ledger.verify.checkpoints import Head, check_carried, check_held, read_head
from ledger.verify.claims import claims, not_claimed
from ledger.verify.entries import Entry, read_entry
from ledger.verify.placing import check_places
from ledger.verify.reading import Bundle, read_bundle
from ledger.verify.streams import check_streams
from ledger.verify.verdict import Finding, Unreadable, Verdict


def verify(bundle: bytes, vkey: str, since: str | None = None) -> Verdict:
    """The verdict on a bundle's bytes, under the log's verifier key (and against an older checkpoint's note).

    Every offence is a finding; nothing is skipped silently. Raises Unreadable, and nothing else, when the bytes are
    no JSON object or the key is no log's key.
    """
    key = _log_key(vkey)
    parts, findings = read_bundle(bundle)
    patient = parts.streams[0] if parts.streams else None
    if findings:
        return Verdict(tuple(findings), not_claimed=not_claimed(patient), patient=patient)
    head = read_head(parts.checkpoint, key, "checkpoint", findings)
    findings += check_places(parts, head.checkpoint if head else None, signed=head is not None and head.signed)
    older = _check_older(parts, since, key, head, findings)
    if not findings:
        findings += _check_entries(parts)
    if findings or head is None:
        return Verdict(tuple(findings), not_claimed=not_claimed(patient), patient=patient)
    return Verdict(
        findings=(),
        claims=claims(parts, head.checkpoint, older, held=since is not None),
        not_claimed=not_claimed(patient, head.others, older is not None),
        facts=tuple(zip(parts.indexes, parts.entries, strict=True)),
        streams=tuple(parts.streams),
        patient=patient,
        origin=head.checkpoint.origin,
        size=head.checkpoint.size,
    )


def _log_key(vkey: str) -> VerifierKey:
    try:
        key = parse_vkey(vkey)
    except ProofError as error:
        raise Unreadable(f"{error}; expected is the line that the log's `treatment-ledger key` prints") from None
    if key.algorithm != ED25519:
        raise Unreadable(f"key: {key.name} is a witness's key (cosignature/v1); the log's own key is expected")
    return key


def _check_older(
    parts: Bundle, since: str | None, key: VerifierKey, head: Head | None, findings: list[Finding]
) -> Checkpoint | None:
    if head is None or not head.signed:
        return None  # already a finding; against a head that nobody signed there is nothing to hold
    carried = check_carried(parts.since, key, head.checkpoint, findings) if parts.since else None
    return check_held(since, key, head.checkpoint, carried, findings) if since is not None else carried


def _check_entries(parts: Bundle) -> list[Finding]:
    entries: dict[int, Entry] = {}
    findings = []
    for index, raw in zip(parts.indexes, parts.entries, strict=True):
        entry = read_entry(raw)
        if isinstance(entry, Entry):
            entries[index] = entry
        else:
            findings.append(Finding("malformed", f"index {index}", entry))
    return findings or check_streams(parts.streams, entries)
