"""Logs for the mirror's tests: facts put into a log as they are, asked by no door; and rows, spelled so that two ways
of making them can be compared.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from ledger.application.mapper import entry_event, read_entry
from ledger.journal import parse_fact, spell
from ledger.store.entry import format_time
from ledger.store.schema import create_log
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment import facts as f
from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.subjects import subject_field
from ledger.treatment.values import at_home
from projections.mirror.columns import Rows
from projections.mirror.replaying import plainly
from tests.projections.rules.building import LONG_AGO
from tests.projections.rules.random_journals import journal_of

NAMES = ("patient", "session", "assessment", "act", "prescription", "episode", "stay")
_REGISTERED = ("institution", "practitioner")


def append(recorder: SQLiteDCBRecorder, facts: Sequence[Fact]) -> None:
    """Put facts into a log, with the tags that name what they name, and nothing asked."""
    recorder.append(
        [entry_event(type(fact).ENTRY_TYPE, format_time(LONG_AGO), _tags(fact), spell(fact)) for fact in facts]
    )


def _tags(fact: Fact) -> list[str]:
    tags = {f"{name}:{getattr(fact, name)}" for name in NAMES if isinstance(getattr(fact, name, None), str)}
    if fact.id is not None:
        tags.add(f"id:{fact.id}")
    if type(fact).__name__.startswith(("Institution", "Practitioner")):
        of = next(name for name in _REGISTERED if type(fact).__name__.lower().startswith(name))
        tags.add(f"registry:{of}:{getattr(fact, of)}")
    return sorted(tags)


def patients_journal(seed: int, patients: int) -> list[Fact]:
    """Several random patients of one hospital: each a random journal, with names of its own; register lines once."""
    facts: list[Fact] = []
    register: dict[bytes, Fact] = {}
    for number in range(patients):
        for fact in journal_of(seed * 100 + number):
            if type(fact).__name__.startswith(("Institution", "Practitioner")):
                register[spell(fact)] = fact
            else:
                facts.append(named_anew(fact, f"-{number}"))
    return [*register.values(), *facts]


def named_anew(fact: Fact, behind: str) -> Fact:
    """The fact with something behind each name of a patient's things."""
    names = {name: value + behind for name in NAMES if isinstance(value := getattr(fact, name, None), str)}
    return msgspec.structs.replace(fact, **names)


def enriched(facts: Sequence[Fact], seed: int, times: int = 25) -> list[Fact]:
    """The journal with lines that random journals lack, many at the very instant of a session: nothing odd in it."""
    draw = Random(seed)
    made = list(facts)
    sessions = [fact for fact in facts if isinstance(fact, f.SessionStarted)]
    assessments = [fact for fact in facts if isinstance(fact, f.AssessmentRecorded)]
    for number in range(times if sessions else 0):
        one = draw.choice(sessions)
        at = one.at + timedelta(minutes=draw.choice((0, 0, 0, -1, 1)))
        kind = draw.randrange(9)
        if kind == 0 and draw.random() < 0.4:
            order = draw.choice((None, one.order, "none such"))
            made.append(f.PrescriptionStopped(at=at, prescription=one.prescription, order=order))
        elif kind == 1:
            place = next(k for k, x in enumerate(made) if getattr(x, "orders", None) and _is_on(one, x))
            made[place] = msgspec.structs.replace(
                made[place], valid_until=at_home(at).date() - timedelta(draw.randrange(3))
            )
        elif kind == 2:
            last = max(x.at for x in sessions) + timedelta(days=100 * number + 100)  # no stay lies in another
            made.append(f.PatientAdmitted(at=last, patient=one.patient, stay=f"S{number}", institution="H1",
                                          kind="inpatient", file_no="1"))  # fmt: skip
            made.append(f.PatientDischarged(at=last + timedelta(days=9), patient=one.patient, stay=f"S{number}"))
            again = last + timedelta(days=draw.choice((0, 5, 9, 10)), minutes=draw.choice((0, 1)))
            made.append(msgspec.structs.replace(one, at=again, session=f"{one.session}/{number}", setting="inpatient",
                                                stay=draw.choice((None, f"S{number}"))))  # fmt: skip
        elif kind == 3:
            day = at_home(one.at).date()
            made.append(f.InstitutionSuspended(at=at - timedelta(days=1), institution=one.institution,
                                               from_=day - timedelta(draw.randrange(3)), until=day))  # fmt: skip
            made.append(f.InstitutionReinstated(at=at, institution=one.institution))
        elif kind == 4:
            made.append(f.SessionSigned(at=one.at + timedelta(minutes=draw.choice((9, 10, 30, 31, 90))),
                                        session=one.session, practitioner=one.therapist))  # fmt: skip
        elif kind == 5 and assessments:
            act = draw.choice(assessments)
            signer = draw.choice((*act.assessors, "T9"))
            made.append(f.AssessmentSigned(at=act.at + timedelta(minutes=number), assessment=act.assessment,
                                           practitioner=signer))  # fmt: skip
        elif kind == 6:
            act_id = draw.choice((one.session, draw.choice(assessments).assessment if assessments else one.session))
            share = draw.choice((None, 0, number // 2))
            made.append(f.FeeConfirmed(at=at, act=act_id, amount_fen=number, fund_fen=share))
        elif kind == 7:
            place = made.index(one) if one in made else -1
            if place >= 0:
                made[place] = msgspec.structs.replace(one, recorded_at=at + timedelta(days=2), setting="home_bed")
        elif assessments:
            act = draw.choice(assessments)
            place = made.index(act) if act in made else -1
            if place >= 0:
                made[place] = msgspec.structs.replace(act, assessors=draw.choice(([], ["T1"], ["nobody", "T1"])))
    return made


def _is_on(session: f.SessionStarted, sheet: Fact) -> bool:
    return getattr(sheet, "prescription", None) == session.prescription


def spoilt(facts: Sequence[Fact], seed: int, times: int) -> list[Fact]:
    """The journal with oddities: names of others, of nobody, lines twice, out of order, corrected and moved."""
    draw = Random(seed)
    made = list(facts)
    pools: dict[str, list[str]] = {
        name: sorted({value for fact in facts if isinstance(value := getattr(fact, name, None), str)}) for name in NAMES
    }
    for number in range(times):
        place = draw.randrange(len(made))
        fact = made[place]
        fields = [name for name in NAMES if isinstance(getattr(fact, name, None), str)]
        kind = draw.randrange(6)
        if kind == 0 and fields:
            name = draw.choice(fields)
            made[place] = msgspec.structs.replace(fact, **{name: draw.choice([*pools[name][-40:], "nobodys"])})
        elif kind == 1:
            made.insert(draw.randrange(len(made)), fact)
        elif kind == 2:
            made.append(made.pop(place))
        elif kind == 3 and fields and not isinstance(fact, EntryCorrected):
            name, line = draw.choice(fields), f"L{number}"
            if name == subject_field(type(fact)):
                continue  # what a line is about is not corrected
            made[place] = msgspec.structs.replace(fact, id=line)
            made.append(_correction(line, name, getattr(fact, name), draw.choice(pools[name]), fact))
        elif kind == 4 and not isinstance(fact, EntryCorrected):
            line = f"L{number}"
            made[place] = msgspec.structs.replace(fact, id=line)
            other = draw.choice(facts)
            made.append(_correction(line, "at", spelled_at(fact), spelled_at(other), fact))
        elif kind == 5:
            made[place] = msgspec.structs.replace(fact, recorded_at=draw.choice(facts).at)
    return made


def spelled_at(fact: Fact) -> str:
    return str(msgspec.to_builtins(fact)["at"])


def charged(facts: Sequence[Fact], seed: int, times: int = 40) -> list[Fact]:
    """The journal with fees confirmed again, many of an act and many at one instant, and with corrections of what
    they say: one after another of the same line, a share of the fund said later or taken back.
    """
    draw = Random(seed)
    made = list(facts)
    acts = [fact for fact in facts if isinstance(fact, f.SessionStarted | f.AssessmentRecorded)]
    few = draw.sample(acts, min(len(acts), 5))
    for number in range(times):
        fees = [k for k, fact in enumerate(made) if isinstance(fact, f.FeeConfirmed)]
        if not fees or draw.random() < 0.4:
            one = draw.choice(few if draw.random() < 0.7 else acts)
            act = one.session if isinstance(one, f.SessionStarted) else one.assessment
            at = one.at + timedelta(minutes=draw.choice((0, 0, 0, 1, 2)))
            made.append(f.FeeConfirmed(at=at, act=act, amount_fen=draw.randrange(900), fund_fen=_share(draw),
                                       id=f"F{number}"))  # fmt: skip
            continue
        place = draw.choice(fees)
        line = made[place]
        made[place] = line = line if line.id else msgspec.structs.replace(line, id=f"F{number}")
        said = next((one.new for one in reversed(made) if isinstance(one, EntryCorrected) and one.target == line.id
                     and one.field == "fund_fen"), line.fund_fen)  # type: ignore[attr-defined]  # fmt: skip
        assert line.id is not None
        made.append(_correction(line.id, "fund_fen", said, _share(draw), line))
    return made


def _share(draw: Random) -> int | None:
    return draw.choice((None, None, 0, draw.randrange(900)))


def _correction(target: str, field: str, old: Any, new: Any, fact: Fact) -> Fact:
    line = {"type": "EntryCorrected", "at": spelled_at(fact), "target": target, "field": field, "old": old, "new": new,
            "reason": "r", "practitioner": "D1"}  # fmt: skip
    return parse_fact(msgspec.json.encode(line))


def plain(facts: Sequence[tuple[int, Fact]]) -> Rows:
    """The rows of everybody, act by act."""
    return plainly(facts)


def told(rows: Rows, acts: Sequence[str] | None = None) -> dict[str, list[Any]]:
    """What rows say, words by their text: equal for equal rows, whatever their numbers."""
    words: dict[str, Sequence[Any]] = {
        "item": rows.items, "serves": rows.items, "institution": rows.institutions, "in_force": rows.orders,
        "staff": rows.practitioners,
    }  # fmt: skip
    said: dict[str, list[Any]] = {
        name: [words[name][k] if k >= 0 else None for k in column.tolist()] if name in words else column.tolist()
        for name, column in rows.columns._asdict().items()
    }
    return said | {"acts": list(rows.acts if acts is None else acts), "patients": list(rows.patients)}


def log_at(path: Path, facts: Sequence[Fact]) -> SQLiteDCBRecorder:
    """A log of these facts."""
    connection = sqlite3.connect(path, isolation_level=None)
    create_log(connection)
    connection.close()
    recorder = SQLiteDCBRecorder(path)
    append(recorder, facts)
    return recorder


def entries(recorder: SQLiteDCBRecorder) -> list[tuple[int, Fact]]:
    """The whole log."""
    return [(row.position, read_entry(row.data)[1]) for row in recorder.rows(upto=recorder.size())]


def spoil(path: Path, sql: str, *values: object) -> None:
    """What somebody does to a log who can write to its file."""
    with closing(sqlite3.connect(path)) as connection:
        for name in ("entries_no_update", "entries_no_delete"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(sql, values)
        connection.commit()
