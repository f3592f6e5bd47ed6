"""The page that a regulator's clerk opens from disk, in a real Chromium without a network.

It is held against FORMAT.md by the same recipes and mutations as the verifier in Python, and must come to the same
names and places; and it must be a page that one can use.
"""

import json
import random
import re
import tomllib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.proof.labels import format_label_key, label
from ledger.treatment import values
from ledger.treatment.facts import EVENTS
from ledger.treatment.values import Findings
from ledger.verify import Unreadable, verify
from ledger.verify.page.build import PARTS, build
from tests.verify.browser import PAGE, chromium, opened, verify_many, verify_one
from tests.verify.committed import CASES, NORMAL_IDS, Case, bundle_of
from tests.verify.committed import KEY as LABEL_KEY
from tests.verify.damage import RECIPES, Given
from tests.verify.lookalikes import given as lookalikes
from tests.verify.mutations import mutations, spelled
from tests.verify.world import AT, H1, S9, SEEN, T1, WITNESS, Hand, Log, cosigned, digest_corrected, entries, spell

PARTS_OF_PAGE = PAGE.parent / "page"
RULEBOOK = Path(__file__).parents[2] / "projections/rulebooks/shanghai-2017.toml"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def verifier(browser) -> Iterator[Page]:
    """One page for all that ask only `verifyBundle`."""
    with opened(browser) as page:
        yield page


def python_says(given: Given) -> tuple[str, set[tuple[str, str]]]:
    try:
        verdict = verify(given.bundle, given.vkey, given.since, witnesses=given.witnesses, label_key=given.label_key)
    except Unreadable:
        return "unreadable", set()
    return "sound" if verdict.sound else "unsound", {(finding.name, finding.where) for finding in verdict.findings}


def page_says(page: Page, given: Given) -> tuple[str, set[tuple[str, str]]]:
    label_key = None if given.label_key is None else format_label_key(given.label_key)
    answer = verify_one(
        page, given.bundle, given.vkey, since=given.since, witnesses=given.witnesses, label_key=label_key
    )
    return answer.verdict, answer.found


def test_the_file_is_what_its_parts_make():
    assert PAGE.read_text("utf-8") == build(), "run python ledger/verify/page/build.py"
    assert {path.stem for path in PARTS_OF_PAGE.glob("*.js")} == set(PARTS)


class TestSameAsPython:
    @pytest.mark.parametrize("name", RECIPES)
    def test_every_damage_has_its_name(self, verifier, name):
        finding, make = RECIPES[name]
        given = make(Log())
        verdict, found = page_says(verifier, given)
        assert (verdict, found) == python_says(given)
        assert {one for one, _ in found} == {finding}

    @pytest.mark.parametrize("name", CASES)
    def test_the_last_commitment_says_who_it_is(self, verifier, name):
        raw, key = bundle_of(CASES[name])
        for given in (Given(raw, key), Given(raw, key, label_key=LABEL_KEY)):
            verdict, found = page_says(verifier, given)
            assert (verdict, found) == python_says(given)
            assert (verdict == "sound") == (CASES[name].labelled if given.label_key else CASES[name].fits)

    @pytest.mark.parametrize("typed", NORMAL_IDS)
    def test_an_id_has_the_same_normal_form(self, verifier, typed):
        patient = label(LABEL_KEY, NORMAL_IDS[typed] or "none")
        raw, key = bundle_of(Case((typed,), (0,), True, True), patient)
        given = Given(raw, key, label_key=LABEL_KEY)
        assert page_says(verifier, given) == python_says(given)
        assert (python_says(given)[0] == "sound") == (NORMAL_IDS[typed] is not None)

    def test_what_looks_like_a_name_is_none(self, verifier):
        """In no language: see lookalikes.py."""
        for how, one in lookalikes():
            assert page_says(verifier, one) == python_says(one), how

    def test_every_mutation_is_refused_at_the_same_place(self, verifier):
        log = Log()
        whole = json.loads(log.full())
        ways, bundles = [], []
        for path, how, mutated in mutations(whole, fine=4):
            ways.append((path, how))
            bundles.append(spelled(mutated).encode())
        assert len(bundles) > 2500
        answers = verify_many(verifier, spelled(whole).encode(), bundles, log.vkey, witnesses=[WITNESS])
        for way, bundle, answer in zip(ways, bundles, answers, strict=True):
            assert answer.verdict == "unsound", way
            assert (answer.verdict, answer.found) == python_says(Given(bundle, log.vkey, None, (WITNESS,))), way

    def test_every_byte_may_be_another(self, verifier):
        log, chance = Log(), random.Random(4)
        raw = log.full()
        bundles = []
        for at in range(0, len(raw), 29):
            part = chance.choice(
                (b"", bytes([raw[at] ^ 1 << chance.randrange(8)]), b"-0", b"\\u0041", b'"', b"{", b"\xef")
            )
            bundles.append(raw[:at] + part + raw[at + 1 :])
        for bundle, answer in zip(bundles, verify_many(verifier, raw, bundles, log.vkey), strict=True):
            assert (answer.verdict, answer.found) == python_says(Given(bundle, log.vkey)), bundle

    @pytest.mark.parametrize(
        "raw",
        [
            *(
                b"",
                b" ",
                b"{",
                b"[]",
                b"null",
                b"5",
                b'"x"',
                b"\xff{}",
                b"{}x",
                b"\xef\xbb\xbf{}",
                b"PK\x03",
                b'{"a":01}',
            ),
            *(b'{"a":1,}', b"{'a':1}", b'{"a":\x00}', b'{"a":"\x1f"}', b'{"a":"\\x"}', b'{"a":1e999}', b"[" * 100_000),
            *(b'{"a":' * 100 + b"1" + b"}" * 100, b'{"a":' * 101 + b"1" + b"}" * 101, b'{"a":' + b"1" * 5000 + b"}"),
            *(b'{"a":NaN}', b'{"\\ud800":1}', b'{"a":"\\ud83d\\ude00","a":1}', b'{"__proto__":1,"format":1}', b"{}"),
        ],
    )
    def test_what_cannot_be_read(self, verifier, raw):
        given = Given(raw, Log().vkey)
        assert page_says(verifier, given) == python_says(given)

    def test_more_bytes_than_any_bundle_has(self, verifier):
        said = verifier.evaluate(f"verifyBundle(Object.freeze({{ length: 2 ** 28 + 1 }}), {Log().vkey!r})")
        assert said["verdict"] == "unreadable"
        assert "256 MB" in said["unreadable"]["en"]

    @pytest.mark.parametrize("key", ["", "x", "a+b", "example.org/log+00000000+AA==", WITNESS, Log().vkey + "="])
    def test_a_key_that_is_none(self, verifier, key):
        given = Given(Log().bundle(), key)
        assert page_says(verifier, given) == python_says(given) == ("unreadable", set())

    @pytest.mark.parametrize("subject", ["patient:P2", "patient:P3", "patient:P99", "practitioner:T1", "session:S9"])
    @pytest.mark.parametrize("options", [{}, {"each": True, "since": 6}])
    def test_the_same_is_claimed_and_not_claimed(self, verifier, subject, options):
        log = Log()
        raw = log.bundle(*log.tags(subject), **options)
        self.claims_agree(verifier, raw, log)

    @pytest.mark.parametrize("witnesses", [(), (WITNESS,)])
    @pytest.mark.parametrize("options", [{}, {"opened": False, "texts": False}, {"since": None, "each": False}])
    def test_the_same_is_claimed_of_a_full_bundle(self, verifier, options, witnesses):
        log = Log()
        self.claims_agree(verifier, log.full(**options), log, witnesses)

    def test_the_same_is_claimed_of_a_log_of_its_seal_alone(self, verifier):
        log = Log([])
        raw = log.bundle("patient:P1", "registry:rulebook", since=0)
        self.claims_agree(verifier, raw, log)
        claims = {one["name"]: one["what"]["en"] for one in verify_one(verifier, raw, log.vkey).said["claims"]}
        assert claims["authentic"].endswith("when it had 1 entry.")
        assert "the log of 1 entry continues that of 0" in claims["append-only"]

    def test_the_same_is_claimed_of_a_digest_that_was_corrected(self, verifier):
        log = Log([*entries()[:19], digest_corrected("registry:rulebook"), *entries()[20:]])
        self.claims_agree(verifier, log.bundle(texts=True), log)

    @pytest.mark.parametrize("size", [0, 20])
    @pytest.mark.parametrize("later", [-60, 0, 3600])
    def test_until_when_in_the_same_words(self, verifier, later, size):
        """The older checkpoint was signed before the newer or after it: nothing behind it is too early."""
        log = Log()
        raw = log.bundle(since=cosigned(log.checkpoint(size), SEEN + later), note=cosigned(log.checkpoint()))
        self.claims_agree(verifier, raw, log, (WITNESS,))
        said = verify_one(verifier, raw, log.vkey, witnesses=[WITNESS]).said
        timely = {one["name"]: one["what"]["en"] for one in said["claims"]}["timely"]
        assert ("what stands below index 20 by 2021-03-01 15:32:20 +08:00" in timely) == (later < 0 < size)
        not_claimed = {one.name: one.what for one in verify(raw, log.vkey, witnesses=[WITNESS]).not_claimed}
        open_ = {one["name"]: one["what"]["en"] for one in said["notClaimed"]}
        assert (open_["timely"], open_["complete"]) == (not_claimed["timely"], not_claimed["complete"])

    @staticmethod
    def claims_agree(page: Page, raw: bytes, log: Log, witnesses: tuple[str, ...] = ()) -> None:
        verdict = verify(raw, log.vkey, witnesses=witnesses)
        answer = verify_one(page, raw, log.vkey, witnesses=witnesses)
        assert answer.verdict == "sound"
        assert answer.said["indexes"] == [str(index) for index, _ in verdict.facts]
        assert [one["name"] for one in answer.said["claims"]] == [one.name for one in verdict.claims]
        assert [one["name"] for one in answer.said["notClaimed"]] == [one.name for one in verdict.not_claimed]
        for one in answer.said["claims"] + answer.said["notClaimed"]:
            assert re.search(r"[\u4e00-\u9fff]", one["what"]["zh"])
            assert not re.search(r"[\u4e00-\u9fff]|undefined|null|\[object", one["what"]["en"])

    def test_a_thousand_entries_with_their_signatures(self, verifier):
        hand, more, session = Hand("T1", "K9"), [], 0
        more.append(hand.enrolled())
        while len(more) < 1000:
            name, session = f"X{session}", session + 1
            about = ["patient:P1", f"session:{name}", T1, H1]
            started = {"session": name, "patient": "P1", "prescription": "R1", "order": "1", "therapist": "T1"}
            more.append(
                spell("SessionStarted", [*about, "prescription:R1"], **started, institution="H1", setting="outpatient")
            )
            more.append(spell("SessionStopped", about, session=name, effect="好转"))
            says = S9 | {"session": name, "stopped": AT, "effect": "好转"}
            signature = hand.sign("session", says)
            more.append(spell("SessionSigned", about, session=name, practitioner="T1", signature=signature))
        log = Log([*entries(), *more])
        raw = log.bundle(each=True, note=cosigned(log.checkpoint()))
        answer = verify_one(verifier, raw, log.vkey, witnesses=[WITNESS])
        assert answer.verdict == "sound"
        assert len(answer.said["indexes"]) > 1000


def give(page: Page, bundle: bytes, vkey: str, name: str = "P1.bundle.json") -> None:
    """As a clerk does it: chooses the file, pastes the key, presses the button; waits for the answer."""
    page.set_input_files("#bundle", {"name": name, "mimeType": "application/json", "buffer": bundle})
    page.fill("#key", f"  {vkey}\n")
    page.click("#verify")
    page.wait_for_selector(".verdict h2")


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
        assert set(re.findall(r'^  "?([a-z-]+)"?: "', findings, re.MULTILINE)) >= {
            name for name, _ in RECIPES.values()
        } - {"decision-differs"}
        log = Log()
        said = verify_one(verifier, log.bundle(*log.tags("patient:P99")), log.vkey).said
        full = verify_one(verifier, log.full(), log.vkey, witnesses=[WITNESS]).said
        for one in said["claims"] + said["notClaimed"] + full["claims"] + full["notClaimed"]:
            assert re.search(rf'^  "?{one["name"]}"?: "', claims, re.MULTILINE), one["name"]
