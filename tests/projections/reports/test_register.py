"""The register has every act, in the order of the log."""

from projections.reports.question import Filter, month_of
from projections.reports.register import register
from tests.projections.reports.world import within, world_of


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
    assert table.note.en == f"{len(world.seen)} acts, the first 7 listed"
