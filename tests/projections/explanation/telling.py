"""What the tests of the explanation share: the sentences, accounts of stories, and an ear for the wrong language."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from projections.explanation import Account, Said, account, outlook
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook, rulebook_ids
from tests.cases.late import FOREIGN
from tests.cases.story import build

SENTENCES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text("utf-8"))["case"]
RULEBOOKS: dict[str, Rulebook] = {id: load_rulebook(id) for id in rulebook_ids()}
SHANGHAI = RULEBOOKS["shanghai-2017"]
PROFILES = ("default", "strict", "lenient")

_LATIN = re.compile(r"(?<![0-9A-Za-z.])[A-Za-z][A-Za-z0-9_./=?-]*")
_ID = re.compile(r"[A-Z]{1,2}[0-9]*(-[0-9]+)?|P[0-9]/E[0-9]/[a-z_/-]+")
_CHINESE = re.compile(r"[⺀-鿿]")
_QUOTED = re.compile(r"“[^”]*”")
_SLUGS = {slug for rulebook in RULEBOOKS.values() for slug in rulebook.by_slug} | {"acupuncture", FOREIGN}
_NAMES = {"PARQ", *PROFILES, "rulebook.silent", "rulebook.in_force"}


def account_of(
    act: str,
    story: str,
    findings: str = "",
    patient: str = "",
    *,
    rulebook: Rulebook = SHANGHAI,
    profiles: Sequence[str] = (),
    **readings: str,
) -> Account:
    """The whole account of an act of a story, as a person gets it."""
    judge = Judge(build(story, findings=findings, patient=patient), rulebook, readings)
    decision = judge.decision(act)
    assert decision is not None
    under = {}
    for name in profiles:
        made = Judge(judge.evidence, rulebook, readings, profile=name).decision(act)
        assert made is not None
        under[name] = made
    return account(decision, judge.rulebook_of(decision), outlook(judge, decision), under=under)


def of_sentence(case: Mapping[str, Any]) -> Account:
    """The account of the act of one of the SENTENCES."""
    return account_of(
        case["act"],
        case["given"],
        case.get("findings", ""),
        case.get("patient", ""),
        rulebook=RULEBOOKS[case.get("rulebook", "shanghai-2017")],
        **case.get("readings", {}),
    )


def said_in(told: Account) -> Iterator[tuple[str, Said]]:
    """Every sentence of an account, with where it stands."""
    yield "title", told.title
    yield "headline", told.headline
    yield "verdict", told.verdict_told
    for under in told.under:
        yield under.profile, under.told
    for reason in told.reasons:
        for part in ("meaning", "shortfall", "counted", "observed", "remedy"):
            said = getattr(reason, part)
            if said is not None:
                yield f"{reason.clause} {part}", said
        for reading in reason.readings:
            if reading.meaning is not None:
                yield f"{reason.clause} {reading.reading}={reading.option}", reading.meaning
    for said in told.closing:
        yield "closing", said


def misspoken(told: Account, rulebook: Rulebook) -> list[str]:
    """What is said in the wrong language, or in one only; ids, slugs, names of clauses and readings are in both."""
    known = _NAMES | _SLUGS | set(rulebook.readings) | set(RULEBOOKS)
    known |= {f"{name}={option}" for name, reading in rulebook.readings.items() for option in reading.options}
    known |= {reason.clause for reason in told.reasons}
    wrong = []
    for where, said in said_in(told):
        if not said.zh or not said.en:
            wrong.append(f"{where}: {said}")
        for word in _LATIN.findall(_QUOTED.sub("", said.zh)):
            if word.partition("/")[0] not in known and not _ID.fullmatch(word):
                wrong.append(f"{where}: {word} in {said.zh}")
        if _CHINESE.search(_QUOTED.sub("", said.en)):
            wrong.append(f"{where}: {said.en}")
    return wrong
