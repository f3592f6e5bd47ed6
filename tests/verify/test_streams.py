from datetime import UTC, datetime

import pytest

from ledger.proof import SealedStream, tag_key
from ledger.verify.entries import Entry
from ledger.verify.reading import Leaf
from ledger.verify.streams import check_streams

RULEBOOKS = "registry:rulebook"


def entry(*tags: str, **fact: object) -> Entry:
    return Entry(frozenset(tags), {"type": "SessionStopped", **fact}, datetime(2021, 3, 1, tzinfo=UTC))


OWN = entry("patient:P1", "institution:H1", "practitioner:T1")
H1 = entry("registry:institution:H1", "institution:H1")
T1 = entry("registry:practitioner:T1", "practitioner:T1", "institution:H2")
MOVE = entry(
    "patient:P1", "patient:P2", "session:S9", type="EntryCorrected", field="patient", old="P2", new="P1", target="S9"
)
STOP = entry("patient:P2", "session:S9")
NAMED = ["registry:institution:H1", "registry:practitioner:T1"]


def found(streams: list[str], *entries: Entry, absent: tuple[str, ...] = (RULEBOOKS,)) -> list[tuple[str, str]]:
    """Names and places; the adoptions of rulebooks stand last and are absent, unless said otherwise."""
    named = [*streams, RULEBOOKS] if RULEBOOKS not in streams and absent else streams
    findings = check_streams(named, dict.fromkeys(absent), dict(enumerate(entries)))
    return [(finding.name, finding.where) for finding in findings]


def test_what_belongs_together():
    assert found(["patient:P1", *NAMED], H1, T1, OWN) == []


def test_who_is_named_has_registry_entries_or_is_shown_to_have_none():
    assert found(["patient:P1", NAMED[0]], H1, OWN) == [("entry-missing", "streams")]
    assert found(["patient:P1", *NAMED], H1, OWN) == [("entry-missing", "streams[2]")]
    assert found(["patient:P1", *NAMED], H1, OWN, absent=(NAMED[1], RULEBOOKS)) == []


def test_a_stream_that_has_entries_is_not_absent():
    assert found(["patient:P1", *NAMED], H1, T1, OWN, absent=(NAMED[1], RULEBOOKS)) == [("malformed", "absent")]


def test_a_stream_is_not_absent_by_its_own_leaf():
    leaf = Leaf(tag_key("patient:P1"), SealedStream(1, b"r" * 32))
    other = Leaf(tag_key("patient:P2"), SealedStream(1, b"r" * 32))
    for there, expected in ((leaf, [("entry-missing", "streams[0]")]), (other, []), (None, [])):
        findings = check_streams(["patient:P1", RULEBOOKS], {"patient:P1": there, RULEBOOKS: None}, {})
        assert [(finding.name, finding.where) for finding in findings] == expected


def test_the_adoptions_of_rulebooks_are_always_asked_for():
    assert found(["patient:P1"], entry("patient:P1"), absent=()) == [("entry-missing", "streams")]
    adopted = entry(RULEBOOKS)
    assert found(["patient:P1", *NAMED, RULEBOOKS], H1, T1, OWN, adopted, absent=()) == []


def test_a_stream_of_nothing_is_found_once():
    assert found(["patient:P1", "session:S9"], entry("patient:P1"), absent=("session:S9", RULEBOOKS)) == [
        ("entry-foreign", "streams[1]")
    ]


def test_a_practitioner_registered_elsewhere_may_bring_that_institution_along_and_need_not():
    h2 = entry("registry:institution:H2", "institution:H2")
    assert found(["patient:P1", NAMED[0], "registry:institution:H2", NAMED[1]], H1, h2, T1, OWN) == []


def test_a_registry_does_not_call_for_itself():
    h9 = entry("registry:institution:H9", "institution:H9")
    assert found(["patient:P1", "registry:institution:H9"], entry("patient:P1"), h9) == [
        ("entry-foreign", "streams[1]")
    ]
    assert (
        found(
            ["practitioner:T1", "registry:institution:H2", NAMED[1]], T1, absent=("registry:institution:H2", RULEBOOKS)
        )
        == []
    )


def test_two_registries_call_for_each_other():
    both = entry("registry:institution:H8", "institution:H8", "registry:institution:H9", "institution:H9")
    named = ["registry:institution:H8", "registry:institution:H9"]
    assert found(["patient:P1", *named], entry("patient:P1"), both) == []
    assert found(["patient:P1", named[0]], entry("patient:P1"), both) == []


def test_nobody_else_comes_along():
    other = entry("patient:P2")
    assert found(["patient:P1", "patient:P2"], entry("patient:P1"), other) == [("entry-foreign", "streams[1]")]
    assert found(["patient:P1"], entry("patient:P1"), other) == [("entry-foreign", "index 1")]


@pytest.mark.parametrize("subject", ["practitioner:T1", "session:S9"])
def test_other_subjects_bring_registries_only(subject):
    own = entry(
        "patient:P1", "practitioner:T1", "institution:H1", "session:S9", "prescription:R1", type="SessionStarted"
    )
    assert found([subject, *NAMED], H1, T1, own) == []
    assert found([subject, NAMED[0]], H1, own) == [("entry-missing", "streams")]
    sheet = entry("patient:P1", "prescription:R1", type="PrescriptionIssued")
    assert ("entry-foreign", "streams[1]") in found([subject, "prescription:R1", *NAMED], H1, T1, own, sheet)


def test_what_a_case_calls_for_is_there_and_nothing_else():
    """By which rules it is called for: test_case.py."""
    assert found(["patient:P1", "session:S9"], STOP, MOVE) == []
    assert found(["patient:P1"], MOVE) == [("entry-missing", "streams")]
    fee = entry("patient:P1", "session:S9", type="FeeConfirmed", act="S9")
    assert found(["patient:P1", "session:S9"], STOP, fee) == [("entry-foreign", "streams[1]")]


def test_a_line_that_is_corrected_comes_where_it_is_not_here_and_may_where_it_is():
    late = entry("patient:P1", "id:L5", type="EntryCorrected", field="act", new="S1", target="L5")
    line = entry("id:L5", "session:S2", type="FeeConfirmed", id="L5", act="S2")
    assert found(["patient:P1", "id:L5"], line, late) == []
    assert found(["patient:P1"], late) == [("entry-missing", "streams")]
    own = entry("patient:P1", "id:L5", type="FeeConfirmed", id="L5", act="S2")
    assert found(["patient:P1"], own, late) == []
    assert found(["patient:P1", "id:L5"], own, late) == []
    assert found(["patient:P1", "id:L5"], own) == [("entry-foreign", "streams[1]")]


def test_other_subjects_have_no_case():
    assert found(["session:S9"], STOP, MOVE) == []
    assert found(["session:S9", "patient:P2"], STOP, MOVE) == [("entry-foreign", "streams[1]")]
