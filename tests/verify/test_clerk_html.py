"""The page in the hands of a regulator's clerk, in a real Chromium without a network: one that everybody can use.

In Chinese and English, by mouse, by keyboard and on paper; in a browser that lacks what it takes it never says "sound".
"""

import re
from base64 import b64encode

import pytest
from playwright.sync_api import Page, expect

from tests.verify.browser import give, opened
from tests.verify.world import WITNESS, Log

FOCUS_DRAWN = """() => {
  const focused = document.activeElement;  // the input for the bundle is out of sight; its drop area shows the focus
  return getComputedStyle(focused.id === "bundle" ? document.getElementById("drop") : focused).outlineStyle;
}"""
CONTRASTS = """() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, n) => sum + part * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = parse(getComputedStyle(one).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const low = [];
  let count = 0;
  for (const element of document.querySelectorAll("body *")) {
    const own = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest("script, style, noscript, :disabled")) continue;
    const [one, other] = [parse(getComputedStyle(element).color), behind(element)].map(light).sort((a, b) => b - a);
    count++;
    if ((one + 0.05) / (other + 0.05) < 4.5) low.push([element.className, element.textContent]);
  }
  return [count, low];
}"""
UNNAMED = """() => Array.from(document.querySelectorAll("button, input, textarea, [role=region], [role=group]"))
  .filter((one) => !one.labels?.length && !one.textContent.trim() && !one.ariaLabel)
  .map((one) => one.outerHTML)"""


def drop(page: Page, selector: str, name: str, content: bytes) -> None:
    """A file let fall on an element, as the browser tells the page of it."""
    page.evaluate(
        """([selector, name, content]) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(atob(content), (one) => one.charCodeAt(0))], name));
          const event = (type) => new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
          document.querySelector(selector).dispatchEvent(event("dragover"));
          document.querySelector(selector).dispatchEvent(event("drop"));
        }""",
        [selector, name, b64encode(content).decode()],
    )


class TestClerk:
    def test_in_chinese_a_sound_bundle(self, browser):
        log = Log()
        with opened(browser, locale="zh-CN") as page:
            assert page.title() == "治疗历史核验"
            give(page, log.full(), log.vkey)
            assert page.locator(".verdict.sound h2").inner_text().strip() == "可信"
            text = page.inner_text("#report")
            for words in (
                "patient:P1",
                "19 条",
                "没有重新判定",
                "完整",
                "未主张",
                "治疗开始",
                "运动疗法",
                "左下肢",
                "乙（T1）",
            ):
                assert words in text
            for words in (
                "虚构的人",
                "31010519560402123X",
                "签名已核验",
                "患者后经更正（序号 14）",
                "40.00 元",
                "16:00",
            ):
                assert words in text
            assert page.inner_text("#status") == "可信"

    def test_another_patients_session_on_the_sheet_is_not_in_the_history(self, browser, guest_log):
        """It bears the patient's tag, for it counts on the sheet, and stands beside, with whose it is."""
        for patient, own, beside in (("P1", {"S9", "S10"}, {"S8"}), ("P3", {"S8"}, {"S9", "S10"})):
            with opened(browser, locale="en-GB") as page:
                give(page, guest_log.bundle(*guest_log.tags(f"patient:{patient}")), guest_log.vkey)
                assert page.locator(".verdict.sound").count() == 1
                page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
                tables = page.locator(".facts table").all_inner_texts()
                for table, sessions in zip(tables, (own, beside), strict=True):
                    assert set(re.findall(r"(?<!\w)S\d+", table)) == sessions
                assert ("P3" in tables[1]) == (patient == "P1")

    def test_in_english_the_same_and_back(self, browser):
        log = Log()
        with opened(browser, locale="en-GB") as page:
            give(page, log.full(), log.vkey)
            assert page.locator(".verdict.sound h2").inner_text().strip() == "Sound"
            text = page.inner_text("main")
            assert "did not judge again" in text
            assert "exercise therapy" in text
            assert "patient:P1: 19 entries of 25 in the log example.org/invented-hospital" in text
            page.click("[data-language=zh]")
            assert page.inner_text(".verdict h2").strip() == "可信"
            assert page.get_attribute("html", "lang") == "zh-CN"
            page.click("[data-language=en]")
            assert page.inner_text(".verdict h2").strip() == "Sound"

    def test_dropped_anywhere_with_the_key_there_it_is_verified_at_once(self, browser):
        log = Log()
        with opened(browser, locale="zh-CN") as page:
            page.fill("#key", log.vkey)
            drop(page, "h1", "拖入.json", log.full())
            page.wait_for_selector(".verdict.sound")
            assert "拖入.json" in page.inner_text(".about")

    def test_an_older_checkpoint_and_witnesses(self, browser):
        log = Log()
        with opened(browser, locale="en-GB") as page:
            page.click("summary")
            drop(page, "#since", "checkpoint", log.checkpoint(6).encode())
            expect(page.locator("#since")).to_have_value(log.checkpoint(6))
            page.fill("#witnesses", f"\n{WITNESS}\n")
            give(page, log.full(), log.vkey)
            text = page.inner_text(".claims.proven")
            assert "continues that of 6" in text
            assert "the checkpoint you hold" in text
            assert "witness.example/regulator" in text
            page.fill("#since", log.checkpoint(7))
            page.click("#verify")
            page.wait_for_selector(".verdict.unsound")
            assert "exported again with that checkpoint" in page.inner_text(".findings")

    def test_findings_are_named(self, browser):
        log = Log()
        with opened(browser, locale="zh-CN") as page:
            give(page, log.full().replace(b"4000", b"9000"), log.vkey)
            assert page.inner_text(".verdict.unsound h2").strip() == "不可信"
            row = page.inner_text(".findings tbody")
            for words in ("条目被改动", "entry-altered", "index 16"):
                assert words in row
            assert page.locator(".facts, .claims.proven").count() == 0, (
                "nothing of an unsound bundle is shown as proven"
            )

    def test_what_cannot_be_verified_is_told(self, browser):
        log = Log()
        with opened(browser, locale="en-GB") as page:
            page.click("#verify")
            assert "bundle" in page.inner_text("#hint")
            give(page, b"PK\x03", log.vkey, "P1.zip")
            assert page.inner_text(".verdict.unreadable h2").strip() == "Unreadable"
            assert "not JSON" in page.inner_text(".verdict")
            page.fill("#key", "nonsense")
            page.click("#verify")
            page.wait_for_selector(".verdict.unreadable:has-text('key:')")

    def test_by_keyboard_alone(self, browser):
        log = Log()
        with opened(browser, locale="en-GB") as page:
            reached = []
            for _ in range(7):
                page.keyboard.press("Tab")
                reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
                assert page.evaluate(FOCUS_DRAWN) == "solid", reached
                if reached[-1] == "bundle":
                    page.set_input_files("#bundle", {"name": "P1", "mimeType": "", "buffer": log.full()})
                if reached[-1] == "key":
                    page.keyboard.insert_text(log.vkey)
                    page.keyboard.press("Enter")
                    page.wait_for_selector(".verdict.sound")
                    break
            assert reached == ["BUTTON", "BUTTON", "bundle", "key"]


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("Object.defineProperty(crypto, 'subtle', { value: undefined })", "WebCrypto"),
        ("crypto.subtle.importKey = async () => { throw new DOMException('', 'NotSupportedError') }", "Ed25519"),
        ("crypto.subtle.verify = async () => true", "Ed25519"),
        ("crypto.subtle.digest = async () => new ArrayBuffer(32)", "SHA-256"),
    ],
)
def test_a_browser_that_cannot_never_says_sound(browser, missing, words):
    log = Log()
    with opened(browser, locale="en-GB", script=missing) as page:
        give(page, log.full(), log.vkey)
        assert page.inner_text(".verdict.unreadable h2").strip() == "Unreadable"
        assert words in page.inner_text(".verdict")
        assert "python -m ledger.verify" in page.inner_text(".verdict")


class TestForEverybody:
    @pytest.mark.parametrize("kind", ["sound", "unsound", "unreadable"])
    @pytest.mark.parametrize("width", [360, 1100])
    def test_contrast_names_and_width(self, browser, kind, width):
        log = Log()
        whole = log.full()
        raw = {"sound": whole, "unsound": whole.replace(b"4000", b"9000"), "unreadable": b"?"}[kind]
        with opened(browser, viewport={"width": width, "height": 800}, locale="zh-CN") as page:
            page.click("summary")
            give(page, raw, log.vkey)
            page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
            count, low = page.evaluate(CONTRASTS)
            assert count > 30
            assert low == []
            assert page.evaluate(UNNAMED) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    def test_printed_it_is_the_report_alone(self, browser):
        log = Log()
        with opened(browser, locale="zh-CN") as page:
            give(page, log.full(), log.vkey)
            page.emulate_media(media="print")
            assert not page.is_visible("form")
            assert not page.is_visible(".languages")
            for part in ("h1", ".verdict", ".about", ".claims.proven", ".claims.open", ".facts table"):
                assert page.is_visible(part)
            assert len(page.pdf(format="A4")) > 10_000
