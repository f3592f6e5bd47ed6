"""Who signs two histories has signed the proof of it; and no file that does not prove it accuses anybody."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.proof import format_base64, parse_vkey, prove_consistency, root
from ledger.proof.labels import format_label_key
from ledger.verify import Unreadable, fork_of, format_json, format_text, verify
from ledger.verify.__main__ import main
from ledger.verify.forks import MAX_FORK_BYTES, check_fork, read_fork
from tests.verify.fork_files import NO_PROOFS, OTHER, PROOFS, fork, of_one_size, of_two_sizes, rewritten, spelled
from tests.verify.second_forks import proves_fork
from tests.verify.world import WITNESS, Log

KEY = Log().vkey


@pytest.mark.parametrize("name", PROOFS)
def test_two_histories_are_proven(name):
    raw = spelled(PROOFS[name])
    verdict = verify(raw, KEY)
    assert [(found.name, found.where) for found in verdict.findings] == [("history-fork", "second")]
    assert [claim.name for claim in verdict.claims] == ["history fork"]
    assert [claim.name for claim in verdict.not_claimed] == ["which", "who"]
    assert (verdict.facts, verdict.subject, verdict.origin) == ((), None, parse_vkey(KEY).name)
    assert "1 finding that this file proves\n\nProven\n  history fork" in format_text(verdict)
    assert json.loads(format_json(verdict))["sound"] is False
    assert proves_fork(raw, KEY)


@pytest.mark.parametrize("name", NO_PROOFS)
def test_what_does_not_prove_it_is_malformed(name):
    value, places = NO_PROOFS[name]
    verdict = verify(spelled(value), KEY)
    assert {(found.name, found.where) for found in verdict.findings} == {("malformed", place) for place in places}
    assert verdict.claims == ()
    assert [claim.name for claim in verdict.not_claimed] == ["history fork"]
    assert not proves_fork(spelled(value), KEY)


def test_every_byte_of_a_proof_matters_or_it_proves_it_still():
    """Altered anywhere, the file proves a fork, or nothing: it never crashes, and nothing else is found."""
    for name in ("two sizes", "one size"):
        raw = spelled(PROOFS[name])
        for at in range(0, len(raw), 3):
            altered = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
            try:
                found = {finding.name for finding in verify(altered, KEY).findings}
            except Unreadable:
                continue
            assert found in ({"malformed"}, {"history-fork"})
            assert (found == {"history-fork"}) == proves_fork(altered, KEY)


def test_no_log_is_accused_by_its_own_history():
    """Of every two sizes of one log, no nodes of it make a proof."""
    log = Log()
    leaves = log.leaves
    for old in range(1, len(leaves)):
        for new in range(old, len(leaves) + 1):
            own = fork(log.checkpoint(old), log.checkpoint(new))
            if old < new:
                nodes = [format_base64(node) for node in prove_consistency(old, new, leaves)]
                own |= {"root": format_base64(root(leaves[:old])), "consistency": nodes}
            assert {found.name for found in verify(spelled(own), KEY).findings} == {"malformed"}


def test_what_is_no_fork_proof_is_left_to_others():
    assert read_fork(b"\xff") is None
    assert read_fork(b"[]") is None
    assert read_fork(b'{"format":"treatment-ledger-fork/2"}') is None
    assert read_fork(Log().bundle()) is None
    long = spelled(of_one_size() | {"more": "x" * MAX_FORK_BYTES})
    assert read_fork(long) is None
    assert {(found.name, found.where) for found in verify(long, KEY).findings} >= {("malformed", "format")}


def test_what_else_was_given_is_said_to_be_left_alone():
    raw = spelled(of_one_size())
    for given in ({"since": Log().checkpoint(6)}, {"witnesses": [WITNESS]}, {"label_key": bytes(32)}):
        assert [claim.name for claim in verify(raw, KEY, **given).not_claimed] == ["which", "who", "one story"]
    with pytest.raises(Unreadable):
        verify(raw, "x")
    with pytest.raises(Unreadable):
        verify(raw, WITNESS)


def contradicting(size: int) -> bytes:
    """The bundle of a log that was rewritten, with the older checkpoint of what it was before."""
    bundle = json.loads(rewritten(Log()).bundle(since=size))
    bundle["since"]["checkpoint"] = Log().checkpoint(size)
    return json.dumps(bundle).encode()


def test_the_example_of_the_page():
    page = (Path(__file__).parents[2] / "ledger/FORMAT.md").read_text("utf-8")
    example, key = re.search(r"## Fork proof\n.*?```json\n(.*?)```\n\n    (\S+)\n", page, re.DOTALL).groups()
    assert [(one.name, one.where) for one in verify(example.encode(), key).findings] == [("history-fork", "second")]
    assert proves_fork(example.encode(), key)


class TestMaking:
    """Where a bundle contradicts itself, or what its reader holds, that becomes a file of its own."""

    def made(self, bundle: bytes, since: str | None = None) -> str | None:
        proof = fork_of(bundle, KEY, since)
        forked = {"history-fork"} == {found.name for found in verify(bundle, KEY, since).findings}
        if proof is not None:
            assert forked
            value = read_fork(proof.encode())
            assert value is not None
            assert {found.name for found in check_fork(value, parse_vkey(KEY)).findings} == {"history-fork"}
        return proof

    def test_of_a_bundle_that_carries_an_older_checkpoint_of_another_history(self):
        assert self.made(contradicting(6)) is not None

    def test_of_a_size_that_is_a_power_of_two_the_nodes_do_not_tell_the_other_root(self):
        assert self.made(contradicting(8)) is None

    def test_of_the_checkpoint_that_the_reader_holds(self):
        other = rewritten(Log())
        assert self.made(other.bundle(), since=Log().checkpoint()) is not None
        assert self.made(other.bundle(since=6), since=Log().checkpoint(6)) is not None

    def test_none_of_what_is_sound_or_wrong_otherwise(self):
        log = Log()
        assert self.made(log.bundle(since=6), since=log.checkpoint(6)) is None
        assert self.made(log.bundle(), since=Log([*log.entries, OTHER]).checkpoint()) is None  # rolled back, no fork
        assert fork_of(b"\xff", KEY, None) is None
        assert fork_of(log.bundle(), "x", None) is None
        assert fork_of(log.bundle(), KEY, "x") is None
        assert fork_of(spelled(of_two_sizes()), KEY, None) is None
        altered = json.loads(contradicting(6))
        altered["since"]["consistency"][0] = format_base64(bytes(32))
        assert self.made(json.dumps(altered).encode()) is None


class TestCommandLine:
    def test_it_is_written_on_request_and_verifies(self, tmp_path: Path, capsys):
        bundle, out = tmp_path / "bundle.json", tmp_path / "fork.json"
        bundle.write_bytes(contradicting(6))
        assert main([str(bundle), "--key", KEY, "--fork-out", str(out)]) == 1
        said = capsys.readouterr()
        assert said.out.startswith("history-fork: since.consistency: ")
        assert said.err.startswith(f"wrote {out}: ")
        assert main([str(out), "--key", KEY]) == 1
        assert capsys.readouterr().out.startswith("history-fork: second: the log was signed with 6 entries ")

    def test_nothing_is_written_where_there_is_nothing_to_prove(self, tmp_path: Path, capsys):
        bundle, out = tmp_path / "bundle.json", tmp_path / "fork.json"
        bundle.write_bytes(Log().bundle())
        assert main([str(bundle), "--key", KEY, "--fork-out", str(out)]) == 0
        assert "not written: " in capsys.readouterr().err
        assert not out.exists()

    def test_a_place_that_cannot_be_written(self, tmp_path: Path, capsys):
        bundle = tmp_path / "bundle.json"
        bundle.write_bytes(contradicting(6))
        assert main([str(bundle), "--key", KEY, "--fork-out", str(tmp_path / "none" / "fork.json")]) == 1
        said = capsys.readouterr()
        assert said.out.startswith("history-fork: since.consistency: "), "the verdict is told whatever becomes of it"
        assert "none/fork.json: not written: no such file" in said.err

    def test_a_file_that_is_there_is_left_as_it_is(self, tmp_path: Path, capsys):
        bundle, out = tmp_path / "bundle.json", tmp_path / "fork.json"
        bundle.write_bytes(contradicting(6))
        out.write_text("another proof")
        assert main([str(bundle), "--key", KEY, "--fork-out", str(out), "--json"]) == 2
        said = capsys.readouterr()
        assert json.loads(said.out)["sound"] is None
        assert "nothing is overwritten" in said.err
        assert out.read_text() == "another proof"

    def test_as_a_program(self, tmp_path: Path):
        path, labels = tmp_path / "fork.json", tmp_path / "labels.key"
        path.write_bytes(spelled(of_two_sizes()))
        labels.write_text(format_label_key(bytes(32)))
        command = [sys.executable, "-m", "ledger.verify", str(path), "--key", KEY, "--label-key", str(labels)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
        assert done.returncode == 1
        assert done.stdout.startswith("history-fork: second: ")
        assert "it was not looked at" in " ".join(done.stdout.split())
