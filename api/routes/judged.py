"""What the service judges by, found out anew for every question: an adoption counts as soon as it is in the log."""

import logging
from collections.abc import Sequence

from fastapi import Request

from api.choosing import choose
from api.questions import WHOLE, Cut, Rules
from ledger.treatment.facts import Fact


def rules_of(request: Request, facts: Sequence[Fact], cut: Cut = WHOLE) -> Rules:
    """The rules of a question at a cut; `facts` are the case that it is about, with what the log says of adoptions.

    Where the text of an adoption is not at hand, the default judges, as its decisions say, and the service's log tells
    why, once: the same at every question would bury everything else.
    """
    state = request.app.state
    chosen = choose(state.rules_asked, facts, cut, instead=True)
    # A question of a time before the first adoption is nothing to warn of.
    if chosen.said and chosen.adopted and chosen.said not in state.warned:
        state.warned.add(chosen.said)
        logging.getLogger("uvicorn.error").warning("adopted-text-missing: %s", chosen.said.en)
    return chosen.rules
