"""Choosing readings: defaults, profiles, single options; and errors that list the right names."""

import pytest

from projections.rules.readings import KNOWN, PROFILES, ReadingRefused, is_known_option
from tests.projections.rules.building import SHANGHAI


def test_the_first_option_is_the_default() -> None:
    assert SHANGHAI.choose() == {name: next(iter(reading.options)) for name, reading in SHANGHAI.readings.items()}


def test_every_reading_the_judge_knows_is_declared_with_every_option() -> None:
    assert set(SHANGHAI.readings) == set(KNOWN)
    for name, options in KNOWN.items():
        assert options is None or set(SHANGHAI.readings[name].options) == set(options)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_names_one_option_of_each_reading(profile: str) -> None:
    choice = SHANGHAI.choose(profile=profile)
    assert all(option in SHANGHAI.readings[name].options for name, option in choice.items())


def test_profiles_of_the_table() -> None:
    strict, lenient = SHANGHAI.choose(profile="strict"), SHANGHAI.choose(profile="lenient")
    assert {name for name in strict if strict[name] == lenient[name]} == {"winner"}
    assert strict["extension_valid"] == "P14D"
    assert lenient["extension_valid"] == "forever"
    assert strict["container"] == "lifetime"
    assert lenient["span_measure"] == "paid_days"


def test_single_readings_stand_on_top_of_a_profile() -> None:
    choice = SHANGHAI.choose({"child": "under_18"}, "strict")
    assert choice["child"] == "under_18"
    assert choice["age_6"] == "under_6"


@pytest.mark.parametrize(
    ("readings", "profile", "words"),
    [
        ({"childd": "under_18"}, "default", "unknown reading 'childd'; did you mean child?"),
        ({"child": "under_81"}, "default", "unknown option of reading child 'under_81'; did you mean under_18?"),
        ({"child": "x"}, "default", "under_18, up_to_14"),
        ({}, "lax", "default, strict, lenient"),
    ],
)
def test_a_wrong_name_is_refused_with_the_right_ones(readings: dict[str, str], profile: str, words: str) -> None:
    with pytest.raises(ReadingRefused, match=words.replace("?", r"\?")):
        SHANGHAI.choose(readings, profile)


def test_validity_is_a_period_or_forever() -> None:
    assert is_known_option("extension_valid", "P30D")
    assert is_known_option("extension_valid", "forever")
    assert not is_known_option("extension_valid", "a year")
    assert not is_known_option("winner", "cheapest")
