"""The file that the page is built into: its parts, its policy against what a bundle says, a word for everything."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from playwright.sync_api import Page

from ledger.treatment import values
from ledger.treatment.facts import EVENTS
from ledger.treatment.values import Findings
from ledger.verify.page.build import PARTS, build
from tests.verify.browser import PAGE, give, opened, verify_one
from tests.verify.damage import RECIPES
from tests.verify.world import H1, T1, WITNESS, Log, entries, spell

PARTS_OF_PAGE = PAGE.parent / "page"
RULEBOOK = Path(__file__).parents[3] / "projections/rulebooks/shanghai-2017.toml"
FORBIDDEN = """async () => {
  const refused = [];
  document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
  const script = Object.assign(document.createElement("script"), { textContent: "window.ran = 1" });
  const style = Object.assign(document.createElement("style"), { textContent: "body { display: none }" });
  document.body.append(script, style, Object.assign(new Image(), { src: "data:image/png;base64,AA==" }));
  await fetch("https://example.org/").catch(() => 0);
  await new Promise((done) => setTimeout(done, 100));
  return refused;
}"""
HOSTILE = "\u202e</script><img src=x onerror='window.ran=1'>\u200b\x1b[2J\U000e0001"


def test_the_file_is_what_its_parts_make():
    assert PAGE.read_text("utf-8") == build(), "run python ledger/verify/page/build.py"
    assert {path.stem for path in PARTS_OF_PAGE.glob("*.js")} == set(PARTS)


class TestHostile:
    def test_text_of_a_bundle_is_text(self, browser):
        more = [
            spell("PatientFileOpened", ["patient:P1", H1], patient="P1", institution="H1", **{HOSTILE: HOSTILE}),
            spell("StageSummaryWritten", ["patient:P1", T1], patient="P1", practitioner="T1", text=[{"x": HOSTILE}]),
        ]  # fmt: skip
        log = Log([*entries(), *more])
        with opened(browser, locale="en-GB") as page:
            give(page, log.full(), log.vkey, f"{HOSTILE}.json")
            assert page.locator(".verdict.sound").count() == 1
            text = page.inner_text("#report")
            assert "\\u202e</script><img src=x onerror='window.ran=1'>\\u200b\\x1b[2J\\U000e0001" in text
            self.nothing_ran(page)

    @pytest.mark.parametrize("key", ["streams", "absent", "rulebooks", "openings", HOSTILE, "checkpoint", "format"])
    def test_text_of_findings_is_text(self, browser, key):
        bundle = json.loads(Log().full())
        bundle[key] = [HOSTILE] if key == "streams" else {HOSTILE: HOSTILE} if key in bundle else HOSTILE
        with opened(browser, locale="en-GB") as page:
            give(page, json.dumps(bundle).encode(), Log().vkey)
            assert page.locator(".verdict.unsound").count() == 1
            self.nothing_ran(page)

    @staticmethod
    def nothing_ran(page: Page) -> None:
        assert page.evaluate("window.ran") is None
        assert page.locator("img").count() == 0
        assert not re.search("[\u202e\u200b\x1b\U000e0001]", page.inner_text("body"))

    def test_the_policy_allows_this_script_and_nothing_else(self, browser):
        with browser.new_context(offline=True) as context:
            page = context.new_page()
            page.goto(PAGE.as_uri())
            refused = page.evaluate(FORBIDDEN)
            assert {"script-src-elem", "style-src-elem", "img-src", "connect-src"} <= set(refused)
            assert page.evaluate("window.ran") is None
            assert page.is_visible("h1")

    def test_nothing_in_the_file_is_fetched_or_parsed_as_html(self):
        text = PAGE.read_text("utf-8")
        assert not re.search(
            r"\b(?:src|href)\s*=|@import|url\(|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", text
        )
        assert not re.search(r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|localStorage|import\(", text)


class TestWords:
    def test_every_fact_of_the_journal_has_a_name(self):
        named = set(
            re.findall(r"^  ([A-Z]\w+): said\(", (PARTS_OF_PAGE / "journal-words.js").read_text("utf-8"), re.MULTILINE)
        )
        assert named == {fact.__name__ for fact in EVENTS.values()}

    def test_every_field_of_the_journal_and_every_word_in_it_has_a_name(self):
        text = (PARTS_OF_PAGE / "journal-words.js").read_text("utf-8")
        tables = [text.partition(f"const {table} = {{")[2].partition("};")[0] for table in ("FIELDS", "VALUES")]
        named, words = (set(re.findall(r"^  (\w+): said\(", table, re.MULTILINE)) for table in tables)
        assert named >= {field for fact in EVENTS.values() for field in fact.__struct_encode_fields__}
        coded = [kind for kind in vars(values).values() if get_origin(kind) is Literal]
        assert len(coded) > 8
        assert words >= {word for kind in coded for word in get_args(kind)}

    def test_what_is_registered_is_said_in_the_language_of_the_page(self, browser):
        with opened(browser, locale="zh-CN") as page:
            give(page, Log().full(), Log().vkey)
            page.click(".facts summary")
            text = page.inner_text(".facts >> nth=1")
        assert "类别 综合" in text
        assert "范围 康复" in text
        assert "算法 ed25519" in text

    def test_every_finding_of_a_patient_has_a_name(self):
        text = (
            (PARTS_OF_PAGE / "journal-words.js").read_text("utf-8").partition("const FOUND = {")[2].partition("};")[0]
        )
        assert re.findall(r'^  (\w+): "', text, re.MULTILINE) == list(Findings.__struct_fields__)

    def test_every_item_has_the_name_that_the_rules_give_it(self):
        text = (PARTS_OF_PAGE / "items.js").read_text("utf-8")
        items: list[dict[str, Any]] = tomllib.loads(RULEBOOK.read_text("utf-8"))["item"]
        assert dict(re.findall(r'^  "([a-z-]+)": "(.+)",$', text, re.MULTILINE)) == {
            item["slug"]: item["name"] for item in items
        }

    def test_every_finding_and_every_claim_has_a_chinese_name(self, verifier):
        text = (PARTS_OF_PAGE / "words.js").read_text("utf-8")
        claims, findings = text.split("const FINDING_NAMES")
        assert set(re.findall(r'^  "?([a-z-]+)"?: "', findings, re.MULTILINE)) >= {name for name, _ in RECIPES.values()}
        log = Log()
        said = verify_one(verifier, log.bundle(*log.tags("patient:P99")), log.vkey).said
        full = verify_one(verifier, log.full(), log.vkey, witnesses=[WITNESS]).said
        for one in said["claims"] + said["notClaimed"] + full["claims"] + full["notClaimed"]:
            assert re.search(rf'^  "?{one["name"]}"?: "', claims, re.MULTILINE), one["name"]
