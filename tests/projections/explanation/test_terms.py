from collections.abc import Mapping
from typing import get_args

import pytest

from ledger.treatment import values
from projections.explanation import terms
from projections.rules.notice import condensed
from projections.rules.readings import PROFILES
from projections.rules.rulebook import HOME
from projections.said import Said

NOTICE = condensed((HOME / "notice-changning-2020.txt").read_text("utf-8"))


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (terms.FINDINGS, values.Findings.__struct_fields__),
        (terms.SEVERITIES, get_args(values.Severity)),
        (terms.SCOPES, get_args(values.PractitionerScope)),
        (terms.PROFESSIONS, get_args(values.Profession)),
        (terms.KINDS, get_args(values.InstitutionKind)),
        (terms.SEXES, get_args(values.Sex)),
        (terms.CATEGORIES, get_args(values.EmploymentCategory)),
        (terms.MODES, get_args(values.Mode)),
        (terms.OUTCOMES, get_args(values.Outcome)),
        (terms.PROFILES, PROFILES),
    ],
)
def test_every_word_that_the_facts_can_spell_has_its_term(words: Mapping[str, Said], names: tuple[str, ...]) -> None:
    assert set(words) == set(names)
    assert all(said.zh and said.en for said in words.values())


@pytest.mark.parametrize(
    "name",
    [
        "organic_lesion", "deficit_cognition", "endurance_decline", "wheelchair_long_term", "work_willing",
        "gait_disorder", "goal_less_bedrest", "goal_upright", "hearing_impaired", "suspected_autism",
        "suspected_speech_disorder", "adl_disorder", "deficit_language",
    ],
)  # fmt: skip
def test_findings_are_called_as_the_notice_calls_them(name: str) -> None:
    assert terms.FINDINGS[name].zh in NOTICE


def test_periods() -> None:
    assert terms.period("P1Y") == Said("1 年", "one year")
    assert terms.period("P3M") == Said("3 个月", "3 months")
    assert terms.period("P180D") == Said("180 天", "180 days")


def test_what_has_no_term_is_said_as_it_is() -> None:
    assert terms.term(terms.DEPARTMENTS, "疼痛科") == Said("疼痛科", "疼痛科")
    assert terms.item_of("acupuncture", None) == Said("acupuncture", "acupuncture")
