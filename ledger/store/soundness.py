"""Is an entry what was hashed? Asked of all that is read to be shown, handed out, signed or decided by.

What is found is raised in the words of a finding, `NAME: WHERE: what`, with what to do: whoever asked is told which
entry it is, and gets nothing that rests on it.
"""

from collections.abc import Iterable

from ledger.proof import leaf_hash
from ledger.store.entry import parse_entry
from ledger.store.refusals import Unsound
from ledger.store.sqlite import Stored

WHAT_TO_DO = "Nothing is handed out; run `audit`, restore a backup"


def require_unaltered(row: Stored) -> None:
    """Unsound, naming the entry, when its stored bytes are not those that were hashed."""
    if (leaf := leaf_hash(row.data)) != row.leaf:
        what = f"its stored bytes hash to {leaf.hex()}, its leaf in the log is {row.leaf.hex()}"
        raise unsound("entry-altered", f"index {row.position - 1}", what)


def require_sound(row: Stored) -> None:
    """The same, and that they are an entry: for whoever does not read the fact in it anyway."""
    require_unaltered(row)
    try:
        parse_entry(row.data)
    except ValueError as error:
        raise unsound("malformed", f"index {row.position - 1}", str(error)) from None


def require_all_sound(rows: Iterable[Stored]) -> None:
    """The same of a whole log's rows, in order; Unsound also where one is missing."""
    for index, row in enumerate(rows):
        if row.position != index + 1:
            raise unsound("entry-missing", f"index {index}", f"there is no entry at position {index + 1}")
        require_sound(row)


def unsound(name: str, where: str, what: str) -> Unsound:
    """A finding as what stops whoever meets it."""
    return Unsound(finding_text(name, where, what))


def finding_text(name: str, where: str, what: str) -> str:
    """What it then says: the finding, and what to do."""
    return f"{name}: {where}: {what}. {WHAT_TO_DO}"
