"""What a person sees when something goes wrong: one clear line, an exit code, never a traceback for bad input.

An error that nobody foresaw is a fault of the program and says so; `TREATMENT_LEDGER_TRACEBACK=1` shows where it is.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

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
    ("projections.eligibility", "UnknownPatient"),
    ("projections.eligibility", "UnknownAsked"),
    ("api.tokens", "TokenError"),
    ("api.signer", "SignerError"),
    ("api.witnesses", "WitnessesError"),
    ("ledger.witness", "WitnessError"),
)
"""Errors whose message is written for the person at the terminal. Named, not imported: a command that never loaded
the module cannot have raised its error, and `judge` must not wait for the web framework."""


class AnswersJson(click.Command):
    """A command that answers with one JSON object under `--json` also where there is no answer: `error` says why.

    What a person is told on standard error, and the exit code, stay as `guarded` has them.
    """

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        asked = "--json" in args
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.ClickException as error:
            if asked:
                _emit_error(error)
            raise

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, OSError) as error:
            if ctx.params.get("as_json") and not isinstance(error, BrokenPipeError):
                _emit_error(error)
            raise
        except Exception as error:
            if ctx.params.get("as_json") and _foreseen(error):
                _emit_error(error)
            raise


def guarded(command: Callable[[], Any]) -> int:
    """Runs `command` and returns the exit code. Flushes the output here, where a closed pipe can still be told."""
    _speak_utf8()
    try:
        answer = command()
        sys.stdout.flush()
        return answer if isinstance(answer, int) else 0
    except click.ClickException as error:
        error.show()
        return BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes once more on its way out; it must not find the closed pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        if os.environ.get("TREATMENT_LEDGER_TRACEBACK"):
            raise
        click.echo(shown(f"Error: {_spell_os_error(error)}"), err=True)
        return BAD_INPUT
    except Exception as error:
        if os.environ.get("TREATMENT_LEDGER_TRACEBACK") and not _foreseen(error):
            raise
        click.echo(shown(f"Error: {error if _foreseen(error) else _apology(error)}", keep="\n"), err=True)
        return ANSWER_IS_NO if _is(error, "ledger.application", "Unsound") else BAD_INPUT


def _emit_error(error: Exception) -> None:
    if isinstance(error, click.ClickException):
        what = error.format_message()
    else:
        what = _spell_os_error(error) if isinstance(error, OSError) else str(error)
    sound = False if _is(error, "ledger.application", "Unsound") else None
    click.echo(json.dumps({"sound": sound, "error": what}))


def _foreseen(error: Exception) -> bool:
    return any(_is(error, module, name) for module, name in FORESEEN)


def _is(error: Exception, module: str, name: str) -> bool:
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(error, kind)


def _spell_os_error(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


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
