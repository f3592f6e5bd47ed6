"""Adoptions: one entry a step, the text first, the decisions once; a crash in between is mended by the next run."""

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from api import adopting
from api.adopting import (
    NotAdopted,
    Proposal,
    adopt,
    adoptions,
    keep_named,
    proposed,
    standing_adoption,
)
from api.adoption_standings import standings
from api.going_back import gone_back
from api.kept_texts import KEPT, texts_at_hand
from api.mirroring import DECISIONS, MIRROR, Told
from api.missing_texts import missing_texts
from api.questions import rules
from ledger.application import TreatmentLedger
from ledger.journal import parse_fact
from ledger.treatment.facts import Fact, RulebookAdopted
from projections.decisions import Kept, KeptError
from projections.decisions.writing import kept_by_one
from projections.mirror.refusal import MirrorError
from projections.mirror.writing import written_by_one
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import AdoptionRefused
from tests.api.conftest import TAKEN_IN
from tests.api.test_kept_texts import own

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BEGIN = date(2021, 1, 1)
SHANGHAI = load_rulebook("shanghai-2017")


@pytest.fixture
def opened(ledger: Path) -> Iterator[TreatmentLedger]:
    with TreatmentLedger.open(ledger) as found:
        yield found


@pytest.fixture
def stricter(tmp_path: Path) -> Rulebook:
    """Of item 1 one session a day instead of two."""
    book = own(tmp_path)
    text = book.path.read_text("utf-8")
    book.path.write_text(text.replace("max = 2\n", "max = 1\n", 1), "utf-8")
    return load_rulebook(book.path)


def entries(ledger: TreatmentLedger) -> list[RulebookAdopted]:
    return [one.fact for one in ledger.facts() if isinstance(one.fact, RulebookAdopted)]


def of_shanghai(at: datetime) -> RulebookAdopted:
    return RulebookAdopted(at=at, rulebook=SHANGHAI.id, digest=SHANGHAI.digest, effective_from=BEGIN)


def other_institution() -> Fact:
    return parse_fact(
        b'{"type":"InstitutionRegistered","at":"2020-01-01T08:00:00+08:00","institution":"H2","name":"Invented Two",'
        b'"level":3,"kind":"general","departments":[]}'
    )


def denied(kept: Kept) -> int:
    return sum(part.denied for part in kept.manifest.parts)


def test_the_same_twice_is_one_entry(opened: TreatmentLedger) -> None:
    first = adopt(opened, SHANGHAI, BEGIN, now=NOW)
    size = opened.size
    assert first.new
    stamps = {path: path.stat().st_mtime_ns for path in (opened.directory / DECISIONS).rglob("*")}
    again = adopt(opened, SHANGHAI, BEGIN, now=NOW + timedelta(days=1))
    assert (again.new, again.adopted) == (False, first.adopted)
    assert opened.size == size
    assert {path: path.stat().st_mtime_ns for path in (opened.directory / DECISIONS).rglob("*")} == stamps
    (fact,) = entries(opened)
    assert (fact.rulebook, fact.digest, fact.effective_from) == (SHANGHAI.id, SHANGHAI.digest, BEGIN)
    assert first.adopted.position == size


def test_the_text_is_at_hand_before_the_entry_is(
    opened: TreatmentLedger, stricter: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as failing:

        def dies(*_: object, **__: object) -> None:
            assert (opened.directory / KEPT / f"{stricter.digest}.toml").exists()
            raise KeyboardInterrupt

        failing.setattr(opened, "record", dies)
        with pytest.raises(KeyboardInterrupt):
            adopt(opened, stricter, BEGIN, now=NOW)
    assert entries(opened) == []
    stricter.path.unlink()
    assert rules("in-force", directory=opened.directory).rulebook.id == "in-force"
    assert stricter.digest in {book.digest for book in texts_at_hand(opened.directory).texts}


def test_a_crash_between_entry_and_decisions_is_mended(
    opened: TreatmentLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as failing:

        def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        failing.setattr(adopting, "keep_decisions", dies)
        with pytest.raises(KeyboardInterrupt):
            adopt(opened, SHANGHAI, BEGIN, now=NOW)
    assert len(entries(opened)) == 1
    assert [one.size for one in standings(opened)] == [None]
    done = adopt(opened, SHANGHAI, BEGIN, now=NOW)
    assert not done.new
    assert len(entries(opened)) == 1
    assert [one.size for one in standings(opened)] == [opened.size]
    assert denied(done.kept) == 1


def test_going_back_needs_no_judging(opened: TreatmentLedger, stricter: Rulebook) -> None:
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    assert denied(adopt(opened, stricter, BEGIN, now=NOW + timedelta(days=1)).kept) == 2
    book, begin, left, stay, _ = gone_back(opened)
    assert (book.digest, begin, left.fact.digest, stay) == (SHANGHAI.digest, BEGIN, stricter.digest, ())
    judged: list[int] = []
    back = adopt(
        opened,
        book,
        begin,
        now=NOW + timedelta(days=2),
        told=lambda done, total: judged.append(done),
    )
    assert back.new
    assert judged == []
    assert denied(back.kept) == 1
    assert [fact.digest for fact in entries(opened)] == [SHANGHAI.digest, stricter.digest, SHANGHAI.digest]
    found = standings(opened)
    assert found[0].ruling == found[2].ruling != found[1].ruling


def test_from_a_later_day_each_decides_its_days(opened: TreatmentLedger, stricter: Rulebook) -> None:
    adopt(opened, stricter, BEGIN, now=NOW)
    done = adopt(opened, SHANGHAI, date(2021, 3, 2), now=NOW + timedelta(days=1))
    assert denied(done.kept) == 2  # the acts are of 1 March
    assert denied(adopt(opened, SHANGHAI, date(2021, 3, 1), now=NOW + timedelta(days=2)).kept) == 1


def test_an_adoption_that_would_not_count(opened: TreatmentLedger, stricter: Rulebook) -> None:
    opened.record(
        [
            RulebookAdopted(
                at=NOW + timedelta(days=9), rulebook=SHANGHAI.id, digest=SHANGHAI.digest, effective_from=BEGIN
            )
        ],
        now=NOW,
    )
    size = opened.size
    with pytest.raises(NotAdopted, match="is dated after"):
        adopt(opened, stricter, BEGIN, now=NOW)
    assert opened.size == size


def test_of_two_at_once_one_appends(opened: TreatmentLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody adopts the same between our looking and our appending."""
    with TreatmentLedger.open(opened.directory) as other, monkeypatch.context() as racing:
        theirs = []
        ours = proposed

        def meanwhile(ledger: TreatmentLedger, book: Rulebook, begin: date, now: datetime) -> Proposal:
            fact = ours(ledger, book, begin, now)
            if not theirs:
                theirs.append(0)
                theirs.append(adopt(other, SHANGHAI, BEGIN, now=NOW + timedelta(seconds=1)).adopted.position)
            return fact

        racing.setattr(adopting, "proposed", meanwhile)
        done = adopt(opened, SHANGHAI, BEGIN, now=NOW)
    assert (done.new, done.adopted.position) == (False, theirs[1])
    assert len(entries(opened)) == 1


def test_what_was_adopted_meanwhile_keeps_what_was_shown_out(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """Whoever said yes to a preview said yes to that one, and not to whatever another adoption makes of it."""
    shown = proposed(opened, stricter, BEGIN, NOW)
    with TreatmentLedger.open(opened.directory) as other:
        theirs = adopt(other, SHANGHAI, date(2021, 2, 1), now=NOW + timedelta(seconds=1)).adopted
    with pytest.raises(NotAdopted, match=rf"entry {theirs.position} adopts shanghai-2017 .* from 2021-02-01"):
        adopt(opened, stricter, BEGIN, now=NOW + timedelta(seconds=2), proposal=shown)
    assert [fact.digest for fact in entries(opened)] == [SHANGHAI.digest]
    line = (
        f'{{"type":"EntryCorrected","at":"2026-01-02T08:00:00+08:00","target":"{theirs.fact.id}",'
        '"field":"effective_from","old":"2021-02-01","new":"2021-03-01","reason":"r","practitioner":"DR1"}'
    )
    shown = proposed(opened, stricter, BEGIN, NOW)
    opened.record([parse_fact(line.encode())], now=NOW)
    with pytest.raises(NotAdopted, match="corrects an adoption"):
        adopt(opened, stricter, BEGIN, now=NOW, proposal=shown)
    later = proposed(opened, stricter, BEGIN, NOW)
    assert adopt(opened, stricter, BEGIN, now=NOW, proposal=later).new


def test_also_while_what_was_in_force_decides_once_more(
    opened: TreatmentLedger, stricter: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is the long time between looking and appending; a fact that comes in then is no preview's."""
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    theirs = RulebookAdopted(
        at=NOW + timedelta(hours=1), rulebook=SHANGHAI.id, digest=SHANGHAI.digest, effective_from=date(2021, 2, 1)
    )
    ours = adopting.keep_decisions

    def meanwhile(ledger: TreatmentLedger, judge: Judge, told: Told) -> Kept:
        opened.record([theirs], now=NOW + timedelta(hours=1))
        return ours(ledger, judge, told)

    with monkeypatch.context() as racing:
        racing.setattr(adopting, "keep_decisions", meanwhile)
        with pytest.raises(NotAdopted, match=r"meanwhile entry .* adopts shanghai-2017"):
            adopt(opened, stricter, BEGIN, now=NOW + timedelta(hours=2))
    assert [fact.digest for fact in entries(opened)] == [SHANGHAI.digest] * 2


def test_two_texts_adopted_at_the_same_time_do_not_both_go_in_unseen(
    opened: TreatmentLedger, stricter: Rulebook
) -> None:
    """Both were looked at beside the same state, and each would have changed what the other one does."""
    begun = threading.Barrier(2)
    outcomes: list[object] = []
    shown: dict[str, Proposal] = {}

    def adopting_one(book: Rulebook, ledger: TreatmentLedger) -> None:
        proposal = shown[book.digest] = proposed(ledger, book, BEGIN, NOW)
        begun.wait(30)
        try:
            outcomes.append(adopt(ledger, book, BEGIN, now=NOW, proposal=proposal).new)
        except (NotAdopted, KeptError, MirrorError) as error:  # a mirror is written by one at a time
            outcomes.append(error)

    with TreatmentLedger.open(opened.directory) as other:
        threads = [
            threading.Thread(target=adopting_one, args=asked) for asked in ((SHANGHAI, opened), (stricter, other))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(outcomes) == 2
    (theirs,) = entries(opened)
    book = stricter if theirs.digest == SHANGHAI.digest else SHANGHAI
    with pytest.raises(NotAdopted, match="meanwhile entry"):
        adopt(opened, book, BEGIN, now=NOW, proposal=shown[book.digest])
    assert len(entries(opened)) == 1


def test_texts_of_earlier_adoptions_are_kept_by_their_files(opened: TreatmentLedger, stricter: Rulebook) -> None:
    adopt(opened, stricter, BEGIN, now=NOW)
    kept = opened.directory / KEPT / f"{stricter.digest}.toml"
    kept.unlink()
    with pytest.raises(AdoptionRefused):
        adopt(opened, SHANGHAI, date(2022, 1, 1), now=NOW + timedelta(days=1))
    keep_named(opened, [stricter.path])
    assert kept.read_bytes() == stricter.path.read_bytes()
    assert adopt(opened, SHANGHAI, BEGIN, now=NOW + timedelta(days=1)).new
    stricter.path.write_text(stricter.path.read_text("utf-8") + "# another\n", "utf-8")
    with pytest.raises(NotAdopted, match="no adoption in the log names this text"):
        keep_named(opened, [stricter.path])


def test_an_earlier_text_that_is_not_at_hand(opened: TreatmentLedger) -> None:
    lost = RulebookAdopted(at=TAKEN_IN, rulebook="lost", digest="ab" * 32, effective_from=date(2020, 1, 1))
    opened.record([lost], now=TAKEN_IN)
    with pytest.raises(AdoptionRefused, match="lost, adopted from 2020-01-01"):
        adopt(opened, SHANGHAI, BEGIN, now=NOW)
    assert [one.ruling for one in standings(opened)] == [None]
    assert len(entries(opened)) == 1


def test_another_takes_the_place_of_one_whose_text_nobody_has(opened: TreatmentLedger, stricter: Rulebook) -> None:
    adopt(opened, stricter, date(2020, 6, 1), now=NOW)
    lost = RulebookAdopted(at=NOW, rulebook=SHANGHAI.id, digest="ab" * 32, effective_from=BEGIN)
    opened.record([lost], now=NOW + timedelta(hours=1))
    before, later = sorted((opened.directory / DECISIONS).iterdir()), NOW + timedelta(days=1)
    for elsewhere in (date(2020, 12, 31), date(2021, 1, 2)):
        with pytest.raises(AdoptionRefused, match="adopted from 2021-01-01"):
            adopt(opened, SHANGHAI, elsewhere, now=later)
    shown = proposed(opened, SHANGHAI, BEGIN, later)
    assert len(shown.missing) == 1
    assert "adopt another from the same day" in shown.missing[0]
    seen = adoptions(opened)
    (again,) = opened.record([replace(lost, digest="cd" * 32)], now=later)
    with pytest.raises(NotAdopted, match=f"entry {again.index + 1} adopts shanghai-2017"):
        adopt(opened, SHANGHAI, BEGIN, now=later, proposal=shown)
    assert len(adoptions(opened)) == len(seen) + 1
    done = adopt(opened, SHANGHAI, BEGIN, now=later)
    assert done.new
    assert done.kept.manifest.size == opened.size
    made = set((opened.directory / DECISIONS).iterdir()) - set(before)
    assert made == {done.kept.directory}, "nothing was decided by what could not be judged by"


def test_of_several_lost_texts_one_after_the_other_is_replaced(opened: TreatmentLedger) -> None:
    first, second = BEGIN, date(2022, 1, 1)
    lost = [
        RulebookAdopted(at=NOW, rulebook=f"lost-{day}", digest="ab" * 32, effective_from=day) for day in (first, second)
    ]
    opened.record(lost, now=NOW)
    with pytest.raises(AdoptionRefused, match="lost-2022-01-01"):
        proposed(opened, SHANGHAI, date(2021, 6, 1), NOW + timedelta(days=1))
    size = opened.size
    with pytest.raises(KeptError, match=rf"the adoption stands \(entry {size + 1}\).* lost-2022-01-01"):
        adopt(opened, SHANGHAI, first, now=NOW + timedelta(days=1))
    done = adopt(opened, SHANGHAI, second, now=NOW + timedelta(days=2))
    assert (done.new, done.adopted.position, done.kept.manifest.size) == (True, size + 2, size + 2)


def test_the_right_digest_under_a_wrong_name_is_replaced(opened: TreatmentLedger) -> None:
    wrong = RulebookAdopted(at=NOW, rulebook="Shanghai-2017", digest=SHANGHAI.digest, effective_from=BEGIN)
    opened.record([wrong], now=NOW)
    assert missing_texts(opened.directory, [wrong])
    assert adopt(opened, SHANGHAI, BEGIN, now=NOW + timedelta(days=1)).new
    assert not missing_texts(opened.directory, [one.fact for one in adoptions(opened)])


def test_an_adoption_dated_later_is_told_of_also_where_its_text_is_missing(opened: TreatmentLedger) -> None:
    late = NOW + timedelta(minutes=1)
    lost = RulebookAdopted(at=late, rulebook="lost", digest="ab" * 32, effective_from=BEGIN)
    opened.record([lost], now=late)
    with pytest.raises(NotAdopted, match="dated after"):
        proposed(opened, SHANGHAI, BEGIN, NOW)


def test_corrected_adoptions_count_as_corrected(opened: TreatmentLedger) -> None:
    done = adopt(opened, SHANGHAI, BEGIN, now=NOW)
    line = (
        f'{{"type":"EntryCorrected","at":"2026-01-02T08:00:00+08:00","target":"{done.adopted.fact.id}",'
        '"field":"effective_from","old":"2021-01-01","new":"2021-02-01","reason":"r","practitioner":"DR1"}'
    )
    opened.record([parse_fact(line.encode())], now=NOW + timedelta(days=2))
    (one,) = adoptions(opened)
    assert one.fact.effective_from == date(2021, 2, 1)
    assert one.position == done.adopted.position
    assert standing_adoption(opened, SHANGHAI, BEGIN) is None
    assert standing_adoption(opened, SHANGHAI, date(2021, 2, 1)) == one


def test_what_is_derived_can_be_removed(opened: TreatmentLedger) -> None:
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    for name in (MIRROR, DECISIONS):
        shutil.rmtree(opened.directory / name)
    done = adopt(opened, SHANGHAI, BEGIN, now=NOW)
    assert (done.new, denied(done.kept)) == (False, 1)


def test_decisions_that_another_process_keeps(opened: TreatmentLedger) -> None:
    done = adopt(opened, SHANGHAI, BEGIN, now=NOW)
    opened.record(
        [RulebookAdopted(at=NOW, rulebook=SHANGHAI.id, digest=SHANGHAI.digest, effective_from=BEGIN)], now=NOW
    )
    with (
        kept_by_one(done.kept.directory),
        pytest.raises(KeptError, match=rf"the adoption stands \(entry {opened.size}\).* another process"),
    ):
        adopt(opened, SHANGHAI, BEGIN, now=NOW)


def test_before_the_entry_it_is_said_that_nothing_was_adopted(opened: TreatmentLedger, stricter: Rulebook) -> None:
    """What is in force decides once more first; while another process keeps the same, or the mirror, it cannot."""
    done = adopt(opened, SHANGHAI, BEGIN, now=NOW)
    opened.record([other_institution()], now=NOW)
    for busy in (kept_by_one(done.kept.directory), written_by_one(opened.directory / MIRROR)):
        with busy, pytest.raises(NotAdopted, match=r"nothing was adopted: .* another process .* it may stand by then"):
            adopt(opened, stricter, BEGIN, now=NOW + timedelta(days=1))
    assert [fact.digest for fact in entries(opened)] == [SHANGHAI.digest]


def test_who_was_quicker_with_the_same_is_found_also_then(
    opened: TreatmentLedger, stricter: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    ours = adopting.keep_decisions
    theirs: list[int] = []

    def busy(ledger: TreatmentLedger, judge: Judge, told: Told) -> Kept:
        if theirs:
            return ours(ledger, judge, told)
        fact = of_shanghai(NOW + timedelta(days=1))
        fact = msgspec.structs.replace(fact, rulebook=stricter.id, digest=stricter.digest)
        theirs.append(opened.record([fact], now=NOW)[0].index + 1)
        raise KeptError("another process is keeping these decisions")

    with monkeypatch.context() as racing:
        racing.setattr(adopting, "keep_decisions", busy)
        done = adopt(opened, stricter, BEGIN, now=NOW + timedelta(days=2))
    assert (done.new, [done.adopted.position]) == (False, theirs)


def test_what_was_in_force_decides_once_more_before_another_takes_its_place(
    opened: TreatmentLedger, stricter: Rulebook
) -> None:
    """Acts that came in under it were settled by it: its decisions are what an appeal asks for."""
    adopt(opened, SHANGHAI, BEGIN, now=NOW)
    late = {"type": "SessionStarted", "at": "2021-03-02T09:00:00+08:00", "session": "S9", "patient": "P1",
            "prescription": "R1", "order": "1", "therapist": "PT1", "institution": "H1",
            "setting": "outpatient"}  # fmt: skip
    opened.record([parse_fact(msgspec.json.encode(late))], now=NOW + timedelta(hours=1))
    size, told = opened.size, []
    done = adopt(opened, stricter, BEGIN, now=NOW + timedelta(hours=2), entered=told.append)
    assert told == [done.adopted]
    first, second = standings(opened)
    assert (first.size, second.size) == (size, size + 1)
