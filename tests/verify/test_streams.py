from datetime import UTC, datetime

import pytest

from ledger.proof import Stream, tag_key
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
    leaf = Leaf(tag_key("patient:P1"), Stream(1, b"r" * 32))
    other = Leaf(tag_key("patient:P2"), Stream(1, b"r" * 32))
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


class TestSharedSheet:
    """A session on another patient's prescription is judged by that sheet, and counts among its sessions."""

    SHEET = entry("patient:P2", "prescription:R1", "episode:E2", type="PrescriptionIssued")
    OPENED = entry("patient:P2", "episode:E2", type="EpisodeOpened")
    MINE = entry("patient:P1", "prescription:R1", "session:S1", type="SessionStarted")
    THEIRS = entry("patient:P2", "prescription:R1", "session:S2", type="SessionStarted")
    STOPPED = entry("patient:P2", "session:S2")
    WITH = ("episode:E2", "prescription:R1", "session:S2")

    def test_the_guest_brings_the_sheet_and_all_sessions_on_it(self):
        whole = [self.SHEET, self.OPENED, self.MINE, self.THEIRS, self.STOPPED]
        assert found(["patient:P1", *self.WITH], *whole) == []
        for left_out in self.WITH:
            streams = ["patient:P1", *(tag for tag in self.WITH if tag != left_out)]
            assert ("entry-missing", "streams") in found(streams, *whole)

    def test_the_host_brings_the_guest_s_session(self):
        whole = [self.SHEET, self.OPENED, self.MINE, self.THEIRS, self.STOPPED]
        assert found(["patient:P2", "prescription:R1", "session:S1"], *whole) == []
        assert ("entry-missing", "streams") in found(["patient:P2", "prescription:R1"], *whole)

    def test_a_session_without_its_sheet_calls_for_it(self):
        assert found(["patient:P1"], self.MINE) == [("entry-missing", "streams")]

    def test_a_sheet_of_one_patient_alone_brings_nothing(self):
        own = entry("patient:P2", "prescription:R1", "episode:E2", "session:S2", type="SessionStarted")
        assert found(["patient:P2"], self.SHEET, self.OPENED, own, self.STOPPED) == []
        assert found(["patient:P2", "prescription:R1"], self.SHEET, own) == [("entry-foreign", "streams[1]")]


class TestMoved:
    def test_what_was_corrected_onto_the_patient_comes_whole(self):
        assert found(["patient:P1", "session:S9"], STOP, MOVE) == []
        assert found(["patient:P1"], MOVE) == [("entry-missing", "streams")]

    def test_what_was_corrected_away_does_not(self):
        assert found(["patient:P2", "session:S9"], STOP, MOVE) == [("entry-foreign", "streams[1]")]
        assert found(["patient:P2"], STOP, MOVE) == []

    def test_a_session_merely_named_does_not(self):
        fee = entry("patient:P1", "session:S9", type="FeeConfirmed", act="S9")
        assert found(["patient:P1", "session:S9"], STOP, fee) == [("entry-foreign", "streams[1]")]

    def test_a_prescription_comes_only_when_it_is_the_target_itself(self):
        move = {"type": "EntryCorrected", "field": "patient", "new": "P1"}
        sheet = entry("patient:P1", "prescription:R1", **move, target="R1")
        assert found(["patient:P1", "prescription:R1"], sheet) == []
        session = entry("patient:P1", "prescription:R1", "session:S9", **move, target="S9")
        assert found(["patient:P1", "session:S9"], session) == []

    @pytest.mark.parametrize("new", [None, 5, ["P1"], {"P1": 1}, "P2"])
    def test_only_a_correction_to_this_patient_moves(self, new):
        move = entry("patient:P1", "session:S9", type="EntryCorrected", field="patient", new=new, target="S9")
        assert found(["patient:P1"], move) == []


class TestSharedSheets:
    STARTED = entry("patient:P1", "prescription:R2", "session:S1", type="SessionStarted")
    ISSUED = entry("patient:P2", "prescription:R2", "episode:E2", type="PrescriptionIssued")
    OPENED = entry("patient:P2", "episode:E2", type="EpisodeOpened")
    OTHERS = entry("patient:P2", "prescription:R2", "session:S2", type="SessionStarted")
    STOPPED = entry("patient:P2", "session:S2")
    WHOLE = ("patient:P1", "episode:E2", "prescription:R2", "session:S2")

    def entries(self) -> list[Entry]:
        return [self.STARTED, self.ISSUED, self.OPENED, self.OTHERS, self.STOPPED]

    def test_another_patients_sheet_comes_with_its_episode_and_its_sessions(self):
        assert found([*self.WHOLE], *self.entries()) == []

    @pytest.mark.parametrize("left_out", ["episode:E2", "prescription:R2", "session:S2"])
    def test_none_of_them_is_left_out(self, left_out):
        streams = [stream for stream in self.WHOLE if stream != left_out]
        assert ("entry-missing", "streams") in found(streams, *self.entries())

    def test_a_session_without_its_sheet_calls_for_it(self):
        assert found(["patient:P1"], self.STARTED) == [("entry-missing", "streams")]

    def test_the_sheets_owner_sees_the_other_patients_session(self):
        own = entry("patient:P2", "prescription:R2", "session:S3", type="SessionStarted")
        assert found(["patient:P2", "prescription:R2", "session:S1"], self.ISSUED, own, self.STARTED) == []

    def test_a_sheet_of_ones_own_does_not_come_twice(self):
        issued = entry("patient:P1", "prescription:R2", type="PrescriptionIssued")
        assert found(["patient:P1", "prescription:R2"], issued, self.STARTED) == [("entry-foreign", "streams[1]")]
