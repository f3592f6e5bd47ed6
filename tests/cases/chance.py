"""Journals by chance: crowded with what the clauses look at, so that few acts are simply in order.

Deterministic: the same seed is the same journal. Everybody in it is invented.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from ledger.treatment.values import HOME
from tests.cases.notice import INDICATION, SLUG, TRAININGS

STEPS = (0, 0, 0, 0, 1, 1, 1, 2, 6, 13, 14, 15, 28, 31, 89, 180, 365)
BORN = ("1980-01-01", "1964-02-29", "1965-03-31", "2003-02-28", "2014-03-02", "2015-02-01", "2016-02-29", "2018-06-01")


def story(seed: int) -> tuple[str, str]:
    """(P1's file, the story): two patients, three institutions, one to five items, a hundred lines or so."""
    chance = Random(seed)
    lines = [
        "2015-01-01 08:00 InstitutionRegistered H2 level=1",
        f"2015-01-01 08:00 InstitutionQualified H2 scope=tcm valid_from={_day(chance)}",
        "2015-01-01 08:00 InstitutionRegistered H3 level=null kind=rehabilitation departments=",
        "2015-01-01 08:00 InstitutionQualified H3",
        "2015-01-01 08:00 PractitionerRegistered T9 profession=other",
        f"2015-01-01 08:00 PractitionerQualified T9 scope={_one(chance, 'auditory_verbal', 'tcm')}"
        f" valid_until={_day(chance)}",
        f"2015-01-01 08:00 PatientFileOpened P2 born={chance.choice(BORN)} sex=female",
        f"2015-01-01 08:00 EpisodeOpened E2 {_findings(chance)}",
        f"2015-01-01 08:00 EpisodeOpened E9 patient=P2 {_findings(chance)}",
        f"2015-01-01 08:00 EpisodeOpened E1 {_findings(chance)}",
    ]
    items = chance.sample(sorted(SLUG), chance.choice((1, 1, 2, 3, 5)))
    if chance.random() < 0.6:
        items = chance.choice(
            (
                [1, 2, 3],
                [1, 2, 3],
                [1, 4],
                [27, 28],
                [21],
                [21],
                [3],
                [25],
                [9, 5],
                [10, 14],
                [10, 1, 43],
                [22],
                [16],
                [11, 15],
            )
        )
    orders = chance.choice(("", "", "", "", " times=3", " times=40"))
    for item in items:
        for number, (patient, episode) in enumerate((("P1", "E1"), ("P1", "E2"), ("P2", "E9"))):
            until = f" valid_until={_day(chance)}" if chance.random() < 0.06 else ""
            slug = _slug(chance, item)
            if item in TRAININGS:
                lines.append(
                    f"2015-01-01 08:00 PrescriptionIssued R{item}-{number} patient={patient} episode={episode}"
                    f" items={slug}{orders}{until}"
                )
    calm = chance.random() < 0.5
    if calm:  # one item day after day, in good order: the only way to a limit of ninety days
        items = [chance.choice((1, 3, 3, 16, 21, 21, 21, 22, 22, 25, chance.choice(sorted(SLUG)))), *items[:1]]
    for item in items:
        if item in TRAININGS and not any(f" R{item}-0 " in line for line in lines):
            lines.append(f"2015-01-01 08:00 PrescriptionIssued R{item}-0 items={SLUG[item]}")
    lines += _calm_acts(chance, items) if calm else _acts(chance, items)
    born = "2014-09-09" if items[0] == 3 and calm else chance.choice(BORN[:2] if calm and items[0] == 22 else BORN)
    return f"born={born} sex={_one(chance, 'male', 'female')}", "\n".join(lines)


def _calm_acts(chance: Random, items: list[int]) -> Iterator[str]:
    """Acts in good order, one item above all, with assessments in between and hardly a fault."""
    at = datetime(2020, 10, 1, 8, tzinfo=HOME) + timedelta(days=chance.randrange(200))
    steps = chance.choice(((1,), (0, 1, 1, 1), (1, 2), (9, 20, 25)))
    for n in range(150):
        at += timedelta(days=chance.choice(steps), minutes=chance.randrange(60))
        if chance.random() < 0.12:
            yield f"{at:%Y-%m-%d %H:%M} X{n} {_one(chance, '-', SLUG[10])} outcome={_outcome(chance)}"
        if chance.random() < 0.01:
            yield f"{at:%Y-%m-%d %H:%M} FindingsRecorded {_findings(chance)}"
        item = items[0] if chance.random() < 0.9 else items[-1]
        sheet = f"sheet=R{item}-0 sign={_one(chance, *['T1'] * 30, 'T2')}" if item in TRAININGS else ""
        mode = f"mode={_one(chance, 'individual', 'group')}" if item == 25 else ""
        yield f"{at:%Y-%m-%d %H:%M} A{n} {SLUG[item]} {sheet} {mode}"


def _acts(chance: Random, items: list[int]) -> Iterator[str]:
    at = datetime(2021, 1, 1, 8, tzinfo=HOME) + timedelta(days=chance.randrange(400))
    stay, stays, steady = "", 0, chance.random() < 0.4
    for n in range(chance.choice((30, 60, 160))):
        days = chance.choice((0, 0, 1)) if steady else chance.choice(STEPS)
        at += timedelta(days=days, minutes=chance.randrange(90))
        kind = chance.random()
        if kind < 0.08:
            yield f"{at:%Y-%m-%d %H:%M} FindingsRecorded {_findings(chance)} episode={_one(chance, 'E1', 'E1', 'E2')}"
        elif kind < 0.16:
            yield f"{at:%Y-%m-%d %H:%M} X{n} - outcome={_outcome(chance)} scales={_one(chance, 'FIM', 'FIM', '')}"
        elif kind < 0.24:
            who = _one(chance, "T1,T2,T3", "T1,T2,T3", "T1,T2", "T1,T2,T2,T9")
            yield (
                f"{at:%Y-%m-%d %H:%M} X{n} comprehensive-rehabilitation-assessment outcome={_outcome(chance)}"
                f" assessors={who} episode={_one(chance, 'E1', 'E1', 'E1', 'E2')}"
            )
        elif kind < 0.28 and not stay:
            stay, stays = f"ST{n}", stays + 1
            yield f"{at:%Y-%m-%d %H:%M} PatientAdmitted {stay} institution={_one(chance, 'H1', 'H1', 'H2')}"
        elif kind < 0.30 and stay:
            yield f"{at:%Y-%m-%d %H:%M} PatientDischarged {stay}"
            stay = ""
        elif kind < 0.304:
            until = at + timedelta(days=chance.choice((0, 1, 14)))
            which = _one(chance, "H1", "H3")
            yield f"{at:%Y-%m-%d %H:%M} InstitutionSuspended {which} from={at:%Y-%m-%d} until={until:%Y-%m-%d}"
        elif kind < 0.308:
            yield f"{at:%Y-%m-%d %H:%M} InstitutionReinstated {_one(chance, 'H1', 'H3')}"
        elif kind < 0.311:
            item = chance.choice(items)
            if item in TRAININGS:
                yield f"{at:%Y-%m-%d %H:%M} PrescriptionStopped R{item}-{chance.randrange(3)}"
        else:
            yield from _act(chance, at, f"A{n}", chance.choice(items), stay)


def _act(chance: Random, at: datetime, act: str, item: int, stay: str) -> Iterator[str]:
    whose = chance.choice((0, 0, 0, 0, 0, 0, 0, 1, 2))
    more = [f"institution={_one(chance, *['H1'] * 12, 'H2', 'H3', 'H3')}", f"patient={'P2' if whose == 2 else 'P1'}"]
    if stay and whose < 2 and chance.random() < 0.3:
        more.append(f"stay={stay}")
    elif chance.random() < 0.02:
        more.append("stay=ST0")
    if item in TRAININGS:
        if chance.random() < 0.02:
            whose = (whose + 2) % 3
        fault = chance.random()
        more += ["stop=0"] if fault < 0.02 else ["stop=none"] if fault < 0.03 else ["sign=T4"] if fault < 0.05 else []
        more += [f"sheet=R{item}-{whose}", f"mode={_one(chance, 'individual', 'individual', 'group')}"]
        more.append(f"setting={_one(chance, *['outpatient'] * 20, 'inpatient')}")
        more.append(f"therapist={_one(chance, *['T1'] * 20, 'T2', 'T9')}")
    else:
        more.append(f"episode={('E1', 'E2', 'E9')[whose]}")
        more.append(f"assessors={_one(chance, *['T1,T2,T3'] * 9, 'T1,T1,T3', 'T1,T2,T9', '')}")
        more.append(f"scales={_one(chance, *['FIM,MBI'] * 9, 'FIM,FIM')} outcome={_outcome(chance)}")
    yield f"{at:%Y-%m-%d %H:%M} {act} {SLUG[item]} {' '.join(more)}"
    if chance.random() < 0.04:
        void = "SessionVoided" if item in TRAININGS else "AssessmentVoided"
        yield f"{at + timedelta(days=40):%Y-%m-%d %H:%M} {void} {act}"


def _slug(chance: Random, item: int) -> str:
    return SLUG[1] + chance.choice(("", "/strength", "/breathing")) if item == 1 else SLUG[item]


def _findings(chance: Random) -> str:
    """Nearly everything is found; now and then something is looked for and absent, or not recorded."""
    names = sorted({name for groups in INDICATION.values() for either in groups for name, _ in either})
    words = []
    for name in names:
        if chance.random() < 0.06:
            continue
        if name.startswith("severity"):
            words.append(f"{name}={_one(chance, 'moderate', 'severe', 'severe', 'mild')}")
        else:
            words.append(f"{name}={'false' if chance.random() < 0.04 else 'true'}")
    return " ".join([*words, f"severity_adl={_one(chance, 'mild', 'moderate', 'severe')}"])


def _outcome(chance: Random) -> str:
    return _one(chance, "improved", "improved", "improved", "unchanged", "declined", "baseline", "null")


def _day(chance: Random) -> str:
    return str(date(2021, 1, 1) + timedelta(days=chance.randrange(900)))


def _one(chance: Random, *words: str) -> str:
    return chance.choice(words)
