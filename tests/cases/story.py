"""Short stories → journal facts, so that a case can be read beside the clause of the notice that it tries.

A story is lines of `DATE TIME WORD … key=value …`, in any order (ties of time: as they stand). Where the word is a fact
of the journal, the keys are its fields and a bare word is its subject; names of findings may stand for themselves. Any
other word is an act: its id, then the item that was done. What a story does not say is in good order: institution H1
(level 3, with a rehabilitation department), physician DR1, therapists T1 to T4, all qualified for rehabilitation,
patient P1 (a man born 1980-01-01), episode E1 with the case's findings, and a sheet for every item done in an episode.
A line that introduces one of these replaces it. Everybody here is invented.

    2021-03-01 09:00  S1      exercise-therapy  therapist=T2 institution=H2 mode=group stop=none sign=T3+40 sheet=R7
    2021-03-01 09:00  W1..W30 wheelchair-skills-training  every=1          (thirty acts, a day apart)
    2021-03-01 10:00  A1      comprehensive-rehabilitation-assessment  assessors=T1,T2 scales=FIM,MBI outcome=improved
    2021-03-01 10:00  A2      -                                            (an assessment that is not charged)
    2021-03-01 11:00  S2      amputee-limb-training  sheet=P1/E1/left site=left_leg   (an order for the left leg)
    2021-03-02 08:00  FeeConfirmed S1 amount_fen=8000
    2021-03-02 08:00  RulebookAdopted shanghai-2017 effective_from=2021-01-01         (digest: of the file as it is)
    2021-03-02 08:00  FindingsRecorded  deficit_rom=false severity_adl=mild
    2021-03-02 09:00  SessionVoided S1
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from ledger.treatment.facts import FACTS, Fact
from ledger.treatment.items import ITEMS
from ledger.treatment.values import HOME, Findings
from projections.rules.rulebook import load_rulebook

_TYPES = {fact.__name__: fact for fact in FACTS}
_FINDINGS = frozenset(Findings.__struct_fields__)
_LISTS = frozenset({"departments", "assessors"})
_SERIES = re.compile(r"([A-Za-z]+)(\d+)\.\.\1(\d+)")
_OPENING = datetime(2015, 1, 1, 8, tzinfo=HOME)

# The field that a bare word after the fact's name stands for, where it is not the first of the fact's own fields.
_SUBJECT = {"PatientAdmitted": "stay", "PatientDischarged": "stay"}
_TAKEN_FOR_GRANTED: dict[str, dict[str, str]] = {
    "InstitutionRegistered": {
        "name": "Invented Hospital", "level": "3", "kind": "general", "departments": "rehabilitation",
    },
    "InstitutionQualified": {"scope": "rehabilitation", "valid_from": "2000-01-01"},
    "PractitionerRegistered": {"name": "Invented Person", "profession": "therapist", "institution": "H1"},
    "PractitionerQualified": {"scope": "rehabilitation", "valid_from": "2000-01-01"},
    "PractitionerDeparted": {"institution": "H1"},
    "PatientFileOpened": {"sex": "male", "born": "1980-01-01", "institution": "H1", "file_no": "M1"},
    "PatientAdmitted": {"patient": "P1", "institution": "H1", "kind": "inpatient", "file_no": "Z1"},
    "PatientDischarged": {"patient": "P1"},
    "EpisodeOpened": {"patient": "P1", "institution": "H1"},
    "FindingsRecorded": {"patient": "P1", "episode": "E1"},
    "PrescriptionIssued": {"patient": "P1", "episode": "E1", "institution": "H1", "physician": "DR1"},
    "SessionStarted": {
        "patient": "P1", "order": "1", "therapist": "T1", "institution": "H1", "setting": "outpatient",
    },
    "SessionStopped": {"effect": "good"},
    "SessionSigned": {"practitioner": "T1"},
    "SessionVoided": {"reason": "not performed"},
    "AssessmentRecorded": {"patient": "P1", "episode": "E1", "institution": "H1", "assessors": "T1,T2,T3"},
    "AssessmentVoided": {"reason": "not performed"},
    "RulebookAdopted": {"effective_from": "2021-01-01"},
    "EntryCorrected": {"reason": "written down wrong", "practitioner": "DR1"},
}  # fmt: skip
_WORLD = """
    InstitutionRegistered H1
    InstitutionQualified H1
    PractitionerRegistered DR1 profession=physician
    PractitionerQualified DR1
    PractitionerRegistered T1
    PractitionerQualified T1
    PractitionerRegistered T2
    PractitionerQualified T2
    PractitionerRegistered T3
    PractitionerQualified T3
    PractitionerRegistered T4
    PractitionerQualified T4
    PatientFileOpened P1
    EpisodeOpened E1
"""


def build(story: str, *, patient: str = "", findings: str = "") -> list[Fact]:
    """The journal of a story. `patient`: fields of P1's file; `findings`: what holds from E1's opening on."""
    told: list[Fact] = []
    sheets: dict[str, Fact] = {}
    for line in story.splitlines():
        words = line.split(" #")[0].split()
        if words:
            at = datetime.fromisoformat(f"{words[0]}T{words[1]}+08:00")
            told.extend([_fact(at, words[2:])] if words[2] in _TYPES else _acts(at, words[2:], sheets))
    introduced = {_introduction(fact) for fact in told}
    more = {"PatientFileOpened": patient, "EpisodeOpened": findings}
    world = [
        _fact(_OPENING, [*words, *more.get(words[0], "").split()])
        for words in map(str.split, _WORLD.strip().splitlines())
        if (words[0].replace("Qualified", "Registered"), words[1]) not in introduced
    ]
    return [*world, *sheets.values(), *told]


def ids(words: str) -> Iterator[str]:
    """`S1..S3 A7` → S1, S2, S3, A7."""
    for word in words.split():
        series = _SERIES.fullmatch(word)
        if series is None:
            yield word
        else:
            yield from (f"{series[1]}{n}" for n in range(int(series[2]), int(series[3]) + 1))


def _acts(at: datetime, words: list[str], sheets: dict[str, Fact]) -> Iterator[Fact]:
    """The facts of one line of acts; a sheet that the line does not name is put among `sheets`."""
    (acts, item), given = words[:2], _fields(words[2:])
    every = timedelta(days=int(given.pop("every", "1")))
    if "sheet" in given or (item in ITEMS and ITEMS[item].kind == "training"):
        patient, episode = given.get("patient", "P1"), given.pop("episode", "E1")
        sites = {"site": given.pop("site")} if "site" in given else {}
        sheet = given.pop("sheet", "/".join((patient, episode, item, *sites.values())))
        if "/" in sheet:
            ordered = {"prescription": sheet, "patient": patient, "episode": episode, "items": item, **sites}
            sheets.setdefault(sheet, _made("PrescriptionIssued", _OPENING, ordered))
        for n, act in enumerate(ids(acts)):
            yield from _session(at + n * every, given | {"session": act, "prescription": sheet})
    else:
        for n, act in enumerate(ids(acts)):
            assessed = given | {"assessment": act} | ({} if item == "-" else {"item": item})
            yield _made("AssessmentRecorded", at + n * every, assessed)


def _session(at: datetime, given: dict[str, str]) -> Iterator[Fact]:
    """`stop`: minutes after the start (30), or none; `sign`: WHO+MINUTES (the therapist, 5 after the stop), or none."""
    start = dict(given)
    stop, sign = start.pop("stop", "30"), start.pop("sign", "")
    yield _made("SessionStarted", at, start)
    if stop != "none":
        yield _made("SessionStopped", at + timedelta(minutes=int(stop)), {"session": start["session"]})
    if sign != "none":
        who, _, minutes = sign.partition("+")
        signed = {"session": start["session"], "practitioner": who or start.get("therapist", "T1")}
        after = int(minutes) if minutes else 5 + (0 if stop == "none" else int(stop))
        yield _made("SessionSigned", at + timedelta(minutes=after), signed)


def _fact(at: datetime, words: list[str]) -> Fact:
    name, *rest = words
    return _made(name, at, _fields(rest, _subject(name)))


def _fields(words: list[str], subject: str = "") -> dict[str, str]:
    """`key=value` as it stands; the bare name of a finding is true, any other bare word is the subject."""
    given = {}
    for word in words:
        key, stated, value = word.partition("=")
        if not stated:
            key, value = (word, "true") if word in _FINDINGS else (subject, word)
        given[key] = value
    return given


def _made(name: str, at: datetime, given: dict[str, str]) -> Fact:
    """A fact from words: what is not given is taken for granted, `null` is given as nothing."""
    fields: dict[str, Any] = {**_TAKEN_FOR_GRANTED.get(name, {}), **given, "type": name, "at": at.isoformat()}
    found = {key: fields.pop(key) for key in list(fields) if key in _FINDINGS}
    if found:
        fields["findings"] = found
    if name == "EpisodeOpened":
        fields["diagnosis"] = {"code": "I63"}
    elif name == "PrescriptionIssued":
        fields["orders"] = _orders(fields.pop("items"), fields.pop("site", "left_arm"), fields.pop("times", None))
    elif name == "RulebookAdopted":
        fields.setdefault("digest", load_rulebook(fields["rulebook"]).digest)
    elif name == "AssessmentRecorded":
        scales = fields.pop("scales", "FIM,MBI").split(",")
        fields["results"] = [{"scale": scale, "score": 3} for scale in scales if scale]
    elif name == "EntryCorrected":
        fields |= {"old": _value(fields["old"]), "new": _value(fields["new"])}
    for field in _LISTS & fields.keys():
        fields[field] = [one for one in fields[field].split(",") if one]
    if "recorded_at" in fields:
        fields["recorded_at"] = f"{fields['recorded_at']}:00+08:00"
    return msgspec.convert({k: v for k, v in fields.items() if v != "null"}, _TYPES[name], strict=False)


def _orders(items: str, site: str, times: str | None) -> list[dict[str, str]]:
    more = {} if times is None else {"times": times}
    return [
        {"order": str(n), "item": item, "site": site.replace("_", " "), "method": "active", **more}
        for n, item in enumerate(items.split(","), 1)
    ]


def _subject(name: str) -> str:
    """The field of a fact that a bare word stands for: the first that the fact adds to what every line carries."""
    return _SUBJECT.get(name) or _TYPES[name].__struct_encode_fields__[len(Fact.__struct_fields__)]


def _introduction(fact: Fact) -> tuple[str, str]:
    name = type(fact).__name__
    return name, str(getattr(fact, _subject(name)))


def _value(word: str) -> Any:
    """JSON without white space; a word that is no JSON is a string."""
    try:
        return msgspec.json.decode(word)
    except msgspec.DecodeError:
        return word
