"""The one spelling of a fact: equal content, equal bytes.

Fields stand in the order in which they are declared, defaults and nulls are left out, keys of free objects are
sorted, instants are at +08:00, and a number that is whole is spelled whole. Bytes in this spelling are what the
ledger hashes, so nothing here may ever change for a type version that was written once.
"""

from typing import Any, Final

import msgspec

from ledger.treatment.facts import AssessmentRecorded, EntryCorrected, Fact
from ledger.treatment.values import HOME, at_home

MAX_SPELLED: Final = 60_000
"""Bytes of the longest fact. An entry has at most 65,535, and its tags and times need some of them."""

_MAX_WHOLE: Final = 2**53  # beyond it a float does not know its neighbours, so it stays as it is

_encode = msgspec.json.Encoder(order="deterministic").encode


def spell(fact: Fact) -> bytes:
    """The fact in its one spelling, UTF-8 JSON without a newline. `parse_fact` reads it back to an equal fact."""
    return _encode(fact)


def normalise(fact: Fact) -> Fact:
    """The fact that is spelled alike however it was written. Raises `OverflowError` for an instant near year 1 or 9999.

    `recorded_at` is left out where it says the same as `at` (it is what its absence means).
    """
    recorded = fact.recorded_at
    if fact.at.tzinfo != HOME or (recorded is not None and (recorded.tzinfo != HOME or recorded == fact.at)):
        if recorded is not None:
            recorded = None if recorded == fact.at else at_home(recorded)
        fact = msgspec.structs.replace(fact, at=at_home(fact.at), recorded_at=recorded)
    if isinstance(fact, AssessmentRecorded):
        return _whole_scores(fact)
    if isinstance(fact, EntryCorrected):
        return msgspec.structs.replace(fact, old=_whole(fact.old), new=_whole(fact.new))
    return fact


def _whole_scores(fact: AssessmentRecorded) -> AssessmentRecorded:
    if not any(isinstance(result.score, float) or isinstance(result.max, float) for result in fact.results):
        return fact
    results = [
        msgspec.structs.replace(result, score=_whole(result.score), max=_whole(result.max)) for result in fact.results
    ]
    return msgspec.structs.replace(fact, results=results)


def _whole(value: Any) -> Any:
    """90.0 is 90, also inside lists and objects."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _MAX_WHOLE else value
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {key: _whole(each) for key, each in value.items()}
    return value
