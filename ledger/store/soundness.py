"""Is an entry what was hashed, and do the columns beside it, by which it is found, say what it says?

Asked of all that is read to be shown, handed out, sealed, signed, published or decided by, and by an audit; here, so
that all of them mean the same by it. What is found is a finding, or is raised in its words, `NAME: WHERE: what`, with
what becomes of that: whoever asked is told which entry it is, and gets nothing that rests on it.
"""

from ledger.proof import leaf_hash
from ledger.store.entry import parse_entry, tags_of, type_of
from ledger.store.findings import Finding
from ledger.store.matching import Stored
from ledger.store.refusals import Unsound

HANDED_OUT = "Nothing is handed out; run `audit`, restore a backup"
SEALED = "Nothing is sealed; run `audit`"
SIGNED = "Nothing is signed; run `audit`"
TAKEN_IN = "Nothing is signed or taken in; run `audit`"
PUBLISHED = "Nothing is published; run `audit`"
LOOK_INTO = "Run `audit`, restore a backup"
"""For whoever reads on behalf of many, and does not know what becomes of it."""


def altered(row: Stored, leaf: bytes | None = None) -> Finding | None:
    """`entry-altered` where an entry's stored bytes are not those that were hashed, else None.

    `leaf`: what they hash to, of whoever has hashed them already, by a path of their own.
    """
    if leaf is None:
        leaf = leaf_hash(row.data)
    if leaf == row.leaf:
        return None
    what = f"its stored bytes hash to {leaf.hex()}, its leaf in the log is {row.leaf.hex()}"
    return Finding.of_entry("entry-altered", row.position - 1, what)


def beside(row: Stored) -> Finding | None:
    """`malformed` where the columns beside an entry say another type or other tags than its bytes, else None.

    The bytes are held against their one spelling, and are not decoded: whether they are an entry is not asked.
    """
    try:
        of_tags = tags_of(row.data) == row.tags_json.encode(errors="surrogateescape")
        if of_tags and type_of(row.data) == row.type.encode(errors="surrogateescape"):
            return None
    except ValueError:  # no tags, or no type, are in the bytes
        of_tags = False
    said = f"type is {row.type[:200]!r}" if of_tags else f"tags are {row.tags_json[:200]!r}"
    what = f"the column beside the entry says that its {said}, its bytes do not"
    return Finding.of_entry("malformed", row.position - 1, what)


def require(found: Finding | None, then: str) -> None:
    """Unsound where something was found, in its words and with what becomes of that: `HANDED_OUT`, `SEALED` …"""
    if found is not None:
        raise Unsound(f"{found}. {then}")


def require_unaltered(row: Stored) -> None:
    """Unsound, naming the entry, when its stored bytes are not those that were hashed."""
    require(altered(row), HANDED_OUT)


def require_sound(row: Stored) -> None:
    """The same, and that they are an entry: for whoever does not read the fact in it anyway."""
    require_unaltered(row)
    try:
        parse_entry(row.data)
    except ValueError as error:
        require(Finding.of_entry("malformed", row.position - 1, str(error)), HANDED_OUT)


def unsound(name: str, where: str, what: str) -> Unsound:
    """A finding as what stops whoever meets it, who then hands out nothing."""
    return Unsound(f"{Finding(name, where, what)}. {HANDED_OUT}")
