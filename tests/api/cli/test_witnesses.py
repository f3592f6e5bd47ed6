"""`witnesses …` and what `checkpoint` says of them."""

import json
from pathlib import Path

from api.clock import parse_instant
from ledger.application import TreatmentLedger
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


def test_a_contradiction_stands_until_the_witness_agrees_or_is_removed(run, ledger: Path, tmp_path: Path) -> None:
    run("witness", "init", "--name", "w.example")
    key = run("witness", "key").out.strip()
    run("witness", "trust", run("key").out.strip())
    run("witnesses", "add", key)
    signed = run("checkpoint").out

    def contradict(at: str) -> None:
        with TreatmentLedger.open(ledger) as opened:
            opened.cosigning().contradicted(key, "history-fork", "another root was cosigned", parse_instant(at))

    contradict("2021-03-01T08:00:00+08:00")
    commands = (["checkpoint"], ["export", "P1", "--out", "x"], ["publish", "p"], ["import", "-"])
    for command in (*commands, ["checkpoint", "--cosign"]):
        answer = run(*command)
        assert (answer.code, answer.out) == (1, ""), command
        assert "history-fork: witness w.example: another root was cosigned (said at 2021-03-01T" in answer.err
        assert "`witnesses remove w.example`" in answer.err
    assert not (tmp_path / "x").exists()
    assert run("audit").out.startswith("history-fork: witness w.example: another root was cosigned")
    request = run("witnesses", "request", "w.example").out
    cosignature = run("witness", "cosign", "-", stdin=request.encode()).out
    assert "agrees now" in run("witnesses", "take", "w.example", "-", stdin=cosignature.encode()).err
    assert run("checkpoint").out.startswith(signed)

    contradict("2999-01-01T00:00:00+08:00")
    assert "agrees now" not in run("witnesses", "take", "w.example", "-", stdin=cosignature.encode()).err
    assert run("checkpoint").code == 1, "what was cosigned before it was contradicted is no agreement"
    removed = run("witnesses", "remove", "w.example")
    assert removed.code == 0
    assert "history-fork: another root was cosigned (said at 2999-" in removed.err
    assert [run(*command).code for command in commands[:3]] == [0, 0, 0]
    assert run("audit").code == 0
    assert run("witnesses", "remove", "w.example").code == 2
