"""The periods of an institution: the law's, or its own, none below the notice's, and told where below the law's."""

from pathlib import Path

import pytest

from ledger.people import PeopleError, Periods, read_periods


def test_without_a_file_the_laws(tmp_path: Path) -> None:
    assert read_periods(tmp_path / "retention.toml") == (3, 15, 30)


def test_some_longer(tmp_path: Path) -> None:
    (tmp_path / "retention.toml").write_text("outpatient_years = 20 # 本院规定\n", encoding="utf-8")
    assert read_periods(tmp_path / "retention.toml") == (3, 20, 30)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("notice_years = 2", "notice_years: 3 to 200 whole years are expected"),
        ("outpatient_years = 2", "outpatient_years: 3 to 200"),
        ("inpatient_years = 201", "inpatient_years: 3 to 200"),
        ("inpatient_years = 30.0", "inpatient_years: 3 to 200"),
        ("inpatient_years = true", "inpatient_years: 3 to 200"),
        ("years = 30", "years: no such period"),
        ("inpatient_years =", "cannot be read as TOML"),
    ],
)
def test_refused(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "retention.toml").write_text(text)
    with pytest.raises(PeopleError, match=what):
        read_periods(tmp_path / "retention.toml")


def test_the_boundaries_of_a_period(tmp_path: Path) -> None:
    (tmp_path / "retention.toml").write_text("notice_years = 3\noutpatient_years = 3\ninpatient_years = 200")
    assert read_periods(tmp_path / "retention.toml") == (3, 3, 200)


def test_what_is_below_the_law_is_told() -> None:
    assert Periods().shorter == Periods(4, 15, 30).shorter == Periods(3, 16, 200).shorter == []
    assert Periods(3, 14, 30).shorter == ["outpatient_years = 14, and the law asks for 15"]
    assert Periods(200, 3, 29).shorter == [
        "outpatient_years = 3, and the law asks for 15",
        "inpatient_years = 29, and the law asks for 30",
    ]
