import json

import pytest

from ledger.verify.strict_json import MAX_DEPTH, Real, canonical, is_all_text, is_spelled, is_text, read_json


def test_what_two_readers_take_differently_is_told():
    assert read_json('{"a":1,"b":[2]}') == ({"a": 1, "b": [2]}, [])
    for text in ('{"a":1,"a":1}', '[{"a":{"b":1,"b":2}}]', "[NaN]", "[-Infinity]", '{"\\ud800":1}'):
        assert len(read_json(text)[1]) == 1


def test_numbers_are_kept_as_they_are_spelled():
    value, _ = read_json("[1,-1,0,-0,1.0,1e2,12345678901234567890]")
    assert value == [1, -1, 0, Real("-0"), Real("1.0"), Real("1e2"), Real("12345678901234567890")]


@pytest.mark.parametrize("kind", ['{"a":%s}', "[%s]"])
def test_nesting_has_a_limit(kind):
    def nested(depth: int) -> str:
        text = "0"
        for _ in range(depth):
            text = kind % text
        return text

    assert read_json(nested(MAX_DEPTH))[1] == []
    for depth in (MAX_DEPTH + 1, 5000, 100_000):
        with pytest.raises(ValueError, match="nested"):
            read_json(nested(depth))


def test_many_beside_one_another_are_not_nested():
    assert read_json(json.dumps([[[]] * 500] * 3))[1] == []


@pytest.mark.parametrize(
    "text", ['{"a":"b c"}', '["\\n\\u0001\\\\ \\""]', '"\x7f\u2028/"', "[1.50,-2e9,true,null]", "{}"]
)
def test_the_one_spelling(text):
    json.loads(text)
    assert is_spelled(text)


@pytest.mark.parametrize(
    "text", ['{"a": 1}', "[1, 2]", "\t1", "1\n", '"\\/"', '"\\u0041"', '"\\u000a"', '"\\u001F"', '{"\\u597d":1}']
)
def test_another_spelling(text):
    json.loads(text)
    assert not is_spelled(text)


def test_a_long_text_is_looked_at_once():
    assert is_spelled('"' + "x" * 60_000 + '"')
    assert not is_spelled('"' + "\\n" * 30_000 + '\\/"')
    assert not is_spelled('"' + "x" * 60_000)


def test_text():
    assert is_text("好\U0001f600")
    assert not is_text("\ud83d")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (1, Real("1.0")),
        (Real("1.0"), Real("1.00")),
        (None, ""),
        ([1], [1, 1]),
        ({"a": 1}, {"b": 1}),
    ],
)
def test_what_is_not_the_same(one, other):
    assert canonical([one]) == canonical([one])
    assert canonical(one) != canonical(other)
    assert canonical({"x": [one]}) != canonical({"x": [other]})


def test_objects_are_the_same_in_any_order():
    assert canonical({"a": 1, "b": [Real("2.5")]}) == canonical({"b": [Real("2.5")], "a": 1})


@pytest.mark.parametrize("half", ["\\ud800", "x\\udfff", "\\ude00\\ud83d"])
def test_half_a_character_is_found_wherever_it_stands(half):
    for text in (
        '"%s"',
        '["x",["%s"]]',
        '{"a":"%s"}',
        '{"%s":1}',
        '{"a":[{"b":{"c":["%s"]}}]}',
        '[[{"a":[{"%s":1}]}]]',
    ):
        assert not is_all_text(read_json(text % half)[0])
        assert is_all_text(read_json(text % "\\ud83d\\ude00")[0])
    assert is_all_text(read_json("[1,1.5,true,null,{},[]]")[0])
