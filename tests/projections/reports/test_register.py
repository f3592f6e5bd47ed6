"""The register has every act, in the order of the log, however many there are."""

import csv
import json
from io import StringIO

import pytest
from msgspec.structs import replace

from projections.reports.csv_file import csv_pieces, format_csv
from projections.reports.json_file import format_json, json_pieces, ndjson_pieces
from projections.reports.opening import with_acts
from projections.reports.question import Filter, month_of
from projections.reports.register import register, streamed
from tests.projections.reports.world import World, invented, within, world_of


def test_every_act_as_it_was_decided() -> None:
    world = world_of((3, 6, 14))
    for filter in (Filter(), month_of("2020-04", "H1")):
        table = register(world.batches, world.question(filter)).table("acts")
        seen = within(world.seen, filter)
        assert table.note is None
        assert table.values("act") == [one.act.id for one in seen]
        assert table.values("payable") == ["payable" if one.decision.payable else "denied" for one in seen]
        assert table.values("denied_by") == [" ".join(one.decision.denied_by) or None for one in seen]
        assert table.values("amount_fen") == [one.fee for one in seen]
        assert table.values("fund_fen") == [one.share for one in seen]
        assert table.values("setting") == [one.act.setting for one in seen]
        assert table.values("therapist") == [one.therapist or None for one in seen]
        starts = [f"{day}T{start}+08:00" for day, start in zip(table.values("day"), table.values("start"), strict=True)]
        assert starts == [one.act.at.isoformat() for one in seen]
        places = [k for k, one in enumerate(world.seen, start=101) if one in seen]
        assert table.values("position") == places


def test_the_first_ones_of_many_and_how_many_there_are() -> None:
    world = world_of((3, 6, 14))
    table = register(world.batches, world.question(), at_most=7).table("acts")
    assert table.values("act") == [one.act.id for one in world.seen[:7]]
    assert table.note is not None
    assert table.note.en == f"{len(world.seen)} acts, the first 7 listed; CSV, NDJSON and JSON have them all"


@pytest.mark.parametrize("listed", [False, True])
def test_row_by_row_it_is_the_same_to_the_byte(listed: bool) -> None:
    world = World(invented((3, 6, 14)), patients_a_batch=1)
    question = world.question(Filter(institution="H1"))
    whole = register(world.batches, question, listed=listed)
    (table,) = whole.tables

    def rowwise():
        return streamed(world.batches, question, listed=listed)

    assert rowwise().document == replace(whole, tables=(replace(table, rows=()),))
    assert tuple(rowwise().rows) == table.rows
    assert b"".join(json_pieces(rowwise())) == format_json(whole)
    assert "".join(csv_pieces(table.columns, rowwise().rows)) == format_csv(table)


def test_an_object_a_line() -> None:
    world = world_of((3, 6, 14))
    table = register(world.batches, world.question()).table("acts")
    made = streamed(world.batches, world.question())
    lines = b"".join(ndjson_pieces(table.columns, made.rows)).decode().splitlines()
    names = [column.id for column in table.columns]
    assert [list(json.loads(line).items()) for line in lines] == [
        list(zip(names, row.cells, strict=True)) for row in table.rows
    ]


def test_no_act_is_a_whole_document_as_well() -> None:
    world = world_of((3, 6, 14))
    question = world.question(month_of("1999-01"))
    assert b"".join(json_pieces(streamed(world.batches, question))) == format_json(register(world.batches, question))
    assert list(csv.reader(StringIO("".join(csv_pieces((), streamed(world.batches, question).rows))))) == [[]]


def test_each_act_is_listed_as_any_report_would_list_it() -> None:
    world = world_of((3, 6, 14))
    question = world.question()
    assert register(world.batches, question, listed=True) == with_acts(
        register(world.batches, question), world.batches, question, at_most=1
    )
