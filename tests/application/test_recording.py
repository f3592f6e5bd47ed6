"""Facts in, receipts out: all or nothing, once and for all, whoever races and whatever fails."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.application import LedgerError, NotWritten, Overtaken, Problem, Receipt, Refused, TreatmentLedger
from ledger.application.recording import record
from ledger.proof import leaf_hash
from ledger.treatment.facts import Fact
from ledger.treatment.subjects import RULEBOOKS
from tests.application.conftest import NOW
from tests.application.world import HOSPITAL, JOURNAL, fact, facts, patient, session
from tests.signing import Person
from tests.store.faults import FaultyRecorder


@pytest.fixture
def open_ledger(ledger: TreatmentLedger) -> TreatmentLedger:
    """A hospital with a patient and a session that goes on."""
    ledger.record(facts([*HOSPITAL, *patient("P1"), session("S1", "P1", 60)[0]]), now=NOW)
    return ledger


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gives or raises, all begun together."""
    barrier = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(n: int) -> None:
        barrier.wait()
        try:
            outcomes[n] = calls[n]()
        except Exception as error:
            outcomes[n] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_receipts(ledger: TreatmentLedger) -> None:
    receipts = ledger.record(facts(JOURNAL), now=NOW)
    assert sorted(receipt.index for receipt in receipts) == list(range(len(JOURNAL)))
    for receipt, fact_ in zip(receipts, facts(JOURNAL), strict=True):
        assert receipt.leaf == leaf_hash(ledger.entry(receipt.index)).hex() == ledger.leaf(receipt.index).hex()
        assert (receipt.appended_at, receipt.known) == (NOW, False)
        assert next(ledger.facts(receipt.index)) == (receipt.index, NOW, fact_)


def test_nothing_to_record(ledger: TreatmentLedger) -> None:
    assert ledger.record([], now=NOW) == []


def test_in_journal_order_whatever_the_order_of_the_call(ledger: TreatmentLedger) -> None:
    receipts = ledger.record(facts(JOURNAL[::-1]), now=NOW)
    recorded = [recorded.fact for recorded in ledger.facts()]
    assert [fact_.at for fact_ in recorded] == sorted(fact_.at for fact_ in recorded)
    assert [ledger.record([fact_], now=NOW)[0].index for fact_ in facts(JOURNAL[::-1])] == [r.index for r in receipts]


def test_again_gives_the_first_receipts(ledger: TreatmentLedger) -> None:
    first = ledger.record(facts(JOURNAL), now=NOW)
    again = ledger.record(facts(JOURNAL), now=NOW + timedelta(days=1))
    assert again == [receipt._replace(known=True) for receipt in first]
    assert ledger.size == len(JOURNAL)


def test_an_instant_is_the_same_in_any_zone(ledger: TreatmentLedger) -> None:
    local = fact("PractitionerRegistered", practitioner="PT1", name="x", profession="therapist", institution="H1")
    ledger.record([facts(HOSPITAL)[0], local], now=NOW)
    utc = msgspec.structs.replace(local, at=local.at.astimezone(UTC), recorded_at=local.at)
    (receipt,) = ledger.record([utc], now=NOW)
    assert (receipt.index, receipt.known) == (1, True)


def test_twice_in_one_call(ledger: TreatmentLedger) -> None:
    first, second, other = ledger.record(facts([HOSPITAL[0], HOSPITAL[0], HOSPITAL[1]]), now=NOW)
    assert (first.known, second) == (False, first._replace(known=True))
    assert (other.known, ledger.size) == (False, 2)


def test_old_and_new_together(open_ledger: TreatmentLedger) -> None:
    start, stop, sign = facts(session("S1", "P1", 60))
    size = open_ledger.size
    receipts = open_ledger.record([sign, start, stop], now=NOW)
    assert [(receipt.index, receipt.known) for receipt in receipts] == [
        (size + 1, False), (size - 1, True), (size, False)
    ]  # fmt: skip


def test_all_or_nothing_with_every_reason(open_ledger: TreatmentLedger) -> None:
    size = open_ledger.size
    good = fact("SessionStopped", 90, session="S1", effect="better")
    bad = fact("SessionStopped", 90, session="S9", effect="better")
    worse = fact("PatientDischarged", 90, patient="P1", stay="A9")
    with pytest.raises(Refused) as refused:
        open_ledger.record([bad, good, worse], now=NOW)
    assert [(problem.line, problem.field) for problem in refused.value.problems] == [(0, "session"), (2, "stay")]
    assert "fact 0: session: " in str(refused.value)
    assert open_ledger.size == size


def test_an_entry_too_long(ledger: TreatmentLedger) -> None:
    ledger.record(facts([*HOSPITAL, *patient("P1")]), now=NOW)
    names = [f"{'T' * 50}{n}" for n in range(900)]
    staff = [fact("PractitionerRegistered", practitioner=name, name="x", profession="therapist", institution="H1")
             for name in names]  # fmt: skip
    ledger.record(staff, now=NOW)
    size = ledger.size
    crowd = fact("AssessmentRecorded", 60, assessment="A1", patient="P1", episode="E-P1", institution="H1",
                 assessors=names, results=[])  # fmt: skip
    with pytest.raises(Refused) as refused:
        ledger.record([crowd], now=NOW)
    (problem,) = refused.value.problems
    assert problem[:2] == (0, "line")
    assert "bytes with its 904 tags" in problem.what
    assert ledger.size == size


def test_two_who_race_with_the_same_fact_get_the_same_receipt(open_ledger: TreatmentLedger) -> None:
    for n in range(5):
        start = fact("SessionStarted", 100 + n, session=f"S{n + 10}", patient="P1", prescription="R-P1", order="1",
                     therapist="PT1", institution="H1", setting="outpatient", id=f"line-{n}")  # fmt: skip
        size = open_ledger.size
        outcomes = at_once(*[lambda start=start: open_ledger.record([start], now=NOW)] * 6)
        receipts = [receipt for (receipt,) in outcomes]
        assert {receipt[:3] for receipt in receipts} == {receipts[0][:3]}
        assert sorted(receipt.known for receipt in receipts) == [False, *[True] * 5]
        assert open_ledger.size == size + 1


def test_of_two_who_race_to_stop_a_session_one_is_refused(open_ledger: TreatmentLedger) -> None:
    stops = [fact("SessionStopped", 90 + n, session="S1", effect=f"as caller {n} saw it") for n in range(4)]
    outcomes = at_once(*[lambda stop=stop: open_ledger.record([stop], now=NOW) for stop in stops])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused", "Refused", "Refused", "list"]
    ((receipt,),) = [outcome for outcome in outcomes if isinstance(outcome, list)]
    assert (receipt.index, receipt.known) == (open_ledger.size - 1, False)


def test_of_two_who_race_to_enrol_one_public_key_one_is_refused(open_ledger: TreatmentLedger) -> None:
    """Nothing else is the same in these facts: neither the person, nor the id, nor a tag."""
    for n in range(5):
        key = Person("", f"shared {n}").enrolment()["public_key"]
        enrolments = [
            fact("SigningKeyEnrolled", 90, practitioner=who, key_id=f"K-{who}-{n}", algorithm="ed25519", public_key=key)
            for who in ("PT1", "PT2", "DR1")
        ]
        outcomes = at_once(*[lambda one=one: open_ledger.record([one], now=NOW) for one in enrolments])
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused", "Refused", "list"]


def adoption(digest: str, minute: int) -> Fact:
    return fact("RulebookAdopted", minute, rulebook="invented", digest=digest * 64, effective_from="2022-01-01")


def test_what_the_caller_looked_at_is_a_condition_too(open_ledger: TreatmentLedger) -> None:
    size = open_ledger.size
    open_ledger.record(facts([session("S2", "P1", 120)[0]]), now=NOW)  # of another subject
    ours, theirs = adoption("a", 70), adoption("b", 71)
    (receipt,) = open_ledger.record([theirs], now=NOW, looked_at={RULEBOOKS: size})
    before = open_ledger.size
    with pytest.raises(Overtaken):
        open_ledger.record([ours], now=NOW, looked_at={RULEBOOKS: size})
    assert open_ledger.size == before
    (again,) = open_ledger.record([theirs], now=NOW, looked_at={RULEBOOKS: size})
    assert again == receipt._replace(known=True), "what is taken in already is answered, whatever came after it"
    (late,) = open_ledger.record([ours], now=NOW, looked_at={RULEBOOKS: before})
    assert not late.known


def test_of_two_who_race_by_the_same_look_one_is_overtaken(open_ledger: TreatmentLedger, directory: Path) -> None:
    def taking(ledger: TreatmentLedger, ours: Fact, size: int) -> Callable[[], Any]:
        return lambda: ledger.record([ours], now=NOW, looked_at={RULEBOOKS: size})

    for minute in range(100, 110, 2):
        size = open_ledger.size
        with TreatmentLedger.open(directory) as other:
            outcomes = at_once(
                taking(open_ledger, adoption("a", minute), size), taking(other, adoption("b", minute + 1), size)
            )
        assert sorted(isinstance(outcome, Overtaken) for outcome in outcomes) == [False, True]
    assert open_ledger.audit() == []


def test_two_processes_worth_of_ledgers_race(open_ledger: TreatmentLedger, directory: Path) -> None:
    """Two objects on one directory share nothing but the file, as two processes do."""
    with TreatmentLedger.open(directory) as other:
        stops = [fact("SessionStopped", 90 + n, session="S1", effect="") for n in range(2)]
        outcomes = at_once(
            lambda: open_ledger.record([stops[0]], now=NOW),
            lambda: other.record([stops[1]], now=NOW),
        )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused", "list"]


@pytest.mark.parametrize(("fault", "known"), [("failed", False), ("persisted", True)])
def test_a_fault_at_the_commit_and_the_try_after_it(
    open_ledger: TreatmentLedger, directory: Path, fault: str, known: bool
) -> None:
    """Whether it failed, or failed but persisted: the next try has one receipt, and there is one entry."""
    faulty = FaultyRecorder(directory / "ledger.sqlite3")
    stop: list[Fact] = [fact("SessionStopped", 90, session="S1", effect="better")]
    size = faulty.size()
    faulty.writer.fault = fault
    with pytest.raises(NotWritten, match="ask again"):
        record(faulty, stop, NOW)
    again = record(faulty, stop, NOW + timedelta(seconds=1))
    tried_at = NOW if known else NOW + timedelta(seconds=1)
    assert again == [Receipt(size, leaf_hash(open_ledger.entry(size)).hex(), tried_at, known)]
    assert faulty.size() == size + 1
    faulty.close()


RECORD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ledger.application import TreatmentLedger
from ledger.journal import parse_fact

with TreatmentLedger.open(Path(sys.argv[1])) as ledger:
    for line in sys.stdin.buffer:
        (receipt,) = ledger.record([parse_fact(line)], now=datetime(2021, 6, 1, tzinfo=UTC))
        print(receipt.index, receipt.leaf, flush=True)
"""


def test_killed_right_after_the_answer(open_ledger: TreatmentLedger, directory: Path) -> None:
    """Every receipt that was answered is good: recording the fact again gives the same."""
    command = [sys.executable, "-c", RECORD, str(directory)]
    for round_ in range(3):
        lines = [text for n in range(40) for text in session(f"K{round_}.{n}", "P1", 60 * n)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("".join(f"{text}\n" for text in lines))
            process.stdin.flush()
            answers = [process.stdout.readline().split() for _ in range(5 + round_)]
            process.send_signal(signal.SIGKILL)
        for text, (index, leaf) in zip(lines, answers, strict=False):
            (receipt,) = open_ledger.record(facts([text]), now=NOW)
            assert (str(receipt.index), receipt.leaf, receipt.known) == (index, leaf, True)
        assert open_ledger.audit() == []


def test_not_written_is_a_ledgers_error() -> None:
    assert issubclass(NotWritten, LedgerError)
    assert not issubclass(Refused, LedgerError), "a refusal is about the facts, not about the ledger"
    assert Problem(0, "f", "w").line == 0
