"""The rows of ordinary patients from columns of facts, all patients at once: what `tabulate` says act by act, here said
over whole arrays. Nothing of odd patients (`relations`) is among them.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ledger.treatment.items import ITEMS
from projections.mirror.arrays import numbers_in, of_numbers
from projections.mirror.assessed import Assessed, Found, among
from projections.mirror.columns import (
    ASSESSMENT,
    DTYPES,
    EVIDENCE,
    NONE,
    OUTCOMES,
    PER_PATIENT,
    PER_ROW,
    RECORD_BIT,
    SESSION,
    SETTINGS,
    Columns,
    Ints,
    Rows,
)
from projections.mirror.instants import END_OF_TIME, MINUTE, NEVER, day_of
from projections.mirror.linking import codes, in_order_of_appearance, numbers, words_of
from projections.mirror.registers import barred_of, staff_of
from projections.mirror.relations import Names, Relations, Table
from projections.mirror.sheets import Sheets, earlier, items_of
from projections.mirror.stays import stays_of
from projections.mirror.words import Vocabulary
from projections.rules.evidence import Evidence

_LARGEST = 2**15 - 1
_SEXES = ("male", "female")
_CATEGORIES = ("worker", "cadre")
_IN_STAY = [1 + SETTINGS.index("inpatient"), 1 + SETTINGS.index("home_bed")]
_EVIDENCE = {"kind": EVIDENCE, "end": NONE, "stay": -1, "record": 0, "findings": 0, "provider": 0, "in_force": NONE}
"""What a row of evidence says in place of what the assessment's own row would."""


def assemble(
    facts: Relations, register: Evidence, vocabulary: Vocabulary, most: int
) -> Iterator[tuple[Rows, pa.StringArray]]:
    """The rows of everybody who is not odd, by the numbers of the vocabulary, and the ids of their acts: so many whole
    patients at once, in order of their ids, as have `most` acts, about.
    """
    made = _Assembly(facts, register, vocabulary)
    for patients in made.shares(most):
        yield made.rows(*patients)


class _Assembly:
    def __init__(self, facts: Relations, register: Evidence, vocabulary: Vocabulary) -> None:
        self._facts = facts
        self._vocabulary = vocabulary
        t, names = facts.tables, Names()
        self._therapist = names.of(t["SessionStarted"]["therapist"])
        physician = names.of(t["PrescriptionIssued"]["physician"])
        assessor = names.of(t["Assessors"]["practitioner"])
        self._names = names
        self._staff = staff_of(list(names.ids), register.practitioners)
        self._staff_place = np.append(vocabulary.practitioners.places(list(names.ids)), -1)
        self._barred = barred_of(list(facts.houses.ids), register.institutions)
        self._house_place = vocabulary.institutions.places(list(facts.houses.ids))
        self._sheets = Sheets(facts, vocabulary, self._staff, physician)
        self._assessed = Assessed(facts, names, self._staff, assessor)
        self._found = Found(facts, self._assessed.voided)
        self._charged = _there(t["AssessmentRecorded"]["item"])
        self._stop, self._rightly, self._signed = self._ended()
        self._voided = np.zeros(len(self._stop), bool)
        self._voided[facts.voiding_of[facts.voiding_of >= 0]] = True
        self._session_fee, self._session_fund = self._fees(facts.fee_of, len(self._stop))
        self._assessment_fee, self._assessment_fund = self._fees(facts.assessment_fee_of, len(self._charged))
        self._person = self._persons()
        self._given, self._given_ends = self._by_patient("SessionStarted")
        self._recorded, self._recorded_ends = self._by_patient("AssessmentRecorded")

    def shares(self, most: int) -> list[tuple[int, int]]:
        """All patients, share by share: from which on, and up to which. At least one."""
        ends, first = self._given_ends + self._recorded_ends, 0
        shares: list[tuple[int, int]] = []
        while not shares or first < len(ends):
            before = int(ends[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(ends, before + most, side="right")))
            shares.append((first, min(last, len(ends))))
            first = last
        return shares

    def _by_patient(self, name: str) -> tuple[Ints, Ints]:
        """The rows of a table that are of ordinary patients, by patient, and where those of each end."""
        patient, count = self._facts.patient[name], len(self._facts.ids)
        ordinary = np.flatnonzero(~self._facts.odd[patient]).astype(np.int32)
        rows = ordinary[np.argsort(patient[ordinary], kind="stable")]
        return rows, np.cumsum(np.bincount(patient[ordinary], minlength=count))

    def rows(self, first: int, last: int) -> tuple[Rows, pa.StringArray]:
        """Sessions, charged assessments and evidence of these patients, in the order of judging."""
        f, t = self._facts, self._facts.tables
        given, assessed = (
            rows[int(ends[first - 1]) if first else 0 : int(ends[last - 1]) if last else 0]
            for rows, ends in ((self._given, self._given_ends), (self._recorded, self._recorded_ends))
        )
        sessions, assessments = self._sessions(given), self._assessments(assessed)
        charged = np.flatnonzero(self._charged[assessed])
        used = np.zeros(len(f.patient["EpisodeOpened"]), bool)  # episodes of which there is an act
        used[sessions["episode"]] = True
        used[assessments["episode"][charged]] = True
        seen = np.flatnonzero(used[assessments["episode"]] & ~self._assessed.voided[assessed])
        evidence = {name: column[seen] for name, column in assessments.items()}
        evidence |= {name: np.full(len(seen), value) for name, value in _EVIDENCE.items()}
        parts = [sessions, {name: column[charged] for name, column in assessments.items()}, evidence]
        made = {name: np.concatenate([part[name] for part in parts]) for name in sessions}
        named = numbers(t["AssessmentRecorded"]["assessment"])
        acts = np.concatenate(
            [numbers(t["SessionStarted"]["session"])[given], *(named[assessed[k]] for k in (charged, seen))]
        )
        order = np.lexsort((made["position"], made["kind"] != EVIDENCE, made["at"], made["patient"]))
        made = {name: column[order] for name, column in made.items()}
        ids = self._number(made)
        columns = Columns(**{name: made[name].astype(DTYPES[name], copy=False) for name in (*PER_ROW, *PER_PATIENT)})
        found = _take(t["Acts"]["name"], acts[order])
        return Rows(columns, patients=ids, acts=(), **self._vocabulary.numbered()._asdict()), found

    def _number(self, made: dict[str, Ints]) -> tuple[str, ...]:
        """Episodes, stays and houses numbered within each patient, and patients; who they are."""
        f, opened = self._facts, self._facts.tables["EpisodeOpened"]
        day, onset = day_of(numbers(opened["at"])), numbers(opened["onset"])
        made["opened"] = day[made["episode"]]
        made["anchor"] = np.where(onset == NONE, day, onset)[made["episode"]]
        made["institution"] = self._house_place[made["house"]]
        patient = made["patient"]
        made["episode"] = in_order_of_appearance(patient, made["episode"])
        act = made["kind"] != EVIDENCE
        for name, where, otherwise in (("house", act, 0), ("stay", act & (made["stay"] >= 0), -1)):
            numbered = np.full(len(patient), otherwise, np.int64)
            numbered[where] = in_order_of_appearance(patient[where], made[name][where])
            made[name] = numbered
        people = np.unique(patient)
        made["patient"] = np.searchsorted(people, patient)
        made |= {name: column[people] for name, column in self._person.items()}
        return tuple(f.ids[k] for k in people.tolist())

    def _persons(self) -> dict[str, Ints]:
        """A value a patient."""
        opened, whose = self._facts.tables["PatientFileOpened"], self._facts.patient["PatientFileOpened"]
        count = len(self._facts.ids)
        person = {name: np.full(count, none) for name, none in (("born", NONE), ("sex", 0), ("category", 0))}
        person["born"][whose] = numbers(opened["born"])  # of several files the last
        person["sex"][whose] = _known(opened["sex"], _SEXES) + 1
        told = _known(opened["employment_category"], _CATEGORIES) + 1
        person["category"][whose[told > 0]] = told[told > 0]
        return person

    def _sessions(self, rows: Ints) -> dict[str, Ints]:
        f, sheets, staff = self._facts, self._sheets, self._staff
        started = _taken(f.tables["SessionStarted"], rows, "at", "position", "setting", "mode", "recorded_at")
        order, patient, house = (  # they are reckoned with from here on
            column[rows].astype(np.int64) for column in (f.order_of, f.patient["SessionStarted"], f.session_house)
        )
        at, position = numbers(started["at"]), numbers(started["position"])
        day, sheet, therapist = day_of(at), f.sheet_of[rows], self._therapist[rows]
        held = staff.at(therapist, day)
        stop, voided, signed = self._stop[rows], self._voided[rows], self._signed[rows]
        lasts = (stop != NEVER) & (stop > at)
        setting = _known(started["setting"], SETTINGS) + 1
        stay, outside = stays_of(f, f.stay_of_session[rows], patient, house, at, np.isin(setting, _IN_STAY))
        bits = sheets.bits[sheet] | _bits({
            "record.voided": voided,
            "record.stopped": ~lasts,
            "record.signed": ~self._rightly[rows],
            "record.prescription": sheets.fails(order, at, day),
            "record.times": earlier(order, at, position, ~voided) >= sheets.times[order],
            "record.therapist": ~staff.treats[held],
            "record.institution": self._barred.at(house, at),
            "record.stay": outside,
        })  # fmt: skip
        item, nothing = sheets.item[order], np.zeros(len(rows), np.int64)
        other = ~self._trainings()[item]
        in_force = np.full(len(rows), NONE, np.int64)
        in_force[other] = sheets.in_force(patient[other], day[other])
        episode = f.episode_of_sheet[sheet]
        return {
            "patient": patient, "kind": nothing + SESSION, "item": item, "at": at, "end": np.where(lasts, stop, NONE),
            "day": day, "episode": episode, "stay": stay, "house": house, "record": bits,
            "findings": self._found.at(episode, at), "treating": staff.treats[held].astype(np.int64),
            "scales": nothing, "results": nothing, "outcome": nothing, "serves": nothing - 1,
            "limbs": sheets.limbs[order], "group": _known(started["mode"], ("group",)) + 1,
            "provider": staff.provider[held], "in_force": in_force, "fee": self._session_fee[rows],
            "fund": self._session_fund[rows], "position": position, "staff": self._staff_place[therapist],
            "setting": setting, "recorded": _recorded(started), "signed": np.where(signed == NEVER, NONE, signed),
        }  # fmt: skip

    def _assessments(self, rows: Ints) -> dict[str, Ints]:
        f, assessed = self._facts, self._assessed
        table = _taken(f.tables["AssessmentRecorded"], rows, "at", "position", "item", "outcome", "serves", "scales",
                       "results", "recorded_at")  # fmt: skip
        at, patient, house = numbers(table["at"]), f.patient["AssessmentRecorded"][rows], f.assessment_house[rows]
        day, episode, charged = assessed.day[rows], f.episode_of_assessment[rows], self._charged[rows]
        nothing = np.zeros(len(rows), np.int64)
        stay, outside = stays_of(f, f.stay_of_assessment[rows], patient, house, at, nothing > 0)
        bits = _bits({
            "record.voided": assessed.voided[rows],
            "record.signed": assessed.first[rows] < 0,
            "record.therapist": ~assessed.all_treat[rows],
            "record.institution": self._barred.at(house, at),
            "record.stay": outside,
        })  # fmt: skip
        in_force = np.full(len(rows), NONE, np.int64)
        in_force[charged] = self._sheets.in_force(patient[charged], day[charged])
        item, signed = items_of(self._vocabulary, table["item"]), assessed.signed[rows]
        if not charged.all():
            item[~charged] = self._vocabulary.items[""]
        counts = {name: np.minimum(numbers(table[name]), _LARGEST) for name in ("scales", "results")}
        return {
            "patient": patient, "kind": nothing + ASSESSMENT, "item": item, "at": at,
            "end": np.where(at > END_OF_TIME - MINUTE, at, at + MINUTE), "day": day, "episode": episode,
            "stay": stay, "house": house, "record": bits, "findings": self._found.at(episode, at),
            "treating": np.minimum(assessed.treating[rows], _LARGEST), **counts,
            "outcome": _known(table["outcome"], OUTCOMES) + 1,
            "serves": items_of(self._vocabulary, table["serves"]), "limbs": nothing, "group": nothing,
            "provider": assessed.provider[rows], "in_force": in_force,
            "fee": self._assessment_fee[rows], "fund": self._assessment_fund[rows],
            "position": numbers(table["position"]), "staff": self._staff_place[assessed.first[rows]],
            "setting": nothing, "recorded": _recorded(table),
            "signed": np.where(signed == NEVER, NONE, signed),
        }  # fmt: skip

    def _ended(self) -> tuple[Ints, Ints, Ints]:
        """Of each session: its stop (`NEVER`), whether one signature is its therapist's and not before the stop, and
        the first of them.
        """
        f, signed = self._facts, self._facts.tables["SessionSigned"]
        stop = np.full(len(f.sheet_of), NEVER, np.int64)
        known = f.stop_of >= 0
        stop[f.stop_of[known]] = numbers(f.tables["SessionStopped"]["at"])[known]
        rightly, first = np.zeros(len(stop), bool), np.full(len(stop), NEVER, np.int64)
        signer = among(self._names, signed["practitioner"])
        own = np.flatnonzero((f.signature_of >= 0) & (signer == np.append(self._therapist, -2)[f.signature_of]))
        session, at = f.signature_of[own], numbers(signed["at"])[own]
        np.minimum.at(first, session, at)
        rightly[session[(stop[session] == NEVER) | (at >= stop[session])]] = True
        return stop, rightly, first

    def _fees(self, rows: Ints, count: int) -> tuple[Ints, Ints]:
        """Of each row the fee confirmed last (by `at`, of several at once the one written last), and the fund's share
        as the same line states it.
        """
        table = self._facts.tables["FeeConfirmed"]
        at, fee, fund = numbers(table["at"]), np.full(count, NONE, np.int64), np.full(count, NONE, np.int64)
        order = np.flatnonzero(rows >= 0)
        if bool((np.diff(at[order]) < 0).any()):
            order = order[np.argsort(at[order], kind="stable")]
        fee[rows[order]] = numbers(table["amount_fen"])[order]
        fund[rows[order]] = numbers(table["fund_fen"], NONE)[order]
        return fee, fund

    def _trainings(self) -> Ints:
        """Whether each item of the vocabulary is a training of the catalogue."""
        known = (ITEMS.get(item) for item in self._vocabulary.items)
        return np.array([item is not None and item.kind == "training" for item in known], bool)


def _bits(failing: dict[str, Ints]) -> Ints:
    """The clauses of the record that fail, together."""
    bits: Ints = np.zeros(1, np.int64)
    for clause, fails in failing.items():
        bits = bits | fails * RECORD_BIT[clause]
    return bits


def _known(column: pa.DictionaryArray, words: Sequence[str]) -> Ints:
    """The place of each word in a list, -1 for null and for what is not in it."""
    places = {word: k for k, word in enumerate(words)}
    return np.array([*(places.get(word, -1) for word in words_of(column)), -1], np.int64)[codes(column)]


def _recorded(table: Table) -> Ints:
    return numbers(pc.coalesce(table["recorded_at"], table["at"]))


def _there(column: pa.Array) -> Ints:
    return numbers_in(column.is_valid())


def _taken(table: Table, rows: Ints, *names: str) -> Table:
    return {name: _take(table[name], rows) for name in names}


def _take(column: pa.Array, rows: Ints) -> pa.Array:
    return column.take(of_numbers(rows))
