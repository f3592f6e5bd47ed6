"""All exceptions together: what each has to cite and say, and what must not matter to any of them."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.treatment.facts import Fact
from projections.exceptions import EXCEPTIONS, QUESTIONS, Exceptional, Limits, Seen, UnknownException, find, find_in
from projections.rules import rulebook
from projections.rules.notice import condensed
from tests.projections.exceptions.asking import Written, counts, dense

HERE = Path(__file__).parent
NOTICE = condensed((rulebook.HOME / "notice-changning-2020.txt").read_text(encoding="utf-8"))
SEEDS = st.integers(0, 2**32)


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_cites_the_notice_and_has_a_test_of_its_own(name: str) -> None:
    question = QUESTIONS[name]
    assert question.name == name
    assert condensed(question.source.words) in NOTICE
    assert question.source.place
    assert question.title.zh
    assert question.title.en
    assert (HERE / f"test_{name.replace('-', '_')}.py").exists()


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_says_where_to_look(name: str) -> None:
    said = EXCEPTIONS[name].__doc__ or ""
    assert EXCEPTIONS[name].__name__ == name.replace("-", "_")
    assert "May be innocent" in said
    assert "Look at" in " ".join(said.split())


def test_in_order_nothing_is_found() -> None:
    journal = Written()
    journal.admitted("Z1", "2021-03-01", "2021-03-05")
    journal.treat("2021-03-01", stay="Z1", setting="inpatient")
    journal.assessment(10, "2021-03-02", stay="Z1")
    assert find(journal.facts) == []
    assert find([]) == []


def test_by_name() -> None:
    journal = Written()
    journal.treat("2021-03-01", effect="")
    journal.treat("2021-03-02", signer="T2")
    assert [one.name for one in find(journal.facts)] == ["signed-by-another", "empty-effect"]
    assert [one.name for one in find(journal.facts, names=["empty-effect"])] == ["empty-effect"]
    assert [one.name for one in find(journal.facts, names=["empty-effect", "signed-by-another"])] == [
        "signed-by-another", "empty-effect",
    ]  # fmt: skip
    assert find(journal.facts, names=["empty-site"]) == []
    with pytest.raises(UnknownException, match="no exception nothing-such; there are therapist-in-two-places"):
        find(journal.facts, names=["empty-site", "nothing-such"])


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(seed: int, dice: Random) -> None:
    journal = dense(seed)
    shuffled = list(journal.facts)
    dice.shuffle(shuffled)
    found = find(journal.facts)
    assert found
    assert find(shuffled) == found


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_other_names_for_people_give_the_same_under_other_names(seed: int) -> None:
    facts = dense(seed).facts
    names = {"P1": "zP", "P2": "bP", "P3": "aP", "T1": "zT", "T2": "aT", "T3": "mT", "N1": "bN", "D1": "zD"}
    renamed = [_mapped(fact, lambda text: names.get(text, text)) for fact in facts]
    back = {new: old for old, new in names.items()}
    assert _comparable(find(renamed), lambda text: back.get(text, text)) == _comparable(find(facts), lambda text: text)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_what_is_found_is_told_whole(seed: int) -> None:
    journal = dense(seed)
    performed = {act.id: act for act in Seen(journal.facts).acts}
    for one in find(journal.facts):
        assert one.what.zh
        assert one.what.en
        assert one.evidence
        assert one.begin <= one.end
        assert one.begin.utcoffset() == one.end.utcoffset() == performed[next(iter(performed))].at.utcoffset()
        assert len(set(one.acts)) == len(one.acts)
        assert {performed[act].patient for act in one.acts} <= set(one.patients)
        assert {performed[act].institution for act in one.acts} <= set(one.institutions)
        assert one.patients
        assert json.loads(msgspec.json.encode(one))["name"] in EXCEPTIONS


def test_dense_journals_hold_nearly_every_kind() -> None:
    found = [one for seed in range(20) for one in find(dense(seed, 120).facts)]
    missing = EXCEPTIONS.keys() - counts(found).keys()
    assert missing == {
        "assessing-while-treating",
        "more-than-24-hours",
        "longer-than-shift",
        "departed-staff",
        "unqualified-prescriber",
        "after-closing",
        "prescription-back-dated",
        "appended-late",
        "identical-notes",
        "identical-scores",
        "same-minute-every-day",
        "empty-site",
        "empty-method",
    }


def test_limits_only_open_or_close_the_eye() -> None:
    """A wider limit never finds an act that a narrower one does not: nothing is hidden by being strict."""
    for seed in range(10):
        seen = Seen(dense(seed, 120).facts)
        for name, narrow, wide in (
            ("patient-in-two-places", Limits(overlap=timedelta(0)), Limits(overlap=timedelta(minutes=15))),
            ("longer-than-shift", Limits(shift=timedelta(hours=2)), Limits(shift=timedelta(hours=3))),
            ("back-dated", Limits(late_days=0), Limits(late_days=3)),
            ("split-episodes", Limits(episode_gap=5), Limits(episode_gap=1)),
            ("identical-notes", Limits(notes_of_patient=2), Limits(notes_of_patient=4)),
            ("batch-signing", Limits(instant_size=2, batch_size=2), Limits(instant_size=4, batch_size=4)),
        ):
            strict = {act for one in find_in(seen, narrow, names=[name]) for act in one.acts}
            loose = {act for one in find_in(seen, wide, names=[name]) for act in one.acts}
            assert loose <= strict


def _comparable(found: list[Exceptional], name: Callable[[str], str]) -> list[str]:
    """Everything but the sentence, whatever the order in which people are named."""
    rows = []
    for one in found:
        row = _strings(msgspec.to_builtins(one), name)
        del row["what"]
        row["patients"], row["practitioners"] = sorted(row["patients"]), sorted(row["practitioners"])
        rows.append(json.dumps(row, sort_keys=True))
    return sorted(rows)


def _mapped(fact: Fact, name: Callable[[str], str]) -> Fact:
    return msgspec.convert(_strings(msgspec.to_builtins(fact), name), type(fact))


def _strings(value: Any, name: Callable[[str], str]) -> Any:
    """The value with every string in it put through `name`."""
    if isinstance(value, dict):
        return {key: _strings(item, name) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_strings(item, name) for item in value]
    return name(value) if isinstance(value, str) else value
