"""API tokens: made once, shown once, kept as SHA-256. Knows files and roles, nothing of HTTP.

One file a token, so that two commands at the same moment cannot overwrite each other, and a running service sees a
new or a revoked token at the next request. A revoked token's record stays: who could read what, and until when.
"""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from ledger.files import create_private

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


class Role(StrEnum):
    """What a token may do. A route names the roles that may call it; a role that no route names may do nothing."""

    SYSTEM = "system"  # a hospital's own system: records facts and reads everything
    RECORDER = "recorder"  # records facts, reads nothing back but its receipts
    AUDITOR = "auditor"  # reads everything, proofs and bundles included, records nothing


class Token(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is kept of a token: never the token itself."""

    name: str
    role: Role
    created: datetime
    sha256: str
    revoked: datetime | None = None


class TokenError(Exception):
    """A token that cannot be made, read or revoked; the message says why and what to do."""


class Tokens:
    """The tokens of one ledger, in the directory `tokens` beside it (mode 0700, each file 0600)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "tokens"
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._tokens: tuple[Token, ...] = ()

    def new(self, name: str | None, role: Role, *, now: datetime) -> tuple[str, Token]:
        """Makes a token of 256 random bits and returns it with its record. It cannot be shown again."""
        name = self._free_name() if name is None else name
        if not NAME.match(name):
            raise TokenError(f"{name!r} is no name for a token; expected 1-64 of A-Z a-z 0-9 . _ -, such as ward-3")
        secret = "tl_" + secrets.token_urlsafe(32)
        token = Token(name=name, role=role, created=now, sha256=_digest(secret))
        self._directory.mkdir(mode=0o700, exist_ok=True)
        beside = self._write(token)
        try:
            os.link(beside, self._path(name))  # unlike a rename, a link refuses a name that is taken
        except FileExistsError:
            raise TokenError(
                f"a token named {name} exists already; choose another name (revoked names stay taken)"
            ) from None
        finally:
            beside.unlink()
        return secret, token

    def revoke(self, name: str, *, now: datetime) -> Token:
        """From now on the token opens nothing. Revoking twice keeps the first instant."""
        token = next((t for t in self.all() if t.name == name), None)
        if token is None:
            raise TokenError(f"there is no token named {name}; `treatment-ledger token list` shows the names")
        if token.revoked is None:
            token = msgspec.structs.replace(token, revoked=now)
            self._write(token).replace(self._path(name))
        return token

    def all(self) -> tuple[Token, ...]:
        """Every token ever made, by name. Reads the files again only when one of them has changed."""
        seen = tuple(self._stamps())
        if seen != self._seen:
            self._tokens = tuple(self._read(name) for name, _, _ in seen)
            self._seen = seen
        return self._tokens

    def holder(self, secret: str) -> Token | None:
        """The token that `secret` is, unless it is unknown or revoked.

        Compares digests in constant time and looks at every record, so that the time taken tells nothing of them.
        """
        digest, found = _digest(secret), None
        for token in self.all():
            if hmac.compare_digest(token.sha256, digest) and token.revoked is None:
                found = token
        return found

    def _stamps(self) -> Iterator[tuple[str, int, int]]:
        with contextlib.suppress(FileNotFoundError), os.scandir(self._directory) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                if entry.name.endswith(".json") and not entry.name.startswith("."):
                    stat = entry.stat()
                    yield entry.name.removesuffix(".json"), stat.st_ino, stat.st_mtime_ns

    def _read(self, name: str) -> Token:
        try:
            return msgspec.json.decode(self._path(name).read_bytes(), type=Token)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            # An unreadable record may be a revoked one: refuse to go on rather than guess.
            raise TokenError(f"{self._path(name)}: unreadable token record: {error}; restore or remove it") from None

    def _write(self, token: Token) -> Path:
        """Writes the record under a passing name, so that it takes its own name whole and nobody reads half of it."""
        beside = self._directory / f".{token.name}.{secrets.token_hex(8)}"
        create_private(beside, msgspec.json.encode(token).decode() + "\n")
        return beside

    def _path(self, name: str) -> Path:
        return self._directory / f"{name}.json"

    def _free_name(self) -> str:
        taken = {token.name for token in self.all()}
        return next(name for n in range(1, len(taken) + 2) if (name := f"token-{n}") not in taken)


def _digest(secret: str) -> str:
    # A plain hash suffices: 256 random bits cannot be searched, unlike a password.
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
