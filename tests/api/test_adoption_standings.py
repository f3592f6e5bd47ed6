"""Of every adoption: whether it decides any day by now, what is kept of it, and what is true to do about the rest."""

import shutil
from datetime import date, timedelta

import pytest

from api.adopting import adopt
from api.adoption_standings import standings
from api.mirroring import DECISIONS
from ledger.application import TreatmentLedger
from ledger.treatment.facts import RulebookAdopted
from projections.decisions.manifest import NAME
from projections.rules.rulebook import Rulebook
from tests.api.test_adopting import BEGIN, NOW, SHANGHAI, opened, stricter

__all__ = ["opened", "stricter"]


def test_from_its_day_each_is_in_force_until_the_next(opened: TreatmentLedger, stricter: Rulebook) -> None:
    assert standings(opened) == []
    later = date(2021, 4, 1)
    for count, (book, begin) in enumerate([(SHANGHAI, BEGIN), (stricter, later), (SHANGHAI, later)]):
        adopt(opened, book, begin, now=NOW + timedelta(days=count))
    assert [(one.in_force, one.until) for one in standings(opened)] == [
        (True, date(2021, 3, 31)), (False, None), (True, None),
    ]  # fmt: skip


def test_of_several_from_a_day_the_latest_at_is_in_force(opened: TreatmentLedger) -> None:
    """As rules.md has it: not the last of the log."""
    for days in (2, 1):
        at = NOW + timedelta(days=days)
        fact = RulebookAdopted(at=at, rulebook=SHANGHAI.id, digest=SHANGHAI.digest, effective_from=BEGIN)
        opened.record([fact], now=at)
    assert [one.in_force for one in standings(opened)] == [True, False]


@pytest.mark.parametrize("before", [BEGIN, date(2020, 1, 1)])
def test_adopting_again_is_advised_only_where_it_makes_no_other_entry_and_helps(
    opened: TreatmentLedger, stricter: Rulebook, before: date
) -> None:
    """An adoption that is replaced, or followed: adopting it again would be a new one, or keep what others decide."""
    adopt(opened, SHANGHAI, before, now=NOW)
    adopt(opened, stricter, BEGIN, now=NOW + timedelta(days=1))
    shutil.rmtree(opened.directory / DECISIONS)
    first, last = standings(opened)
    assert "they follow from the log: `rulebook decision ACT`" in first.why
    assert "rulebook adopt " not in first.why
    assert f"`rulebook adopt {stricter.digest[:12]} --from {BEGIN}`" in last.why
    size = opened.size
    assert not adopt(opened, stricter, BEGIN, now=NOW + timedelta(days=2)).new
    assert opened.size == size
    assert [one.size for one in standings(opened)] == [None, size]


def test_what_cannot_be_read_is_named(opened: TreatmentLedger) -> None:
    directory = adopt(opened, SHANGHAI, BEGIN, now=NOW).kept.directory
    (directory / NAME).write_text("{", "utf-8")
    (one,) = standings(opened)
    assert str(directory) in one.why
    assert "there are none" not in one.why
