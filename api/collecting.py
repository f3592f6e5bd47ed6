"""Cosignatures while the service runs: collected beside whatever it answers, never before it.

Before the first signing of a process the witnesses are looked at once (was an old backup restored?), and while one
contradicts the ledger, at most twice a minute. After each signing they are asked in the background; who was down is
asked again, at most twice a minute, while checkpoints are asked for.
"""

import asyncio
import logging

from api.clock import elapsed_seconds
from api.cosigning import collect, refuse_contradicted
from api.witnesses import FILE, WitnessesError, read_witnesses
from ledger.application import LedgerError, TreatmentLedger, Unsound

_REST_SECONDS = 30.0


class Collecting:
    """The cosignatures of one ledger's last checkpoint, coming in."""

    def __init__(self, ledger: TreatmentLedger) -> None:
        self._ledger = ledger
        self._looked = False
        self._look_again_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._again_at = 0.0

    async def before_signing(self) -> None:
        """Unsound when a witness has cosigned what the ledger does not have, also where it said so before; asked over
        the wire only once, unless it did."""
        cosigning = self._ledger.cosigning()
        stands = bool(await asyncio.to_thread(cosigning.contradictions))
        if not self._looked or (stands and elapsed_seconds() >= self._look_again_at):
            self._look_again_at = elapsed_seconds() + _REST_SECONDS
            try:
                await refuse_contradicted(self._ledger, read_witnesses(self._ledger.directory))
            except WitnessesError as error:
                _log.error("%s", error)
            self._looked = True
        await asyncio.to_thread(cosigning.refuse_contradicted)

    def signed(self) -> None:
        """There is a new checkpoint: ask for it at once."""
        self._again_at = 0.0
        self.begin()

    def begin(self) -> None:
        """Ask in the background those that have not cosigned the last checkpoint, unless they were asked just now."""
        if not (self._ledger.directory / FILE).exists():
            return
        if (self._task is None or self._task.done()) and elapsed_seconds() >= self._again_at:
            self._task = asyncio.create_task(self._collect())

    async def settled(self, seconds: float) -> None:
        """Returns when those being asked have answered, or after so many seconds."""
        if self._task is not None and not self._task.done():
            await asyncio.wait({self._task}, timeout=seconds)

    async def _collect(self) -> None:
        self._again_at = elapsed_seconds() + _REST_SECONDS
        try:
            for told in await collect(self._ledger, read_witnesses(self._ledger.directory)):
                if not told.cosigned:
                    _log.warning("%s", told)
        except Unsound as contradiction:
            _log.critical("%s", contradiction)  # what the witness said is kept: nothing more is signed
        except (LedgerError, WitnessesError) as error:
            _log.error("%s", error)
        except Exception:
            # Nobody awaits this task: what is not written here is never seen.
            _log.exception("no cosignatures could be collected")


_log = logging.getLogger("uvicorn.error")
