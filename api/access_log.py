"""Who looked at personal data, and when: one line an access, by pseudonym, in a file beside the ledger.

Nothing of the person stands in it, so that it can be kept, and shown, when the person has been erased.
"""

import getpass
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Literal

Access = Literal["add", "show", "open", "erase"]


def note_access(directory: Path, what: Access, patient: str, *, now: datetime) -> None:
    """Append `{"at","what","patient","by"}` to people-access.ndjson (mode 0600). `by` is who runs the program."""
    line = json.dumps({"at": now.isoformat(), "what": what, "patient": patient, "by": _user()}, ensure_ascii=False)
    path = directory / "people-access.ndjson"
    with open(path, "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())
