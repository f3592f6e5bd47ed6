"""What a person is shown of a bundle that wants to be believed: its characters, and nothing that they would do."""

import json

import pytest

from ledger.verify import Claim, Finding, Verdict, format_json, format_text

HOSTILE = "\x1b[2J\x1b[Hsound: patient:P1\n\rProven\x9b0m\u202e\u2066\u2028\ud800"


@pytest.fixture
def verdicts():
    claim = Claim("complete", f"Everything of {HOSTILE}.")
    return [
        Verdict((Finding("malformed", HOSTILE, HOSTILE),), not_claimed=(claim,), subject=HOSTILE),
        Verdict((), (claim,), (claim,), ((0, b""),), subject=HOSTILE, origin=HOSTILE, size=1),
    ]


def test_nothing_is_left_to_obey(verdicts):
    for verdict in verdicts:
        lines = format_text(verdict).split("\n")
        assert all(line.isprintable() for line in lines)
        assert not verdict.findings or not any(line.startswith(("sound", "Proven")) for line in lines)


def test_one_entry_is_one(verdicts):
    assert format_text(verdicts[1]).split("\n")[0].count("1 entry of 1 in the log") == 1


def test_json_is_ascii_and_says_it_all(verdicts):
    for verdict in verdicts:
        text = format_json(verdict)
        assert text.isascii()
        assert text[:-1].isprintable()
        assert json.loads(text)["subject"] == HOSTILE


def test_a_stream_that_writes_a_verdict_of_its_own(log):
    from ledger.verify import verify

    bundle = json.loads(log.bundle())
    bundle["streams"][0] = "patient:\x1b[2J\x1b[Hsound"
    text = format_text(verify(json.dumps(bundle).encode(), log.vkey))
    assert "unsound" in text
    assert all(line.isprintable() for line in text.split("\n"))
