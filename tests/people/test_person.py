"""A person as text: one spelling, and messages that never repeat what was given."""

import json
from hashlib import sha256

import pytest

from ledger.people import PeopleError, commitment, national_id_of, parse_person, tells
from ledger.people.person import new_salt


def test_one_spelling() -> None:
    spelled = parse_person(b'{ "phone" : "1",\n"name":"\\u5f20", "national_id":"3"}')
    assert spelled == '{"name":"张","national_id":"3","phone":"1"}'
    assert parse_person(spelled.encode()) == spelled


def test_name_is_enough_and_other_fields_are_free() -> None:
    assert parse_person(b'{"name":"x"}') == '{"name":"x"}'
    assert parse_person(b'{"name":"x","next_of_kin":"y"}') == '{"name":"x","next_of_kin":"y"}'


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("ZHANGSAN", "not JSON at line 1, column 1"),
        ('{"name":"ZHANGSAN"', "not JSON at line 1, column 19"),
        ('["ZHANGSAN"]', "a JSON object is expected"),
        ('{"name":"ZHANGSAN","name":"ZHANGSAN"}', "a key stands twice"),
        ('{"name":"ZHANGSAN","phone":13800138000}', "phone: a text that is not empty is expected"),
        ('{"name":"ZHANGSAN","phone":" "}', "phone: a text that is not empty is expected"),
        ('{"name":"ZHANGSAN","phone":null}', "phone: a text that is not empty is expected"),
        ('{"name":"ZHANGSAN","phone":{"ZHANGSAN":1}}', "phone: a text that is not empty is expected"),
        ('{"ZHANGSAN":"x","name":"y"}', "key 1 is no name of a field"),
        ('{"phone":"ZHANGSAN"}', "name: required, and not there"),
        ('{"name":"ZHANGSAN\\ud800"}', "half of a surrogate pair"),
        ('{"name":NaN}', "no JSON"),
        ("[" * 15_000, "nested too deeply"),
        ('{"name":"' + "ZHANGSAN" * 3_000 + '"}', "at most 16,384 are kept"),
        ("", "not JSON at line 1, column 1"),
    ],
)
def test_refused_without_repeating_it(given: str, what: str) -> None:
    with pytest.raises(PeopleError) as refused:
        parse_person(given.encode())
    assert what in str(refused.value)
    assert "ZHANGSAN" not in str(refused.value)
    assert "13800138000" not in str(refused.value)


def test_not_utf_8() -> None:
    with pytest.raises(PeopleError, match="not UTF-8 at byte 9"):
        parse_person('{"name":"张"}'.encode("gb18030"))


def test_the_commitment_is_what_the_format_page_says() -> None:
    text = '{"name":"张"}'
    assert commitment(b"s" * 32, text) == sha256(b"s" * 32 + b'{"name":"\xe5\xbc\xa0"}').digest()
    assert json.loads(text) == {"name": "张"}


def test_salts_are_256_bits_and_never_the_same() -> None:
    salts = {new_salt() for _ in range(100)}
    assert len(salts) == 100
    assert {len(salt) for salt in salts} == {32}


PERSON = '{"name":"欧阳虚构","national_id":"31010519560402123X","phone":"199-0000-0717","sex":"女"}'


@pytest.mark.parametrize(
    "text",
    [
        "欧阳虚构 asked",
        "欧 阳·虚构",
        "no. 31010519560402123x",
        "310105 1956 0402 123X",
        "tel.19900000717",
        "１９９００００ ０７１７",
    ],
)
def test_a_text_that_tells_who_it_is(text: str) -> None:
    assert tells(PERSON, text)


@pytest.mark.parametrize("text", ["", "court order 17 of 2022", "女患者提出申请", "3101051956", "0717", "虚构医院决定"])
def test_a_text_that_does_not(text: str) -> None:
    assert not tells(PERSON, text)


def test_a_name_counts_however_short_it_is() -> None:
    assert tells('{"name":"丁"}', "丁某申请")


def test_the_id_as_it_was_typed() -> None:
    assert national_id_of('{"name":"x","national_id":" 31x "}') == " 31x "
    assert national_id_of('{"name":"x"}') is None
