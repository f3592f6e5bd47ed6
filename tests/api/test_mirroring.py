"""What a ledger is asked by way of its mirror, and of decisions that are kept, is what its facts answer."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from pathlib import Path

import pytest
from msgspec.structs import replace

from api import mirroring
from api.adopting import adopt, adoptions, proposed, sides_of
from api.demo.district import year
from api.mirroring import MIRROR, keep_decisions, kept_decisions, mirror_of
from api.previewing import Previewed, previewed_of
from api.questions import Rules, rules
from api.report_sources import ALWAYS
from api.reporting import OF_COLUMNS, Sides, report_of
from ledger.application import TreatmentLedger
from ledger.treatment.facts import RulebookAdopted, SessionStarted, SessionVoided
from projections.mirror.mirror import Mirror
from projections.mirror.refusal import MirrorDamaged
from projections.mirror.writing import written_by_one
from projections.reports.document import Document
from projections.reports.question import Filter
from projections.rules.rulebook import Rulebook, load_rulebook
from tests.api.test_kept_texts import own

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BEGIN = date(2021, 1, 1)
HALF = date(2021, 7, 1)
SHANGHAI = load_rulebook("shanghai-2017")


@pytest.fixture(scope="module")
def stricter(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """Of item 1 one session a day instead of two."""
    book = own(tmp_path_factory.mktemp("own"))
    book.path.write_text(book.path.read_text("utf-8").replace("max = 2\n", "max = 1\n", 1), "utf-8")
    return load_rulebook(book.path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented year, judged by what was adopted."""
    place = tmp_path_factory.mktemp("year") / "ledger"
    TreatmentLedger.init(place, "mirrored.example/ledger")
    with TreatmentLedger.open(place) as ledger:
        ledger.record([f for f in year(2021, 10) if not isinstance(f, RulebookAdopted)], now=NOW)
        adopt(ledger, SHANGHAI, BEGIN, now=NOW)
    return place


@pytest.fixture
def ledger(made: Path, tmp_path: Path) -> Iterator[TreatmentLedger]:
    with TreatmentLedger.open(shutil.copytree(made, tmp_path / "ledger")) as ledger:
        yield ledger


@pytest.fixture
def by_columns(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As if every log were long; undone, none is."""
    monkeypatch.setattr(mirroring, "COLUMNS_PAY", 0)
    return monkeypatch


def asked(ledger: TreatmentLedger) -> Rules:
    return rules("in-force", directory=ledger.directory)


def put(ledger: TreatmentLedger, book: Rulebook, **named: object) -> Previewed:
    """The preview, acts that move in the order of the log."""
    adopted = [one.fact for one in adoptions(ledger)]
    found = previewed_of(ledger, adopted, asked(ledger), book, told=10**6, **named)  # type: ignore[arg-type]
    ordered = sorted(found.sums.changes, key=attrgetter("position"))
    return found._replace(sums=replace(found.sums, changes=tuple(ordered)))


def void(ledger: TreatmentLedger) -> None:
    """One session, of which nothing else is known than that it was none."""
    session = next(one.fact.session for one in ledger.facts() if isinstance(one.fact, SessionStarted))
    ledger.record([SessionVoided(at=NOW, session=session, reason="r")], now=NOW)


@pytest.mark.parametrize("how", ["a choice of days", "all days", "an adoption"])
def test_a_preview_by_the_mirror(
    ledger: TreatmentLedger, stricter: Rulebook, by_columns: pytest.MonkeyPatch, how: str
) -> None:
    fact = proposed(ledger, stricter, HALF, NOW + timedelta(days=1)).fact
    named = {"a choice of days": {"begin": HALF}, "all days": {}, "an adoption": {"adopting": fact}}[how]
    judge = put(ledger, stricter).now
    assert kept_decisions(ledger, mirror_of(ledger), judge) is not None
    kept = put(ledger, stricter, **named)
    void(ledger)
    assert kept_decisions(ledger, mirror_of(ledger), judge) is None
    judged = put(ledger, stricter, **named)
    by_columns.undo()
    assert judged.sums == put(ledger, stricter, **named).sums
    assert kept.sums.lost.acts
    assert kept.sums.acts == judged.sums.acts
    assert all(one.act for one in kept.sums.changes)


def test_what_is_kept_says_what_facts_say(
    ledger: TreatmentLedger, stricter: Rulebook, by_columns: pytest.MonkeyPatch
) -> None:
    kept = put(ledger, stricter, begin=HALF)
    by_columns.undo()
    assert kept.sums == put(ledger, stricter, begin=HALF).sums


def made_by(ledger: TreatmentLedger, name: str, sides: Sides | None, opened: int, within: Filter = ALWAYS) -> Document:
    adopted = [one.fact for one in adoptions(ledger)]
    day = date(2026, 1, 1)
    return report_of(ledger, adopted, name, asked(ledger), day=day, within=within, opened=opened, sides=sides)


@pytest.mark.parametrize("within", [ALWAYS, Filter(date(2021, 7, 15), date(2021, 9, 30), "H3")])
@pytest.mark.parametrize("opened", [0, 3])
@pytest.mark.parametrize("name", OF_COLUMNS)
def test_reports_by_the_mirror(
    ledger: TreatmentLedger,
    stricter: Rulebook,
    by_columns: pytest.MonkeyPatch,
    name: str,
    opened: int,
    within: Filter,
) -> None:
    adopt(ledger, stricter, HALF, now=NOW + timedelta(days=1))
    sides = Sides(*sides_of(ledger)) if name == "changes" else None
    kept = made_by(ledger, name, sides, opened, within)
    mirror = mirror_of(ledger)
    assert (kept.basis.mirror, kept.basis.log_size) == (mirror.digest, ledger.size)
    shutil.rmtree(ledger.directory / "decisions")
    assert made_by(ledger, name, sides, opened, within) == kept
    by_columns.undo()
    facts = made_by(ledger, name, sides, opened, within)
    assert replace(facts, basis=kept.basis) == kept
    assert replace(kept.basis, mirror=None) == facts.basis
    assert kept.tables[-1].rows  # of `changes`: the acts that move


def test_while_another_process_writes_the_mirror_the_facts_answer(
    ledger: TreatmentLedger, stricter: Rulebook, by_columns: pytest.MonkeyPatch
) -> None:
    with written_by_one(ledger.directory / MIRROR):
        found = put(ledger, stricter)
        document = made_by(ledger, "quality", None, 0)
    assert document.basis.mirror is None
    assert put(ledger, stricter).sums == found.sums


def test_a_mirror_that_turns_out_damaged_is_made_anew(
    ledger: TreatmentLedger, stricter: Rulebook, by_columns: pytest.MonkeyPatch
) -> None:
    """By reports, by previews, by whoever keeps decisions. The log has all of it."""
    found, document = put(ledger, stricter), made_by(ledger, "monthly", None, 0)
    shutil.rmtree(ledger.directory / "decisions")
    (path,) = (ledger.directory / MIRROR).glob("part-*[0-9].parquet")
    whole = path.read_bytes()
    for ask in (
        lambda: put(ledger, stricter).sums == found.sums,
        lambda: made_by(ledger, "monthly", None, 0) == document,
        lambda: keep_decisions(ledger, found.now).manifest.mirror == document.basis.mirror,
    ):
        path.write_bytes(bytes(255 - byte if 4 < place < len(whole) - 9_999 else byte
                               for place, byte in enumerate(whole)))  # fmt: skip
        with pytest.raises(MirrorDamaged, match=path.name):
            Mirror.open(ledger.directory / MIRROR).require_whole()
        assert ask()
        (path,) = (ledger.directory / MIRROR).glob("part-*[0-9].parquet")
        Mirror.open(ledger.directory / MIRROR).require_whole()


def test_what_other_people_are_is_not_there(made: Path) -> None:
    """No name and no number of anybody: only what the log says of a pseudonym."""
    with TreatmentLedger.open(made) as ledger:
        names = {
            str(getattr(one.fact, field)).encode()
            for one in ledger.facts()
            for field in ("file_no", "text", "effect", "reason")
            if getattr(one.fact, field, None)
        }
    assert len(names) > 20
    for path in (*(made / MIRROR).iterdir(), *(made / "decisions").rglob("*.*")):
        data = path.read_bytes()
        assert not [name for name in names if len(name) > 8 and name in data]
