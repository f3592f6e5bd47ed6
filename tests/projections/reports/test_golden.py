"""One small invented March, every report of it as a person reads it: `golden.txt` was read line by line.

After a change that is meant, the file is written anew by `python -m tests.projections.reports.test_golden`, and read.
"""

from pathlib import Path

from projections.preview import preview
from projections.reports.changes import changes
from projections.reports.document import Document
from projections.reports.monthly import monthly
from projections.reports.near_limit import near_limit
from projections.reports.pilot import pilot
from projections.reports.quality import quality
from projections.reports.question import month_of
from projections.reports.refund import refund
from projections.reports.register import register
from projections.reports.text import plain_table
from projections.reports.timeliness import timeliness
from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook
from projections.summary import summarize
from tests.projections.reports.world import World
from tests.projections.rules.building import SHANGHAI, Journal

GOLDEN = Path(__file__).with_name("golden.txt")


def a_march() -> World:
    """Two patients, two institutions: a third session on a day, one unsigned, one voided, 26 of 30 days used."""
    journal = Journal()
    journal.institution("H2", "tcm", kind="tcm", departments=["tcm"])
    journal.practitioner("T9", "therapist", "tcm")
    journal.patient("P2", "1970-01-01")
    journal.episode("E2", "P2", findings={"wheelchair_long_term": True, "wheelchair_self_operate": True})
    for clock in ("09:00", "10:00", "11:00"):
        journal.session(1, "2021-03-01", clock, fee=8000)
    journal.session(2, "2021-03-02", fee=9050, signed=False, setting="home")
    journal.session(14, "2021-03-03", fee=5000, voided=True, therapist="T2")
    journal.session("cupping", "2021-03-31", "23:59", therapist="T9", institution="H2")
    journal.session(1, "2021-04-01", "00:00", fee=8000)
    for day in range(1, 27):
        journal.session(16, f"2021-03-{day:02}", patient="P2", episode="E2", fee=4000, therapist="T3")
    return World(journal.facts)


def reports(world: World) -> list[Document]:
    asked = world.question(month_of("2021-03"))
    then = Judge(world.judge.evidence, SHANGHAI, {"combined": "item_only", "day_unit": "elapsed"}, profile="strict")
    rows = [batch.rows for batch in world.batches]
    return [
        *(report(world.batches, asked) for report in (monthly, register, timeliness, quality, refund)),
        pilot(world.batches, asked, load_rulebook("national-29")),
        near_limit(summarize(world.judge).near, world.batches, asked),
        changes(preview(world.judge, then, rows, world.judge.evidence.institutions), asked, then),
    ]


def written(documents: list[Document]) -> str:
    lines = []
    for document in documents:
        lines.append(f"== {document.name}: {document.title.zh} {document.title.en}")
        for table in document.tables:
            headings, rows = plain_table(table)
            lines += [f"-- {table.id}: {table.title.zh} {table.title.en}", " | ".join(headings)]
            kept = [row for row in rows if not table.id.startswith("items-") or row[-1]]  # items in use
            lines += [" | ".join("" if cell is None else str(cell) for cell in row) for row in kept]
    return "\n".join(lines) + "\n"


def test_the_reports_of_a_march_are_as_they_were_read() -> None:
    assert written(reports(a_march())) == GOLDEN.read_text("utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(written(reports(a_march())), "utf-8")
