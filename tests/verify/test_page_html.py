"""What the page tells of rubbish and takes as a held checkpoint, as Python does; and that no answer outlives what it is
about.
"""

import json
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ledger.proof.labels import format_label_key
from ledger.verify import Unreadable, verify
from tests.verify.browser import opened, verify_one
from tests.verify.held_texts import HELD_TEXTS
from tests.verify.rubbish import RUBBISH
from tests.verify.world import DIGEST, RULEBOOK, Log, digest_corrected, entries, spell


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_is_told_in_short(verifier, log, name):
    expected, make = RUBBISH[name]
    raw = make(log)
    answer = verify_one(verifier, raw, log.vkey)
    assert answer.found == expected == {(one.name, one.where) for one in verify(raw, log.vkey).findings}


@pytest.mark.parametrize("name", HELD_TEXTS)
def test_what_the_reader_holds(verifier, log, name):
    make, code, begins = HELD_TEXTS[name]
    answer = verify_one(verifier, log.full(), log.vkey, since=make(log))
    assert answer.verdict == ("sound", "unsound", "unreadable")[code]
    if code == 1:
        assert [f"{name}: {where}: " for name, where in answer.found] == [begins]
    if code == 2:
        assert answer.said["unreadable"]["en"].startswith("the older checkpoint: ")
        with pytest.raises(Unreadable, match=r"^--since: "):
            verify(log.full(), log.vkey, make(log))


def test_which_adopted_texts_are_not_here(verifier):
    odd = [spell("RulebookAdopted", ["registry:rulebook"], rulebook=f"R{n}", digest=digest) for n, digest in
           enumerate(["none", 5, "0" * 64, *map(str, range(10))])]  # fmt: skip
    log = Log([*entries(), digest_corrected("registry:rulebook"), *odd])
    for texts in (True, False):
        bundle = json.loads(log.bundle()) | ({"rulebooks": {DIGEST: RULEBOOK}} if texts else {})
        raw = json.dumps(bundle).encode()
        answer, verdict = verify_one(verifier, raw, log.vkey), verify(raw, log.vkey)
        (left,) = [claim.what for claim in verdict.not_claimed if claim.name == "with rulebooks"]
        assert left in [one["what"]["en"] for one in answer.said["notClaimed"]]
        assert f"indexes {'25, 26' if texts else '19, 24, 25'}, " in left
        assert f"and {3 if texts else 5} more" in left


def answered(page: Page) -> None:
    """The verdict on a sound bundle, on the screen."""
    log = Log()
    page.set_input_files("#bundle", {"name": "P1.json", "mimeType": "", "buffer": log.full()})
    page.fill("#key", log.vkey)
    page.click("#verify")
    page.wait_for_selector(".verdict.sound")


FILE = {"name": "other.json", "mimeType": "", "buffer": b"{}"}
CHANGES = {
    "the key is cleared": lambda page: page.fill("#key", ""),
    "a letter of the key": lambda page: (page.focus("#key"), page.keyboard.press("Backspace")),
    "the older checkpoint": lambda page: page.fill("#since", "x"),
    "a file of an older checkpoint": lambda page: page.set_input_files("#since-file", FILE),
    "a witness": lambda page: page.fill("#witnesses", "x"),
    "the key of labels": lambda page: page.set_input_files(
        "#label-file", FILE | {"buffer": format_label_key(bytes(32)).encode()}
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_takes_the_answer_away_at_once(browser, change):
    with opened(browser, locale="zh-CN") as page:
        page.click("summary")
        answered(page)
        CHANGES[change](page)
        expect(page.locator("#report > *")).to_have_count(0)
        expect(page.locator("#status")).to_have_text("")


def test_another_file_takes_the_answer_away_before_there_is_another(browser):
    with opened(browser, locale="en-GB") as page:
        answered(page)
        page.evaluate(
            "const asked = document.querySelector('#bundle'); window.seen = [];"
            "asked.addEventListener('change', () => seen.push(document.querySelectorAll('.verdict').length))"
        )
        page.set_input_files("#bundle", FILE)
        page.wait_for_selector(".verdict.unsound")
        assert page.evaluate("seen") == [0]


def test_an_answer_that_is_overtaken_is_not_shown(browser):
    """The key changes while the page is still at work: what it comes to is about another key."""
    log = Log()
    with opened(browser, locale="en-GB") as page:
        page.set_input_files("#bundle", {"name": "P1.json", "mimeType": "", "buffer": log.full()})
        page.fill("#key", log.vkey)
        page.evaluate(
            """async () => {
              document.querySelector("#verify").click();
              const key = document.querySelector("#key");
              key.value = "";
              key.dispatchEvent(new InputEvent("input", { bubbles: true }));
              await verifyBundle(new Uint8Array(8), "");
              await new Promise((done) => setTimeout(done, 300));
            }"""
        )
        assert page.locator("#report > *").count() == 0
        assert page.is_enabled("#verify")


def test_a_label_key_can_be_taken_back(browser):
    with opened(browser, locale="en-GB") as page:
        page.click("summary")
        expect(page.locator("#label-clear")).to_be_hidden()
        page.set_input_files("#label-file", FILE | {"buffer": format_label_key(bytes(32)).encode()})
        answer = page.locator("#label-name")
        expect(answer).to_have_text("other.json")
        page.click("#label-clear")
        expect(answer).to_have_text("")
        answered(page)


def test_what_was_given_is_in_the_report(browser):
    log = Log()
    with opened(browser, locale="en-GB") as page:
        page.click("summary")
        page.fill("#since", log.checkpoint(6))
        answered(page)
        about = page.inner_text("dl.about >> nth=0")
        assert "An older checkpoint that you hold" in about
        assert "example.org/invented-hospital · 6 · " in about


def test_which_verifier_it_is(browser):
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    with opened(browser, locale="en-GB") as page:
        told = page.inner_text("footer")
    assert told == f"Verifier of the treatment ledger {project['version']} · reads treatment-ledger-bundle/2"


def test_more_findings_than_are_told(browser):
    log = Log()
    raw = json.dumps(json.loads(log.full()) | {"depths": [-1] * 200}).encode()
    with opened(browser, locale="zh-CN") as page:
        page.set_input_files("#bundle", {"name": "P1.json", "mimeType": "", "buffer": raw})
        page.fill("#key", log.vkey)
        page.click("#verify")
        page.wait_for_selector(".verdict.unsound")
        assert "（100+）" in page.inner_text(".findings h2")
        assert "每一类只列出前 100 处" in page.inner_text(".findings")
