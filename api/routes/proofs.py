"""The log as outsiders check it: checkpoint, inclusion, consistency."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.access import Allow, Public
from api.answers import Consistency, Inclusion, refusals, reply, shows
from api.problems import Offence, Problem
from api.routes.asked import given_once
from api.routes.examples import CHECKPOINT, LEAF, NODE
from api.tokens import Role

router = APIRouter(tags=["proofs"])
readers = [Depends(Allow(Role.SYSTEM, Role.AUDITOR)), Depends(given_once)]

_TOO_LARGE = Problem(422, "invalid-request", "size: 50 is more than the 42 entries there are", [
    Offence(field="size", what="50 is more than the 42 entries there are")
])  # fmt: skip

Index = Annotated[int, Query(ge=0, le=2**63 - 1, description="An entry's place in the log, from 0; a receipt has it.")]
OldSize = Annotated[int, Query(ge=0, le=2**63 - 1, description="How many entries the older tree has.")]
Size = Annotated[int, Query(ge=1, le=2**63 - 1, description="How many entries the tree has; a checkpoint has it.")]


@router.get(
    "/checkpoint",
    operation_id="get_checkpoint",
    summary="The signed checkpoint of the whole log (C2SP tlog-checkpoint)",
    dependencies=[Depends(Public())],
    response_class=Response,
    responses={
        200: {
            "description": "A signed note; check it with the verifier key.",
            "content": {"text/plain": {"schema": {"type": "string"}, "example": CHECKPOINT}},
        }
    },
)
async def get_checkpoint(request: Request) -> Response:
    """Public: whoever keeps a checkpoint can prove any later rewriting of the log. Says nothing of any patient."""
    return Response(await request.app.state.checkpointing.checkpoint(), media_type="text/plain")


@router.get(
    "/proofs/inclusion",
    operation_id="prove_inclusion",
    summary="That an entry is in the tree of a size (RFC 6962)",
    dependencies=readers,
    responses=shows(Inclusion, {"index": 41, "size": 42, "leaf": LEAF, "proof": [NODE]}) | refusals(_TOO_LARGE),
)
def prove_inclusion(request: Request, index: Index, size: Size) -> Response:
    """Take `size` from a checkpoint and hold the proof against its root."""
    ledger = request.app.state.ledger
    _require("size", size <= ledger.size, f"{size} is more than the {ledger.size} entries there are")
    _require("index", index < size, f"{index} is not below the size {size}")
    proof = [node.hex() for node in ledger.prove_inclusion(index, size)]
    return reply(Inclusion(index=index, size=size, leaf=ledger.leaf(index).hex(), proof=proof))


@router.get(
    "/proofs/consistency",
    operation_id="prove_consistency",
    summary="That a tree begins with an older one (RFC 6962)",
    dependencies=readers,
    responses=shows(Consistency, {"old_size": 40, "size": 42, "proof": [NODE]}) | refusals(_TOO_LARGE),
)
def prove_consistency(request: Request, old_size: OldSize, size: Size) -> Response:
    """Take `old_size` from a checkpoint that you kept and `size` from the latest."""
    ledger = request.app.state.ledger
    _require("size", size <= ledger.size, f"{size} is more than the {ledger.size} entries there are")
    _require("old_size", old_size <= size, f"{old_size} is more than the size {size}")
    proof = [node.hex() for node in ledger.prove_consistency(old_size, size)]
    return reply(Consistency(old_size=old_size, size=size, proof=proof))


def _require(field: str, holds: bool, what: str) -> None:
    if not holds:
        raise Problem(422, "invalid-request", f"{field}: {what}", [Offence(field=field, what=what)])
