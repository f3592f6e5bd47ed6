"""`treatment-ledger-verify.pyz BUNDLE --key VKEY …`: verifier and judge in one file, built by scripts/build-verifier.

Proves what `python -m ledger.verify` proves, then judges the proven facts again as `treatment-ledger verify` does.
For the first it needs `cryptography`, for the second `msgspec` besides; what is not there is said, never passed over.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.reverifying import Judged
    from ledger.verify import Verdict

_NEEDED = "this verifier needs the Python package cryptography (45 or newer): python -m pip install cryptography"
_NOT_JUDGED = (
    "Not judged again: the facts are proven, and what the fund pays for them was not derived. It takes the Python "
    "package msgspec: python -m pip install msgspec"
)
TEXTS = "rulebooks"
"""Where the build puts the texts of the rulebooks, beside this module: a zip file has no folders that can be opened."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 sound, 1 unsound, 2 when there is nothing to verify, or nothing to verify with."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        sys.stderr.write(f"unreadable: {_NEEDED}\n")
        return 2
    from ledger.verify import Unreadable, printable
    from ledger.verify.__main__ import add_arguments, printable_output, verdict_on

    parser = argparse.ArgumentParser(
        prog="treatment-ledger-verify.pyz",
        description="Verifies a bundle offline and judges its facts again. Exit 0: sound. 1: unsound. 2: unreadable.",
    )
    add_arguments(parser)
    options = parser.parse_args(arguments)
    printable_output()
    try:
        verdict, judged, left = _judge(verdict_on(options))
    except Unreadable as error:
        sys.stderr.write(f"unreadable: {printable(str(error))}\n")
        return 2
    sys.stdout.write(_as_json(verdict, judged) if options.json else _as_text(verdict, judged))
    if left:
        sys.stderr.write(f"{left}\n")
    return 0 if verdict.sound else 1


def _judge(verdict: "Verdict") -> "tuple[Verdict, Judged | None, str]":
    """The verdict after judging, what it came to, and what to say where it was not judged."""
    if not verdict.sound:
        return verdict, None, ""
    try:
        import msgspec  # noqa: F401
    except ImportError:
        return verdict, None, _NOT_JUDGED
    from api.questions import DEFAULT_RULEBOOK, Rules
    from api.reverifying import reverify
    from projections.rules.rulebook import parse_rulebook
    from projections.rules.succession import InForce

    books = [parse_rulebook(text.read_text("utf-8"), text.name) for text in files("api").joinpath(TEXTS).iterdir()]
    (usual,) = (book for book in books if book.id == DEFAULT_RULEBOOK)
    return *reverify(verdict, Rules(InForce(books), {}), otherwise=Rules(usual, {})), ""


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
