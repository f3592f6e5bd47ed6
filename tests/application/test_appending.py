"""An import while others append: what they do between two chunks is never overlooked."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.application import Imported, TreatmentLedger
from ledger.application.importing import ImportAsked, import_journal
from ledger.treatment.facts import Fact, FeeConfirmed, IndexSealed, SessionStopped
from tests.application.conftest import NOW
from tests.application.world import HOSPITAL, fact, facts, line, patient, session

Journal = Callable[..., Path]

LINES = [*HOSPITAL, *patient("P1"), *session("S1", "P1", 60), *session("S2", "P1", 120), *session("S3", "P1", 180)]


@pytest.fixture
def other(directory: Path) -> Iterator[TreatmentLedger]:
    """Another process's ledger on the same directory."""
    with TreatmentLedger.open(directory) as other:
        yield other


@pytest.fixture
def import_lines(
    ledger: TreatmentLedger, other: TreatmentLedger, directory: Path, journal: Journal
) -> Callable[..., tuple[Imported, list[str]]]:
    """Import lines in chunks of three; `meanwhile`: what the other records once so many lines are in."""

    def run(
        lines: list[str], meanwhile: dict[int, list[Fact]], *, keep_going: bool = False
    ) -> tuple[Imported, list[str]]:
        problems: list[str] = []

        def progress(stage: str, done: int, total: int | None) -> None:
            if stage == "append" and done in meanwhile:
                other.record(meanwhile.pop(done), now=NOW)

        order = ImportAsked([journal(lines)], lambda: NOW, keep_going, None, progress, problems.append, chunk_lines=3)
        result = import_journal(ledger.recorder, directory, order)
        return result, problems

    return run


Import = Callable[..., tuple[Imported, list[str]]]


def test_what_is_not_its_business(ledger: TreatmentLedger, import_lines: Import) -> None:
    """Others register and treat other patients all the time; the import goes on."""
    meanwhile = {done: facts(patient(f"X{done}", done)) for done in (6, 9, 12, 15)}
    assert import_lines(LINES, meanwhile) == (Imported(len(LINES), 0, 0, len(LINES) + 12), [])
    assert [recorded.fact for recorded in ledger.history("P1")] == facts(LINES)[len(HOSPITAL) :]


def test_seals_come_in_between(
    ledger: TreatmentLedger, other: TreatmentLedger, directory: Path, journal: Journal
) -> None:
    """Others export all the time, and each seals the log; no line of a journal depends on a seal."""
    lines = journal(LINES)

    def progress(stage: str, done: int, total: int | None) -> None:
        if stage == "append":
            other.checkpoint(now=NOW)

    result = import_journal(
        ledger.recorder, directory, ImportAsked([lines], lambda: NOW, progress=progress, chunk_lines=3)
    )
    chunks = -(-len(LINES) // 3)
    assert result == Imported(len(LINES), 0, 0, len(LINES) + chunks)
    assert [recorded.fact for recorded in ledger.history("P1")] == facts(LINES)[len(HOSPITAL) :]
    assert sum(isinstance(recorded.fact, IndexSealed) for recorded in ledger.facts()) == chunks


def test_the_same_fact_comes_in_between(ledger: TreatmentLedger, import_lines: Import) -> None:
    """The import finds it known, as if it had been there before."""
    start, stop, _ = facts(session("S3", "P1", 180))
    assert import_lines(LINES, {12: [start, stop]}) == (Imported(len(LINES) - 2, 2, 0, len(LINES)), [])


@pytest.mark.parametrize(("keep_going", "accepted"), [(False, 12), (True, 15)])
def test_another_stop_comes_in_between(
    ledger: TreatmentLedger, import_lines: Import, keep_going: bool, accepted: int
) -> None:
    """The session is stopped once, by whoever came first; the import's stop is refused, and so reported."""
    start, _, _ = facts(session("S3", "P1", 180))
    stop = fact("SessionStopped", 200, session="S3", effect="as somebody else saw it")
    result, problems = import_lines(LINES, {12: [start, stop]}, keep_going=keep_going)
    assert (result.accepted, result.known, result.refused) == (accepted, 1, 1)
    assert len(problems) == 1
    assert f":{len(LINES) - 1}: session: " in problems[0]
    assert [r.fact for r in ledger.facts() if isinstance(r.fact, SessionStopped) and r.fact.session == "S3"] == [stop]


def test_an_id_is_taken_in_between(ledger: TreatmentLedger, import_lines: Import) -> None:
    lines = [*LINES, line("StageSummaryWritten", 300, patient="P1", episode="E-P1", practitioner="PT1", text="good",
                          id="L1")]  # fmt: skip
    taken = fact("InstitutionRegistered", institution="H7", name="x", kind="other", departments=[], id="L1")
    result, problems = import_lines(lines, {15: [taken]})
    assert (result.accepted, result.refused) == (15, 1)
    assert f":{len(lines)}: id: " in problems[0]


def test_what_is_referred_to_changes_in_between(ledger: TreatmentLedger, import_lines: Import) -> None:
    """A session goes to another patient; its fee, a line that only refers to it, follows."""
    lines = [*LINES, *patient("P2"), line("FeeConfirmed", 300, act="S1", amount_fen=5000)]
    moved = fact("EntryCorrected", 250, target="S1", field="patient", old="P1", new="P2", reason="mistaken",
                 practitioner="DR1")  # fmt: skip
    assert import_lines(lines, {15: [moved]}) == (Imported(len(lines), 0, 0, len(lines) + 1), [])
    assert isinstance(ledger.history("P2")[-1].fact, FeeConfirmed)


def test_a_corrections_target_becomes_ambiguous_in_between(ledger: TreatmentLedger, import_lines: Import) -> None:
    """Somebody gives a line the session's name as its id: what is corrected must not depend on luck."""
    correction = line("EntryCorrected", 500, target="S1", field="institution", old="H1", new="H2", reason="mistaken",
                      practitioner="DR1")  # fmt: skip
    second = line("InstitutionRegistered", institution="H2", name="y", kind="other", departments=[])
    ambiguous = fact("PractitionerDeparted", 400, practitioner="PT2", institution="H1", id="S1")
    result, problems = import_lines([*LINES, second, correction], {15: [ambiguous]})
    assert (result.accepted, result.refused) == (18, 1)
    assert ": target: 'S1' fits " in problems[0]


def test_again_and_again(ledger: TreatmentLedger, import_lines: Import) -> None:
    """Something that matters comes in between before every chunk."""
    lines = [*HOSPITAL, *patient("P1"), *[text for n in range(6) for text in session(f"S{n}", "P1", 60 * (n + 1))]]
    meanwhile = {n: facts(session(f"S{n // 3 - 2}", "P1", 60 * (n // 3 - 1))[:2]) for n in range(9, 24, 3)}
    result, problems = import_lines(lines, dict(meanwhile))
    assert problems == []
    assert result.accepted + result.known == ledger.size == len(lines)
    assert sorted(recorded.fact.at for recorded in ledger.facts()) == [fact_.at for fact_ in facts(lines)]


def test_live_appends_all_the_while(
    ledger: TreatmentLedger, other: TreatmentLedger, directory: Path, journal: Journal
) -> None:
    """A journal in small chunks, and another caller who records half of the same lines at the same time."""
    treated = [[*patient(f"P{n}", n), *session(f"S{n}", f"P{n}", 60 + n)] for n in range(20)]
    lines = [*HOSPITAL, *(text for texts in treated for text in texts)]
    other.record(facts(HOSPITAL), now=NOW)

    def record_live() -> None:
        for texts in treated[::-2]:
            for several in (texts[:4], texts[4:]):
                other.record(facts(several), now=NOW)

    thread = threading.Thread(target=record_live)
    thread.start()
    result = import_journal(ledger.recorder, directory, ImportAsked([journal(lines)], lambda: NOW, chunk_lines=2))
    thread.join()
    assert result.refused == 0
    assert result.accepted + result.known == len(lines)
    assert ledger.size == len(lines), "each fact once"
