"""`rulebook readings`: every reading with its words; and what each other option would move, as table and as JSON."""

import json
from pathlib import Path

import pytest

from api.cli.tables import Yuan

FEES = """\
{"type":"FeeConfirmed","at":"2021-03-02T08:00:00+08:00","act":"S1","amount_fen":12345}
{"type":"FeeConfirmed","at":"2021-03-03T08:00:00+08:00","act":"S1","amount_fen":123450}
"""
OFFICE = """\
format = "profile/1"
name = "invented-office"
based_on = "strict"

[readings]
and_list = "any"
physician_scope = "qualification_or_training"
"""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    path = tmp_path / "office.toml"
    path.write_text(OFFICE, encoding="utf-8")
    return path


@pytest.fixture
def fees(tmp_path: Path) -> Path:
    path = tmp_path / "fees.ndjson"
    path.write_text(FEES, encoding="utf-8")
    return path


def test_readings_are_listed_with_words_options_and_reasons(run) -> None:
    listed = run("rulebook", "readings")
    assert (listed.code, listed.err) == (0, "")
    blocks = {block.split()[0]: block.splitlines() for block in listed.out.split("\n\n")}
    assert blocks["child"] == [
        "child  “限儿童”",
        "  > under_18  before the 18th birthday 18岁生日以前 [default, lenient]",
        "    up_to_14  before the 15th birthday 15岁生日以前 [strict]",
        "  why  The law on the protection of minors uses 18; paediatric wards use 14. (未成年人保护法第2条)",
        "  decides  3.child",
    ]
    data = json.loads(run("rulebook", "readings", "--json").out)
    assert data["rulebook"] == "shanghai-2017"
    assert len(data["readings"]) == 34
    by_name = {reading["name"]: reading for reading in data["readings"]}
    assert by_name["physician_scope"]["clauses"] == ["record.physician"]
    assert by_name["extension_valid"]["options"]["P14D"] == "one assessment supports 14 days"
    assert all(one["phrase"] or one["name"] == "no_text" for one in data["readings"])
    other = run("rulebook", "readings", "--rulebook", "national-2010", "--json")
    assert json.loads(other.out)["rulebook"] == "national-2010"


def test_the_list_shows_what_a_profile_takes(run, office: Path) -> None:
    shown = run("rulebook", "readings", "--profile", office, "--reading", "child=under_18").out
    taken = {line.split()[1] for line in shown.splitlines() if line.startswith("  > ")}
    assert {"any", "qualification_or_training", "under_18", "P14D"} <= taken
    assert "> up_to_14" not in shown


def test_a_price_is_acts_and_money_each_way(run, journal: Path, fees: Path, office: Path) -> None:
    priced = run("rulebook", "readings", "--price", journal, fees, "--profiles", office)
    assert (priced.code, priced.err) == (0, "")
    lines = priced.out.splitlines()
    assert lines[:2] == [
        "3 acts judged by shanghai-2017 under default:",
        "2 payable, ¥1,234.50 (1 without a confirmed fee)",
    ]
    rows = {line.split()[0]: line.split()[1:] for line in lines if line and line[0] != " "}
    assert rows["and_list=all"] == ["0", "¥0.00", "2", "¥1,234.50", "1", "1", "██████████"]
    assert rows["strict"] == rows["and_list=all"]
    assert rows["invented-office"] == ["0", "¥0.00", "0", "¥0.00", "0", "0"]
    still = next(line for line in lines if line.startswith("These "))
    assert "child=up_to_14" in still
    assert "and_list" not in still


def test_the_price_as_json_has_the_acts(run, journal: Path, fees: Path) -> None:
    data = json.loads(run("rulebook", "readings", "--price", journal, "--price", fees, "--json").out)
    assert {key: data[key] for key in ("rulebooks", "profile", "readings", "acts", "payable", "amount_fen")} == {
        "rulebooks": ["shanghai-2017"], "profile": "default", "readings": {},
        "acts": 3, "payable": 2, "amount_fen": 123_450,
    }  # fmt: skip
    assert {row["option"]: row for row in data["alternatives"] if row["reading"] == "and_list"} == {
        "all": {
            "reading": "and_list", "option": "all", "instead_of": "any", "patients": 1,
            "newly_payable": {"acts": 0, "amount_fen": 0, "without_fee": 0, "ids": []},
            "newly_denied": {"acts": 2, "amount_fen": 123_450, "without_fee": 1, "ids": ["S1", "S2"]},
        }
    }  # fmt: skip
    assert [row["option"] for row in data["profiles"]] == ["strict", "lenient"]


def test_without_fees_acts_are_compared(run, journal: Path) -> None:
    lines = run("rulebook", "readings", "--price", journal).out.splitlines()
    assert lines[1] == "2 payable, ¥0.00 (2 without a confirmed fee)"
    rows = {line.split()[0]: line.split()[1:] for line in lines if line}
    assert rows["and_list=all"] == ["0", "¥0.00", "2", "¥0.00", "1", "2", "██████████"]


def test_prices_stand_against_the_readings_chosen(run, journal: Path) -> None:
    data = json.loads(run("rulebook", "readings", "--price", journal, "--profile", "strict", "--json").out)
    assert {row["option"] for row in data["profiles"]} == {"default", "lenient"}
    assert (data["profile"], data["payable"]) == ("strict", 0)
    (back,) = (row for row in data["profiles"] if row["option"] == "default")
    assert back["newly_payable"]["ids"] == ["S1", "S2"]
    cut = ("--as-of", "2021-03-01T09:40:00+08:00")
    assert json.loads(run("rulebook", "readings", "--price", journal, *cut, "--json").out)["acts"] == 1


def test_prices_over_the_ledger_are_those_over_its_journal(run, ledger: Path, journal: Path) -> None:
    of_ledger = run("rulebook", "readings", "--ledger", "--json")
    assert of_ledger.code == 0
    assert of_ledger == run("rulebook", "readings", "--price", journal, "--json")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["journal.ndjson"], "write --price journal.ndjson"),
        (["--price", "journal.ndjson", "--ledger"], "one of the two"),
        (["--price", "nothing.ndjson"], "nothing.ndjson"),
        (["--profile", "stict"], "did you mean strict"),
        (["--reading", "chld=up_to_14"], "did you mean child"),
        (["--price", "journal.ndjson", "--profiles", "strict,journal.ndjson"], "journal.ndjson: file: is not TOML"),
        (["--rulebook", "in-force"], "name one of them"),
        (["--profiles", "strict"], "add --price"),
        (["--rulebook", "shanghai"], "shanghai-2017"),
    ],
)
def test_what_was_meant_is_asked_back(run, journal: Path, arguments: list[str], words: str) -> None:
    refused = run("rulebook", "readings", *arguments)
    assert (refused.code, refused.out) == (2, "")
    assert words in refused.err


def test_a_terminal_gets_a_table_that_cuts_no_figure(on_a_terminal, journal: Path, fees: Path) -> None:
    command = f"['rulebook', 'readings', '--price', {str(journal)!r}, {str(fees)!r}]"
    written = on_a_terminal(f"from api.cli import program; program.main({command}, standalone_mode=False)")
    assert "¥1,234.50" in written
    assert "…" not in written


@pytest.mark.parametrize(
    ("fen", "written"),
    [(0, "¥0.00"), (5, "¥0.05"), (123_456_789, "¥1,234,567.89"), (10**17 + 1, "¥1,000,000,000,000,000.01")],
)
def test_money_to_the_fen(fen: int, written: str) -> None:
    assert str(Yuan(fen)) == written
