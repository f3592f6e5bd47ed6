"""`bench`: that it measures what it says it measures. How fast is for the benchmark itself to say."""

import json

import pytest


@pytest.mark.parametrize(
    ("name", "size", "cases"),
    [
        ("append", 100, ["sqlite/1", "sqlite/8", "sqlite/32"]),
        ("import", 500, ["import/500"]),
        ("judge", 100, None),
        (
            "rebuild",
            12_000,
            [
                "judge/12000",
                "patient/50",
                "read-judge/12000",
                "duckdb/12000",
                "read-judge-write/12000",
                "memory/12000",
                "preview/12000",
                "preview-from/12000",
                "replay/48000",
            ],
        ),
        (
            "verify",
            30_000,
            [
                "bundle/1000",
                "overhead/1000",
                "overhead-registry/1000",
                "seal/1000",
                "audit/30000",
                "audit-memory/30000",
            ],
        ),
    ],
)
def test_each_case_stands_beside_its_peer(run, name: str, size: int, cases: list[str] | None) -> None:
    ran = run("bench", name, "--size", size, "--json")
    assert ran.code == 0, ran.err
    answer = json.loads(ran.out)
    assert answer["bench"] == name
    if cases is not None:
        # Where there is a browser, and it starts, it is measured as well; else it is told that it was left out.
        browser = [] if name != "verify" or "browser: left out" in ran.err else ["browser/1000"]
        assert sorted(row["case"] for row in answer["rows"]) == sorted([*cases, *browser])
    for row in answer["rows"]:
        assert row["ours"] > 0
        assert row["peer"] > 0
        assert row["seconds"] > 0
        of_another_kind = name == "verify" or row["case"].startswith(("duckdb/", "memory/"))
        assert of_another_kind or row["peer_name"].startswith("eventsourcing 9.5")
        assert row["peer_name"]
        assert row["case"] in ran.err, "each figure is told as soon as it is there"


def test_an_unknown_benchmark_is_refused_with_the_right_names(run) -> None:
    ran = run("bench", "everything")
    assert ran.code == 2
    assert "append" in ran.err


def test_the_table_says_who_the_peer_is_and_fits_a_narrow_terminal(run) -> None:
    ran = run("bench", "append", "--size", 100)
    assert ran.out.splitlines()[-1].startswith("peer: eventsourcing 9.5")
    assert max(map(len, ran.out.splitlines())) <= 80
