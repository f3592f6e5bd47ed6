"""A checkpoint that is fresh when somebody asks, without letting strangers keep the machine busy.

Signing derives the tree's root again from every stored byte. So whoever asks at the same moment shares one signing,
and signing never takes more than a tenth of the time.
"""

import asyncio
import time

from starlette.concurrency import run_in_threadpool

from api.clock import now
from ledger.application import TreatmentLedger

_REST = 9  # times as long as the last signing took, until the next
_PATIENCE_SECONDS = 1.0


class Sealing:
    """The latest checkpoint of one ledger, signed anew when the log has grown."""

    def __init__(self, ledger: TreatmentLedger) -> None:
        self._ledger = ledger
        self._alone = asyncio.Lock()
        self._rested_at = 0.0

    async def checkpoint(self) -> str:
        """The checkpoint of the whole log as it is now; a somewhat older one where signing again must wait."""
        async with self._alone:
            latest = await run_in_threadpool(self._ledger.latest_checkpoint)
            wait = max(0.0, self._rested_at - time.monotonic())
            if latest is not None and (wait > _PATIENCE_SECONDS or _size(latest) == self._ledger.size):
                return latest
            await asyncio.sleep(wait)
            begun = time.monotonic()
            try:
                return await run_in_threadpool(self._ledger.checkpoint, now=now())
            finally:
                ended = time.monotonic()
                self._rested_at = ended + _REST * (ended - begun)


def _size(checkpoint: str) -> int:
    """The second line of a checkpoint (C2SP tlog-checkpoint): how many entries it covers."""
    return int(checkpoint.split("\n", 2)[1])
