"""Personal data: committed to, opened, and forgotten by two people's signatures; refused where anything is missing."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent

from ledger.application import LedgerError, TreatmentLedger
from ledger.application.people import People
from ledger.people import PeopleError
from ledger.proof import leaf_hash, parse_base64
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.facts import Fact, PersonCommitted, PersonErased
from tests.application.conftest import NOW
from tests.application.signers import Signer, signer
from tests.application.world import HOSPITAL, JOURNAL, fact, facts, line, patient

ZHANG = '{"name":"张三丰","national_id":"31010519560402123X","phone":"13800138000"}'.encode()
MOVED = '{"name":"张三丰","national_id":"31010519560402123X","phone":"13900139000"}'.encode()
LONG_AFTER = datetime.fromisoformat("2036-03-02T00:00:00+08:00")
"""The first day after fifteen years from the last session of P1, 2021-03-01."""
FAR = datetime.fromisoformat("2060-01-01T00:00:00+08:00")

DR1, PT1, PT2 = signer("DR1"), signer("PT1"), signer("PT2")

Approve = Callable[..., list[str]]


@pytest.fixture
def filled(ledger: TreatmentLedger) -> TreatmentLedger:
    """The small journal, with everybody's keys enrolled and a master key made."""
    ledger.record([*facts(JOURNAL), *(one.enrolled() for one in (DR1, PT1, PT2))], now=NOW)
    ledger.people().make_key()
    return ledger


@pytest.fixture
def people(filled: TreatmentLedger) -> People:
    """P1 is put in."""
    filled.people().add_person("P1", ZHANG, now=NOW)
    return filled.people()


@pytest.fixture
def approve(people: People) -> Approve:
    """Statements about erasing P1, signed."""

    def approvals(*who: Signer, ground: str | None = None, of: str = "P1", now: datetime = FAR) -> list[str]:
        return [one.sign(people.erasure(of, one.key_id, ground, now=now)) for one in who or (DR1, PT1)]

    return approvals


def everything(directory: Path) -> bytes:
    """All bytes of all files."""
    return b"\n".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


class TestKey:
    def test_made_once(self, ledger: TreatmentLedger, directory: Path) -> None:
        key_id = ledger.people().make_key()
        assert len(key_id) == 16
        assert (directory / "keys" / "people.key").exists()
        with pytest.raises(PeopleError, match="a key is never overwritten"):
            ledger.people().make_key()

    def test_elsewhere(self, filled: TreatmentLedger, tmp_path: Path) -> None:
        elsewhere = filled.people(tmp_path / "token" / "people.key")
        elsewhere.make_key()
        elsewhere.add_person("P1", ZHANG, now=NOW)
        assert elsewhere.person("P1") is not None
        with pytest.raises(PeopleError, match="another key opens this store"):
            filled.people().person("P1")

    def test_not_made_anew_beside_a_store(self, people: People, directory: Path) -> None:
        (directory / "keys" / "people.key").unlink()
        with pytest.raises(PeopleError, match="a new key does not open it; restore"):
            people.make_key()
        with pytest.raises(PeopleError, match="cannot be read"):
            people.person("P1")


class TestAdding:
    def test_a_commitment_goes_into_the_log_and_nothing_else(self, filled: TreatmentLedger, directory: Path) -> None:
        size = filled.size
        added = filled.people().add_person("P1", ZHANG, now=NOW)
        assert (added.index, added.known, filled.size) == (size, False, size + 1)
        entry = json.loads(filled.entry(added.index))
        assert (entry["type"], entry["tags"]) == ("person-committed.v1", ["patient:P1"])
        assert set(entry["fact"]) == {"type", "at", "patient", "commitment"}
        ((salt, person),) = filled.people().openings("P1").values()
        assert parse_base64(entry["fact"]["commitment"], "") == sha256(salt + person.encode()).digest()
        assert person.encode() == ZHANG
        for part in ("张三丰".encode(), b"31010519560402123X", b"13800138000", salt):
            assert part not in everything(directory)

    def test_the_same_again_changes_nothing(self, filled: TreatmentLedger) -> None:
        added = filled.people().add_person("P1", ZHANG, now=NOW)
        spelled = json.dumps(dict(reversed(json.loads(ZHANG).items())), indent=1).encode()
        again = filled.people().add_person("P1", spelled, now=NOW + timedelta(days=1))
        assert again == added._replace(known=True)
        assert filled.size == added.index + 1

    def test_other_data_are_a_new_version_and_both_open(self, people: People) -> None:
        first = people.add_person("P1", ZHANG, now=NOW)
        second = people.add_person("P1", MOVED, now=NOW + timedelta(days=9))
        third = people.add_person("P1", ZHANG, now=NOW + timedelta(days=18))
        assert [person.encode() for _, person in people.openings("P1").values()] == [ZHANG, MOVED, ZHANG]
        assert list(people.openings("P1")) == [first.index, second.index, third.index]
        assert len({first.commitment, second.commitment, third.commitment}) == 3
        now = people.person("P1")
        assert now is not None
        assert now.commitment == third.commitment

    def test_of_nobody_known(self, people: People, directory: Path) -> None:
        with pytest.raises(PeopleError, match="patient 'P9': no file is open under this pseudonym"):
            people.add_person("P9", ZHANG, now=NOW)
        assert people.person("P9") is None
        assert people.openings("P9") == {}

    def test_no_person(self, people: People, filled: TreatmentLedger) -> None:
        size = filled.size
        with pytest.raises(PeopleError, match="name: required"):
            people.add_person("P2", b'{"phone":"13800138000"}', now=NOW)
        assert (filled.size, people.person("P2")) == (size, None)

    def test_without_a_key(self, ledger: TreatmentLedger, directory: Path) -> None:
        ledger.record(facts(JOURNAL), now=NOW)
        size = ledger.size
        with pytest.raises(PeopleError, match="make one with `people key`"):
            ledger.people().add_person("P1", ZHANG, now=NOW)
        assert ledger.size == size
        assert not (directory / "people.sqlite3").exists()

    def test_bundles_and_history_go_on(self, people: People, filled: TreatmentLedger) -> None:
        assert [type(one.fact).__name__ for one in filled.history("P1")].count("PersonCommitted") == 1


class TestErasing:
    def test_the_whole_way(self, people: People, filled: TreatmentLedger, directory: Path, approve: Approve) -> None:
        people.add_person("P1", MOVED, now=NOW)
        openings = people.openings("P1")
        approvals = approve()
        size = filled.size
        receipt = people.erase("P1", approvals, now=LONG_AFTER)
        assert (receipt.index, receipt.known, filled.size) == (size, False, size + 1)
        assert receipt.leaf == leaf_hash(filled.entry(size)).hex()
        entry = json.loads(filled.entry(size))
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
        self, people: People, filled: TreatmentLedger, approve: Approve
    ) -> None:
        approvals = approve()
        receipt = people.erase("P1", approvals, now=LONG_AFTER)
        again = people.erase("P1", approvals, now=LONG_AFTER + timedelta(days=1))
        assert again == receipt._replace(known=True)
        assert filled.size == receipt.index + 1

    def test_others_are_not_touched(self, people: People, approve: Approve) -> None:
        people.add_person("P2", MOVED, now=NOW)
        people.erase("P1", approve(), now=LONG_AFTER)
        other = people.person("P2")
        assert other is not None
        assert other.person.encode() == MOVED
        assert people.check() == (1, [])

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
    def test_too_early(self, people: People, filled: TreatmentLedger, approve: Approve, days: int) -> None:
        approvals, size = approve(), filled.size
        with pytest.raises(PeopleError, match="must be kept until 2036-03-01 inclusive; before that, a legal ground"):
            people.erase("P1", approvals, now=LONG_AFTER - timedelta(seconds=1) + timedelta(days=days))
        assert filled.size == size
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

    def test_never_in_an_open_stay(self, people: People, filled: TreatmentLedger, approve: Approve) -> None:
        approvals = approve(ground="court order 17 of 2022")
        stay = {"patient": "P1", "stay": "ST1"}
        filled.record([fact("PatientAdmitted", 900, **stay, institution="H1", kind="home_bed", file_no="1")], now=NOW)
        for attempt in (lambda: people.erase("P1", approvals, now=LONG_AFTER), lambda: approve(ground="court order")):
            with pytest.raises(PeopleError, match="still in the stay ST1"):
                attempt()
        filled.record([fact("PatientDischarged", 1000, **stay)], now=NOW)
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


class TestApprovals:
    def refused(self, people: People, approvals: Sequence[str], what: str, ledger: TreatmentLedger) -> None:
        size = ledger.size
        with pytest.raises((PeopleError, LedgerError), match=what):
            people.erase("P1", approvals, now=LONG_AFTER)
        assert ledger.size == size
        assert people.person("P1") is not None

    def test_one_is_not_enough(self, people: People, filled: TreatmentLedger, approve: Approve) -> None:
        self.refused(people, approve(DR1), "2 different people must sign", filled)
        self.refused(people, [], "2 different people must sign, each once; these are of nobody", filled)

    def test_one_person_twice(self, people: People, filled: TreatmentLedger, approve: Approve) -> None:
        (one,) = approve(DR1)
        self.refused(people, [one, one], "2 different people must sign", filled)
        second = signer("DR1", "K-DR1-2")
        filled.record([second.enrolled(6)], now=NOW)
        self.refused(people, approve(DR1, second), "2 different people must sign", filled)
        self.refused(people, approve(DR1, second, PT1), "2 different people must sign, each once", filled)

    def test_one_key_enrolled_for_two(self, people: People, filled: TreatmentLedger, approve: Approve) -> None:
        shared = Signer("PT2", "K-shared", DR1.key)
        filled.record([shared.enrolled(6)], now=NOW)
        self.refused(people, approve(DR1, shared), "made with one key", filled)

    def test_three_may(self, people: People, approve: Approve) -> None:
        people.erase("P1", approve(DR1, PT1, PT2), now=LONG_AFTER)
        erased = people.erased("P1")
        assert erased is not None
        assert len(erased.approvals) == 3

    def test_revoked_since(self, people: People, filled: TreatmentLedger, approve: Approve) -> None:
        approvals = approve()
        filled.record([fact("SigningKeyRevoked", 950, key_id="K-PT1", reason="lost")], now=NOW)
        self.refused(people, approvals, "approval 2: key 'K-PT1' was revoked", filled)

    def test_not_enrolled(self, people: People, filled: TreatmentLedger, approve: Approve) -> None:
        forged = approve()[1].encode()
        statement = json.loads(parse_base64(forged.decode().partition(".")[0], ""))
        statement["key_id"] = "K-none"
        text = PT1.sign(json.dumps(statement, separators=(",", ":"), ensure_ascii=False).encode())
        self.refused(people, [approve(DR1)[0], text], "approval 2: no key 'K-none' is enrolled", filled)

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            ({"signer": "PT2"}, "its signer is PT2, and key 'K-PT1' is enrolled for PT1"),
            ({"kind": "session"}, "approval 2: .*session"),
            ({"counter": 2, "previous": "A" * 43 + "="}, "statement 2 of key K-PT1, and the log has 0"),
            ({"counter": 0}, "signature"),
            ({"format": "treatment-ledger-statement/2"}, "no signed statement|format"),
            ({"says": {"patient": "P1", "retained_until": "2036-03-01", "ground": "no"}}, "something else than"),
            ({"says": {"patient": "P2", "retained_until": "2036-03-01", "ground": None}}, "something else than"),
            ({"says": {"patient": "P1", "retained_until": "2036-03-01"}}, "signature"),
        ],
    )
    def test_another_statement(
        self, people: People, filled: TreatmentLedger, approve: Approve, change: dict[str, object], what: str
    ) -> None:
        first, second = approve()
        statement = json.loads(parse_base64(second.partition(".")[0], "")) | change
        text = PT1.sign(json.dumps(statement, separators=(",", ":"), ensure_ascii=False).encode())
        self.refused(people, [first, text], what, filled)

    def test_both_about_another_patient(self, people: People, filled: TreatmentLedger, approve: Approve) -> None:
        self.refused(people, approve(of="P2"), "patient: signed was 'P2', now it is 'P1'", filled)

    def test_a_wrong_signature(self, people: People, filled: TreatmentLedger, approve: Approve) -> None:
        first, second = approve()
        statement, _, _ = second.partition(".")
        for text in (statement + "." + first.partition(".")[2], statement, second[:-4], "signed: PT1", second + "\n"):
            self.refused(people, [first, text], "approval 2", filled)

    def test_signed_before_the_patient_was_seen_again(
        self, people: People, filled: TreatmentLedger, approve: Approve
    ) -> None:
        approvals = approve()
        later = facts([line("SessionStarted", 60 * 24 * 40, session="S9", patient="P1", prescription="R-P1", order="1",
                            therapist="PT1", institution="H1", setting="outpatient")])  # fmt: skip
        filled.record(later, now=NOW)
        self.refused(people, approvals, "retained_until: signed was '2036-03-01', now it is '2036-04-10'", filled)

    def test_a_signature_is_used_once(self, people: People, filled: TreatmentLedger, approve: Approve) -> None:
        approvals = approve()
        people.erase("P1", approvals, now=LONG_AFTER)
        people.add_person("P1", MOVED, now=LONG_AFTER)
        self.refused(people, approvals, "statement 1 of key K-DR1, and the log has 1 of that key", filled)

    def test_a_statement_that_names_another_before_it(
        self, people: People, filled: TreatmentLedger, approve: Approve
    ) -> None:
        people.add_person("P2", MOVED, now=NOW)
        people.erase("P2", approve(of="P2"), now=FAR)
        first, second = approve()
        statement = json.loads(parse_base64(second.partition(".")[0], "")) | {"previous": "A" * 43 + "="}
        text = PT1.sign(json.dumps(statement, separators=(",", ":")).encode())
        self.refused(people, [first, text], "approval 2: statement 2 of key K-PT1", filled)
        assert not people.erase("P1", [first, second], now=FAR).known

    def test_what_was_signed_of_a_session(self, people: People, filled: TreatmentLedger, approve: Approve) -> None:
        """A statement that is right in everything, about something else."""
        (first,) = approve(DR1)
        text = PT1.sign(filled.statement("session", "S1", "K-PT1"))
        self.refused(people, [first, text], "approval 2: it is a statement about a session", filled)

    def test_who_may_be_asked_for_a_statement(self, people: People, filled: TreatmentLedger, approve: Approve) -> None:
        with pytest.raises(LedgerError, match="'K-none'"):
            people.erasure("P1", "K-none", None, now=FAR)
        filled.record([fact("SigningKeyRevoked", 950, key_id="K-PT1", reason="lost")], now=NOW)
        with pytest.raises(LedgerError, match="'K-PT1' was revoked"):
            people.erasure("P1", "K-PT1", None, now=FAR)


class TestGround:
    @pytest.mark.parametrize("part", ["张三丰", "31010519560402123X", "13800138000", "13900139000"])
    def test_what_is_to_be_forgotten_is_kept_out_of_it(self, people: People, approve: Approve, part: str) -> None:
        people.add_person("P1", MOVED, now=NOW)
        with pytest.raises(PeopleError, match="ground: the patient's own data stand in it") as refused:
            approve(ground=f"asked for by {part} in writing")
        assert part not in str(refused.value)


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
        self, interrupted: Interrupted, directory: Path, filled: TreatmentLedger, approve: Approve,
        what: Fact, message: str,
    ) -> None:  # fmt: skip
        approvals = approve()
        interrupted.meanwhile = lambda: filled.record([what], now=NOW)
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
        self, interrupted: Interrupted, directory: Path, filled: TreatmentLedger, approve: Approve
    ) -> None:
        approvals = approve()
        interrupted.meanwhile = lambda: filled.record(facts(patient("P3", 950)), now=NOW)
        assert not People(interrupted, directory).erase("P1", approvals, now=FAR).known

    def test_erased_by_another_at_the_same_time(
        self, interrupted: Interrupted, people: People, directory: Path, filled: TreatmentLedger, approve: Approve
    ) -> None:
        approvals = approve()
        interrupted.meanwhile = lambda: people.erase("P1", approvals, now=FAR)
        assert People(interrupted, directory).erase("P1", approvals, now=FAR).known
        assert [type(one.fact) for one in filled.history("P1")].count(PersonErased) == 1

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


class TestRestored:
    def test_a_store_restored_from_an_old_backup_forgets_again(
        self, people: People, filled: TreatmentLedger, directory: Path, approve: Approve
    ) -> None:
        backup = (directory / "people.sqlite3").read_bytes()
        people.erase("P1", approve(), now=LONG_AFTER)
        (directory / "people.sqlite3").write_bytes(backup)
        assert people.check() == (0, ["P1"])
        assert people.check() == (0, [])
        (directory / "people.sqlite3").write_bytes(backup)
        assert (people.person("P1"), people.openings("P1")) == (None, {}), "whoever asks makes it forget as well"
        assert people.check() == (0, [])

    def test_what_came_back_later_is_kept(self, people: People, directory: Path, approve: Approve) -> None:
        people.erase("P1", approve(), now=LONG_AFTER)
        people.add_person("P1", MOVED, now=LONG_AFTER)
        assert people.check() == (1, [])
        assert people.person("P1") is not None

    def test_a_store_that_lacks_what_was_committed_to(self, people: People, directory: Path) -> None:
        (directory / "people.sqlite3").unlink()
        assert (people.person("P1"), people.openings("P1")) == (None, {})
        again = people.add_person("P1", ZHANG, now=NOW)
        assert not again.known, "its salt is lost: a new commitment, which opens"
        assert list(people.openings("P1")) == [again.index]

    def test_a_damaged_store_does_not_keep_the_ledger_shut(self, people: People, directory: Path) -> None:
        (directory / "people.sqlite3").write_bytes(b"not a database" * 1000)
        with TreatmentLedger.open(directory) as ledger:
            assert ledger.history("P1")
            with pytest.raises(PeopleError, match="the person store cannot be used"):
                ledger.people().person("P1")


def test_what_the_log_holds_is_read_back_as_facts(people: People, filled: TreatmentLedger, approve: Approve) -> None:
    people.erase("P1", approve(), now=LONG_AFTER)
    kinds = [type(one.fact) for one in filled.facts()]
    assert (kinds.count(PersonCommitted), kinds.count(PersonErased)) == (1, 1)


def test_a_patient_whose_file_comes_with_the_same_journal(ledger: TreatmentLedger) -> None:
    ledger.record(facts([*HOSPITAL, *patient("P7")]), now=NOW)
    ledger.people().make_key()
    assert not ledger.people().add_person("P7", ZHANG, now=NOW).known
