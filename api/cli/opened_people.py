"""The personal data beside a ledger, as each `people` command opens them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.application.people import People


@contextmanager
def opened_people(directory: Path, people_key: Path | None = None) -> Iterator["People"]:
    """The personal data of the ledger in this directory; tells first where they are kept shorter than the law asks."""
    from api.cli.opened_ledger import opened_ledger
    from api.cli.terminal import say

    with opened_ledger(directory) as ledger:
        people = ledger.people(people_key)
        for shorter in people.periods().shorter:
            say(f"warning: retention.toml: {shorter}")
        yield people
