"""Going back: one more adoption, of what was in force before; and never forth again unasked."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from api.adopting import NotAdopted, adopt, adoptions, proposed
from api.going_back import gone_back
from ledger.application import TreatmentLedger
from ledger.treatment.facts import RulebookAdopted
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import AdoptionRefused
from tests.api.test_adopting import BEGIN, NOW, SHANGHAI, opened, stricter

__all__ = ["opened", "stricter"]


@pytest.fixture
def third(stricter: Rulebook, tmp_path: Path) -> Rulebook:
    path = tmp_path / "third.toml"
    path.write_text(stricter.path.read_text("utf-8") + "# a third text, of the same rules\n", "utf-8")
    return load_rulebook(path)


def adopted(ledger: TreatmentLedger, *steps: tuple[Rulebook, date]) -> None:
    for book, begin in steps:
        adopt(ledger, book, begin, now=NOW + timedelta(days=len(adoptions(ledger))))


def test_what_cannot_be_gone_back_from(opened: TreatmentLedger, stricter: Rulebook) -> None:
    with pytest.raises(NotAdopted, match="no rulebook was ever adopted"):
        gone_back(opened)
    adopted(opened, (SHANGHAI, BEGIN))
    with pytest.raises(NotAdopted, match="none to go back to"):
        gone_back(opened)
    with pytest.raises(NotAdopted, match="entry 3 adopts no rulebook"):
        gone_back(opened, 3)
    adopted(opened, (stricter, date(2021, 3, 1)))
    with pytest.raises(NotAdopted, match="nothing to go back from before that day"):
        gone_back(opened, begin=date(2021, 2, 28))


def test_going_back_twice_does_not_go_forth_again(opened: TreatmentLedger, stricter: Rulebook) -> None:
    adopted(opened, (SHANGHAI, BEGIN), (stricter, BEGIN))
    back = gone_back(opened)
    adopted(opened, (back.book, back.begin))
    first, second, third = (one.position for one in adoptions(opened))
    with pytest.raises(NotAdopted) as refused:
        gone_back(opened)
    assert f"(entry {third}) went back already, from shanghai-2017 of entry {second}" in str(refused.value)
    assert f"`rulebook adopt {stricter.digest[:12]} --from {BEGIN}`" in str(refused.value)
    assert "--entry" not in str(refused.value), "before the first there is nothing to go back to"
    assert gone_back(opened, third).book.digest == stricter.digest, "asked for by name, it is done"
    with pytest.raises(NotAdopted, match="in force already, as before entry"):
        gone_back(opened, second)
    with pytest.raises(NotAdopted, match="none to go back to"):
        gone_back(opened, first)


def test_going_back_from_a_later_day_is_going_back_too(opened: TreatmentLedger, stricter: Rulebook) -> None:
    adopted(opened, (SHANGHAI, BEGIN), (stricter, BEGIN))
    later = date(2022, 1, 1)
    back = gone_back(opened, begin=later)
    assert (back.book.digest, back.begin) == (SHANGHAI.digest, later)
    adopted(opened, (back.book, back.begin))
    with pytest.raises(NotAdopted, match="went back already"):
        gone_back(opened)


def test_further_back_by_the_entry(opened: TreatmentLedger, stricter: Rulebook, third: Rulebook) -> None:
    adopted(opened, (SHANGHAI, BEGIN), (stricter, BEGIN), (third, BEGIN), (stricter, BEGIN))
    entries = [one.position for one in adoptions(opened)]
    with pytest.raises(NotAdopted, match=f"--entry {entries[1]}"):
        gone_back(opened)
    back = gone_back(opened, entries[1])
    assert (back.book.digest, back.back_from.position) == (SHANGHAI.digest, entries[1])


def test_what_began_later_stays_and_is_told(opened: TreatmentLedger, stricter: Rulebook, third: Rulebook) -> None:
    later = date(2022, 1, 1)
    adopted(opened, (SHANGHAI, BEGIN), (stricter, date(2021, 3, 1)), (third, later))
    second = adoptions(opened)[1].position
    back = gone_back(opened, second)
    assert (back.book.digest, back.begin) == (SHANGHAI.digest, date(2021, 3, 1))
    assert [(period.begin, period.rulebook.digest) for period in back.stay] == [(later, third.digest)]
    assert gone_back(opened, second, later).stay == ()


def test_what_is_adopted_meanwhile_is_not_gone_over(
    opened: TreatmentLedger, stricter: Rulebook, third: Rulebook
) -> None:
    """By somebody else, between the choice of what to go back to and what is shown of it."""
    adopted(opened, (SHANGHAI, BEGIN), (stricter, BEGIN))
    back = gone_back(opened)
    adopted(opened, (third, date(2021, 4, 1)))
    before = opened.size
    now = NOW + timedelta(days=9)
    proposal = proposed(opened, back.book, back.begin, now, back.size)
    with pytest.raises(NotAdopted, match=f"meanwhile entry {adoptions(opened)[-1].position:,} adopts"):
        adopt(opened, back.book, back.begin, now=now, proposal=proposal)
    assert opened.size == before


def test_from_a_text_that_nobody_has_is_gone_back_and_not_to_it(opened: TreatmentLedger, stricter: Rulebook) -> None:
    later = date(2022, 1, 1)
    adopted(opened, (SHANGHAI, BEGIN), (stricter, later))
    lost = RulebookAdopted(
        at=NOW + timedelta(days=2), rulebook=SHANGHAI.id, digest="ab" * 32, effective_from=date(2021, 3, 1)
    )
    opened.record([lost], now=NOW + timedelta(days=2))
    with pytest.raises(AdoptionRefused, match="adopted from 2021-03-01"):
        gone_back(opened, begin=date(2021, 4, 1))  # in March it would stay in force
    back = gone_back(opened)
    assert (back.book.digest, back.begin) == (SHANGHAI.digest, lost.effective_from)
    assert [(period.begin, period.rulebook.digest) for period in back.stay] == [(later, stricter.digest)]
    adopted(opened, (back.book, back.begin))
    with pytest.raises(NotAdopted, match=f"went back already, from {lost.rulebook} of entry"):
        gone_back(opened)
    with pytest.raises(AdoptionRefused, match="adopted from 2021-03-01"):
        gone_back(opened, adoptions(opened)[-1].position)
    assert gone_back(opened, adoptions(opened)[1].position).book.digest == SHANGHAI.digest
    once_more = replace(lost, at=NOW + timedelta(days=4), digest="cd" * 32)
    opened.record([once_more], now=once_more.at)
    assert gone_back(opened).book.digest == SHANGHAI.digest, "that it went back is not to be seen in two lost texts"
