"""How acts stand over several profiles, summed up: how many are in dispute, for how much money, over which clauses.

One judge a profile, over one evidence, run side by side and each act counted once; so nothing is kept but the sums.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from projections.rules.decision import VERDICTS, Verdict
from projections.rules.judge import Judge, verdict_over


class Sum(Struct, frozen=True, kw_only=True):
    """Acts of one verdict; `amount_fen` is the sum of the fees as confirmed last, `without_fee` how many have none."""

    verdict: Verdict
    zh: str
    acts: int
    amount_fen: int
    without_fee: int


class Contested(Struct, frozen=True, kw_only=True):
    """A clause with its words, and how many acts it denies under some profile, alone or with others: acts that no
    profile pays (`violation`), and acts that another one does pay (`suspected`).
    """

    clause: str
    violation: int
    suspected: int
    quote: str | None


class Tally(Struct, frozen=True, kw_only=True):
    """The sums of all verdicts, and the clauses that deny anything, most acts first."""

    acts: int
    patients: int
    verdicts: tuple[Sum, ...]
    clauses: tuple[Contested, ...]


def tally(judges: Sequence[Judge], patient: str | None = None) -> Tally:
    """Sums up what these judges decide over the same evidence, one of them at least; of one patient, if named."""
    evidence = judges[0].evidence
    acts: Counter[Verdict] = Counter()
    fees: Counter[Verdict] = Counter()
    without: Counter[Verdict] = Counter()
    denied: dict[Verdict, Counter[str]] = {"violation": Counter(), "suspected": Counter()}
    quotes: dict[str, str | None] = {}
    patients: set[str] = set()
    for decisions in zip(*(judge.decisions(patient) for judge in judges), strict=True):
        first = decisions[0]
        verdict = verdict_over(decisions)
        fee = evidence.fee_of(first.act)
        acts[verdict] += 1
        fees[verdict] += fee or 0
        without[verdict] += fee is None
        patients.add(first.patient)
        if verdict != "compliant":
            denied[verdict].update({clause for decision in decisions for clause in decision.denied_by})
            for finding in (finding for decision in decisions for finding in decision.findings if not finding.holds):
                quotes.setdefault(finding.clause, finding.quote)
    return Tally(
        acts=acts.total(),
        patients=len(patients),
        verdicts=tuple(
            Sum(verdict=one, zh=zh, acts=acts[one], amount_fen=fees[one], without_fee=without[one])
            for one, zh in VERDICTS.items()
        ),
        clauses=tuple(
            Contested(
                clause=clause,
                violation=denied["violation"][clause],
                suspected=denied["suspected"][clause],
                quote=quotes[clause],
            )
            for clause in _most_first(denied.values())
        ),
    )


def _most_first(denied: Iterable[Counter[str]]) -> list[str]:
    total: Counter[str] = Counter()
    for count in denied:
        total.update(count)
    return sorted(total, key=lambda clause: (-total[clause], clause))
