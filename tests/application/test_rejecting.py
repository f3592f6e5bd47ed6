"""Refused lines handed back as messages and as a file."""

import base64
import io
import json

from ledger.application.rejecting import report, write_rejects
from ledger.store.staging import RefusedLine

LINES = [
    RefusedLine("a.ndjson", 7, "at", "no zone, expected +08:00", '{"at":"统"}'.encode()),
    RefusedLine("b.ndjson", 0, "file", "no such file", None),
    RefusedLine("c.ndjson", 9, "line", "not UTF-8", b"\xff{"),
]


def test_messages() -> None:
    messages: list[str] = []
    report(LINES, messages.append)
    assert messages[0] == "a.ndjson:7: at: no zone, expected +08:00"
    assert len(messages) == 3


def test_file() -> None:
    file = io.BytesIO()
    write_rejects(LINES, file)
    first, second, third = map(json.loads, file.getvalue().splitlines())
    assert first == {
        "file": "a.ndjson",
        "line": 7,
        "field": "at",
        "problem": "no zone, expected +08:00",
        "raw": '{"at":"统"}',
    }
    assert second["raw"] == ""
    assert (third["raw"], base64.b64decode(third["raw_base64"])) == ("\\xff{", b"\xff{")
