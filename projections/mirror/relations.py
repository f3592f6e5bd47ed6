"""Facts as columns, looked up among each other: what belongs to whom, and who is odd.

*Ordinary* is who has nothing to do with anybody else: their sheets stand in their own episodes, their sessions on their
own sheets, every name is known and opened once, no stay of theirs lies in another. Corrections are made already.
Everybody else is *odd*, and is judged by nobody's shortcuts: `replaying` leaves them to `tabulate`.
"""

import numpy as np
import pyarrow as pa

from projections.mirror.arrays import numbers_in
from projections.mirror.columns import Ints
from projections.mirror.instants import NEVER
from projections.mirror.linking import alike, codes, link, linked, numbers, places, words_of
from projections.mirror.shapes import ACTS

Table = dict[str, pa.Array]


class Relations:
    """Tables of facts, and of each of their rows which row of another table it is about (-1: none that is known).

    `ids`: everybody whom a fact names, sorted; `patient`: of the tables that name one, the patient of each row;
    `odd`: a value a patient.
    """

    def __init__(self, tables: dict[str, Table]) -> None:
        self.tables = tables
        self.ids, self.patient = _people(tables)
        self.odd = np.zeros(len(self.ids), bool)
        self._link()
        self._find_odd()

    # --- names ------------------------------------------------------------------------------------------

    def _link(self) -> None:
        t = self.tables
        started, assessed = t["SessionStarted"], t["AssessmentRecorded"]
        acts = {name: numbers(t[name][column]) for name, column in ACTS.items()}
        sessions = linked(
            acts["SessionStarted"], acts["SessionStopped"], acts["SessionSigned"], acts["SessionVoided"],
            acts["FeeConfirmed"], acts["AssessmentRecorded"],
        )  # fmt: skip
        self.stop_of, self.signature_of, self.voiding_of, self.fee_of = map(places, sessions.rows[:4])
        both = sessions.rows[4]
        assessments = linked(
            acts["AssessmentRecorded"], acts["AssessmentSigned"], acts["AssessmentVoided"],
            acts["FeeConfirmed"][self.fee_of < 0],
        )  # fmt: skip
        self.assessment_signed, self.assessment_voided, fees = assessments.rows
        self.assessment_fee_of = np.full(len(self.fee_of), -1, np.int32)
        self.assessment_fee_of[self.fee_of < 0] = fees
        sheets = link(
            t["PrescriptionIssued"]["prescription"], started["prescription"], t["PrescriptionStopped"]["prescription"]
        )
        self.sheet_of, self.stopped_sheet = sheets.rows
        episodes = link(
            t["EpisodeOpened"]["episode"], t["PrescriptionIssued"]["episode"], assessed["episode"],
            t["FindingsRecorded"]["episode"],
        )  # fmt: skip
        self.episode_of_sheet, self.episode_of_assessment, self.episode_of_finding = episodes.rows
        stays = link(t["PatientAdmitted"]["stay"], started["stay"], assessed["stay"], t["PatientDischarged"]["stay"])
        self.stay_of_session, self.stay_of_assessment, self.discharged = stays.rows
        self._link_orders()
        p = self.patient
        self._mark(p["SessionStarted"][sessions.twice])
        self._mark(p["AssessmentRecorded"][assessments.twice])
        self._mark(p["PrescriptionIssued"][sheets.twice])
        self._mark(p["EpisodeOpened"][episodes.twice])
        self._mark(p["PatientAdmitted"][stays.twice])
        same = np.flatnonzero(both >= 0)
        self._mark(p["AssessmentRecorded"][same])
        self._mark(p["SessionStarted"][both[same]])

    def _link_orders(self) -> None:
        """Orders are named by their sheet and their number on it."""
        sheets, started, stopped = (
            self.tables[name] for name in ("PrescriptionIssued", "SessionStarted", "PrescriptionStopped")
        )
        counts = numbers(sheets["orders"])
        self.sheet_of_order = np.repeat(np.arange(len(counts)), counts)
        own, asked, halted = alike(self.tables["Orders"]["order"], started["order"], stopped["order"])
        spread = 1 + max((int(part.max()) for part in (own, asked, halted) if len(part)), default=0)
        keys = self.sheet_of_order * spread + own
        place = np.argsort(keys, kind="stable")
        ordered = keys[place]
        again = np.flatnonzero(ordered[1:] == ordered[:-1])
        self._mark(self.patient["PrescriptionIssued"][self.sheet_of_order[place[again]]])
        self.order_of = find(ordered, place, np.where(self.sheet_of < 0, -1, self.sheet_of * spread + asked))
        known = self.stopped_sheet >= 0
        self.stopped_order = find(
            ordered, place, np.where(known & (halted >= 0), self.stopped_sheet * spread + halted, -1)
        )
        self.stopped_whole = known & (halted < 0)

    # --- who is odd -------------------------------------------------------------------------------------

    def _mark(self, patients: Ints) -> None:
        self.odd[patients] = True

    def _mark_pairs(self, one: Ints, other: Ints, owners: Ints, needed: Ints | bool = True) -> None:
        """Odd: who names what is another's, and the other; and who names what nobody opens, where it is `needed`."""
        unknown = other < 0
        self._mark(one[unknown & needed])
        there = np.flatnonzero(~unknown)
        if len(there):
            theirs, owner = one[there], owners[other[there]]
            differ = theirs != owner
            self._mark(theirs[differ])
            self._mark(owner[differ])

    def _find_odd(self) -> None:
        p, t = self.patient, self.tables
        self._mark_pairs(p["SessionStarted"], self.sheet_of, p["PrescriptionIssued"])
        self._mark(p["SessionStarted"][self.order_of < 0])
        owners = p["EpisodeOpened"]
        self._mark_pairs(p["PrescriptionIssued"], self.episode_of_sheet, owners)
        self._mark_pairs(p["AssessmentRecorded"], self.episode_of_assessment, owners)
        self._mark_pairs(p["FindingsRecorded"], self.episode_of_finding, owners)
        names = numbers_in(t["SessionStarted"]["stay"].is_valid())
        self._mark_pairs(p["SessionStarted"], self.stay_of_session, p["PatientAdmitted"], names)
        names = numbers_in(t["AssessmentRecorded"]["stay"].is_valid())
        self._mark_pairs(p["AssessmentRecorded"], self.stay_of_assessment, p["PatientAdmitted"], names)
        self._mark_pairs(p["PatientDischarged"], self.discharged, p["PatientAdmitted"])
        for rows, owner in ((self.stop_of, p["SessionStarted"]), (self.discharged, p["PatientAdmitted"])):
            known = rows[rows >= 0]
            times = np.bincount(known, minlength=len(owner))
            self._mark(owner[times > 1])
        self._order_stays()

    def _order_stays(self) -> None:
        """Stays of a patient at an institution that lie one behind the other are looked up; others are odd."""
        admitted = self.tables["PatientAdmitted"]
        self.stay_begin = numbers(admitted["at"])
        self.stay_end = np.full(len(self.stay_begin), NEVER, np.int64)
        known = self.discharged >= 0
        self.stay_end[self.discharged[known]] = numbers(self.tables["PatientDischarged"]["at"])[known]
        patient = self.patient["PatientAdmitted"]
        self.houses = Names()
        house = self.houses.of(admitted["institution"])
        self.session_house = self.houses.of(self.tables["SessionStarted"]["institution"])
        self.assessment_house = self.houses.of(self.tables["AssessmentRecorded"]["institution"])
        self.stay_order = np.lexsort((self.stay_begin, house, patient))
        o = self.stay_order
        same = (patient[o[1:]] == patient[o[:-1]]) & (house[o[1:]] == house[o[:-1]])
        behind = self.stay_begin[o[1:]] > self.stay_end[o[:-1]]
        self._mark(patient[o[1:]][same & ~behind])
        self.house_spread = max(1, len(self.houses.ids))
        self.stay_key = patient[o] * self.house_spread + house[o]

    # --- what belongs to whom ---------------------------------------------------------------------------

    def forget(self) -> None:
        """Let go of what is looked up by now, and of half the room of each number of a row: of two thirds together.
        `positions_of` is not asked any more.
        """
        for name, gone in _LOOKED_UP.items():
            for column in gone:
                del self.tables[name][column]
        self.patient["SessionStarted"] = places(self.patient["SessionStarted"])
        self.sheet_of, self.order_of, self.session_house, self.stay_of_session = map(
            places, (self.sheet_of, self.order_of, self.session_house, self.stay_of_session)
        )
        pa.default_memory_pool().release_unused()

    def positions_of(self, patients: Ints) -> Ints:
        """The positions of all entries of these patients (a value each), and of those that belong to nobody known."""
        p = self.patient
        theirs = {
            **p,
            "SessionStopped": via(self.stop_of, p["SessionStarted"]),
            "SessionSigned": via(self.signature_of, p["SessionStarted"]),
            "SessionVoided": via(self.voiding_of, p["SessionStarted"]),
            "AssessmentSigned": via(self.assessment_signed, p["AssessmentRecorded"]),
            "AssessmentVoided": via(self.assessment_voided, p["AssessmentRecorded"]),
            "PrescriptionStopped": via(self.stopped_sheet, p["PrescriptionIssued"]),
            "FeeConfirmed": np.where(
                self.fee_of >= 0,
                via(self.fee_of, p["SessionStarted"]),
                via(self.assessment_fee_of, p["AssessmentRecorded"]),
            ),
        }
        wanted = np.append(patients, True)  # -1: of nobody
        return np.sort(
            np.concatenate([numbers(self.tables[name]["position"])[wanted[whose]] for name, whose in theirs.items()])
        )


_LOOKED_UP = {
    "SessionStarted": ("patient", "prescription", "order", "institution", "stay"),
    "SessionStopped": ("position", "session"),
    "SessionSigned": ("position", "session"),
    "FeeConfirmed": ("position", "act"),
}
"""Columns of the long tables that nobody asks for who has the relations."""


class Names:
    """Words of several columns, numbered alike."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}

    def of(self, column: pa.DictionaryArray) -> Ints:
        """The column by these numbers; null is -1."""
        places = np.fromiter(
            (self.ids.setdefault(word, len(self.ids)) for word in words_of(column)), np.int64, len(column.dictionary)
        )
        return np.append(places, -1)[codes(column)]


def _people(tables: dict[str, Table]) -> tuple[list[str], dict[str, Ints]]:
    """Everybody named, sorted, and of each table with patients the patient of each row."""
    named = {name: table["patient"] for name, table in tables.items() if "patient" in table}
    words = {
        name: (words_of(column), codes(column))
        for name, column in (
            (n, c if pa.types.is_dictionary(c.type) else c.dictionary_encode()) for n, c in named.items()
        )
    }
    ids = sorted({word for known, _ in words.values() for word in known})
    number = {patient: k for k, patient in enumerate(ids)}
    return ids, {
        name: np.fromiter((number[word] for word in known), np.int64, len(known))[coded]
        for name, (known, coded) in words.items()
    }


def find(ordered: Ints, place: Ints, keys: Ints) -> Ints:
    """The place of each key in a sorted list of keys; -1 where it is not there."""
    if not len(ordered):
        return np.full(len(keys), -1, np.int64)
    found = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    return np.where(ordered[found] == keys, place[found], -1)


def via(rows: Ints, patients: Ints) -> Ints:
    """The patient of the row that each names, -1 where it names none."""
    return np.append(patients, -1)[rows]
