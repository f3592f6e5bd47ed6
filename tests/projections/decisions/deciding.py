"""A log, its mirror and the decisions kept beside it, with what holds of them whenever they were brought up to date."""

from pathlib import Path

import numpy as np

from ledger.application import TreatmentLedger
from ledger.application.reading import case_streams, in_log_order
from ledger.treatment.facts import AssessmentRecorded, Fact, SessionStarted
from projections.decisions import Decided, Kept, check, keep
from projections.history import effective
from projections.mirror.columns import EVIDENCE
from projections.mirror.following import update
from projections.mirror.mirror import EVERY, Mirror
from projections.rebuild.judging import judge_rows, table_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from tests.application.world import facts
from tests.projections.rules.building import SHANGHAI
from tests.stories.mixed_up import NOW


class Deciding:
    """`judged` counts the rows that had to be judged at the last `keep`."""

    def __init__(self, home: Path, ledger: TreatmentLedger, book: Rulebook = SHANGHAI) -> None:
        self.ledger = ledger
        self.mirror_at = home / "mirror"
        self.store = home / "decisions"
        self.judge = Judge(Evidence([]), book)
        self.judged = 0

    def record(self, *lines: str) -> None:
        self.ledger.record(facts(list(lines)), now=NOW)

    def mirror(self) -> Mirror:
        update(self.mirror_at, self.ledger)
        return Mirror.open(self.mirror_at)

    def keep(self, judge: Judge | None = None) -> Kept:
        self.judged = 0

        def told(done: int, total: int) -> None:
            assert done <= total
            self.judged = done

        return keep(self.store, self.mirror(), judge or self.judge, told=told)

    def at(self, size: int, patient: str) -> tuple[Judge, dict[str, int]]:
        """The reference over a patient's case as it was, and the positions of the lines that open acts."""
        case = in_log_order(case_streams(self.ledger.recorder, patient, size))
        opened = {act: one.index + 1 for one in case if (act := act_of(one.fact)) is not None}
        return Judge(effective([one.fact for one in case]), self.judge.rulebook), opened

    def check(self) -> int:
        """Kept decisions are those of judging; each act's newest is what stands, each older one what stood then. How
        many acts were decided otherwise before."""
        kept = self.keep()
        mirror = kept.mirror
        reopened = Kept.open(self.store, mirror, self.judge)
        changed = 0
        for rows, outcome in reopened.batches(EVERY):
            acts = rows.columns.kind != EVIDENCE
            judged = judge_rows(table_of(self.judge, rows, mirror.institutions), rows)
            for mine, theirs in zip(outcome, judged, strict=True):
                assert np.array_equal(mine[acts], theirs[acts])
            for place in np.flatnonzero(acts).tolist():
                found = reopened.of(int(rows.columns.position[place]))
                changed += len(found) > 1
                assert [one.size for one in found] == sorted(one.size for one in found)
                assert found[-1].payable == bool(judged.payable[place])
                for one in found:
                    self.check_one(one, rows.acts[place])
        return changed

    def check_one(self, one: Decided, act: str) -> None:
        """The reference says the same of what was in the log then."""
        patient = next(moved.patient for moved in [self._act(one.size, act)] if moved is not None)
        judge, positions = self.at(one.size, patient)
        check(one, judge.decision(act), positions)

    def _act(self, size: int, act: str):  # type: ignore[no-untyped-def]
        every = effective([one.fact for one in self.ledger.facts() if one.index < size])
        return next((found for found in Evidence(every).acts if found.id == act), None)


def act_of(fact: Fact) -> str | None:
    """The id of the act that a line opens."""
    if isinstance(fact, SessionStarted):
        return fact.session
    return fact.assessment if isinstance(fact, AssessmentRecorded) else None
