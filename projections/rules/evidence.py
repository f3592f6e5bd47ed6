"""Everything the facts say that judging looks up, read once and then left alone.

One pass over the facts, in whatever order their lines stand, and one over the acts. What is here knows no rulebook
and no reading: the same evidence serves every profile. Facts are taken as they are: corrected and cut already.

Source: spec/rules.md, "The order of judging".
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

import msgspec

from ledger.treatment.facts import (
    AssessmentRecorded,
    AssessmentSigned,
    AssessmentVoided,
    EpisodeOpened,
    Fact,
    FeeConfirmed,
    FindingsRecorded,
    InstitutionQualified,
    InstitutionRegistered,
    InstitutionReinstated,
    InstitutionSuspended,
    PatientAdmitted,
    PatientDischarged,
    PatientFileOpened,
    PractitionerQualified,
    PractitionerRegistered,
    PrescriptionIssued,
    PrescriptionStopped,
    SessionSigned,
    SessionStarted,
    SessionStopped,
    SessionVoided,
)
from ledger.treatment.values import Findings, at_home
from projections.rules.acts import Act, Order, Person, Sheet, Stay
from projections.rules.episode import DeclaredEpisode
from projections.rules.joining import join
from projections.rules.register import Institution, Practitioner


class Evidence:
    """The facts of a journal, looked up by what judging asks for. `acts` are in the order of judging."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.practitioners: dict[str, Practitioner] = {}
        self.institutions: dict[str, Institution] = {}
        self.persons: dict[str, Person] = {}
        self.episodes: dict[str, DeclaredEpisode] = {}
        self.stays: dict[str, Stay] = {}
        self.orders: dict[str, dict[str, Order]] = {}
        self.fees: dict[str, FeeConfirmed] = {}
        self.acts: list[Act] = []
        self._acts_of: dict[str, list[Act]] | None = None
        self._episodes_of: dict[str, list[DeclaredEpisode]] | None = None
        self._read(facts)

    def acts_of(self, patient: str) -> list[Act]:
        """The patient's acts in the order of judging."""
        if self._acts_of is None:
            self._acts_of = {}
            for act in self.acts:
                self._acts_of.setdefault(act.patient, []).append(act)
        return self._acts_of.get(patient, [])

    def episodes_of(self, patient: str) -> list[DeclaredEpisode]:
        """The patient's declared episodes, in no order that means anything."""
        if self._episodes_of is None:
            self._episodes_of = {}
            for episode in self.episodes.values():
                self._episodes_of.setdefault(episode.patient, []).append(episode)
        return self._episodes_of.get(patient, [])

    def fee_of(self, act: str) -> int | None:
        """The fee in fen as confirmed last; None where none was confirmed."""
        fee = self.fees.get(act)
        return fee.amount_fen if fee else None

    def fund_of(self, act: str) -> int | None:
        """What the fund pays of that fee, in fen; None where the line that confirms it does not say."""
        fee = self.fees.get(act)
        return fee.fund_fen if fee else None

    @staticmethod
    def values_of(findings: Findings | None) -> dict[str, bool | str]:
        """The findings that a line records, by name; those it leaves out are not in it."""
        return dict(msgspec.to_builtins(findings)) if findings is not None else {}

    # --- first pass: every line by itself ---------------------------------------------------------------

    def _read(self, facts: Iterable[Fact]) -> None:
        done: list[tuple[int, SessionStarted | AssessmentRecorded]] = []
        stops: dict[str, datetime] = {}
        signed: dict[str, list[SessionSigned]] = {}
        assessed: dict[str, list[AssessmentSigned]] = {}
        voided: set[tuple[str, str]] = set()
        ended: list[PatientDischarged] = []
        halted: list[PrescriptionStopped] = []
        take: dict[type[Fact], Callable[[int, Any], None]] = {
            InstitutionRegistered: self._institution_registered,
            InstitutionQualified: self._institution_qualified,
            InstitutionSuspended: self._institution_suspended,
            InstitutionReinstated: self._institution_reinstated,
            PractitionerRegistered: self._practitioner_registered,
            PractitionerQualified: self._practitioner_qualified,
            PatientFileOpened: self._patient_file_opened,
            PatientAdmitted: self._patient_admitted,
            EpisodeOpened: self._episode_opened,
            FindingsRecorded: self._findings_recorded,
            PrescriptionIssued: self._prescription_issued,
            FeeConfirmed: self._fee_confirmed,
        }
        for place, fact in enumerate(facts):
            kind = type(fact)
            if kind is SessionStarted or kind is AssessmentRecorded:
                done.append((place, fact))  # type: ignore[arg-type]
            elif isinstance(fact, SessionStopped):
                stops[fact.session] = fact.at
            elif isinstance(fact, SessionSigned):
                signed.setdefault(fact.session, []).append(fact)
            elif isinstance(fact, AssessmentSigned):
                assessed.setdefault(fact.assessment, []).append(fact)
            elif isinstance(fact, SessionVoided):
                voided.add(("session", fact.session))
            elif isinstance(fact, AssessmentVoided):
                voided.add(("assessment", fact.assessment))
            elif isinstance(fact, PatientDischarged):
                ended.append(fact)
            elif isinstance(fact, PrescriptionStopped):
                halted.append(fact)
            elif kind in take:
                take[kind](place, fact)
        for discharge in ended:
            if discharge.stay in self.stays:
                self.stays[discharge.stay].end = discharge.at
        for halt in halted:
            self._prescription_stopped(halt)
        self.acts = join(self, done, stops, signed, assessed, voided)
        for episode in self.episodes.values():
            episode.events.sort(key=itemgetter(0, 1))
        for person in self.persons.values():
            person.orders.sort(key=attrgetter("sheet.issued"))

    # --- what an id stands for; an id that no line introduces stands for something without qualities ------

    def institution(self, id: str) -> Institution:
        known = self.institutions.get(id)
        if known is None:
            known = self.institutions[id] = Institution(id)
        return known

    def practitioner(self, id: str) -> Practitioner:
        known = self.practitioners.get(id)
        if known is None:
            known = self.practitioners[id] = Practitioner(id)
        return known

    def person(self, id: str) -> Person:
        known = self.persons.get(id)
        if known is None:
            known = self.persons[id] = Person(id)
        return known

    def episode(self, id: str) -> DeclaredEpisode:
        known = self.episodes.get(id)
        if known is None:
            known = self.episodes[id] = DeclaredEpisode(id)
        return known

    def _institution_registered(self, place: int, fact: InstitutionRegistered) -> None:
        institution = self.institution(fact.institution)
        institution.level = fact.level
        institution.kind = fact.kind
        institution.departments = tuple(fact.departments)

    def _institution_qualified(self, place: int, fact: InstitutionQualified) -> None:
        self.institution(fact.institution).qualified.append((fact.scope, fact.valid_from, fact.valid_until))

    def _institution_suspended(self, place: int, fact: InstitutionSuspended) -> None:
        self.institution(fact.institution).suspended.append(((fact.at, place), fact.from_, fact.until))

    def _institution_reinstated(self, place: int, fact: InstitutionReinstated) -> None:
        self.institution(fact.institution).reinstated.append((fact.at, place))

    def _practitioner_registered(self, place: int, fact: PractitionerRegistered) -> None:
        self.practitioner(fact.practitioner).profession = fact.profession

    def _practitioner_qualified(self, place: int, fact: PractitionerQualified) -> None:
        self.practitioner(fact.practitioner).scopes.append((fact.scope, fact.valid_from, fact.valid_until))

    def _patient_file_opened(self, place: int, fact: PatientFileOpened) -> None:
        person = self.person(fact.patient)
        person.sex = fact.sex
        person.born = fact.born
        person.category = fact.employment_category or person.category

    def _patient_admitted(self, place: int, fact: PatientAdmitted) -> None:
        stay = self.stays[fact.stay] = Stay(fact.stay, fact.patient, fact.institution, fact.at)
        self.person(fact.patient).stays.append(stay)

    def _episode_opened(self, place: int, fact: EpisodeOpened) -> None:
        episode = self.episode(fact.episode)
        episode.patient = fact.patient
        episode.institution = fact.institution
        episode.opened = fact.at
        episode.anchor = fact.onset or at_home(fact.at).date()
        if fact.findings is not None:
            episode.events.append((fact.at, place, self.values_of(fact.findings), None))

    def _findings_recorded(self, place: int, fact: FindingsRecorded) -> None:
        self.episode(fact.episode).events.append((fact.at, place, self.values_of(fact.findings), None))

    def _prescription_issued(self, place: int, fact: PrescriptionIssued) -> None:
        physician = self.practitioner(fact.physician)
        sheet = Sheet(fact.prescription, fact.patient, fact.episode, physician, at_home(fact.at), fact.valid_until)
        orders = self.orders[fact.prescription] = {
            line.order: Order(sheet, line.item, line.times, line.site) for line in fact.orders
        }
        self.person(fact.patient).orders.extend(orders.values())

    def _prescription_stopped(self, fact: PrescriptionStopped) -> None:
        orders = self.orders.get(fact.prescription, {})
        for number, order in orders.items():
            if fact.order in (None, number):
                order.stop(fact.at)

    def _fee_confirmed(self, place: int, fact: FeeConfirmed) -> None:
        take_fee(self.fees, fact)


def take_fee(fees: dict[str, FeeConfirmed], fact: FeeConfirmed) -> None:
    """Keep of each act the fee confirmed last: by `at`, of several at once the one that is written last."""
    before = fees.get(fact.act)
    if before is None or fact.at >= before.at:
        fees[fact.act] = fact
