"""`bench append`: single facts, each decided, hashed and durable before its caller goes on.

Peer: the plain `eventsourcing` library storing one aggregate event a call in SQLite, with neither decision across
entities nor hashing.
"""

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from time import perf_counter

from api.bench.figures import Measured, Row, side_by_side
from api.bench.plain_library import NAME, PlainLine, plain_library
from ledger.application import TreatmentLedger
from ledger.treatment.facts import (
    EpisodeOpened,
    Fact,
    InstitutionRegistered,
    PatientFileOpened,
    PractitionerRegistered,
    PrescriptionIssued,
    SessionStarted,
)
from ledger.treatment.values import Diagnosis, Order

PEER = f"{NAME} aggregates on SQLite"
CALLERS = (1, 8, 32)
PATIENTS = 64
START = datetime(2021, 3, 1, 8, tzinfo=timezone(timedelta(hours=8)))


def run(events: int) -> Iterator[Row]:
    """Cases `sqlite/1`, `sqlite/8`, `sqlite/32` (callers), `events` single facts each."""
    for callers in CALLERS:
        yield side_by_side(
            f"sqlite/{callers}", "events/s", partial(_ours, callers, events), partial(_peer, callers, events), PEER
        )


def _call(callers: int, events: int, one: Callable[[int], object]) -> Measured:
    """`events` calls spread over `callers` threads that each wait for their own call."""
    durations: list[float] = []

    def caller(first: int) -> None:
        for n in range(first, events, callers):
            began = perf_counter()
            one(n)
            durations.append(perf_counter() - began)

    began = perf_counter()
    with ThreadPoolExecutor(callers) as pool:
        for done in [pool.submit(caller, first) for first in range(callers)]:
            done.result()
    seconds = perf_counter() - began
    return Measured(units=events, seconds=seconds, p99_ms=sorted(durations)[int(len(durations) * 0.99)] * 1000)


def _ours(callers: int, events: int) -> Measured:
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "ledger"
        TreatmentLedger.init(home, "bench.example/ledger")
        with TreatmentLedger.open(home) as ledger:
            ledger.record(list(_before()), now=START)
            starts = [_start(n) for n in range(events)]
            return _call(callers, events, lambda n: ledger.record([starts[n]], now=START))


def _peer(callers: int, events: int) -> Measured:
    with tempfile.TemporaryDirectory() as directory, plain_library(directory) as application:
        return _call(callers, events, lambda n: application.save(PlainLine({"patient": f"P{n % PATIENTS}", "line": n})))


def _before() -> Iterator[Fact]:
    """An invented institution, its staff and its patients with a prescription each."""
    yield InstitutionRegistered(
        at=START, institution="H1", name="虚构医院 (invented)", kind="general", departments=["rehabilitation"]
    )
    yield PractitionerRegistered(
        at=START, practitioner="D1", name="虚构医师 (invented)", profession="physician", institution="H1"
    )
    yield PractitionerRegistered(
        at=START, practitioner="T1", name="虚构治疗师 (invented)", profession="therapist", institution="H1"
    )
    for n in range(PATIENTS):
        yield PatientFileOpened(
            at=START, patient=f"P{n}", sex="male", born=date(1950, 1, 1), institution="H1", file_no=f"M{n}"
        )
        yield EpisodeOpened(
            at=START, episode=f"E{n}", patient=f"P{n}", institution="H1", diagnosis=Diagnosis(code="I63.9")
        )
        yield PrescriptionIssued(
            at=START,
            prescription=f"R{n}",
            patient=f"P{n}",
            episode=f"E{n}",
            institution="H1",
            physician="D1",
            orders=[Order(order="1", item="exercise-therapy", site="左下肢", method="主动运动")],
        )


def _start(n: int) -> SessionStarted:
    return SessionStarted(
        at=START + timedelta(minutes=n),
        session=f"S{n}",
        patient=f"P{n % PATIENTS}",
        prescription=f"R{n % PATIENTS}",
        order="1",
        therapist="T1",
        institution="H1",
        setting="outpatient",
    )
