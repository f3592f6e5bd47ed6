"""One act: why the fund pays it or not."""

from fastapi import APIRouter, Depends, Request, Response

from api.access import Allow
from api.answers import Explanation, refusals, reply, shows
from api.explaining import explained
from api.problems import Problem
from api.questions import Cut, case_of_act
from api.routes.asked import ActId, AsKnownAt, AsOf, given_once
from api.routes.examples import ACCOUNT, DECISION
from api.routes.judged import rules_of
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
    facts, cut = case_of_act(request.app.state.ledger, act), Cut(as_of, as_known_at)
    told = explained(facts, act, rules_of(request, facts, cut), cut)
    return reply(Explanation(decision=told.decision, account=told.account))
