"""Checkpoints that are fresh when somebody asks, without letting those who ask keep the machine busy.

Signing takes in and derives again what is new, of a short log all there is. So whoever asks at the same moment shares
one signing, and the service spends at most a tenth of its time on it: after each it rests nine times as long. Who asks
for the checkpoint then gets an older one; who asks for a bundle that an older one does not cover waits.

Witnesses are asked after each signing, in the background; a bundle waits for them a moment, a checkpoint does not.
"""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool

from api.clock import elapsed_seconds, now
from api.collecting import Collecting
from api.kept_texts import kept_text
from ledger.application import TreatmentLedger
from projections.rules.rulebook import rulebook_texts

_REST = 9  # times as long as the last signing took, until the next
_PATIENCE_SECONDS = 1.0
_WITNESSES_SECONDS = 2.0  # that a bundle waits for cosignatures of the checkpoint it is under


class Checkpointing:
    """The latest checkpoint of one ledger, signed anew when the log has grown, and bundles under it.

    `elapsed` and `sleep` are how it measures and lets time pass, in seconds.
    """

    def __init__(
        self,
        ledger: TreatmentLedger,
        *,
        elapsed: Callable[[], float] = elapsed_seconds,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._texts = rulebook_texts()
        self._collecting = Collecting(ledger)
        self._elapsed = elapsed
        self._sleep = sleep
        self._alone = asyncio.Lock()
        self._rested_at = 0.0

    async def checkpoint(self) -> str:
        """The checkpoint of the whole log as it is now; a somewhat older one where signing again must wait."""
        async with self._alone:
            latest = await self._latest()
            wait = self._wait()
            if latest is not None and (wait > _PATIENCE_SECONDS or _size(latest) == self._ledger.size):
                self._collecting.begin()
                return latest
            await self._sleep(wait)
            return await self._sign()

    async def bundle(self, subject: str, *, covering: int, since: str | None = None, each: bool = False) -> bytes:
        """The bundle of `patient:P`, `practitioner:T` or `session:S`, complete up to now; `since` and `each` as the
        ledger's `export` takes them. `covering`: how many entries of the log hold all of it.

        Waits its turn where the latest checkpoint does not cover them.
        """
        await self._cover(covering)
        await self._collecting.settled(_WITNESSES_SECONDS)
        before, begun = await self._latest(), self._elapsed()
        bundle = await run_in_threadpool(
            self._ledger.export,
            subject, now=now(), since=since, each=each, rulebooks=self._text, seal=False,
        )  # fmt: skip
        if await self._latest() != before:
            # Something of the patient came in just now, and the ledger signed by itself: that is rested for as well.
            self._rest(self._elapsed() - begun)
        return bundle

    def _text(self, digest: str) -> str | None:
        """The text of a rulebook; also of one that was adopted while the service runs."""
        return self._texts.get(digest) or kept_text(self._ledger.directory, digest)

    async def _cover(self, size: int) -> None:
        """Returns when the latest checkpoint covers the first `size` entries."""
        while True:
            async with self._alone:
                latest = await self._latest()
                if latest is not None and _size(latest) > size:  # its last entry is the seal of those before it
                    return
                wait = self._wait()
                if wait == 0:
                    await self._sign()
                    return
            # Not alone any more: who only wants the latest checkpoint gets it meanwhile.
            await self._sleep(wait)

    async def _sign(self) -> str:
        await self._collecting.before_signing()
        begun = self._elapsed()
        try:
            note = await run_in_threadpool(self._ledger.checkpoint, now=now())
            self._collecting.signed()
            return note
        finally:
            self._rest(self._elapsed() - begun)

    def _rest(self, seconds: float) -> None:
        """After a signing that took `seconds`; on top of a rest that is not over."""
        self._rested_at = max(self._rested_at, self._elapsed()) + _REST * seconds

    def _wait(self) -> float:
        return max(0.0, self._rested_at - self._elapsed())

    async def _latest(self) -> str | None:
        return await run_in_threadpool(self._ledger.latest_checkpoint)


def _size(checkpoint: str) -> int:
    """The second line of a checkpoint (C2SP tlog-checkpoint): how many entries it covers."""
    return int(checkpoint.split("\n", 2)[1])
