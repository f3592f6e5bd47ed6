"""The bundle that the service's documents show is the one that FORMAT.md explains."""

import re
from pathlib import Path

from api.routes.bundle_example import BUNDLE, TEXT
from ledger.verify import verify

PAGE = (Path(__file__).parents[3] / "ledger/FORMAT.md").read_text("utf-8")


def test_it_is_the_example_of_the_page_and_verifies() -> None:
    shown, *_ = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert shown == TEXT
    key, *_ = re.findall(r"^    (example\S+\+[0-9a-f]{8}\+\S+)$", PAGE, re.MULTILINE)
    assert verify(TEXT.encode(), key).sound
    assert BUNDLE["format"] == "treatment-ledger-bundle/2"
