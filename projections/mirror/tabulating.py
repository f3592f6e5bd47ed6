"""Rows from the evidence: one act after another, by the code that judging itself asks.

The plain way, and the measure of the fast one. What a clause of the record answers is asked of `rules.record`; what an
episode shows at an act, of the view that the reference evaluator moves along.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any

import numpy as np

from ledger.treatment.items import ITEMS
from ledger.treatment.values import at_home
from projections.mirror.columns import (
    ASSESSMENT,
    BOTH_BIT,
    DTYPES,
    EVIDENCE,
    LOWER,
    NONE,
    OUTCOMES,
    PER_PATIENT,
    PER_ROW,
    PROFESSIONS,
    RECORD_BIT,
    SCOPES,
    SESSION,
    SETTINGS,
    UPPER,
    Columns,
    Rows,
    findings_bits,
    provider_bit,
)
from projections.rules.acts import Act
from projections.rules.clauses.limb_days import limbs_of
from projections.rules.clauses.link import in_force_on, seen_orders
from projections.rules.episode import DeclaredEpisode, EpisodeView
from projections.rules.evidence import Evidence
from projections.rules.record import RECORD, Record
from projections.rules.register import Practitioner

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_ZERO = date(1970, 1, 1).toordinal()
_SILENT = dict.fromkeys(RECORD, "")
_SEX = {None: 0, "male": 1, "female": 2}
_CATEGORY = {None: 0, "worker": 1, "cadre": 2}
_LARGEST = 2**15 - 1


def day_number(day: date | None) -> int:
    """Days since 1970-01-01; `NONE` without a day."""
    return NONE if day is None else day.toordinal() - _DAY_ZERO


def instant_number(at: datetime) -> int:
    """Microseconds of Unix time."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def tabulate(
    evidence: Evidence, patients: Iterable[str] | None = None, *, positions: Mapping[tuple[str, str], int] | None = None
) -> Rows:
    """The rows of these patients (of all that have acts, by id), in order of their ids.

    `positions`: by (kind, id) of an act, the position of the line that opens it; without them, its place among the
    acts, from 1.
    """
    table = _Table(evidence, positions)
    wanted = {act.patient for act in evidence.acts} if patients is None else set(patients)
    for patient in sorted(wanted):
        table.add(patient)
    return table.rows()


class _Codes(dict[Any, int]):
    """Places in a list that grows as it is asked."""

    def __missing__(self, key: Any) -> int:
        self[key] = place = len(self)
        return place


class _Table:
    def __init__(self, evidence: Evidence, positions: Mapping[tuple[str, str], int] | None) -> None:
        self._evidence = evidence
        self._positions = positions or {(act.kind, act.id): k for k, act in enumerate(evidence.acts, start=1)}
        self._columns: dict[str, list[int]] = {name: [] for name in (*PER_ROW, *PER_PATIENT)}
        self._acts: list[str] = []
        self._patients: list[str] = []
        self._items, self._institutions, self._orders, self._practitioners = (_Codes() for _ in range(4))
        self._record = Record(_SILENT, "qualification_or_training")
        self._record_both = Record(_SILENT, "both")
        self._providers: dict[tuple[tuple[Practitioner, ...], date], int] = {}

    def rows(self) -> Rows:
        columns = {name: np.array(values, DTYPES[name]) for name, values in self._columns.items()}
        return Rows(
            Columns(**columns),
            patients=tuple(self._patients),
            items=tuple(self._items),
            institutions=tuple(self._institutions),
            orders=tuple(self._orders),
            practitioners=tuple(self._practitioners),
            acts=tuple(self._acts),
        )

    def add(self, patient: str) -> None:
        """A patient's rows."""
        person = self._evidence.person(patient)
        place = len(self._patients)
        self._patients.append(patient)
        self._columns["born"].append(day_number(person.born))
        self._columns["sex"].append(_SEX[person.sex])
        self._columns["category"].append(_CATEGORY[person.category])
        acts = self._evidence.acts_of(patient)
        episodes, stays, houses = _Codes(), _Codes(), _Codes()
        views = {act.episode: EpisodeView(self._episode(act.episode)) for act in acts}
        lines = [(act.at, 1, k, act.episode, act) for k, act in enumerate(acts)]
        for episode, view in views.items():
            lines += [(at, 0, line, episode, seen) for at, line, _, seen in view.episode.events if seen is not None]
        lines.sort(key=itemgetter(0, 1, 2))
        for _, is_act, _, episode, act in lines:
            if not is_act:
                self._row(place, EVIDENCE, act, episodes[episode], -1, 0, 0)
                continue
            views[episode].advance(act.seen, _note_nothing)
            stay = -1 if act.stay is None else stays[act.stay]
            kind = SESSION if act.kind == "session" else ASSESSMENT
            found = findings_bits(views[episode].findings)
            self._row(place, kind, act, episodes[episode], stay, houses[act.institution.id], found)

    def _episode(self, id: str) -> DeclaredEpisode:
        return self._evidence.episodes.get(id) or DeclaredEpisode(id)

    def _row(self, patient: int, kind: int, act: Act, episode: int, stay: int, house: int, found: int) -> None:
        declared = self._episode(act.episode)
        end = act.end if kind != EVIDENCE else None
        values = {
            "patient": patient,
            "kind": kind,
            "item": self._items[act.item],
            "at": instant_number(act.at),
            "end": NONE if end is None else instant_number(end),
            "day": day_number(act.day),
            "episode": episode,
            "opened": NONE if declared.opened is None else day_number(at_home(declared.opened).date()),
            "anchor": day_number(declared.anchor),
            "stay": stay,
            "house": house,
            "institution": self._institutions[act.institution.id],
            "record": 0 if kind == EVIDENCE else self._failing(act),
            "findings": found,
            "treating": min(_LARGEST, len({person.id for person in act.staff if person.treats(act.day)})),
            "scales": min(_LARGEST, act.scales),
            "results": min(_LARGEST, act.results),
            "outcome": 0 if act.outcome is None else 1 + OUTCOMES.index(act.outcome),
            "serves": -1 if act.serves is None else self._items[act.serves],
            "limbs": _limbs(act),
            "group": int(act.mode == "group"),
            "provider": 0 if kind == EVIDENCE else self._provider(act),
            "in_force": NONE if kind == EVIDENCE else self._in_force(act),
            "fee": _fen(self._evidence.fee_of(act.id)),
            "fund": _fen(self._evidence.fund_of(act.id)),
            "position": self._positions.get((act.kind, act.id), NONE),
            "staff": self._practitioners[act.staff[0].id] if act.staff else -1,
            "setting": 0 if act.setting is None else 1 + SETTINGS.index(act.setting),
            "recorded": instant_number(act.recorded),
            "signed": NONE if act.signed is None else instant_number(act.signed),
        }
        for name, value in values.items():
            self._columns[name].append(value)
        self._acts.append(act.id)

    def _failing(self, act: Act) -> int:
        """The clauses of the record that fail, those of staff as if every rule asked them."""
        bits = sum(RECORD_BIT[found.clause] for found in self._record.judge(act, True) if not found.holds)
        both = self._record_both.judge(act, True)
        return bits | (BOTH_BIT if any(not f.holds for f in both if f.clause == "record.physician") else 0)

    def _provider(self, act: Act) -> int:
        key = (act.staff, act.day)
        known = self._providers.get(key)
        if known is None:
            known = self._providers[key] = provider_bits(act.staff, act.day)
        return known

    def _in_force(self, act: Act) -> int:
        known = ITEMS.get(act.item)
        if act.kind == "session" and known is not None and known.kind == "training":
            return NONE
        seen = seen_orders(self._evidence.person(act.patient), act)
        return self._orders[frozenset(order.item for order in seen if in_force_on(order, act))]


def provider_bits(staff: Sequence[Practitioner], day: date) -> int:
    """Which ways of `provider_bit` all of the staff are qualified by on the day."""
    bits = 0
    for scope in SCOPES:
        lacking = [person for person in staff if not person.holds(scope, day)]  # type: ignore[arg-type]
        for profession in PROFESSIONS:
            for other in SCOPES:
                if all(
                    person.profession == profession and person.holds(other, day)  # type: ignore[arg-type]
                    for person in lacking
                ):
                    bits |= provider_bit(scope, profession, other)
    return bits


def _limbs(act: Act) -> int:
    named = limbs_of(act.order.site if act.order is not None else "")
    return (UPPER if "upper" in named else 0) | (LOWER if "lower" in named else 0)


def _fen(amount: int | None) -> int:
    return NONE if amount is None else amount


def _note_nothing(view: EpisodeView, assessment: Act) -> None:
    """Evidence has rows of its own."""
