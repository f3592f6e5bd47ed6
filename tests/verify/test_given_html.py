"""What the reader gives besides the bundle is used or named, never forgotten: files as the command line reads them."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.verify.__main__ import main
from tests.verify.browser import opened
from tests.verify.held_texts import HELD_TEXTS
from tests.verify.key_texts import AROUND, KEY_TEXTS, broken
from tests.verify.world import WITNESS, Log

LOG = Log()
BUNDLE = {"name": "P1.json", "mimeType": "", "buffer": LOG.full()}
NOTE = LOG.checkpoint(6).encode()
HELD_FILES: dict[str, tuple[bytes, int]] = {
    **{name: (make(LOG).encode(), code) for name, (make, code, _) in HELD_TEXTS.items()},
    "no byte": (b"", 2),
    "wrong UTF-8 in another's line": (NOTE + "— x".encode() + b"\xff " + b64encode(bytes(68)) + b"\n", 2),
    "wrong UTF-8 behind it": (NOTE + b"\xff", 2),
    "UTF-16": (NOTE.decode().encode("utf-16"), 2),
    "a mebibyte of blanks": (b" " * (1 << 20), 2),
    "behind a mebibyte of blanks": (b" " * (1 << 20) + NOTE, 0),
    "two byte order marks": ("\ufeff\ufeff".encode() + NOTE, 1),
}
SHUT = """() => { File.prototype.arrayBuffer = async () => { throw new DOMException("", "NotReadableError") } }"""
TOGETHER = """([note, bundle]) => {
  for (const [selector, content] of [["#since", note], ["h1", bundle]]) {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(content), (one) => one.charCodeAt(0))], "dropped"));
    document.querySelector(selector).dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
  }
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """With the key, and the field of the older checkpoint in sight."""
    with opened(browser, locale="en-GB") as page:
        page.click("summary")
        page.fill("#key", LOG.vkey)
        yield page


def hold(page: Page, content: bytes, name: str = "held.note") -> None:
    page.set_input_files("#since-file", {"name": name, "mimeType": "", "buffer": content})


def answer(page: Page) -> str:
    """What the page says when the bundle is chosen, last of all."""
    page.set_input_files("#bundle", BUNDLE)
    page.wait_for_selector("#verdict-title")
    return (page.get_attribute(".verdict", "class") or "").removeprefix("verdict ")


def verified(page: Page, text: str, key: str = LOG.vkey) -> bool:
    """Whether the page takes what stands in the field of the key for a key: else it says that it is unreadable."""
    page.fill("#witnesses", "")
    page.fill("#key", text.format(key))
    return is_sound(page)


def witnessed(page: Page, text: str, witness: str = WITNESS) -> bool:
    """The same of the field of the witnesses."""
    page.fill("#key", LOG.vkey)
    page.fill("#witnesses", text.format(witness))
    return is_sound(page)


def is_sound(page: Page) -> bool:
    page.click("#verify")
    page.wait_for_selector("#verdict-title")
    verdict = page.get_attribute(".verdict", "class")
    assert verdict in ("verdict sound", "verdict unreadable")
    return verdict == "verdict sound"


def code_of(directory: Path, content: bytes) -> int:
    """The exit code of the command line."""
    bundle, note = directory / "bundle", directory / "note"
    bundle.write_bytes(LOG.full())
    note.write_bytes(content)
    return main([str(bundle), "--key", LOG.vkey, "--since", str(note)])


@pytest.mark.parametrize("name", HELD_FILES)
def test_a_file_is_what_it_is_on_the_command_line(page, name, tmp_path):
    content, code = HELD_FILES[name]
    assert code_of(tmp_path, content) == code
    hold(page, content)
    assert answer(page) == ("sound", "unsound", "unreadable")[code]
    assert code or "An older checkpoint that you hold" in page.inner_text("dl.about")


@pytest.mark.parametrize("content", [b"", b"\xff", b" " * (1 << 20)])
def test_a_file_that_cannot_be_read_is_not_forgotten(page, content):
    """Nor is what stood in the field before used in its place; removed, it was not given."""
    page.fill("#since", LOG.checkpoint(6))
    hold(page, content)
    expect(page.locator("#since")).to_have_value("")
    expect(page.locator("#since-name")).to_have_text("held.note")
    expect(page.locator("#hint")).to_have_text("There is no checkpoint in this file.")
    page.click("[data-language=zh]")
    expect(page.locator("#hint")).to_have_text("这个文件里没有检查点。")
    assert answer(page) == "unreadable"
    assert page.inner_text(".verdict .reason").startswith("较早的检查点：")
    assert "held.note" in page.inner_text("dl.about")
    page.click("#since-clear")
    assert answer(page) == "sound"
    assert "held.note" not in page.inner_text("dl.about")


def test_a_file_that_the_browser_may_not_read(page):
    page.evaluate(SHUT)
    hold(page, NOTE)
    expect(page.locator("#hint")).not_to_have_text("")
    page.set_input_files("#bundle", BUNDLE)
    page.wait_for_selector(".verdict.unreadable")


def test_what_is_shown_is_the_file_and_what_is_typed_takes_its_place(page):
    hold(page, b"\xef\xbb\xbf" + NOTE.replace(b"\n", b"\r\n"))
    expect(page.locator("#since")).to_have_value(NOTE.decode())
    expect(page.locator("#since-clear")).to_be_visible()
    assert answer(page) == "sound"
    assert "held.note · example.org/invented-hospital · 6 · " in page.inner_text("dl.about")
    page.fill("#since", LOG.checkpoint(7))
    expect(page.locator("#since-name")).to_have_text("")
    expect(page.locator("#since-clear")).to_be_hidden()
    page.click("#verify")
    page.wait_for_selector(".verdict.unsound")


def test_a_file_that_is_still_being_read_counts(page):
    page.evaluate(TOGETHER, [b64encode(b"nonsense").decode(), b64encode(LOG.full()).decode()])
    page.wait_for_selector(".verdict.unreadable")
    assert page.inner_text(".verdict .reason").startswith("The older checkpoint: ")


def test_the_later_of_two_files_is_used(page):
    hold(page, b"")
    hold(page, NOTE, "other.note")
    expect(page.locator("#since")).to_have_value(NOTE.decode())
    assert answer(page) == "sound"
    assert "other.note" in page.inner_text("dl.about")


def test_a_key_is_what_it_is_on_the_command_line(page):
    """Through the fields, as somebody pastes it: the list of test_main.py."""
    page.set_input_files("#bundle", BUNDLE)
    wrong = {name: text for name, (text, is_key) in KEY_TEXTS.items() if verified(page, text) != is_key}
    assert wrong == {}


def test_a_witness_s_key_is_what_it_is_on_the_command_line(page):
    page.set_input_files("#bundle", BUNDLE)
    wrong = {name: text for name, (text, is_key) in KEY_TEXTS.items() if witnessed(page, text) != is_key}
    assert wrong == {}


def test_within_a_key_nothing_is_left_out(page):
    page.set_input_files("#bundle", BUNDLE)
    assert [one for one in AROUND if verified(page, "{}", broken(LOG.vkey, one))] == []
    assert [one for one in AROUND if witnessed(page, "{}", broken(WITNESS, one))] == []


def test_white_space_alone_is_no_key(page):
    page.fill("#key", "".join(AROUND))
    page.set_input_files("#bundle", BUNDLE)
    page.click("#verify")
    expect(page.locator("#hint")).not_to_have_text("")
    assert page.locator("#verdict-title").count() == 0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("witness", ["nonsense", WITNESS[:-1], WITNESS.replace("+", "+0", 1), LOG.vkey])
def test_a_wrong_key_of_a_witness_is_named_so(page, witness, language):
    page.click(f"[data-language={language}]")
    page.fill("#witnesses", witness)
    assert answer(page) == "unreadable"
    assert page.inner_text(".verdict .reason").startswith({"zh": "见证人的公钥：", "en": "Witness's key: "}[language])


def test_the_key_for_labels_is_told_to_nobody(page):
    page.set_input_files("#label-file", {"name": "label.key", "mimeType": "", "buffer": b"LABEL+KEY+none"})
    assert answer(page) == "unreadable"
    assert "label.key" in page.inner_text("dl.about")
    assert "KEY+none" not in page.content()
