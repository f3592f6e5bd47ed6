"""`witnesses …` and what `checkpoint` says of them."""

import json
from pathlib import Path

from tests.witnesses import free_port


def test_added_shown_and_removed(run, ledger: Path) -> None:
    run("witness", "init", "--name", "w.example")
    key = run("witness", "key").out.strip()
    added = run("witnesses", "add", key, "https://w.example/prefix")
    assert added.code == 0
    assert run("key").out.strip() in added.err, "the witness has to be told of this ledger's key"
    assert run("witnesses", "add", key).code == 2
    assert json.loads(run("witnesses", "list", "--json").out) == [
        {"vkey": key, "url": "https://w.example/prefix", "size": 0}
    ]
    assert "https://w.example/prefix" in run("witnesses", "list").out
    assert run("witnesses", "remove", "w.example").code == 0
    assert json.loads(run("witnesses", "list", "--json").out) == []
    for wrong in (("add", "x"), ("add", key, "no address"), ("remove", "w.example"), ("request", "w.example")):
        answer = run("witnesses", *wrong)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.startswith("Error: ")


def test_there_must_be_a_ledger(run) -> None:
    for command in (["list"], ["add", "x"], ["remove", "x"], ["request", "x"], ["take", "x", "-"]):
        answer = run("witnesses", *command)
        assert answer.code == 2
        assert "there is no ledger here" in answer.err


def test_a_list_that_cannot_be_read_is_bad_input(run, ledger: Path) -> None:
    (ledger / "witnesses.toml").write_text("[")
    for command in (["checkpoint"], ["export", "P1", "--out", "x"], ["witnesses", "list"]):
        answer = run(*command)
        assert answer.code == 2
        assert "witnesses.toml" in answer.err


def test_one_that_is_down_is_told_and_held_nobody_up(run, ledger: Path) -> None:
    run("witness", "init", "--name", "w.example")
    run("witnesses", "add", run("witness", "key").out.strip(), f"http://127.0.0.1:{free_port()}")
    signed = run("checkpoint")
    assert (signed.code, signed.err.startswith("witness w.example: ")) == (0, True)
    assert run("export", "P1", "--out", "x").code == 0
    assert run("publish", "p").code == 0
    asked = run("checkpoint", "--cosign")
    assert (asked.code, asked.out) == (1, signed.out), "with --cosign, the answer is no"


def test_nothing_is_signed_by_asking(run, ledger: Path) -> None:
    answer = run("checkpoint", "--cosign")
    assert (answer.code, answer.out) == (2, "")
    assert "nothing was signed yet" in answer.err
    signed = run("checkpoint").out
    assert run("checkpoint", "--cosign").out == signed
    assert run("witnesses", "take", "w.example", "-").code == 2
