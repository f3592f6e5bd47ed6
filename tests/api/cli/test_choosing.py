"""By which rulebook every command answers that is told none: after an adoption, before it, and without its text."""

import json
from pathlib import Path

import pytest

from projections.rules.rulebook import load_rulebook
from tests.api.cli.test_reporting import stricter

BEFORE = ("--as-of", "2021-06-01T00:00:00+08:00")
NOT_YET = "no rulebook was adopted by the time that is asked about, so shanghai-2017 judges"


@pytest.fixture
def adopted(run, ledger: Path, tmp_path: Path) -> str:
    """The digest of a text adopted today, from 2021 on, by which S2 is not paid: its file is gone, the text is kept."""
    new = tmp_path / stricter(tmp_path)
    done = run("rulebook", "adopt", new, "--from", "2021-01-01", "--yes", "--json")
    assert done.code == 0, done.err
    new.unlink()
    return str(json.loads(done.out)["digest"])


def test_an_explanation_is_by_what_was_adopted_by_then(run, adopted: str) -> None:
    told = run("explain", "S2", "--json")
    decision = json.loads(told.out)["decision"]
    assert (decision["payable"], decision["digest"], told.err) == (False, adopted, "")
    told = run("explain", "S2", "--json", *BEFORE)
    assert json.loads(told.out)["decision"]["payable"]
    assert NOT_YET in told.err
    told = run("explain", "S2", "--json", "--rulebook", "shanghai-2017")
    assert (json.loads(told.out)["decision"]["payable"], told.err) == (True, "")


def test_eligibility_is_by_what_was_adopted(run, adopted: str) -> None:
    asked = ("eligibility", "P1", "--item", "exercise-therapy", "--at", "2021-03-02T18:00:00+08:00", "--json")
    (standing,) = json.loads(run(*asked).out)["items"]
    assert standing["decision"]["digest"] == adopted
    (standing,) = json.loads(run(*asked, "--rulebook", "shanghai-2017").out)["items"]
    assert standing["decision"]["digest"] != adopted


def test_judge_stays_with_its_contract_and_says_what_else_was_adopted(run, ledger: Path, adopted: str) -> None:
    told = run("judge", "--ledger")
    assert [json.loads(line)["payable"] for line in told.out.splitlines()] == [True, True, False]
    (line,) = told.err.splitlines()
    assert line == (
        f"adopted was shanghai-2017 ({adopted[:12]}…) from 2021-01-01; this is judged by shanghai-2017: "
        "--rulebook in-force judges by what was adopted"
    )
    for more in (("--rulebook", "in-force"), ("--rulebook", "shanghai-2017"), BEFORE):
        assert run("judge", "--ledger", *more).err == ""
    summary = run("judge", "--ledger", "--summary", "--json")
    assert summary.err.splitlines() == [line]


def test_so_does_judging_a_journal(run, journal: Path, adopted: str) -> None:
    fact = {"type": "RulebookAdopted", "at": "2021-01-02T08:00:00+08:00", "rulebook": "national-2010",
            "digest": "ab" * 32, "effective_from": "2021-01-01"}  # fmt: skip
    with journal.open("a", encoding="utf-8") as file:
        file.write(json.dumps(fact) + "\n")
    told = run("judge", journal)
    assert len(told.out.splitlines()) == 3
    assert "adopted was national-2010 (abababababab…) from 2021-01-01" in told.err


def test_a_preview_is_beside_what_was_adopted(run, ledger: Path, adopted: str) -> None:
    sums = json.loads(run("rulebook", "preview", "shanghai-2017", "--json").out)
    assert (sums["gained"]["acts"], sums["lost"]["acts"]) == (1, 0)
    sums = json.loads(run("rulebook", "preview", adopted[:8], "--json").out)
    assert (sums["gained"]["acts"], sums["lost"]["acts"]) == (0, 0)


def test_without_the_text_the_default_answers_and_it_is_said(run, ledger: Path, adopted: str) -> None:
    kept = ledger / "rulebooks" / f"{adopted}.toml"
    text = kept.read_bytes()
    kept.unlink()
    for command in (("explain", "S2"), ("eligibility", "P1")):
        told = run(*command, "--json")
        assert told.code == 0
        assert "warning: judged by shanghai-2017, not by what was adopted: " in told.err
        assert adopted in told.err
    assert json.loads(run("explain", "S2", "--json").out)["decision"]["payable"]
    for command in (
        ("rulebook", "preview", "shanghai-2017"),
        ("rulebook", "adopt", "shanghai-2017", "--from", "2022-01-01", "--yes"),
    ):
        told = run(*command)
        assert (told.code, told.out) == (2, "")
        assert "--rulebook-file" in told.err
        assert "--rulebook-file" in run(*command[:2], "--help").out, "the advice is of an option that there is"
    back = run("rulebook", "roll-back", "--yes")
    assert (back.code, back.out) == (2, "")
    assert "none to go back to" in back.err
    assert "back from" not in back.err
    (ledger / "again.toml").write_bytes(text)
    done = run(
        "rulebook", "adopt", "shanghai-2017", "--from", "2022-01-01", "--yes", "--rulebook-file", ledger / "again.toml"
    )
    assert done.code == 0, done.err
    assert kept.read_bytes() == text
    assert run("explain", "S2").err == ""


def test_the_service_learns_of_adoptions_as_they_come(run, serving, ledger: Path, token: str, tmp_path: Path) -> None:
    """Without a restart, also where the text came after it started."""
    with serving(ledger) as running, running.client(token) as client:
        decisions = client.get("/patients/P1/decisions").json()["decisions"]
        assert [one["payable"] for one in decisions] == [True, True, False]
        done = run("rulebook", "adopt", stricter(tmp_path), "--from", "2021-01-01", "--yes", "--json")
        digest = json.loads(done.out)["digest"]
        decisions = client.get("/patients/P1/decisions").json()["decisions"]
        assert [(one["payable"], one["digest"]) for one in decisions] == [
            (True, digest), (False, digest), (False, digest),
        ]  # fmt: skip
        assert not client.get("/acts/S2/explanation").json()["decision"]["payable"]
        standing = client.get("/patients/P1/eligibility", params={"item": "exercise-therapy"}).json()
        assert standing["items"][0]["decision"]["digest"] == digest
        before = {"as_of": BEFORE[1]}
        assert client.get("/acts/S2/explanation", params=before).json()["decision"]["payable"]
        assert client.get("/patients/P1/decisions", params=before).json()["decisions"][1]["payable"]


def test_the_service_answers_by_the_default_without_the_text_and_logs_it_once(
    serving, ledger: Path, token: str
) -> None:
    lost = {"type": "RulebookAdopted", "at": "2021-01-02T08:00:00+08:00", "rulebook": "our-office",
            "digest": "ab" * 32, "effective_from": "2021-01-01"}  # fmt: skip
    with serving(ledger) as running:
        with running.client(token) as client:
            assert client.post("/facts", json=lost).status_code == 201
            for _ in range(2):
                decisions = client.get("/patients/P1/decisions")
                assert decisions.status_code == 200
                assert {one["rulebook"] for one in decisions.json()["decisions"]} == {"shanghai-2017"}
            assert client.get("/acts/S2/explanation").status_code == 200
            assert client.get("/patients/P1/eligibility").status_code == 200
        running.process.terminate()
        running.process.wait(timeout=30)
        log = running.process.stderr.read()
    assert log.count("adopted-text-missing: judged by shanghai-2017, not by what was adopted") == 1


QUESTIONS = ("/patients/P1/decisions", "/acts/S2/explanation", "/patients/P1/eligibility")


def test_a_spoilt_text_takes_no_question_down(run, serving, ledger: Path, token: str, adopted: str) -> None:
    """The default answers, and it is told which file it is; also where the service starts with it."""
    kept = ledger / "rulebooks" / f"{adopted}.toml"
    text = kept.read_bytes()
    with serving(ledger) as running, running.client(token) as client:
        kept.write_bytes(bytes([text[0] ^ 1]) + text[1:])
        assert [client.get(asked).status_code for asked in QUESTIONS] == [200, 200, 200]
        assert client.get("/acts/S2/explanation").json()["decision"]["payable"]
        kept.write_bytes(text)
        assert not client.get("/acts/S2/explanation").json()["decision"]["payable"]
        kept.write_bytes(text[:-1])
    with serving(ledger) as running:
        with running.client(token) as client:
            assert [client.get(asked).status_code for asked in QUESTIONS] == [200, 200, 200]
        running.process.terminate()
        running.process.wait(timeout=30)
        log = running.process.stderr.read()
    assert "adopted-text-missing: judged by shanghai-2017, not by what was adopted" in log
    assert f"adopted from 2021-01-01: {kept}: file: it is not the text that its name says" in log
    told = run("explain", "S2", "--json")
    assert (told.code, json.loads(told.out)["decision"]["payable"]) == (0, True)
    assert "warning: judged by shanghai-2017" in told.err
    assert kept.name in told.err


def test_what_else_lies_there_is_no_matter(run, serving, ledger: Path, token: str, adopted: str) -> None:
    """A draft, a spoilt text of nobody's, the spoilt copy of a text that comes with the program."""
    home = ledger / "rulebooks"
    for name in ("draft", "ab" * 32, load_rulebook("shanghai-2017").digest):
        (home / f"{name}.toml").write_text("= 1", "utf-8")
    told = run("explain", "S2", "--json")
    assert (told.err, json.loads(told.out)["decision"]["digest"]) == ("", adopted)
    with serving(ledger) as running, running.client(token) as client:
        assert [client.get(asked).status_code for asked in QUESTIONS] == [200, 200, 200]
        assert client.get("/acts/S2/explanation").json()["decision"]["digest"] == adopted
