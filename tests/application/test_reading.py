"""What is read for a decision, and for a patient's whole case."""

from ledger.application import TreatmentLedger
from ledger.application.reading import Boundary, case_streams, patient_streams
from ledger.journal import spell
from tests.application.conftest import NOW
from tests.application.world import JOURNAL, fact, facts, patient, session


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
            fact("RulebookAdopted", 1, rulebook="shanghai-2017", digest="00", effective_from="2021-01-01"),
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
        *own,
        "episode:E-P1",
        "prescription:R-P1",
        "session:S3",
        "registry:institution:H1",
        "registry:practitioner:DR1",
        "registry:practitioner:PT1",
        "registry:practitioner:PT2",
        "registry:rulebook",
    ]
    before = case_streams(ledger.recorder, "P3", size - 2)
    assert all(row.position <= size - 2 for stream in before for row in stream.rows)
