"""A real Chromium with `verify.html` opened from disk, no network; and its verdicts as Python values."""

import json
import shutil
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PAGE = Path(__file__).parents[2] / "ledger/verify/verify.html"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_AT_ONCE = 1200  # edits a call: a page that answers for all of them at once could not be told from one that hangs
_VERIFY_MANY = """
async (given) => {
  const [base, edits, vkey, options] = JSON.parse(given);
  const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const whole = bytesOf(base);
  const answers = await Promise.all(edits.map(async ([start, end, text]) => {
    const part = bytesOf(text);
    const bytes = new Uint8Array(whole.length - (end - start) + part.length);
    bytes.set(whole.subarray(0, start));
    bytes.set(part, start);
    bytes.set(whole.subarray(end), start + part.length);
    const answer = await verifyBundle(bytes, vkey, options);
    return {
      verdict: answer.verdict,
      unreadable: answer.unreadable,
      findings: answer.findings,
      claims: answer.claims,
      notClaimed: answer.notClaimed,
      indexes: answer.entries.map(({ index }) => String(index)),
    };
  }));
  return JSON.stringify(answers);
}
"""


class Answer(NamedTuple):
    """What the page's verifier said of one bundle. `found`: (name, where) of each finding."""

    verdict: str
    found: set[tuple[str, str]]
    said: dict[str, Any]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium as it is on the PATH, else Playwright's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, script: str | None = None, **options: Any) -> Iterator[Page]:
    """The page, opened from disk without a network. Leaving fails when it asked for anything, or an error occurred.

    `script`: what is done to the browser before the page loads.
    """
    context: BrowserContext = browser.new_context(offline=True, reduced_motion="reduce", **options)
    asked: list[str] = []
    errors: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    if script is not None:
        page.add_init_script(script)
    page.goto(PAGE.as_uri())
    yield page
    context.close()
    assert asked == [PAGE.as_uri()]
    assert errors == []


def give(page: Page, bundle: bytes, vkey: str, name: str = "P1.bundle.json") -> None:
    """As a clerk does it: chooses the file, pastes the key, presses the button; waits for the answer."""
    page.set_input_files("#bundle", {"name": name, "mimeType": "application/json", "buffer": bundle})
    page.fill("#key", f"  {vkey}\n")
    page.click("#verify")
    page.wait_for_selector(".verdict h2")


def verify_many(
    page: Page,
    base: bytes,
    bundles: Iterable[bytes],
    vkey: str,
    *,
    since: str | None = None,
    witnesses: Sequence[str] = (),
    label_key: str | None = None,
) -> Iterator[Answer]:
    """The page's verdicts on bundles that differ little from `base`: only the differences travel."""
    edits = [_edit(base, bundle) for bundle in bundles]
    options = {"since": since, "witnesses": list(witnesses), "labelKey": label_key}
    for start in range(0, len(edits), _AT_ONCE):
        # As one text each way: Playwright looks at every value of a structure, which takes longer than the verdicts.
        given = json.dumps([b64encode(base).decode(), edits[start : start + _AT_ONCE], vkey, options])
        for said in json.loads(page.evaluate(_VERIFY_MANY, given)):
            yield Answer(said["verdict"], {(one["name"], one["where"]) for one in said["findings"]}, said)


def verify_one(page: Page, bundle: bytes, vkey: str, **options: Any) -> Answer:
    """The page's verdict on one bundle."""
    (answer,) = verify_many(page, bundle, [bundle], vkey, **options)
    return answer


def _edit(base: bytes, bundle: bytes) -> tuple[int, int, str]:
    """The one stretch of `base` that is replaced, and by what."""
    start = _alike(base, bundle)
    tail = _alike(base[start:][::-1], bundle[start:][::-1])
    return start, len(base) - tail, b64encode(bundle[start : len(bundle) - tail]).decode()


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes the two begin with alike: by halving, for byte by byte takes longer than the page's verdict."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
