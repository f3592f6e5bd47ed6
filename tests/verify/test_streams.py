import pytest

from ledger.verify.entries import Entry
from ledger.verify.streams import check_streams


def entry(*tags: str, **fact: object) -> Entry:
    return Entry(frozenset(tags), {"type": "SessionStopped", **fact})


OWN = entry("patient:P1", "institution:H1", "practitioner:T1")
H1 = entry("registry:institution:H1", "institution:H1")
T1 = entry("registry:practitioner:T1", "practitioner:T1", "institution:H2")
MOVE = entry(
    "patient:P1", "patient:P2", "session:S9", type="EntryCorrected", field="patient", old="P2", new="P1", target="S9"
)
STOP = entry("patient:P2", "session:S9")
NAMED = ["registry:institution:H1", "registry:practitioner:T1"]


def found(streams: list[str], *entries: Entry) -> list[tuple[str, str]]:
    return [(finding.name, finding.where) for finding in check_streams(streams, dict(enumerate(entries)))]


def test_what_belongs_together():
    assert found(["patient:P1", *NAMED], H1, T1, OWN) == []


@pytest.mark.parametrize("streams", [[], ["session:S9"], ["registry:institution:H1", "patient:P1"]])
def test_the_patient_comes_first(streams):
    assert found(streams, H1, T1, OWN) == [("malformed", "streams[0]")]


@pytest.mark.parametrize(
    "streams", [["patient:P1", *reversed(NAMED)], ["patient:P1", *NAMED, NAMED[1]], ["patient:P1", "patient:P1"]]
)
def test_the_others_are_sorted_and_stand_once(streams):
    assert found(streams, H1, T1, OWN) == [("malformed", "streams")]


def test_who_is_named_has_registry_entries():
    assert found(["patient:P1", NAMED[0]], H1, OWN) == [("entry-missing", "streams 'registry:practitioner:T1'")]
    assert found(["patient:P1", *NAMED], H1, OWN) == [("entry-missing", "streams[2] 'registry:practitioner:T1'")]


def test_a_stream_of_nothing_is_found_once():
    assert found(["patient:P1", "session:S9"], entry("patient:P1")) == [("entry-missing", "streams[1] 'session:S9'")]


def test_a_practitioner_registered_elsewhere_may_bring_that_institution_along_and_need_not():
    h2 = entry("registry:institution:H2", "institution:H2")
    assert found(["patient:P1", NAMED[0], "registry:institution:H2", NAMED[1]], H1, h2, T1, OWN) == []


def test_the_rulebooks_adopted_may_stand_beside():
    adopted = entry("registry:rulebook")
    assert found(["patient:P1", *NAMED, "registry:rulebook"], H1, T1, OWN, adopted) == []


def test_nobody_else_comes_along():
    other = entry("patient:P2")
    assert found(["patient:P1", "patient:P2"], entry("patient:P1"), other) == [
        ("entry-foreign", "streams[1] 'patient:P2'")
    ]
    assert found(["patient:P1"], entry("patient:P1"), other) == [("entry-foreign", "index 1")]
    h9 = entry("registry:institution:H9", "key:K")
    assert found(["patient:P1", "registry:institution:H9"], entry("patient:P1"), h9) == [
        ("entry-foreign", "streams[1] 'registry:institution:H9'")
    ]


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
            assert ("entry-missing", f"streams {left_out!r}") in found(streams, *whole)

    def test_the_host_brings_the_guest_s_session(self):
        whole = [self.SHEET, self.OPENED, self.MINE, self.THEIRS, self.STOPPED]
        assert found(["patient:P2", "prescription:R1", "session:S1"], *whole) == []
        assert ("entry-missing", "streams 'session:S1'") in found(["patient:P2", "prescription:R1"], *whole)

    def test_a_session_without_its_sheet_calls_for_it(self):
        assert found(["patient:P1"], self.MINE) == [("entry-missing", "streams 'prescription:R1'")]

    def test_a_sheet_of_one_patient_alone_brings_nothing(self):
        own = entry("patient:P2", "prescription:R1", "episode:E2", "session:S2", type="SessionStarted")
        assert found(["patient:P2"], self.SHEET, self.OPENED, own, self.STOPPED) == []
        assert found(["patient:P2", "prescription:R1"], self.SHEET, own) == [
            ("entry-foreign", "streams[1] 'prescription:R1'")
        ]


class TestMoved:
    def test_what_was_corrected_onto_the_patient_comes_whole(self):
        assert found(["patient:P1", "session:S9"], STOP, MOVE) == []
        assert found(["patient:P1"], MOVE) == [("entry-missing", "streams 'session:S9'")]

    def test_what_was_corrected_away_does_not(self):
        assert found(["patient:P2", "session:S9"], STOP, MOVE) == [("entry-foreign", "streams[1] 'session:S9'")]
        assert found(["patient:P2"], STOP, MOVE) == []

    def test_a_session_merely_named_does_not(self):
        fee = entry("patient:P1", "session:S9", type="FeeConfirmed", act="S9")
        assert found(["patient:P1", "session:S9"], STOP, fee) == [("entry-foreign", "streams[1] 'session:S9'")]

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
        assert ("entry-missing", f"streams {left_out!r}") in found(streams, *self.entries())

    def test_a_session_without_its_sheet_calls_for_it(self):
        assert found(["patient:P1"], self.STARTED) == [("entry-missing", "streams 'prescription:R2'")]

    def test_the_sheets_owner_sees_the_other_patients_session(self):
        own = entry("patient:P2", "prescription:R2", "session:S3", type="SessionStarted")
        assert found(["patient:P2", "prescription:R2", "session:S1"], self.ISSUED, own, self.STARTED) == []

    def test_a_sheet_of_ones_own_does_not_come_twice(self):
        issued = entry("patient:P1", "prescription:R2", type="PrescriptionIssued")
        assert found(["patient:P1", "prescription:R2"], issued, self.STARTED) == [
            ("entry-foreign", "streams[1] 'prescription:R2'")
        ]
