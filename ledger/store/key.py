"""The ledger's signing key: made once by an explicit command, kept in a file of its own, never in the database.

The file holds the key as Go's `note` package writes it (`PRIVATE+KEY+name+key ID+base64`), mode 0600, in a
directory of mode 0700, as is the directory of the data above it where that was not there before. Whoever holds the key
can sign for the ledger; whoever loses it can sign no more.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.files import create_private
from ledger.proof import ProofError, format_base64, parse_base64, parse_vkey, sign_note, vkey
from ledger.store.refusals import StoreError

_PREFIX = "PRIVATE+KEY+"
_ED25519 = b"\x01"


class SigningKey:
    """An Ed25519 key and the name it signs under."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key
        self.name = name
        self.vkey = vkey(name, private_key.public_key().public_bytes_raw())

    def sign(self, body: str) -> str:
        """The body as a signed note (c2sp.org/signed-note)."""
        return sign_note(body, self.name, self._private_key)


def create_key(path: Path, name: str) -> SigningKey:
    """Make a key and its file, durable when this returns. StoreError if there is a file, or no note takes the name."""
    private_key = Ed25519PrivateKey.generate()
    try:
        key = SigningKey(name, private_key)
    except ProofError as error:
        raise StoreError(f"origin {name!r} cannot name a key: {error}") from None
    # The directory of the data holds every patient's record: where it is made here, it is its owner's alone.
    path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    key_id = parse_vkey(key.vkey).key_id.hex()
    text = f"{_PREFIX}{name}+{key_id}+{format_base64(_ED25519 + private_key.private_bytes_raw())}\n"
    try:
        create_private(path, text)
    except FileExistsError:
        raise StoreError(
            f"{path}: a signing key is here already, and a key is never overwritten; if it is left from an `init` "
            "that was interrupted, and nothing was ever signed with it, remove it and run `init` again"
        ) from None
    return key


def read_key(path: Path) -> SigningKey:
    """The key in this file. StoreError when it is missing, readable by others, or not a key."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8")
    except OSError as error:
        raise StoreError(f"{path}: the signing key cannot be read ({error.strerror}); restore it to sign") from None
    except UnicodeDecodeError:
        raise StoreError(f"{path}: not a signing key (it is no text); restore it from where keys are kept") from None
    if mode & 0o077:
        raise StoreError(f"{path}: others may read the signing key (mode {mode & 0o777:04o}); run: chmod 600 {path}")
    try:
        if not text.startswith(_PREFIX):
            raise ProofError(f"it does not begin with {_PREFIX}")
        name, _, rest = text.removeprefix(_PREFIX).strip().partition("+")
        secret = parse_base64(rest.partition("+")[2], "key")
        if len(secret) != 33 or secret[:1] != _ED25519:
            raise ProofError("33 bytes are expected, type 1 (Ed25519) and the secret")
        key = SigningKey(name, Ed25519PrivateKey.from_private_bytes(secret[1:]))
        if parse_vkey(key.vkey).key_id.hex() != rest.partition("+")[0]:
            raise ProofError("its key ID is not its own")
    except ProofError as error:
        raise StoreError(f"{path}: not a signing key ({error}); restore it from where keys are kept") from None
    return key
