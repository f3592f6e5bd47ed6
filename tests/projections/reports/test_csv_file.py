"""CSV that any reader takes, and no spreadsheet runs."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.reports.csv_file import format_csv, harmless
from projections.reports.document import Cell, Row, Table, figure, label
from projections.reports.monthly import monthly
from projections.said import Said
from tests.projections.reports.world import world_of

RUNS = "=+-@\t\r\n＝＋－＠"
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from(RUNS))
COLUMNS = (label("name", "名称", "name"), figure("money_fen", "费用", "money", "fen"), label("more", "其他", "more"))


def table_of(*rows: tuple[Cell, ...]) -> Table:
    return Table(id="t", title=Said("表", "table"), columns=COLUMNS, rows=tuple(Row("", cells) for cells in rows))


def test_bytes_as_rfc_4180_has_them() -> None:
    table = table_of(('a "quoted", b', 1050, None), ("两\n行", -1, 2.5))
    assert format_csv(table) == 'name,money_fen,more\r\n"a ""quoted"", b",1050,\r\n"两\n行",-1,2.5\r\n'
    assert format_csv(table, language="zh", bom=True).startswith("\ufeff名称,费用（分）,其他\r\n")
    assert format_csv(table, language="en").startswith("name,money (fen),more\r\n")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", "=cmd|'/c calc'!A1"]
)
def test_what_would_run_is_made_harmless(text: str) -> None:
    (_, (cell, _, _)) = csv.reader(StringIO(format_csv(table_of((text, 1, None))), newline=""))
    assert cell == "'" + text


@pytest.mark.parametrize("cell", ["a=1", "1-2", "H1@x", "", None, -5, 0, 2.5])
def test_the_rest_stays_as_it_is(cell: Cell) -> None:
    assert harmless(cell) == cell


@given(st.lists(st.tuples(TEXT, st.integers()), max_size=5))
def test_whatever_is_written_is_read(rows: list[tuple[str, int]]) -> None:
    written = format_csv(table_of(*((text, number, None) for text, number in rows)))
    read = list(csv.reader(StringIO(written, newline=""), strict=True))[1:]
    for (text, number, _), row in zip(read, rows, strict=True):
        assert (text, int(number)) == (f"'{row[0]}" if row[0][:1] and row[0][0] in RUNS else row[0], row[1])


def test_a_real_table_has_a_line_a_row() -> None:
    world = world_of((3, 6, 14))
    table = monthly(world.batches, world.question()).table("items")
    lines = list(csv.reader(StringIO(format_csv(table), newline="")))
    assert len(lines) == 1 + len(table.rows)
    assert {len(line) for line in lines} == {len(table.columns)}
