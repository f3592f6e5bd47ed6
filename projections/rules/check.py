"""What has to be true of a rulebook beyond its spelling: names that exist, options that are known, words that match.

Findings are collected, not raised, so that a person who writes a rulebook sees all of them at once.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from ledger.treatment.items import ITEMS
from ledger.treatment.values import EmploymentCategory, Findings, Sex
from projections.rules.notice import annex_1, compare_items, condensed, unclaimed
from projections.rules.readings import KNOWN, is_known_option
from projections.rules.record import RECORD
from projections.rules.schema import (
    AgeClause,
    AnyClause,
    CountClause,
    DaysClause,
    ExclusiveClause,
    FindingsClause,
    GapClause,
    GateClause,
    Item,
    OpenClause,
    PartsClause,
    ProofClause,
    RulebookFile,
    SpanClause,
    StaffClause,
    WorkingAgeClause,
)
from projections.rules.spelling import Problem, did_you_mean

IN_FORCE = "in-force"
"""What stands for whichever rulebook was in force; no rulebook may be called so."""

EXTENSION_READINGS = ProofClause.READINGS
"""What the assessments of [extension] are read by, whether or not a span or a proof asks for them."""

_FINDINGS = frozenset(name for name in Findings.__struct_fields__ if not name.startswith("severity_"))


def problems_of(file: RulebookFile, directories: Sequence[Path] | None) -> list[Problem]:
    """Everything wrong with a rulebook whose spelling is right. A notice is looked for in `directories`, in turn; with
    None, of a text that came alone, it is not asked for: it judges nothing.
    """
    return [
        *_readings(file),
        *_names(file),
        *(problem for item in file.item for clause in item.clause for problem in _clause(file, item, clause)),
        *_tables(file),
        *(problem for item in file.item for problem in _quotes(item)),
        *(_notices(file, directories) if directories is not None else ()),
    ]


def _readings(file: RulebookFile) -> Iterator[Problem]:
    for name, reading in file.readings.items():
        key = f"readings.{name}"
        if name not in KNOWN:
            yield key, f"unknown reading{did_you_mean(name, KNOWN)} The judge knows {', '.join(KNOWN)}"
            continue
        for option in reading.options:
            if not is_known_option(name, option):
                known = KNOWN[name] or ("forever", "periods such as P1Y, P3M or P180D")
                yield f"{key}.options.{option}", f"unknown option; the judge knows {', '.join(known)}"
        for option in reading.options_zh:
            if option not in reading.options:
                yield f"{key}.options_zh.{option}", f"is none of the options {', '.join(reading.options)}"
        for profile in ("default", "strict", "lenient"):
            option = getattr(reading, profile)
            if option not in reading.options:
                yield f"{key}.{profile}", f"{option!r} is none of the options {', '.join(reading.options) or '(none)'}"
    if "physician_scope" not in file.readings:
        yield "readings", "physician_scope is missing; record.physician needs it"


def _names(file: RulebookFile) -> Iterator[Problem]:
    if file.id == IN_FORCE:
        yield "id", f"{IN_FORCE} stands for whichever rulebook was in force; give it another"
    seen: set[object] = set()
    for item in file.item:
        for slug in (item.slug, *item.includes):
            if slug in ITEMS and ITEMS[slug].kind != item.kind:
                yield f"item {item.number}, kind", f"{slug} is recorded as {ITEMS[slug].kind}, not as {item.kind}"
        for what, name in [("number", item.number), *(("slug", slug) for slug in (item.slug, *item.includes))]:
            if name in seen:
                yield f"item {item.number}, {what}", f"{name!r} occurs twice"
            seen.add(name)
        for clause in item.clause:
            if clause.clause in seen:
                yield f"item {item.number}, {clause.clause}", "the clause occurs twice"
            seen.add(clause.clause)
            if not clause.clause.startswith(f"{item.number}."):
                yield f"item {item.number}, {clause.clause}", f"a clause of this item begins with {item.number}."
    given = [words.clause for words in file.record]
    if given != list(RECORD):
        yield "record", f"has to list {', '.join(RECORD)}, in this order; has {', '.join(given) or 'nothing'}"


def _clause(file: RulebookFile, item: Item, clause: AnyClause) -> Iterator[Problem]:
    key = f"item {item.number}, {clause.clause}"
    numbers = {other.number for other in file.item}
    for name in clause.needs():
        if name not in file.readings:
            yield key, f"needs the reading {name}, which the file does not declare"
    match clause:
        case FindingsClause():
            for name in (*clause.all, *clause.some):
                if name not in _FINDINGS:
                    guess = did_you_mean(name, _FINDINGS)
                    yield key, f"unknown finding {name!r}{guess} Known are {', '.join(sorted(_FINDINGS))}"
            if clause.reading is not None and not clause.some:
                yield f"{key}, reading", "decides the list `some`, which the clause does not have"
            if clause.reading not in (None, "and_list"):
                yield f"{key}, reading", f"{clause.reading!r} does not decide a list of findings; and_list does"
            if bool(clause.severity) != bool(clause.among):
                yield f"{key}, severity", "severity and among come together"
            if not (clause.all or clause.some or clause.severity):
                yield key, "asks for no finding at all"
        case AgeClause(reading=reading, before_birthday=by_option):
            yield from _by_option(file, f"{key}, before_birthday", reading, set(by_option))
        case GapClause():
            yield from _by_option(file, f"{key}, days", "gap_measure", set(clause.days))
        case StaffClause():
            yield from _by_option(file, f"{key}, persons", "persons_3", set(clause.persons))
        case DaysClause():
            if (clause.max is None) == (clause.severity is None) or bool(clause.severity) != (len(clause.max_by) == 3):
                yield key, "has either max, or severity with max_by for mild, moderate and severe"
        case ExclusiveClause():
            for number in clause.excludes:
                if number not in numbers or number == item.number:
                    yield f"{key}, excludes", f"{number} is no other item of the file"
        case CountClause():
            yield from _count(item, clause, key, numbers)
        case GateClause() if not any(o.number == clause.scale_item and o.kind == "assessment" for o in file.item):
            yield f"{key}, scale_item", f"{clause.scale_item} is no assessment of the file"
        case WorkingAgeClause() if file.retirement_age is None:
            yield f"{key}, until", "needs the table [retirement_age], which the file does not have"
        case SpanClause(extendable=True) | ProofClause() if file.extension is None:
            yield key, "needs [extension], which the file does not have"


def _count(item: Item, clause: CountClause, key: str, numbers: set[int]) -> Iterator[Problem]:
    if clause.combined and clause.per != "day":
        yield f"{key}, combined", "counts items together on a day; this clause counts another stretch of time"
    elif clause.combined and not (item.number in clause.combined and set(clause.combined) <= numbers):
        yield f"{key}, combined", f"names an item that the file does not have, or leaves out {item.number} itself"
    unit = "assessment" if item.kind == "assessment" else "session"
    if clause.unit != unit:
        yield f"{key}, unit", f"item {item.number} is done in {unit}s, not in {clause.unit}s"


def _by_option(file: RulebookFile, key: str, reading: str, given: set[str]) -> Iterator[Problem]:
    declared = file.readings.get(reading)
    if declared is not None and given != set(declared.options):
        yield key, f"has to give a value for each option of {reading}: {', '.join(declared.options)}"


def _tables(file: RulebookFile) -> Iterator[Problem]:
    if file.retirement_age is not None:
        rows = [(row.sex, row.category) for row in file.retirement_age.row]
        needed: tuple[tuple[Sex, EmploymentCategory | None], ...] = (
            ("male", None), ("female", "worker"), ("female", "cadre"),
        )  # fmt: skip
        for wanted in needed:
            if rows.count(wanted) != 1:
                yield "retirement_age", f"has to have one row for {' '.join(filter(None, wanted))}"
        if not set(rows) <= set(needed):
            yield "retirement_age", "has a row for others than men, women workers and women cadres"
    if file.extension is not None:
        for name in EXTENSION_READINGS:
            if name not in file.readings:
                yield "extension", f"needs the reading {name}, which the file does not declare"
        item = next((item for item in file.item if item.number == file.extension.item), None)
        if item is None or item.kind != "assessment":
            yield "extension, item", f"{file.extension.item} is no assessment of the file"
        else:
            clauses = {clause.clause: clause for clause in item.clause}
            for name in file.extension.meets:
                if not isinstance(clauses.get(name), StaffClause | PartsClause):
                    yield "extension, meets", f"{name!r} is no clause of item {item.number} on its staff or parts"


def _quotes(item: Item) -> Iterator[Problem]:
    text = condensed(item.text)
    for clause in item.clause:
        key = f"item {item.number}, {clause.clause}, quote"
        blank = isinstance(clause, OpenClause) and not text
        if not clause.quote and not blank:
            yield key, "is missing: every clause has the words it comes from"
        for quote in clause.quote:
            if condensed(quote) not in text:
                yield key, f"“{quote}” is not in the text of the item"
    rest = unclaimed(item.text, (quote for clause in item.clause for quote in clause.quote))
    if rest:
        yield f"item {item.number}, text", f"“{rest}” is claimed by no clause's quote"


def _notices(file: RulebookFile, directories: Sequence[Path]) -> Iterator[Problem]:
    """What the documents say that the words are from: annex 1 the items', the whole of both the record's."""
    documents = []
    for key, name, digest in (
        ("notice", file.notice, file.notice_sha256),
        ("record_notice", file.record_notice, file.record_notice_sha256),
    ):
        if name is None:
            if digest is not None:
                yield f"{key}_sha256", f"is given, but {key} is not"
            continue
        data = _document(name, directories)
        if data is None:
            yield key, f"{name!r} is no file beside the rulebook; put it there, or leave {key} out"
            continue
        if digest is not None and sha256(data).hexdigest() != digest:
            yield f"{key}_sha256", f"{name} has another digest: {sha256(data).hexdigest()}"
        documents.append(data.decode("utf-8", "replace"))
        if key == "notice":
            table = annex_1(documents[-1])
            for number, reason in compare_items(table, [(item.number, item.name, item.text) for item in file.item]):
                yield f"item {number}, text", reason
    if documents:
        yield from _words_of(file, condensed("".join(documents)))


def _document(name: str, directories: Sequence[Path]) -> bytes | None:
    if Path(name).name == name:
        for directory in directories:
            if (directory / name).is_file():
                return (directory / name).read_bytes()
    return None


def _words_of(file: RulebookFile, whole: str) -> Iterator[Problem]:
    """The record's words are the document's; those of a reading are its, or those of an item that follows it."""
    for words in file.record:
        for quote in words.quote:
            if condensed(quote) not in whole:
                yield f"{words.clause}, quote", f"“{quote}” is not in the notice"
    texts = [condensed(item.text) for item in file.item]
    for name, reading in file.readings.items():
        for phrase in reading.phrase:
            if condensed(phrase) not in whole and not any(condensed(phrase) in text for text in texts):
                yield f"readings.{name}, phrase", f"“{phrase}” is not in the notice and in no item's text"
