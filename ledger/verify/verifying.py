"""One bundle, one key, one verdict: the order in which the checks are made and what their outcome proves.

Imports `ledger.proof` and, through it, `cryptography`; no database, no rules, no web. Reads no file and writes none.
The order is FORMAT.md's ("Verifying, in order"): a step that finds something is the last, so that the first offence
is the one that is named.
"""

from collections.abc import Collection, Sequence

from ledger.proof import COSIGNATURE_V1, ED25519, Checkpoint, ProofError, VerifierKey, parse_vkey
from ledger.verify.adopted_texts import check_rulebooks, without_text
from ledger.verify.checkpoints import SignedHead, check_carried, check_held, read_head, read_held
from ledger.verify.claims import Proven, claims, not_claimed
from ledger.verify.findings import Findings
from ledger.verify.forks import check_fork, read_fork
from ledger.verify.openings import check_openings, commitments
from ledger.verify.placing import check_counts, check_inclusion_of_each, check_index, read_entries
from ledger.verify.reading import Bundle, read_bundle
from ledger.verify.seals import Seal, read_seal
from ledger.verify.signatures import check_signatures
from ledger.verify.timing import check_times
from ledger.verify.verdict import Finding, Unreadable, Verdict

_EXPECTED = {
    ED25519: "expected is the line that the log's `treatment-ledger key` prints",
    COSIGNATURE_V1: "expected is a witness's key (cosignature/v1, type 0x04), the line that `witness key` prints",
}


def verify(
    bundle: bytes,
    vkey: str,
    since: str | None = None,
    *,
    witnesses: Sequence[str] = (),
    label_key: bytes | None = None,
) -> Verdict:
    """The verdict on a bundle's bytes, under the log's verifier key.

    `since`: the text of an older checkpoint that the reader holds; `witnesses`: the vkeys of witnesses that must have
    signed; `label_key`: the regulator's key that patients' labels are computed with. Every offence is a finding;
    nothing is skipped silently. Raises Unreadable, and nothing else, when the bytes are no JSON object, a key is none,
    or what the reader holds is no checkpoint.
    """
    key = _key(vkey, ED25519)
    seen_by = list(
        {each.name + each.key_id.hex(): each for each in (_key(w, COSIGNATURE_V1) for w in witnesses)}.values()
    )
    held = None if since is None else _held(since)
    if (fork := read_fork(bundle)) is not None:
        return check_fork(fork, key, alone=since is None and not witnesses and label_key is None)
    parts, findings = read_bundle(bundle)
    subject = parts.streams[0] if parts.streams and parts.streams[0] else None
    if not findings:
        outcome = _check(parts, key, held, seen_by, label_key)
        if isinstance(outcome, Proven):
            head = outcome.head.checkpoint
            return Verdict(
                findings=(),
                claims=claims(outcome),
                not_claimed=not_claimed(subject, outcome),
                facts=tuple(zip(parts.indexes, parts.entries, strict=True)),
                streams=tuple(parts.streams),
                rulebooks=parts.rulebooks,
                subject=subject,
                origin=head.origin,
                size=head.size,
            )
        findings = outcome if isinstance(outcome, Findings) else Findings(outcome)
    left = not_claimed(subject, since_given=held is not None)
    return Verdict(tuple(findings), not_claimed=left, subject=subject, more=findings.more)


def _check(
    parts: Bundle, key: VerifierKey, since: str | None, witnesses: Sequence[VerifierKey], label_key: bytes | None
) -> Proven | Collection[Finding]:
    findings: list[Finding] = []
    head = read_head(parts.checkpoint, key, "checkpoint", findings, witnesses, each_witness=True)
    if head is None:
        return findings
    carried, held = _check_older(parts, since, key, head, witnesses, findings)
    if findings:
        return findings
    seal = read_seal(parts, head.checkpoint)
    if not isinstance(seal, Seal):
        return [seal]
    read, rubbish = read_entries(parts)
    if not_placed := rubbish or check_counts(parts, seal):
        return not_placed
    entries, not_sealed = check_index(parts, read, seal)
    if not_sealed := not_sealed or check_inclusion_of_each(parts, head.checkpoint):
        return not_sealed
    attribution, findings = check_signatures(entries, parts.subject)
    findings = (
        findings
        or check_openings(parts.openings, entries, label_key)
        or check_rulebooks(parts.rulebooks, entries)
        or check_times(entries | {seal.size: seal.entry}, head, carried)
    )
    older = held or (carried.checkpoint if carried else None)
    return findings or Proven(
        parts, head, seal.size, older, held is not None, carried, attribution, label_key is not None,
        len(commitments(entries)), without_text(parts.rulebooks, entries),
    )  # fmt: skip


def _check_older(
    parts: Bundle,
    since: str | None,
    key: VerifierKey,
    head: SignedHead,
    witnesses: Sequence[VerifierKey],
    findings: list[Finding],
) -> tuple[SignedHead | None, Checkpoint | None]:
    """The older checkpoint that the bundle carries, and the one that the reader holds, as far as they are proven."""
    carried = check_carried(parts.since, key, head.checkpoint, findings, witnesses) if parts.since else None
    if findings or since is None:
        return carried, None
    return carried, check_held(since, key, head.checkpoint, carried.checkpoint if carried else None, findings)


def _held(since: str) -> str:
    try:
        return read_held(since)
    except ProofError as error:
        raise Unreadable(f"--since: {error}; expected is a checkpoint as the log signed it") from None


def _key(vkey: str, algorithm: int) -> VerifierKey:
    try:
        key = parse_vkey(vkey)
    except ProofError as error:
        raise Unreadable(f"{'witness ' * (algorithm == COSIGNATURE_V1)}{error}; {_EXPECTED[algorithm]}") from None
    if key.algorithm == algorithm:
        return key
    if algorithm == ED25519:
        raise Unreadable(f"key: {key.name} is a witness's key (cosignature/v1); the log's own key is expected")
    raise Unreadable(f"--witness: {key.name} is no witness's key; {_EXPECTED[algorithm]}")
