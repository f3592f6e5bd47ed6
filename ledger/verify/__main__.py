"""`python -m ledger.verify BUNDLE --key VKEY [--since CHECKPOINT] [--json]`: the verifier for a regulator's desk.

Needs this package, `ledger.proof` and `cryptography`; no network, no database. Writes nothing but its answer.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ledger.verify import Unreadable, format_json, format_text, printable, verify


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 sound, 1 unsound, 2 when there is nothing to verify (no file, no JSON object, no usable key)."""
    parser = argparse.ArgumentParser(
        prog="python -m ledger.verify",
        description="Verifies a patient's bundle offline. Exit 0: sound. 1: unsound. 2: unreadable.",
    )
    parser.add_argument("bundle", type=Path, help="the bundle file")
    parser.add_argument("--key", required=True, metavar="VKEY", help="the log's verifier key, name+id+key")
    parser.add_argument("--since", type=Path, metavar="CHECKPOINT", help="file with an older checkpoint that you hold")
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    options = parser.parse_args(arguments)
    # What is printed comes from a file that nobody vouches for: no character of it may stop the answer.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        since = _read(options.since).decode() if options.since else None
        verdict = verify(_read(options.bundle), options.key, since)
    except Unreadable as error:
        sys.stderr.write(f"unreadable: {printable(str(error))}\n")
        return 2
    except UnicodeDecodeError:
        sys.stderr.write(f"unreadable: {printable(str(options.since))}: a checkpoint is UTF-8 text\n")
        return 2
    sys.stdout.write(format_json(verdict) if options.json else format_text(verdict))
    return 0 if verdict.sound else 1


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
