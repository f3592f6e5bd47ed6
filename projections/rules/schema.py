"""The vocabulary of a rulebook file: its keys, and the kinds of clauses it can be made of.

A closed vocabulary: an unknown key or kind is an error, so that a misspelt limit is never a missing one. What a
clause means is in `clauses/`; here is only how it is written.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from ledger.treatment.items import Kind
from ledger.treatment.values import EmploymentCategory, InstitutionKind, PractitionerScope, Profession, Sex

Count = Annotated[int, Meta(ge=1, le=10_000)]
Age = Annotated[int, Meta(ge=1, le=150)]
Months = Annotated[int, Meta(ge=1, le=12)]
"""Of a year."""
Slug = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:@/-]{1,64}\Z", description="an id: 1-64 of A-Z a-z 0-9 . _ : @ / -")]
Period = Annotated[str, Meta(pattern=r"^P[1-9][0-9]{0,4}[YMD]\Z", description="a period such as P1Y, P3M or P180D")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z", description="a SHA-256 digest: 64 of 0-9 a-f")]
ClauseName = Annotated[
    str,
    Meta(pattern=r"^[0-9]{1,5}\.[a-z][a-z0-9_]{0,50}\Z", description="the item's number and a name: 1.span"),
]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Words = Annotated[str, Meta(min_length=1, max_length=1_000)]
SeverityName = Literal["severity_language", "severity_swallowing", "severity_adl"]
SeverityDegree = Literal["mild", "moderate", "severe"]


class Keyed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; keys not declared are refused."""


class Clause(Keyed, frozen=True, kw_only=True, tag_field="kind"):
    """What every clause has: its name and its words. READINGS are those that decide it."""

    READINGS: ClassVar[tuple[str, ...]] = ()

    clause: ClauseName
    quote: list[Words]

    def needs(self) -> tuple[str, ...]:
        """The readings this clause asks for."""
        return self.READINGS


class FindingsClause(Clause, frozen=True, kw_only=True, tag="findings"):
    """Indication: every finding of `all`, and of `some` any one (or, by `reading`, all); a severity `among` these."""

    all: list[Name] = []
    some: list[Name] = []
    reading: Name | None = None
    severity: SeverityName | None = None
    among: list[SeverityDegree] = []

    def needs(self) -> tuple[str, ...]:
        return (self.reading,) if self.reading else ()


class AgeClause(Clause, frozen=True, kw_only=True, tag="age"):
    """The patient has not reached the birthday that the option of `reading` names."""

    reading: Name
    before_birthday: Mapping[Name, Age]

    def needs(self) -> tuple[str, ...]:
        return (self.reading,)


class WorkingAgeClause(Clause, frozen=True, kw_only=True, tag="working_age"):
    """From a birthday to the day before the retirement day of the table."""

    READINGS = ("working_age",)
    from_birthday: Age
    until: Literal["retirement_age"]


class SpanClause(Clause, frozen=True, kw_only=True, tag="span"):
    """Payable for a stretch of time, in an episode or what `container` says; perhaps extendable by assessment."""

    length: Period
    per: Literal["episode", "container"]
    extendable: bool = False

    def needs(self) -> tuple[str, ...]:
        extension = ("extension_from", "extension_valid", "improvement", "extension_source") if self.extendable else ()
        container = ("container",) if self.per == "container" else ()
        return (*container, "episode", "span_anchor", "span_measure", *extension)


class CountClause(Clause, frozen=True, kw_only=True, tag="count"):
    """No more than `max` acts a day, month, stay or episode; `combined` names the rules of limb training."""

    max: Count
    per: Literal["day", "month", "stay", "episode"]
    unit: Literal["session", "assessment"]
    combined: list[int] = []

    def needs(self) -> tuple[str, ...]:
        if self.per == "day":
            return ("combined",) if self.combined else ()
        return {"month": ("month",), "stay": ("outpatient_cap", "episode"), "episode": ("episode",)}[self.per]


class DaysClause(Clause, frozen=True, kw_only=True, tag="days"):
    """No more than `max` paid days, or as many as `max_by` gives the patient's severity."""

    READINGS = ("day_unit", "container", "episode")
    max: Count | None = None
    severity: SeverityName | None = None
    max_by: Mapping[SeverityDegree, Count] = {}

    def needs(self) -> tuple[str, ...]:
        return (*self.READINGS, "severity_at") if self.severity else self.READINGS


class GateClause(Clause, frozen=True, kw_only=True, tag="gate"):
    """Every `days` days of training another assessment has to show progress; `scale_item` is the narrower source."""

    READINGS = ("gate_block", "gate_source", "container", "episode")
    days: Count
    scale_item: int


class YearClause(Clause, frozen=True, kw_only=True, tag="year"):
    """Months a year: so many before a birthday, so many from it on."""

    READINGS = ("year", "turning_7", "month_unit")
    birthday: Age
    months_before: Months
    months_from: Months


class ProofClause(Clause, frozen=True, kw_only=True, tag="proof"):
    """From a birthday on, an assessment as for an extension, of whatever date within its validity."""

    READINGS = ("extension_valid", "improvement", "extension_source")
    birthday: Age


class ExclusiveClause(Clause, frozen=True, kw_only=True, tag="exclusive"):
    """Not together with a paid act of the rules that it `excludes`."""

    READINGS = ("together", "winner")
    excludes: Annotated[list[int], Meta(min_length=1)]

    def needs(self) -> tuple[str, ...]:
        return ("together", "winner", "episode")


class GapClause(Clause, frozen=True, kw_only=True, tag="gap"):
    """So many days since the last one, by option of gap_measure."""

    READINGS = ("gap_measure", "gap_from", "gap_scope")
    days: Mapping[Name, Count]


class SiteClause(Clause, frozen=True, kw_only=True, tag="site"):
    """A hospital of a level with a department, or one of a kind."""

    READINGS = ("site_level",)
    level: Literal[1, 2, 3]
    department: Name
    hospital: InstitutionKind


class LinkClause(Clause, frozen=True, kw_only=True, tag="link"):
    """Belongs to a training of the rulebook."""

    READINGS = ("adl_link",)


class StaffClause(Clause, frozen=True, kw_only=True, tag="staff"):
    """Carried out by so many qualified persons, by option of persons_3."""

    READINGS = ("persons_3",)
    persons: Mapping[Name, Count]


class PartsClause(Clause, frozen=True, kw_only=True, tag="parts"):
    """Made of so many distinct scales."""

    scales: Count


class ProviderClause(Clause, frozen=True, kw_only=True, tag="provider"):
    """Given by a person of a scope, or of a profession with another scope; stands for a clause of the record."""

    scope: PractitionerScope
    profession: Profession
    profession_scope: PractitionerScope
    in_place_of: Literal["record.therapist"]


class ModeClause(Clause, frozen=True, kw_only=True, tag="mode"):
    """Mainly individual training."""

    READINGS = ("individual",)

    def needs(self) -> tuple[str, ...]:
        return ("individual", "episode")


class YearsClause(Clause, frozen=True, kw_only=True, tag="years"):
    """So many years in all, over a lifetime."""

    READINGS = ("years_in_all",)
    max: Count


class YearDaysClause(Clause, frozen=True, kw_only=True, tag="year_days"):
    """No more than `max` paid days a year."""

    READINGS = ("year",)
    max: Count


class LimbDaysClause(Clause, frozen=True, kw_only=True, tag="limb_days"):
    """No more than so many days for the upper limbs, so many for the lower, as the order's site names them."""

    READINGS = ("day_unit", "container", "episode")
    upper: Count
    lower: Count


class OpenClause(Clause, frozen=True, kw_only=True, tag="open"):
    """Nothing to judge by but the reading: the rule's text is blank, or what `note` says of it."""

    READINGS = ("no_text",)
    note: Words | None = None


AnyClause = (
    FindingsClause | AgeClause | WorkingAgeClause | SpanClause | CountClause | DaysClause | GateClause | YearClause
    | ProofClause | ExclusiveClause | GapClause | SiteClause | LinkClause | StaffClause | PartsClause
    | ProviderClause | ModeClause | YearsClause | YearDaysClause | LimbDaysClause | OpenClause
)  # fmt: skip


class Item(Keyed, frozen=True, kw_only=True):
    """One item: its number, its slug (and those of its sub-items), its text as printed, its clauses in order."""

    number: Count
    slug: Slug
    name: Words
    kind: Kind
    includes: list[Slug] = []
    text: str
    clause: Annotated[list[AnyClause], Meta(min_length=1)]


class Reading(Keyed, frozen=True, kw_only=True):
    """Words that leave room: the options, the default, what the profiles take, and why. `options_zh`: in Chinese."""

    phrase: list[Words]
    default: Name
    strict: Name
    lenient: Name
    why: Words
    basis: Words
    options: Mapping[Name, Words]
    options_zh: Mapping[Name, Words] = {}


class RetirementRow(Keyed, frozen=True, kw_only=True):
    """One line of the statutory retirement age. Born in the month of `born_from` or later: a month more a step, +1."""

    sex: Sex
    category: EmploymentCategory | None = None
    years: Age
    born_from: date
    months_per_step: Count
    at_most_months: Count


class RetirementAge(Keyed, frozen=True, kw_only=True):
    """The statutory retirement age, with its source."""

    source: Words
    row: Annotated[list[RetirementRow], Meta(min_length=1)]


class ExtensionSource(Keyed, frozen=True, kw_only=True):
    """Which item's assessment extends a span, and which of its clauses make it a valid one."""

    item: int
    meets: list[Name]


class RecordWords(Keyed, frozen=True, kw_only=True):
    """The words of the notice that a clause of the record comes from."""

    clause: Name
    quote: Annotated[list[Words], Meta(min_length=1)]


class RulebookFile(Keyed, frozen=True, kw_only=True):
    """The whole file.

    `notice` is the document beside it whose annex 1 the items are, and whose words the record's are; where the items
    are from elsewhere, `record_notice` is the one that the record's words are from. `source` says where a text that is
    not the document's own comes from.
    """

    format: Literal["rulebook/1"]
    id: Slug
    title: Words
    regulation: Words
    issuer: Words
    enforced_by: Words | None = None
    source: Words | None = None
    since: date | None = None
    since_note: Words | None = None
    notice: Name | None = None
    notice_sha256: Sha256 | None = None
    record_notice: Name | None = None
    record_notice_sha256: Sha256 | None = None
    readings: dict[Name, Reading]
    retirement_age: RetirementAge | None = None
    extension: ExtensionSource | None = None
    record: list[RecordWords]
    item: Annotated[list[Item], Meta(min_length=1)]
