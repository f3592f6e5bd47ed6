"""The file of the regulator's key for labels: the page takes the texts that Python takes, and no others."""

import pytest
from playwright.sync_api import Browser

from ledger.proof import ProofError
from ledger.proof.labels import format_label_key, parse_label_key
from tests.verify.browser import opened, verify_one
from tests.verify.committed import CASES, KEY, bundle_of

LINE = format_label_key(KEY).removesuffix("\n")
TEXTS = {
    "as it is written": (LINE + "\n", True),
    "without a line end": (LINE, True),
    "CR LF": (LINE + "\r\n", True),
    "CR": (LINE + "\r", True),
    "two line ends": (LINE + "\n\n", False),
    "two CR LF": (LINE + "\r\n\r\n", False),
    "CR CR LF": (LINE + "\r\r\n", False),
    "LF CR": (LINE + "\n\r", False),
    "a blank behind": (LINE + " ", False),
    "a blank and a line end behind": (LINE + " \n", False),
    "U+00A0 behind": (LINE + "\u00a0", False),
    "U+FEFF behind": (LINE + "\ufeff", False),
    "a tab behind": (LINE + "\t\n", False),
    "a blank before the base64": (LINE.replace("KEY+", "KEY+ "), False),
    "a line end before the base64": (LINE.replace("KEY+", "KEY+\n"), False),
    "a blank before": (" " + LINE, False),
    "a line end before": ("\n" + LINE, False),
    "a byte order mark": ("\ufeff" + LINE, False),
    "one character less": (LINE[:-1], False),
    "its beginning alone": ("LABEL+KEY+", False),
    "nothing": ("", False),
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_same_texts_are_keys(verifier, name):
    text, is_key = TEXTS[name]
    raw, key = bundle_of(CASES["the one version"])
    if is_key:
        assert parse_label_key(text) == KEY
    else:
        with pytest.raises(ProofError):
            parse_label_key(text)
    assert verify_one(verifier, raw, key, label_key=text).verdict == ("sound" if is_key else "unreadable")


@pytest.mark.parametrize("name", TEXTS)
def test_the_same_files_are_keys(browser, name):
    text, is_key = TEXTS[name]
    assert told(browser, text.encode()) == ("sound" if is_key else "unreadable")


def test_a_file_that_is_no_text_is_no_key(browser):
    assert told(browser, LINE.encode() + b"\xff") == "unreadable"


def told(browser: Browser, content: bytes) -> str:
    """What the page answers where this is the file of the key."""
    raw, key = bundle_of(CASES["the one version"])
    with opened(browser, locale="en-GB") as page:
        page.click("summary")
        page.set_input_files("#label-file", {"name": "key", "mimeType": "", "buffer": content})
        page.set_input_files("#bundle", {"name": "P1.json", "mimeType": "", "buffer": raw})
        page.fill("#key", key)
        page.click("#verify")
        page.wait_for_selector("#verdict-title")
        verdict = page.locator(".verdict").get_attribute("class")
        text = page.inner_text(".verdict")
    assert verdict is not None
    answer = verdict.removeprefix("verdict ")
    assert ("LABEL+KEY+" in text) == (answer == "unreadable")
    return answer
