"""Bad lines of every kind: the field and what was expected, and never another exception."""

import contextlib
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.journal import MAX_SPELLED, LineProblem, parse_fact, spell
from ledger.journal.parsing import MAX_LINE

AT = "2021-03-01T15:30:00+08:00"
STOP = '{"type":"SessionStopped","at":"%s","session":"S1","effect":"better"%s}'
CORRECTION = (
    '{"type":"EntryCorrected","at":"2021-03-01T15:30:00+08:00","target":"S1","field":"effect","old":%s,"new":%s,'
    '"reason":"r","practitioner":"D"}'
)
SCORE = (
    '{"type":"AssessmentRecorded","at":"2021-03-01T15:30:00+08:00","assessment":"X","patient":"P","episode":"E",'
    '"institution":"H","assessors":["D"],"results":[{"scale":"s","score":%s}]}'
)

BAD = [
    # malformed JSON, or no object
    ("{", "line", "not JSON"),
    ('{"type":"SessionStopped",}', "line", "not JSON"),
    (STOP % (AT, "") + " x", "line", "trailing characters"),
    ("[]", "line", "not a JSON object"),
    ("null", "line", "not a JSON object"),
    ('"SessionStopped"', "line", "not a JSON object"),
    (STOP % (AT, ',"remark":NaN'), "line", "not JSON"),
    (STOP % (AT, ',"remark":-Infinity'), "line", "not JSON"),
    (STOP % (AT, ',"remark":"\\ud800"'), "line", "surrogate"),
    (STOP % (AT, ',"remark":"\\udc00\\ud800"'), "line", "surrogate"),
    (STOP % (AT, ',"remark":"\x01"'), "line", "not JSON"),
    ("[" * 100_000, "line", "expected"),
    (CORRECTION % ("null", "[" * 100_000 + "]" * 100_000), "line", "nested too deeply"),
    (CORRECTION % ("null", "[" * 40 + "]" * 40), "new", "nested deeper"),
    (CORRECTION % ('{"a":' * 40 + "1" + "}" * 40, "1"), "old", "nested deeper"),
    # types and fields
    ("{}", "type", "missing"),
    ('{"at":"2021-03-01T08:00:00+08:00"}', "type", "missing"),
    ('{"type":"SessionStop"}', "type", "expected perhaps SessionStopped"),
    ('{"type":"entry"}', "type", "expected a type of the journal"),
    ('{"type":7}', "type", "7"),
    ('{"type":null}', "type", "null"),
    ('{"type":"SessionStopped","session":"S1","effect":""}', "at", "missing, expected RFC 3339"),
    ('{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S1"}', "effect", "missing, expected a str"),
    (STOP % (AT, ',"remarks":"x"'), "remarks", "unknown field, expected perhaps remark"),
    (STOP % (AT, ',"zzz":"x"'), "zzz", "unknown field, expected type, at"),
    (STOP % (AT, ',"remark":5'), "remark", "5 is a whole number, expected a string"),
    (STOP % (AT, ',"actor":""'), "actor", "not an id"),
    # a key twice
    (STOP % (AT, ',"effect":"worse"'), "effect", "twice"),
    (STOP % (AT, ',"effect":"better"'), "effect", "twice"),
    (STOP % (AT, ',"eff\\u0065ct":"worse"'), "effect", "twice"),
    (STOP % (AT, ',"remark":null,"remark":null'), "remark", "twice"),
    (CORRECTION % ("null", '{"a":1,"a":2}'), "a", "twice"),
    # instants and days
    (STOP % ("2021-03-01T15:30:00", ""), "at", "no time zone, expected RFC 3339 with offset such as 2021-03"),
    (STOP % ("2021-03-01", ""), "at", "not an instant, expected RFC 3339"),
    (STOP % ("2021-02-29T15:30:00+08:00", ""), "at", "not an instant"),
    (STOP % ("2021-03-01T25:30:00+08:00", ""), "at", "not an instant"),
    (STOP % ("2021-03-01T15:30+08:00", ""), "at", "not an instant"),
    (STOP % ("2021-03-01T15:30:00+0800", ""), "at", "not an instant"),
    (STOP % ("0001-01-01T00:00:00+14:00", ""), "at", "out of range"),
    (STOP % (AT, ',"recorded_at":"2021-03-01T15:30:00+0800"'), "recorded_at", "not an instant"),
    (STOP % (AT, ',"recorded_at":"9999-12-31T23:59:59-12:00"'), "recorded_at", "out of range"),
    (STOP % (AT, ',"recorded_at":1614584400'), "recorded_at", "expected RFC 3339"),
    ('{"type":"PatientFileOpened","at":"2021-03-01T15:30:00+08:00","patient":"P","sex":"male","born":"1956-02-30",'
     '"institution":"H","file_no":"1"}', "born", "not a date, expected YYYY-MM-DD"),
    ('{"type":"PatientFileOpened","at":"2021-03-01T15:30:00+08:00","patient":"P","sex":"m","born":"1956-02-03",'
     '"institution":"H","file_no":"1"}', "sex", "expected one of male, female"),
    # ids, numbers, parts
    (STOP.replace("S1", "a" * 65) % (AT, ""), "session", "not an id, expected 1 to 64"),
    (STOP.replace("S1", "病人") % (AT, ""), "session", "not an id"),
    (STOP.replace("S1", "S1\\n") % (AT, ""), "session", "not an id"),
    ('{"type":"FeeConfirmed","at":"2021-03-01T15:30:00+08:00","act":"S1","amount_fen":-1}', "amount_fen", "expected"),
    ('{"type":"FeeConfirmed","at":"2021-03-01T15:30:00+08:00","act":"S1","amount_fen":1.5}', "amount_fen", "whole"),
    ('{"type":"FeeConfirmed","at":"2021-03-01T15:30:00+08:00","act":"S1","amount_fen":1e999}', "amount_fen", "range"),
    ('{"type":"FindingsRecorded","at":"2021-03-01T15:30:00+08:00","patient":"P","episode":"E",'
     '"findings":{"headache":true}}', "findings.headache", "unknown field"),
    ('{"type":"FindingsRecorded","at":"2021-03-01T15:30:00+08:00","patient":"P","episode":"E",'
     '"findings":{"organic_lesion":null}}', "findings.organic_lesion", "expected true or false"),
    ('{"type":"EpisodeOpened","at":"2021-03-01T15:30:00+08:00","episode":"E","patient":"P","institution":"H",'
     '"diagnosis":{"text":"x"}}', "diagnosis.code", "missing"),
    ('{"type":"PrescriptionIssued","at":"2021-03-01T15:30:00+08:00","prescription":"R","patient":"P","episode":"E",'
     '"institution":"H","physician":"D","orders":[]}', "orders", "expected"),
    ('{"type":"PrescriptionIssued","at":"2021-03-01T15:30:00+08:00","prescription":"R","patient":"P","episode":"E",'
     '"institution":"H","physician":"D","orders":[{"order":"1","item":"x y","site":"","method":""}]}',
     "orders[0].item", "not an id"),
    ('{"type":"AssessmentRecorded","at":"2021-03-01T15:30:00+08:00","assessment":"X","patient":"P","episode":"E",'
     '"institution":"H","assessors":"D","results":[]}', "assessors", "expected a list"),
    # whole numbers beyond 64 bits, numbers beyond a double
    (CORRECTION % ("18446744073709551616", "null"), "old", "18446744073709551616 is out of range, expected a"),
    (CORRECTION % ("null", "18446744073709551616"), "new", "18446744073709551616 is out of range, expected a"),
    (CORRECTION % ("null", "-9223372036854775809"), "new", "-9223372036854775809 is out of range"),
    (CORRECTION % ("null", '{"a":[18446744073709551616]}'), "new", "18446744073709551616 is out of range"),
    (CORRECTION % ("null", "1" * 400), "new", "1… is out of range, expected a number of at most 64 bits"),
    (CORRECTION % ("null", "1" * 5000), "new", "1… is out of range, expected a number of at most 64 bits"),
    (CORRECTION % ("1" * 380_000, "null"), "old", "1… is out of range, expected a number of at most 64 bits"),
    (CORRECTION % ("null", "-1e400"), "new", "-1e400 is out of range"),
    (CORRECTION % ("null", '{"a":[%s]}' % ("1" * 5000)), "new", "out of range, expected a number of at most 64 bits"),
    (SCORE % "18446744073709551616", "results[0].score", "18446744073709551616 is out of range"),
    (SCORE % ("1" * 5000), "results[0].score", "out of range, expected a number of at most 64 bits"),
    (SCORE % '1,"max":-9223372036854775809', "results[0].max", "-9223372036854775809 is out of range"),
    ('{"type":"FeeConfirmed","at":"2021-03-01T15:30:00+08:00","act":"S1","amount_fen":%s}' % ("1" * 5000),
     "amount_fen", "out of range"),
    (STOP % (AT, ',"remark":' + "1" * 5000), "remark", "expected a string"),
    ("1" * 5000, "line", "not a JSON object"),
    # instants that leave the calendar at +08:00 alone, wherever the program runs
    (STOP % ("9999-12-31T23:59:59Z", ""), "at", "out of range, expected the years 1 to 9999"),
    # a second thing wrong behind the first
    (STOP % ("x", ',"remark":' + "[" * 5000 + "]" * 5000), "line", "nested too deeply"),
    # too long
    (STOP % (AT, ',"remark":"%s"' % ("x" * MAX_SPELLED)), "line", "in its shortest spelling, expected at most"),
    (STOP % (AT, " " * MAX_LINE), "line", "expected at most"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "field", "words"), BAD, ids=[f"{n}-{bad[1]}" for n, bad in enumerate(BAD)])
def test_a_bad_line_names_the_field_and_what_was_expected(line, field, words):
    with pytest.raises(LineProblem) as caught:
        parse_fact(line.encode())
    assert caught.value.field == field
    assert words in caught.value.what
    assert "expected" in caught.value.what
    assert not re.search(r"[`$]", str(caught.value)), "the decoder's own words"
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        (STOP % (AT, ',"x - at `$.effect":1'), "x - at `$.effect", "unknown field"),
        (STOP % (AT, ',"- at `$.effect":1'), "- at `$.effect", "unknown field"),
        (STOP % (AT, ',"`":1'), "`", "unknown field"),
        ('{"type":"x - at `$.at"}', "type", "is not a type"),
    ],
)
def test_words_of_the_line_are_not_taken_for_the_decoder_s(line, field, words):
    with pytest.raises(LineProblem, match=words) as caught:
        parse_fact(line.encode())
    assert caught.value.field == field


def test_no_depth_is_too_deep_to_say_so():
    far = CORRECTION.replace(AT, "9999-12-31T23:59:59Z")
    for depth in range(20, 1100, 10):
        for line in (CORRECTION, far):
            with pytest.raises(LineProblem):
                parse_fact((line % ("null", "[" * depth + "1" * 5000 * (depth % 20 == 0) + "]" * depth)).encode())


MANY = ",".join(f'"k{n}":1' for n in range(33_000))
UNHURRIED = [
    (CORRECTION % ("null", "{" + MANY + ',"k32999":1}'), "k32999", "twice"),
    (CORRECTION % ("null", "{" + MANY + "}"), "line", "in its shortest spelling"),
    (CORRECTION % ("null", "[" + ",".join(["1" * 4300] * 80) + "]"), "new", "out of range"),
    (CORRECTION % ("null", "1" * 300_000 + "e-300000"), "new", "out of range"),
    (CORRECTION % ("null", "[" + ",".join(["[" * 900 + "]" * 900] * 200) + "]"), "line", "nested too deeply"),
    (STOP % (AT, ',"%s":1' % (" - at `$" * 45_000)), "", "unknown field"),
    ('{"type":"%s"}' % (" - at `$" * 45_000), "type", "is not a type"),
    ('{"type":"%s"}' % ("SessionStopped" * 25_000), "type", "is not a type"),
    (STOP % (AT, ',"remark":"%s' % ("\\ud83d" * 60_000)), "line", "surrogate"),
    (STOP % ("2" * 380_000, ""), "at", "is not an instant"),
]


@pytest.mark.parametrize(("line", "field", "words"), UNHURRIED, ids=range(len(UNHURRIED)))
def test_a_line_made_to_keep_the_reader_busy_is_refused_like_any_other(line, field, words):
    # No clock here: where the work grew with the square of such a line, this test took minutes.
    assert 200_000 < len(line) <= MAX_LINE
    with pytest.raises(LineProblem, match=words) as caught:
        parse_fact(line.encode())
    assert caught.value.field.startswith(field)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("bad", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe4\xbd"])
def test_invalid_utf8_in_a_value_is_refused(stop, bad):
    with pytest.raises(LineProblem, match="UTF-8"):
        parse_fact(stop.replace(b"better", bad))


@pytest.mark.parametrize(
    "line",
    [
        STOP % ("2021-03-01t15:30:00z", ""),
        STOP % ("2021-03-01 15:30:00+08:00", ""),
        STOP % ("2021-03-01T15:30:00.123456789+05:30", ""),
        STOP % (AT, ',"remark":"\\ud83d\\ude00 \\u0000"'),
        STOP % (AT, ',"remark":null,"actor":null,"id":null,"recorded_at":null'),
        CORRECTION % ("12345678901234567890", "null"),
        CORRECTION % ("-9223372036854775808", "18446744073709551615"),
        CORRECTION % ("1e300", '{"a":[1.5e-300,18446744073709551616.0]}'),
        SCORE % "18446744073709551615",
        STOP % (AT, ',"remark":"%s"' % ("\\u4e2d" * 15_000)),
    ],
)
def test_what_is_strange_but_right_is_taken(line):
    parse_fact(line.encode())


@settings(max_examples=1500, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_the_bytes_nothing_else_is_raised(raw):
    with contextlib.suppress(LineProblem):
        parse_fact(raw)


@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_a_damaged_line_is_a_fact_or_a_problem(fact_strategy, data):
    raw = bytearray(spell(data.draw(fact_strategy())))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(raw) - 1))
        cut = data.draw(st.integers(0, 4))
        raw[place : place + cut] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"null", b'"', b"[", b"1e9", b"{}"])
        )
        if not raw:
            break
    with contextlib.suppress(LineProblem):
        parse_fact(bytes(raw))


@settings(max_examples=500, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from(["SessionStopped"]),
                    lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(["type", "at", "session", "effect", "x"]), inner, max_size=4),
                    max_leaves=8))  # fmt: skip
def test_any_json_is_a_fact_or_a_problem(value):
    with contextlib.suppress(LineProblem):
        parse_fact(json.dumps(value).encode())
