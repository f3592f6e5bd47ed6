"""What is measured in SQL is what it is said to be: each clause by itself over every attempt, done once more here."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.bench.duckdb_clauses import KINDS, DuckDB
from projections.mirror.columns import EVIDENCE, SEVERITY_SHIFT, Rows
from projections.mirror.house import houses
from projections.mirror.mirror import Mirror
from projections.mirror.tabulating import tabulate
from projections.mirror.writing import write_mirror
from projections.rules.calendar import first_day_past, period_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.schema import CountClause, DaysClause, ExclusiveClause, GapClause, SpanClause
from tests.projections.mirror.logs import patients_journal
from tests.projections.rules.building import SHANGHAI
from tests.projections.spark.mirrors import mirror_in

EVIDENCES = [Evidence(patients_journal(seed, 12)) for seed in (11, 12)]
FAMILIES = {clause.clause: type(clause) for item in SHANGHAI.items for clause in item.clause}


def by_sql(directory: Path, rows: Rows, evidence: Evidence) -> tuple[tuple[int, int], list[tuple[int, str]]]:
    write_mirror(directory, [rows], houses(evidence.institutions))
    with closing(DuckDB(Mirror.open(directory), SHANGHAI)) as database:
        return database.judge(), database.failing()


def by_attempts(rows: Rows) -> Iterator[tuple[int, str]]:
    """One act after another, as the clauses are worded, whatever was paid."""
    c, place = rows.columns, 0
    counts: Counter[Any] = Counter()
    seen: dict[Any, Any] = {}
    for k in range(len(rows.acts)):
        if c.kind[k] == EVIDENCE:
            continue
        place += 1
        rule = SHANGHAI.by_slug.get(rows.items[c.item[k]])
        patient, day = int(c.patient[k]), date(1970, 1, 1) + timedelta(int(c.day[k]))
        stay, episode = int(c.stay[k]), int(c.episode[k])
        seen.setdefault((patient, day), set()).add(rule.number if rule else 0)
        for words in rule.clause if rule else ():
            own = (patient, words.clause)
            if isinstance(words, CountClause):
                group = {"day": day, "month": (day.year, day.month), "stay": stay, "episode": episode}[words.per]
                if words.per == "stay" and stay < 0:
                    continue
                counts[own, group] += 1
                failing = counts[own, group] > words.max
            elif isinstance(words, DaysClause):
                days = seen.setdefault((own, episode), set())
                days.add(day)
                degree = int(c.findings[k]) >> SEVERITY_SHIFT[words.severity] & 3 if words.severity else 0
                by = words.max_by
                most = words.max if words.max else (0, by.get("mild"), by.get("moderate"), by.get("severe"))[degree]
                failing = len(days) > (most or 0)
            elif isinstance(words, GapClause):
                failing = own in seen and (day - seen[own]).days < words.days["date_difference"]
                seen[own] = day
            elif isinstance(words, SpanClause):
                failing = day >= first_day_past(seen.setdefault((own, episode), day), period_of(words.length))
            elif isinstance(words, ExclusiveClause):
                failing = bool(seen[patient, day] & set(words.excludes))
            else:
                continue
            if failing:
                yield place, words.clause


@pytest.mark.parametrize("evidence", EVIDENCES)
def test_each_clause_over_every_attempt(tmp_path: Path, evidence: Evidence) -> None:
    rows = tabulate(evidence)
    (acts, payable), failing = by_sql(tmp_path, rows, evidence)
    assert failing == sorted(by_attempts(rows))
    assert acts == len(evidence.acts)
    assert payable == acts - len({act for act, _ in failing})


def test_all_five_kinds_are_reached(tmp_path: Path) -> None:
    found = {FAMILIES[clause] for evidence in EVIDENCES for _, clause in by_attempts(tabulate(evidence))}
    assert found == set(KINDS)


def test_it_is_not_the_rule(tmp_path: Path) -> None:
    """Acts that SQL denies, and the judge pays: what stood in their way was not paid itself."""
    evidence = EVIDENCES[0]
    rows = tabulate(evidence)
    _, failing = by_sql(tmp_path, rows, evidence)
    acts = [act for k, act in enumerate(rows.acts) if rows.columns.kind[k] != EVIDENCE]
    denied = {acts[place - 1] for place, _ in failing}
    assert denied & {one.act for one in Judge(evidence, SHANGHAI).decisions() if one.payable}


def test_rows_that_do_not_count_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="patches"):
        DuckDB(mirror_in(tmp_path, patched=True), SHANGHAI)
