"""One case: what is given, by which readings it is judged, and what each of its acts is answered.

Written by hand in the TOML files beside this one, or generated at the edges of the limits (`boundaries/`). The tests
and the mutation check (`scripts/check-rules`) run the same cases through the same public judge.

A file has cases, and may say for all of them which `rulebook` they are judged by (shanghai-2017 unless it does;
in-force: whichever was adopted by then), by which others they are judged `also`, and by which `profile`. A case is

    name        what the rule says, in words
    patient     fields of the patient's file                        findings   what holds from the episode's opening on
    given       a story (`story.py`)                                rulebook, profile, as_of, as_known_at
    readings    { NAME = "OPTION" } that differ from the default
    expect      { "S1..S3" = "pays", S4 = "1.day 1.excl" }          every act, with all clauses that deny it
    shows       { "S4 1.day" = { used = 2 } }                       what a finding says besides
    refused     true where the ledger would not take the journal in; it is judged all the same

With `reading = "NAME"` one story is judged under every option of that reading: `expect` has a table for each of them,
and options that agree can share one, [case.expect."declared, admission"].
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ledger.treatment.batch import Refused, decide_batch
from ledger.treatment.facts import Fact
from projections.history import effective
from projections.rules.decision import Decision
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook, rulebook_ids
from projections.rules.succession import IN_FORCE, Period, Succession, succession_of
from tests.cases.story import build, ids

HERE = Path(__file__).parent
PAYS = "pays"
SHANGHAI = "shanghai-2017"

Expected = dict[str, str]


class Case(Struct, frozen=True, kw_only=True):
    """A story and what is to come of it. `expect`: act → the clauses that deny it, in order, or "pays".

    `reading` is the one that its story is judged under every option of.
    """

    name: str
    given: str
    expect: Expected
    home: str = ""
    rulebook: str = SHANGHAI
    profile: str = "default"
    patient: str = ""
    findings: str = ""
    readings: dict[str, str] = {}
    as_of: str | None = None
    as_known_at: str | None = None
    refused: bool = False
    shows: dict[str, dict[str, Any]] = {}
    reading: str = ""

    def __str__(self) -> str:
        chosen = ", ".join(f"{name}={option}" for name, option in self.readings.items())
        if self.profile != "default":
            chosen = f"{self.profile}, {self.reading or chosen}"
        return f"{self.home}: {self.name}{f' [{chosen}]' if chosen else ''}"


class _Written(Struct, kw_only=True, forbid_unknown_fields=True):
    """A case as a file has it: a misspelt key is refused, since it would try nothing."""

    name: str
    given: str
    expect: dict[str, str | Expected]
    reading: str | None = None
    rulebook: str | None = None
    profile: str | None = None
    patient: str = ""
    findings: str = ""
    readings: dict[str, str] = {}
    as_of: str | None = None
    as_known_at: str | None = None
    refused: bool = False
    shows: dict[str, dict[str, Any]] = {}


class _File(Struct, kw_only=True, forbid_unknown_fields=True):
    case: list[_Written]
    rulebook: str = SHANGHAI
    also: list[str] = []
    profile: str = "default"


@cache
def text(rulebook: str) -> Rulebook:
    """A rulebook that comes with the project, loaded once."""
    return load_rulebook(rulebook)


def written(home: Path = HERE) -> list[Case]:
    """The cases of every TOML file of a directory, in the order of the files' names."""
    return [case for file in sorted(home.glob("*.toml")) for case in read(file)]


def read(file: Path) -> list[Case]:
    """The cases of one file, one for every option of a reading where a case names one."""
    whole = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _File)
    return [
        made
        for one in whole.case
        for rulebook in ([one.rulebook] if one.rulebook else [whole.rulebook, *whole.also])
        for made in _cases(one, whole, rulebook, file.stem if rulebook == whole.rulebook else f"{file.stem}/{rulebook}")
    ]


def _cases(one: _Written, whole: _File, rulebook: str, home: str) -> Iterator[Case]:
    shared = {
        "name": one.name, "given": one.given, "home": home, "rulebook": rulebook, "patient": one.patient,
        "findings": one.findings, "profile": one.profile or whole.profile, "as_of": one.as_of,
        "as_known_at": one.as_known_at, "refused": one.refused,
    }  # fmt: skip
    if one.reading is None:
        yield Case(**shared, readings=one.readings, expect=_expanded(one.expect, one.name), shows=one.shows)
        return
    if one.shows:
        raise ValueError(f"{home}: {one.name}: shows belongs to a case of one option")
    reading = text(SHANGHAI if rulebook == IN_FORCE else rulebook).readings[one.reading]
    by_option = {
        option: _expanded(expect, one.name) for options, expect in one.expect.items() for option in options.split(", ")
    }
    if set(by_option) != set(reading.options):
        raise ValueError(f"{home}: {one.name}: expect has to have every option of {one.reading}")
    for option, expect in by_option.items():
        chosen = {} if option == reading.default and not one.profile else {one.reading: option}
        yield Case(**shared, readings=one.readings | chosen, expect=expect, reading=one.reading)


def _expanded(expect: object, name: str) -> Expected:
    """`"S1..S3" = "pays"` act by act; an act that stands twice would be expected twice."""
    by_acts = msgspec.convert(expect, Expected)
    pairs = [(act, verdict) for acts, verdict in by_acts.items() for act in ids(acts)]
    expected = dict(pairs)
    if len(expected) != len(pairs):
        raise ValueError(f"{name}: expect has an act twice")
    return expected


def facts_of(case: Case) -> list[Fact]:
    """The journal of a case, as it lies before the judge: corrected and cut."""
    journal = build(case.given, patient=case.patient, findings=case.findings)
    refused = [verdict for verdict in decide_batch(journal, lambda _: {}) if isinstance(verdict, Refused)]
    if bool(refused) != case.refused:
        raise ValueError(f"{case}: the ledger {'would not take this' if refused else 'takes this'}: {refused}")
    cut = {name: datetime.fromisoformat(at) for name in ("as_of", "as_known_at") if (at := getattr(case, name))}
    return effective(journal, **cut)


def judge_of(
    case: Case,
    facts: list[Fact],
    texts: Mapping[str, Rulebook] | None = None,
    *,
    evidence: Evidence | None = None,
) -> Judge:
    """The judge of a case. `texts`: other rulebooks under the ids of those that come with the project; `evidence`: of
    these facts, where it has been read before."""
    others = texts or {}
    by: Rulebook | Succession
    if case.rulebook == IN_FORCE:
        adopted = succession_of(facts, [text(name) for name in rulebook_ids()])
        by = Succession([Period(begin, others.get(book.id, book)) for begin, book in adopted.periods])
    else:
        by = others.get(case.rulebook) or text(case.rulebook)
    return Judge(evidence or facts, by, case.readings, profile=case.profile)


def denials(decisions: Mapping[str, Decision]) -> Expected:
    """Act → the clauses that deny it, or "pays"."""
    return {act: " ".join(decision.denied_by) or PAYS for act, decision in decisions.items()}


def missing(case: Case, decisions: Mapping[str, Decision]) -> list[str]:
    """The findings that a case wants shown and that the decisions do not have: `ACT CLAUSE`."""
    there = {f"{act} {finding.clause}" for act, decision in decisions.items() for finding in decision.findings}
    return [where for where in case.shows if where not in there]


def check(case: Case) -> None:
    """Judge the case and hold what comes of it against what it expects; raises AssertionError."""
    decisions = {decision.act: decision for decision in judge_of(case, facts_of(case)).decisions()}
    answered = denials(decisions)
    assert answered == case.expect, _difference(case, answered)
    assert all(decision.payable == (not decision.denied_by) for decision in decisions.values()), case
    assert not missing(case, decisions), f"{case}: not shown: {missing(case, decisions)}"
    for where, shown in case.shows.items():
        act, clause = where.split()
        (finding,) = (finding for finding in decisions[act].findings if finding.clause == clause)
        said = msgspec.json.decode(msgspec.json.encode(finding))
        assert {key: said.get(key) for key in shown} == shown, f"{case}: {where} says {said}"


def _difference(case: Case, answered: Expected) -> str:
    acts = {**case.expect, **answered}
    wrong = [
        f"{act}: expected {case.expect.get(act)}, is {answered.get(act)}"
        for act in acts
        if case.expect.get(act) != answered.get(act)
    ]
    return "\n".join([str(case), *wrong, case.given])
