"""A preview as a report: the same sums, and each opens into the acts that move."""

from datetime import date

from projections.preview import preview
from projections.reports.changes import changes
from projections.reports.csv_file import format_csv
from projections.reports.document import Document, figure_key
from projections.reports.page import format_page
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
        assert page.count(f"<td>{zh} <small>{en}</small></td>") == rows
        assert f"<td>{word}</td>" not in page
        assert format_csv(acts).count(f",{word},") == rows
        assert [row[6] for row in plain_table(acts, "zh")[1]].count(zh) == rows
        assert [row[6] for row in plain_table(acts, "en")[1]].count(en) == rows


def test_from_which_day_on_the_other_rules_decide_is_said() -> None:
    world = World(invented(range(3)))
    other = type(SHANGHAI)(SHANGHAI.file, "5" * 64, SHANGHAI.path)
    periods = [Period(date.min, SHANGHAI), Period(date(2020, 7, 1), other)]
    then = Judge(world.judge.evidence, Succession(periods))
    batches = [batch.rows for batch in world.batches]
    found = preview(world.judge, then, batches, world.judge.evidence.institutions)
    note = changes(found, world.question(), then).notes[0]
    assert f"：shanghai-2017 {SHANGHAI.digest}、自 2020-07-01 起 shanghai-2017 {other.digest}；" in note.zh
    assert f": shanghai-2017 {SHANGHAI.digest}, from 2020-07-01 on shanghai-2017 {other.digest};" in note.en
