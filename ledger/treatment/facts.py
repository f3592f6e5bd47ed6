"""Every fact the ledger can hold, readable in one file.

A fact is something that happened: past tense, immutable, spelled as in the journal (NDJSON, one object a
line). This module is the vocabulary and nothing else: it knows no clock, no disk, no rule. What may
follow what is decided in the files beside it; what the fund pays is judged in `projections`.

Sources: 长宁区医保局、卫健委《关于本区定点医疗机构开展康复、中医治疗项目规范记录工作的通知》(2020-12-24),
below "the notice": 二.4 names what every treatment record must hold (治疗时间、部位、方法、疗效、治疗医师),
annex 1 the payment rules, annex 2 the prescription sheet, annex 3 the record sheet.
"""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.treatment.values import (
    Count,
    Diagnosis,
    EmploymentCategory,
    Fen,
    Findings,
    Id,
    Instant,
    InstitutionKind,
    InstitutionScope,
    Mode,
    Order,
    Outcome,
    PractitionerScope,
    Profession,
    Result,
    Setting,
    Sex,
    StayKind,
    Text,
)


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type"):
    """What every line carries.

    `at`: when it happened, as claimed. `recorded_at`: when the source system wrote it down (absent = `at`).
    `actor`: who made the entry. `id`: the source's own id of the line; the same id with the same content is
    taken once, with other content it is refused.
    """

    ENTRY_TYPE: ClassVar[str]  # stable name in the log, "session-stopped.v1"; set below for each class

    at: Instant
    recorded_at: Instant | None = None
    actor: Id | None = None
    id: Id | None = None


# --- institutions and staff (the notice, 二.1 and 二.2: nobody beyond what they are qualified for) -----------


class InstitutionRegistered(Fact, frozen=True, kw_only=True, tag=True):
    """A designated institution (定点医疗机构), with the level and departments that clause 8.site asks for."""

    institution: Id
    name: Text
    level: Literal[1, 2, 3] | None = None
    kind: InstitutionKind
    departments: list[Text]


class InstitutionQualified(Fact, frozen=True, kw_only=True, tag=True):
    """The institution may give rehabilitation or Chinese-medicine treatment (二.1), both days inclusive."""

    institution: Id
    scope: InstitutionScope
    valid_from: date
    valid_until: date | None = None


class InstitutionSuspended(Fact, frozen=True, kw_only=True, tag=True, rename={"from_": "from"}):
    """The service agreement is suspended (暂停服务协议), `from` and `until` inclusive."""

    institution: Id
    from_: date
    until: date | None = None


class InstitutionReinstated(Fact, frozen=True, kw_only=True, tag=True):
    """Lifts, from its `at` on, the suspensions written before it."""

    institution: Id


class PractitionerRegistered(Fact, frozen=True, kw_only=True, tag=True):
    """A physician, therapist, nurse or other member of staff."""

    practitioner: Id
    name: Text
    profession: Profession
    institution: Id


class PractitionerQualified(Fact, frozen=True, kw_only=True, tag=True):
    """What the practitioner may do (二.2: 资质或参加相关培训; clause 25.staff: 听觉口语师), both days inclusive."""

    practitioner: Id
    scope: PractitionerScope
    valid_from: date
    valid_until: date | None = None


class PractitionerDeparted(Fact, frozen=True, kw_only=True, tag=True):
    """The practitioner no longer works at the institution. No clause: an exception for the auditor."""

    practitioner: Id
    institution: Id


class SigningKeyEnrolled(Fact, frozen=True, kw_only=True, tag=True):
    """A public key that a practitioner signs with (电子签名法 art. 13). The private key is never here."""

    practitioner: Id
    key_id: Id
    algorithm: Text
    public_key: Text


class SigningKeyRevoked(Fact, frozen=True, kw_only=True, tag=True):
    """From here on in the log the key signs nothing any more."""

    key_id: Id
    reason: Text


# --- patients (the notice, 二.4: 一人一档; no name and no national id here) ---------------------------------


class PatientFileOpened(Fact, frozen=True, kw_only=True, tag=True):
    """The patient's file at one institution (一人一档). The category decides a woman's statutory age (22.age)."""

    patient: Id
    sex: Sex
    born: date
    institution: Id
    file_no: Text
    employment_category: EmploymentCategory | None = None


class PatientAdmitted(Fact, frozen=True, kw_only=True, tag=True):
    """A stay begins: in hospital (住院) or in a home bed (家庭病床)."""

    patient: Id
    stay: Id
    institution: Id
    kind: StayKind
    file_no: Text


class PatientDischarged(Fact, frozen=True, kw_only=True, tag=True):
    """The stay ends; its instant is inside the stay."""

    patient: Id
    stay: Id


class EpisodeOpened(Fact, frozen=True, kw_only=True, tag=True):
    """A course of disease (疾病过程) that the spans of annex 1 count over, declared by a physician."""

    episode: Id
    patient: Id
    institution: Id
    diagnosis: Diagnosis
    onset: date | None = None
    findings: Findings | None = None


class EpisodeClosed(Fact, frozen=True, kw_only=True, tag=True):
    """The course of disease is over. Treating on is no clause: an exception for the auditor."""

    episode: Id
    reason: str | None = None


class FindingsRecorded(Fact, frozen=True, kw_only=True, tag=True):
    """Findings of a patient in an episode, from now on (indications of annex 1: 限…的患者)."""

    patient: Id
    episode: Id
    findings: Findings
    practitioner: Id | None = None


# --- prescriptions (annex 2: 治疗项目单) --------------------------------------------------------------------


class PrescriptionIssued(Fact, frozen=True, kw_only=True, tag=True):
    """A prescription sheet with its orders, signed by the physician (医师签名)."""

    prescription: Id
    patient: Id
    episode: Id
    institution: Id
    physician: Id
    orders: Annotated[list[Order], Meta(min_length=1)]
    valid_until: date | None = None
    remark: str | None = None
    signature: str | None = None


class PrescriptionStopped(Fact, frozen=True, kw_only=True, tag=True):
    """An order, or with no `order` the whole sheet, is stopped from `at` on (停止医嘱)."""

    prescription: Id
    order: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    reason: str | None = None


# --- sessions (annex 3: 治疗项目记录单 — 时间起止、编号、治疗师签名、备注) --------------------------------------


class SessionStarted(Fact, frozen=True, kw_only=True, tag=True):
    """A treatment begins (annex 3: 起): which order of which sheet, by whom, where."""

    session: Id
    patient: Id
    prescription: Id
    order: Annotated[str, Meta(min_length=1, max_length=64)]
    therapist: Id
    institution: Id
    setting: Setting
    mode: Mode = "individual"
    stay: Id | None = None


class SessionStopped(Fact, frozen=True, kw_only=True, tag=True):
    """The treatment ends (annex 3: 止), with its effect (二.4: 疗效)."""

    session: Id
    effect: str
    remark: str | None = None


class SessionSigned(Fact, frozen=True, kw_only=True, tag=True):
    """The therapist signs the record (annex 3: 治疗师签名)."""

    session: Id
    practitioner: Id
    signature: str | None = None


class SessionVoided(Fact, frozen=True, kw_only=True, tag=True):
    """The session was not performed; what was recorded of it stays readable."""

    session: Id
    reason: Text


# --- assessments (annex 1: 康复综合评定 and the other 评定、检查、测定; annex 3: 阶段小结) -----------------------


class AssessmentRecorded(Fact, frozen=True, kw_only=True, tag=True):
    """An assessment; with an `item` it is charged, and an act. `outcome` is the assessors' signed conclusion.

    `serves` names the training it belongs to (clause 9.link).
    """

    assessment: Id
    patient: Id
    episode: Id
    item: Id | None = None
    institution: Id
    stay: Id | None = None
    assessors: list[Id]
    results: list[Result]
    outcome: Outcome | None = None
    findings: Findings | None = None
    serves: Id | None = None


class AssessmentSigned(Fact, frozen=True, kw_only=True, tag=True):
    """An assessor signs the assessment: to the record of an assessment what `SessionSigned` is to that of a session."""

    assessment: Id
    practitioner: Id
    signature: str | None = None


class AssessmentVoided(Fact, frozen=True, kw_only=True, tag=True):
    """The assessment was not performed: it is no evidence and uses nothing up."""

    assessment: Id
    reason: Text


class StageSummaryWritten(Fact, frozen=True, kw_only=True, tag=True):
    """The summary of a stage of treatment (annex 3: 阶段小结)."""

    patient: Id
    episode: Id
    practitioner: Id
    text: Text


# --- fees, rules, supervision ---------------------------------------------------------------------------


class FeeConfirmed(Fact, frozen=True, kw_only=True, tag=True):
    """The fee of an act is confirmed (确费); of several the last counts. `act` is a session or an assessment."""

    act: Id
    amount_fen: Fen
    fund_fen: Fen | None = None
    quantity: Count | None = None


class RulebookAdopted(Fact, frozen=True, kw_only=True, tag=True):
    """From `effective_from` on, acts are judged by the rulebook whose text has this SHA-256 digest (hex)."""

    rulebook: Id
    digest: Text
    effective_from: date


class InspectionOpened(Fact, frozen=True, kw_only=True, tag=True):
    """Supervision looks into an institution (加大监管力度)."""

    inspection: Id
    institution: Id
    reason: Text


class InspectionClosed(Fact, frozen=True, kw_only=True, tag=True):
    """The inspection is over."""

    inspection: Id


class ViolationFound(Fact, frozen=True, kw_only=True, tag=True):
    """The inspection holds that an act broke a clause; `amount_fen` is what the fund paid for it."""

    inspection: Id
    act: Id
    clause: Text
    amount_fen: Fen


class RefundOrdered(Fact, frozen=True, kw_only=True, tag=True):
    """What is to be paid back (责令退回违规费用), and the fine (处违规费用的 2-5 倍罚款)."""

    inspection: Id
    amount_fen: Fen
    fine_fen: Fen | None = None


class ViolationAppealed(Fact, frozen=True, kw_only=True, tag=True):
    """The institution disputes a finding of the inspection."""

    inspection: Id
    act: Id
    text: Text


class EntryCorrected(Fact, frozen=True, kw_only=True, tag=True):
    """A field of an earlier line gets another value; nothing is edited, both stay readable.

    `target` is the id of a line, a session, an assessment or a prescription. `old` must be the value that
    earlier corrections left; null is a field left out. Its `recorded_at` decides from when `new` is known.
    """

    target: Id
    field: Text
    old: Any
    new: Any
    reason: Text
    practitioner: Id


# --- what only the ledger itself writes (spec/proof.md): no line of a journal --------------------------------


class IndexSealed(Fact, frozen=True, kw_only=True, tag=True):
    """The index from every tag to its entries, over all entries below index `size`: of `tags` tags, with this root.

    `root` is base64 of 32 bytes. The last entry under every checkpoint (FORMAT.md, "Sealed index").
    """

    size: int
    tags: int
    root: Text


class PersonCommitted(Fact, frozen=True, kw_only=True, tag=True):
    """Who the patient is, as a salted hash: base64 of 32 bytes. The person store has what it hides, and may forget."""

    patient: Id
    commitment: Text


class PersonErased(Fact, frozen=True, kw_only=True, tag=True):
    """The key to the patient's personal data was destroyed, as two people signed; what was done to them stays.

    `retained_until`: the last day of the retention period; before it a legal `ground` is stated.
    """

    patient: Id
    retained_until: date
    ground: str | None = None
    approvals: Annotated[list[str], Meta(min_length=2)]


FACTS: tuple[type[Fact], ...] = (
    InstitutionRegistered, InstitutionQualified, InstitutionSuspended, InstitutionReinstated,
    PractitionerRegistered, PractitionerQualified, PractitionerDeparted, SigningKeyEnrolled, SigningKeyRevoked,
    PatientFileOpened, PatientAdmitted, PatientDischarged, EpisodeOpened, EpisodeClosed, FindingsRecorded,
    PrescriptionIssued, PrescriptionStopped,
    SessionStarted, SessionStopped, SessionSigned, SessionVoided,
    AssessmentRecorded, AssessmentSigned, AssessmentVoided, StageSummaryWritten,
    FeeConfirmed, RulebookAdopted,
    InspectionOpened, InspectionClosed, ViolationFound, RefundOrdered, ViolationAppealed,
    EntryCorrected,
)  # fmt: skip


def _entry_type(name: str) -> str:
    """`SessionStopped` → `session-stopped.v1`."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-") + ".v1"


OWN_FACTS: tuple[type[Fact], ...] = (IndexSealed, PersonCommitted, PersonErased)
"""What stands in the log besides: the journal neither takes them in nor gives them out, and no rule asks for them."""

for _fact in FACTS + OWN_FACTS:
    _fact.ENTRY_TYPE = _entry_type(_fact.__name__)

EVENTS: dict[str, type[Fact]] = {fact.ENTRY_TYPE: fact for fact in FACTS + OWN_FACTS}
"""Stable names in the log → types. A later spelling adds a name here and a reader; old bytes stay as they are."""
