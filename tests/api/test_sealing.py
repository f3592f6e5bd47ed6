"""A checkpoint is fresh when asked for, and many who ask at once share one signing."""

import asyncio
from pathlib import Path

from api.clock import parse_instant
from api.sealing import Sealing
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
        sealing, sizes = Sealing(ledger), []
        for n in range(3):
            sizes.append(open_checkpoint(await sealing.checkpoint(), ledger.vkey).size)
            register(ledger, f"H{n}")
        return sizes

    with TreatmentLedger.open(tmp_path) as ledger:
        assert asyncio.run(ask(ledger)) == [0, 1, 2]


def test_an_unchanged_log_is_not_signed_again(tmp_path: Path) -> None:
    TreatmentLedger.init(tmp_path, "hospital.example/ledger")

    async def ask(ledger: TreatmentLedger) -> set[str]:
        sealing = Sealing(ledger)
        return {await sealing.checkpoint() for _ in range(5)}

    with TreatmentLedger.open(tmp_path) as ledger:
        register(ledger, "H1")
        assert asyncio.run(ask(ledger)) == {ledger.latest_checkpoint()}


def test_many_who_ask_at_once_get_the_same(tmp_path: Path) -> None:
    TreatmentLedger.init(tmp_path, "hospital.example/ledger")

    async def ask(ledger: TreatmentLedger) -> set[str]:
        sealing = Sealing(ledger)
        return set(await asyncio.gather(*(sealing.checkpoint() for _ in range(20))))

    with TreatmentLedger.open(tmp_path) as ledger:
        register(ledger, "H1")
        (note,) = asyncio.run(ask(ledger))
        assert open_checkpoint(note, ledger.vkey).size == 1
