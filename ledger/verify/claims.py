"""What a sound bundle proves, and what nobody should read into it, in plain English.

The names are those of the claims in FORMAT.md. A statement stands under "proven" only when a check stands behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.proof import Checkpoint
from ledger.verify.checkpoints import SignedHead
from ledger.verify.reading import Bundle
from ledger.verify.signatures import Attribution
from ledger.verify.timing import recorded_by
from ledger.verify.verdict import Claim

_NO_EARLIEST = (
    "An earliest time: no witness shows that a line was not written long after, or long before, its append time. "
    "Dating back is bounded only by what a reader held before, in which the line is missing. "
    "No time token (RFC 3161) is in a bundle: in place of one stands the time at which a witness cosigned."
)
_DOERS = {"session": "therapist", "assessment": "assessor"}


@dataclass(slots=True)
class Proven:
    """What the checks of a sound bundle came to, put together for the statements about it.

    `older`: the checkpoint that the tree continues, `held` by the reader or carried by the bundle, whose own head,
    with witnesses' times, is `carried`. `commitments`: to persons, in the bundle. `without_text`: the
    indexes of adoptions of rulebooks whose text is not here.
    """

    parts: Bundle
    head: SignedHead
    sealed: int
    older: Checkpoint | None = None
    held: bool = False
    carried: SignedHead | None = None
    attribution: Attribution = field(default_factory=Attribution)
    label_key_given: bool = False
    commitments: int = 0
    without_text: Sequence[int] = ()


def claims(proven: Proven) -> tuple[Claim, ...]:
    """What was proven of a bundle without findings."""
    parts, head = proven.parts, proven.head.checkpoint
    log = f"the log {head.origin}, as its key signed it when it had {_count(head.size, 'entry')}"
    found = [*_of_entries(parts, log), *_of_streams(parts, proven.sealed)]
    if parts.inclusion is not None:
        found.append(
            Claim("entry by entry", f"Each entry here stands in {log}, at its index, and not in the seal only.")
        )
    if proven.older:
        whose, advice = (
            ("the checkpoint you hold", "") if proven.held else ("the older one inside", " Compare it with yours.")
        )
        grown = f"the log of {_count(head.size, 'entry')} continues that of {proven.older.size}"
        found.append(Claim("append-only", f"Nothing was rewritten since {whose}: {grown}.{advice}"))
    if proven.head.seen:
        names = ", ".join(sorted(witness.name for witness in proven.head.seen))
        found.append(Claim("one story", f"The witnesses asked about saw this very checkpoint: {names}."))
        found.append(Claim("timely", _of_time(proven)))
    if signed := _signed(proven.attribution):
        what = "with keys enrolled in this log and not revoked before, over what had been recorded until then"
        found.append(Claim("attributable", f"Signed {what}: {signed}."))
    if parts.openings:
        found.append(Claim("forgettable", _of_persons(proven)))
    if parts.rulebooks:
        what = f"The texts here ({len(parts.rulebooks)}) are those that were adopted, word for word."
        found.append(Claim("with rulebooks", what))
    return tuple(found)


def not_claimed(subject: str | None, proven: Proven | None = None, *, since_given: bool = False) -> tuple[Claim, ...]:
    """What is not proven: of an unsound bundle (`proven` is None) nothing is, not even where it was asked to be held
    against an older checkpoint (`since_given`)."""
    left = []
    what = (
        "That each tag was sealed with all its entries is the signed word of the log's operator: no bundle proves it, "
        "and anybody can derive the seal again from the published log, as audit does."
    )
    left.append(Claim("complete", what))
    if proven is None or proven.parts.inclusion is None:
        what = "That each entry here stands in the log, and not in the seal only: have it proven (export --each)."
        left.append(Claim("entry by entry", what))
    if proven is None or proven.older is None:
        what = "That nothing was rewritten since an earlier checkpoint: have one you hold exported with it (--since)."
        if since_given:
            what = "That nothing was rewritten since the checkpoint you hold: see what was found."
        left.append(Claim("append-only", what))
    seen = proven is not None and bool(proven.head.seen)
    if not seen:
        what = "That everybody is shown the same log: no witness was asked about (--witness)."
        left.append(Claim("one story", what + _others(proven)))
        what = "When it was recorded: append times are the log's own word, without a witness's time. "
        left.append(Claim("timely", what + _NO_EARLIEST))
    else:
        left.append(Claim("timely", _NO_EARLIEST + _others(proven)))
    left += _unattributed(proven)
    if proven is None or not proven.parts.openings:
        whom = "the patient" if subject is None or subject.startswith("patient:") else "any patient"
        unused = " The key for labels had nothing to be held against." if proven and proven.label_key_given else ""
        left.append(Claim("forgettable", f"Who {whom} is: nothing was opened here.{unused}"))
    if proven is not None and proven.attribution.erasures:
        what = "That personal data was destroyed, where an entry says so: it is the word of those who signed it."
        left.append(Claim("forgettable", what))
    if proven is not None and proven.without_text:
        what = f"What the rulebooks say that were adopted at {_at(proven.without_text)}: their text is not here."
        left.append(Claim("with rulebooks", what))
    left.append(Claim("possible", "That what the entries say can have happened: only their form was looked at here."))
    left.append(Claim("re-derived", "What the fund pays: a bundle holds no decisions, and none were made here."))
    return tuple(left)


def _at(indexes: Sequence[int]) -> str:
    told = ", ".join(map(str, indexes[:10])) + (f" and {len(indexes) - 10} more" if len(indexes) > 10 else "")
    return f"index{'es' if len(indexes) > 1 else ''} {told}"


def _of_entries(parts: Bundle, log: str) -> list[Claim]:
    count = len(parts.entries)
    if not count:
        return [Claim("authentic", f"The seal is, byte for byte, the last entry of {log}.")]
    first, last = parts.indexes[0], parts.indexes[-1]
    return [
        Claim("authentic", f"Every entry here ({count}) is, byte for byte, the one that is sealed in {log}."),
        Claim("in order", f"They stand in the order in which the log took them in, at indexes {first} to {last}."),
    ]


def _of_streams(parts: Bundle, sealed: int) -> list[Claim]:
    subject, *others = parts.streams
    here = [tag for tag in others if tag not in parts.absent]
    none = [tag for tag in others if tag in parts.absent]
    if subject in parts.absent:
        what = f"There is nothing: no entry below {sealed} was sealed under {subject}."
    else:
        what = f"Nothing was left out: every entry below {sealed} that was sealed under {subject} is here."
    found = [Claim("complete", what)]
    if here:
        found.append(Claim("with registry", f"Whole in the same way, and beside it: {', '.join(here)}."))
    if none:
        found.append(Claim("without entry", f"No entry below {sealed} was sealed under: {', '.join(none)}."))
    return found


def _of_persons(proven: Proven) -> str:
    at = ", ".join(map(str, sorted(proven.parts.openings)))
    several = len(proven.parts.openings) > 1
    last = f"the last of {proven.commitments} commitments"
    if several:
        what = f"The persons shown are those committed to at indexes {at}, {last} among them."
    else:
        what = f"The person shown is the one committed to at index {at}{f', {last}' if proven.commitments > 1 else ''}."
    if proven.label_key_given:
        what += f" The patient's tag is the label of {'the last of them' if several else 'this person'}."
    return what


def _of_time(proven: Proven) -> str:
    until, before = recorded_by(proven.head, proven.carried)
    what = f"All of it was recorded by {until}"
    if before is not None and proven.carried is not None:
        what += f", and what stands below index {proven.carried.checkpoint.size} by {before}"
    return f"{what}, by the witnesses' clocks, give or take five minutes."


def _signed(told: Attribution) -> str:
    counts = [(len(tally.signed), len(tally.acts), kind) for kind, tally in told.kinds.items()]
    parts = [f"{signed} of {_count(acts, kind)}" for signed, acts, kind in counts if signed]
    if told.erasures:
        parts.append(f"{_count(told.erasures, 'erasure')}, each with the keys of two people or more")
    return ", ".join(parts)


def _unattributed(proven: Proven | None) -> list[Claim]:
    if proven is None:
        return [Claim("attributable", "Who did it: that is not told of a bundle with findings.")]
    told = proven.attribution
    parts = []
    for kind, tally in told.kinds.items():
        if foreign := len(tally.foreign - tally.signed):
            parts.append(f"{_count(foreign, kind, has=True)} a signature of another form, which was not checked")
        if without := len(tally.acts - tally.signed - tally.foreign):
            parts.append(f"{_count(without, kind, has=True)} no signature")
        doer = _DOERS.get(kind, "")
        uncovered = (
            (tally.corrected, "as it was before a correction", "as they were before a correction"),
            (tally.stopped_after, "without its stop, which came later", "without their stops, which came later"),
            (
                tally.contradicted,
                "before a second line that contradicts it",
                "before second lines that contradict them",
            ),
            (tally.voided, "but voided", "but voided"),
            (tally.by_others, f"by nobody who is named as its {doer}", f"by nobody who is named as their {doer}"),
        )
        for number, one, more in uncovered:
            if number:
                parts.append(f"{_count(number, kind)} {f'is signed {one}' if number == 1 else f'are signed {more}'}")
    if told.partial:
        parts.append(f"fields that this bundle does not hold are in {_count(told.partial, 'signature')}")
    if _signed(told):
        parts.append("whose a key is, and what keeps it, the log's operator says by enrolling it, and nobody else")
        parts.append("that signers saw what they signed, is the word of whoever showed it to them")
    return [Claim("attributable", f"Who did it, in part: {'; '.join(parts)}.")] if parts else []


def _count(number: int, noun: str, *, has: bool = False) -> str:
    one = number == 1
    nouns = f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if one else nouns}{(' has' if one else ' have') if has else ''}"


def _others(proven: Proven | None) -> str:
    lines: Sequence[str] = ()
    if proven is not None:
        lines = sorted({f"{line.name}+{line.key_id.hex()}" for line in proven.head.others})
    return f" Further signatures stand on the checkpoint and were not checked: {', '.join(lines)}." if lines else ""
