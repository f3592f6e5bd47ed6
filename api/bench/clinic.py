"""An invented clinic's log of any length, written straight into a ledger: what proofs are measured over.

Twenty treatments at a time, four or five entries each, so that the entries of one patient lie far apart, as in a real
log. One patient has exactly a thousand entries, over the whole of it, and every session of theirs bears the
therapist's signature; so does every tenth of the others'. Nobody in it exists.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.dcb.api import DCBEvent

from ledger.application.mapper import entry_event
from ledger.journal import spell
from ledger.store.entry import format_time
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment import facts as f
from ledger.treatment.statements import ChainEnd, digest, following, pack, says_session, spoken
from ledger.treatment.values import Diagnosis, Order

SUBJECT = "P0"
SUBJECT_ENTRIES = 1_000
LEAST = 30 * SUBJECT_ENTRIES
"""Entries of the shortest log that has room for the patient."""

AT_A_TIME = 20
THERAPISTS = 40
START = datetime(2021, 1, 4, 8, tzinfo=timezone(timedelta(hours=8)))

_SLOT = timedelta(minutes=5)
_SUBJECT_SESSIONS = 242  # 29 of five entries and 213 of four, behind three that open the patient's record: 1,000
_ENTRIES_A_PATIENT = 450
_ENTRIES_A_SLOT = 4 * AT_A_TIME + AT_A_TIME // 5 + 1  # at most: every fifth session has a fifth
_PAGE = 20_000
_SIGNED_OF_OTHERS = 10

Made = tuple[f.Fact, list[str]]


def fill(recorder: SQLiteDCBRecorder, entries: int) -> None:
    """Append the log's first `entries` entries to an empty one; at least `LEAST`."""
    if entries < LEAST:
        raise ValueError(f"a log of {entries} entries has no room for a patient of {SUBJECT_ENTRIES}")
    made = islice(Clinic(entries).entries(), entries)
    while page := list(islice(made, _PAGE)):
        recorder.append(page)


class _Therapist(NamedTuple):
    name: str
    key_id: str
    key: Ed25519PrivateKey


class Clinic:
    """The clinic whose log of so many entries holds the patient's thousand, spread evenly."""

    def __init__(self, entries: int) -> None:
        self._patients = max(2, entries // _ENTRIES_A_PATIENT)
        opening = 2 + 2 * (THERAPISTS + 1) + THERAPISTS + 3 * self._patients
        self._slots = (entries - opening) // _ENTRIES_A_SLOT
        self._heads: dict[str, ChainEnd] = {}
        self._therapists = [
            _Therapist(f"T{n}", f"K{n}", Ed25519PrivateKey.from_private_bytes(sha256(b"invented %d" % n).digest()))
            for n in range(THERAPISTS)
        ]

    def entries(self) -> Iterator[DCBEvent]:
        """Entry after entry, without end."""
        for at, (fact, tags) in self._facts():
            yield _event(at, fact, tags)

    def more(self, size: int, count: int) -> list[DCBEvent]:
        """`count` entries of sessions that a log of `size` entries does not hold yet, none of them the patient's."""
        at = START + size // AT_A_TIME * _SLOT  # after all of the log, and not in the future
        made = (made for n in range(count) for made in self._slot(size + n, at, more=True))
        return [_event(at, fact, tags) for fact, tags in islice(made, count)]

    def _facts(self) -> Iterator[tuple[datetime, Made]]:
        for made in self._opening():
            yield START, made
        slot = 0
        while True:
            at = START + slot * _SLOT
            for made in self._slot(slot, at):
                yield at + timedelta(minutes=31), made
            slot += 1

    def _opening(self) -> Iterator[Made]:
        """The institution, its staff with their keys, and every patient's file, episode and sheet."""
        house = ["institution:H1", "registry:institution:H1"]
        yield f.InstitutionRegistered(at=START, institution="H1", name="虚构医院 (invented)", level=3, kind="general",
                                      departments=["rehabilitation"]), house  # fmt: skip
        yield (
            f.InstitutionQualified(at=START, institution="H1", scope="rehabilitation", valid_from=date(2020, 1, 1)),
            house,
        )
        for name in ["DR1", *(therapist.name for therapist in self._therapists)]:
            tags = [f"practitioner:{name}", f"registry:practitioner:{name}"]
            yield f.PractitionerRegistered(
                at=START, practitioner=name, name=f"虚构 {name} (invented)", institution="H1",
                profession="physician" if name == "DR1" else "therapist",
            ), [*tags, "institution:H1"]  # fmt: skip
            yield f.PractitionerQualified(at=START, practitioner=name, scope="rehabilitation",
                                          valid_from=date(2020, 1, 1)), tags  # fmt: skip
        for name, key_id, key in self._therapists:
            yield f.SigningKeyEnrolled(at=START, practitioner=name, key_id=key_id, algorithm="ed25519",
                                       public_key=key.public_key().public_bytes_raw().hex()), [
                f"key:{key_id}", f"practitioner:{name}", f"registry:practitioner:{name}"]  # fmt: skip
        for number in range(self._patients):
            yield from self._patient(number)

    def _patient(self, number: int) -> Iterator[Made]:
        patient = f"P{number}"
        tags = [f"patient:{patient}", "institution:H1"]
        yield f.PatientFileOpened(at=START, patient=patient, sex="female", born=date(1950, 1, 1), institution="H1",
                                  file_no=f"M{number}"), tags  # fmt: skip
        yield f.EpisodeOpened(at=START, episode=f"E{number}", patient=patient, institution="H1",
                              diagnosis=Diagnosis(code="I63.9")), [*tags, f"episode:E{number}"]  # fmt: skip
        yield self._sheet(number), [*tags, f"episode:E{number}", f"prescription:R{number}", "practitioner:DR1"]

    @staticmethod
    def _sheet(number: int) -> f.PrescriptionIssued:
        return f.PrescriptionIssued(
            at=START, prescription=f"R{number}", patient=f"P{number}", episode=f"E{number}", institution="H1",
            physician="DR1",
            orders=[Order(order="1", item="exercise-therapy", site="左下肢", method="渐进抗阻", minutes=30, times=400)],
        )  # fmt: skip

    def _slot(self, slot: int, at: datetime, *, more: bool = False) -> Iterator[Made]:
        """Twenty sessions side by side: all starts, all stops, and so on."""
        turn = -(-slot * _SUBJECT_SESSIONS // self._slots)
        hers = not more and turn < _SUBJECT_SESSIONS and turn * self._slots // _SUBJECT_SESSIONS == slot
        others = [1 + (slot * AT_A_TIME + lane) % (self._patients - 1) for lane in range(AT_A_TIME)]
        sessions = [
            list(self._session(f"S{slot}-{lane}", number, slot * AT_A_TIME + lane, at, turn, signed=not more))
            for lane, number in enumerate([0, *others[1:]] if hers else others)
        ]
        for step in range(5):
            for session in sessions:
                yield from session[step : step + 1]

    def _session(self, name: str, number: int, count: int, at: datetime, turn: int, *, signed: bool) -> Iterator[Made]:
        patient = f"P{number}"
        # One patient meets a handful of therapists, not all of them.
        therapist = self._therapists[(number * 7 + count // AT_A_TIME % 5) % THERAPISTS]
        tags = [f"session:{name}", f"patient:{patient}", "institution:H1", f"practitioner:{therapist.name}"]
        started = f.SessionStarted(
            at=at, session=name, patient=patient, prescription=f"R{number}", order="1", therapist=therapist.name,
            institution="H1", setting="outpatient",
        )  # fmt: skip
        stopped = f.SessionStopped(at=at + timedelta(minutes=30), session=name, effect="耐受良好，肌力稍有改善")
        signature = "signed on paper"
        if signed and (number == 0 or count % _SIGNED_OF_OTHERS == 0):
            signature = self._sign(therapist, started, stopped, number)
        yield started, [*tags, f"prescription:R{number}"]
        yield stopped, tags
        yield f.SessionSigned(at=at + timedelta(minutes=31), session=name, practitioner=therapist.name,
                              signature=signature), tags  # fmt: skip
        yield f.FeeConfirmed(at=at + timedelta(minutes=31), act=name, amount_fen=8000, fund_fen=6000), tags
        if (turn % 8 == 0 and turn < 232) if number == 0 else count % 5 == 0:
            yield f.StageSummaryWritten(
                at=at + timedelta(minutes=31), patient=patient, episode=f"E{number}", practitioner=therapist.name,
                text="继续目前的训练",
            ), [f"patient:{patient}", f"episode:E{number}", f"practitioner:{therapist.name}"]  # fmt: skip

    def _sign(self, by: _Therapist, started: f.SessionStarted, stopped: f.SessionStopped, number: int) -> str:
        """The therapist's statement, next in the chain of their key."""
        says = says_session(spoken(started), spoken(stopped), msgspec.to_builtins(self._sheet(number).orders[0]))
        head = self._heads.get(by.key_id, ChainEnd())
        statement = following(head, "session", says, signer=by.name, key_id=by.key_id)
        self._heads[by.key_id] = ChainEnd(head.counter + 1, digest(statement))
        return pack(statement, by.key.sign(statement))


def _event(at: datetime, fact: f.Fact, tags: list[str]) -> DCBEvent:
    return entry_event(fact.ENTRY_TYPE, format_time(at), sorted(tags), spell(fact))
