"""The witness against what others made of the protocol, against races, and against its own past."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import (
    ProofError,
    check_note,
    format_checkpoint,
    leaf_hash,
    parse_note,
    parse_vkey,
    prove_consistency,
    root,
    sign_note,
    vkey,
)
from ledger.verify import verify
from ledger.witness import SIZE_TYPE, Answer, Witness, WitnessError, format_request

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/torchwood/witness-exchanges.json").read_text("utf-8"))
ORIGIN = "hospital.example/ledger"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
VKEY = vkey(ORIGIN, KEY.public_key().public_bytes_raw())
ONE = [leaf_hash(b"%d" % n) for n in range(64)]
OTHER = [*ONE[:2], leaf_hash(b"rewritten"), *ONE[3:]]
AT = 1614584000

DYING = """
import os, signal, sqlite3, sys
from pathlib import Path
from ledger.witness import Witness

class Dying(sqlite3.Connection):
    def executescript(self, script):
        super().executescript(script[: script.index("CREATE TABLE cosigned")])
        os.kill(os.getpid(), signal.SIGKILL)

connect = sqlite3.connect
sqlite3.connect = lambda *path, **named: connect(*path, **named, factory=Dying)
Witness.init(Path(sys.argv[1]), "regulator.example/w1")
"""


def note(leaves: list[bytes], key: Ed25519PrivateKey = KEY) -> str:
    return sign_note(format_checkpoint(ORIGIN, len(leaves), root(leaves)), ORIGIN, key)


def request(old: int, leaves: list[bytes], key: Ed25519PrivateKey = KEY) -> bytes:
    return format_request(old, prove_consistency(old, len(leaves), leaves), note(leaves, key))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    Witness.init(tmp_path / "w", "regulator.example/w1")
    made = Witness(tmp_path / "w")
    assert made.trust(VKEY) == ORIGIN
    return made


def opens(witness: Witness, answer: Answer, leaves: list[bytes], seconds: int = AT) -> None:
    assert answer.status == 200
    cosigned = parse_note(note(leaves) + answer.text)
    check_note(cosigned, parse_vkey(witness.vkey))
    check_note(cosigned, parse_vkey(VKEY))
    assert int.from_bytes(cosigned.signatures[1].signature[:8], "big") == seconds


@pytest.mark.parametrize("name", ["litewitness", "sumdb"])
def test_it_answers_as_another_witness_does(tmp_path, name):
    """Where they differ: of a log that it does not know that program says 403, the specification 404."""
    Witness.init(tmp_path, "example.com/witness")
    witness = Witness(tmp_path)
    if name == "sumdb":
        witness.trust(VECTORS["log_vkey_sumdb"], "go.sum database tree")
    else:
        origin = VECTORS[name][0]["body"].split("\n")[2]
        witness.trust(vkey(origin, bytes.fromhex(VECTORS["log_public_key_hex_litewitness"])))
    assert len(VECTORS["litewitness"]) + len(VECTORS["sumdb"]) == 10
    for exchange in VECTORS[name]:
        answer = witness.add_checkpoint(exchange["body"].encode(), AT)
        for said in exchange["asserts"]:
            how, _, text = said.removeprefix("body ").partition(" ")
            assert json.loads(text) in answer.text if how == "contains" else json.loads(text) == answer.text
            assert (answer.type == SIZE_TYPE) == (how == "==")
            unknown = "unknown log" in said
        assert answer.status == (404 if unknown else exchange["status"])
        if answer.status == 200:
            sent = exchange["body"].partition("\n\n")[2]
            check_note(parse_note(sent + answer.text), parse_vkey(witness.vkey))


def test_it_cosigns_what_continues(witness):
    old = 0
    for size in (1, 2, 3, 7, 8, 40, 64):
        opens(witness, witness.add_checkpoint(request(old, ONE[:size]), AT + size), ONE[:size], AT + size)
        old = size
    (log,) = witness.logs()
    assert (log.origin, log.vkeys, log.last.size, log.last.root, log.at) == (ORIGIN, (VKEY,), 64, root(ONE), AT + 64)
    assert witness.contradictions() == []


def test_the_same_again_is_cosigned_again_with_its_own_time(witness):
    opens(witness, witness.add_checkpoint(request(0, ONE[:5]), AT), ONE[:5])
    opens(witness, witness.add_checkpoint(request(5, ONE[:5]), AT + 9), ONE[:5], AT + 9)


def test_refusals_in_the_order_of_the_specification(witness):
    assert witness.add_checkpoint(request(0, ONE[:5]), AT).status == 200
    stranger, signed = Ed25519PrivateKey.generate(), note(ONE[:7])
    for body, status in (
        (b"", 400),
        (b"old 5\n\nx", 400),
        (format_request(9, [], sign_note("a\nb\nc\n", ORIGIN, KEY)), 400),
        (format_request(9, [], signed.replace(ORIGIN, "other.example")), 404),
        (request(5, ONE[:7], stranger), 403),
        (format_request(9, [], signed.replace("\n7\n", "\n8\n")), 403),
        (format_request(9, [], signed[:-3]), 403),
        (format_request(9, [], signed), 400),
        (request(0, ONE[:7]), 409),
        (request(4, ONE[:4]), 409),
        (request(6, ONE[:7]), 409),
        (format_request(5, [], signed), 422),
        (format_request(5, [ONE[0]], note(ONE[:5])), 422),
        (request(5, OTHER[:7]), 422),
        (format_request(5, [], note(OTHER[:5])), 409),
    ):
        before = witness.logs()
        answer = witness.add_checkpoint(body, AT)
        assert answer.status == status, body
        assert answer.text.endswith("\n")
        assert "—" not in answer.text
        assert witness.logs() == before
        is_size = answer.type == SIZE_TYPE
        assert is_size == (answer.text == "5\n") == (status == 409 and body != format_request(5, [], note(OTHER[:5])))
    opens(witness, witness.add_checkpoint(request(5, ONE[:7]), AT), ONE[:7])


def test_nothing_of_an_empty_log_but_itself(witness):
    assert witness.add_checkpoint(format_request(0, [ONE[0]], note(ONE[:1])), AT).status == 422
    opens(witness, witness.add_checkpoint(request(0, []), AT), [])
    opens(witness, witness.add_checkpoint(request(0, ONE[:3]), AT), ONE[:3])


def test_of_several_keys_any_one_does(witness):
    new = Ed25519PrivateKey.from_private_bytes(b"n" * 32)
    assert witness.add_checkpoint(request(0, ONE[:3], new), AT).status == 403
    witness.trust(vkey(ORIGIN, new.public_key().public_bytes_raw()))
    assert witness.add_checkpoint(request(0, ONE[:3], new), AT).status == 200
    assert witness.add_checkpoint(request(3, ONE[:5]), AT).status == 200
    assert len(witness.logs()[0].vkeys) == 2


def test_logs_do_not_disturb_one_another(witness):
    key = Ed25519PrivateKey.from_private_bytes(b"z" * 32)
    witness.trust(vkey("other.example", key.public_key().public_bytes_raw()))
    other = sign_note(format_checkpoint("other.example", 2, root(OTHER[1:3])), "other.example", key)
    assert witness.add_checkpoint(request(0, ONE[:3]), AT).status == 200
    assert witness.add_checkpoint(format_request(0, [], other), AT).status == 200
    mixed = sign_note(format_checkpoint(ORIGIN, 2, root(OTHER[1:3])), "other.example", key)
    assert witness.add_checkpoint(format_request(0, [], mixed), AT).status == 403


@pytest.mark.parametrize("bad", ["", "x", VKEY + "=", "WITNESS"])
def test_only_a_log_can_be_trusted(witness, bad):
    with pytest.raises(ProofError):
        witness.trust(witness.vkey if bad == "WITNESS" else bad)
    for origin in ("", "two\nlines"):
        with pytest.raises(ProofError):
            witness.trust(VKEY, origin)
    assert [log.origin for log in witness.logs()] == [ORIGIN]


class TestForks:
    """What a log proves against itself is kept, and what it proves to anybody is that alone."""

    def proofs(self, witness: Witness) -> list[tuple[int, set[str]]]:
        found = []
        for kept in witness.contradictions():
            verdict = verify(kept.proof.encode(), VKEY)
            found.append((kept.size, {finding.name for finding in verdict.findings}))
        return found

    def test_another_root_at_the_same_size(self, witness):
        witness.add_checkpoint(request(0, ONE[:5]), AT)
        for body in (format_request(5, [], note(OTHER[:5])), request(0, OTHER[:5]), request(3, OTHER[:5])):
            assert witness.add_checkpoint(body, AT + 1).status == 409
        assert self.proofs(witness) == [(5, {"history-fork"})]
        assert (witness.contradictions()[0].origin, witness.contradictions()[0].at) == (ORIGIN, AT + 1)

    def test_a_longer_log_that_begins_otherwise(self, witness):
        witness.add_checkpoint(request(0, ONE[:5]), AT)
        assert witness.add_checkpoint(request(5, OTHER[:9]), AT).status == 422
        assert witness.add_checkpoint(request(5, OTHER[:12]), AT).status == 422
        assert self.proofs(witness) == [(9, {"history-fork"}), (12, {"history-fork"})]
        opens(witness, witness.add_checkpoint(request(5, ONE[:9]), AT), ONE[:9])

    def test_nothing_is_kept_that_proves_nothing(self, witness):
        witness.add_checkpoint(request(0, ONE[:5]), AT)
        for body in (
            format_request(5, [], note(ONE[:9])),
            format_request(5, prove_consistency(5, 9, OTHER[:9]), note(ONE[:9])),
            format_request(5, prove_consistency(5, 9, ONE[:9])[::-1], note(ONE[:9])),
            request(0, ONE[:9]),
            request(3, OTHER[:4]),
            request(5, OTHER[:9], Ed25519PrivateKey.generate()),
        ):
            assert witness.add_checkpoint(body, AT).status in (403, 409, 422)
        assert witness.contradictions() == []

    def test_so_many_of_one_log_and_no_more(self, witness, monkeypatch):
        monkeypatch.setattr("ledger.witness.state._MOST_CONTRADICTIONS", 2)
        witness.add_checkpoint(request(0, ONE[:5]), AT)
        for size in (9, 10, 11, 12):
            assert witness.add_checkpoint(request(5, OTHER[:size]), AT).status == 422
        assert self.proofs(witness) == [(9, {"history-fork"}), (10, {"history-fork"})]


class TestRace:
    """Whoever asks at the same time, the sizes cosigned only grow, and never two roots of one size."""

    def test_many_at_once(self, witness, tmp_path):
        witness.add_checkpoint(request(0, ONE[:1]), AT)
        answers: list[tuple[int, Answer]] = []

        def ask(leaves: list[bytes], old: int, size: int) -> None:
            answers.append((size, Witness(tmp_path / "w").add_checkpoint(request(old, leaves[:size]), AT)))

        for old in range(1, 9):
            threads = [threading.Thread(target=ask, args=(leaves, old, old + 1)) for leaves in (ONE, OTHER) * 4]
            threads += [threading.Thread(target=ask, args=(ONE, old, old))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            grown = {answer.status for size, answer in answers if size == old + 1}
            assert 200 in grown
            assert grown <= {200, 409, 422}
        bodies = {}
        for size, answer in answers:
            if answer.status != 200:
                continue
            fits = []
            for leaves in (ONE, OTHER):
                try:
                    check_note(parse_note(note(leaves[:size]) + answer.text), parse_vkey(witness.vkey))
                except ProofError:
                    continue
                fits.append(root(leaves[:size]))
            assert len(fits) == 1 or root(ONE[:size]) == root(OTHER[:size])
            bodies.setdefault(size, set()).add(fits[0])
        assert all(len(roots) == 1 for roots in bodies.values())
        assert witness.logs()[0].last.size == 9

    def test_what_was_cosigned_is_on_the_disk_before_the_answer(self, witness, tmp_path):
        """A copy of the files at the moment at which the answer is there holds it: what loss of power leaves."""
        witness.add_checkpoint(request(0, ONE[:5]), AT)
        copy = tmp_path / "copy"
        copy.mkdir()
        for path in (tmp_path / "w").iterdir():
            if not path.name.endswith("-shm"):
                (copy / path.name).write_bytes(path.read_bytes())
                (copy / path.name).chmod(0o600)
        assert Witness(copy).logs()[0].last.size == 5
        assert Witness(copy).add_checkpoint(request(0, OTHER[:7]), AT).status == 409

    def test_a_state_that_cannot_be_written_cosigns_nothing(self, witness, tmp_path, monkeypatch):
        monkeypatch.setattr("ledger.witness.state._BUSY_SECONDS", 0.05)
        holder = sqlite3.connect(tmp_path / "w" / "witness.sqlite3", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(WitnessError, match="cannot be used"):
            witness.add_checkpoint(request(0, ONE[:5]), AT)
        holder.execute("ROLLBACK")
        holder.close()
        assert witness.logs()[0].last is None


class TestDirectory:
    def test_its_files_are_its_owners_alone(self, witness, tmp_path):
        witness.add_checkpoint(request(0, ONE[:5]), AT)
        assert (tmp_path / "w").stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / "w").iterdir()} == {0o600}

    def test_it_is_made_once(self, witness, tmp_path):
        with pytest.raises(WitnessError, match="is here already"):
            Witness.init(tmp_path / "w", "regulator.example/w2")
        with pytest.raises(WitnessError, match="cannot name a witness"):
            Witness.init(tmp_path / "x", "two words")
        assert Witness(tmp_path / "w").vkey == witness.vkey

    def test_what_an_interrupted_init_left_is_made_anew_and_what_was_used_is_not(self, witness, tmp_path):
        (tmp_path / "w" / "witness.key").rename(tmp_path / "key")
        with pytest.raises(WitnessError, match="restore its key"):
            Witness.init(tmp_path / "w", "regulator.example/w1")
        Witness.init(tmp_path / "n", "regulator.example/w1")
        (tmp_path / "n" / "witness.key").unlink()
        vkey = Witness.init(tmp_path / "n", "regulator.example/w1")
        assert Witness(tmp_path / "n").vkey == vkey

    def test_a_crash_while_the_state_was_made_is_not_in_the_way(self, tmp_path):
        """At no moment is there a state that is not whole; what there is of one is made anew."""
        died = subprocess.run([sys.executable, "-c", DYING, tmp_path / "n"], capture_output=True, timeout=60)
        assert died.returncode == -signal.SIGKILL, died.stderr
        left = {path.name for path in (tmp_path / "n").iterdir()}
        assert left == {"witness.sqlite3.new", "witness.sqlite3.new-wal", "witness.sqlite3.new-shm"}
        vkey = Witness.init(tmp_path / "n", "regulator.example/w1")
        assert Witness(tmp_path / "n").vkey == vkey
        assert sorted(path.name for path in (tmp_path / "n").iterdir()) == ["witness.key", "witness.sqlite3"]

    def test_an_empty_state_without_a_key_is_none(self, tmp_path):
        (tmp_path / "witness.sqlite3").touch()
        vkey = Witness.init(tmp_path, "regulator.example/w1")
        assert Witness(tmp_path).vkey == vkey

    def test_copies_beside_it_are_not_removed(self, tmp_path):
        (tmp_path / "witness.sqlite3.old").write_text("somebody's")
        Witness.init(tmp_path, "regulator.example/w1")
        assert (tmp_path / "witness.sqlite3.old").read_text() == "somebody's"

    def test_key_and_state_belong_together(self, witness, tmp_path):
        Witness.init(tmp_path / "x", "regulator.example/w1")
        (tmp_path / "x" / "witness.key").replace(tmp_path / "w" / "witness.key")
        with pytest.raises(WitnessError, match="another witness"):
            Witness(tmp_path / "w")

    def test_without_its_state_it_is_no_witness(self, witness, tmp_path):
        for left in (tmp_path / "w").glob("witness.sqlite3*"):
            left.unlink()
        with pytest.raises(WitnessError, match="make a new witness"):
            Witness(tmp_path / "w")
        assert not (tmp_path / "w" / "witness.sqlite3").exists()
        with pytest.raises(WitnessError, match="witness init"):
            Witness(tmp_path / "nowhere")

    def test_another_programs_database(self, witness, tmp_path):
        state = tmp_path / "w" / "witness.sqlite3"
        for left in (tmp_path / "w").glob("witness.sqlite3*"):
            left.unlink()
        with sqlite3.connect(state) as connection:
            connection.execute("CREATE TABLE witness (vkey)")
        connection.close()
        with pytest.raises(WitnessError, match="another program"):
            Witness(tmp_path / "w")
        state.write_bytes(b"no database at all, but long enough to be looked at" * 100)
        with pytest.raises(WitnessError, match="cannot be used"):
            Witness(tmp_path / "w")
