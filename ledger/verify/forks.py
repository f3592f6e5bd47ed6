"""Fork proofs: a file that shows to anybody, with the log's key alone, that the log signed two histories.

FORMAT.md, "Fork proof". A file that is one and proves it yields the finding `history-fork`; one that does not prove it
yields `malformed`, whatever is wrong: it accuses nobody. And the other way: where a bundle, or a bundle and the
checkpoint that its reader holds, contradict each other, the proof of it is made for keeping (`fork_of`).
"""

from dataclasses import dataclass

from ledger.proof import (
    FORK_FORMAT,
    HASH_BYTES,
    Checkpoint,
    ProofError,
    VerifierKey,
    check_consistency,
    format_fork,
    parse_base64,
    parse_vkey,
    prove_fork,
)
from ledger.verify.checkpoints import read_head
from ledger.verify.findings import Findings
from ledger.verify.reading import read_bundle
from ledger.verify.strict_json import Doubt, is_text, read_json
from ledger.verify.verdict import Claim, Finding, Unreadable, Verdict

MAX_FORK_BYTES = 2**20
MAX_NODES = 63
_KEYS = {"format", "first", "second", "root", "consistency"}


@dataclass(frozen=True, slots=True)
class ForkFile:
    """The JSON object of a file that says it is a fork proof, and what in it is ambiguous."""

    value: dict[str, object]
    doubts: list[Doubt]


def read_fork(raw: bytes) -> ForkFile | None:
    """The fork proof in these bytes; None for everything else, of which nothing is said here."""
    if len(raw) > MAX_FORK_BYTES:
        return None
    try:
        value, doubts = read_json(raw.decode())
    except ValueError:
        return None
    return ForkFile(value, doubts) if isinstance(value, dict) and value.get("format") == FORK_FORMAT else None


def check_fork(fork: ForkFile, key: VerifierKey, *, alone: bool = True) -> Verdict:
    """The verdict on a fork proof under the log's key: always unsound, either by what it proves, or as no proof.

    `alone`: whether nothing else was given; what was (an older checkpoint, witnesses, a key for labels) is said to
    have been left alone.
    """
    left = [] if alone else [Claim("one story", "What was given besides the file and the key: it was not looked at.")]
    findings = _form(fork)
    heads: list[Checkpoint] = []
    if not findings:
        for name in ("first", "second"):
            refused: list[Finding] = []
            head = read_head(str(fork.value[name]), key, name, refused)
            if head is None:
                findings.append(Finding("malformed", name, "; ".join(finding.what for finding in refused)))
            else:
                heads.append(head.checkpoint)
    if not findings:
        _contradiction(fork.value, heads[0], heads[1], findings)
    if findings:
        what = "That the log signed two histories: this file does not prove it."
        return Verdict(tuple(findings), not_claimed=(Claim("history fork", what), *left), more=findings.more)
    first, second = heads
    return Verdict(
        (Finding("history-fork", "second", _told(first, second)),),
        claims=(
            Claim(
                "history fork",
                f"The key of the log {key.name} signed two histories, of which one at least is not what was recorded. "
                "Whoever has this file and the key can verify it again.",
            ),
        ),
        not_claimed=(
            Claim("which", "Which of the two histories is the one that was recorded, and what stands in either."),
            Claim("who", "Who signed: the log's operator, or somebody else who got hold of the key."),
            *left,
        ),
        origin=key.name,
    )


def fork_of(bundle: bytes, vkey: str, since: str | None) -> str | None:
    """The fork proof, as a file, that lies in a bundle's two checkpoints or in one of them and the reader's.

    None where there is none, or none that proves itself: a consistency proof that fails need not tell from which
    other root it comes.
    """
    try:
        parts, findings = read_bundle(bundle)
        key = parse_vkey(vkey)
    except (Unreadable, ProofError):
        return None
    notes = [parts.checkpoint, *([parts.since.checkpoint] if parts.since else [])]
    nodes = parts.since.consistency if parts.since else []
    pairs = [(notes[0], note, nodes) for note in notes[1:]] + [(note, since, []) for note in notes if since is not None]
    for one, other, consistency in [] if findings else pairs:
        if read_head(one, key, "", []) is None or read_head(other, key, "", []) is None:
            continue
        fork = prove_fork(one, other, vkey, consistency)
        if fork is not None:
            return format_fork(fork)
    return None


def _form(fork: ForkFile) -> Findings:
    """Whether each value is what it must be by itself."""
    value, findings = fork.value, Findings()

    def wrong(where: str, what: str) -> None:
        findings.append(Finding("malformed", where, what))

    for doubt in fork.doubts:
        wrong("fork", f"{doubt.where}: {doubt.what}")
    if value.keys() - _KEYS:
        wrong("fork", "the format has no such key; what is not checked is not in it")
    for name in ("first", "second"):
        note = value.get(name)
        if not isinstance(note, str) or not is_text(note):
            wrong(name, "the text of a checkpoint is expected")
    if "root" in value and not _is_hash(value["root"]):
        wrong("root", f"base64 of {HASH_BYTES} bytes is expected")
    if "consistency" in value:
        nodes = value["consistency"]
        if not isinstance(nodes, list) or len(nodes) > MAX_NODES:
            wrong("consistency", f"a list of at most {MAX_NODES} hashes is expected")
        else:
            for place, node in enumerate(nodes):
                if not _is_hash(node):
                    wrong(f"consistency[{place}]", f"base64 of {HASH_BYTES} bytes is expected")
    return findings


def _contradiction(value: dict[str, object], first: Checkpoint, second: Checkpoint, findings: Findings) -> None:
    """Whether the two cannot be of one history; `value` is of the right form."""

    def wrong(where: str, what: str) -> None:
        findings.append(Finding("malformed", where, what))

    if first.size > second.size:
        wrong("second", f"it has {second.size} entries, fewer than the first, {first.size}; the smaller stands first")
    elif first.size == second.size:
        for name in ("root", "consistency"):
            if name in value:
                wrong(name, "of two checkpoints of one size there is nothing to be said here")
        if not findings and first.root == second.root:
            wrong("second", "it is of the same tree as the first: that is no contradiction")
    else:
        for name in ("root", "consistency"):
            if name not in value:
                wrong(name, "this key is missing: the checkpoints are of two sizes")
        if findings:
            return
        root = parse_base64(value["root"], "root")
        nodes = value["consistency"]
        if root == first.root:
            wrong("root", "it is that of the first checkpoint: that is no contradiction")
        try:
            proof = [parse_base64(node, "node") for node in nodes] if isinstance(nodes, list) else []
            check_consistency(first.size, second.size, proof, root, second.root)
        except ProofError as error:
            wrong("consistency", f"it does not show that the second checkpoint's log begins with this root: {error}")


def _told(first: Checkpoint, second: Checkpoint) -> str:
    one, other = first.root.hex(), second.root.hex()
    if first.size == second.size:
        return f"two trees of {first.size} entries were signed, with the roots {one} and {other}"
    return (
        f"the log was signed with {first.size} entries and the root {one}, and with {second.size} entries, of which "
        f"the first {first.size} have another root"
    )


def _is_hash(value: object) -> bool:
    try:
        return len(parse_base64(value, "")) == HASH_BYTES
    except ProofError:
        return False
