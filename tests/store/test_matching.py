"""Queries go by the tag index: never a scan of the log, however long it is."""

import pytest
from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.store.matching import arms, stream_arm
from ledger.store.sqlite import SQLiteDCBRecorder


def plan(recorder: SQLiteDCBRecorder, sql: str, parameters: tuple[object, ...]) -> str:
    with recorder.connections.read() as connection:
        return "\n".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters))


@pytest.mark.parametrize(
    "item",
    [
        DCBQueryItem(tags=["a"]),
        DCBQueryItem(types=["t"], tags=["a"]),
        DCBQueryItem(types=["t", "u"], tags=["a", "b", "c"]),
    ],
)
def test_by_the_tag_index(recorder: SQLiteDCBRecorder, item: DCBQueryItem) -> None:
    (arm,) = arms(DCBQuery([item]))
    steps = plan(recorder, arm.sql, (*arm.parameters, 0))
    assert "SEARCH t" in steps
    assert "PRIMARY KEY (tag=? AND position" in steps
    assert "SCAN t" not in steps
    assert "entries" not in steps


def test_streams_by_the_tag_index(recorder: SQLiteDCBRecorder) -> None:
    steps = plan(recorder, stream_arm(("t", "u")), ("[]", "t", "u", 9))
    assert "SEARCH t USING PRIMARY KEY (tag=? AND position<?)" in steps
    assert "SEARCH e USING INTEGER PRIMARY KEY" in steps


def test_one_statement_for_all_tags_that_ask_for_the_same_types() -> None:
    query = DCBQuery(
        [DCBQueryItem(["t"], [f"a{n}"]) for n in range(1000)] + [DCBQueryItem(["u"], [f"a{n}"]) for n in range(1000)]
    )
    assert len(list(arms(query))) == 2
