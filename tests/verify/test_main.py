"""The command line: exit codes, and what a person and a machine are told."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ledger.proof import COSIGNATURE_V1, vkey
from ledger.proof.labels import format_label_key
from ledger.verify.__main__ import main
from tests.verify.held_texts import HELD_TEXTS
from tests.verify.key_texts import AROUND, KEY_TEXTS, broken
from tests.verify.second_verifier import second_verifier
from tests.verify.world import WITNESS


@pytest.fixture
def saved(log, tmp_path) -> Path:
    path = tmp_path / "bundle.json"
    path.write_bytes(log.full())
    return path


def test_sound_exits_0(log, saved, capsys):
    assert main([str(saved), "--key", log.vkey]) == 0
    text = capsys.readouterr().out
    assert text.startswith("sound: patient:P1, 19 entries of 25 in the log example.org/invented-hospital\n")
    assert "\nProven\n  authentic " in text
    assert "\nNot claimed\n  complete " in text
    assert "\n  one story " in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_unsound_exits_1_and_names_the_entry(log, saved, capsys):
    saved.write_text(saved.read_text().replace("4000", "9000"))
    assert main([str(saved), "--key", log.vkey]) == 1
    text = capsys.readouterr().out
    assert text.startswith("entry-altered: index 16: ")
    assert "unsound: 1 finding; nothing in this file is proven" in text
    assert "Proven" not in text


def test_json(log, saved, capsys):
    assert main([str(saved), "--key", log.vkey, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["sound"] is True
    assert (answer["subject"], answer["origin"], answer["size"], answer["entries"]) == (
        "patient:P1",
        "example.org/invented-hospital",
        25,
        19,
    )
    assert answer["findings"] == []
    assert {claim["claim"] for claim in answer["not_claimed"]} >= {"possible", "one story"}
    saved.write_text(saved.read_text().replace("4000", "9000"))
    assert main([str(saved), "--key", log.vkey, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["sound"] is False
    assert answer["claims"] == []
    assert answer["findings"][0].keys() == {"name", "where", "what"}


def test_since(log, saved, tmp_path, capsys):
    held = tmp_path / "held.txt"
    held.write_text(log.checkpoint(6))
    assert main([str(saved), "--key", log.vkey, "--since", str(held)]) == 0
    assert "the checkpoint you hold" in " ".join(capsys.readouterr().out.split())
    held.write_text(log.checkpoint(7))
    assert main([str(saved), "--key", log.vkey, "--since", str(held)]) == 1
    held.write_bytes(b"\xff\xfe")
    assert main([str(saved), "--key", log.vkey, "--since", str(held)]) == 2
    held.unlink()
    assert main([str(saved), "--key", log.vkey, "--since", str(held)]) == 2
    assert "held.txt" in capsys.readouterr().err


def test_witnesses(log, saved, capsys):
    assert main([str(saved), "--key", log.vkey, "--witness", WITNESS]) == 0
    assert "one story      The witnesses" in capsys.readouterr().out
    other = vkey("other.example/witness", bytes(range(32)), COSIGNATURE_V1)
    assert main([str(saved), "--key", log.vkey, "--witness", WITNESS, "--witness", other]) == 1
    assert capsys.readouterr().out.startswith("checkpoint-signature: checkpoint: witness")
    assert main([str(saved), "--key", log.vkey, "--witness", log.vkey]) == 2


def test_what_stands_around_a_key_is_the_white_space_of_unicode():
    """As Python has it, but for four separators that Unicode does not count; and the byte order mark."""
    spaces = {one for one in map(chr, range(0x110000)) if one.isspace()}
    assert set(AROUND) == spaces - set("\x1c\x1d\x1e\x1f") | {"\ufeff"}


@pytest.mark.parametrize("name", KEY_TEXTS)
def test_what_stands_around_a_key_is_no_part_of_it(log, saved, capsys, name):
    text, is_key = KEY_TEXTS[name]
    asked = [str(saved), "--key", text.format(log.vkey)]
    assert main(asked) == (0 if is_key else 2)
    assert main([str(saved), "--key", log.vkey, "--witness", text.format(WITNESS)]) == (0 if is_key else 2)
    assert ("one story      The witnesses" in capsys.readouterr().out) == is_key


@pytest.mark.parametrize("one", AROUND)
def test_within_a_key_nothing_is_left_out(log, saved, one):
    assert main([str(saved), "--key", broken(log.vkey, one)]) == 2
    assert main([str(saved), "--key", log.vkey, "--witness", broken(WITNESS, one)]) == 2


def test_which_key_is_wrong(log, saved, capsys):
    for wrong in (WITNESS[:-4], "nonsense", "a+b+c"):
        assert main([str(saved), "--key", wrong]) == 2
        assert capsys.readouterr().err.startswith("unreadable: key: ")
        assert main([str(saved), "--key", log.vkey, "--witness", wrong]) == 2
        assert capsys.readouterr().err.startswith("unreadable: witness key: ")


def test_label_key(log, saved, tmp_path, capsys):
    key = tmp_path / "labels.key"
    key.write_text(format_label_key(bytes(32)))
    assert main([str(saved), "--key", log.vkey, "--label-key", str(key)]) == 1
    assert capsys.readouterr().out.startswith("opening-differs: openings: 8: the label")
    saved.write_bytes(log.bundle())
    assert main([str(saved), "--key", log.vkey, "--label-key", str(key)]) == 0
    assert "key for labels had nothing" in " ".join(capsys.readouterr().out.split())
    key.write_text("no key")
    assert main([str(saved), "--key", log.vkey, "--label-key", str(key)]) == 2
    assert "labels.key" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", None])
def test_unreadable_exits_2(log, saved, capsys, content):
    if content is None:
        saved.unlink()
    else:
        saved.write_bytes(content)
    assert main([str(saved), "--key", log.vkey]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("unreadable: ")
    assert len(err.splitlines()) == 1
    assert "Errno" not in err
    assert main([str(saved), "--key", log.vkey, "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"sound": None, "error": err.removesuffix("\n")}
    if content is None:
        assert answer["error"].endswith("cannot be read: no such file")


def test_a_key_that_is_no_witness_is_told_what_is_expected(log, saved, capsys):
    for other in ("nonsense", log.vkey):
        assert main([str(saved), "--key", log.vkey, "--witness", other]) == 2
        err = capsys.readouterr().err
        assert "0x04" in err
        assert "`witness key`" in err
        assert "treatment-ledger key" not in err


def test_what_was_held_is_not_asked_for_once_more(log, saved, tmp_path, capsys):
    held = tmp_path / "held.txt"
    held.write_text(log.checkpoint(7))
    assert main([str(saved), "--key", log.vkey, "--since", str(held)]) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "append-only That nothing was rewritten since the checkpoint you hold: see what was found." in text
    assert "(--since)" not in text


def test_a_folder_and_a_wrong_key_exit_2(log, saved, tmp_path, capsys):
    assert main([str(tmp_path), "--key", log.vkey]) == 2
    assert main([str(saved), "--key", log.vkey[:-4]]) == 2
    assert "treatment-ledger key" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["x"], ["--key", "k"], ["x", "--key"], ["x", "--key", "k", "--no"]])
def test_wrong_usage_exits_2(arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_what_is_told_of_many_findings(log, saved, capsys):
    bundle = json.loads(saved.read_text())
    saved.write_text(json.dumps(bundle | {"depths": [-1] * 700, "streams": [0] * 700}))
    assert main([str(saved), "--key", log.vkey]) == 1
    text = capsys.readouterr().out
    assert "… and 100 more findings (--json lists them)\n… and more: of each kind the first 100 places" in text
    assert "unsound: 200 and more findings; nothing" in text
    assert main([str(saved), "--key", log.vkey, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (len(answer["findings"]), answer["more"]) == (200, True)


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    expected = f"python -m ledger.verify {project['version']}, reads treatment-ledger-bundle/2\n"
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("name", HELD_TEXTS)
def test_what_the_reader_holds(log, saved, tmp_path, capsys, name):
    """Every way in which an older checkpoint can be none, another's, or the right one; here and in all verifiers."""
    make, code, begins = HELD_TEXTS[name]
    held = tmp_path / "held.txt"
    held.write_bytes(make(log).encode())
    assert main([str(saved), "--key", log.vkey, "--since", str(held)]) == code
    out, err = capsys.readouterr()
    assert (err if code == 2 else out).startswith(begins)
    assert second_verifier(saved.read_bytes(), log.vkey, make(log)) is (code == 0)


def test_as_a_program_where_only_ascii_can_be_printed(log, saved):
    bundle = json.loads(saved.read_text())
    saved.write_text(json.dumps(bundle | {"键\ud800\x1b[31m": 1}))
    command = [sys.executable, "-m", "ledger.verify", str(saved), "--key", log.vkey]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": ""}
    done = subprocess.run(command, capture_output=True, env=environment, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stdout
    assert done.stdout.startswith(b"malformed: bundle: '")


def test_it_needs_the_proof_room_and_cryptography_alone():
    program = (
        "import sys; begun = set(sys.modules)\n"  # what an installation loads by itself (sitecustomize) is not ours
        "import ledger.verify.__main__\n"
        "known = set(sys.stdlib_module_names) | {'cryptography', 'ledger', '_cffi_backend', '__main__'}\n"
        "new = sys.modules.keys() - begun\n"
        "print(sorted(name for name in new if name.split('.')[0] not in known and not name.startswith('_')))\n"
        "print(sorted(name for name in sys.modules if name.startswith('ledger.') and name.count('.') == 1))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, cwd=root, check=False)
    if done.returncode:  # -S hides site-packages where there is an environment: then with them
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True)
    foreign, ours = done.stdout.splitlines()
    assert ours == "['ledger.proof', 'ledger.verify']"
    assert foreign == "[]"
