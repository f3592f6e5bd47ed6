"""Each finding of the specification has a damaged bundle that yields exactly it, and no other."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.verify import verify
from tests.verify.damage import RECIPES
from tests.verify.damage_decisions import JUDGED
from tests.verify.second_verifier import second_verifier
from tests.verify.world import Log

ROOT = Path(__file__).parents[2]
NAMES = {
    "entry-altered", "entry-missing", "entry-order", "entry-foreign", "index-mismatch", "seal-not-in-log",
    "checkpoint-signature", "checkpoint-rollback", "history-fork", "signature-invalid", "signer-unknown",
    "signer-revoked", "statement-gap", "time-outside", "rulebook-differs", "opening-differs", "malformed",
}  # fmt: skip
"""Those that verifiers of facts tell."""
OF_RULES = {"decision-differs"}
"""The one that takes the rules: `treatment-ledger verify` tells it, of facts that are sound."""


def test_every_finding_has_a_recipe():
    assert {finding for finding, _ in RECIPES.values()} == NAMES
    assert {one.partition(":")[0] for found, _ in JUDGED.values() for one in found} == OF_RULES


@pytest.mark.parametrize("name", RECIPES)
def test_exactly_that_is_found(name):
    finding, recipe = RECIPES[name]
    given = recipe(Log())
    verdict = verify(given.bundle, given.vkey, given.since, witnesses=given.witnesses, label_key=given.label_key)
    assert {found.name for found in verdict.findings} == {finding}
    assert (verdict.claims, verdict.facts) == ((), ())


@pytest.mark.parametrize("name", JUDGED)
def test_what_was_settled_otherwise_is_found_by_whoever_judges_and_by_nobody_else(name, tmp_path):
    """The page in the browser finds nothing either: test_same_as_python_html.py."""
    expected, given = JUDGED[name]
    assert verify(given.bundle, given.vkey).findings == ()
    assert second_verifier(given.bundle, given.vkey)
    (tmp_path / "P1.bundle").write_bytes(given.bundle)
    command = [sys.executable, "-m", "api.cli", "verify", str(tmp_path / "P1.bundle"), "--key", given.vkey, "--json"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    answer = json.loads(done.stdout)
    assert [f"{found['name']}: {found['where']}" for found in answer["findings"]] == expected
    assert (done.returncode, answer["judged"]["acts"]) == (1 if expected else 0, 1)
