"""JSON holds all of a document."""

from projections.reports.json_file import format_json, parse_json
from projections.reports.monthly import monthly
from projections.reports.quality import quality
from tests.projections.reports.world import world_of


def test_what_is_written_is_read() -> None:
    world = world_of((3, 6, 14))
    for report in (monthly, quality):
        document = report(world.batches, world.question())
        assert parse_json(format_json(document)) == document


def test_the_same_facts_give_the_same_bytes_however_they_are_batched() -> None:
    world = world_of((3, 6, 14))
    assert len(world.batches) == 2
    one = format_json(monthly(world.batches, world.question()))
    assert one == format_json(monthly(world.batches[::-1], world.question()))
