"""`python -m ledger.verify BUNDLE --key VKEY …`: the verifier for a regulator's desk.

Needs this package, `ledger.proof` and `cryptography`; no network, no database. Writes nothing but its answer.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ledger.proof import ProofError
from ledger.proof.labels import parse_label_key
from ledger.verify import Unreadable, Verdict, fork_of, format_json, format_text, printable, verify
from ledger.verify.output import put, tell, written
from ledger.verify.release import about

_FORK = "this file and the log's key prove to anybody that it signed two histories; it verifies as a bundle does"
_AROUND = (  # what a file, a mail or an input method may add to a key: Unicode's White_Space, and a byte order mark
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_NO_FORK = "what was given holds no two checkpoints that prove by themselves that the log signed two histories"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 sound, 1 unsound, 2 when there is nothing to verify (no file, no JSON object, no usable key).

    An answer that cannot be written is none: see `ledger.verify.output`.
    """
    return written(lambda: _answer(arguments))


def _answer(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ledger.verify",
        description="Verifies a bundle offline. Exit 0: sound. 1: unsound. 2: unreadable.",
    )
    add_arguments(parser, about(parser.prog))
    options = parser.parse_args(arguments)
    printable_output()
    try:
        verdict = verdict_on(options)
    except Unreadable as error:
        return tell_unreadable(error, as_json=options.json)
    put(format_json(verdict) if options.json else format_text(verdict))
    return 0 if verdict.sound else 1


def add_arguments(parser: argparse.ArgumentParser, version: str) -> None:
    """What the verifier is asked with, here and in the one-file form; `version`: what it says of itself."""
    parser.add_argument("bundle", type=Path, help="the bundle file")
    parser.add_argument("--key", required=True, type=bare, metavar="VKEY", help="the log's verifier key, name+id+key")
    parser.add_argument("--since", type=Path, metavar="CHECKPOINT", help="file with an older checkpoint that you hold")
    parser.add_argument(
        "--witness",
        action="append",
        default=[],
        type=bare,
        metavar="VKEY",
        help="verifier key of a witness that must have signed the checkpoint; may be repeated",
    )
    parser.add_argument(
        "--label-key",
        type=Path,
        metavar="FILE",
        help="file with the key of patients' labels, to check an opened person",
    )
    parser.add_argument(
        "--fork-out",
        type=Path,
        metavar="FILE",
        help="where two checkpoints prove that the log signed two histories: write the proof into this file",
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    parser.add_argument("--version", action="version", version=version, help="say which verifier this is")


def bare(vkey: str) -> str:
    """The key alone, of a text that it was copied or read from a file with (FORMAT.md, "Verifying, in order", 0)."""
    return vkey.strip(_AROUND)


def tell_unreadable(error: Unreadable, *, as_json: bool) -> int:
    """Why there is nothing to verify, for a person and, where it was asked for, a machine; returns the exit code."""
    tell(f"unreadable: {printable(str(error))}")
    if as_json:
        put(json.dumps({"sound": None, "error": f"unreadable: {error}"}) + "\n")
    return 2


def printable_output() -> None:
    """What is printed comes from a file that nobody vouches for: no character of it may stop the answer."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def verdict_on(options: argparse.Namespace) -> Verdict:
    """The verdict on the files that the arguments name. Unreadable when there is nothing to verify."""
    since = _text(options.since, "a checkpoint") if options.since else None
    try:
        label_key = parse_label_key(_text(options.label_key, "a label key")) if options.label_key else None
    except ProofError as error:
        raise Unreadable(f"{options.label_key}: {error}") from None
    if options.fork_out:
        require_new(options.fork_out)
    bundle = _read(options.bundle)
    verdict = verify(bundle, options.key, since, witnesses=options.witness, label_key=label_key)
    if options.fork_out:
        write_fork(options.fork_out, verdict, bundle, options.key, since)
    return verdict


def require_new(path: Path) -> None:
    """Unreadable when the file that a fork proof is to be written into is there: asked before anything is verified."""
    if os.path.lexists(path):
        raise Unreadable(f"{path}: is there already, and nothing is overwritten; name another file for --fork-out")


def write_fork(path: Path, verdict: Verdict, bundle: bytes, vkey: str, since: str | None) -> None:
    """Writes the fork proof that lies in what was verified, and says so; or that there is none, or why it could not.

    Raises nothing: what was found is told, whatever becomes of the file.
    """
    proof, told = None, _NO_FORK
    if any(finding.name == "history-fork" for finding in verdict.findings):
        proof = fork_of(bundle, vkey, since)
    if proof is not None:
        try:
            _write_new(path, proof)
        except (OSError, ValueError) as error:
            told = f"{_reason(error)}; the fork is proven all the same: verify again with another file"
        else:
            tell(f"wrote {printable(str(path))}: {_FORK}")
            return
    tell(f"{printable(str(path))}: not written: {told}")


def _write_new(path: Path, text: str) -> None:
    """All of it or no file: the beginning of a proof proves nothing, and would stand in the way of the next run."""
    with path.open("x", encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
        except OSError:
            path.unlink()
            raise


def _text(path: Path, what: str) -> str:
    try:
        return _read(path).decode()
    except UnicodeDecodeError:
        raise Unreadable(f"{path}: {what} is UTF-8 text") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path}: cannot be read: {_reason(error)}") from None


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)


if __name__ == "__main__":
    sys.exit(main())
