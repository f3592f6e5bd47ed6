"""The base, and the range that each text allows."""

from typing import Any

import pytest

from projections.reports.document import Document
from projections.reports.fines import REGIMES
from projections.reports.question import Filter, month_of
from projections.reports.refund import refund
from tests.projections.reports.world import World, within, world_of
from tests.projections.rules.building import Journal

RANGE = ("regime", "acts", "base_fen", "fine_least_fen", "fine_most_fen")


def denied_on(day: str, fee: int = 1000, **fields: Any) -> World:
    """One session that is not payable, because nobody signed it."""
    journal = Journal()
    journal.session(1, day, signed=False, fee=fee, **fields)
    return World(journal.facts)


def ranges(document: Document, table: str = "ranges") -> list[tuple[Any, ...]]:
    found = document.table(table)
    return [tuple(row.cells[found.place(name)] for name in RANGE) for row in found.rows]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2020-12-31", [("before-notice", 1, 1000, None, None)]),
        ("2021-01-01", [("notice", 1, 1000, 2000, 5000)]),
        ("2021-04-30", [("notice", 1, 1000, 2000, 5000)]),
        ("2021-05-01", [("regulation-38", 1, 1000, 1000, 2000), ("regulation-40", 1, 1000, 2000, 5000)]),
    ],
)
def test_the_text_of_the_day_gives_the_range(day: str, expected: list[tuple[Any, ...]]) -> None:
    world = denied_on(day)
    assert ranges(refund(world.batches, world.question())) == expected


def test_what_is_payable_is_not_to_be_paid_back() -> None:
    journal = Journal()
    journal.session(1, "2021-03-01", fee=1000)
    world = World(journal.facts)
    assert ranges(refund(world.batches, world.question())) == []


def test_what_was_voided_after_its_fee_is() -> None:
    journal = Journal()
    journal.session(1, "2021-03-01", fee=1000, voided=True)
    world = World(journal.facts)
    assert ranges(refund(world.batches, world.question())) == [("notice", 1, 1000, 2000, 5000)]


@pytest.mark.parametrize("filter", [Filter(), month_of("2020-05"), Filter(institution="H2")])
def test_the_base_is_the_share_of_the_fund_else_the_fee(filter: Filter) -> None:
    world = world_of((3, 6, 14))
    document = refund(world.batches, world.question(filter))
    denied = [one for one in within(world.seen, filter) if not one.decision.payable]
    base = sum(one.share if one.share is not None else one.fee or 0 for one in denied)
    assert base > 0
    assert sum(row[2] for row in ranges(document) if row[0] != "regulation-40") == base
    assert sum(row[2] for row in ranges(document, "institutions") if row[0] != "regulation-40") == base


def test_the_words_of_the_notice_are_its_words() -> None:
    from projections.rules.rulebook import HOME

    notice = (HOME / "notice-changning-2020.txt").read_text("utf-8")
    squeezed = "".join(notice.split())
    (words,) = [one.words for one in REGIMES if one.id == "notice"]
    assert "".join(words.split()) in squeezed
    assert "本通知自2021年1月1日起实施" in squeezed
