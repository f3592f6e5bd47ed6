"""`token new|list|revoke`."""

import json
from pathlib import Path


def test_tokens_are_made_listed_and_revoked(run, ledger: Path) -> None:
    made = run("token", "new", "ward-3")
    assert made.out.startswith("tl_")
    assert made.out.count("\n") == 1
    data = json.loads(run("token", "new", "inspector", "--role", "auditor", "--json").out)
    assert (data["name"], data["role"]) == ("inspector", "auditor")
    assert data["token"] != made.out.strip()
    listed = run("token", "list")
    assert made.out.strip() not in listed.out
    assert "ward-3" in listed.out
    assert run("token", "revoke", "ward-3").code == 0
    kept = {token["name"]: token for token in json.loads(run("token", "list", "--json").out)}
    assert kept["ward-3"]["revoked"]
    assert kept["inspector"]["revoked"] is None
    assert run("token", "revoke", "nobody").code == 2
