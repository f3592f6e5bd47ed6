"""A checkpoint is fresh when asked for, and many who ask at once share one signing."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.checkpointing import Checkpointing
from api.clock import parse_instant
from ledger.application import TreatmentLedger
from ledger.journal import parse_fact
from ledger.proof import open_checkpoint

NOW = parse_instant("2021-03-01T08:00:00+08:00")


def register(ledger: TreatmentLedger, name: str) -> None:
    line = (
        f'{{"type":"InstitutionRegistered","at":"2020-01-01T08:00:00+08:00","institution":"{name}","name":"Invented",'
        '"level":3,"kind":"general","departments":[]}'
    )
    ledger.record([parse_fact(line.encode())], now=NOW)


def test_what_was_recorded_is_covered_by_the_next_checkpoint(tmp_path: Path) -> None:
    TreatmentLedger.init(tmp_path, "hospital.example/ledger")

    async def ask(ledger: TreatmentLedger) -> list[int]:
        checkpointing, sizes = Checkpointing(ledger), []
        for n in range(3):
            sizes.append(open_checkpoint(await checkpointing.checkpoint(), ledger.vkey).size)
            register(ledger, f"H{n}")
        return sizes

    with TreatmentLedger.open(tmp_path) as ledger:
        assert asyncio.run(ask(ledger)) == [1, 3, 5], "each with its seal"


def test_an_unchanged_log_is_not_signed_again(tmp_path: Path) -> None:
    TreatmentLedger.init(tmp_path, "hospital.example/ledger")

    async def ask(ledger: TreatmentLedger) -> set[str]:
        checkpointing = Checkpointing(ledger)
        return {await checkpointing.checkpoint() for _ in range(5)}

    with TreatmentLedger.open(tmp_path) as ledger:
        register(ledger, "H1")
        assert asyncio.run(ask(ledger)) == {ledger.latest_checkpoint()}


def test_many_who_ask_at_once_get_the_same(tmp_path: Path) -> None:
    TreatmentLedger.init(tmp_path, "hospital.example/ledger")

    async def ask(ledger: TreatmentLedger) -> set[str]:
        checkpointing = Checkpointing(ledger)
        return set(await asyncio.gather(*(checkpointing.checkpoint() for _ in range(20))))

    with TreatmentLedger.open(tmp_path) as ledger:
        register(ledger, "H1")
        (note,) = asyncio.run(ask(ledger))
        assert open_checkpoint(note, ledger.vkey).size == 2


class Time:
    """Time that passes only here: a step whenever somebody looks, and as much as is slept."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.step = 1.0
        self.slept: list[float] = []

    def elapsed(self) -> float:
        self.seconds += self.step
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.slept.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def grown(tmp_path: Path) -> Iterator[TreatmentLedger]:
    """A ledger of one institution and one patient: two entries, and with each checkpoint one more, its seal."""
    TreatmentLedger.init(tmp_path, "hospital.example/ledger")
    with TreatmentLedger.open(tmp_path) as ledger:
        register(ledger, "H1")
        file(ledger, "P1")
        yield ledger


def file(ledger: TreatmentLedger, patient: str) -> None:
    line = (
        f'{{"type":"PatientFileOpened","at":"2021-03-01T08:00:00+08:00","patient":"{patient}","sex":"female",'
        '"born":"1956-04-02","institution":"H1","file_no":"invented"}'
    )
    ledger.record([parse_fact(line.encode())], now=NOW)


def signed_size(ledger: TreatmentLedger, bundle: bytes) -> int:
    return open_checkpoint(json.loads(bundle)["checkpoint"], ledger.vkey).size


def test_after_a_signing_it_rests_nine_times_as_long(grown: TreatmentLedger) -> None:
    async def ask() -> None:
        time = Time()
        checkpointing = Checkpointing(grown, elapsed=time.elapsed, sleep=time.sleep)
        first = await checkpointing.checkpoint()  # took one second
        file(grown, "P2")
        assert await checkpointing.checkpoint() == first
        time.seconds += 9
        assert open_checkpoint(await checkpointing.checkpoint(), grown.vkey).size == 5

    asyncio.run(ask())


def test_a_bundle_that_the_latest_checkpoint_covers_does_not_wait(grown: TreatmentLedger) -> None:
    async def ask() -> None:
        time = Time()
        checkpointing = Checkpointing(grown, elapsed=time.elapsed, sleep=time.sleep)
        await checkpointing.checkpoint()
        file(grown, "P2")
        assert signed_size(grown, await checkpointing.bundle("patient:P1", covering=2)) == 3
        assert time.slept == [0]

    asyncio.run(ask())


def test_a_bundle_that_needs_a_new_checkpoint_waits_until_the_rest_is_over(grown: TreatmentLedger) -> None:
    async def ask() -> None:
        time = Time()
        checkpointing = Checkpointing(grown, elapsed=time.elapsed, sleep=time.sleep)
        await checkpointing.checkpoint()
        time.step = 0
        file(grown, "P2")
        assert signed_size(grown, await checkpointing.bundle("patient:P2", covering=4)) == 5
        assert time.slept == [0, 9]

    asyncio.run(ask())


def test_bundles_that_wait_share_a_signing_and_stop_nobody_else(grown: TreatmentLedger) -> None:
    async def ask() -> None:
        time, rested = Time(), asyncio.Event()

        async def sleep(seconds: float) -> None:
            if seconds:
                await rested.wait()
            await time.sleep(seconds)

        checkpointing = Checkpointing(grown, elapsed=time.elapsed, sleep=sleep)
        first = await checkpointing.checkpoint()
        time.step = 0
        for n in range(2, 7):
            file(grown, f"P{n}")
        waiting = [asyncio.create_task(checkpointing.bundle(f"patient:P{n}", covering=n + 2)) for n in range(2, 7)]
        for _ in range(5):
            assert await checkpointing.checkpoint() == first
        assert not any(bundle.done() for bundle in waiting)
        rested.set()
        assert {signed_size(grown, await bundle) for bundle in waiting} == {9}

    asyncio.run(ask())


def test_what_came_in_while_a_bundle_was_asked_for_is_in_it_and_its_signing_is_rested_for(
    grown: TreatmentLedger,
) -> None:
    async def ask() -> None:
        time = Time()
        checkpointing = Checkpointing(grown, elapsed=time.elapsed, sleep=time.sleep)
        await checkpointing.checkpoint()
        time.seconds += 9
        file(grown, "P2")
        # As if the patient had not been there yet when it was asked how far the bundle must reach.
        bundle = await checkpointing.bundle("patient:P2", covering=2)
        assert signed_size(grown, bundle) == 5
        file(grown, "P3")
        assert await checkpointing.checkpoint() == json.loads(bundle)["checkpoint"]

    asyncio.run(ask())
