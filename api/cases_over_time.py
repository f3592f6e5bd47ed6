"""The case of whoever an act is about, over the first entries of the log, as many as are asked for; read once.

Whoever asks how an act was decided at some time needs the record of that time, and most often of several. Knows the
log and nothing of rules.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from api.questions import Unknown
from ledger.application.reading import Recorded, case_streams, in_log_order, read_streams, recorded
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.facts import AssessmentRecorded, Fact, SessionStarted
from ledger.treatment.state import fold
from projections.history import effective
from projections.rules.evidence import Evidence


class Then(NamedTuple):
    """What was known of a case at a size: the facts as they stood, and where the lines are that open its acts."""

    standing: list[Fact]
    evidence: Evidence
    positions: dict[str, int]


class CasesOverTime:
    """The case over the first entries, up to `size`. `position`: of the line that opens the act, from 1.

    What a case calls for over all entries holds what it called for over the first of them, since lines are only added;
    what else it holds is another's, and decides nothing of this patient's acts. Whose act it is may have been corrected
    in between: then there is a case of each.
    """

    def __init__(self, recorder: SQLiteDCBRecorder, act: str, size: int) -> None:
        """Raises Unknown where the first `size` entries open no such act."""
        self.act, self.size = act, size
        self._recorder = recorder
        (rows,) = read_streams(recorder, [f"act:{act}"], size)
        self._of_act = [recorded(row) for row in rows]
        opening = [one.index + 1 for one in self._of_act if _opens(one.fact) == act]
        if not opening:
            raise Unknown(f"no session or assessment {act} in this ledger")
        self.position = opening[0]
        self._read: dict[str, list[Recorded]] = {}
        self._over: dict[tuple[str | None, int], Then] = {}

    def over(self, size: int) -> Then:
        """The case over the first `size` entries; of nobody where the act was not there yet."""
        patient = self._patient(size)
        if patient is not None and patient not in self._read:
            self._read[patient] = in_log_order(case_streams(self._recorder, patient, self.size))
        entries = _first(self._read[patient], size) if patient is not None else []
        if (patient, len(entries)) not in self._over:  # else nothing came in that has to do with it
            self._over[patient, len(entries)] = _then(entries)
        return self._over[patient, len(entries)]

    def _patient(self, size: int) -> str | None:
        """Whose act it was, as corrected by then."""
        state = fold(f"act:{self.act}", (one.fact for one in _first(self._of_act, size)))
        return getattr(state.now[0], "patient", None) if state.now else None


def _first(entries: Sequence[Recorded], size: int) -> Sequence[Recorded]:
    """Those among the first `size` of the log."""
    return entries[: bisect_right(entries, size, key=lambda one: one.index + 1)]


def _then(entries: Sequence[Recorded]) -> Then:
    standing = list(effective([one.fact for one in entries]))
    opened = ((_opens(one.fact), one.index + 1) for one in entries)
    return Then(standing, Evidence(standing), {act: position for act, position in opened if act is not None})


def _opens(fact: Fact) -> str | None:
    if isinstance(fact, SessionStarted):
        return fact.session
    return fact.assessment if isinstance(fact, AssessmentRecorded) else None
