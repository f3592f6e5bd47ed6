"""The witness's key: made once by an explicit command, in a file of its own with mode 0600.

The file is as that of a log's key (`PRIVATE+KEY+name+key ID+base64`), but of the type 0x04, in the key ID as well: so
neither can be taken for the other, and a witness's key never signs as a log.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.files import create_private
from ledger.proof import COSIGNATURE_V1, ProofError, cosign_note, format_base64, parse_base64, parse_vkey, vkey
from ledger.witness.refusals import WitnessError

_PREFIX = "PRIVATE+KEY+"
_TYPE = bytes([COSIGNATURE_V1])


class WitnessKey:
    """An Ed25519 key and the name it cosigns under."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key
        self.name = name
        self.vkey = vkey(name, private_key.public_key().public_bytes_raw(), COSIGNATURE_V1)

    @classmethod
    def generate(cls, name: str) -> "WitnessKey":
        """A new key, in memory. WitnessError if no key can have this name."""
        try:
            return cls(name, Ed25519PrivateKey.generate())
        except ProofError as error:
            raise WitnessError(f"{name!r} cannot name a witness: {error}") from None

    def cosign(self, body: str, seconds: int) -> str:
        """The signature line over the body of a checkpoint."""
        return cosign_note(body, self.name, self._private_key, seconds)

    def write(self, path: Path) -> None:
        """Make the key's file, durable when this returns. WitnessError if there is one."""
        key_id = parse_vkey(self.vkey).key_id.hex()
        secret = format_base64(_TYPE + self._private_key.private_bytes_raw())
        try:
            create_private(path, f"{_PREFIX}{self.name}+{key_id}+{secret}\n")
        except FileExistsError:
            raise WitnessError(f"{path}: a witness's key is here already, and a key is never overwritten") from None


def read_key(path: Path) -> WitnessKey:
    """The key in this file. WitnessError when it is missing, readable by others, or not a witness's key."""
    try:
        mode = path.stat().st_mode
        text = path.read_bytes().decode(errors="replace")
    except OSError as error:
        raise WitnessError(
            f"{path}: the witness's key cannot be read ({error.strerror}); make a witness with `witness init`, or name "
            "the right directory"
        ) from None
    if mode & 0o077:
        raise WitnessError(f"{path}: others may read the key (mode {mode & 0o777:04o}); run: chmod 600 {path}")
    try:
        if not text.startswith(_PREFIX):
            raise ProofError(f"it does not begin with {_PREFIX}")
        name, _, rest = text.removeprefix(_PREFIX).strip().partition("+")
        secret = parse_base64(rest.partition("+")[2], "key")
        if len(secret) != 33 or secret[:1] != _TYPE:
            raise ProofError("33 bytes are expected, type 4 (cosignature/v1) and the secret")
        key = WitnessKey(name, Ed25519PrivateKey.from_private_bytes(secret[1:]))
        if parse_vkey(key.vkey).key_id.hex() != rest.partition("+")[0]:
            raise ProofError("its key ID is not its own")
    except ProofError:
        # What stands in the file may be most of a key: it is not repeated.
        raise WitnessError(f"{path}: not a witness's key; restore it from where keys are kept") from None
    return key
