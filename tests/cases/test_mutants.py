"""The mutation check holds the cases honest; these hold the mutation check honest.

It makes what it says, notices what is wrong, puts everything back, and never takes a breakdown for a success."""

from pathlib import Path
from typing import Any

import pytest

from projections.rules.clauses import count
from projections.rules.rulebook import Rulebook
from projections.rules.schema import RulebookFile
from tests.cases import check_rules
from tests.cases.case import SHANGHAI, Case, check, text
from tests.cases.mutants.every import mutants
from tests.cases.mutants.mutant import DROPPED, SHIFTED, Mutant, Patch, clause_changed
from tests.cases.mutants.texts import of_text
from tests.cases.mutants.trying import Trial, prepared, tried

TWICE_A_DAY = Case(
    name="two a day",
    given="2021-03-01 09:00 S1..S3 exercise-therapy every=0\n",
    findings="organic_lesion deficit_strength",
    expect={"S1": "pays", "S2": "pays", "S3": "1.day"},
)
SHOWN = Case(
    name="41 is open",
    given="2021-03-01 09:00 S1 conductive-education\n",
    expect={"S1": "pays"},
    shows={"S1 41.open": {"holds": True}},
)


def tiny() -> Rulebook:
    """Item 16 alone, with an indication of two findings and thirty days; no table, no reading but those it asks for."""
    whole = text(SHANGHAI).file
    item = next(item for item in whole.item if item.number == 16)
    readings = {name: whole.readings[name] for name in ("day_unit", "container", "episode", "physician_scope")}
    changed: dict[str, Any] = {"item": [item], "readings": readings, "extension": None, "retirement_age": None}
    fields = {name: getattr(whole, name) for name in RulebookFile.__struct_fields__} | {"id": "tiny"} | changed
    return Rulebook(RulebookFile(**fields), "0" * 64, Path("tiny.toml"))


def test_a_tiny_rulebook_makes_so_many_mutants_and_no_other() -> None:
    made = [mutant.title for mutant in of_text(tiny()) if not mutant.under]
    assert made == [
        "tiny: 16.ind dropped",
        "tiny: 16.ind all wheelchair_long_term dropped",
        "tiny: 16.ind all wheelchair_self_operate dropped",
        "tiny: 16.days dropped",
        "tiny: 16.days max 30 → 31",
        "tiny: 16.days max 30 → 29",
    ]
    # under 2 options of day_unit, 3 of container and 3 of episode: the clause dropped, and its limit shifted both ways
    assert len([mutant for mutant in of_text(tiny()) if mutant.under]) == 3 * (2 + 3 + 3)


def test_every_value_of_every_clause_is_mutated() -> None:
    names = " ".join(mutant.name for mutant in mutants(text(SHANGHAI)))
    for item in text(SHANGHAI).items:
        for clause in item.clause:
            assert f"{clause.clause} dropped" in names
    for value in ("P1Y +1 day", "P180D -1 day", "under_18 18 → 19", "clear_days 15 → 14", "severe 90 → 91",
                  "extendable True → False", "excludes 2 dropped", "combined 4 dropped", "among severe dropped",
                  "level 2 → 3", "department rehabilitation dropped", "meets 10.staff dropped",
                  "exercise-therapy/strength dropped", "male born_from 1965-01-01 → 1965-02-01"):  # fmt: skip
        assert value in names, value


def test_every_mutant_has_a_name_of_its_own() -> None:
    titles = [(mutant.kind, mutant.title) for mutant in mutants(text(SHANGHAI))]
    assert len(titles) == len(set(titles))


def test_a_limit_shifted_is_noticed_and_the_right_one_is_not() -> None:
    wrong = Mutant(SHIFTED, "1.day max 2 → 3", SHANGHAI, text=lambda file: clause_changed(file, "1.day", max=3))
    right = Mutant(SHIFTED, "as it is", SHANGHAI, text=lambda file: file)
    trials = prepared([TWICE_A_DAY])
    assert tried(wrong, trials).outcome == "noticed"
    assert tried(right, trials).outcome == "unnoticed"
    check(TWICE_A_DAY)


def test_code_is_put_back() -> None:
    patch = Patch(count, "ROLLING_MONTH", lambda days: days + 1)
    before = count.ROLLING_MONTH
    with Mutant(SHIFTED, "31 days", SHANGHAI, patches=(patch,)).patched():
        assert before + 1 == count.ROLLING_MONTH
    assert before == count.ROLLING_MONTH


def test_what_breaks_down_is_not_noticed() -> None:
    def broken(file: RulebookFile) -> RulebookFile:
        raise KeyError("no such clause")

    trials = prepared([TWICE_A_DAY])
    assert tried(Mutant(DROPPED, "nonsense", SHANGHAI, text=broken), trials).outcome == "broken"

    def failing(old: Any) -> Any:
        def judge(*given: Any) -> None:
            raise RuntimeError("judging breaks down")

        return judge

    patch = Patch(count.WindowCountJudge, "judge", failing)
    assert tried(Mutant(DROPPED, "a crash", SHANGHAI, patches=(patch,)), trials).outcome == "broken"


def test_a_clause_that_is_shown_and_no_longer_asked_is_noticed() -> None:
    (dropped,) = (m for m in of_text(text(SHANGHAI)) if m.name == "41.open dropped" and not m.under)
    assert tried(dropped, prepared([SHOWN])).outcome == "noticed"
    shown = Case(name=SHOWN.name, given=SHOWN.given, expect=SHOWN.expect)
    assert tried(dropped, prepared([shown])).outcome == "unnoticed"


def test_a_mutant_under_an_option_is_tried_on_cases_that_choose_it() -> None:
    (other,) = (m for m in mutants(text(SHANGHAI)) if m.name == "combined: item_only read as limb_training")
    assert not Trial(TWICE_A_DAY).concerns(other)
    assert tried(other, prepared([TWICE_A_DAY])).cases == 0


def test_a_case_that_fails_with_nothing_wrong_is_refused() -> None:
    wrong = Case(name="never", given=TWICE_A_DAY.given, expect={"S1": "pays", "S2": "pays", "S3": "pays"})
    with pytest.raises(ValueError, match="fail with nothing wrong: : never"):
        prepared([wrong])


def test_one_clause_through_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_rules.main([SHANGHAI, "--only", "42.span", "--jobs", "1"]) == 0
    shown = capsys.readouterr()
    assert "limits shifted by one" in shown.out
    assert "2 of     2 noticed" in shown.out


def test_a_word_that_no_mutant_has_is_bad_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        check_rules.main([SHANGHAI, "--only", "nonsense"])
    assert ended.value.code == 2
