"""A treatment that everybody signed: key, prescription, session, assessment by two, a lost key; and the proof."""

from datetime import datetime

import msgspec
import pytest

from api.signed_lines import signed_line
from api.signer import SignerError, create_signer, sign_statement
from ledger.application import NotToSign, Refused, TreatmentLedger
from ledger.journal import parse_fact
from ledger.treatment.facts import SigningKeyEnrolled
from ledger.treatment.statements import unpack
from ledger.verify import verify


def instant(hour_and_minute):
    """On the first working day of the new year."""
    return datetime.fromisoformat(f"2022-01-04T{hour_and_minute}:00+08:00")


def line(type, at, **fields):
    return parse_fact(msgspec.json.encode({"type": type, "at": instant(at), **fields}))


FILE = [
    line("PatientFileOpened", "07:50", patient="NEW", sex="male", born="1960-05-01", institution="H1", file_no="MZ1"),
    line("EpisodeOpened", "07:55", episode="NEW-E1", patient="NEW", institution="H1", diagnosis={"code": "M17.9"}),
]  # fmt: skip
SHEET = line(
    "PrescriptionIssued", "08:00", prescription="NEW-R1", patient="NEW", episode="NEW-E1", institution="H1",
    physician="DR11",
    orders=[{"order": "1", "item": "exercise-therapy", "site": "右膝", "method": "渐进抗阻", "times": 10}],
)  # fmt: skip


def started(name, at):
    return line("SessionStarted", at, session=name, patient="NEW", prescription="NEW-R1", order="1", therapist="PT11",
                institution="H1", setting="outpatient")  # fmt: skip


@pytest.fixture
def ward(hospital, tmp_path):
    """The hospital's ledger, and the keys of a physician and a therapist, each in a file of their own."""
    with TreatmentLedger.open(hospital.directory) as ledger:
        ledger.record(FILE, now=instant("07:56"))
        signers = {}
        for person in ("DR11", "PT11"):
            signers[person] = create_signer(tmp_path / f"{person}.key", person, f"{person}-K1")
            enrolled = SigningKeyEnrolled(
                at=instant("07:57"), practitioner=person, key_id=f"{person}-K1", algorithm="ed25519",
                public_key=signers[person].public_key,
            )  # fmt: skip
            ledger.record([enrolled], now=instant("07:58"))
        yield ledger, signers


def sign(ledger, signer, data, at):
    """At the terminal: the statement is signed, and the line that comes of it recorded."""
    made = signed_line(sign_statement(signer, data), instant(at))
    (receipt,) = ledger.record([made], now=instant(at))
    return made, receipt


def a_signed_day(ledger, signers):
    sign(ledger, signers["DR11"], ledger.sheet_statement(SHEET, "DR11-K1"), "08:05")
    ledger.record([started("T1", "08:30")], now=instant("08:31"))
    with pytest.raises(NotToSign, match="not stopped yet"):
        ledger.statement("session", "T1", "PT11-K1")
    ledger.record([line("SessionStopped", "09:00", session="T1", effect="耐受良好")], now=instant("09:00"))
    sign(ledger, signers["PT11"], ledger.statement("session", "T1", "PT11-K1"), "09:01")
    assessed = line("AssessmentRecorded", "10:00", assessment="NEW-A1", patient="NEW", episode="NEW-E1",
                    institution="H1", assessors=["PT11", "DR11"],
                    results=[{"scale": "WOMAC", "score": 41.5, "max": 96}], outcome="baseline")  # fmt: skip
    ledger.record([assessed], now=instant("10:05"))
    for person in ("PT11", "DR11"):
        sign(ledger, signers[person], ledger.statement("assessment", "NEW-A1", f"{person}-K1"), "10:10")


def test_a_day_that_everybody_signed(ward):
    ledger, signers = ward
    a_signed_day(ledger, signers)
    counters = {
        (signed.statement.signer, signed.statement.kind): signed.statement.counter
        for entry in ledger.case("NEW")
        if getattr(entry.fact, "signature", None)
        for signed in [unpack(entry.fact.signature)]
    }
    assert counters == {
        ("DR11", "prescription"): 1, ("PT11", "session"): 1, ("PT11", "assessment"): 2, ("DR11", "assessment"): 2,
    }  # fmt: skip


def test_a_lost_key_signs_nothing_more(ward):
    ledger, signers = ward
    a_signed_day(ledger, signers)
    ledger.record([started("T2", "13:30"), line("SessionStopped", "14:00", session="T2", effect="好")],
                  now=instant("14:00"))  # fmt: skip
    made = signed_line(sign_statement(signers["PT11"], ledger.statement("session", "T2", "PT11-K1")), instant("14:01"))
    revoked = line("SigningKeyRevoked", "14:01", key_id="PT11-K1", reason="lost on the bus")
    ledger.record([revoked], now=instant("14:02"))
    with pytest.raises(Refused) as refused:
        ledger.record([made], now=instant("14:03"))
    assert [problem.field for problem in refused.value.problems] == ["signature"]
    with pytest.raises(NotToSign, match="was revoked"):
        ledger.statement("session", "T2", "PT11-K1")


def test_what_was_signed_and_thrown_away_is_noticed_by_the_key(ward):
    ledger, signers = ward
    a_signed_day(ledger, signers)
    ledger.record([started("T2", "13:30"), line("SessionStopped", "14:00", session="T2", effect="好")],
                  now=instant("14:00"))  # fmt: skip
    sign_statement(signers["PT11"], ledger.statement("session", "T2", "PT11-K1"))  # the clerk never records it
    correction = line("EntryCorrected", "14:10", target="T2", field="effect", old="好", new="很好", reason="nicer",
                      practitioner="DR11")  # fmt: skip
    ledger.record([correction], now=instant("14:10"))
    with pytest.raises(SignerError, match="number 3, and this key's next is 4"):
        sign_statement(signers["PT11"], ledger.statement("session", "T2", "PT11-K1"))


SIGNED = {
    "patient:NEW": "2 of 2 sessions, 1 of 1 prescription, 1 of 1 assessment",
    "practitioner:PT11": "2 of 2 sessions, 4 of 4 assessments",  # three of them in the invented year
    "practitioner:DR11": "prescriptions, 1 of 1 assessment",
    "session:T1": "1 of 1 session",
}


@pytest.mark.parametrize("subject", SIGNED)
def test_whoever_opens_a_bundle_finds_every_signature_right(ward, subject):
    """Also of what was corrected before it was signed, in whatever spelling the correction came."""
    ledger, signers = ward
    a_signed_day(ledger, signers)
    start = msgspec.structs.replace(started("T3", "15:00"), id="L-T3")
    ledger.record([start, line("SessionStopped", "15:30", session="T3", effect="好")], now=instant("15:30"))
    ledger.record(
        [
            line("EntryCorrected", "15:31", target="L-T3", field="at", old="2022-01-04T15:00:00+08:00",
                 new="2022-01-04T06:55:00.000Z", reason="clock", practitioner="PT11"),
            line("EntryCorrected", "15:31", target="NEW-A1", field="results",
                 old=[{"scale": "WOMAC", "score": 41.5, "max": 96}],
                 new=[{"max": None, "score": 40.0, "scale": "WOMAC"}], reason="slip", practitioner="PT11"),
        ],
        now=instant("15:31"),
    )  # fmt: skip
    sign(ledger, signers["PT11"], ledger.statement("session", "T3", "PT11-K1"), "15:32")
    sign(ledger, signers["PT11"], ledger.statement("assessment", "NEW-A1", "PT11-K1"), "15:33")
    verdict = verify(ledger.export(subject, now=instant("16:00")), ledger.vkey)
    assert verdict.findings == ()
    (signed,) = [claim.what for claim in verdict.claims if claim.name == "attributable"]
    assert SIGNED[subject] in signed


def test_nothing_of_it_was_left_unchecked(ward):
    ledger, signers = ward
    a_signed_day(ledger, signers)
    verdict = verify(ledger.export("patient:NEW", now=instant("16:00")), ledger.vkey)
    (signed,) = [claim.what for claim in verdict.claims if claim.name == "attributable"]
    assert "1 of 1 session, 1 of 1 prescription, 1 of 1 assessment" in signed
    assert not any("signature of another form" in claim.what for claim in verdict.not_claimed)
