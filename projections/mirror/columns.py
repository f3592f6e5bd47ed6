"""The columns of the mirror: what every row says, as integers.

A row is an act, or an assessment as the evidence that an act can see (`EVIDENCE`). Rows stand patient by patient, and
within a patient in the order of judging: by `at`, evidence before the acts of the same instant, ties in journal order.
An assessment that is charged has both rows. What is resolved already is what no rulebook and no reading changes: the
findings in force at an act, who of the staff may treat, which clauses of the record fail.

Days are counted from 1970-01-01 at +08:00, instants in microseconds of Unix time. A number that does not exist is
`NONE`. Source: spec/rules.md, "The order of judging" and "record.*".
"""

from typing import Any, NamedTuple, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from ledger.treatment.values import Findings, Outcome, PractitionerScope, Profession, Setting, Severity
from projections.rules.record import RECORD

Ints = NDArray[Any]

NONE = -(2**31)
"""No day, no fee, no end: smaller than whatever exists."""

SESSION, ASSESSMENT, EVIDENCE = 0, 1, 2
"""`kind`: two kinds of acts, and an assessment as it is seen in its episode."""

RECORD_BIT = {clause: 1 << k for k, clause in enumerate(RECORD)}
"""Of `record`: the clause of the record fails. `record.therapist` is set as if it were asked of every act."""
BOTH_BIT = 1 << len(RECORD)
"""`record.physician` fails under the option `both` of the reading `physician_scope`."""

OUTCOMES: tuple[str, ...] = get_args(Outcome)
"""`outcome` is 1 + the place in this list, 0 where none was recorded."""
IMPROVED = 1 + OUTCOMES.index("improved")

SEVERITIES: tuple[str, ...] = get_args(Severity)
"""A degree is 1 + the place in this list, in two bits; 0 where none was recorded."""
_FIELDS = [field for field in Findings.__struct_fields__ if not field.startswith("severity_")]
FINDING_BIT = {name: 1 << k for k, name in enumerate(_FIELDS)}
"""Of `findings`: the finding is recorded as present."""
SEVERITY_SHIFT = {
    name: len(_FIELDS) + 2 * k for k, name in enumerate(n for n in Findings.__struct_fields__ if n not in _FIELDS)
}
"""Of `findings`: where the two bits of a severity stand."""

SETTINGS: tuple[str, ...] = get_args(Setting)
SCOPES: tuple[str, ...] = get_args(PractitionerScope)
PROFESSIONS: tuple[str, ...] = get_args(Profession)
UPPER, LOWER = 1, 2
"""Of `limbs`: what the order's site names."""


def provider_bit(scope: str, profession: str, other: str) -> int:
    """Of `provider`: all of the staff hold the scope, or are of the profession and hold the other scope, on the day."""
    place = (SCOPES.index(scope) * len(PROFESSIONS) + PROFESSIONS.index(profession)) * len(SCOPES) + SCOPES.index(other)
    return 1 << place if place < 63 else -(1 << 63)  # as a signed integer of 64 bits


class Columns(NamedTuple):
    """Some patients' rows, whole patients only: an array a column, as long as there are rows but for the last three.

    `patient` numbers the patients from 0; `episode`, `stay` (-1: none) and `house` number a patient's declared
    episodes, stays and institutions; `opened` and `anchor` are of the declared episode. `item`, `serves` (-1: none),
    `institution`, `staff` and `in_force` are places in the words of `Rows`; `in_force` is the set of items for which an
    order is in force on the day, known of assessments, and of sessions of what is no training of the catalogue; else
    `NONE`. The last columns of a row are for reports: no rule asks for them.
    """

    patient: Ints
    kind: Ints
    item: Ints
    at: Ints
    end: Ints  # NONE where the act takes no time
    day: Ints
    episode: Ints
    opened: Ints
    anchor: Ints
    stay: Ints
    house: Ints
    institution: Ints
    record: Ints
    findings: Ints
    treating: Ints  # distinct assessors who may treat
    scales: Ints
    results: Ints
    outcome: Ints
    serves: Ints
    limbs: Ints
    group: Ints  # 1 for a group's session
    provider: Ints
    in_force: Ints
    fee: Ints  # fen, as confirmed last
    fund: Ints  # fen: what the fund pays of that fee; NONE where it was not said
    position: Ints  # of the line that opens it, from 1
    staff: Ints  # the therapist, or the first assessor; -1 where none is named
    setting: Ints  # 1 + its place in `SETTINGS`; 0 where none was recorded
    recorded: Ints  # when the line that opens it was written down
    signed: Ints  # when its own therapist, or an assessor, signed it first
    born: Ints  # a patient
    sex: Ints  # a patient: 0 not recorded, 1 male, 2 female
    category: Ints  # a patient: 0 not recorded, 1 worker, 2 cadre


class Rows(NamedTuple):
    """Columns, and the words that they number. `acts` has the id of each row's act, `patients` of each patient."""

    columns: Columns
    patients: tuple[str, ...]
    items: tuple[str, ...]
    institutions: tuple[str, ...]
    orders: tuple[frozenset[str], ...]
    practitioners: tuple[str, ...]
    acts: tuple[str, ...]


PER_PATIENT = ("born", "sex", "category")
PER_ROW = Columns._fields[: -len(PER_PATIENT)]
DTYPES: dict[str, type[np.signedinteger[Any]]] = {
    **dict.fromkeys(("kind", "outcome", "limbs", "group", "setting", "sex", "category"), np.int8),
    **dict.fromkeys(("item", "record", "treating", "scales", "results", "serves"), np.int16),
    **dict.fromkeys(
        ("patient", "day", "episode", "opened", "anchor", "stay", "house", "institution", "in_force", "staff", "born"),
        np.int32,
    ),
    **dict.fromkeys(("at", "end", "findings", "provider", "fee", "fund", "position", "recorded", "signed"), np.int64),
}
"""How wide each column is."""


def read_only(columns: Columns) -> Columns:
    """The same columns, none of which can be written to: to compiled code, which tells the two apart, all are alike."""
    views = [column.view() for column in columns]
    for view in views:
        view.flags.writeable = False
    return Columns(*views)


def findings_bits(found: Any) -> int:
    """Findings by name, as `EpisodeView.findings` or a line has them, in the bits of `findings`."""
    bits = 0
    for name, value in (msgspec.to_builtins(found) if isinstance(found, Findings) else found).items():
        if name in SEVERITY_SHIFT:
            bits |= (1 + SEVERITIES.index(value)) << SEVERITY_SHIFT[name]
        elif value is True:
            bits |= FINDING_BIT[name]
    return bits
