"""The signatures of one call of `record`, checked over what the ledger holds and over the call's own earlier lines."""

from collections.abc import Callable, Mapping, Sequence

from ledger.application.reading import Boundary
from ledger.application.signatures import KeyChain, breaks, read_signature, signed_text
from ledger.application.signing_keys import chain_of, find_key, last_statement
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.chains import Chain, Link, link_of
from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.refusal import Refusal
from ledger.treatment.statements import Head
from ledger.treatment.subjects import resolver, subject_of


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
            statement = read_signature(facts[place], own.before(place))
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
        return KeyChain(Head(), Chain)
    return KeyChain(last_statement(recorder, key, size), lambda: chain_of(recorder, key, size))


class _OwnLines:
    """The call's lines by subject, corrections with the line that they change."""

    def __init__(self, boundary: Boundary, facts: Mapping[int, Fact]) -> None:
        self._boundary = boundary
        self._turn = {place: turn for turn, place in enumerate(facts)}
        self._lines: dict[str, list[tuple[int, Fact]]] = {}
        named = resolver(facts.values(), [fact.target for fact in facts.values() if isinstance(fact, EntryCorrected)])
        for place, fact in facts.items():
            subject = subject_of(fact, lambda target: [*self._held(f"target:{target}"), *named(target)])
            self._lines.setdefault(subject, []).append((self._turn[place], fact))

    def before(self, place: int) -> Callable[[str], Sequence[Fact]]:
        """The lines of a subject that lie in the ledger, or come before this place of the call."""
        turn = self._turn[place]
        return lambda subject: [
            *self._held(subject),
            *(fact for earlier, fact in self._lines.get(subject, ()) if earlier < turn),
        ]

    def _held(self, subject: str) -> Sequence[Fact]:
        return self._boundary.read([subject])[subject]
