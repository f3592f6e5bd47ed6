"""`rulebook list|show|check`."""

import json
from pathlib import Path


def test_rulebooks_are_listed_shown_and_checked(run) -> None:
    (book,) = json.loads(run("rulebook", "list", "--json").out)
    assert (book["id"], book["items"]) == ("shanghai-2017", 43)
    assert book["digest"] in run("rulebook", "list").out
    shown = run("rulebook", "show", "shanghai-2017").out
    assert "每日支付不超过2次（包括项目合并计算）" in shown
    assert "included_items item_only limb_training" in shown
    data = json.loads(run("rulebook", "show", "shanghai-2017", "--json").out)
    assert (len(data["items"]), len(data["readings"])) == (43, 33)
    own = Path(__file__).parents[3] / "projections" / "rulebooks" / "shanghai-2017.toml"
    checked = run("rulebook", "check", own)
    assert checked.code == 0
    assert book["digest"] in checked.out
