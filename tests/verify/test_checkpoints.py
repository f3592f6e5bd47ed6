"""Who signed a note, the log and its witnesses; what an older one has to do with it is in test_verifying.py."""

import pytest

from ledger.proof import parse_vkey
from ledger.verify.checkpoints import read_head
from tests.verify.world import SEEN, WITNESS, WITNESS_NAME, Log, cosigned

LOG = Log()
NOTE = LOG.checkpoint()
KEY = parse_vkey(LOG.vkey)
SEES = parse_vkey(WITNESS)


def read(note: str, *, each: bool = True):
    findings = []
    head = read_head(note, KEY, "checkpoint", findings, [SEES], each_witness=each)
    assert (head is None) == bool(findings)
    return head, [(finding.name, finding.where) for finding in findings]


def test_the_witness_says_when():
    head, _ = read(cosigned(NOTE))
    assert head is not None
    assert head.seen == {SEES: SEEN}
    assert head.others == ()
    assert head.checkpoint.size == 25


def test_a_witness_may_be_missing_on_an_older_one_only():
    assert read(NOTE)[1] == [("checkpoint-signature", "checkpoint")]
    head, _ = read(NOTE, each=False)
    assert head is not None
    assert head.seen == {}


@pytest.mark.parametrize("each", [True, False])
def test_what_a_witness_signed_is_right(each):
    head, line = cosigned(NOTE).rsplit("— ", 1)
    wrong = f"{head}— {line[:60]}{'A' if line[60] != 'A' else 'B'}{line[61:]}"
    twice = f"{cosigned(NOTE)}— {line}"
    other_time = cosigned(LOG.checkpoint(6)).rsplit("— ", 1)[1]
    for note in (wrong, twice, f"{head}— {other_time}"):
        assert read(note, each=each)[1] == [("checkpoint-signature", "checkpoint")]


def test_others_are_told():
    head, _ = read(cosigned(cosigned(NOTE, name="else.example/w")))
    assert head is not None
    assert [line.name for line in head.others] == ["else.example/w"]
    assert WITNESS_NAME not in str(head.others)


def test_each_offence_is_found():
    stranger = Log(key=Log().key, origin="another.example/log")
    assert read(stranger.checkpoint())[1] == [("checkpoint-signature", "checkpoint")] * 2
    for nothing in ("", "x\n", NOTE.replace("25", "025")):
        assert read(nothing)[1] == [("malformed", "checkpoint")]
