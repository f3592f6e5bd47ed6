"""`report` and `rulebook preview`, as people run them."""

import csv
import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from api.cli.reporting import NAMES
from api.reporting import OF_COLUMNS, REPORTS
from tests.api.conftest import environment

TOUR = Path(__file__).parents[2] / "data" / "tour.ndjson"
RULEBOOKS = Path(__file__).parents[3] / "projections" / "rulebooks"


def test_the_program_knows_every_report() -> None:
    assert tuple(REPORTS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_report_in_each_form(run, tmp_path: Path, name: str) -> None:
    other = ("--against", "national-2010") if name == "changes" else ()
    _each_form(partial(run, "report", name, TOUR, *other), tmp_path, name)


def _each_form(asked, tmp_path: Path, name: str) -> None:
    table = asked()
    assert (table.code, table.err) == (0, "")
    document = json.loads(asked("--json").out)
    assert document["name"] == name
    assert document["title"]["zh"] in table.out
    assert document["basis"]["rulebooks"][0][0] == "shanghai-2017"
    rows = list(csv.reader(asked("--format", "csv").out.splitlines()))
    assert rows[0] == [column["id"] for column in document["tables"][0]["columns"]]
    assert len(rows) == 1 + len(document["tables"][0]["rows"])
    assert asked("--format", "page", "--out", "page.html").out == ""
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!doctype html>")


def test_of_the_ledger_a_register_tells_places_in_the_log(run, ledger: Path) -> None:
    document = json.loads(run("report", "register", "--json").out)
    table = document["tables"][0]
    ids = [column["id"] for column in table["columns"]]
    acts = {row["cells"][ids.index("act")]: row["cells"][ids.index("position")] for row in table["rows"]}
    # seals and what else the ledger writes itself have places too, so they are counted in the log, not in a journal
    assert acts["S1"] < acts["S2"] < acts["S3"]
    entry = json.loads(run("history", "P1", "--format", "ndjson").out.splitlines()[0])
    assert entry["type"] == "PatientFileOpened"


def test_a_report_says_what_it_was_computed_from(run, ledger: Path, tmp_path: Path) -> None:
    """Rules, log and both times; a journal has no log, and says so."""
    signed = run("checkpoint").out.splitlines()
    cut = ("--as-of", "2021-03-01T12:00:00+08:00", "--as-known-at", "2021-03-01T11:00:00+08:00")
    basis = json.loads(run("report", "monthly", "--json", *cut).out)["basis"]
    assert (str(basis["log_size"]), basis["log_root"]) == (signed[1], signed[2])
    assert (basis["as_of"], basis["as_known_at"]) == (cut[1], cut[3])
    line = run("report", "monthly", *cut).out.splitlines()[1]
    assert line.startswith("by shanghai-2017 (eaecd08ae96b…), default; of ")
    assert line.endswith(f"{signed[1]} entries, root {signed[2]}, as of {cut[1]}, as known at {cut[3]}")
    run("report", "monthly", *cut, "--format", "page", "--out", "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert all(said in page for said in (signed[2], cut[1], cut[3], "not used"))
    assert run("report", "monthly", TOUR).out.splitlines()[1].endswith("; of a journal")


def test_a_register_row_by_row(run, ledger: Path, tmp_path: Path) -> None:
    """CSV, NDJSON and JSON say the same, in a pipe and in a file; of a journal as well."""
    for source in ((), (TOUR,)):
        asked = partial(run, "report", "register", *source)
        (table,) = json.loads(asked("--json").out)["tables"]
        names = [column["id"] for column in table["columns"]]
        lines = [json.loads(line) for line in asked("--format", "ndjson").out.splitlines()]
        assert [list(line) for line in lines] == [names] * 3
        assert [list(line.values()) for line in lines] == [row["cells"] for row in table["rows"]]
        assert [line["act"] for line in lines] == ["S1", "S2", "S3"]
        assert asked("--format", "csv", "--out", "register.csv") == (0, "", "")
        file = (tmp_path / "register.csv").read_text("utf-8-sig")
        assert list(csv.reader(file.splitlines())) == list(csv.reader(asked("--format", "csv").out.splitlines()))
    assert asked("--format", "ndjson", "--table", "acts").code == 0
    wrong = asked("--format", "ndjson", "--table", "nothing")
    assert (wrong.code, wrong.out) == (2, "")


def test_of_a_ledger_exceptions_say_where_and_how_late_they_were_taken_in(run, ledger: Path) -> None:
    """The acts of the first of March came in on the second: in time. One that comes in today is years late."""
    (ledger.parent / "late.ndjson").write_text(
        '{"type":"SessionStarted","at":"2021-03-01T16:00:00+08:00","session":"S9","patient":"P1","prescription":"R1",'
        '"order":"1","therapist":"PT1","institution":"H1","setting":"outpatient"}\n'
    )
    assert run("import", "late.ndjson").code == 0
    table = json.loads(run("report", "exceptions", "--json").out)["tables"][1]
    names = [column["id"] for column in table["columns"]]
    found = [dict(zip(names, row["cells"], strict=True)) for row in table["rows"]]
    (late,) = [one for one in found if one["kind"] == "appended-late"]
    places = {line["act"]: line["position"] for line in map(json.loads, _ndjson(run, "register"))}
    assert (late["acts"], late["positions"]) == ("S9", str(places["S9"]))


def _ndjson(run, name: str) -> list[str]:
    return run("report", name, "--format", "ndjson").out.splitlines()


def test_a_table_goes_into_no_file(run, tmp_path: Path) -> None:
    refused = run("report", "monthly", TOUR, "--out", "table.txt")
    assert (refused.code, refused.out) == (2, "")
    assert "--out writes csv, ndjson, json or page" in refused.err


def test_of_a_long_log_the_mirror_says_what_its_facts_say(run, ledger: Path, tmp_path: Path) -> None:
    fees = [
        {"id": "F1", "act": "S1", "amount_fen": 4000},
        {"act": "S2", "amount_fen": 4000, "fund_fen": 3400},
        {"act": "S3", "amount_fen": 4000, "fund_fen": 3000},
        {"act": "S3", "amount_fen": 3000, "fund_fen": 100},  # at the same instant: the last counts
    ]
    lines = [{"type": "FeeConfirmed", "at": "2021-03-01T17:00:00+08:00", **fee} for fee in fees]
    lines.append({
        "type": "EntryCorrected", "at": "2021-03-01T18:00:00+08:00", "target": "F1", "field": "fund_fen", "old": None,
        "new": 2000, "reason": "left out", "practitioner": "PT1",
    })  # fmt: skip
    (tmp_path / "fees.ndjson").write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    assert run("import", "fees.ndjson").code == 0
    found = {}
    for name in ("monthly", "register", "refund"):
        of_facts = json.loads(run("report", name, "--json", "--open", "3").out)
        assert of_facts["basis"].pop("mirror", None) is None
        of_mirror = json.loads(_as_if_long(tmp_path, "report", name, "--json", "--open", "3"))
        assert of_mirror["basis"].pop("mirror")
        assert {**of_mirror, "basis": None} == {**of_facts, "basis": None}
        found[name] = of_mirror["tables"][0]
    ids = [column["id"] for column in found["register"]["columns"]]
    shares = {row["cells"][ids.index("act")]: row["cells"][ids.index("fund_fen")] for row in found["register"]["rows"]}
    assert shares == {"S1": 2000, "S2": 3400, "S3": 100}


def _as_if_long(directory: Path, *arguments: str) -> str:
    """What the program says where no log is too short for its mirror."""
    code = "from api import mirroring; mirroring.COLUMNS_PAY = 0; from api.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=directory, env=environment(), capture_output=True, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_a_month_and_an_institution(run) -> None:
    def acts(*given: str) -> int:
        tables = json.loads(run("report", "register", TOUR, "--json", *given).out)["tables"]
        return len(tables[0]["rows"])

    assert acts("--month", "2021-03") == acts("--institution", "H1") == acts() == 3
    assert acts("--month", "2021-04") == acts("--from", "2021-03-02") == 0
    assert acts("--to", "2021-03-01", "--from", "2021-03-01") == 3


@pytest.mark.parametrize("name", NAMES)
def test_an_institution_that_there_is_not_is_told(run, ledger: Path, name: str) -> None:
    against = ("--against", "national-2010") if name == "changes" else ()
    told = run("report", name, *((TOUR,) if name in OF_COLUMNS else ()), "--institution", "H9", *against)
    assert (told.code, told.out) == (2, "")
    assert told.err == "Error: no institution H9; there are H1\n"


@pytest.mark.parametrize("name", NAMES)
def test_that_there_are_no_acts_is_told(run, tmp_path: Path, name: str) -> None:
    nothing = "there are no acts from 2021-04-01 to 2021-04-30; those there are lie on 2021-03-01"
    against = ("--against", "national-2010") if name == "changes" else ()
    asked = partial(run, "report", name, TOUR, "--month", "2021-04", *against)
    assert nothing in asked().out.splitlines()
    if name not in ("monthly", "register"):
        return
    assert [said["en"] for said in json.loads(asked("--json").out)["said"]] == [nothing]
    assert asked("--format", "csv").err == f"{nothing}\n"
    asked("--format", "page", "--out", "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert nothing in page
    assert "2021-04-01 至 2021-04-30 没有治疗记录；现有记录均在2021-03-01" in page
    assert json.loads(run("report", name, TOUR, "--month", "2021-03", "--json").out)["said"] == []


def test_of_a_ledger_without_acts_that_is_told(run) -> None:
    run("init", "--origin", "hospital.example/ledger")
    assert "there are no acts at all" in run("report", "monthly").out
    none = run("report", "monthly", "--institution", "H1")
    assert (none.code, none.err) == (2, "Error: no institution H1: none is known here yet\n")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("--month", "2021-13"), "is no month"),
        (("--month", "2021-03", "--to", "2021-03-05"), "--month says the days already"),
        (("--from", "2021-03-05", "--to", "2021-03-01"), "the last is before the first"),
        (("--format", "csv", "--table", "nothing"), "no table 'nothing' in this report; there are"),
        (("--open", "-1"), "-1 is not in the range x>=0"),
    ],
)
def test_what_cannot_be_meant(run, given: tuple[str, ...], why: str) -> None:
    told = run("report", "monthly", TOUR, *given)
    assert (told.code, told.out) == (2, "")
    assert why in told.err


def stricter(tmp_path: Path) -> str:
    """Of item 1 one session a day instead of two."""
    text = (RULEBOOKS / "shanghai-2017.toml").read_text("utf-8")
    before, found, after = text.partition("max = 2\n")
    assert found
    (tmp_path / "notice-changning-2020.txt").write_bytes((RULEBOOKS / "notice-changning-2020.txt").read_bytes())
    (tmp_path / "new.toml").write_text(f"{before}max = 1\n{after}", "utf-8")
    return "new.toml"


def test_a_preview_says_who_loses_and_why_and_changes_nothing(run, ledger: Path, tmp_path: Path) -> None:
    new = stricter(tmp_path)
    size = run("judge", "--ledger").out
    told = json.loads(run("rulebook", "preview", new, "--json").out)
    assert (told["acts"], told["gained"]["acts"], told["lost"]["acts"]) == (3, 0, 1)
    assert told["changes"] == [
        {
            "act": "S2", "patient": "P1", "item": "exercise-therapy", "day": "2021-03-01", "institution": "H1",
            "position": told["changes"][0]["position"], "payable": False, "amount_fen": None, "because": ["1.day"],
        }
    ]  # fmt: skip
    assert [line["key"] for line in told["by_month"]] == ["2021-03"]
    table = run("rulebook", "preview", new)
    assert "no longer paid     1" in table.out
    assert run("judge", "--ledger").out == size


def test_from_a_day_on(run, tmp_path: Path) -> None:
    new = stricter(tmp_path)
    for day, lost in (("2021-03-01", 1), ("2021-03-02", 0)):
        told = json.loads(run("rulebook", "preview", new, TOUR, "--from", day, "--json").out)
        assert told["lost"]["acts"] == lost


def test_a_cut_before_an_adoption_is_judged_by_what_was_then(run, ledger: Path, tmp_path: Path) -> None:
    """Nothing had been adopted: shanghai-2017 judges, and the report says so; after it, what was adopted."""
    run("rulebook", "adopt", "shanghai-2017", "--from", "2021-01-01", "--yes")
    run("rulebook", "adopt", stricter(tmp_path), "--from", "2021-02-01", "--yes")
    new = json.loads(run("rulebook", "adopted", "--json").out)["adoptions"][1]["digest"]
    old = json.loads(run("report", "register", TOUR, "--json").out)["basis"]["rulebooks"][0][1]
    for name in ("monthly", "register", "exceptions", "near-limit"):
        basis = json.loads(run("report", name, "--json").out)["basis"]
        assert basis["rulebooks"] == [["shanghai-2017", old], ["shanghai-2017", new]]
        assert basis["periods"] == [["2021-01-01", "shanghai-2017", old], ["2021-02-01", "shanghai-2017", new]]
        for cut in ("--as-of", "--as-known-at"):
            before = json.loads(run("report", name, "--json", cut, "2021-03-31T00:00:00+08:00").out)
            assert (before["basis"]["rulebooks"], before["basis"]["periods"]) == ([["shanghai-2017", old]], [])
            assert "no rulebook was adopted by the time" in before["said"][0]["en"]
    by = f"by shanghai-2017 ({old[:12]}…) from 2021-01-01, shanghai-2017 ({new[:12]}…) from 2021-02-01, default; of "
    assert run("report", "monthly").out.splitlines()[1].startswith(by)
    run("report", "monthly", "--format", "page", "--out", "page.html")
    assert f"自 2021-02-01 起 from 2021-02-01: shanghai-2017 · SHA-256 {new}" in (tmp_path / "page.html").read_text(
        "utf-8"
    )
    cut = run("report", "register", "--format", "csv", "--as-of", "2021-03-31T00:00:00+08:00")
    assert "no rulebook was adopted by the time" in cut.err
    assert cut.out.count(",payable,,") == 2  # as shanghai-2017 has it: two a day
    assert run("report", "register", "--format", "csv").out.count(",payable,,") == 1


def test_a_rulebook_that_is_none_is_refused(run, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("format = 1", "utf-8")
    told = run("rulebook", "preview", "bad.toml", TOUR)
    assert (told.code, told.out) == (2, "")
    assert "bad.toml: " in told.err


def test_changes_before_and_after_an_adoption(run, ledger: Path, tmp_path: Path) -> None:
    nothing = run("report", "changes")
    assert (nothing.code, nothing.out) == (2, "")
    assert "no rulebook was ever adopted" in nothing.err
    run("rulebook", "adopt", "shanghai-2017", "--from", "2021-01-01", "--yes")
    entry = json.loads(run("rulebook", "adopted", "--json").out)["adoptions"][0]["position"]
    against = json.loads(run("report", "changes", "--json", "--against", stricter(tmp_path)).out)
    run("rulebook", "adopt", "new.toml", "--from", "2021-02-01", "--yes")
    last = json.loads(run("report", "changes", "--json").out)
    for document in (last, against):
        whole = document["tables"][0]
        cells = dict(zip([column["id"] for column in whole["columns"]], whole["rows"][0]["cells"], strict=True))
        assert (cells["gained"], cells["lost"], cells["patients"]) == (0, 1, 1)
        assert document["tables"][-1]["rows"][0]["cells"][1] == "S2"
    first = json.loads(run("report", "changes", "--json", "--adoption", str(entry)).out)
    assert first["tables"][-1]["rows"] == []
    assert "no rulebook in force before 2021-01-01" not in run("report", "changes", "--adoption", str(entry)).out
    old, new = (first["basis"]["rulebooks"][0][1], last["basis"]["other"]["rulebooks"][1][1])
    assert last["basis"]["other"]["adoption"] > entry == first["basis"]["other"]["adoption"]
    assert against["basis"]["other"]["adoption"] is None
    assert last["basis"]["other"]["periods"] == [
        ["2021-01-01", "shanghai-2017", old], ["2021-02-01", "shanghai-2017", new],
    ]  # fmt: skip
    header = run("report", "changes", "--month", "2021-03").out.splitlines()[1]
    before = f"shanghai-2017 ({old[:12]}…) from 2021-01-01"
    after = f"{before}, shanghai-2017 ({new[:12]}…) from 2021-02-01"
    assert header.startswith(f"by {before} → {after} (adopted by entry {last['basis']['other']['adoption']:,}), ")
    assert ", default; only acts from 2021-03-01 to 2021-03-31; of " in header
    follows = ("--against", "new.toml", "--against-from", "2021-02-01")
    from_a_day = run("report", "changes", TOUR, *follows).out.splitlines()[1]
    assert from_a_day.startswith(f"by shanghai-2017 ({old[:12]}…) → shanghai-2017 ({old[:12]}…), shanghai-2017 (")
    opened = run("report", "changes", "--open", "3", "--table", "items").out
    assert "S2@" in opened
    wrong = run("report", "changes", "--adoption", "1")
    assert (wrong.code, wrong.out) == (2, "")
    assert "entry 1 adopts no rulebook" in wrong.err


def test_changes_of_a_month_and_of_an_institution(run, tmp_path: Path) -> None:
    def lost(*given: str) -> list[int]:
        document = json.loads(run("report", "changes", TOUR, "--against", "new.toml", "--json", *given).out)
        return [document["tables"][0]["rows"][0]["cells"][2], len(document["tables"][-1]["rows"])]

    stricter(tmp_path)
    assert lost() == lost("--month", "2021-03") == lost("--institution", "H1") == [1, 1]
    assert lost("--from", "2021-03-01", "--to", "2021-03-01") == [1, 1]
    assert lost("--from", "2021-03-02") == lost("--month", "2021-02") == [0, 0]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("monthly", TOUR, "--against", "national-2010"), "are for `report changes`"),
        (("changes", "--against", "national-2010", "--adoption", "3"), "one of the two"),
        (("changes", "--against-from", "2021-03-01"), "name one"),
        (("changes", TOUR), "name another rulebook with --against"),
    ],
)
def test_changes_that_cannot_be_meant(run, given: tuple[str, ...], why: str) -> None:
    told = run("report", *given)
    assert (told.code, told.out) == (2, "")
    assert why in told.err
