"""The signatures of one call of `record`, checked over what the ledger holds and over the call's own earlier lines."""

from collections.abc import Callable, Mapping, Sequence

from ledger.application.enrolments import chain_of, find_key, last_statement
from ledger.application.reading import Boundary
from ledger.application.signatures import KeyChain, breaks, signed_text, take_signature
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.chains import Chain, Link, link_of
from ledger.treatment.facts import EntryCorrected, Fact, SigningKeyEnrolled
from ledger.treatment.lines import Before, Lines
from ledger.treatment.refusal import Refusal
from ledger.treatment.signing_keys import enrolments_subject, public_key_of
from ledger.treatment.statements import ChainEnd
from ledger.treatment.subjects import resolver, subject_of

_BEFORE_ALL = -1
"""The turn of what the ledger holds: before every line of the call."""


def refused_signatures(
    recorder: SQLiteDCBRecorder, boundary: Boundary, facts: Mapping[int, Fact]
) -> list[tuple[int, str]]:
    """(place, what is wrong) of each fact whose statement cannot be taken.

    `facts`: those that were accepted, by their place in the call, in the order in which they are appended. What was
    read for it joins the boundary: a key revoked or used meanwhile makes the append fail, and all is asked again.
    """
    signed = [place for place, fact in facts.items() if signed_text(fact) is not None]
    if not signed:
        return []
    own = _OwnLines(boundary, facts)
    refused: list[tuple[int, str]] = []
    links: dict[str, list[tuple[int, Link]]] = {}
    for place in signed:
        try:
            statement = take_signature(facts[place], own.before(place))
        except Refusal as refusal:
            refused.append((place, refusal.what))
        else:
            boundary.watch(f"signed:{statement.statement.signer}")
            links.setdefault(statement.statement.key_id, []).append((place, link_of(statement)))
    for key_id, theirs in links.items():
        refused += breaks(theirs, key_chain(recorder, key_id, boundary.size))
    return sorted(refused)


def key_chain(recorder: SQLiteDCBRecorder, key_id: str, size: int) -> KeyChain:
    """How far the key's chain is among the first `size` entries; a key that is not in them has signed nothing."""
    key = find_key(recorder, key_id, size)
    if key is None:
        return KeyChain(ChainEnd(), Chain)
    return KeyChain(last_statement(recorder, key, size), lambda: chain_of(recorder, key, size))


class _OwnLines:
    """The call's lines by subject, corrections with the line that they change; behind what the ledger holds."""

    def __init__(self, boundary: Boundary, facts: Mapping[int, Fact]) -> None:
        self._boundary = boundary
        self._turn = {place: turn for turn, place in enumerate(facts)}
        self._own: dict[str, list[tuple[int, Fact]]] = {}
        self._lines: dict[str, Lines] = {}
        named = resolver(facts.values(), [fact.target for fact in facts.values() if isinstance(fact, EntryCorrected)])
        for place, fact in facts.items():
            subject = subject_of(fact, lambda target: [*self._held(f"target:{target}"), *named(target)])
            self._own.setdefault(subject, []).append((self._turn[place], fact))
            if isinstance(fact, SigningKeyEnrolled) and (public_key := public_key_of(fact)) is not None:
                self._own.setdefault(enrolments_subject(public_key.point), []).append((self._turn[place], fact))

    def before(self, place: int) -> Callable[[str], Before]:
        """The lines of a subject that lie in the ledger, or come before this place of the call."""
        return lambda subject: self._lines_of(subject).before(self._turn[place])

    def _lines_of(self, subject: str) -> Lines:
        if subject not in self._lines:
            held = ((_BEFORE_ALL, fact) for fact in self._held(subject))
            self._lines[subject] = Lines([*held, *self._own.get(subject, ())])
        return self._lines[subject]

    def _held(self, subject: str) -> Sequence[Fact]:
        return self._boundary.read([subject])[subject]
