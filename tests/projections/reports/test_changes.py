"""A preview as a report: the same sums, and each opens into the acts that move."""

from datetime import date

import pytest

from projections.preview import preview
from projections.reports.changes import changes
from projections.reports.csv_file import format_csv
from projections.reports.document import Document, figure_key
from projections.reports.json_file import format_json, parse_json
from projections.reports.page import format_page
from projections.reports.question import Filter
from projections.reports.text import plain_table
from projections.rules.judge import Judge
from projections.rules.succession import Period, Succession
from tests.projections.reports.world import World, invented
from tests.projections.rules.building import SHANGHAI


def moved(told: int) -> tuple[World, Document, dict[str, tuple[bool, bool]]]:
    """The world, the report, and by act whether it was payable and is then."""
    world = World(invented(range(9)))
    then = Judge(
        world.judge.evidence, SHANGHAI, {"combined": "limb_training", "together": "overlapping", "day_unit": "elapsed"}
    )
    batches = [batch.rows for batch in world.batches]
    found = preview(world.judge, then, batches, world.judge.evidence.institutions, told=told)
    both = zip(world.judge.decisions(), then.decisions(), strict=True)
    sides = {one.act: (one.payable, other.payable) for one, other in both}
    return world, changes(found, world.question(), then), sides


def test_sums_open_into_the_acts_that_move() -> None:
    world, document, sides = moved(10**6)
    gained = {act for act, sides in sides.items() if sides == (False, True)}
    lost = {act for act, sides in sides.items() if sides == (True, False)}
    assert gained
    assert lost
    whole = document.table("whole")
    for column, acts in (("gained", gained), ("gained_fen", gained), ("lost", lost), ("lost_fen", lost)):
        key = figure_key(whole.rows[0], whole.columns[whole.place(column)])
        assert key is not None
        assert {line.act for line in world.acts(key)} == acts
    for table in document.tables[:-1]:
        for row in table.rows:
            for column in table.columns:
                key = figure_key(row, column)
                if key is None:
                    continue
                lines = world.acts(key)
                cell = row.cells[table.place(column.id)]
                assert cell == (sum(line.fee_fen or 0 for line in lines) if column.unit == "fen" else len(lines))
    assert {row.cells[1] for row in document.table("acts").rows} == gained | lost


def test_sums_over_acts_that_were_not_told_open_nothing() -> None:
    _, document, _ = moved(1)
    for table in document.tables[:-1]:
        assert all(figure_key(row, column) is None for row in table.rows for column in table.columns)
    assert len(document.table("acts").rows) == 1
    assert any("are listed" in note.en for note in document.notes)


def test_people_read_in_both_languages_what_became_of_an_act_and_programs_one_word() -> None:
    _, document, _ = moved(10**6)
    page, acts = format_page(document), document.table("acts")
    for word, zh, en in (("gained", "新增可支付", "newly paid"), ("lost", "不再支付", "no longer paid")):
        rows = sum(row.cells[6] == word for row in acts.rows)
        assert rows
        assert page.count(f'<td class="short">{zh} <small>{en}</small></td>') == rows
        assert f">{word}</td>" not in page
        assert format_csv(acts).count(f",{word},") == rows
        assert [row[6] for row in plain_table(acts, "zh")[1]].count(zh) == rows
        assert [row[6] for row in plain_table(acts, "en")[1]].count(en) == rows


def a_world_before_and_after(*periods: Period) -> tuple[World, Judge]:
    """An invented world judged by shanghai-2017, and who would judge it by these, one after another."""
    world = World(invented(range(9)))
    return world, Judge(world.judge.evidence, Succession(periods))


def told(world: World, then: Judge, filter: Filter = Filter(), adoption: int | None = None) -> Document:  # noqa: B008
    rows = [batch.rows for batch in world.batches]
    found = preview(world.judge, then, rows, world.judge.evidence.institutions, told=10**6, within=filter.acts)
    return changes(found, world.question(filter), then, adoption=adoption)


def test_by_which_rules_before_and_after_stands_at_the_top() -> None:
    """With digests, from which day on, and the adoption's entry: in the basis, and on the page before any table."""
    other = type(SHANGHAI)(SHANGHAI.file, "5" * 64, SHANGHAI.path)
    world, then = a_world_before_and_after(Period(date.min, SHANGHAI), Period(date(2020, 7, 1), other))
    basis = told(world, then, adoption=1234).basis
    assert basis.rulebooks == ((SHANGHAI.id, SHANGHAI.digest),)
    assert basis.other is not None
    assert basis.other.periods == (
        (date.min, SHANGHAI.id, SHANGHAI.digest), (date(2020, 7, 1), SHANGHAI.id, other.digest),
    )  # fmt: skip
    assert (basis.other.adoption, basis.other.readings) == (1234, then.choice)
    assert parse_json(format_json(told(world, then, adoption=1234))).basis == basis
    top = format_page(told(world, then, adoption=1234)).partition("<section")[0]
    assert "日志位置 log position 1,234" in top
    assert f"<dt>变更前规则 before</dt><dd>shanghai-2017 · SHA-256 {SHANGHAI.digest}</dd>" in top
    assert f"<dt>变更后规则 after</dt><dd>shanghai-2017 · SHA-256 {SHANGHAI.digest}</dd>" in top
    assert f"<dd>自 2020-07-01 起 from 2020-07-01: shanghai-2017 · SHA-256 {other.digest}</dd>" in top
    assert "log position" not in format_page(told(world, then)).partition("<section")[0]


def test_readings_of_the_other_side_are_told_where_they_differ() -> None:
    world, document, _ = moved(1)
    assert "变更后读法" in format_page(document)
    assert "变更后读法" not in format_page(told(world, world.judge))


@pytest.mark.parametrize(
    "filter",
    [
        Filter(date(2020, 4, 1), date(2020, 4, 30)), Filter(date(2020, 4, 10)), Filter(None, date(2020, 4, 20)),
        Filter(institution="H2"), Filter(date(2020, 4, 1), date(2020, 8, 31), "H1"),
    ],
)  # fmt: skip
def test_only_what_moves_where_it_was_asked_for_is_summed_and_all_is_judged(filter: Filter) -> None:
    """The acts told are those of the whole report that lie within; every sum is theirs."""
    world, whole, _ = moved(10**6)
    then = Judge(
        world.judge.evidence, SHANGHAI, {"combined": "limb_training", "together": "overlapping", "day_unit": "elapsed"}
    )
    document = told(world, then, filter)
    rows = [
        row.cells
        for row in whole.table("acts").rows
        if (filter.first or date.min) <= date.fromisoformat(str(row.cells[2])) <= (filter.last or date.max)
        and filter.institution in (None, row.cells[3])
    ]
    assert 0 < len(rows) < len(whole.table("acts").rows)
    assert [row.cells for row in document.table("acts").rows] == rows
    for table in document.tables[:-1]:
        for row in table.rows:
            for column in table.columns:
                key = figure_key(row, column)
                lines = [] if key is None else world.acts(key, filter)
                money = sum(line.fee_fen or 0 for line in lines)
                assert key is None or row.cells[table.place(column.id)] == (
                    money if column.unit == "fen" else len(lines)
                )
    gained, _, lost, *_ = document.table("whole").rows[0].cells
    assert [gained, lost] == [sum(row[6] == word for row in rows) for word in ("gained", "lost")]
    assert (document.basis.first, document.basis.last, document.basis.institution) == filter
    counts, asked = document.notes
    assert counts == whole.notes[0]
    assert "Both sides judge all acts" in asked.en


def test_before_the_first_rulebook_there_is_nothing_to_move_by() -> None:
    """What nothing was adopted for is told, where acts move there, and only then."""
    begin = date(2020, 6, 1)
    world, then = a_world_before_and_after(Period(begin, SHANGHAI))
    (said,) = told(world, then).said
    assert "变更后，2020-06-01 以前没有生效的规则" in said.zh
    assert "no rulebook in force before 2020-06-01 after the change" in said.en
    assert any(row.cells[2] < "2020-06-01" for row in told(world, then).table("acts").rows)
    assert told(world, then, Filter(first=begin)).said == ()
    assert told(world, world.judge).said == ()


def test_where_not_all_acts_are_told_rows_list_none() -> None:
    world, document, _ = moved(1)
    assert all(world.acts(row.key) == [] for table in document.tables[:-1] for row in table.rows)
