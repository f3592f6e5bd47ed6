"""`rulebook adopt|roll-back|adopted`, as people run them."""

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from api.adopting import adoptions
from ledger.application import TreatmentLedger
from tests.api.cli.test_reporting import stricter
from tests.api.conftest import environment

BEGIN = ("--from", "2021-01-01")


def test_adopting_shows_asks_and_tells(run, ledger: Path, tmp_path: Path) -> None:
    refused = run("rulebook", "adopt", "shanghai-2017", *BEGIN)
    assert refused.code == 2
    assert "answer on a terminal, or add --yes" in refused.err
    assert json.loads(run("rulebook", "adopted", "--json").out)["adoptions"] == []
    done = run("rulebook", "adopt", "shanghai-2017", *BEGIN, "--yes")
    assert done.code == 0
    assert "no rulebook was adopted so far" in done.err
    assert "newly paid" in done.out
    assert done.last.endswith("decisions on 3 acts are kept, 1 of them not payable")
    new = run("rulebook", "adopt", stricter(tmp_path), "--from", "2021-02-01", "--yes", "--json")
    told = json.loads(new.out)
    assert (told["new"], told["acts"], told["denied"], told["from"]) == (True, 3, 2, "2021-02-01")
    assert (told["preview"]["lost"]["acts"], told["preview"]["gained"]["acts"]) == (1, 0)
    again = json.loads(run("rulebook", "adopt", "new.toml", "--from", "2021-02-01", "--yes", "--json").out)
    assert (again["new"], again["position"], again["preview"]) == (False, told["position"], None)
    listed = json.loads(run("rulebook", "adopted", "--json").out)
    assert [(one["rulebook"], one["from"], one["text_at_hand"]) for one in listed["adoptions"]] == [
        ("shanghai-2017", "2021-01-01", True), ("shanghai-2017", "2021-02-01", True),
    ]  # fmt: skip
    assert [one["kept"] for one in listed["adoptions"]] == [listed["size"] - 1, listed["size"]]
    assert told["digest"] in run("rulebook", "adopted").out


def test_what_was_adopted_judges_from_then_on(run, ledger: Path, tmp_path: Path) -> None:
    """Also when its file is gone: the text is kept, and goes along in bundles."""
    run("rulebook", "adopt", "shanghai-2017", *BEGIN, "--yes")
    own = tmp_path / stricter(tmp_path)
    digest = json.loads(run("rulebook", "adopt", own, "--from", "2021-02-01", "--yes", "--json").out)["digest"]
    own.unlink()
    decisions = [json.loads(line) for line in run("judge", "--ledger", "--rulebook", "in-force").out.splitlines()]
    assert [(one["act"], one["payable"]) for one in decisions] == [("S1", True), ("S2", False), ("S3", False)]
    assert {one["digest"] for one in decisions} == {digest}
    assert json.loads(run("report", "monthly", "--json").out)["basis"]["rulebooks"][-1][1] == digest
    assert run("export", "P1", "--out", "p1.bundle").code == 0
    assert digest in json.loads((tmp_path / "p1.bundle").read_text("utf-8"))["rulebooks"]
    back = run("rulebook", "roll-back", "--yes")
    assert back.code == 0
    assert "back from shanghai-2017" in back.err
    assert back.last.endswith("1 of them not payable")
    assert run("rulebook", "adopt", digest[:10], "--from", "2021-02-01", "--yes").last.endswith("2 of them not payable")


def on_a_terminal(ledger: Path, answer: str, *more: str) -> "subprocess.CompletedProcess[bytes]":
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    command = [sys.executable, "-m", "api.cli", "rulebook", "adopt", "shanghai-2017", *BEGIN, "--data", str(ledger)]
    done = subprocess.run(
        [*command, *more], stdin=theirs, capture_output=True, env=environment(), timeout=120, check=False
    )
    os.close(theirs)
    os.close(ours)
    return done


def test_json_is_for_programs_and_nobody_is_asked(ledger: Path) -> None:
    done = on_a_terminal(ledger, "y", "--json")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"with --json nobody is asked; add --yes" in done.stderr
    assert b"Adopt shanghai-2017" not in done.stderr
    with TreatmentLedger.open(ledger) as opened:
        assert adoptions(opened) == []


@pytest.mark.parametrize(("answer", "code", "adopted"), [("n", 130, 0), ("y", 0, 1)])
def test_asked_on_a_terminal(ledger: Path, answer: str, code: int, adopted: int) -> None:
    done = on_a_terminal(ledger, answer)
    assert done.returncode == code
    assert b"Adopt shanghai-2017 (sha256 " in done.stderr
    with TreatmentLedger.open(ledger) as opened:
        assert len(adoptions(opened)) == adopted


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("adopt", "shanghai-2017"), "Missing option '--from'"),
        (("adopt", "nothing", *BEGIN), "no such rulebook and no such file"),
        (("adopt", "shanghai-2017", "--from", "2021-02-30"), "does not match the format"),
        (("adopt", "ab" * 32, *BEGIN), "no text at hand has a digest that begins so"),
        (("adopt", "abcdef1", *BEGIN), "a digest is known by its first 8 characters or more"),
        (("preview", "00000000"), "no text at hand has a digest that begins so; there are "),
        (("preview", "0000"), "a digest is known by its first 8 characters or more"),
        (("roll-back",), "no rulebook was ever adopted"),
        (("roll-back", "--entry", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_adopted(run, ledger: Path, given: tuple[str, ...], why: str) -> None:
    told = run("rulebook", *given)
    assert (told.code, told.out) == (2, "")
    assert why in told.err


def test_nothing_that_it_makes_is_for_others(run, ledger: Path) -> None:
    run("rulebook", "adopt", "shanghai-2017", *BEGIN, "--yes")
    for name in ("mirror", "decisions", "rulebooks"):
        for path in [ledger / name, *(ledger / name).rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


@pytest.mark.parametrize(("day", "what"), [("0001-01-01", "long ago"), ("9999-12-31", "far ahead")])
def test_a_day_that_nobody_means_is_asked_about(run, ledger: Path, day: str, what: str) -> None:
    done = run("rulebook", "adopt", "shanghai-2017", "--from", day, "--yes")
    assert done.code == 0
    assert f"warning: from {day} on, that is {what}" in done.err
    assert run("rulebook", "adopted").code == 0


def test_going_back_twice_is_refused_and_an_entry_says_what_is_meant(run, ledger: Path, tmp_path: Path) -> None:
    run("rulebook", "adopt", "shanghai-2017", *BEGIN, "--yes")
    run("rulebook", "adopt", stricter(tmp_path), *BEGIN, "--yes")
    back = run("rulebook", "roll-back", "--yes")
    assert "back from shanghai-2017 (entry 18) to shanghai-2017, from 2021-01-01 on" in back.err
    again = run("rulebook", "roll-back", "--yes")
    assert (again.code, again.out) == (2, "")
    assert "the last adoption (entry 19) went back already" in again.err
    assert "back from shanghai-2017" not in again.err
    forth = run("rulebook", "roll-back", "--entry", "19", "--yes")
    assert forth.code == 0
    assert forth.last.endswith("2 of them not payable")


def test_nobody_is_told_of_going_back_before_it_can_be(run, ledger: Path, tmp_path: Path) -> None:
    run("rulebook", "adopt", "shanghai-2017", *BEGIN, "--yes")
    run("rulebook", "adopt", stricter(tmp_path), "--from", "2021-02-01", "--yes")
    refused = run("rulebook", "roll-back")
    assert refused.code == 2
    assert "answer on a terminal, or add --yes" in refused.err
    assert "back from" not in refused.err
