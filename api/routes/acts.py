"""One act: why the fund pays it or not."""

from fastapi import APIRouter, Depends, Request, Response

from api import questions
from api.access import Allow
from api.answers import Explanation, refusals, reply, shows
from api.problems import Problem
from api.routes.asked import ActId
from api.routes.examples import ACCOUNT, DECISION
from api.tokens import Role
from projections.explanation import account

router = APIRouter(prefix="/acts", tags=["acts"], dependencies=[Depends(Allow(Role.SYSTEM, Role.AUDITOR))])


@router.get(
    "/{act:path}/explanation",
    operation_id="explain_act",
    summary="Every clause of the decision on an act, and what would have to change",
    responses=shows(Explanation, {"decision": DECISION, "account": ACCOUNT})
    | refusals(Problem(404, "unknown", "no session or assessment S9 in this ledger")),
)
def explain_act(request: Request, act: ActId) -> Response:
    """With the words of the rule, what was counted, and the remedy."""
    by = request.app.state.rules
    made = questions.decision(request.app.state.ledger, act, by)
    return reply(Explanation(decision=made, account=account(made, by.rulebook)))
