"""`POST /facts`: facts in, receipts out."""

import json
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from api.access import Allow
from api.answers import Receipt, Receipts, refusals, reply, shows
from api.clock import now
from api.intake import malformed, parse_body, read_body, refused
from api.problems import Offence, Problem
from api.routes.examples import RECEIPT, STARTED, STOPPED
from api.tokens import Role
from ledger.application import Refused, TreatmentLedger

router = APIRouter(tags=["facts"])

_FACT: dict[str, Any] = {"$ref": "#/components/schemas/Fact"}
_BODY: dict[str, Any] = {
    "required": True,
    "description": "One fact (application/json), or a journal of up to 8 MiB: one fact a line (application/x-ndjson).",
    "content": {
        "application/json": {"schema": _FACT, "example": STOPPED},
        "application/x-ndjson": {
            "schema": {"type": "string"},
            "example": f"{json.dumps(STARTED)}\n{json.dumps(STOPPED)}\n",
        },
    },
}
_RECEIPTS = {"receipts": [RECEIPT]}


@router.post(
    "/facts",
    operation_id="record_facts",
    summary="Record facts, all or nothing",
    status_code=201,
    dependencies=[Depends(Allow(Role.SYSTEM, Role.RECORDER))],
    openapi_extra={"requestBody": _BODY},
    responses=shows(Receipts, _RECEIPTS, "Something new was appended. A receipt means that the fact is durable.", 201)
    | shows(Receipts, _RECEIPTS, "All of it was known already; these are the receipts given then.", 200)
    | refusals(
        malformed([Offence(line=1, field="at", what="'2021-03-01' has no time and offset")]),
        refused([Offence(line=2, field="session", what="S3 has been stopped already")]),
        Problem(413, "content-too-large", "the body is larger than 8,388,608 bytes"),
        Problem(415, "unsupported-media-type", "text/xml is not read here"),
    ),
)
async def record_facts(request: Request) -> Response:
    """Takes one fact or a journal. A line that is known already gets the receipt it got then, so repeating is safe.

    A receipt means that the fact is on the disk. What cannot have happened is refused with 409, and then nothing of
    the body is taken in. What happened but is not payable is recorded: the ledger does not judge.
    """
    body = await read_body(request.stream())
    # In a thread, all of it: the loop goes on serving while lines are read and the writer makes the facts durable.
    return await run_in_threadpool(_record, request.app.state.ledger, body, request.headers.get("content-type", ""))


def _record(ledger: TreatmentLedger, body: bytes, content_type: str) -> Response:
    lines = parse_body(body, content_type)
    try:
        given = ledger.record([fact for _, fact in lines], now=now())
    except Refused as refusal:
        raise refused([Offence(line=lines[p.line][0], field=p.field, what=p.what) for p in refusal.problems]) from None
    receipts = [Receipt(index=r.index, leaf=r.leaf, appended_at=r.appended_at) for r in given]
    return reply(Receipts(receipts=receipts), 200 if all(receipt.known for receipt in given) else 201)
