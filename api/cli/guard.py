"""What a person sees when something goes wrong: one clear line, an exit code, never a traceback for bad input.

Exit code 1 is an answer ("unsound", "differs"): output that cannot be written never ends in it. Nor does what
was to be handed out end in 0 where standard output was closed (`>&-`); only a command whose exit code is the answer
(it returns one: `verify`, `audit`) has given it all the same. An error that nobody foresaw is a fault of the program
and says so; `TREATMENT_LEDGER_TRACEBACK=1` shows where it is.
"""

import errno
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TextIO

import click

from api.cli.terminal import shown

ANSWER_IS_NO = 1
BAD_INPUT = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells expect
PIPE_CLOSED = 141  # 128 + SIGPIPE: whoever read the output has enough

FORESEEN = (
    ("ledger.journal", "JournalRefused"),
    ("ledger.application", "LedgerError"),
    ("ledger.application", "Refused"),
    ("ledger.proof", "ProofError"),
    ("ledger.application", "NotWritten"),
    ("ledger.people", "PeopleError"),
    ("api.questions", "Unknown"),
    ("projections.rules.rulebook", "RulebookRefused"),
    ("projections.rules.readings", "ReadingRefused"),
    ("projections.mirror.refusal", "MirrorError"),
    ("projections.decisions.refusal", "KeptError"),
    ("api.adopting", "NotAdopted"),
    ("api.choosing", "AdoptedMeanwhile"),
    ("projections.spark.starting", "SparkError"),
    ("projections.eligibility", "UnknownPatient"),
    ("projections.eligibility", "UnknownAsked"),
    ("api.tokens", "TokenError"),
    ("api.signer", "SignerError"),
    ("api.devices", "DeviceError"),
    ("api.witnesses", "WitnessesError"),
    ("ledger.witness", "WitnessError"),
)
"""Errors whose message is written for the person at the terminal. Named, not imported: a command that never loaded
the module cannot have raised its error, and `judge` must not wait for the web framework."""


_ANSWERS = (("ledger.application", "Unsound"), ("projections.decisions.refusal", "DecisionDiffers"))
"""Of these, the errors that say that what was asked about is not as it should be."""


class PipeClosed(Exception):
    """Whoever read the output has enough of it.

    Not a BrokenPipeError: where click sees one it ends the process itself, with exit code 1.
    """


@contextmanager
def unseen_by_click() -> Iterator[None]:
    """Around what click calls of ours: a closed pipe comes out as `PipeClosed`, which click lets through."""
    try:
        yield
    except BrokenPipeError as error:
        raise PipeClosed from error


class AnswersJson(click.Command):
    """A command that answers with one JSON object under `--json` also where there is no answer: `error` says why.

    `unanswered`: the keys of the answer that stand beside it, null; `sound` is false where that is the reason. What a
    person is told on standard error, and the exit code, stay as `guarded` has them.
    """

    def __init__(self, *arguments: Any, unanswered: Sequence[str] = ("sound",), **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._unanswered = unanswered

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        asked = "--json" in args
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.ClickException as error:
            if asked:
                self._emit(error)
            raise

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, OSError) as error:
            if ctx.params.get("as_json") and not _is_of_output(error):
                self._emit(error)
            raise
        except Exception as error:
            if ctx.params.get("as_json") and _foreseen(error):
                self._emit(error)
            raise

    def _emit(self, error: Exception) -> None:
        if isinstance(error, click.ClickException):
            what = error.format_message()
        else:
            what = _spell_os_error(error) if isinstance(error, OSError) else str(error)
        answer: dict[str, Any] = dict.fromkeys(self._unanswered)
        if "sound" in answer and _is(error, "ledger.application", "Unsound"):
            answer["sound"] = False
        click.echo(json.dumps(answer | {"error": what}))


def guarded(command: Callable[[], Any]) -> int:
    """Runs `command` and returns the exit code. Flushes the output here, where a closed pipe can still be told."""
    is_closed = sys.stdout is None
    if is_closed or sys.stderr is None:
        _output().replace_missing()
    _speak_utf8()
    try:
        with _interrupts_noted() as interrupted:
            return _ended(_delivered(command) if is_closed else command, interrupted)
    finally:
        if _failing(sys.stdout) or _failing(sys.stderr):
            _output().silence_failing()


@contextmanager
def _interrupts_noted() -> Iterator[threading.Event]:
    """Whether Ctrl-C was pressed in the block. It is a KeyboardInterrupt as ever, but an extension module that is just
    being loaded makes another error of one (numpy an ImportError), in which no trace of it is left.
    """
    pressed = threading.Event()
    is_ours = threading.current_thread() is threading.main_thread()  # others may not say what a signal does
    if not is_ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield pressed
        return

    def note(number: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _ended(command: Callable[[], Any], interrupted: threading.Event) -> int:
    try:
        answer = command()
        sys.stdout.flush()
        return answer if isinstance(answer, int) else 0
    except click.ClickException as error:
        _tell(error.show)
        return BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        _tell(lambda: click.echo("interrupted", err=True))
        return INTERRUPTED
    except (PipeClosed, BrokenPipeError):
        return PIPE_CLOSED
    except OSError as error:
        if os.environ.get("TREATMENT_LEDGER_TRACEBACK"):
            raise
        text = shown(f"Error: {_spell_os_error(error)}")
        _tell(lambda: click.echo(text, err=True))
        return BAD_INPUT
    except Exception as error:
        if os.environ.get("TREATMENT_LEDGER_TRACEBACK") and not _foreseen(error):
            raise
        if interrupted.is_set() and not _foreseen(error):
            _tell(lambda: click.echo("interrupted", err=True))
            return INTERRUPTED
        text = shown(f"Error: {error if _foreseen(error) else _apology(error)}", keep="\n")
        _tell(lambda: click.echo(text, err=True))
        return ANSWER_IS_NO if any(_is(error, module, name) for module, name in _ANSWERS) else BAD_INPUT


def _delivered(command: Callable[[], Any]) -> Callable[[], Any]:
    """`command`, which fails where it has no exit code for an answer and what it wrote went nowhere."""

    def run() -> Any:
        answer = command()
        sys.stdout.flush()
        if answer is None and _output().was_lost():
            raise OSError(errno.EBADF, os.strerror(errno.EBADF), "standard output")
        return answer

    return run


def _tell(write: Callable[[], None]) -> None:
    """Where standard error cannot be written there is nobody to tell, and the exit code still says what came out."""
    with suppress(OSError):
        write()


def _output() -> Any:
    """What the verifier does with streams that fail. Only then: `judge` must not wait for its cryptography."""
    from ledger.verify import output

    return output


def _failing(stream: TextIO) -> bool:
    """Whether a stream holds what it cannot write: it tries again, and fails again."""
    try:
        stream.flush()
    except OSError:
        return True
    return False


def _is_of_output(error: Exception) -> bool:
    """Whether it is standard output that failed: nothing more can be said there."""
    return isinstance(error, BrokenPipeError) or (isinstance(error, OSError) and _failing(sys.stdout))


def _foreseen(error: Exception) -> bool:
    return any(_is(error, module, name) for module, name in FORESEEN)


def _is(error: Exception, module: str, name: str) -> bool:
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(error, kind)


def _spell_os_error(error: OSError) -> str:
    where = error.filename or ("standard output" if _failing(sys.stdout) else None)
    return f"{where}: {error.strerror or error}" if where else error.strerror or str(error)


def _apology(error: Exception) -> str:
    return (
        f"unexpected {type(error).__name__}: {error}\n"
        "This is a fault of the program, not of your input. To see where it is, and to report it, "
        "run the command again with TREATMENT_LEDGER_TRACEBACK=1 set."
    )


def _speak_utf8() -> None:
    """Data is UTF-8 whatever the locale says; what cannot be spelled is shown as an escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
