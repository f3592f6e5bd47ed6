"""Who looked at personal data: one line an access, for the file's owner alone, with nothing of the person in it."""

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from api.access_log import note_access

NOW = datetime(2021, 3, 1, 7, tzinfo=UTC)


def test_a_line_an_access(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        note_access(tmp_path, "add", "P1", now=NOW)
        note_access(tmp_path, "show", "P2", now=NOW)
    finally:
        os.umask(before)
    path = tmp_path / "people-access.ndjson"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["what"], line["patient"]) for line in lines] == [("add", "P1"), ("show", "P2")]
    assert {line["at"] for line in lines} == {"2021-03-01T07:00:00+00:00"}
    assert all(line["by"] and set(line) == {"at", "what", "patient", "by"} for line in lines)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
