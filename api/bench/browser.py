"""`browser/N`: the time from a bundle's drop onto `verify.html` to the verdict on the screen, in a real Chromium.

The page is opened from disk, offline, as a regulator's clerk opens it. Playwright drives the browser; it is no part of
the program, so the case is left out where it, or a browser, is missing, and what it takes is said.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from api.bench.figures import Measured

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGE = Path(__file__).parents[2] / "ledger" / "verify" / "verify.html"
MISSING = (
    "browser: left out: {}. It takes Playwright (python -m pip install playwright) and a Chromium: one on the PATH "
    "(apt-get install chromium), or Playwright's own (python -m playwright install chromium)"
)

_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
# Counted in the page: what steering it from outside costs is no part of it. The drop is what a hand does: the file
# is on disk before, and has to be read.
_DROP = """
async () => {
  const [file] = document.querySelector("#bundle-of-bench").files;
  const data = new DataTransfer();
  data.items.add(file);
  const told = document.querySelector("#report");
  const shown = new Promise((done) => {
    new MutationObserver((_, observer) => {
      if (!told.querySelector(".verdict")) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(done));
    }).observe(told, { childList: true, subtree: true });
  });
  const began = performance.now();
  document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  await shown;
  return [(performance.now() - began) / 1000, told.querySelector(".verdict").className];
}
"""
_HOLD = """
() => {
  const input = document.createElement("input");
  [input.type, input.id, input.hidden] = ["file", "bundle-of-bench", true];
  document.body.append(input);
}
"""


class NoBrowser(Exception):
    """There is nothing to measure with; the message says what is missing."""


@contextmanager
def opened_page() -> Iterator["Page"]:
    """The page in a Chromium without network. NoBrowser when there is none."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NoBrowser(MISSING.format("Playwright is not installed")) from None
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(_ARGUMENTS))
        except Error as error:
            raise NoBrowser(MISSING.format(str(error).strip().split("\n")[0])) from None
        try:
            page = browser.new_context(offline=True).new_page()
            page.goto(PAGE.as_uri())
            yield page
        finally:
            browser.close()


def drop(page: "Page", bundle: Path, vkey: str, entries: int) -> Measured:
    """One drop with the key already there; `entries` in `seconds`. AssertionError when the page does not find it sound.

    A file of this name is taken twice as a hand would take it: the page is loaded anew for each.
    """
    page.reload()
    page.fill("#key", vkey)
    page.evaluate(_HOLD)
    page.set_input_files("#bundle-of-bench", str(bundle))
    seconds, verdict = page.evaluate(_DROP)
    if "sound" not in verdict.split():
        raise AssertionError(f"the page finds the bundle of the benchmark {verdict!r}")
    return Measured(units=entries, seconds=seconds)
