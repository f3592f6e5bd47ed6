"""Choosing readings: defaults, profiles, single options; and errors that list the right names."""

import re

import pytest

from projections.rules.readings import KNOWN, PROFILES, Profile, ReadingRefused, choose, is_known_option
from projections.rules.rulebook import load_rulebook
from tests.projections.rules.building import SHANGHAI

TABLE = """
    and_list any(l) all(s)
    episode declared(s) gap_90 admission(l)
    span_anchor first_paid(l) first_performed episode_onset(s)
    span_measure elapsed(s) paid_days(l)
    extension_from after_limit(s) 30_days_before any(l)
    extension_valid P1Y P90D P14D(s) forever(l)
    improvement latest(s) any(l)
    extension_source valid performed(l) paid(s)
    combined included_items item_only(l) limb_training(s)
    together same_day overlapping(l) same_episode(s)
    winner first(sl) dearest
    child under_18(l) up_to_14(s)
    age_6 includes_6(l) under_6(s)
    year calendar_year(l) rolling_365(s) insurance_year
    turning_7 one_counter(s) fresh_counter(l)
    month_unit calendar_month(s) 30_paid_days(l)
    month calendar_month(l) rolling_30_days(s)
    day_unit paid_days(l) elapsed(s)
    container episode lifetime(s) calendar_year(l)
    severity_at session(s) first_session(l)
    gate_block paid_days(l) elapsed(s)
    gate_source any_scale(l) item_9(s)
    gap_measure date_difference(l) clear_days(s)
    gap_from last_paid(l) last_performed(s)
    gap_scope patient(s) institution(l)
    outpatient_cap none(l) episode(s)
    persons_3 at_least_3(l) more_than_3(s)
    adl_link active_prescription(l) named(s)
    site_level hospital(l) both(s)
    individual mainly(l) each(s)
    no_text payable(l) not_payable(s)
    working_age statutory(l) fixed(s)
    physician_scope qualification_or_training(l) both(s)
    transition by_act_date(sl) by_episode_start
"""
"""The readings as the specification lists them: the first option is the default, s and l those of the profiles."""


def test_the_rulebook_has_the_readings_of_the_table() -> None:
    declared = {
        name: ([*reading.options], reading.default, reading.strict, reading.lenient)
        for name, reading in SHANGHAI.readings.items()
    }
    table = {}
    for name, *listed in (line.split() for line in TABLE.strip().splitlines()):
        marks = dict(re.fullmatch(r"(\w+?)(?:\((s?l?)\))?", option).groups("") for option in listed)
        options = list(marks)
        by_mark = {mark: next(option for option in options if mark in marks[option]) for mark in "sl"}
        table[name] = (options, options[0], by_mark["s"], by_mark["l"])
    assert declared == table


def test_every_reading_says_why_and_where_the_words_are() -> None:
    for name, reading in SHANGHAI.readings.items():
        assert reading.why
        assert reading.basis
        assert reading.phrase or name == "no_text", "item 41 has no words"
        assert all(reading.options.values())


def test_every_reading_the_judge_knows_is_declared_with_every_option() -> None:
    books = [SHANGHAI, load_rulebook("national-2010"), load_rulebook("national-29")]
    assert {name for book in books for name in book.readings} == set(KNOWN)
    for name, options in KNOWN.items():
        for book in books:
            if options is not None and name in book.readings:
                assert set(book.readings[name].options) == set(options)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_names_one_option_of_each_reading(profile: str) -> None:
    choice = SHANGHAI.choose(profile=profile)
    assert choice == {name: getattr(reading, profile) for name, reading in SHANGHAI.readings.items()}


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


def test_all_that_is_wrong_is_said_at_once() -> None:
    office = Profile("office", "strict", {"adl_lnk": "named", "month": "monthly"}, source="office.toml")
    with pytest.raises(ReadingRefused) as refused:
        SHANGHAI.choose({"child": "under_81", "together": "same_day", "yaer": "calendar_year"}, office)
    assert [line.partition("; did")[0] for line in str(refused.value).splitlines()] == [
        "office.toml: readings.adl_lnk: unknown reading 'adl_lnk'",
        "office.toml: readings.month: unknown option of reading month 'monthly'. The right ones: "
        "calendar_month, rolling_30_days",
        "unknown option of reading child 'under_81'",
        "unknown reading 'yaer'",
    ]


def test_a_profile_is_based_on_another_and_single_readings_stand_on_top_of_it() -> None:
    office = Profile("office", "strict", {"age_6": "includes_6", "child": "under_18"})
    choice = SHANGHAI.choose({"child": "up_to_14"}, office)
    strict = SHANGHAI.choose(profile="strict")
    assert {name: option for name, option in choice.items() if option != strict[name]} == {"age_6": "includes_6"}
    with pytest.raises(ReadingRefused, match="unknown profile 'why'"):
        SHANGHAI.choose(profile=Profile("office", based_on="why"))


def test_a_choice_for_several_rulebooks_takes_in_each_what_it_has() -> None:
    other = {"child": SHANGHAI.readings["child"], "year": SHANGHAI.readings["year"]}
    here = {name: reading for name, reading in SHANGHAI.readings.items() if name != "year"}
    chosen = {"year": "rolling_365", "month": "rolling_30_days"}
    assert "year" not in choose(here, chosen, beside=[other])
    assert choose(other, chosen, beside=[here]) == {"child": "under_18", "year": "rolling_365"}
    with pytest.raises(ReadingRefused, match="unknown reading 'yaer'; did you mean year"):
        choose(here, {"yaer": "rolling_365"}, beside=[other])


def test_validity_is_a_period_or_forever() -> None:
    assert is_known_option("extension_valid", "P30D")
    assert is_known_option("extension_valid", "forever")
    assert not is_known_option("extension_valid", "a year")
    assert not is_known_option("winner", "cheapest")
