"""Every case of the TOML files beside this one, through the public judge. The cases are written from the notice and
the project's rules, not from the code; `story.py` says how they are read."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.treatment.batch import Refused, decide_batch
from projections.history import effective
from projections.rules.judge import judge
from projections.rules.rulebook import load_rulebook
from tests.cases.story import build, ids

CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in sorted(Path(__file__).parent.glob("*.toml"))
    for case in tomllib.loads(file.read_text(encoding="utf-8"))["case"]
]
KEYS = {"name", "patient", "findings", "given", "as_of", "as_known_at", "readings", "expect", "shows"}


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    assert set(case) <= KEYS, "a misspelt key would try nothing"
    journal = build(case["given"], patient=case.get("patient", ""), findings=case.get("findings", ""))
    assert not [verdict for verdict in decide_batch(journal, lambda _: {}) if isinstance(verdict, Refused)]
    cut = {name: datetime.fromisoformat(case[name]) for name in ("as_of", "as_known_at") if name in case}
    decisions = {
        decision.act: decision
        for decision in judge(effective(journal, **cut), load_rulebook("shanghai-2017"), case.get("readings", {}))
    }
    expected = {act: verdict for acts, verdict in case["expect"].items() for act in ids(acts)}
    assert {act: " ".join(decision.denied_by) or "pays" for act, decision in decisions.items()} == expected
    assert all(decision.payable == (not decision.denied_by) for decision in decisions.values())
    for where, shown in case.get("shows", {}).items():
        act, clause = where.split()
        (finding,) = (finding for finding in decisions[act].findings if finding.clause == clause)
        said = msgspec.json.decode(msgspec.json.encode(finding))
        assert {key: said.get(key) for key in shown} == shown
