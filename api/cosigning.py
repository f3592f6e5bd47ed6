"""Asks witnesses to cosign a checkpoint (c2sp.org/tlog-witness), over HTTP, all of them at once.

A witness that is down holds nobody up: the checkpoint stands without it, that is told, and it is asked again with the
next one. A witness that has cosigned what this ledger does not have is another thing: then the ledger went back, or
there are two of it, and nothing more may be signed. That is kept beside the key, and stands, whether the witness is
reached the next time or not, until it agrees or is asked no more.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from api import clock
from api.witnesses import Asked, read_witnesses
from ledger.application import LedgerError, Progress, TreatmentLedger, Unsound
from ledger.verify import printable
from ledger.witness import SIZE_TYPE

if TYPE_CHECKING:
    import httpx

LOOK_SECONDS = 3.0
"""How long a witness has, before something is signed, to say that it has seen more."""

ASK_SECONDS = 10.0
"""How long a witness has, in all, to cosign."""

_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n?", re.ASCII)
_STOP = "Nothing more is signed; restore the newest backup, or ask the witness for its proof (`witness forks`)"
_MOST_BYTES = 1 << 16  # of an answer


class _Contradicted(Unsound):
    """A witness has cosigned what is not here: the finding's name, and what is said of it."""

    def __init__(self, finding: str, what: str) -> None:
        super().__init__(f"{finding}: {what}. {_STOP}")
        self.finding = finding
        self.what = what


class Told(NamedTuple):
    """What came of asking one witness: whether its cosignature is kept now, and a sentence for whoever runs this."""

    witness: Asked
    cosigned: bool
    what: str

    def __str__(self) -> str:
        return f"witness {self.witness.name}: {self.what}"


class _Answer(NamedTuple):
    status: int
    text: str
    size: int | None  # what the witness says that it cosigned last, where that is its answer


def checkpoint(
    ledger: TreatmentLedger,
    *,
    now: datetime,
    say: Callable[[str], None],
    progress: Progress = lambda done, total: None,
    anew: bool = False,
) -> str:
    """A checkpoint of the log as it stands, as `TreatmentLedger.checkpoint` has it, with the lines of the witnesses
    that cosigned it; `say` is called for each that did not.

    LedgerError as there, and Unsound when a witness has seen more, or other, than the ledger has: before anything is
    signed, where the ledger has a checkpoint to ask with, else after.
    """
    asked = read_witnesses(ledger.directory)
    if asked:
        asyncio.run(refuse_contradicted(ledger, asked))
    note = ledger.checkpoint(now=now, progress=progress, anew=anew)
    return note if not asked else cosigned(ledger, asked, say)[0]


def checkpoint_first(ledger: TreatmentLedger, *, now: datetime, say: Callable[[str], None]) -> None:
    """Before something is handed out under a new checkpoint: where witnesses are asked at all, make it and ask them."""
    if read_witnesses(ledger.directory):
        checkpoint(ledger, now=now, say=say)


def cosigned(ledger: TreatmentLedger, asked: Sequence[Asked], say: Callable[[str], None]) -> tuple[str, bool]:
    """The last checkpoint, once all these witnesses were asked, and whether all of them have cosigned it."""
    for told in asyncio.run(collect(ledger, asked)):
        if not told.cosigned:
            say(str(told))
    ledger.cosigning().refuse_contradicted()
    note = ledger.latest_checkpoint()
    if note is None:
        raise LedgerError("nothing was signed yet; run `checkpoint`")
    return note, not ledger.cosigning().lacking(note, (one.vkey for one in asked))


async def refuse_contradicted(ledger: TreatmentLedger, asked: Sequence[Asked]) -> None:
    """Unsound when a witness that can be reached has cosigned more entries than were signed here, or another root.

    Asked with the last checkpoint again, which costs the witness nothing. Who does not answer is passed over: what it
    said before stands. Who contradicted before and agrees now is believed where its cosignature is dated later than
    that, and than all its others.
    """
    note = await asyncio.to_thread(ledger.latest_checkpoint)
    if note is not None:
        await _each(ledger, note, [one for one in asked if one.url], _Asking.look, LOOK_SECONDS)


async def collect(ledger: TreatmentLedger, asked: Sequence[Asked]) -> list[Told]:
    """Have the last checkpoint cosigned by those of these witnesses that have not; what came of it.

    Unsound when one of them has cosigned what the ledger does not have.
    """
    note = await asyncio.to_thread(ledger.latest_checkpoint)
    if note is None:
        return []
    cosigning = ledger.cosigning()
    lacking = cosigning.lacking(note, (one.vkey for one in asked))
    # Whoever has signed this, and contradicted since, may agree now.
    lacking += [one.vkey for one in asked if await asyncio.to_thread(cosigning.contradiction_of, one.vkey)]
    by_file = [one for one in asked if one.vkey in lacking and not one.url]
    told = [Told(one, False, f"is asked by file: `witnesses request {one.name}`") for one in by_file]
    by_wire = [one for one in asked if one.vkey in lacking and one.url]
    return told + await _each(ledger, note, by_wire, _Asking.ask, ASK_SECONDS)


class _Asking(NamedTuple):
    """One witness being asked about one checkpoint."""

    ledger: TreatmentLedger
    client: "httpx.AsyncClient"
    note: str
    witness: Asked

    async def look(self) -> Told:
        """Hand in the checkpoint as the one that was cosigned last: whoever has seen more, or other, says so."""
        size = self.ledger.cosigning().size_of(self.note)
        answer = await self._submit(size)
        if answer.size is not None:
            await self._require_known(answer.size)
        elif answer.status == 409:
            raise self._forked(answer)
        elif answer.status == 200:
            await asyncio.to_thread(self._take, answer.text)
        if await asyncio.to_thread(self.ledger.cosigning().contradiction_of, self.witness.vkey) is not None:
            return await self.ask()  # that it has seen less is no agreement yet
        return Told(self.witness, False, "has not seen more")

    async def ask(self) -> Told:
        """Have the checkpoint cosigned; twice, where it is another size than is known here that was cosigned last."""
        cosigning = self.ledger.cosigning()
        size = cosigning.size_of(self.note)
        answer = await self._submit(min(cosigning.last_cosigned(self.witness.vkey), size))
        if answer.size is not None and answer.size <= size:
            answer = await self._submit(answer.size)
        if answer.status == 200:
            return await asyncio.to_thread(self._take, answer.text)
        if answer.size is not None:
            await self._require_known(answer.size)
            return Told(self.witness, False, f"has cosigned {answer.size} entries already, more than this checkpoint's")
        if answer.status in (409, 422):
            raise self._forked(answer)
        why = f"answered {answer.status} ({_short(answer.text)})"
        if answer.status in (403, 404):
            return Told(self.witness, False, f"{why}; is it told of this log? its operator runs `witness trust VKEY`")
        return Told(self.witness, False, f"{why}; it is asked again next time")

    def _take(self, text: str) -> Told:
        """Keep the cosignature. It lifts what the witness said against this log as one that is carried by file does:
        who stands on the wire, or runs a proxy, has no key of the witness, but may have old answers of it.
        """
        cosigning = self.ledger.cosigning()
        cosigning.take(self.note, self.witness.vkey, text)
        stood = cosigning.contradiction_of(self.witness.vkey)
        if stood is None:
            return Told(self.witness, True, "cosigned")
        if not stood.at:
            what = f"cosigned, which does not lift what it said before: that cannot be read. {stood.lifted_by}"
            return Told(self.witness, False, what)
        what = f"cosigned, which does not lift what it said before at {stood.at}: the answer is an old one"
        if datetime.fromisoformat(stood.at).timestamp() < stood.after:
            # Its clock was fast, and is right now, or somebody hands in what it answered then.
            try:
                after = datetime.fromtimestamp(stood.after, UTC).isoformat()
            except (ValueError, OverflowError, OSError):  # the date is the witness's to choose
                after = "after the year 9999"
            return Told(self.witness, False, f"{what}, as it has dated others {after}; only a later one lifts it")
        return Told(self.witness, False, f"{what}, or its clock is behind; it is asked again next time")

    async def _submit(self, old: int) -> _Answer:
        """What the witness answers when it is told that it cosigned `old` entries last."""
        body = await asyncio.to_thread(self.ledger.cosigning().request, self.note, old)
        url = f"{(self.witness.url or '').rstrip('/')}/add-checkpoint"
        async with self.client.stream("POST", url, content=body) as response:
            raw = b""
            async for part in response.aiter_bytes():
                raw += part
                if len(raw) > _MOST_BYTES:
                    raise LedgerError("it answers more than a witness does")
        text = raw.decode(errors="replace")
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_size = response.status_code == 409 and kind == SIZE_TYPE and _SIZE.fullmatch(text)
        return _Answer(response.status_code, text, int(text) if is_size else None)

    async def _require_known(self, size: int) -> None:
        """Unsound when the witness has cosigned more than was ever signed here."""
        signed = await asyncio.to_thread(self.ledger.cosigning().last_signed)  # another process may have, just now
        if size > signed:
            raise _Contradicted(
                "checkpoint-rollback",
                f"the witness {self.witness.name} has cosigned {size} entries of this log, and {signed} were signed "
                "here: an old backup was restored, or somebody else has the key",
            )

    def _forked(self, answer: _Answer) -> _Contradicted:
        return _Contradicted(
            "history-fork",
            f"the witness {self.witness.name} has cosigned another history of this log than is here "
            f"({answer.status}: {_short(answer.text)}): the log was rewritten, or somebody else has the key",
        )


async def _each(
    ledger: TreatmentLedger,
    note: str,
    asked: Sequence[Asked],
    how: Callable[[_Asking], Awaitable[Told]],
    seconds: float,
) -> list[Told]:
    """Ask all at once, each for so long; Unsound, naming all, when one of them contradicts, which is then kept."""
    if not asked:
        return []
    import httpx

    async def one(client: httpx.AsyncClient, witness: Asked) -> Told | Unsound:
        try:
            async with asyncio.timeout(seconds):
                return await how(_Asking(ledger, client, note, witness))
        except _Contradicted as said:
            keep = ledger.cosigning().contradicted
            await asyncio.to_thread(keep, witness.vkey, said.finding, said.what, clock.now())
            return said
        except Unsound as damage:
            return damage
        except TimeoutError:
            what = f"no answer within {seconds:g} seconds"
        except (httpx.HTTPError, httpx.InvalidURL, LedgerError) as error:
            what = str(error) or type(error).__name__
        return Told(witness, False, f"{what}; it is asked again next time")

    async with httpx.AsyncClient(timeout=seconds) as client:
        outcomes = await asyncio.gather(*(one(client, witness) for witness in asked))
    contradictions = [outcome for outcome in outcomes if isinstance(outcome, Unsound)]
    if contradictions:
        raise Unsound("\n".join(str(contradiction) for contradiction in contradictions))
    return [outcome for outcome in outcomes if isinstance(outcome, Told)]


def _short(text: str) -> str:
    # It goes to terminals and logs, and comes from nobody knows whom.
    return printable(" ".join(text.split())[:200]) or "nothing said"
