"""Signed by somebody else than the therapist."""

from ledger.treatment.facts import SessionSigned
from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment


def test_by_another() -> None:
    journal = Written()
    journal.treat(signer="T2")
    found = the(journal, "signed-by-another")
    assert (found.practitioners, found.evidence["signed_by"]) == (("T1", "T2"), ("T2",))


def test_innocent_the_therapist_signed_too_or_nobody_did() -> None:
    journal = Written()
    session = journal.treat(signer="T2")
    journal.add(SessionSigned(at=moment("2021-03-01", "10:00"), session=session, practitioner="T1"))
    journal.treat("2021-03-02", signed=False)  # a matter of timeliness
    assert ask(journal) == []
