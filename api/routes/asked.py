"""What addresses are made of: pseudonyms and instants, read once for all routes."""

from collections import Counter
from datetime import datetime
from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import BeforeValidator

from api.clock import parse_instant
from api.problems import Offence, Problem

_ID = r"^[A-Za-z0-9._:@/-]{1,64}$"

PatientId = Annotated[str, Path(pattern=_ID, description="The patient's pseudonym in the journal.", examples=["P1"])]
PractitionerId = Annotated[str, Path(pattern=_ID, description="The practitioner's pseudonym.", examples=["PT1"])]
SessionId = Annotated[str, Path(pattern=_ID, description="The session's id.", examples=["S3"])]
ActId = Annotated[str, Path(pattern=_ID, description="A session's or an assessment's id.", examples=["S3"])]
KeyId = Annotated[str, Query(pattern=_ID, description="The signing key's id, as enrolled.", examples=["K1"])]
Instant = Annotated[datetime, BeforeValidator(parse_instant)]
AsOf = Annotated[
    Instant | None,
    Query(description="Leave out what happened after this instant.", examples=["2021-04-01T00:00:00+08:00"]),
]
AsKnownAt = Annotated[
    Instant | None,
    Query(description="Leave out what was written down after this instant.", examples=["2021-04-01T00:00:00+08:00"]),
]
At = Annotated[
    Instant | None,
    Query(description="The moment asked about; now, if left out.", examples=["2021-04-01T09:00:00+08:00"]),
]
Item = Annotated[
    str | None, Query(pattern=_ID, description="Only this item of the catalogue.", examples=["exercise-therapy"])
]
EpisodeId = Annotated[
    str | None,
    Query(pattern=_ID, description="The course of disease; the latest opened, if left out.", examples=["E1"]),
]


async def given_once(request: Request) -> None:
    """Refuses a parameter that the address gives twice: which of the two is meant, nobody can tell."""
    twice = [
        name for name, count in Counter(name for name, _ in request.query_params.multi_items()).items() if count > 1
    ]
    if twice:
        errors = [Offence(field=name, what="given twice; expected once") for name in twice]
        raise Problem(422, "invalid-request", "; ".join(f"{e.field}: {e.what}" for e in errors), errors)


InstitutionId = Annotated[
    str | None, Query(pattern=_ID, description="Where; that of the episode, if left out.", examples=["H1"])
]
