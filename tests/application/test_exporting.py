"""A subject's bundle: complete, of one state of the log, also where there is nothing, and while others write."""

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.application import LedgerError, TreatmentLedger, Unsound
from ledger.application.mapper import entry_event
from ledger.journal import spell
from ledger.journal.spelling import normalise
from ledger.proof import format_base64, open_checkpoint
from ledger.store.entry import format_time
from ledger.treatment.facts import Fact, PersonCommitted
from ledger.verify import verify
from tests.application.conftest import NOW
from tests.application.own_program import takes_anything
from tests.application.world import JOURNAL, fact, facts, patient, session

TEXT = 'id = "invented"\n'
DIGEST = sha256(TEXT.encode()).hexdigest()


@pytest.fixture
def filled(ledger: TreatmentLedger) -> TreatmentLedger:
    """The whole small journal."""
    ledger.record(facts(JOURNAL), now=NOW)
    return ledger


def change(ledger: TreatmentLedger, *statements: str) -> None:
    """Change the tables by hand, as someone who can write the file does, and put back what kept them from it."""
    connection = sqlite3.connect(ledger.recorder.connections.path, isolation_level=None)
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for statement in (*(f"DROP TRIGGER {name}" for name, _ in triggers), *statements, *(made for _, made in triggers)):
        connection.execute(statement)
    connection.close()


def append(ledger: TreatmentLedger, fact: Fact, *tags: str) -> int:
    """Put a fact in without any decision; its index."""
    event = entry_event(fact.ENTRY_TYPE, format_time(NOW), list(tags), spell(normalise(fact)))
    return ledger.recorder.append([event]) - 1


class TestPatient:
    def test_a_bundle_verifies(self, filled: TreatmentLedger) -> None:
        verdict = verify(filled.export("patient:P1", now=NOW), filled.vkey)
        assert verdict.findings == ()
        assert [index for index, _ in verdict.facts] == [recorded.index for recorded in filled.case("P1")]
        assert [entry for _, entry in verdict.facts] == [filled.entry(index) for index, _ in verdict.facts]

    def test_what_was_corrected_onto_a_patient_comes_along(self, filled: TreatmentLedger) -> None:
        moved = fact("EntryCorrected", 900, target="S1", field="patient", old="P1", new="P2", reason="mistaken",
                     practitioner="DR1")  # fmt: skip
        filled.record([moved], now=NOW)
        for name in ("P1", "P2"):
            verdict = verify(filled.export(f"patient:{name}", now=NOW), filled.vkey)
            assert verdict.findings == ()
            assert [index for index, _ in verdict.facts] == [recorded.index for recorded in filled.case(name)]

    def test_registries_of_which_nothing_is_recorded_are_absent(self, ledger: TreatmentLedger) -> None:
        """No decision lets such a fact in; a bundle is complete all the same."""
        opened = fact("PatientFileOpened", patient="P1", sex="male", born="1950-01-01", institution="H7", file_no="1")
        append(ledger, opened, "institution:H7", "patient:P1")
        bundle = ledger.export("patient:P1", now=NOW)
        assert list(json.loads(bundle)["absent"]) == ["registry:institution:H7", "registry:rulebook"]
        assert verify(bundle, ledger.vkey).findings == ()

    def test_nobody(self, filled: TreatmentLedger) -> None:
        """That nothing is recorded is proven like anything else."""
        bundle = filled.export("patient:P9", now=NOW)
        value = json.loads(bundle)
        assert (value["streams"], value["entries"]) == (["patient:P9", "registry:rulebook"], [])
        assert sorted(value["absent"]) == value["streams"]
        assert verify(bundle, filled.vkey).findings == ()
        filled.record(facts(patient("P9", 950)), now=NOW)
        assert len(verify(filled.export("patient:P9", now=NOW), filled.vkey).facts) == len(filled.case("P9"))

    def test_nobody_in_an_empty_log(self, ledger: TreatmentLedger) -> None:
        assert verify(ledger.export("patient:P9", now=NOW, each=True), ledger.vkey).findings == ()


class TestOthers:
    @pytest.mark.parametrize("subject", ["practitioner:PT1", "practitioner:DR1", "session:S1", "session:S404"])
    def test_complete_and_verified(self, filled: TreatmentLedger, subject: str) -> None:
        bundle = filled.export(subject, now=NOW)
        assert verify(bundle, filled.vkey).findings == ()
        value = json.loads(bundle)
        borne = {index for index, recorded in enumerate(filled.facts()) if subject in _tags(filled, recorded.index)}
        mine = {index for index, entry in verify(bundle, filled.vkey).facts if subject in json.loads(entry)["tags"]}
        assert mine == borne
        assert value["streams"][0] == subject
        assert (subject in value["absent"]) == (not borne)

    @pytest.mark.parametrize("subject", ["episode:E-P1", "P1", "patient:", "registry:rulebook", ""])
    def test_no_subject(self, filled: TreatmentLedger, subject: str) -> None:
        with pytest.raises(LedgerError, match="a bundle is about a patient, a practitioner, a session"):
            filled.export(subject, now=NOW)


def _tags(ledger: TreatmentLedger, index: int) -> list[str]:
    tags: list[str] = json.loads(ledger.entry(index))["tags"]
    return tags


class TestCheckpoint:
    def test_made_only_if_needed(self, filled: TreatmentLedger) -> None:
        filled.export("patient:P1", now=NOW)
        note = filled.latest_checkpoint()
        assert note is not None
        filled.record(facts(patient("P3", 950)), now=NOW)
        filled.export("patient:P1", now=NOW, seal=False)
        assert filled.latest_checkpoint() == note, "nothing was added to what this bundle holds"
        filled.export("patient:P1", now=NOW)
        newer = filled.latest_checkpoint()
        assert newer != note, "that nothing was added is proven up to now"
        filled.export("patient:P1", now=NOW)
        assert filled.latest_checkpoint() == newer, "the log has not grown since"
        filled.record(facts(session("S7", "P1", 1000)), now=NOW)
        bundle = filled.export("patient:P1", now=NOW, seal=False)
        assert filled.latest_checkpoint() != newer
        assert len(verify(bundle, filled.vkey).facts) == len(filled.case("P1"))

    def test_its_last_entry_is_the_seal_of_the_bundle(self, filled: TreatmentLedger) -> None:
        bundle = json.loads(filled.export("patient:P1", now=NOW))
        size = open_checkpoint(bundle["checkpoint"], filled.vkey).size
        assert filled.entry(size - 1).decode() == bundle["seal"]
        assert json.loads(bundle["seal"])["fact"]["size"] == size - 1 == len(JOURNAL)

    def test_since(self, filled: TreatmentLedger) -> None:
        old = filled.checkpoint(now=NOW)
        filled.record(facts(session("S7", "P1", 1000)), now=NOW + timedelta(seconds=300))
        verdict = verify(filled.export("patient:P1", now=NOW, since=old), filled.vkey, old)
        assert verdict.findings == ()
        latest = filled.latest_checkpoint()
        assert verify(filled.export("patient:P1", now=NOW, since=latest), filled.vkey, latest).findings == ()

    def test_since_what_this_ledger_never_signed(self, filled: TreatmentLedger, tmp_path: Path) -> None:
        TreatmentLedger.init(tmp_path / "other", "example.org/h1")
        with TreatmentLedger.open(tmp_path / "other") as other:
            foreign = other.checkpoint(now=NOW)
        for note in (foreign, "rubbish"):
            with pytest.raises(LedgerError, match="since: "):
                filled.export("patient:P1", now=NOW, since=note)

    def test_since_another_history_of_this_ledger(self, filled: TreatmentLedger, directory: Path) -> None:
        """One key, two histories: a copy of the ledger went on by itself."""
        shutil.copytree(directory, copy := directory.with_name("copy"))
        filled.record(facts([*session("S7", "P1", 1000), *session("S6", "P1", 1050)]), now=NOW)
        with TreatmentLedger.open(copy) as other:
            other.record(facts(session("S8", "P1", 1000)), now=NOW)
            forked = other.checkpoint(now=NOW)
            other.record(facts(session("S9", "P1", 1100)), now=NOW)
            longer = other.checkpoint(now=NOW)
        for seal in (True, False):
            with pytest.raises(Unsound, match=r"^history-fork: since \(size 26\): the first 26 entries"):
                filled.export("patient:P1", now=NOW, since=forked, seal=seal)
        with pytest.raises(Unsound, match=r"^checkpoint-rollback: since \(size 30\): this ledger has 28 entries"):
            filled.export("patient:P1", now=NOW, since=longer)

    def test_since_a_checkpoint_behind_what_the_bundle_needs(self, filled: TreatmentLedger) -> None:
        filled.checkpoint(now=NOW)
        filled.record(facts(patient("P3", 950)), now=NOW)
        since = filled.checkpoint(now=NOW)
        bundle = filled.export("patient:P1", now=NOW, since=since, seal=False)
        assert verify(bundle, filled.vkey, since).findings == ()

    @pytest.mark.parametrize("each", [True, False])
    def test_damaged_nodes_of_the_tree_are_made_anew(self, filled: TreatmentLedger, each: bool) -> None:
        for n in range(100):
            filled.record(facts(session(f"N{n}", "P2", 1000 + 40 * n)), now=NOW)
        since = filled.checkpoint(now=NOW)
        filled.record(facts(session("S7", "P1", 9000)), now=NOW)
        filled.checkpoint(now=NOW)
        change(filled, "UPDATE tree SET hash = zeroblob(32)")
        bundle = filled.export("patient:P1", now=NOW, since=since, each=each)
        assert verify(bundle, filled.vkey, since).findings == ()

    def test_each_entry_in_the_log_itself(self, filled: TreatmentLedger) -> None:
        bundle = filled.export("patient:P1", now=NOW, each=True)
        assert json.loads(bundle)["inclusion"]
        assert verify(bundle, filled.vkey).findings == ()


class TestBesides:
    def adopt(self, ledger: TreatmentLedger, digest: str, id: str = "L1") -> None:
        adopted = fact("RulebookAdopted", 900, id=id, rulebook="mine", digest=digest, effective_from="2021-01-01")
        ledger.record([adopted], now=NOW)

    @pytest.mark.parametrize("digest", [DIGEST, DIGEST.upper()])
    def test_the_text_of_an_adopted_rulebook(self, filled: TreatmentLedger, digest: str) -> None:
        self.adopt(filled, digest)
        bundle = filled.export("patient:P1", now=NOW, rulebooks={DIGEST: TEXT, "00": "another"}.get)
        assert json.loads(bundle)["rulebooks"] == {DIGEST: TEXT}
        assert verify(bundle, filled.vkey).findings == ()

    def test_the_text_of_an_adoption_whose_digest_was_corrected(self, filled: TreatmentLedger) -> None:
        self.adopt(filled, "0" * 64)
        filled.record(
            [fact("EntryCorrected", 950, target="L1", field="digest", old="0" * 64, new=DIGEST,
                  reason="typing error", practitioner="DR1")], now=NOW)  # fmt: skip
        bundle = filled.export("patient:P1", now=NOW, rulebooks={DIGEST: TEXT}.get)
        assert json.loads(bundle)["rulebooks"] == {DIGEST: TEXT}
        assert verify(bundle, filled.vkey).findings == ()

    def test_a_digest_corrected_elsewhere_is_no_adoption(self, directory: Path) -> None:
        """As the verifiers have it: only a correction that bears `registry:rulebook` adopts. An audit names it."""
        with TreatmentLedger.open(directory) as filled:
            filled.record(facts(JOURNAL), now=NOW)
            self.correct_elsewhere(filled)

    def correct_elsewhere(self, filled: TreatmentLedger) -> None:
        moved = fact("EntryCorrected", 950, target="R1", field="digest", old="00", new=DIGEST, reason="typing error",
                     practitioner="DR1")  # fmt: skip
        index = append(filled, moved, "patient:P1", "practitioner:DR1")
        bundle = takes_anything(filled).export("patient:P1", now=NOW, rulebooks={DIGEST: TEXT}.get)
        assert "rulebooks" not in json.loads(bundle)
        assert verify(bundle, filled.vkey).findings == ()
        assert [(found.name, found.where) for found in filled.audit()] == [("index-mismatch", f"index {index}")]

    def test_without_a_text_at_hand(self, filled: TreatmentLedger) -> None:
        self.adopt(filled, DIGEST)
        assert "rulebooks" not in json.loads(filled.export("patient:P1", now=NOW))

    def test_another_text_is_refused(self, filled: TreatmentLedger) -> None:
        self.adopt(filled, DIGEST)
        with pytest.raises(LedgerError, match=r"cannot be exported: rulebook .*: the text has another digest"):
            filled.export("patient:P1", now=NOW, rulebooks=lambda digest: "something else")

    def test_openings_of_commitments_in_the_bundle(self, filled: TreatmentLedger) -> None:
        salt, person = b"s" * 16, '{"name":"invented"}'
        commitment = format_base64(sha256(salt + person.encode()).digest())
        index = append(filled, PersonCommitted(at=NOW, patient="P1", commitment=commitment), "patient:P1")
        opening = (salt, person)
        bundle = filled.export("patient:P1", now=NOW, openings={index: opening, 999: opening})
        assert json.loads(bundle)["openings"] == {str(index): {"salt": format_base64(salt), "person": person}}
        assert verify(bundle, filled.vkey).findings == ()
        with pytest.raises(LedgerError, match="it is not what the entry commits to"):
            filled.export("patient:P1", now=NOW, openings={index: (b"t" * 16, person)})


DAMAGES = [
    "DROP TABLE index_tags",
    "DROP TABLE index_nodes",
    "DROP TABLE index_state",
    "DROP TABLE tree",
    "DELETE FROM index_state",
    "DELETE FROM index_tags",
    "DELETE FROM index_nodes",
    "UPDATE index_tags SET count = count + 1",
    "UPDATE index_tags SET frontier = zeroblob(32 * (count % 2) + 32)",
    "UPDATE index_tags SET frontier = x'00'",
    "UPDATE index_nodes SET hash = zeroblob(32)",
    "UPDATE index_nodes SET hash = x''",
    "UPDATE index_state SET covers = covers - 1",
    "UPDATE index_state SET covers = covers + 100",
    "UPDATE index_state SET tags = tags + 1",
    "UPDATE index_state SET root = zeroblob(32)",
    "INSERT INTO index_state SELECT * FROM index_state",
    "INSERT INTO tree VALUES (1, 0, zeroblob(32))",
    "INSERT INTO index_tags VALUES (zeroblob(32), 1, zeroblob(32))",
]


class TestKeptProjections:
    """What is kept besides the log may be lost, stale or damaged; a bundle is right or it is not made."""

    @pytest.mark.parametrize("statement", DAMAGES)
    def test_lost_or_damaged(self, filled: TreatmentLedger, statement: str) -> None:
        before = filled.export("patient:P1", now=NOW)
        change(filled, statement)
        assert filled.export("patient:P1", now=NOW) == before
        # What a bundle has no need of may still be damaged; the next seal comes by it.
        filled.record(facts(patient("P3", 950)), now=NOW)
        filled.checkpoint(now=NOW)

    @pytest.mark.parametrize("statement", DAMAGES)
    def test_lost_or_damaged_and_then_the_log_grows(self, filled: TreatmentLedger, statement: str) -> None:
        filled.checkpoint(now=NOW)
        change(filled, statement)
        filled.record(facts(session("S7", "P1", 1000)), now=NOW)
        verdict = verify(filled.export("patient:P1", now=NOW), filled.vkey)
        assert verdict.findings == ()
        assert len(verdict.facts) == len(filled.case("P1"))

    def test_the_index_moves_with_a_newer_seal(self, filled: TreatmentLedger) -> None:
        """As when another process has sealed and not signed yet."""
        first = filled.export("patient:P1", now=NOW)
        filled.record(facts(patient("P3", 950)), now=NOW)
        filled._checkpoints.sealing.seal(NOW)
        second = filled.export("patient:P1", now=NOW)
        assert json.loads(second)["seal"] != json.loads(first)["seal"]
        assert verify(second, filled.vkey).findings == ()

    def test_a_missing_row_of_the_tag_index_is_no_shorter_history(self, filled: TreatmentLedger) -> None:
        filled.checkpoint(now=NOW)
        (position,) = (r.index + 1 for r in filled.facts() if getattr(r.fact, "amount_fen", None) == 5000)
        change(filled, f"DELETE FROM tags WHERE tag = 'patient:P1' AND position = {position}")
        with pytest.raises(Unsound, match="index-mismatch: patient:P1: entries found: 10, sealed in the index: 11"):
            filled.export("patient:P1", now=NOW)
        change(filled, "DELETE FROM index_tags", "DELETE FROM index_nodes", "DELETE FROM index_state")
        with pytest.raises(Unsound, match=r"index-mismatch: patient:P1: .* the tag index has 10, 11 bear it"):
            filled.export("patient:P1", now=NOW)
        change(filled, f"INSERT INTO tags VALUES ('patient:P1', {position}, 'fee-confirmed.v1')")


class TestDamagedLog:
    """What is not what was hashed is handed out to nobody; whoever asks is told what it is, as an audit would."""

    @pytest.fixture
    def damaged(self, directory: Path) -> Iterator[Callable[..., TreatmentLedger]]:
        """A ledger that was signed, after these statements."""
        with TreatmentLedger.open(directory) as ledger:

            def damage(*statements: str) -> TreatmentLedger:
                ledger.record(facts(JOURNAL), now=NOW)
                ledger.checkpoint(now=NOW)
                change(ledger, *statements)
                return ledger

            yield damage

    @pytest.mark.parametrize("seal", [True, False])
    @pytest.mark.parametrize(
        "data",
        ["x'00'", "x'ff'", "CAST('{}' AS BLOB)", "CAST('[[[[' AS BLOB)", "CAST(replace(data, '+08', '+07') AS BLOB)",
         "CAST(replace(data, '\"fact\":{', '\"fact\":7,\"was\":{') AS BLOB)"],
    )  # fmt: skip
    @pytest.mark.parametrize("position", [6, 12, 23])  # a patient's file, a session, the seal
    def test_altered_bytes(self, damaged, position: int, data: str, seal: bool) -> None:
        ledger = damaged(f"UPDATE entries SET data = {data} WHERE position = {position}")
        with pytest.raises(Unsound, match=f"^entry-altered: index {position - 1}: its stored bytes .*run `audit`"):
            ledger.export("patient:P1", now=NOW, seal=seal)

    @pytest.mark.parametrize("position", [1, 12])
    def test_an_entry_that_is_missing(self, damaged, position: int) -> None:
        ledger = damaged(f"DELETE FROM entries WHERE position = {position}")
        with pytest.raises(Unsound, match=rf"^entry-missing: index {position - 1}: .*run `audit`"):
            ledger.export("patient:P1", now=NOW)

    @pytest.mark.parametrize("seal", [True, False])
    @pytest.mark.parametrize(
        ("statement", "name"),
        [
            ("UPDATE entries SET data = x'00' WHERE position = {}", "entry-altered"),
            ("UPDATE entries SET data = CAST(replace(data, 'P2', 'P3') AS BLOB) WHERE position = {}", "entry-altered"),
            ("DELETE FROM entries WHERE position = {}", "entry-missing"),
            ("UPDATE entries SET tags = '[]' WHERE position = {}", "malformed"),
        ],
    )
    def test_where_the_index_is_made_anew_every_entry_is_looked_at(
        self, damaged, statement: str, name: str, seal: bool
    ) -> None:
        """Also those that the bundle has not: with false kept tables, what is wrong with the log is named, as it is."""
        ledger = damaged()
        sql = "SELECT max(position) FROM tags WHERE tag = 'patient:P2'"
        with ledger.recorder.connections.read() as connection:
            (position,) = connection.execute(sql).fetchone()
        assert position - 1 not in {recorded.index for recorded in ledger.case("P1")}
        false_tables = "UPDATE index_tags SET frontier = zeroblob(32) WHERE count = 1"
        change(ledger, statement.format(position), false_tables)
        for _ in range(2):
            with pytest.raises(Unsound, match=rf"^{name}: index {position - 1}: .*[Rr]un `audit`"):
                ledger.export("patient:P1", now=NOW, seal=seal)

    def test_rows_of_the_tag_index_that_are_missing(self, damaged) -> None:
        ledger = damaged("DELETE FROM tags WHERE tag = 'patient:P1'")
        with pytest.raises(Unsound, match=r"^index-mismatch: patient:P1: entries found: 0, sealed in the index: 11"):
            ledger.export("patient:P1", now=NOW)
        ledger.record(facts(session("S7", "P2", 1000)), now=NOW)
        for _ in range(2):
            with pytest.raises(
                Unsound, match=r"^index-mismatch: patient:P1: entries found: 0, sealed in the index: 11"
            ):
                ledger.export("patient:P1", now=NOW)

    def test_a_row_of_the_tag_index_too_many(self, damaged) -> None:
        ledger = damaged("INSERT INTO tags VALUES ('patient:P1', 1, 'institution-registered.v1')")
        with pytest.raises(Unsound, match=r"^index-mismatch: index 0: the entry does not bear patient:P1"):
            ledger.export("patient:P1", now=NOW)

    def test_other_readers_are_told_as_well(self, damaged) -> None:
        ledger = damaged("UPDATE entries SET data = x'00' WHERE position IN (6, 12)")
        for ask in (
            lambda: ledger.history("P1"),
            lambda: ledger.case("P1"),
            lambda: list(ledger.facts()),
            lambda: ledger.checkpoint(now=NOW),
        ):
            with pytest.raises(Unsound, match=r"^entry-altered: index 5: "):
                ask()
        with pytest.raises(Unsound, match=r"^entry-altered: index 11: "):
            ledger.record(facts([session("S1", "P1", 60)[2]]), now=NOW)

    def test_facts_altered_into_others_decide_nothing(self, damaged, tmp_path: Path) -> None:
        """Bytes that are a good entry of another fact: nobody reads them, judges by them or takes anything in by them.

        Not in a call, not in a journal; neither what is to be signed of the session nor whose act it is.
        """
        ledger = damaged("UPDATE entries SET data = CAST(replace(data, 'P1', 'P2') AS BLOB) WHERE position = 12")
        journal = tmp_path / "more.ndjson"
        journal.write_text("".join(f"{line}\n" for line in session("S1", "P1", 60)), encoding="utf-8")
        said = ledger.recorder.rows(after=11, upto=12)
        assert b"P2" in next(said).data
        for ask in (
            lambda: ledger.history("P1"),
            lambda: list(ledger.facts()),
            lambda: ledger.entry(11),
            lambda: ledger.subject_of_act("S1"),
            lambda: ledger.statement("session", "S1", "K1"),
            lambda: ledger.import_journal([journal], now=lambda: NOW),
            lambda: ledger.record(facts(session("S1", "P1", 60)), now=NOW),
        ):
            with pytest.raises(Unsound, match=r"^entry-altered: index 11: its stored bytes .*run `audit`"):
                ask()
        assert "entry-altered" in {finding.name for finding in ledger.audit()}


def test_while_others_write_and_seal(filled: TreatmentLedger) -> None:
    stop = threading.Event()
    failed: list[BaseException] = []

    def write() -> None:
        n = 0
        try:
            while not stop.is_set():
                n += 1
                filled.record(facts(session(f"W{n}", "P1", 2000 + 40 * n)), now=NOW)
                if n % 3 == 0:
                    filled.checkpoint(now=NOW)
        except BaseException as error:
            failed.append(error)

    writers = [threading.Thread(target=write)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(8):
            verdict = verify(filled.export("patient:P1", now=NOW), filled.vkey)
            assert verdict.findings == ()
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert failed == []
