"""Whether an answer came out, and what the exit code says where it did not.

0 and 1 are answers about what was verified. An answer that nobody could read is neither, and neither is a run that was
broken off: so a full disk, a closed pipe and Ctrl-C have codes of their own, and no traceback. Knows nothing of what
is written; errors are those of the standard streams, others are the caller's to tell.

One exception: who closes standard output before a verdict (`>&-`) has asked for the exit code alone, and gets it. Of
what is no verdict but data (a bundle, a key) the exit code says nothing; who hands that out asks `was_lost`.
"""

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

NOT_WRITTEN = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells expect
PIPE_CLOSED = 141  # 128 + SIGPIPE: whoever read the output has enough
_OUTPUT = "standard output"


def written(answer: Callable[[], int]) -> int:
    """The exit code of `answer`, which writes to the standard streams, when all that it wrote is on its way.

    Otherwise 2 and one line on standard error; 141 and nothing where the reader closed the pipe; 130 on Ctrl-C.
    """
    replace_missing()
    try:
        try:
            return answer()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        tell("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return PIPE_CLOSED
    except OSError as error:
        tell(f"not written: {error.filename or _OUTPUT}: {error.strerror or error}")
        return NOT_WRITTEN
    finally:
        silence_failing()


def put(text: str) -> None:
    """Writes to standard output, at once: an error is that of this text, and names where it was to go."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, _OUTPUT) from error


def tell(text: str) -> None:
    """Writes a line to standard error. Where that fails as well there is nobody to tell; the exit code says it."""
    with suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def silence_failing() -> None:
    """Leads a stream that cannot be written to nowhere.

    The interpreter flushes both on its way out: it must not fail once more and end with a code of its own.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Nowhere(io.FileIO):
    """What stands in for a stream that the caller closed; remembers whether anything was to be written there.

    It is the null device, open, and no stream in memory: the next file that is opened must not get the number of a
    standard stream, and with it what is meant for that stream.
    """

    was_written = False

    def __init__(self) -> None:
        super().__init__(os.devnull, "w")

    def write(self, data: Any, /) -> int:
        self.was_written = True
        return super().write(data) or 0


def was_lost() -> bool:
    """Whether something was written to standard output although the caller had closed it. Flush it before you ask."""
    binary = getattr(sys.stdout, "buffer", None)
    nowhere = getattr(binary, "raw", None)
    return isinstance(nowhere, Nowhere) and nowhere.was_written


def replace_missing() -> None:
    """Python has no stream where the caller closed it (`>&-`): what would go there goes nowhere."""
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(Nowhere()), encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
