"""Each finding of the specification has a damaged bundle that yields exactly it, and no other."""

import pytest

from ledger.verify import verify
from tests.verify.damage import RECIPES
from tests.verify.world import Log

NAMES = {
    "entry-altered", "entry-missing", "entry-order", "entry-foreign", "index-mismatch", "seal-not-in-log",
    "checkpoint-signature", "checkpoint-rollback", "history-fork", "signature-invalid", "signer-unknown",
    "signer-revoked", "statement-gap", "time-outside", "rulebook-differs", "opening-differs", "malformed",
}  # fmt: skip
"""Those of the specification, but for decision-differs, which takes the rules: tests/api/test_settling.py."""


def test_every_finding_has_a_recipe():
    assert {finding for finding, _ in RECIPES.values()} == NAMES


@pytest.mark.parametrize("name", RECIPES)
def test_exactly_that_is_found(name):
    finding, recipe = RECIPES[name]
    given = recipe(Log())
    verdict = verify(given.bundle, given.vkey, given.since, witnesses=given.witnesses, label_key=given.label_key)
    assert {found.name for found in verdict.findings} == {finding}
    assert (verdict.claims, verdict.facts) == ((), ())
