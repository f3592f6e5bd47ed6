"""The ledger as a whole: made, opened, asked and proven."""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.application import LedgerError, TreatmentLedger
from ledger.proof import ProofError, check_consistency, check_inclusion, open_checkpoint, parse_vkey
from ledger.store.schema import Identity, create_ledger
from ledger.treatment.facts import EntryCorrected, PatientFileOpened, SessionStarted
from tests.application.conftest import NOW
from tests.application.world import JOURNAL, fact, facts, patient
from tests.invariants import root


@pytest.fixture
def filled(ledger: TreatmentLedger) -> TreatmentLedger:
    """The whole small journal."""
    ledger.record(facts(JOURNAL), now=NOW)
    return ledger


class TestMaking:
    def test_made(self, tmp_path: Path) -> None:
        vkey = TreatmentLedger.init(tmp_path / "a" / "b", "example.org/h1")
        assert parse_vkey(vkey).name == "example.org/h1"
        names = sorted(str(path.relative_to(tmp_path / "a" / "b")) for path in (tmp_path / "a" / "b").rglob("*"))
        assert names == ["keys", "keys/signing.key", "ledger.sqlite3"]
        with TreatmentLedger.open(tmp_path / "a" / "b") as ledger:
            assert (ledger.origin, ledger.vkey, ledger.size) == ("example.org/h1", vkey, 0)
            assert ledger.latest_checkpoint() is None
            assert ledger.audit() == []

    def test_for_its_owner_only(self, tmp_path: Path) -> None:
        before = os.umask(0o022)
        try:
            TreatmentLedger.init(tmp_path / "a" / "b", "example.org/h1")
            with TreatmentLedger.open(tmp_path / "a" / "b") as ledger:
                ledger.record(facts(JOURNAL), now=NOW)
                ledger.checkpoint(now=NOW)
                modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a" / "b").rglob("*")}
        finally:
            os.umask(before)
        assert modes == {
            "keys": 0o700,
            "signing.key": 0o600,
            "last-signed": 0o600,
            "ledger.sqlite3": 0o600,
            "ledger.sqlite3-wal": 0o600,
            "ledger.sqlite3-shm": 0o600,
        }
        assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700

    def test_a_directory_that_was_there_keeps_its_mode(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir(mode=0o750)
        TreatmentLedger.init(tmp_path / "data", "example.org/h1")
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o750

    def test_not_twice(self, directory: Path) -> None:
        key = (directory / "keys" / "signing.key").read_bytes()
        with pytest.raises(LedgerError, match="a ledger is here already"):
            TreatmentLedger.init(directory, "example.org/h1")
        assert (directory / "keys" / "signing.key").read_bytes() == key

    def test_not_over_a_key(self, directory: Path) -> None:
        (directory / "ledger.sqlite3").unlink()
        with pytest.raises(LedgerError, match="a signing key is here already, and a key is never overwritten"):
            TreatmentLedger.init(directory, "example.org/h1")

    def test_of_those_who_make_it_at_once_one_does(self, tmp_path: Path) -> None:
        made: list[str] = []
        refused: list[str] = []

        def make() -> None:
            try:
                made.append(TreatmentLedger.init(tmp_path / "data", "example.org/h1"))
            except LedgerError as error:
                refused.append(str(error))

        threads = [threading.Thread(target=make) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(made), len(refused)) == (1, 5)
        with TreatmentLedger.open(tmp_path / "data") as ledger:
            assert [ledger.vkey] == made
            assert open_checkpoint(ledger.checkpoint(now=NOW), made[0]).size == 1, "the seal of nothing"

    def test_what_an_interrupted_init_left_is_not_in_the_way(self, tmp_path: Path) -> None:
        create_ledger(tmp_path / "ledger.sqlite3.new", Identity("example.org/other", "x"))
        TreatmentLedger.init(tmp_path, "example.org/h1")
        with TreatmentLedger.open(tmp_path) as ledger:
            assert ledger.origin == "example.org/h1"

    def test_a_bad_origin_leaves_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(LedgerError, match="cannot name a key"):
            TreatmentLedger.init(tmp_path / "data", "two words")
        with pytest.raises(LedgerError, match="there is no ledger here"):
            TreatmentLedger.open(tmp_path / "data")
        assert TreatmentLedger.init(tmp_path / "data", "example.org/h1")

    def test_none_there(self, tmp_path: Path) -> None:
        with pytest.raises(LedgerError, match="there is no ledger here; make one with `init`"):
            TreatmentLedger.open(tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_where_nothing_can_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("not a directory")
        with pytest.raises(LedgerError, match="no ledger can be made here"):
            TreatmentLedger.init(tmp_path / "file" / "data", "example.org/h1")
        with pytest.raises(LedgerError, match="there is no ledger here"):
            TreatmentLedger.open(tmp_path / "file" / "data")

    def test_open_elsewhere_is_the_same(self, filled: TreatmentLedger, directory: Path) -> None:
        with TreatmentLedger.open(directory) as other:
            assert (other.size, list(other.facts())) == (filled.size, list(filled.facts()))


class TestAsking:
    def test_history(self, filled: TreatmentLedger) -> None:
        history = filled.history("P1")
        assert [recorded.index for recorded in history] == sorted(recorded.index for recorded in history)
        # File, episode, prescription; two sessions of three lines; the fee and the correction.
        assert len(history) == 3 + 6 + 1 + 1
        assert isinstance(history[0].fact, PatientFileOpened)
        assert history[0].appended_at == NOW

    def test_history_of_nobody(self, filled: TreatmentLedger) -> None:
        assert filled.history("P9") == []

    def test_case_has_what_judging_needs(self, filled: TreatmentLedger) -> None:
        case = filled.case("P1")
        assert [recorded.index for recorded in case] == sorted({recorded.index for recorded in case})
        assert all(recorded in case for recorded in filled.history("P1"))
        registered = [r.fact.practitioner for r in case if r.fact.ENTRY_TYPE == "practitioner-registered.v1"]
        assert registered == ["DR1", "PT1", "PT2"], "also who is named by a correction only"
        assert not any(getattr(recorded.fact, "patient", "P1") != "P1" for recorded in case)

    def test_what_was_corrected_onto_a_patient_is_theirs(self, filled: TreatmentLedger) -> None:
        assert not any(isinstance(recorded.fact, EntryCorrected) for recorded in filled.history("P2"))
        moved = fact("EntryCorrected", 900, target="S1", field="patient", old="P1", new="P2", reason="mistaken",
                     practitioner="DR1")  # fmt: skip
        filled.record([moved], now=NOW)
        sessions = [r.fact.session for r in filled.history("P2") if isinstance(r.fact, SessionStarted)]
        assert sessions == ["S1", "S2"]
        judged = [r.fact.session for r in filled.case("P2") if isinstance(r.fact, SessionStarted)]
        assert judged == ["S1", "S2", "S3"], "P1's S3 counts on the sheet that S1 stands on"
        assert filled.subject_of_act("S1") == "P2"

    def test_subject_of_act(self, filled: TreatmentLedger) -> None:
        assert [filled.subject_of_act(act) for act in ("S1", "S2", "S9", "P1")] == ["P1", "P2", None, None]

    def test_facts_from_a_place_on(self, filled: TreatmentLedger) -> None:
        assert [recorded.index for recorded in filled.facts(10)] == list(range(10, filled.size))
        assert list(filled.facts(filled.size)) == []

    def test_no_such_entry(self, filled: TreatmentLedger) -> None:
        for index in (-1, filled.size):
            with pytest.raises(LedgerError, match=f"index {index}: the ledger has {filled.size} entries"):
                filled.entry(index)
            with pytest.raises(LedgerError, match=f"index {index}:"):
                filled.leaf(index)


class TestProving:
    def test_every_entry_is_in_every_tree(self, filled: TreatmentLedger) -> None:
        leaves = [filled.leaf(index) for index in range(filled.size)]
        for size in range(1, filled.size + 1):
            tree = root(leaves[:size])
            for index in range(size):
                check_inclusion(index, size, leaves[index], filled.prove_inclusion(index, size), tree)

    def test_every_tree_continues_those_before(self, filled: TreatmentLedger) -> None:
        leaves = [filled.leaf(index) for index in range(filled.size)]
        for new in range(1, filled.size + 1):
            for old in range(new + 1):
                proof = filled.prove_consistency(old, new)
                check_consistency(old, new, proof, root(leaves[:old]), root(leaves[:new]))

    def test_out_of_range(self, filled: TreatmentLedger) -> None:
        size = filled.size
        for call in (
            lambda: filled.prove_inclusion(size, size),
            lambda: filled.prove_inclusion(-1, size),
            lambda: filled.prove_inclusion(0, size + 1),
            lambda: filled.prove_consistency(3, 2),
            lambda: filled.prove_consistency(0, size + 1),
            lambda: filled.prove_consistency(-1, size),
        ):
            with pytest.raises(LedgerError):
                call()

    def test_checkpoint(self, filled: TreatmentLedger) -> None:
        note = filled.checkpoint(now=NOW)
        assert filled.latest_checkpoint() == note
        assert open_checkpoint(note, filled.vkey).size == filled.size
        filled.record(facts(patient("P3")), now=NOW)
        assert open_checkpoint(filled.checkpoint(now=NOW), filled.vkey).size == filled.size


def test_proofs_refuse_in_their_own_words() -> None:
    assert not issubclass(LedgerError, ProofError)


class TestOldBackup:
    """The key has signed for entries that are gone: nothing is taken in, signed or exported, and readers are warned."""

    @pytest.fixture
    def restored(self, directory: Path) -> Iterator[TreatmentLedger]:
        with TreatmentLedger.open(directory) as ledger:
            ledger.record(facts(JOURNAL), now=NOW)
            ledger.checkpoint(now=NOW)
        backup = (directory / "ledger.sqlite3").read_bytes()  # closed, it is one file
        with TreatmentLedger.open(directory) as ledger:
            ledger.record(facts(patient("P7", 950)), now=NOW)
            ledger.checkpoint(now=NOW)
        (directory / "ledger.sqlite3").write_bytes(backup)
        with TreatmentLedger.open(directory) as ledger:
            yield ledger

    def test_is_read_and_nothing_else(self, restored: TreatmentLedger, tmp_path: Path) -> None:
        journal = tmp_path / "more.ndjson"
        journal.write_bytes(b"")
        for use in (
            lambda: restored.record(facts(patient("P8", 950)), now=NOW),
            lambda: restored.import_journal([journal], now=lambda: NOW),
            lambda: restored.export("patient:P1", now=NOW),
            lambda: restored.export("patient:P1", now=NOW, seal=False),
            lambda: restored.checkpoint(now=NOW),
            lambda: restored.latest_checkpoint(),
            lambda: restored.statement("session", "S1", "K1"),
            lambda: restored.people().add_person("P1", b"{}", now=NOW),
            lambda: restored.people().erasure_statement("P1", "K1", None, now=NOW),
            lambda: restored.people().erase("P1", [], now=NOW),
        ):
            with pytest.raises(LedgerError, match=r"checkpoint-rollback: .* an old backup was restored"):
                use()
        assert restored.history("P1")
        assert "what is read here lacks what was recorded since" in str(restored.old_backup())
        assert [finding.name for finding in restored.audit()] == ["checkpoint-rollback"]


class TestLostMark:
    """Without the key's high-water mark nobody can tell an old backup: what is taken in might be a second history."""

    @pytest.mark.parametrize("damage", ["missing", "no note", "another ledger's"])
    def test_nothing_is_taken_in_that_could_not_be_signed(self, directory: Path, tmp_path: Path, damage: str) -> None:
        with TreatmentLedger.open(directory) as ledger:
            ledger.record(facts(JOURNAL), now=NOW)
            note = ledger.checkpoint(now=NOW)
            size = ledger.size
        mark = directory / "keys" / "last-signed"
        mark.unlink()
        what = "last-signed: missing, and with it what this key last signed; nothing is signed or taken in"
        if damage == "no note":
            mark.write_text("rubbish")
            what = "checkpoint-signature: last-signed: "
        elif damage == "another ledger's":
            TreatmentLedger.init(tmp_path / "other", "example.org/other")
            with TreatmentLedger.open(tmp_path / "other") as other:
                mark.write_text(other.checkpoint(now=NOW))
            what = "checkpoint-signature: last-signed: "
        journal = tmp_path / "more.ndjson"
        journal.write_bytes(b"")
        with TreatmentLedger.open(directory) as ledger:
            for use in (
                lambda: ledger.record(facts(patient("P8", 950)), now=NOW),
                lambda: ledger.import_journal([journal], now=lambda: NOW),
                lambda: ledger.statement("session", "S1", "K1"),
                lambda: ledger.people().add_person("P1", b"{}", now=NOW),
                lambda: ledger.people().erase("P1", [], now=NOW),
                lambda: ledger.checkpoint(now=NOW),
            ):
                with pytest.raises(LedgerError, match=what):
                    use()
            assert ledger.size == size
            assert ledger.history("P1"), "it is read"
            mark.write_text(note)
            ledger.record(facts(patient("P8", 950)), now=NOW)
            ledger.checkpoint(now=NOW)
            assert ledger.audit() == []

    def test_before_the_first_checkpoint_there_is_none_to_miss(self, directory: Path) -> None:
        with TreatmentLedger.open(directory) as ledger:
            assert ledger.latest_checkpoint() is None
            ledger.record(facts(JOURNAL), now=NOW)
