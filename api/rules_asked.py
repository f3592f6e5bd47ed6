"""What to judge by, as it was asked for: what a command's options say, or what the service was started with.

Imported by every command, also by those that judge nothing: it imports nothing of the rules.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from projections.rules.readings import Profile
    from projections.rules.rulebook import Rulebook


class RulesAsked(NamedTuple):
    """As it was typed, or loaded already (`api.choosing.loaded`); `choose` and `api.questions.rules(*asked)` load it.

    `rulebook` is None where none was named. `files` are further texts that an id or an adoption may mean; `directory`
    is that of a ledger, which keeps the texts that were adopted there.
    """

    rulebook: "str | Rulebook | None" = None
    readings: Mapping[str, str] = {}
    profile: "str | Profile" = "default"
    files: "tuple[str | Rulebook, ...]" = ()
    directory: Path | None = None
