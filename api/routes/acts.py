"""One act: why the fund pays it or not."""

from fastapi import APIRouter, Depends, Request, Response

from api.access import Allow
from api.answers import Explanation, refusals, reply, shows
from api.explaining import explained
from api.problems import Problem
from api.questions import Cut
from api.routes.asked import ActId, AsKnownAt, AsOf, given_once
from api.routes.examples import ACCOUNT, DECISION
from api.tokens import Role

router = APIRouter(
    prefix="/acts", tags=["acts"], dependencies=[Depends(Allow(Role.SYSTEM, Role.AUDITOR)), Depends(given_once)]
)


@router.get(
    "/{act:path}/explanation",
    operation_id="explain_act",
    summary="Every clause of the decision on an act, and what would make it payable",
    responses=shows(Explanation, {"decision": DECISION, "account": ACCOUNT})
    | refusals(Problem(404, "unknown", "no session or assessment S9 in this ledger")),
)
def explain_act(request: Request, act: ActId, as_of: AsOf = None, as_known_at: AsKnownAt = None) -> Response:
    """In Chinese and English: the words of the rule, what was counted, what was seen, and the remedy."""
    state = request.app.state
    told = explained(state.ledger, act, state.rules, Cut(as_of, as_known_at))
    return reply(Explanation(decision=told.decision, account=told.account))
