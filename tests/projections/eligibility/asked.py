"""Asking of a short story, as the tests of this room do. Everybody in the stories is invented."""

from datetime import datetime
from typing import Any

from projections.eligibility import Counter, LimitWarning, Standing, eligibility
from projections.rules.rulebook import load_rulebook
from tests.cases.story import build

SHANGHAI = load_rulebook("shanghai-2017")
FINDINGS = "organic_lesion deficit_living deficit_rom deficit_cognition adl_disorder wheelchair_long_term wheelchair_self_operate"  # noqa: E501


def moment(text: str) -> datetime:
    """`2021-03-01 09:00` in Shanghai; `2021-03-01` is nine in the evening, when the day's acts are done."""
    return datetime.fromisoformat(f"{text if ' ' in text else text + ' 21:00'}:00+08:00")


def ask(story: str, item: str, at: str, findings: str = FINDINGS, patient: str = "", **more: Any) -> Standing:
    """How P1 stands with an item; `findings` and `patient` as in a story, `more` as in `eligibility`."""
    rulebook = more.pop("rulebook", SHANGHAI)
    facts = build(story, findings=findings, patient=patient)
    (standing,) = eligibility(facts, rulebook, "P1", at=moment(at), item=item, **more)
    return standing


def counter_of(standing: Standing, clause: str) -> Counter:
    """The counter of a clause."""
    (found,) = [counter for counter in standing.counters if counter.clause == clause]
    return found


def warned(standing: Standing) -> dict[str, LimitWarning]:
    """The warnings by clause: one each, at most."""
    found = {warning.clause: warning for warning in standing.warnings}
    assert len(found) == len(standing.warnings)
    return found


def kinds(standing: Standing) -> dict[str, tuple[str, str]]:
    """Kind and severity of each warning, by clause."""
    return {clause: (warning.kind, warning.severity) for clause, warning in warned(standing).items()}
