"""Who a patient is: one JSON text in one spelling, and its salted commitment.

The text is what the commitment in the log is over, so it is spelled once and kept as it is: keys sorted, no space,
UTF-8. Messages here say what is wrong and where, and never repeat what was given.
"""

import json
import os
import re
from hashlib import sha256
from typing import Any, Final, NoReturn
from unicodedata import normalize

import msgspec

from ledger.people.refusals import PeopleError

SALT_BYTES: Final = 32
MAX_BYTES: Final = 16_384
NATIONAL_ID: Final = "national_id"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_EXAMPLE: Final = '{"name":"…","national_id":"…","phone":"…"}'


def parse_person(raw: bytes) -> str:
    """The person of a JSON object of texts, in the one spelling. `name` is required, other keys are free.

    PeopleError without any of what was given: it may stand in a log.
    """
    if len(raw) > MAX_BYTES:
        _refuse(f"{len(raw):,} bytes; at most {MAX_BYTES:,} are kept of a person")
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        _refuse(f"not JSON at line {error.lineno}, column {error.colno}")
    except UnicodeDecodeError as error:
        _refuse(f"not UTF-8 at byte {error.start}")
    except RecursionError:
        _refuse("nested too deeply")
    if not isinstance(value, dict):
        _refuse("a JSON object is expected")
    for number, (key, text) in enumerate(value.items(), 1):
        if not _KEY.match(key):
            _refuse(f"key {number} is no name of a field; expected a-z 0-9 _, beginning with a letter")
        if not isinstance(text, str) or not text.strip():
            _refuse(f"{key}: a text that is not empty is expected")
    if "name" not in value:
        _refuse("name: required, and not there")
    try:
        return msgspec.json.encode(value, order="sorted").decode()
    except UnicodeEncodeError:
        _refuse("half of a surrogate pair stands in it, which is no character")


def commitment(salt: bytes, person: str) -> bytes:
    """SHA-256(salt ‖ person in UTF-8): what the log holds of the person (FORMAT.md, "Personal data")."""
    return sha256(salt + person.encode()).digest()


def national_id_of(person: str) -> str | None:
    """The person's national id as it was typed; None where there is none."""
    value: str | None = json.loads(person).get(NATIONAL_ID)
    return value


def tells(person: str, text: str) -> bool:
    """Whether one of the person's own data stands in a text, however it is spelled there: blanks, hyphens, width.

    A value of one letter or digit (a sex, say) is in every text and tells nothing; the name counts whatever it is.
    """
    bare = _bare(text)
    for field, value in json.loads(person).items():
        own = _bare(value)
        if own in bare and len(own) > (0 if field == "name" else 1):
            return True
    return False


def new_salt() -> bytes:
    """256 random bits: with fewer than 128 the few million people of a city could be tried out."""
    return os.urandom(SALT_BYTES)


def _bare(text: str) -> str:
    """Letters and digits alone, in one case and one width."""
    return "".join(character for character in normalize("NFKC", text).casefold() if character.isalnum())


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        _refuse("a key stands twice in one object")
    return made


def _no_constant(name: str) -> NoReturn:
    _refuse("NaN and Infinity are no JSON")


def _refuse(what: str) -> NoReturn:
    raise PeopleError(f"the person on standard input: {what}; expected one JSON object such as {_EXAMPLE}") from None
