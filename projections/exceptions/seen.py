"""Everything the exceptions look at, read once: acts as the rules see them, and beside them what was written.

Built on `rules.evidence.Evidence`, and on `rules.record.Record` for what the clauses of the record answer: an
exception and a decision never disagree on whether a session was signed, ordered or within its stay. Facts are taken as
they stand (`history.effective`): corrected and cut already. What was voided was not performed, and is not looked at.

The order of lines means nothing here, not even where two acts have the same `at`: everything is sorted by instant and
id.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from itertools import repeat
from operator import attrgetter

from ledger.treatment.facts import (
    AssessmentRecorded,
    AssessmentSigned,
    AssessmentVoided,
    EpisodeClosed,
    EpisodeOpened,
    Fact,
    PatientAdmitted,
    PatientDischarged,
    PractitionerDeparted,
    PrescriptionIssued,
    SessionSigned,
    SessionStarted,
    SessionStopped,
)
from ledger.treatment.values import at_home
from projections.exceptions.performed import UNKNOWN, Entry, Line, Performed, Signature
from projections.exceptions.runs import grouped
from projections.rules.decision import Finding
from projections.rules.evidence import Evidence
from projections.rules.record import RECORD, Record

_WORDLESS = dict.fromkeys(RECORD, "")  # the words are cited by the exceptions


class Seen:
    """The index. All lists of acts are in order of (at, id)."""

    def __init__(self, facts: Sequence[Fact], entries: Sequence[Entry] | None = None) -> None:
        """`entries`: what is known of each of the facts besides; left out where nothing is."""
        if entries is not None and len(entries) != len(facts):
            raise ValueError(f"{len(entries)} entries for {len(facts)} facts, expected one for each")
        self.evidence = Evidence(facts)
        self.departures: dict[tuple[str, str], datetime] = {}  # practitioner, institution → first departure
        self.closings: dict[str, datetime] = {}  # episode → closed
        self.discharges: dict[str, datetime] = {}  # stay → discharge
        self.episodes: list[EpisodeOpened] = []
        self.admissions: list[PatientAdmitted] = []
        self.sheets: dict[str, PrescriptionIssued] = {}
        self.assessments: list[AssessmentRecorded] = []  # performed, charged or not
        self.signatures: list[Signature] = []
        self.acts: list[Performed] = []
        self._read(facts, entries)

    # --- ways to look at the acts ------------------------------------------------------------------------

    @cached_property
    def sessions(self) -> list[Performed]:
        """The sessions among the acts."""
        return [act for act in self.acts if act.act.kind == "session"]

    @cached_property
    def by_therapist(self) -> dict[str, list[Performed]]:
        """Every therapist's sessions."""
        return grouped(self.sessions, attrgetter("therapist"))

    @cached_property
    def by_patient(self) -> dict[str, list[Performed]]:
        """Every patient's acts."""
        return grouped(self.acts, attrgetter("patient"))

    @cached_property
    def by_episode(self) -> dict[str, list[Performed]]:
        """The acts of every declared episode."""
        return grouped(self.acts, attrgetter("act.episode"))

    @cached_property
    def signatures_of(self) -> dict[str, list[Signature]]:
        """The signatures of every session."""
        return grouped((one for one in self.signatures if one.act.act.kind == "session"), attrgetter("act.id"))

    @cached_property
    def failing(self) -> list[tuple[Performed, dict[str, Finding]]]:
        """The acts that fail clauses of the record, each with its failed findings by clause."""
        record = Record(_WORDLESS, "qualification_or_training")
        failing = []
        for act in self.acts:
            failed = {finding.clause: finding for finding in record.judge(act.act, True) if not finding.holds}
            if failed:
                failing.append((act, failed))
        return failing

    # --- reading -----------------------------------------------------------------------------------------

    def _read(self, facts: Sequence[Fact], entries: Iterable[Entry] | None) -> None:
        opening: dict[tuple[type[Fact], str], Line] = {}
        following: list[tuple[SessionStopped | SessionSigned | AssessmentSigned, Entry]] = []
        voided = {fact.assessment for fact in facts if isinstance(fact, AssessmentVoided)}
        for fact, entry in zip(facts, entries if entries is not None else repeat(UNKNOWN, len(facts)), strict=True):
            match fact:
                case SessionStarted():
                    opening[SessionStarted, fact.session] = Line(fact, entry)
                case AssessmentRecorded():
                    opening[AssessmentRecorded, fact.assessment] = Line(fact, entry)
                    if fact.assessment not in voided:
                        self.assessments.append(fact)
                case SessionStopped() | SessionSigned() | AssessmentSigned():
                    following.append((fact, entry))
                case PractitionerDeparted():
                    key = fact.practitioner, fact.institution
                    self.departures[key] = min(self.departures.get(key, fact.at), fact.at)
                case EpisodeOpened():
                    self.episodes.append(fact)
                case EpisodeClosed():
                    self.closings[fact.episode] = fact.at
                case PatientAdmitted():
                    self.admissions.append(fact)
                case PatientDischarged():
                    self.discharges[fact.stay] = fact.at
                case PrescriptionIssued():
                    self.sheets[fact.prescription] = fact
                case _:
                    pass
        acts: dict[tuple[type[Fact], str], Performed] = {}
        for act in self.evidence.acts:
            if not act.voided:
                kind = SessionStarted if act.kind == "session" else AssessmentRecorded
                acts[kind, act.id] = Performed(act, opening[kind, act.id])
        self.acts = sorted(acts.values(), key=attrgetter("at", "id"))
        self.assessments.sort(key=attrgetter("at", "assessment"))
        for later, entry in following:
            self._follow(acts, later, entry)
        self.signatures.sort(key=lambda one: (one.written, one.at, one.act.id, one.person))

    def _follow(
        self,
        acts: dict[tuple[type[Fact], str], Performed],
        fact: SessionStopped | SessionSigned | AssessmentSigned,
        entry: Entry,
    ) -> None:
        """A stop or a signature is put to its act, if that was performed and is one."""
        if isinstance(fact, AssessmentSigned):
            act = acts.get((AssessmentRecorded, fact.assessment))
        else:
            act = acts.get((SessionStarted, fact.session))
        if act is None:
            return
        if fact.recorded_at is not None or entry is not UNKNOWN:
            act.lines.append(Line(fact, entry))
        if isinstance(fact, SessionStopped):
            act.stopped = fact
        else:
            written = fact.recorded_at or fact.at
            self.signatures.append(Signature(fact.practitioner, at_home(fact.at), at_home(written), act))
