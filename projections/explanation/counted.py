"""What was counted: so much used of so much, over which days, and the acts by name."""

from projections.explanation.matter import Matter
from projections.rules.schema import GapClause, SpanClause
from projections.said import NOTHING, Said, acts, amount, days


def counted(matter: Matter) -> Said | None:
    """`2021-03-01 这一天已用 2 次，最多 2 次（S1、S2）`; None where the clause counts nothing."""
    finding = matter.finding
    over = days(*finding.window) if finding.window is not None else None
    if finding.used is None or finding.limit is None:
        if isinstance(matter.clause, GapClause) and over is not None and finding.window is not None:
            last = acts(finding.counted)
            since = amount(int(finding.observed["days_since_last"]), "day")
            first = finding.window[0]
            return Said(
                f"上一次在 {first}{last.zh}，相隔 {since.zh}", f"the last on {first}{last.en}, {since.en} before"
            )
        if not finding.counted and over is None:
            return None
        named = acts(finding.counted)
        return Said(f"{over.zh if over else '计入'}{named.zh}", f"{over.en if over else 'counted'}{named.en}")
    used, limit, named = amount(finding.used, finding.unit), amount(finding.limit, finding.unit), acts(finding.counted)
    if isinstance(matter.clause, SpanClause) and "paid_days" not in finding.readings.values() and over is not None:
        anchor = finding.counted[0] if finding.counted else None
        begun = Said(f"，自 {anchor} 起算", f", counted from {anchor}") if anchor is not None else NOTHING
        return Said(
            f"{over.zh}，第 {finding.used + 1} 天，共 {limit.zh}{begun.zh}",
            f"{over.en}, day {finding.used + 1} of {finding.limit}{begun.en}",
        )
    when = Said(over.zh, f" {over.en}") if over is not None else NOTHING
    return Said(
        f"{when.zh}已用 {used.zh}，最多 {limit.zh}{named.zh}",
        f"used {finding.used} of {limit.en}{when.en}{named.en}",
    )
