"""People's signatures at the door: a statement that is not right, not theirs or not true is refused.

A signature in the statement form is checked when its fact is taken in, over what lies before the fact in the log: by
an enrolled key of the very person, not revoked, over what is recorded, next in the key's chain. What cannot have
happened is refused; any other text is foreign, recorded, and checked by nobody. The same checks, in other words, are
in `ledger.verify`, which does not believe that this door was ever asked.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, NoReturn

from ledger.proof import ProofError
from ledger.proof.ed25519 import check_signature
from ledger.treatment.agreement import disagreement, subjects_said
from ledger.treatment.chains import Chain, Link
from ledger.treatment.facts import Fact
from ledger.treatment.lines import Before
from ledger.treatment.refusal import Refusal
from ledger.treatment.signing_keys import KeyProblem, PublicKey, enrolments_subject, usable_key
from ledger.treatment.statements import SIGNED, ChainEnd, SignedStatement, Statement, is_statement, unpack
from ledger.verify.devices import check_device_signature

LinesBefore = Callable[[str], Before]
"""Subject → its lines that lie, or will lie, before the fact in the log."""


class KeyChain(NamedTuple):
    """How far a key's chain is in the ledger: its last statement, and all of it for those who must ask."""

    end: ChainEnd
    whole: Callable[[], Chain]


class KeyRefused(Refusal):
    """A statement by a key that signs nothing for its signer."""

    def __init__(self, key_id: str, problem: KeyProblem) -> None:
        super().__init__("signature", f"by key {key_id!r}, which {problem.what}")
        self.finding = problem.finding


def signed_text(fact: Fact) -> str | None:
    """The fact's signature, if it is in the statement form."""
    text = getattr(fact, "signature", None) if type(fact) in SIGNED else None
    return text if is_statement(text) else None


def take_signature(fact: Fact, lines_before: LinesBefore) -> SignedStatement:
    """As `read_signature`, for what is to be recorded. A session is signed with its stop: a signature that was made
    before it does not cover it, and a verifier says so for ever. Raises `Refusal` about `signature`.
    """
    signed = read_signature(fact, lines_before)
    if signed.statement.kind == "session" and signed.statement.says["stopped"] is None:
        _refuse("of a session that is not stopped before this line, expected a statement that says its stop")
    return signed


def read_signature(fact: Fact, lines_before: LinesBefore) -> SignedStatement:
    """The fact's statement, checked in everything but its place in the chain. Raises `Refusal` about `signature`."""
    signed = unpack(signed_text(fact) or "")
    statement = signed.statement
    kind, field = SIGNED[type(fact)]
    signer: str = getattr(fact, field)
    if statement.kind != kind:
        _refuse(f"a statement of kind {statement.kind!r}, expected one of kind {kind!r}")
    if statement.signer != signer:
        _refuse(f"a statement of {statement.signer!r}, expected one of {signer!r}, whom the line names")
    try:
        check_signed(key_named(statement, lines_before), signed)
    except ProofError as error:
        _refuse(f"not made with key {statement.key_id!r} over this statement ({error}), expected {signer!r} to sign")
    different = disagreement(statement, fact, [lines_before(subject) for subject in subjects_said(statement, fact)])
    if different is not None:
        _refuse(f"what was signed is not what is recorded before this line: {different}, expected a new statement")
    return signed


def check_signed(key: PublicKey, signed: SignedStatement) -> None:
    """The statement was signed with this key. ProofError saying what is wrong."""
    if (signed.device is None) != (key.site is None):
        made = "Ed25519" if signed.device is None else "a device"
        raise ProofError(f"signature: in the form of one by {made}, and the key is of the other kind")
    if signed.device is None or key.site is None:
        check_signature(key.point, signed.signature, signed.data)
    else:
        check_device_signature(key.site, key.point, signed.signature, signed.data, *signed.device)


def key_named(statement: Statement, lines_before: LinesBefore) -> PublicKey:
    """The key that a statement names. Raises `KeyRefused` if that key signs nothing for its signer."""
    key = usable_key(
        lines_before(f"key:{statement.key_id}").facts(),
        statement.signer,
        lambda point: lines_before(enrolments_subject(point)).facts(),
    )
    if isinstance(key, KeyProblem):
        raise KeyRefused(statement.key_id, key)
    return key


def breaks(
    links: Iterable[tuple[int, Link]], chain: KeyChain, *, undecided: Callable[[int], bool] = lambda place: False
) -> Iterator[tuple[int, str]]:
    """Of one key's new statements (place, link) those that its chain does not take, with what is wrong.

    They are gone through by counter, wherever they stand: a fact may be dated before one whose statement came first.
    `undecided`: whether a place may turn out to be known; that its statement is in the ledger is not held against it.
    """
    head, joined, whole = chain.end, list[Link](), None
    ours = set[str]()
    for place, link in sorted(links, key=lambda placed: (placed[1].counter, placed[0])):
        if whole is None and (link.counter, link.previous) == (head.counter + 1, head.digest):
            head = ChainEnd(link.counter, link.digest)
            joined.append(link)
            ours.add(link.digest)
            continue
        if whole is None:
            # Late, early or another one: only the whole chain tells. An import that was cut short goes on like this.
            whole = chain.whole()
            for before in joined:
                whole.take(before)
        wrong = _objection(whole, link)
        if wrong is None:
            whole.take(link)
            ours.add(link.digest)
        elif not (undecided(place) and whole.holds(link) and link.digest not in ours):
            yield place, wrong


def _objection(chain: Chain, link: Link) -> str | None:
    if chain.holds(link):
        return f"statement {link.counter} of key {link.key_id!r} is recorded already, expected one statement a line"
    last = chain.end.counter
    objection = chain.objection(link)
    if objection is None and not chain.follows(link):
        objection = f"statement {link.counter} of key {link.key_id!r}, and {link.counter - 1} is not recorded"
    return None if objection is None else f"{objection}; the last recorded is {last}, expected {last + 1}"


def _refuse(what: str) -> NoReturn:
    raise Refusal("signature", what)
