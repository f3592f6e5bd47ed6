"""What a new rulebook would change: put beside what acts are judged by today. Nothing is changed.

Asked of journals, or of a short log, the facts are judged; of a long log its mirror is, and the side of today is taken
from the decisions that are kept, where they are. Both ways say the same.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import tee
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from api.choosing import require_chosen
from api.mirroring import is_large, kept_decisions, mirror_of, of_mirror
from api.questions import Rules
from api.report_sources import LogHead, log_head, mirror_head
from api.reporting import Positions, positions_of
from ledger.application.mapper import read_entry
from ledger.treatment.facts import AssessmentRecorded, Fact, RulebookAdopted, SessionStarted
from projections.history import effective
from projections.mirror.refusal import MirrorError
from projections.mirror.tabulating import tabulate
from projections.preview import Preview, preview
from projections.rebuild.asked import asked_columns
from projections.rebuild.growing import NotTabled
from projections.rebuild.judging import outcome_of
from projections.reports.changes import other_rules
from projections.reports.document import Basis
from projections.reports.question import Question
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from projections.rules.succession import InForce, Period, Succession, succession_of

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


class Previewed(NamedTuple):
    """The sums, the judges of the two sides, and what was judged: of a ledger's log, the digest of a mirror of it."""

    sums: Preview
    now: Judge
    then: Judge
    log: LogHead | None = None
    mirror: str | None = None

    def basis(self, day: date) -> Basis:
        """What it was computed from, on a day, as a report says it."""
        size, root = self.log or (None, None)
        asked = Question(self.now, {}, day, mirror=self.mirror, log_size=size, log_root=root)
        return replace(asked.basis(), other=other_rules(self.then))


def previewed(
    facts: Sequence[Fact],
    by: Rules,
    new: Rulebook,
    *,
    begin: date | None = None,
    told: int = 1_000,
    adopting: RulebookAdopted | None = None,
    positions: Positions | None = None,
) -> Previewed:
    """Judge the facts as they stand by `by` and by `new`, which is in force from the day `begin` on (None: for all).

    The readings and the profile of `by` are chosen on both sides, where both declare them. `adopting`: the other side
    is what would be in force if the log had this entry too. `positions`: of the log; without them, the place of a line
    among `facts`. Raises AdoptionRefused, ReadingRefused, and NotTabled.
    """
    standing = effective(facts)
    evidence = Evidence(standing)
    now, then = _sides(evidence, standing, by, new, begin, adopting)
    rows = tabulate(evidence, positions=positions or positions_of(enumerate(facts, start=1)))
    found = preview(now, then, [rows], evidence.institutions, told=told, decide=outcome_of)
    return Previewed(found, now, then)


def previewed_of(
    ledger: "TreatmentLedger",
    adopted: Sequence[RulebookAdopted],
    by: Rules,
    new: Rulebook,
    *,
    begin: date | None = None,
    told: int = 1_000,
    adopting: RulebookAdopted | None = None,
) -> Previewed:
    """The same of what a ledger holds, whose adoptions, as they stand, are `adopted`. Raises AdoptedMeanwhile where
    they are others by now.
    """
    if is_large(ledger):
        try:
            return of_mirror(ledger, lambda: _of_mirror(ledger, adopted, by, new, begin, told, adopting))
        except (MirrorError, NotTabled):  # another process is at it, say: the facts answer too, later
            pass
    size = ledger.size
    require_chosen(ledger, size, adopted)
    recorded = [one for one in ledger.facts() if one.index < size]
    positions = positions_of([(one.index + 1, one.fact) for one in recorded])
    facts = [one.fact for one in recorded]
    found = previewed(facts, by, new, begin=begin, told=told, adopting=adopting, positions=positions)
    return found._replace(log=log_head(ledger, size))


def _of_mirror(
    ledger: "TreatmentLedger",
    adopted: Sequence[RulebookAdopted],
    by: Rules,
    new: Rulebook,
    begin: date | None,
    told: int,
    adopting: RulebookAdopted | None,
) -> Previewed:
    mirror = mirror_of(ledger)
    require_chosen(ledger, mirror.size, adopted)
    now, then = _sides(Evidence([]), adopted, by, new, begin, adopting)
    kept = kept_decisions(ledger, mirror, now)
    columns = (*asked_columns(now, then), "fee", "position")
    if kept is None:
        found = preview(now, then, mirror.batches(columns, acts=False), mirror.institutions, told=told)
    else:
        side, other = tee(kept.batches(columns, acts=False))
        batches, before = (rows for rows, _ in side), (outcome for _, outcome in other)
        found = preview(now, then, batches, mirror.institutions, told=told, before=before)
    named = [replace(one, act=_act_at(ledger, one.position)) for one in found.changes]
    return Previewed(replace(found, changes=tuple(named)), now, then, mirror_head(mirror), mirror.digest)


def _act_at(ledger: "TreatmentLedger", position: int) -> str:
    """The id of the act that an entry opens."""
    fact = read_entry(ledger.entry(position - 1))[1]
    if isinstance(fact, SessionStarted):
        return fact.session
    return fact.assessment if isinstance(fact, AssessmentRecorded) else ""


def _sides(
    evidence: Evidence,
    standing: Sequence[Fact],
    by: Rules,
    new: Rulebook,
    begin: date | None,
    adopting: RulebookAdopted | None,
) -> tuple[Judge, Judge]:
    adopted = [fact for fact in standing if isinstance(fact, RulebookAdopted)]
    today = by.judging_by(adopted)
    if adopting is not None:
        texts = by.rulebook.texts if isinstance(by.rulebook, InForce) else ()
        then: Rulebook | Succession = succession_of([*adopted, adopting], [*texts, new])
    else:
        then = followed(by, adopted, new, begin)
    return (
        Judge(evidence, today, by.readings, profile=by.profile),
        Judge(evidence, then, by.readings, profile=by.profile),
    )


def followed(by: Rules, adopted: Sequence[RulebookAdopted], new: Rulebook, begin: date | None) -> Rulebook | Succession:
    """What would be judged by if a new text decided from a day on (None: every act), besides what is judged by today.

    Where that is what was adopted, it is as if the new text were adopted now: an adoption from a later day still takes
    its place then. Raises AdoptionRefused.
    """
    if begin is None:
        return new
    if not isinstance(by.rulebook, InForce):
        return Succession([Period(date.min, by.rulebook), Period(begin, new)])
    now = max((fact.at for fact in adopted), default=datetime.max.replace(tzinfo=UTC))
    one_more = RulebookAdopted(at=now, rulebook=new.id, digest=new.digest, effective_from=begin)
    return succession_of([*adopted, one_more], [*by.rulebook.texts, new])
