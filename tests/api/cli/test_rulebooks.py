"""`rulebook list|show|check`."""

import json
from pathlib import Path


def test_rulebooks_are_listed_shown_and_checked(run) -> None:
    books = {book["id"]: book for book in json.loads(run("rulebook", "list", "--json").out)}
    assert {name: book["items"] for name, book in books.items()} == {
        "national-2010": 9, "national-29": 29, "shanghai-2017": 43,
    }  # fmt: skip
    book = books["shanghai-2017"]
    assert book["digest"] in run("rulebook", "list").out
    shown = run("rulebook", "show", "shanghai-2017").out
    assert "每日支付不超过2次（包括项目合并计算）" in shown
    assert "included_items item_only limb_training" in shown
    data = json.loads(run("rulebook", "show", "shanghai-2017", "--json").out)
    assert (len(data["items"]), len(data["readings"])) == (43, 34)
    own = Path(__file__).parents[3] / "projections" / "rulebooks" / "shanghai-2017.toml"
    checked = run("rulebook", "check", own)
    assert checked.code == 0
    assert book["digest"] in checked.out
