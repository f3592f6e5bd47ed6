"""Labels: the pseudonym that a regulator can compute for a patient, and nobody without the regulator's key.

A hospital that chose its pseudonyms freely could keep one insured person under two of them, and hand over the history
of one. A label leaves it no choice: the regulator computes it from the insured person's id, asks for the stream of
that name, and gets it whole, or the proof that there is none. What it does not prove stands in FORMAT.md ("Labels").

A keyed hash, because insured persons' ids are few enough to be tried out: without the key a label tells nothing.
One id is typed in many ways (a small x, digits of full width), so labels are made of its normal form alone.
"""

import base64
import hmac
import string
import unicodedata
from typing import Final

from ledger.proof.encoding import format_base64, parse_base64
from ledger.proof.hashes import ProofError

KEY_BYTES: Final = 32
MAX_ID_BYTES: Final = 256
"""More than any id has; putting a hostile text into its normal form would take time that grows with its square."""
_PREFIX: Final = "LABEL+KEY+"
_CONTEXT: Final = b"treatment-ledger patient label/1\n"
_UPPER: Final = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def normal_id(insured_id: str) -> str:
    """The one spelling of an insured person's id, in which labels are computed of it.

    Unicode NFKC; without blanks around it (U+0009 to U+000D, U+0020); a–z as A–Z, and no other letter changed, for
    languages differ on those. ProofError, which repeats nothing of it, if it is empty or over-long, or anything but
    letters, numbers, punctuation and symbols stands in it: a blank inside, a control character, a mark that combines.
    An id copied badly would get another label, which nobody would notice.
    """
    try:
        if len(insured_id.encode()) > MAX_ID_BYTES:
            raise ProofError(f"insured person's id: at most {MAX_ID_BYTES} bytes are expected")
    except UnicodeEncodeError:
        raise ProofError("insured person's id: it cannot be spelled in UTF-8") from None
    spelled = unicodedata.normalize("NFKC", insured_id).strip("\t\n\v\f\r ").translate(_UPPER)
    if not spelled or any(unicodedata.category(character)[0] not in "LNPS" for character in spelled):
        raise ProofError(
            "insured person's id: letters, numbers, punctuation and symbols are expected, at least one, and no blank "
            "between them"
        )
    return spelled


def label(key: bytes, insured_id: str) -> str:
    """The label of the person insured under this id: 52 characters of `a-z2-7`.

    Base32 (RFC 4648 section 6, lower case, no padding) of HMAC-SHA-256 (RFC 2104) over a fixed context and the normal
    form of the id in UTF-8. ProofError if the key has not 32 bytes, or the id has no normal form.
    """
    if not isinstance(key, bytes) or len(key) != KEY_BYTES:
        raise ProofError(f"label key: {KEY_BYTES} bytes are expected")
    digest = hmac.digest(key, _CONTEXT + normal_id(insured_id).encode(), "sha256")
    return base64.b32encode(digest).decode().rstrip("=").lower()


def format_label_key(key: bytes) -> str:
    """The text of a label key's file: one line."""
    return f"{_PREFIX}{format_base64(key)}\n"


def parse_label_key(text: str) -> bytes:
    """The key of such a text. ProofError when it is none; what stands in it is never repeated in the message."""
    line = text.removesuffix("\n").removesuffix("\r")
    if not line.startswith(_PREFIX):
        raise ProofError(f"label key: it does not begin with {_PREFIX}; make one with `label --new-key FILE`")
    try:
        key = parse_base64(line.removeprefix(_PREFIX), "label key")
    except ProofError:
        raise ProofError("label key: no base64 stands behind its beginning") from None
    if len(key) != KEY_BYTES:
        raise ProofError(f"label key: {KEY_BYTES} bytes are expected, there are {len(key)}")
    return key
