"""Forgotten by two people's signatures, when the law allows it, and with a ground that names nobody."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent

from ledger.application import TreatmentLedger
from ledger.application.people import People
from ledger.people import PeopleError
from ledger.proof import leaf_hash
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.facts import Fact, PersonErased
from ledger.treatment.statements import ChainEnd, following, says_erasure
from tests.application.conftest import NOW
from tests.application.persons import DR1, FAR, LONG_AFTER, MOVED, PT1, ZHANG, Approve, everything
from tests.application.world import fact, facts, patient


class TestErasing:
    def test_the_whole_way(self, people: People, keyed: TreatmentLedger, directory: Path, approve: Approve) -> None:
        people.add_person("P1", MOVED, now=NOW)
        openings = people.openings("P1", every=True)
        assert len(openings) == 2
        approvals = approve()
        size = keyed.size
        receipt = people.erase("P1", approvals, now=LONG_AFTER)
        assert (receipt.index, receipt.known, keyed.size) == (size, False, size + 1)
        assert receipt.leaf == leaf_hash(keyed.entry(size)).hex()
        entry = json.loads(keyed.entry(size))
        assert entry["tags"] == ["patient:P1", "practitioner:DR1", "practitioner:PT1"]
        assert entry["fact"]["retained_until"] == "2036-03-01"
        assert entry["fact"]["approvals"] == approvals
        assert "ground" not in entry["fact"]
        assert (people.person("P1"), people.openings("P1")) == (None, {})
        erased = people.erased("P1")
        assert isinstance(erased, PersonErased)
        for salt, person in openings.values():
            assert salt not in everything(directory)
            assert person.encode() not in everything(directory)

    def test_again_answers_with_the_first_receipt(
        self, people: People, keyed: TreatmentLedger, approve: Approve
    ) -> None:
        approvals = approve()
        receipt = people.erase("P1", approvals, now=LONG_AFTER)
        again = people.erase("P1", approvals, now=LONG_AFTER + timedelta(days=1))
        assert again == receipt._replace(known=True)
        assert keyed.size == receipt.index + 1

    def test_others_are_not_touched(self, people: People, approve: Approve) -> None:
        people.add_person("P2", MOVED, now=NOW)
        people.erase("P1", approve(), now=LONG_AFTER)
        other = people.person("P2")
        assert other is not None
        assert other.person.encode() == MOVED
        assert people.check() == (1, [], [], [])

    def test_a_patient_who_comes_back_is_put_in_again(self, people: People, approve: Approve) -> None:
        first = people.erase("P1", approve(), now=LONG_AFTER)
        added = people.add_person("P1", MOVED, now=LONG_AFTER)
        assert not added.known
        assert list(people.openings("P1")) == [added.index]
        assert people.erased("P1") is None
        second = people.erase("P1", approve(), now=LONG_AFTER)
        assert second.index > added.index > first.index
        assert people.openings("P1") == {}

    def test_nobody_there(self, people: People, approve: Approve) -> None:
        with pytest.raises(PeopleError, match=r"patient 'P2': .* has nothing about them to erase"):
            people.erase("P2", approve(), now=LONG_AFTER)


class TestRetention:
    @pytest.mark.parametrize("days", [-1, 0])
    def test_too_early(self, people: People, keyed: TreatmentLedger, approve: Approve, days: int) -> None:
        approvals, size = approve(), keyed.size
        with pytest.raises(PeopleError, match="must be kept until 2036-03-01 inclusive; before that, a legal ground"):
            people.erase("P1", approvals, now=LONG_AFTER - timedelta(seconds=1) + timedelta(days=days))
        assert keyed.size == size
        assert people.person("P1") is not None

    @pytest.mark.parametrize("days", [-1, 0])
    def test_nothing_is_given_out_to_be_signed_that_would_be_refused(self, approve: Approve, days: int) -> None:
        early = LONG_AFTER - timedelta(seconds=1) + timedelta(days=days)
        with pytest.raises(PeopleError, match="must be kept until 2036-03-01 inclusive"):
            approve(now=early)
        assert len(approve(ground="court order 17 of 2022", now=early)) == 2
        assert len(approve(now=LONG_AFTER)) == 2

    def test_the_first_day_after(self, people: People, approve: Approve) -> None:
        assert not people.erase("P1", approve(), now=LONG_AFTER).known

    def test_a_stated_ground_goes_before_it_and_is_recorded(self, people: People, approve: Approve) -> None:
        people.erase("P1", approve(ground="court order 17 of 2022"), now=NOW)
        erased = people.erased("P1")
        assert erased is not None
        assert (erased.ground, erased.retained_until) == ("court order 17 of 2022", date(2036, 3, 1))

    def test_never_in_an_open_stay(self, people: People, keyed: TreatmentLedger, approve: Approve) -> None:
        approvals = approve(ground="court order 17 of 2022")
        stay = {"patient": "P1", "stay": "ST1"}
        keyed.record([fact("PatientAdmitted", 900, **stay, institution="H1", kind="home_bed", file_no="1")], now=NOW)
        for attempt in (lambda: people.erase("P1", approvals, now=LONG_AFTER), lambda: approve(ground="court order")):
            with pytest.raises(PeopleError, match="still in the stay ST1"):
                attempt()
        keyed.record([fact("PatientDischarged", 1000, **stay)], now=NOW)
        assert people.retention("P1").until == date(2051, 3, 2)

    def test_an_institution_that_keeps_longer(self, people: People, directory: Path, approve: Approve) -> None:
        before = approve()
        (directory / "retention.toml").write_text("outpatient_years = 20")
        with pytest.raises(PeopleError, match="retained_until: signed was '2036-03-01', now it is '2041-03-01'"):
            people.erase("P1", before, now=LONG_AFTER)
        with pytest.raises(PeopleError, match="must be kept until 2041-03-01"):
            people.erase("P1", approve(), now=LONG_AFTER)

    def test_of_nobody_known(self, people: People) -> None:
        with pytest.raises(PeopleError, match="nothing in this ledger is about them"):
            people.retention("P9")


class TestGround:
    @pytest.mark.parametrize("part", ["张三丰", "31010519560402123X", "13800138000", "13900139000"])
    def test_what_is_to_be_forgotten_is_kept_out_of_it(self, people: People, approve: Approve, part: str) -> None:
        people.add_person("P1", MOVED, now=NOW)
        with pytest.raises(PeopleError, match="ground: the patient's own data stand in it") as refused:
            approve(ground=f"asked for by {part} in writing")
        assert part not in str(refused.value)

    @pytest.mark.parametrize(
        "part",
        ["3101051956 0402 123x", "１３８００１３８０００", "138-0013-8000", "张 三 丰", "(张三丰)", "+86 13900139000"],
    )
    def test_however_it_is_spelled_there(self, people: People, approve: Approve, part: str) -> None:
        people.add_person("P1", MOVED, now=NOW)
        with pytest.raises(PeopleError, match="ground: the patient's own data stand in it"):
            approve(ground=f"asked for by {part} in writing")

    @pytest.mark.parametrize("ground", ["", "  ", "—", "..."])
    def test_one_that_says_nothing_is_none(
        self, people: People, approve: Approve, keyed: TreatmentLedger, ground: str
    ) -> None:
        with pytest.raises(PeopleError, match="ground: nothing is said in it"):
            approve(ground=ground)
        self.refused_with(people, keyed, ground, "ground: nothing is said in it")

    @pytest.mark.parametrize("part", ["张三丰", "31010519560402123x", "138 0013 8000"])
    def test_a_statement_that_was_made_elsewhere_is_looked_at_as_well(
        self, people: People, keyed: TreatmentLedger, part: str
    ) -> None:
        ground = f"asked for by {part} in writing"
        self.refused_with(people, keyed, ground, "ground: the patient's own data stand in it")

    def test_it_takes_the_key_to_look(
        self, people: People, directory: Path, keyed: TreatmentLedger, approve: Approve
    ) -> None:
        approvals = approve(ground="court order 17 of 2022")
        (directory / "keys" / "people.key").rename(directory / "elsewhere.key")
        with pytest.raises(PeopleError, match="cannot be read"):
            people.erase("P1", approvals, now=NOW)
        assert not keyed.people(directory / "elsewhere.key").erase("P1", approvals, now=NOW).known

    def refused_with(self, people: People, ledger: TreatmentLedger, ground: str, what: str) -> None:
        """Both sign what `people statement` would not have printed; nothing is recorded, nothing destroyed."""
        says = says_erasure("P1", date(2036, 3, 1), ground)
        approvals = [
            one.sign(following(ChainEnd(), "erasure", says, signer=one.name, key_id=one.key_id)) for one in (DR1, PT1)
        ]
        size = ledger.size
        with pytest.raises(PeopleError, match=what):
            people.erase("P1", approvals, now=NOW)
        assert ledger.size == size
        assert people.person("P1") is not None


class Interrupted(SQLiteDCBRecorder):
    """A recorder to which something else is appended just before it appends for the first time."""

    meanwhile: Callable[[], object] | None = None

    def append(self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None) -> int:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return super().append(events, condition)


class TestMeanwhile:
    """What others record between looking and appending."""

    @pytest.fixture
    def interrupted(self, people: People, directory: Path) -> Iterator[Interrupted]:
        recorder = Interrupted(directory / "ledger.sqlite3")
        yield recorder
        recorder.close()

    @pytest.mark.parametrize(
        ("what", "message"),
        [
            (fact("StageSummaryWritten", 60 * 24 * 40, patient="P1", episode="E-P1", practitioner="DR1", text="better"),
             "retained_until: signed was '2036-03-01', now it is '2036-04-10'"),
            (fact("SigningKeyRevoked", 950, key_id="K-PT1", reason="lost"), "key 'K-PT1' was revoked"),
        ],
    )  # fmt: skip
    def test_what_changes_the_answer_is_seen(
        self, interrupted: Interrupted, directory: Path, keyed: TreatmentLedger, approve: Approve,
        what: Fact, message: str,
    ) -> None:  # fmt: skip
        approvals = approve()
        interrupted.meanwhile = lambda: keyed.record([what], now=NOW)
        with pytest.raises(PeopleError, match=message):
            People(interrupted, directory).erase("P1", approvals, now=FAR)
        assert People(interrupted, directory).person("P1") is not None

    def test_a_statement_that_a_signer_signed_and_recorded_first(
        self, interrupted: Interrupted, people: People, directory: Path, approve: Approve
    ) -> None:
        people.add_person("P2", MOVED, now=NOW)
        approvals, others = approve(), approve(of="P2")
        interrupted.meanwhile = lambda: people.erase("P2", others, now=FAR)
        with pytest.raises(PeopleError, match="statement 1 of key K-DR1, and the log has 1 of that key"):
            People(interrupted, directory).erase("P1", approvals, now=FAR)
        assert people.person("P1") is not None

    def test_what_concerns_others_is_not_waited_for(
        self, interrupted: Interrupted, directory: Path, keyed: TreatmentLedger, approve: Approve
    ) -> None:
        approvals = approve()
        interrupted.meanwhile = lambda: keyed.record(facts(patient("P3", 950)), now=NOW)
        assert not People(interrupted, directory).erase("P1", approvals, now=FAR).known

    def test_erased_by_another_at_the_same_time(
        self, interrupted: Interrupted, people: People, directory: Path, keyed: TreatmentLedger, approve: Approve
    ) -> None:
        approvals = approve()
        interrupted.meanwhile = lambda: people.erase("P1", approvals, now=FAR)
        assert People(interrupted, directory).erase("P1", approvals, now=FAR).known
        assert [type(one.fact) for one in keyed.history("P1")].count(PersonErased) == 1

    def test_added_by_another_at_the_same_time(self, interrupted: Interrupted, people: People, directory: Path) -> None:
        interrupted.meanwhile = lambda: people.add_person("P2", ZHANG, now=NOW)
        added = People(interrupted, directory).add_person("P2", ZHANG, now=NOW)
        assert added.known
        assert list(people.openings("P2")) == [added.index]

    def test_erased_while_other_data_are_added(
        self, interrupted: Interrupted, people: People, directory: Path, approve: Approve
    ) -> None:
        """What is added stands behind the erasure, under a key of its own, which opens."""
        approvals = approve()
        interrupted.meanwhile = lambda: people.erase("P1", approvals, now=FAR)
        added = People(interrupted, directory).add_person("P1", MOVED, now=NOW)
        assert {index: person.encode() for index, (_, person) in people.openings("P1").items()} == {added.index: MOVED}
