"""Invented patients with settings, delays, shares of the fund and missing signatures; and the same acts one by one.

What reports count over columns is counted here act by act, from the decisions of the reference evaluator and the facts
themselves.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any, NamedTuple

import msgspec

from ledger.treatment.facts import Fact, FeeConfirmed, SessionSigned, SessionStarted
from ledger.treatment.values import at_home
from projections.mirror.tabulating import tabulate
from projections.rebuild.judging import judge_rows, table_of
from projections.reports.document import Cell, Document, Row, figure_key
from projections.reports.opening import ActLine, acts_of
from projections.reports.question import Batch, Filter, Question
from projections.rules.acts import Act
from projections.rules.decision import Decision
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from tests.projections.rules.building import SHANGHAI
from tests.projections.rules.random_journals import journal_of

TODAY = date(2022, 1, 5)
_IDS = (
    "patient", "episode", "prescription", "session", "assessment", "stay", "act", "practitioner", "therapist",
    "physician", "id",
)  # fmt: skip
_DELAYS = [timedelta(hours=hours) for hours in (-3, 0, 0, 1, 20, 24, 30, 500)] + [timedelta(hours=24, microseconds=1)]


class Seen(NamedTuple):
    """One act as it was decided, with what the facts say of it beside."""

    act: Act
    decision: Decision
    fee: int | None
    share: int | None

    @property
    def month(self) -> str:
        return f"{at_home(self.act.at):%Y-%m}"

    @property
    def therapist(self) -> str:
        return self.act.staff[0].id if self.act.staff else ""


class World:
    """Facts judged twice: as columns, in batches of a few patients, and act by act."""

    def __init__(self, facts: Sequence[Fact], *, patients_a_batch: int = 2, **judging: Any) -> None:
        self.judge = Judge(facts, SHANGHAI, **judging)
        evidence = self.judge.evidence
        self.shares = _shares(facts)
        patients = sorted({act.patient for act in evidence.acts})
        positions = {(act.kind, act.id): k for k, act in enumerate(evidence.acts, start=101)}
        self.batches = [
            self._batch(evidence, patients[k : k + patients_a_batch], positions)
            for k in range(0, len(patients), patients_a_batch)
        ]
        decisions = {(one.kind, one.act): one for one in self.judge.decisions()}
        self.seen = [
            Seen(act, decisions[act.kind, act.id], evidence.fee_of(act.id), self.shares.get(act.id))
            for act in evidence.acts
        ]

    def _batch(self, evidence: Evidence, patients: list[str], positions: dict[tuple[str, str], int]) -> Batch:
        rows = tabulate(evidence, patients, positions=positions)
        outcome = judge_rows(table_of(self.judge, rows, evidence.institutions), rows)
        return Batch(rows, outcome)

    def question(self, filter: Filter = Filter()) -> Question:  # noqa: B008
        return Question(self.judge, self.judge.evidence.institutions, TODAY, filter, "m" * 64, 1234, "cm9vdA==")

    def acts(self, key: str, filter: Filter = Filter()) -> list[ActLine]:  # noqa: B008
        return list(acts_of(key, self.batches, self.question(filter)))


def _shares(facts: Sequence[Fact]) -> dict[str, int]:
    """By act what the fund pays, where the fee confirmed last says it."""
    fees = sorted((fact for fact in facts if isinstance(fact, FeeConfirmed)), key=lambda fact: fact.at)
    last = {fact.act: fact.fund_fen for fact in fees}
    return {act: share for act, share in last.items() if share is not None}


def within(seen: Sequence[Seen], filter: Filter) -> list[Seen]:
    """The acts of the days and the institution, looked at one by one."""
    first, last, institution = filter
    return [
        one
        for one in seen
        if (first is None or at_home(one.act.at).date() >= first)
        and (last is None or at_home(one.act.at).date() <= last)
        and (institution is None or one.act.institution.id == institution)
    ]


def invented(seeds: Sequence[int]) -> list[Fact]:
    """One patient a seed, each with a journal of their own; institutions are shared."""
    return [fact for k, seed in enumerate(seeds) for fact in _livelier(_renamed(journal_of(seed), k), Random(seed))]


@cache
def world_of(seeds: tuple[int, ...]) -> World:
    return World(invented(seeds))


def _renamed(facts: Sequence[Fact], k: int) -> Iterator[Any]:
    for fact in facts:
        fields: dict[str, Any] = {
            name: f"{k}-{value}" for name in _IDS if (value := getattr(fact, name, None)) is not None
        }
        if getattr(fact, "assessors", None):
            fields["assessors"] = [f"{k}-{one}" for one in fact.assessors]  # type: ignore[attr-defined]
        yield msgspec.structs.replace(fact, **fields)


def _livelier(facts: Iterator[Any], rnd: Random) -> Iterator[Fact]:
    for fact in facts:
        if isinstance(fact, SessionStarted):
            setting = rnd.choice(("outpatient", "inpatient", "home", "home_bed", "internet"))
            yield msgspec.structs.replace(fact, setting=setting, recorded_at=fact.at + rnd.choice(_DELAYS))
        elif isinstance(fact, SessionSigned):
            if rnd.random() < 0.9:
                yield msgspec.structs.replace(fact, at=fact.at + rnd.choice(_DELAYS[1:]))
        elif isinstance(fact, FeeConfirmed):
            share = rnd.choice((None, fact.amount_fen // 2, fact.amount_fen))
            yield msgspec.structs.replace(fact, fund_fen=share)
        else:
            yield fact


def by_key(document: Document, table: str, *columns: str) -> dict[str, tuple[Cell, ...]]:
    """A table's cells of some columns, by the row's key."""
    found = document.table(table)
    places = [found.place(name) for name in columns]
    assert len({row.key for row in found.rows}) == len(found.rows)
    return {row.key: tuple(row.cells[place] for place in places) for row in found.rows}


def check_figures_open(document: Document, world: World, filter: Filter = Filter()) -> int:  # noqa: B008
    """Every figure is what its acts come to; how many were looked at."""
    looked_at = 0
    for table in document.tables:
        for row in [*table.rows, *([table.total] if table.total else [])]:
            assert len(row.cells) == len(table.columns)
            for column, cell in zip(table.columns, row.cells, strict=True):
                key = figure_key(row, column)
                if key is None or cell is None:
                    continue
                looked_at += 1
                assert cell == _comes_to(document, table.id, column.id, row, world.acts(key, filter), world), (
                    table.id, column.id, key,
                )  # fmt: skip
    return looked_at


def _comes_to(document: Document, table: str, column: str, row: Row, acts: list[ActLine], world: World) -> Cell:
    what = column
    if table == "indicators" and document.name == "pilot":
        said = str(row.cells[1])
        if "items in use" in said:
            slugs = [set(part.removeprefix("item=").split(",")) for part in row.key.split("&") if "item=" in part]
            assert all(line.item in slugs[0] for line in acts)
            return row.cells[2]
        what = next((one for one in ("patients", "therapists", "institutions") if one in said), "acts")
    if what == "patients":
        return len({line.patient for line in acts})
    if what == "institutions":
        return len({line.institution for line in acts})
    if what == "therapists":
        staff = {one.act.id: one.therapist for one in world.seen}
        return len({staff[line.act] for line in acts} - {""})
    if what in ("fund_fen", "denied_fund_fen"):
        known = [world.shares[line.act] for line in acts if line.act in world.shares]
        return sum(known) if known or document.name != "register" else None
    if what == "base_fen":
        return sum(world.shares.get(line.act, line.fee_fen or 0) for line in acts)
    if what.endswith("_fen"):
        return sum(line.fee_fen or 0 for line in acts)
    return len(acts)
