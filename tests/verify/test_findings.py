import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.verify import Finding, format_json, format_text, verify
from ledger.verify.findings import MOST_PLACES, MOST_WORDS, Findings
from tests.verify.rubbish import RUBBISH


def at(*wheres: str, name: str = "malformed") -> list[Finding]:
    return [Finding(name, where, "") for where in wheres]


def told(findings: list[Finding]) -> list[str]:
    return [finding.where for finding in Findings(findings)]


@given(st.permutations(range(0, 3 * MOST_PLACES, 2)))
def test_the_lowest_are_told_in_whatever_order_they_come(numbers):
    findings = Findings(at(*(f"index {number}" for number in numbers)))
    assert [finding.where for finding in findings] == [f"index {2 * n}" for n in range(MOST_PLACES)]
    assert findings.more


def test_each_kind_of_place_and_each_name_for_itself():
    many = [f"streams[{n}]" for n in range(MOST_PLACES)]
    findings = at(*many, "streams", "index 5", "depths[7]") + at(*many, name="entry-missing")
    assert len(Findings(findings)) == len(findings)
    assert not Findings(findings).more
    assert Findings(findings + at(f"streams[{MOST_PLACES}]")).more


def test_in_order_of_number_and_of_kinds_as_they_came():
    assert told(at("index 12", "seal", "index 9", "streams[2]", "index 100")) == [
        "index 9", "index 12", "index 100", "seal", "streams[2]",
    ]  # fmt: skip


def test_of_one_place_a_few_words():
    findings = Findings(at(*["openings"] * (MOST_WORDS + 1)))
    assert (len(findings), findings.more) == (MOST_WORDS, True)


def test_nobody_is_asked_for_what_is_not_told():
    asked = []

    def found():
        for n in range(10 * MOST_PLACES):
            asked.append(n)
            yield Finding("entry-foreign", f"index {n}", "")

    assert Findings().append_ascending(found()).more
    assert len(asked) == MOST_PLACES + 1


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_is_told_in_short(log, name):
    """A file of thousands of wrong values: what is told of it does not grow with it."""
    expected, make = RUBBISH[name]
    verdict = verify(make(log), log.vkey)
    assert {(finding.name, finding.where) for finding in verdict.findings} == expected
    assert json.loads(format_json(verdict))["more"] is verdict.more
    assert ("of each kind the first 100 places are told" in format_text(verdict)) is verdict.more
    assert len(format_text(verdict)) < 40_000


def test_as_many_as_are_told_are_all_there_is(log):
    for count in (MOST_PLACES, MOST_PLACES + 1):
        bundle = json.loads(log.bundle()) | {"depths": [-1] * count}
        assert verify(json.dumps(bundle).encode(), log.vkey).more is (count > MOST_PLACES)


def test_entries_that_are_none_are_named_up_to_a_thousand(log):
    bundle = json.loads(log.bundle())
    count = 1000 + len(bundle["entries"])
    for more, place in ((0, "entries[19]"), (1, "entries")):
        rest = [""] * (count + more - len(bundle["entries"]))
        given = bundle | {"entries": [*bundle["entries"], *rest]}
        (finding,) = verify(json.dumps(given).encode(), log.vkey).findings
        assert finding.where == (f"entries[{len(bundle['entries'])}]" if not more else place)
