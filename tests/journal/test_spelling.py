"""Equal content, equal bytes."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.journal import parse_fact, spell
from ledger.journal.spelling import normalise
from ledger.treatment.facts import FACTS


@pytest.mark.parametrize("cls", FACTS, ids=lambda cls: cls.__name__)
def test_every_type_of_fact_comes_back_as_it_went(fact_strategy, cls):
    @settings(max_examples=25, deadline=None)
    @given(fact_strategy(cls))
    def comes_back(fact):
        spelled = spell(fact)
        again = parse_fact(spelled)
        assert (again, type(again), spell(again)) == (fact, cls, spelled)

    comes_back()


@settings(max_examples=200, deadline=None)
@given(st.data(), st.randoms(use_true_random=False))
def test_however_a_line_is_written_it_is_spelled_one_way(fact_strategy, data, shuffle):
    fact = data.draw(fact_strategy())
    fields = list(json.loads(spell(fact)).items())
    shuffle.shuffle(fields)
    for written in (
        json.dumps(dict(fields), indent=1).replace("\n", " "),
        json.dumps(dict(fields), ensure_ascii=False),
    ):
        assert spell(parse_fact(written.encode())) == spell(fact)


def test_the_spelling_is_the_declared_order_without_defaults(stop):
    loose = b"""{"effect": "better", "session": "S1", "recorded_at": "2021-03-01T07:30:00Z",
        "at": "2021-03-01T07:30:00.000Z", "remark": null, "type": "SessionStopped"}"""
    assert spell(parse_fact(loose)) == stop


@pytest.mark.parametrize(("given_score", "spelled"), [("90.0", "90"), ("9e1", "90"), ("-0.0", "0"), ("0.50", "0.5")])
def test_a_number_is_spelled_one_way(given_score, spelled):
    line = (
        '{"type":"AssessmentRecorded","at":"2021-03-01T15:30:00+08:00","assessment":"X","patient":"P","episode":"E",'
        '"institution":"H","assessors":[],"results":[{"scale":"s","score":%s}]}'
    )
    assert spell(parse_fact((line % given_score).encode())) == (line % spelled).encode()


def test_free_values_of_a_correction_are_spelled_one_way():
    line = (
        '{"type":"EntryCorrected","at":"2021-03-01T15:30:00+08:00","target":"X1","field":"findings","old":null,'
        '"new":%s,"reason":"r","practitioner":"D"}'
    )
    loose, strict = '{"b":[1.0,{"d":2,"c":3}],"a":true}', '{"a":true,"b":[1,{"c":3,"d":2}]}'
    assert spell(parse_fact((line % loose).encode())) == (line % strict).encode()


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_to_normalise_twice_is_to_normalise_once(fact_strategy, data):
    fact = data.draw(fact_strategy())
    assert normalise(fact) == fact
