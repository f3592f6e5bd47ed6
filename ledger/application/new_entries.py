"""What entries have to be before they are signed, besides what the store asks of any: facts, under exactly their tags.

The same is asked by an audit, of all entries (`auditing`); here it is put as the store asks it of new ones. One thing
is asked more strictly: an audit says nothing of an entry whose tags too many states could explain, for it accuses
nobody without reason; and nothing is signed of which nobody can say that it is right.
"""

from collections.abc import Iterator, Sequence

from ledger.application.audit_tags import not_quickly_told
from ledger.application.exact_tags import unexplained
from ledger.application.mapper import fact_problem
from ledger.application.tagged import tagged
from ledger.store.judging import EntryRules, Reader
from ledger.store.sqlite import Stored

_TOO_MANY = "what it is about was corrected so often that nobody can tell whether its tags are right"


def tag_problems(rows: Sequence[Stored], reader: Reader, upto: int) -> Iterator[tuple[int, str]]:
    """(position, what) of each of these entries, whose facts are facts, whose tags are not those of its fact, or cannot
    be told. What they name is read of the log's first `upto` entries.
    """
    entries = [(row.position, tagged(row.data)) for row in rows]
    for one in unexplained(not_quickly_told(entries, reader, upto), reader, upto):
        yield one.position, one.what or _TOO_MANY


ENTRY_RULES = EntryRules(fact_problem, tag_problems)
"""What new entries are judged by."""
