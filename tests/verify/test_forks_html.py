"""Fork proofs in the page, in a real Chromium: the same names and places as the verifier in Python."""

import pytest

from ledger.verify import Unreadable, verify
from tests.verify.browser import opened, verify_many, verify_one
from tests.verify.fork_files import NO_PROOFS, PROOFS, of_one_size, of_two_sizes, spelled
from tests.verify.world import WITNESS, Log

KEY = Log().vkey


def python_says(raw: bytes, key: str = KEY) -> tuple[str, set[tuple[str, str]]]:
    try:
        verdict = verify(raw, key)
    except Unreadable:
        return "unreadable", set()
    return "sound" if verdict.sound else "unsound", {(found.name, found.where) for found in verdict.findings}


@pytest.mark.parametrize("name", [*PROOFS, *NO_PROOFS])
def test_the_same_as_python(verifier, name):
    raw = spelled(PROOFS[name] if name in PROOFS else NO_PROOFS[name][0])
    answer, verdict = verify_one(verifier, raw, KEY), verify(raw, KEY)
    assert (answer.verdict, answer.found) == python_says(raw)
    assert [one["name"] for one in answer.said["claims"]] == [one.name for one in verdict.claims]
    assert [one["name"] for one in answer.said["notClaimed"]] == [one.name for one in verdict.not_claimed]


def test_the_same_wherever_it_is_altered(verifier):
    for value in (of_two_sizes(), of_one_size()):
        raw = spelled(value)
        altered = [raw[:at] + bytes([raw[at] ^ 1 << at % 7]) + raw[at + 1 :] for at in range(0, len(raw), 2)]
        for bytes_, answer in zip(altered, verify_many(verifier, raw, altered, KEY), strict=True):
            assert (answer.verdict, answer.found) == python_says(bytes_), bytes_


def test_a_key_that_is_none_and_what_else_was_given(verifier):
    raw = spelled(of_one_size())
    assert verify_one(verifier, raw, WITNESS).verdict == "unreadable"
    assert verify_one(verifier, raw, KEY, label_key="none").verdict == "unreadable"
    assert verify_one(verifier, raw, Log(origin="example.org/other").vkey).found == {
        ("malformed", "first"),
        ("malformed", "second"),
    }
    said = verify_one(verifier, raw, KEY, witnesses=[WITNESS]).said
    assert [one["name"] for one in said["notClaimed"]] == ["which", "who", "one story"]


@pytest.mark.parametrize(("locale", "means", "claim"), [
    ("zh-CN", "这个文件证明：日志的密钥签署了两个互相矛盾的历史", "历史分叉"),
    ("en-GB", "This file proves that the log's key signed two histories", "history fork"),
])  # fmt: skip
def test_a_clerk_reads_what_it_proves(browser, locale, means, claim):
    with opened(browser, locale=locale) as page:
        file = {"name": "fork-1.json", "mimeType": "application/json", "buffer": spelled(of_two_sizes())}
        page.set_input_files("#bundle", file)
        page.fill("#key", KEY)
        page.click("#verify")
        page.wait_for_selector(".verdict h2")
        text = page.inner_text("#report")
        assert means in text
        assert claim in text
        assert "history-fork" in text
        assert "Nothing in this file is proven" not in text
        assert "没有任何内容得到证明" not in text
