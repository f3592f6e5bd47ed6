"""Two people's signatures under an erasure: each right, each their own, over what holds now."""

import json
from collections.abc import Sequence
from datetime import date

import pytest

from ledger.application import LedgerError, Refused, TreatmentLedger
from ledger.application.commitments import own_query
from ledger.application.people import People
from ledger.people import PeopleError
from ledger.proof import parse_base64
from ledger.treatment.statements import ChainEnd, following, says_erasure
from tests.application.conftest import NOW
from tests.application.persons import DR1, FAR, LONG_AFTER, MOVED, PT1, PT2, Approve
from tests.application.signers import Signer, signer
from tests.application.world import fact, facts, line


class TestApprovals:
    def refused(self, people: People, approvals: Sequence[str], what: str, ledger: TreatmentLedger) -> None:
        size = ledger.size
        with pytest.raises((PeopleError, LedgerError), match=what):
            people.erase("P1", approvals, now=LONG_AFTER)
        assert ledger.size == size
        assert people.person("P1") is not None

    def test_one_is_not_enough(self, people: People, keyed: TreatmentLedger, approve: Approve) -> None:
        self.refused(people, approve(DR1), "2 different people must sign", keyed)
        self.refused(people, [], "2 different people must sign, each once; these are of nobody", keyed)

    def test_one_person_twice(self, people: People, keyed: TreatmentLedger, approve: Approve) -> None:
        (one,) = approve(DR1)
        self.refused(people, [one, one], "2 different people must sign", keyed)
        second = signer("DR1", "K-DR1-2")
        keyed.record([second.enrolled(6)], now=NOW)
        self.refused(people, approve(DR1, second), "2 different people must sign", keyed)
        self.refused(people, approve(DR1, second, PT1), "2 different people must sign, each once", keyed)

    def test_one_key_enrolled_for_two(self, people: People, keyed: TreatmentLedger, approve: Approve) -> None:
        """Such an enrolment does not come in; in a log that has one, of older days, it counts for nobody."""
        shared = Signer("PT2", "K-shared", DR1.key)
        with pytest.raises(Refused, match="this public key is enrolled already"):
            keyed.record([shared.enrolled(6)], now=NOW)
        tags = ["key:K-shared", "practitioner:PT2", "registry:practitioner:PT2"]
        people._kept.append(shared.enrolled(6), tags, own_query("nobody"), keyed.size, NOW)
        says = says_erasure("P1", date(2036, 3, 1), None)
        text = shared.sign(following(ChainEnd(), "erasure", says, signer="PT2", key_id="K-shared"))
        what = "approval 2: key 'K-shared' has the public key that 'DR1' enrolled before"
        self.refused(people, [*approve(DR1), text], what, keyed)

    def test_three_may(self, people: People, approve: Approve) -> None:
        people.erase("P1", approve(DR1, PT1, PT2), now=LONG_AFTER)
        erased = people.erased("P1")
        assert erased is not None
        assert len(erased.approvals) == 3

    def test_revoked_since(self, people: People, keyed: TreatmentLedger, approve: Approve) -> None:
        approvals = approve()
        keyed.record([fact("SigningKeyRevoked", 950, key_id="K-PT1", reason="lost")], now=NOW)
        self.refused(people, approvals, "approval 2: key 'K-PT1' was revoked", keyed)

    def test_not_enrolled(self, people: People, keyed: TreatmentLedger, approve: Approve) -> None:
        forged = approve()[1].encode()
        statement = json.loads(parse_base64(forged.decode().partition(".")[0], ""))
        statement["key_id"] = "K-none"
        text = PT1.sign(json.dumps(statement, separators=(",", ":"), ensure_ascii=False).encode())
        self.refused(people, [approve(DR1)[0], text], "approval 2: no key 'K-none' is enrolled", keyed)

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
        self, people: People, keyed: TreatmentLedger, approve: Approve, change: dict[str, object], what: str
    ) -> None:
        first, second = approve()
        statement = json.loads(parse_base64(second.partition(".")[0], "")) | change
        text = PT1.sign(json.dumps(statement, separators=(",", ":"), ensure_ascii=False).encode())
        self.refused(people, [first, text], what, keyed)

    def test_both_about_another_patient(self, people: People, keyed: TreatmentLedger, approve: Approve) -> None:
        self.refused(people, approve(of="P2"), "patient: signed was 'P2', now it is 'P1'", keyed)

    def test_a_wrong_signature(self, people: People, keyed: TreatmentLedger, approve: Approve) -> None:
        first, second = approve()
        statement, _, _ = second.partition(".")
        for text in (statement + "." + first.partition(".")[2], statement, second[:-4], "signed: PT1", second + "\n"):
            self.refused(people, [first, text], "approval 2", keyed)

    def test_signed_before_the_patient_was_seen_again(
        self, people: People, keyed: TreatmentLedger, approve: Approve
    ) -> None:
        approvals = approve()
        later = facts([line("SessionStarted", 60 * 24 * 40, session="S9", patient="P1", prescription="R-P1", order="1",
                            therapist="PT1", institution="H1", setting="outpatient")])  # fmt: skip
        keyed.record(later, now=NOW)
        self.refused(people, approvals, "retained_until: signed was '2036-03-01', now it is '2036-04-10'", keyed)

    def test_a_signature_is_used_once(self, people: People, keyed: TreatmentLedger, approve: Approve) -> None:
        approvals = approve()
        people.erase("P1", approvals, now=LONG_AFTER)
        people.add_person("P1", MOVED, now=LONG_AFTER)
        self.refused(people, approvals, "statement 1 of key K-DR1, and the log has 1 of that key", keyed)

    def test_a_statement_that_names_another_before_it(
        self, people: People, keyed: TreatmentLedger, approve: Approve
    ) -> None:
        people.add_person("P2", MOVED, now=NOW)
        people.erase("P2", approve(of="P2"), now=FAR)
        first, second = approve()
        statement = json.loads(parse_base64(second.partition(".")[0], "")) | {"previous": "A" * 43 + "="}
        text = PT1.sign(json.dumps(statement, separators=(",", ":")).encode())
        self.refused(people, [first, text], "approval 2: statement 2 of key K-PT1", keyed)
        assert not people.erase("P1", [first, second], now=FAR).known

    def test_what_was_signed_of_a_session(self, people: People, keyed: TreatmentLedger, approve: Approve) -> None:
        """A statement that is right in everything, about something else."""
        (first,) = approve(DR1)
        text = PT1.sign(keyed.statement("session", "S1", "K-PT1"))
        self.refused(people, [first, text], "approval 2: it is a statement about a session", keyed)

    def test_who_may_be_asked_for_a_statement(self, people: People, keyed: TreatmentLedger, approve: Approve) -> None:
        with pytest.raises(LedgerError, match="'K-none'"):
            people.erasure_statement("P1", "K-none", None, now=FAR)
        keyed.record([fact("SigningKeyRevoked", 950, key_id="K-PT1", reason="lost")], now=NOW)
        with pytest.raises(LedgerError, match="'K-PT1' was revoked"):
            people.erasure_statement("P1", "K-PT1", None, now=FAR)
