"""What is read for a decision, and for a patient's whole case."""

import json
from pathlib import Path

import pytest

from ledger.application import TreatmentLedger, Unsound
from ledger.application.mapper import entry_event
from ledger.application.reading import Boundary, case_streams, patient_streams
from ledger.journal import spell
from ledger.store.entry import format_time
from ledger.treatment.facts import SessionStarted, SigningKeyRevoked
from ledger.verify import verify
from tests.application.conftest import NOW
from tests.application.signed import PT1, sign_session, take, treated
from tests.application.world import HOSPITAL, JOURNAL, fact, facts, patient, session
from tests.damage import damage


def test_a_boundary_is_the_log_at_one_size(ledger: TreatmentLedger) -> None:
    ledger.record(facts(JOURNAL), now=NOW)
    boundary = Boundary(ledger.recorder)
    ledger.record(facts(session("S7", "P1", 900)), now=NOW)
    read = boundary.read(["act:S1", "act:S7", "patient:P1", "registry:practitioner:PT1"])
    assert [len(read[subject]) for subject in read] == [3, 0, 2, 1], "a correction bears the patient's tag too"
    assert boundary.size == len(JOURNAL)


def test_its_query_is_what_was_read(ledger: TreatmentLedger) -> None:
    ledger.record(facts(JOURNAL), now=NOW)
    boundary = Boundary(ledger.recorder)
    boundary.read(["act:S1"])
    boundary.read(["act:S1", "prescription:R-P1"])
    types = {tag: types for item in boundary.query().items for tag in item.tags for types in [item.types]}
    kinds = ("session", "assessment", "prescription", "id")
    assert set(types) == {f"{kind}:{name}" for name in ("S1", "R-P1") for kind in kinds}
    assert types["id:S1"] == types["session:R-P1"] == ["entry-corrected.v1"]
    assert "session-stopped.v1" in types["session:S1"]
    assert "session-started.v1" not in types["prescription:R-P1"]


def test_what_it_holds_by_the_bytes_of_the_facts(ledger: TreatmentLedger) -> None:
    receipts = ledger.record(facts(JOURNAL), now=NOW)
    boundary = Boundary(ledger.recorder)
    boundary.read(["act:S1", "act:S2"])
    held = boundary.holding()
    known = [(spell(fact), receipt) for fact, receipt in zip(facts(JOURNAL), receipts, strict=True)]
    assert {key: row.position - 1 for key, row in held.items()} == {
        key: receipt.index for key, receipt in known if b'"session":"S1"' in key or b'"session":"S2"' in key
    }


def test_streams_of_a_case(ledger: TreatmentLedger) -> None:
    ledger.record(facts([*JOURNAL, *patient("P3")]), now=NOW)
    ledger.record(
        [
            fact("RulebookAdopted", 1, rulebook="shanghai-2017", digest="0" * 64, effective_from="2021-01-01"),
            fact("EntryCorrected", 900, target="S1", field="patient", old="P1", new="P3", reason="mistaken",
                 practitioner="DR1"),
        ],
        now=NOW,
    )  # fmt: skip
    size = ledger.size
    own = ["patient:P3", "session:S1"]
    assert [stream.tag for stream in patient_streams(ledger.recorder, "P3", size)] == own
    # S1 stands on P1's sheet: with it come that sheet, its episode, and the other session that counts on the order.
    assert [stream.tag for stream in case_streams(ledger.recorder, "P3", size)] == [
        "patient:P3",
        "episode:E-P1",
        "prescription:R-P1",
        "session:S1",
        "session:S3",
        "registry:institution:H1",
        "registry:practitioner:DR1",
        "registry:practitioner:PT1",
        "registry:practitioner:PT2",
        "registry:rulebook",
    ]
    before = case_streams(ledger.recorder, "P3", size - 2)
    assert all(row.position <= size - 2 for stream in before for row in stream.rows)


def test_a_key_that_was_corrected_to_another_is_still_revoked_for_the_first(directory: Path) -> None:
    """What PT1 signed is held against PT1's enrolment; so the key's revocation stands in every bundle with PT1."""
    enrolled = fact("SigningKeyEnrolled", 3, id="L-K", **PT1.enrolment())
    moved = fact("EntryCorrected", 110, target="L-K", field="practitioner", old="PT1", new="PT2", reason="mistaken",
                 practitioner="DR1")  # fmt: skip
    with TreatmentLedger.open(directory) as ledger:
        take(ledger, *HOSPITAL, *patient("P1"), enrolled, *treated("S1", 60))
        late = sign_session(ledger, "S1", PT1, 100)
        take(ledger, moved)
        take(ledger, fact("SigningKeyRevoked", 120, key_id="K-PT1", reason="lost"))
        assert any(isinstance(one.fact, SigningKeyRevoked) for one in ledger.case("P1"))
        # Past the door, as who writes the file does: the verifier has the revocation and says so.
        tags = ["institution:H1", "patient:P1", "practitioner:PT1", "session:S1"]
        ledger.recorder.append([entry_event(late.ENTRY_TYPE, format_time(NOW), tags, spell(late))])
        (finding,) = verify(ledger.export("patient:P1", now=NOW), ledger.vkey).findings
        assert finding.name == "signer-revoked"


def test_a_patient_with_nothing_of_others_needs_no_stream_besides_registries(ledger: TreatmentLedger) -> None:
    sessions = [line for n in range(330) for line in session(f"N{n}", "P1", 1000 + 40 * n)]
    ledger.record(facts([*JOURNAL, *sessions]), now=NOW)
    own, *others = case_streams(ledger.recorder, "P1", ledger.size)
    assert len(own.rows) > 1000 - 10
    assert all(stream.tag.startswith("registry:") for stream in others)
    bundle = ledger.export("patient:P1", now=NOW)
    value = json.loads(bundle)
    entries = len(json.dumps(value["entries"], ensure_ascii=False).encode())
    besides = len(bundle) - entries - len(value["marks"]) - len(value["indexes"])
    assert besides < 6_000, besides


def lost(ledger: TreatmentLedger, kind: type) -> str:
    """Deletes the first entry of this kind, not the rows of its tags; what is said of it."""
    index = next(one.index for one in ledger.facts() if isinstance(one.fact, kind))
    damage(ledger.directory / "ledger.sqlite3", f"DELETE FROM entries WHERE position = {index + 1}")
    return rf"^entry-missing: index {index}: there is no entry at position {index + 1}\. Nothing is (handed out|signed)"


def test_an_entry_that_is_gone_is_not_read_over(directory: Path) -> None:
    with TreatmentLedger.open(directory) as ledger:
        ledger.record(facts(JOURNAL), now=NOW)
        words = lost(ledger, SessionStarted)
        for ask in (
            lambda: ledger.history("P1"),
            lambda: ledger.case("P1"),
            lambda: list(ledger.facts()),
            lambda: list(ledger.facts(8)),
            lambda: ledger.subject_of_act("S1"),
            lambda: ledger.export("patient:P1", now=NOW),
            lambda: ledger.record([fact("SessionVoided", 900, session="S1", reason="mistaken")], now=NOW),
        ):
            with pytest.raises(Unsound, match=words):
                ask()
        assert ledger.history("P2"), "what does not rest on it is read"
        assert list(ledger.facts(ledger.size - 1))
        assert [one.name for one in ledger.audit()] == ["entry-missing"]


def test_a_revocation_that_is_gone_lets_nobody_sign(directory: Path) -> None:
    with TreatmentLedger.open(directory) as ledger:
        enrolled = fact("SigningKeyEnrolled", 3, **PT1.enrolment())
        take(ledger, *HOSPITAL, *patient("P1"), enrolled, *treated("S1", 60))
        statement = ledger.statement("session", "S1", "K-PT1")
        take(ledger, fact("SigningKeyRevoked", 100, key_id="K-PT1", reason="lost"))
        take(ledger, *patient("P2", 5))
        words = lost(ledger, SigningKeyRevoked)
        with pytest.raises(Unsound, match=words):
            ledger.statement("session", "S1", "K-PT1")
        signed = fact("SessionSigned", 110, session="S1", practitioner="PT1", signature=PT1.sign(statement))
        with pytest.raises(Unsound, match=words):
            ledger.record([signed], now=NOW)


def test_an_enrolment_that_is_gone_does_not_free_its_key(directory: Path) -> None:
    """All enrolments are looked through for a public key: one is gone, and nobody can tell whose it was."""
    with TreatmentLedger.open(directory) as ledger:
        enrolled = fact("SigningKeyEnrolled", 3, **PT1.enrolment())
        take(ledger, *HOSPITAL, enrolled)
        take(ledger, *patient("P1"))
        words = lost(ledger, type(enrolled))
        with pytest.raises(Unsound, match=words):
            take(ledger, fact("SigningKeyEnrolled", 4, **{**PT1.enrolment(), "key_id": "K-2", "practitioner": "PT2"}))
