"""What a correction does to a line: which line of its subject it means, and the line as corrected.

Nothing is edited: the line stays as written, and what is computed here is how it reads from then on. Whether a
correction may be taken is decided in `mending.py`; this module knows one line at a time.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.refusal import Refusal, refuse
from ledger.treatment.subjects import ATTRIBUTES, LINE_FIELDS, TARGETS, subject_field
from ledger.treatment.values import at_home

PATIENT_FIELDS: Final = frozenset({"sex", "born", "employment_category"})
"""Fields that are the patient's: corrected in one file, corrected in all."""


def aim(lines: Sequence[Fact], correction: EntryCorrected) -> int | None:
    """The index of the line, of the lines of one subject as written, that the correction changes.

    That is the line whose `id` is the target, or, where the target is the session, assessment or prescription
    itself, the first of its lines that has the field. `None`: the correction is of another subject. Raises
    `Refusal` when both ways lead to different lines.
    """
    target, field = correction.target, correction.field
    by_id = by_name = None
    for index, line in enumerate(lines):
        if by_id is None and line.id == target and field in ATTRIBUTES[type(line)]:
            by_id = index
    if lines and field not in LINE_FIELDS:
        opening = type(lines[0])
        if opening in TARGETS and getattr(lines[0], subject_field(opening) or "") == target:
            for index, line in enumerate(lines):
                if type(line) in TARGETS[opening] and field in ATTRIBUTES[type(line)]:
                    by_name = index
                    break
    if by_id is not None and by_name is not None and by_id != by_name:
        refuse("target", f"{target!r} is the id of one line and names another, expected an id that names one thing")
    return by_name if by_id is None else by_id


def parse_value(line: type[Fact], field: str, value: object) -> Any:
    """A value of a correction (`old` or `new`) as the type that the field has; null is the value of a field left out.

    Raises `Refusal` about `new`.
    """
    if value is None and field in _DEFAULTS[line]:
        return _DEFAULTS[line][field]
    try:
        found = msgspec.convert(value, _TYPES[line][field], strict=True)
        return at_home(found) if field in ("at", "recorded_at") and found is not None else found
    except (msgspec.ValidationError, ValueError, OverflowError, RecursionError) as error:
        text = str(error).replace("`", "")
        raise Refusal("new", f"no value for {field}: {text[:1].lower()}{text[1:]}") from None


def corrected(line: Fact, field: str, new: object) -> Fact:
    """The line with `field` (as the journal spells it) replaced by `new` (as JSON has it).

    A line whose `at` is corrected keeps the instant at which it was written down: a correction moves what happened,
    never what was known when. Raises `Refusal` when the field is not of this line or the line would not be a valid
    fact.
    """
    cls = type(line)
    attribute = ATTRIBUTES[cls].get(field)
    if attribute is None:
        refuse("field", f"a {cls.__name__} has no field {field!r}, expected one of {', '.join(_correctable(cls))}")
    now = msgspec.structs.replace(line, **{attribute: parse_value(cls, field, new)})
    if field not in ("at", "recorded_at"):
        return now
    # As the door spells it: `recorded_at` stands only where it says something else than `at`.
    written = now.recorded_at if field == "recorded_at" else line.recorded_at or line.at
    return msgspec.structs.replace(now, recorded_at=None if written == now.at else written)


def _correctable(cls: type[Fact]) -> list[str]:
    return [field for field in ATTRIBUTES[cls] if field not in ("id", subject_field(cls))]


_TYPES: Final[dict[type[Fact], dict[str, Any]]] = {
    cls: {field.encode_name: field.type for field in msgspec.structs.fields(cls)} for cls in ATTRIBUTES
}
_DEFAULTS: Final[dict[type[Fact], dict[str, Any]]] = {
    cls: {
        field.encode_name: field.default
        for field in msgspec.structs.fields(cls)
        if field.default not in (None, msgspec.NODEFAULT)
    }
    for cls in ATTRIBUTES
}
