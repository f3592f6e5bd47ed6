"""What a patient's entries call for besides registries, by each of the page's rules."""

from datetime import UTC, datetime

import pytest

from ledger.verify import verify
from ledger.verify.case import called_by_case
from ledger.verify.entries import Entry
from tests.verify.lookalikes import given
from tests.verify.second_case import case
from tests.verify.second_verifier import second_verifier

EPISODE, SHEET, STAY = "EpisodeOpened", "PrescriptionIssued", "PatientAdmitted"


def entry(*tags: str, type: str, **fact: object) -> Entry:
    return Entry(frozenset(tags), {"type": type, **fact}, datetime(2021, 3, 1, tzinfo=UTC))


def opens(tag: str, patient: str, *tags: str, type: str, **fact: object) -> Entry:
    kind, _, name = tag.partition(":")
    return entry(f"patient:{patient}", tag, *tags, type=type, **{kind: name, "patient": patient, **fact})


def started(name: str, patient: str, *tags: str, **fact: object) -> Entry:
    return opens(f"session:{name}", patient, *tags, type="SessionStarted", **fact)


def corrected(target: object, field: object, new: object, *tags: str) -> Entry:
    return entry(*tags, type="EntryCorrected", target=target, field=field, old=None, new=new)


def called(patient: str, *entries: Entry) -> list[str]:
    """The streams called for, sorted; the second verifier comes to the same."""
    numbered = dict(enumerate(entries))
    found, lines = called_by_case(f"patient:{patient}", numbered)
    plain = [{"tags": sorted(one.tags), "fact": one.fact} for one in entries]
    assert (found.keys(), lines) == case(f"patient:{patient}", plain)
    for stream, index in found.items():
        assert index in numbered, stream
    return sorted(found)


OWN = (opens("episode:E1", "P1", type=EPISODE), opens("prescription:R1", "P1", "episode:E1", type=SHEET))
OTHERS = (opens("episode:E2", "P2", type=EPISODE), opens("prescription:R2", "P2", "episode:E2", type=SHEET))


def test_a_thousand_sessions_on_sheets_of_ones_own_call_for_nothing():
    admitted = opens("stay:Y1", "P1", type=STAY)
    sessions = [started(f"S{n}", "P1", "prescription:R1", "stay:Y1") for n in range(1000)]
    assert called("P1", *OWN, admitted, *sessions) == []


class TestMoved:
    TAGS = ("patient:P1", "patient:P2", "session:S9", "id:L9")

    @pytest.mark.parametrize("new", ["P1", "P2"])
    def test_from_the_patient_and_onto_them(self, new):
        assert called("P1", corrected("S9", "patient", new, *self.TAGS)) == ["session:S9"]
        assert called("P3", corrected("S9", "patient", new, *self.TAGS)) == []

    def test_only_that_which_is_corrected(self):
        tags = (*self.TAGS, "prescription:R1", "stay:Y1")
        assert called("P3", corrected("S9", "patient", "P3", *tags, "patient:P3")) == [
            "prescription:R1",
            "session:S9",
            "stay:Y1",
        ]
        assert called("P1", *OWN, corrected("S9", "patient", "P3", *tags)) == ["session:S9"]

    @pytest.mark.parametrize(("tag", "type"), [("episode:E7", EPISODE), ("stay:Y7", STAY), ("prescription:R7", SHEET)])
    def test_by_the_id_of_the_line_that_opens_it(self, tag, type):
        move = corrected("L7", "patient", "P1", "patient:P1", "patient:P2", tag, "id:L7")
        line = opens(tag, "P2", "id:L7", type=type, id="L7")
        assert "id:L7" in called("P1", move)
        assert called("P1", move, line) == [tag]

    def test_of_a_line_that_opens_nothing_only_the_line_comes(self):
        move = corrected("L7", "patient", "P1", "patient:P1", "patient:P2", "episode:E2", "id:L7")
        assert called("P1", move) == ["id:L7"]
        line = entry("patient:P2", "episode:E2", "id:L7", type="FindingsRecorded", id="L7", patient="P2")
        assert called("P1", move, line) == []

    @pytest.mark.parametrize("new", [12, 12.0, None, True, ["12"], {"12": "12"}])
    def test_only_a_text_names_a_patient(self, new):
        """`12` and `"12"` look alike where a number is put into a text; no number moves anything onto patient 12."""
        tags = ("patient:12", "session:S9", "prescription:R2")
        assert called("12", corrected("S9", "patient", new, *tags)) == ["session:S9"], "but S9 was moved"
        assert called("12", corrected("S9", "patient", "12", *tags)) == ["prescription:R2", "session:S9"]

    @pytest.mark.parametrize("target", [9, 9.0, None, ["9"]])
    def test_only_a_text_is_a_target(self, target):
        tags = ("patient:P1", "session:9", "session:9.0", "session:None", "id:9")
        assert called("P1", corrected(target, "patient", "P1", *tags)) == []
        assert called("P1", corrected("9", "patient", "P1", *tags)) == ["id:9", "session:9"]


class TestStoodOn:
    MINE = started("S1", "P1", "patient:P2", "prescription:R2")

    def test_another_s_sheet_with_its_episode_and_its_sessions(self):
        theirs = started("S2", "P2", "prescription:R2")
        assert called("P1", self.MINE) == ["prescription:R2"]
        assert called("P1", self.MINE, *OTHERS, theirs) == ["episode:E2", "prescription:R2", "session:S2"]

    def test_whatever_it_was_corrected_to(self):
        late = corrected("S1", "prescription", "R2", "patient:P1", "patient:P2", "session:S1", "prescription:R2")
        assert called("P1", *OWN, started("S1", "P1", "prescription:R1"), late) == ["prescription:R2"]

    def test_also_where_the_session_was_moved_onto_the_patient(self):
        move = corrected("S8", "patient", "P1", "patient:P1", "patient:P2", "session:S8", "prescription:R2", "stay:Y2")
        assert called("P1", move) == ["prescription:R2", "session:S8", "stay:Y2"]

    def test_an_episode_and_a_stay_of_an_assessment(self):
        mine = opens("assessment:X1", "P1", "episode:E2", "stay:Y2", type="AssessmentRecorded")
        assert called("P1", mine) == ["episode:E2", "stay:Y2"]
        theirs = opens("assessment:X2", "P2", "episode:E2", type="AssessmentRecorded")
        assert called("P1", mine, *OTHERS, theirs) == ["assessment:X2", "episode:E2", "stay:Y2"]

    def test_not_what_a_guest_goes_to(self):
        left = corrected("S1", "prescription", "R7", "patient:P1", "patient:P2", *("session:S1", "prescription:R2"),
                         "prescription:R7")  # fmt: skip
        assert called("P2", *OTHERS, self.MINE, left) == ["session:S1"]

    def test_not_what_a_fee_names_that_was_moved(self):
        fee = corrected("L5", "act", "S1", "patient:P1", "patient:P2", "session:S1", "session:S2", "id:L5")
        assert called("P1", *OWN, started("S1", "P1", "prescription:R1"), fee) == ["id:L5"]


class TestShared:
    GUEST = started("S3", "P3", "patient:P1", "prescription:R1")

    def test_a_guest_on_ones_own_sheet(self):
        assert called("P1", *OWN, self.GUEST) == ["session:S3"]

    def test_a_guest_without_the_owner_s_tag_brings_the_sheet(self):
        """Ledgers wrote such entries; they are found where the sheet's own stream is there."""
        assert called("P1", *OWN, started("S3", "P3", "prescription:R1")) == ["prescription:R1", "session:S3"]

    def test_the_episode_that_a_sheet_was_corrected_to(self):
        late = corrected("R1", "episode", "E2", "patient:P1", "patient:P2", *("prescription:R1", "episode:E1"),
                         "episode:E2")  # fmt: skip
        assert called("P1", *OWN, late) == ["episode:E2"]
        assert called("P2", *OTHERS, late) == []

    def test_what_others_assessed_in_ones_own_episode(self):
        late = corrected("X2", "episode", "E1", "patient:P1", "patient:P2", "assessment:X2", "episode:E1", "episode:E2")
        assert called("P1", *OWN, late) == ["assessment:X2"]
        found = corrected("L4", "episode", "E1", "patient:P1", "patient:P2", "episode:E1", "episode:E2", "id:L4")
        assert called("P1", *OWN, found) == ["id:L4"]

    def test_what_is_called_for_does_not_justify_what_nothing_called_for(self):
        """A sheet that slipped in calls for nothing: it is nobody's here."""
        assert called("P1", *OWN, *OTHERS, started("S2", "P2", "prescription:R2")) == []


def test_a_registry_s_corrections_call_for_no_lines():
    late = corrected("L6", "practitioner", "T2", "registry:practitioner:T1", "registry:practitioner:T2", "id:L6")
    assert called("P1", *OWN, late) == []


def test_it_takes_no_longer_for_there_being_very_many_sheets_on_each_entry():
    """Of a liar who holds the key; squared this would be four hundred million tags."""
    sheets = [f"prescription:R{n}" for n in range(2000)]
    episodes = [f"episode:E{n}" for n in range(2000)]
    entries = [
        started(f"S{n}", "P1", *sheets, *episodes) if n % 2 else opens(sheets[n], "P1", *sheets, *episodes, type=SHEET)
        for n in range(200)
    ]
    found, _ = called_by_case("patient:P1", dict(enumerate(entries)))
    assert len(found) == 2000 - 100 + 2000


def test_what_looks_like_a_name_is_none():
    """The page in the browser says the same of them: test_same_as_python_html.py."""
    sound = 0
    for how, one in given():
        verdict = verify(one.bundle, one.vkey)
        assert verdict.sound == second_verifier(one.bundle, one.vkey), how
        sound += verdict.sound
    assert sound > 50
