"""Journals by chance, written down late: voided, corrected and signed afterwards, and known later than it happened.

A journal of `chance_themes.py` is taken, and people come back to it. Only what the ledger takes stays. No two lines
that people add here have one `at`, and no corrected `at` is that of another line.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec

from ledger.treatment import facts as f
from ledger.treatment.batch import Refused, decide_batch
from ledger.treatment.facts import EntryCorrected, Fact
from tests.cases.chance_themes import Theme, adl, apart, journal, limbs, spans, world

FOREIGN = "cupping"
"""A treatment that no rulebook knows."""

BRIEF: tuple[Theme, ...] = (limbs, spans, adl, apart, world)

_FIELDS: dict[type[Fact], dict[str, tuple[Any, ...]]] = {
    f.SessionStarted: {
        "therapist": ("T1", "T2", "T9"),
        "institution": ("H1", "H2", "H3", "H4"),
        "patient": ("P1", "P2"),
        "mode": ("individual", "group"),
        "setting": ("outpatient", "home", "inpatient"),
        "stay": (None, "ST0", "ST9"),
    },
    f.SessionStopped: {"effect": ("good", "tired")},
    f.SessionSigned: {"practitioner": ("T1", "T2")},
    f.AssessmentRecorded: {
        "outcome": (None, "improved", "unchanged", "declined"),
        "assessors": ([], ["T1"], ["T1", "T2", "T3"], ["T1", "T2", "T3", "T4"]),
        "results": ([], [{"scale": "FIM", "score": 3}], [{"scale": "FIM", "score": 3}, {"scale": "MBI", "score": 4}]),
        "serves": (None, "speech-training", FOREIGN),
        "episode": ("E1", "E2"),
    },
    f.PrescriptionIssued: {
        "valid_until": (None, "2021-06-30", "2022-03-01"),
        "physician": ("DR1", "DR2", "DR3", "DR4"),
    },
    f.PatientFileOpened: {"born": ("2014-03-10", "1985-06-01", "2007-04-01"), "sex": ("male", "female")},
    f.FindingsRecorded: {"findings": ({"organic_lesion": False}, {"severity_adl": "mild"}, {"severity_adl": "severe"})},
    f.FeeConfirmed: {"amount_fen": (4000, 5500, 9000)},
    f.InstitutionQualified: {"valid_from": ("2000-01-01", "2021-04-01"), "valid_until": (None, "2021-08-31")},
    f.PractitionerQualified: {"scope": ("rehabilitation", "tcm", "training"), "valid_until": (None, "2021-09-30")},
    f.EpisodeOpened: {"onset": (None, "2020-06-01", "2021-02-01")},
    f.PatientDischarged: {},
    f.PatientAdmitted: {"institution": ("H1", "H2")},
}
"""What people write down wrong, and what they may say instead. Whatever has an id may have another `at` besides."""


def belated(seed: int, theme: Theme | None = None) -> list[Fact]:
    """A journal that the ledger takes, much of it late."""
    chance = Random(seed)
    facts = journal(seed, theme or BRIEF[seed % len(BRIEF)])
    lines = [_named(line, place, chance) for place, line in enumerate(facts)]
    lines += _voids(lines, chance)
    lines = [_later(line, chance) for line in lines]
    lines += _corrections(lines, chance)
    while refused := [isinstance(verdict, Refused) for verdict in decide_batch(lines)]:
        if not any(refused):
            break
        lines = [line for line, gone in zip(lines, refused, strict=True) if not gone]
    return lines


def _named(line: Fact, place: int, chance: Random) -> Fact:
    return msgspec.structs.replace(line, id=f"L{place}") if chance.random() < 0.5 else line


def _later(line: Fact, chance: Random) -> Fact:
    """Three of four lines are written down at once; a signature may be made later, too."""
    if chance.random() < 0.75:
        return line
    if isinstance(line, f.SessionSigned) and chance.random() < 0.15:
        line = msgspec.structs.replace(
            line, at=line.at + timedelta(days=chance.choice((1, 20)), seconds=chance.randrange(60))
        )
    return msgspec.structs.replace(line, recorded_at=line.at + _delay(chance))


def _delay(chance: Random) -> timedelta:
    return timedelta(days=chance.choice((0, 1, 3, 30, 200)), minutes=chance.randrange(1, 600))


def _voids(lines: Sequence[Fact], chance: Random) -> Iterator[Fact]:
    for line in lines:
        if isinstance(line, f.SessionStarted | f.AssessmentRecorded) and chance.random() < 0.04:
            at = line.at + timedelta(days=chance.choice((2, 50)), seconds=chance.randrange(60))
            if isinstance(line, f.SessionStarted):
                yield f.SessionVoided(at=at, session=line.session, reason="not performed")
            else:
                yield f.AssessmentVoided(at=at, assessment=line.assessment, reason="not performed")


def _corrections(lines: Sequence[Fact], chance: Random) -> Iterator[Fact]:
    """Of some lines a field, now and then mended again; `old` is what the line or the last correction left."""
    made = 0
    for line in lines:
        if chance.random() > 0.12 or type(line) not in _FIELDS:
            continue
        said = msgspec.to_builtins(line)
        target = _target(line)
        fields = dict(_FIELDS[type(line)])
        if line.id is not None:
            target = line.id if chance.random() < 0.5 or target is None else target
            if target == line.id:
                moved = [
                    line.at + timedelta(days=days, seconds=7, microseconds=len(said) + made) for days in (-1, 0, 1, 14)
                ]
                fields |= {"at": tuple(instant.isoformat() for instant in moved)} if chance.random() < 0.4 else {}
        if target is None or not fields:
            continue
        field = chance.choice(sorted(fields))
        at, old = line.at, said.get(field)
        for _ in range(chance.choice((1, 1, 2))):
            made += 1
            at += timedelta(days=chance.choice((1, 5, 60)), seconds=13, microseconds=made)
            new = chance.choice(fields[field])
            yield EntryCorrected(
                at=at, recorded_at=at + _delay(chance) if chance.random() < 0.6 else None, target=target, field=field,
                old=old, new=new, reason="written down wrong", practitioner="DR1",
            )  # fmt: skip
            old = new


def _target(line: Fact) -> str | None:
    """The id by which people call what the line is about, other than the line's own."""
    for name in ("session", "assessment", "prescription"):
        if name in line.__struct_fields__:
            return getattr(line, name)  # type: ignore[no-any-return]
    return None


def instants(lines: Sequence[Fact], chance: Random, count: int) -> list[datetime]:
    """Moments to ask at: at, right before and right after something was written down, and before and after all."""
    written = sorted({line.recorded_at or line.at for line in lines})
    near = [one + timedelta(microseconds=chance.choice((-1, 0, 1))) for one in chance.choices(written, k=count)]
    return [written[0] - timedelta(days=1), *near, written[-1] + timedelta(days=1)]
