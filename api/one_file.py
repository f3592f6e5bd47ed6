"""`treatment-ledger-verify.pyz BUNDLE --key VKEY …`: verifier and judge in one file, built by scripts/build-verifier.

Proves what `python -m ledger.verify` proves, then judges the proven facts again as `treatment-ledger verify` does.
For the first it needs `cryptography`, for the second `msgspec` besides, which the facts are written with. Without it
what was not judged is said, among what is not claimed and on standard error; exit 0 is then for the facts alone.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from api.reverifying import Judged
    from ledger.verify import Verdict

_NEEDED = "this verifier needs the Python package cryptography (45 or newer): python -m pip install cryptography"
_NOT_JUDGED = (
    "What the fund pays, and whether it is what was settled: nothing was judged or compared here, for the Python "
    "package msgspec is not installed. Install it and verify again: python -m pip install msgspec"
)
TEXTS = "rulebooks"
"""Where the build puts the texts of the rulebooks, beside this module: a zip file has no folders that can be opened."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 sound, 1 unsound, 2 when there is nothing to verify, or nothing to verify with.

    An answer that cannot be written is none: see `ledger.verify.output`.
    """
    try:
        import cryptography  # noqa: F401
    except ImportError:
        with suppress(OSError):  # nobody to tell: the exit code says it
            sys.stderr.write(f"unreadable: {_NEEDED}\n")
        return 2
    from ledger.verify.output import written

    return written(lambda: _answer(arguments))


def _answer(arguments: Sequence[str] | None) -> int:
    from ledger.verify import Unreadable
    from ledger.verify.__main__ import add_arguments, printable_output, tell_unreadable, verdict_on
    from ledger.verify.output import put, tell
    from ledger.verify.release import about

    parser = argparse.ArgumentParser(
        prog="treatment-ledger-verify.pyz",
        description="Verifies a bundle offline and judges its facts again. Exit 0: sound. 1: unsound. 2: unreadable.",
    )
    books = ", ".join(text.name.removesuffix(".toml") for text in _texts())
    add_arguments(parser, f"{about(parser.prog)}, judges by {books}")
    options = parser.parse_args(arguments)
    printable_output()
    try:
        verdict, judged, left = _judge(verdict_on(options))
    except Unreadable as error:
        return tell_unreadable(error, as_json=options.json)
    put(_as_json(verdict, judged) if options.json else _as_text(verdict, judged))
    if left:
        tell(f"not judged: {left}")
    return 0 if verdict.sound else 1


def _judge(verdict: "Verdict") -> "tuple[Verdict, Judged | None, str]":
    """The verdict after judging, what it came to, and what to say where it was not judged."""
    if not verdict.sound:
        return verdict, None, ""
    try:
        import msgspec  # noqa: F401
    except ImportError:
        return _unjudged(verdict), None, _NOT_JUDGED
    from api.questions import DEFAULT_RULEBOOK, Rules
    from api.reverifying import reverify
    from projections.rules.rulebook import parse_rulebook
    from projections.rules.succession import InForce

    books = [parse_rulebook(text.read_text("utf-8"), text.name) for text in _texts()]
    (usual,) = (book for book in books if book.id == DEFAULT_RULEBOOK)
    return *reverify(verdict, Rules(InForce(books), {}), otherwise=Rules(usual, {})), ""


def _unjudged(verdict: "Verdict") -> "Verdict":
    """With the reason why nothing was judged in the place where this is not claimed."""
    from dataclasses import replace

    from ledger.verify import Claim

    others = (claim for claim in verdict.not_claimed if claim.name != "re-derived")
    return replace(verdict, not_claimed=(*others, Claim("re-derived", _NOT_JUDGED)))


def _texts() -> "list[Traversable]":
    return sorted(files("api").joinpath(TEXTS).iterdir(), key=lambda text: text.name)


def _as_text(verdict: "Verdict", judged: "Judged | None") -> str:
    from ledger.verify import format_text

    if judged is None:
        return format_text(verdict)
    from api.reverifying import format_judged
    from ledger.verify import printable

    return f"{format_text(verdict)}\n{printable(format_judged(judged), keep=chr(10))}"


def _as_json(verdict: "Verdict", judged: "Judged | None") -> str:
    import json

    from ledger.verify import format_json

    return json.dumps(json.loads(format_json(verdict)) | {"judged": judged and judged._asdict()}) + "\n"


if __name__ == "__main__":
    sys.exit(main())
