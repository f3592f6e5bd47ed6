"""`rulebook adopt|roll-back|adopted`, as people run them."""

import json
import os
import pty
import re
import stat
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from api import going_back
from api.adopting import NotAdopted, adopt, adoptions
from api.cli.adopting import roll_back_command
from ledger.application import TreatmentLedger
from projections.rules.rulebook import load_rulebook
from tests.api.cli.test_reporting import stricter
from tests.api.conftest import TAKEN_IN, environment

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
    assert [(one["in_force"], one["until"]) for one in listed["adoptions"]] == [(True, "2021-01-31"), (True, None)]
    table = run("rulebook", "adopted").out
    assert told["digest"] in table
    assert [re.findall("until 2021-01-31|from then on|replaced", line) for line in table.splitlines()[1:]] == [
        ["until 2021-01-31"], ["from then on"],
    ]  # fmt: skip
    run("rulebook", "roll-back", "--yes")
    assert run("rulebook", "adopted").out.splitlines()[2].count("replaced") == 1


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


def test_going_back_does_not_go_over_what_came_in_between(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process adopts after it was found what to go back to, and before anything is proposed."""
    first, second = date(2021, 1, 1), date(2021, 2, 1)
    shipped, new = load_rulebook("shanghai-2017"), load_rulebook(tmp_path / stricter(tmp_path))
    with TreatmentLedger.open(ledger) as opened:
        adopt(opened, shipped, first, now=TAKEN_IN)
        adopt(opened, new, second, now=TAKEN_IN + timedelta(days=1))
    found = going_back.gone_back

    def overtaken(*asked: Any) -> going_back.GoneBack:
        back = found(*asked)
        with TreatmentLedger.open(ledger) as theirs:
            adopt(theirs, new, date(2021, 1, 15), now=TAKEN_IN + timedelta(days=2))
        return back

    monkeypatch.setattr(going_back, "gone_back", overtaken)
    with pytest.raises(NotAdopted, match=r"nothing was adopted: meanwhile entry .* adopts .* from 2021-01-15"):
        roll_back_command.main(["--data", str(ledger), "--yes"], standalone_mode=False)
    with TreatmentLedger.open(ledger) as opened:
        assert [one.fact.effective_from.isoformat() for one in adoptions(opened)] == [
            "2021-01-01", "2021-02-01", "2021-01-15",
        ]  # fmt: skip


def test_a_spoilt_text_hinders_only_whoever_needs_it_and_is_healed(run, ledger: Path, tmp_path: Path) -> None:
    run("rulebook", "adopt", "shanghai-2017", *BEGIN, "--yes")
    own = stricter(tmp_path)
    digest = json.loads(run("rulebook", "adopt", own, *BEGIN, "--yes", "--json").out)["digest"]
    kept = ledger / "rulebooks" / f"{digest}.toml"
    text = kept.read_bytes()
    kept.write_bytes(text.replace(b"max = 2", b"max = 3", 1))
    spoilt = f"{kept.name}: file: it is not the text that its name says"
    told = run("rulebook", "decision", "S2", "--json")
    assert [one["decision"]["payable"] for one in json.loads(told.out)] == [True]
    assert told.err.count(spoilt) == 2, "of what was in force, and of what is kept"
    (_, listed) = json.loads(run("rulebook", "adopted", "--json").out)["adoptions"]
    assert not listed["text_at_hand"]
    refused = run("rulebook", "roll-back", "--from", "2021-02-01", "--yes")
    assert refused.code == 2, "in January it would stay in force"
    assert spoilt in refused.err
    done = run("rulebook", "adopt", own, *BEGIN, "--yes", "--json")
    assert (done.code, json.loads(done.out)["new"]) == (0, False)
    assert kept.read_bytes() == text
    kept.write_bytes(b"")
    done = run("rulebook", "roll-back", "--yes", "--rulebook-file", own)
    assert done.code == 0, done.err
    assert kept.read_bytes() == text


def test_out_of_an_adoption_whose_text_nobody_has(run, ledger: Path, tmp_path: Path) -> None:
    line = (
        '{"type":"RulebookAdopted","at":"2021-03-01T08:00:00+08:00","rulebook":"shanghai-2017",'
        f'"digest":"{"ab" * 32}","effective_from":"2021-01-01"}}\n'
    )
    (tmp_path / "adoption.ndjson").write_text(line)
    run("import", "adoption.ndjson")
    assert run("report", "monthly", "--month", "2021-03").code == 2
    away = run("rulebook", "adopt", "shanghai-2017", "--from", "2021-02-01", "--yes")
    assert away.code == 2, "in January it would stay in force"
    assert "`rulebook adopt FILE --from 2021-01-01`" in away.err
    done = run("rulebook", "adopt", "shanghai-2017", *BEGIN, "--yes", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["new"], told["acts"], told["denied"], told["preview"]) == (True, 3, 1, None)
    assert "what this adoption moves cannot be shown, and no decisions of before it will be kept" in done.err
    for asked in (("report", "monthly", "--month", "2021-03"), ("rulebook", "preview", stricter(tmp_path))):
        assert run(*asked).code == 0
    assert "warning" not in run("rulebook", "adopt", "new.toml", "--from", "2021-02-01", "--yes").err
