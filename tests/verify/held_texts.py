"""What a reader may give as the older checkpoint that they hold: what it comes to. Nothing here knows a verifier."""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.verify.world import WITNESS_NAME, Log, cosigned

_NONE = "unreadable: --since: "
_SOUND = "sound: "
_OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"s" * 32)


def _signed(log: Log, body: str) -> str:
    """Any text as a note that the log signed, whatever stands in it."""
    from ledger.proof import sign_note

    return sign_note(body, log.origin, log.key)


def _line(note: str) -> str:
    """Its signature line."""
    return note.split("\n\n")[1]


HELD_TEXTS: dict[str, tuple[Callable[[Log], str], int, str]] = {
    "nothing": (lambda log: "", 2, _NONE),
    "blanks": (lambda log: " \n\n\t", 2, _NONE),
    "a word": (lambda log: "nonsense", 2, _NONE),
    "a control character": (lambda log: log.checkpoint(6).replace("\n6", "\n\x006"), 2, _NONE),
    "a carriage return within": (lambda log: log.checkpoint(6).replace("\n6", "\r6"), 2, _NONE),
    "the key in its place": (lambda log: log.vkey, 2, _NONE),
    "the bundle in its place": (lambda log: log.bundle().decode(), 2, _NONE),
    "without signature": (lambda log: log.checkpoint(6).split("— ")[0], 2, _NONE),
    "cut off": (lambda log: log.checkpoint(6)[:-20], 2, _NONE),
    "without the root": (lambda log: _signed(log, f"{log.origin}\n6\n"), 2, _NONE),
    "with a line more": (lambda log: _signed(log, log.checkpoint(6).split("\n\n")[0] + "\nmore\n"), 2, _NONE),
    "a size spelled otherwise": (lambda log: log.checkpoint(6).replace("\n6\n", "\n06\n"), 2, _NONE),
    "a size beyond all": (lambda log: log.checkpoint(6).replace("\n6\n", f"\n{2**63}\n"), 2, _NONE),
    "a root spelled otherwise": (lambda log: log.checkpoint(6).replace("=\n\n", "\n\n"), 2, _NONE),
    "of size 0 with a root": (lambda log: log.checkpoint(6).replace("\n6\n", "\n0\n"), 2, _NONE),
    "too many signatures": (lambda log: log.checkpoint(6) + _line(log.checkpoint(6)) * 100, 2, _NONE),
    "signed twice": (
        lambda log: log.checkpoint(6) + _line(log.checkpoint(6)), 1, "checkpoint-signature: --since: ",
    ),
    "another text under the signature": (
        lambda log: log.checkpoint(6).replace("\n6\n", "\n7\n"), 1, "checkpoint-signature: --since: ",
    ),
    "signed by another key": (lambda log: Log(key=_OTHER_KEY).checkpoint(6), 1, "checkpoint-signature: --since: "),
    "of another log": (lambda log: Log(origin="other.example/log").checkpoint(6), 1, "checkpoint-signature: --since: "),
    "larger": (lambda log: Log([*log.entries, log.entries[3]]).checkpoint(), 1, "checkpoint-rollback: --since: "),
    "of the bundle's size, of another history": (
        lambda log: Log([*log.entries[:-1], log.entries[3]]).checkpoint(), 1, "history-fork: --since: ",
    ),
    "of the carried one's size, of another history": (
        lambda log: Log(log.entries[::-1]).checkpoint(6), 1, "history-fork: --since: ",
    ),
    "that nothing proves": (lambda log: log.checkpoint(7), 1, "malformed: since: "),
    "that the bundle proves": (lambda log: log.checkpoint(6), 0, _SOUND),
    "of the bundle itself": (lambda log: log.checkpoint(), 0, _SOUND),
    "of the empty log": (lambda log: log.checkpoint(0), 0, _SOUND),
    "cosigned by somebody": (lambda log: cosigned(log.checkpoint(6), name=WITNESS_NAME), 0, _SOUND),
    "as Windows writes lines": (lambda log: log.checkpoint(6).replace("\n", "\r\n"), 0, _SOUND),
    "behind a byte order mark": (lambda log: "\ufeff" + log.checkpoint(6), 0, _SOUND),
    "with blanks around it, without the last line's end": (lambda log: f"\n \t{log.checkpoint(6)[:-1]}  ", 0, _SOUND),
}  # fmt: skip
"""By its name: how the text is made, the exit code, and how the verifier's answer begins."""
