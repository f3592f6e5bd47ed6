"""The page's history puts proven facts into words: whatever they say, and however often they were changed.

What the page fails to word is proven all the same, and how long it takes grows with the file and no faster.
"""

import re

import pytest
from playwright.sync_api import Page

from tests.verify.browser import opened
from tests.verify.world import H1, Log, spell

FEE = "FeeConfirmed"
BROKEN = "String.prototype.replaceAll = () => { throw new Error('broken') }"
COUNTING = """
window.asked = 0;
const get = Map.prototype.get;
Map.prototype.get = function (key) { window.asked++; return get.call(this, key); };
"""


def shown(page: Page, log: Log) -> str:
    """The report on P1's bundle of this log."""
    raw = log.bundle("patient:P1", "registry:rulebook")
    page.set_input_files("#bundle", {"name": "P1.json", "mimeType": "", "buffer": raw})
    page.fill("#key", log.vkey)
    page.click("#verify")
    page.wait_for_selector("#verdict-title")
    assert page.locator(".verdict.sound").count() == 1, page.inner_text(".verdict")
    return page.inner_text("#report")


@pytest.mark.parametrize(
    "value", [["exercise-therapy"], ["male"], {"exercise-therapy": ["male"]}, [["improved"]], 5, True, "", [{}], [None]]
)
def test_a_value_of_any_kind_is_worded(browser, value):
    tags = ["patient:P1"]
    fields = ("item", "sex", "outcome", "findings", "diagnosis", "orders", "results", "fee_fen", "", "patient\n")
    corrected = [
        spell("EntryCorrected", tags, target="x", field=field, old=value, new=value) for field in (*fields, value)
    ]
    nested = [{field: value for field in ("order", "item", "site", "method", "minutes", "scale", "score", "max")}]
    facts = [dict.fromkeys(fields, value), {"orders": nested, "results": nested}, {"findings": {"x": value}}]
    with opened(browser, locale="en-GB") as page:
        text = shown(page, Log([*(spell(FEE, tags, **fact) for fact in facts), *corrected]))
    assert text.count("Fee confirmed") == len(facts)
    assert text.count("Correction") == len(corrected)
    assert not re.search(r"undefined|\[object", text)


def test_a_list_of_one_item_is_not_that_item(browser):
    with opened(browser, locale="zh-CN") as page:
        text = shown(page, Log([spell(FEE, ["patient:P1"], item=["exercise-therapy"])]))
        assert "[exercise-therapy]" in text
        assert "运动疗法" not in text
        text = shown(page, Log([spell(FEE, ["patient:P1"], item="exercise-therapy")]))
        assert "运动疗法" in text


def test_what_cannot_be_worded_is_proven_all_the_same(browser):
    with opened(browser, locale="en-GB", script=BROKEN) as page:
        text = shown(page, Log([spell(FEE, ["patient:P1"], item="exercise-therapy")]))
    assert "this page failed to put them into words" in text
    assert "Nothing was left out" in text


def changed_often(count: int) -> Log:
    """So many stops of one session, and then so many voidings and corrections of it."""
    tags = ["patient:P1", "session:S1"]
    stops = [spell("SessionStopped", tags, session="S1", effect="") for _ in range(count)]
    voided = [spell("SessionVoided", tags, session="S1") for _ in range(count)]
    other = [spell("EntryCorrected", tags, target="S1", field="remark", new="") for _ in range(count)]
    return Log([*stops, *voided, *other])


def test_history_is_asked_in_proportion_to_the_file(browser):
    asked = []
    for count in (200, 400):
        with opened(browser, script=COUNTING) as page:
            shown(page, changed_often(count))
            asked.append(page.evaluate("window.asked"))
    assert asked[0] > 200 * 10
    assert asked[1] < 2.5 * asked[0]


def test_what_was_changed_later_is_told_by_its_index(browser):
    about = ["patient:P1", "session:S1", "id:L1", H1, f"registry:{H1}"]
    tags = about[:3]
    started = spell("SessionStarted", tags, id="L1", session="S1", patient="P1", setting="outpatient")
    early = spell("EntryCorrected", tags, target="S1", field="setting", new="home")
    log = Log([
        early, started,
        spell("EntryCorrected", tags, target="L1", field="setting", new="home"),
        spell("SessionVoided", tags, session="S1"),
        spell("EntryCorrected", tags, target="S1", field="setting", new="inpatient"),
        spell("EntryCorrected", tags, target="S1", field="remark", new="of a field that the line has not"),
        spell("EntryCorrected", tags, target=["S1"], field="setting", new="x"),
        spell("EntryCorrected", tags, target="S1", field=["setting"], new="x"),
    ])  # fmt: skip
    with opened(browser, locale="en-GB") as page:
        shown(page, log)
        notes = page.locator(".note.changed").all_inner_texts()
    assert notes == ["setting corrected later (index 2)", "voided (index 3)", "setting corrected later (index 4)"]


def test_of_many_changes_the_first_ten_are_told(browser):
    tags = ["patient:P1", "session:S1"]
    started = spell("SessionStarted", tags, session="S1", patient="P1", setting="outpatient")
    for count, more in ((10, False), (11, True)):
        later = [spell("EntryCorrected", tags, target="S1", field="setting", new="home") for _ in range(count)]
        with opened(browser, locale="en-GB") as page:
            shown(page, Log([started, *later]))
            notes = page.locator(".note.changed").all_inner_texts()
        told = [f"setting corrected later (index {1 + n})" for n in range(10)]
        assert notes == told + (["more was corrected later"] if more else [])
