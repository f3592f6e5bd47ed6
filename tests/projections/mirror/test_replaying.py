"""The log replayed over whole columns says what `tabulate` says of everything, whatever stands in the log."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.demo.district import year
from ledger.proof import leaf_hash
from ledger.store.refusals import Unsound
from ledger.treatment.facts import EntryCorrected, Fact, FeeConfirmed
from projections.history import effective
from projections.mirror import decoding, replaying
from projections.mirror.columns import NONE
from projections.mirror.correcting import UNSAID
from projections.mirror.replaying import batches, replay
from projections.mirror.words import Vocabulary
from tests.projections.mirror.logs import (
    charged,
    enriched,
    entries,
    log_at,
    patients_journal,
    plain,
    spoil,
    spoilt,
    told,
)


def replayed(path: Path, facts: list[Fact], jobs: int = 1) -> tuple[dict[str, list[Any]], int]:
    """What the rows say, and how many patients went the plain way. Held against the plain way of all."""
    with closing(log_at(path, facts)) as recorder:
        vocabulary = Vocabulary()
        found = replay(recorder, recorder.size(), vocabulary, jobs)
        said: dict[str, list[Any]] = {}
        for rows, acts in batches(found, vocabulary):
            before = len(said.get("patients", []))
            for name, values in told(rows, acts.to_pylist()).items():
                said.setdefault(name, []).extend([before + k for k in values] if name == "patient" else values)
        assert said == told(plain(entries(recorder)))
        return said, 0 if found.odd is None else len(found.odd.patients)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), at_once=st.integers(1, 40))
def test_ordinary_patients(seed: int, at_once: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replaying, "ACTS_AT_ONCE", at_once)
        _, odd = replayed(tmp_path_factory.mktemp("log") / "log", enriched(patients_journal(seed, 3), seed))
    assert odd <= 3


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), times=st.integers(1, 12), at_once=st.integers(1, 60), a_range=st.integers(60, 400))
def test_whatever_is_odd(
    seed: int, times: int, at_once: int, a_range: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    facts = spoilt(enriched(patients_journal(seed, 4), seed), seed, times)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replaying, "ACTS_AT_ONCE", at_once)
        patch.setattr(replaying, "RANGE", a_range)
        replayed(tmp_path_factory.mktemp("log") / "log", facts)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_fees_and_shares_of_the_fund(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    journal = patients_journal(seed, 3)
    facts = charged(journal, seed)
    said, odd = replayed(tmp_path_factory.mktemp("log") / "log", facts)
    assert odd == replayed(tmp_path_factory.mktemp("log") / "log", journal)[1]  # however often a fee is corrected
    standing = [fact for fact in effective(facts) if isinstance(fact, FeeConfirmed)]
    last = {fact.act: fact for fact in sorted(standing, key=lambda fact: fact.at)}
    for act, kind, fee, fund in zip(said["acts"], said["kind"], said["fee"], said["fund"], strict=True):
        told = last.get(act)
        assert fee == (NONE if told is None else told.amount_fen), (act, kind)
        assert fund == (NONE if told is None or told.fund_fen is None else told.fund_fen), (act, kind)


def test_what_is_charged_is_not_all_alike() -> None:
    """Else the test above would say little: lines of one act at one instant, and corrections that change the rows."""
    facts = [fact for seed in range(5) for fact in charged(patients_journal(seed, 3), seed)]
    fees = [(fact.act, fact.at) for fact in facts if isinstance(fact, FeeConfirmed)]
    assert len(fees) > len(set(fees)) + 10
    corrections = [(fact.old is None, fact.new is None) for fact in facts if isinstance(fact, EntryCorrected)]
    assert {*corrections} == {(False, False), (False, True), (True, False), (True, True)}


def test_most_patients_are_ordinary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "RANGE", 100)  # names are numbered alike over ranges, else they look like others'
    plainly = [replayed(tmp_path / str(seed), enriched(patients_journal(seed, 4), seed))[1] for seed in range(8)]
    assert sum(plainly) < 8 * 4 / 2  # else the plain way would be all that is tested


def test_a_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "PAGE_ROWS", 700)
    said, odd = replayed(tmp_path / "log", list(year(2021, 40)))
    assert odd < 10
    assert set(said["kind"]) == {0, 1, 2}


def test_over_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "RANGE", 40)
    replayed(tmp_path / "log", patients_journal(3, 6), jobs=2)


def test_an_empty_log(tmp_path: Path) -> None:
    with closing(log_at(tmp_path / "log", patients_journal(3, 1)[:1])) as recorder:
        found = replay(recorder, 0, Vocabulary())
        assert [rows.patients for rows, _ in found.ordinary] == [()]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_altered_entry_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    monkeypatch.setattr(replaying, "RANGE", 20)
    with closing(log_at(tmp_path / "log", patients_journal(3, 6))) as recorder:
        spoil(tmp_path / "log", "UPDATE entries SET data = CAST(data || ' ' AS BLOB) WHERE position IN (40, 77, 190)")
        with pytest.raises(Unsound, match="entry-altered: index 39"):
            replay(recorder, recorder.size(), Vocabulary(), jobs)


def test_an_altered_column_is_not_asked(tmp_path: Path) -> None:
    facts = patients_journal(3, 2)
    with closing(log_at(tmp_path / "log", facts)) as recorder:
        spoil(tmp_path / "log", "UPDATE entries SET type = 'session-voided.v1', tags = '[]'")
        found = replay(recorder, recorder.size(), vocabulary := Vocabulary())
        ((rows, acts),) = batches(found, vocabulary)
        assert told(rows, acts.to_pylist()) == told(plain(list(enumerate(facts, 1))))


@pytest.mark.parametrize("fetched", [1000, 39, 40, 41])
def test_a_missing_entry_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fetched: int) -> None:
    monkeypatch.setattr(decoding, "FETCHED", fetched)
    with closing(log_at(tmp_path / "log", patients_journal(3, 2))) as recorder:
        spoil(tmp_path / "log", "DELETE FROM entries WHERE position = 40")
        with pytest.raises(Unsound, match="entry-missing: index 39"):
            replay(recorder, recorder.size(), Vocabulary())


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"format":"treatment-ledger/1","type":"session-started.v1"', '{"format":"treatment-ledger/1","type":"s.v9"'),
        ('"type":"SessionStarted"', '"type":"SessionStopped"'),
        ('"therapist":', '"terapist":'),
        (',"fact":{', ',"fict":{'),
        ('"at":"20', '"at":"2O'),
        ('"setting":"', '"setting":"\\'),
    ],
)
def test_what_is_no_entry_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, jobs: int
) -> None:
    monkeypatch.setattr(replaying, "RANGE", 20)
    with closing(log_at(tmp_path / "log", patients_journal(3, 6))) as recorder:
        row = next(row for row in recorder.rows(upto=recorder.size()) if row.type == "session-started.v1")
        data = row.data.replace(before.encode(), after.encode())
        assert data != row.data
        spoil(tmp_path / "log", "UPDATE entries SET data = ?, leaf = ? WHERE position = ?",
               data, leaf_hash(data), row.position)  # fmt: skip
        with pytest.raises(Unsound, match="malformed") as refused:
            replay(recorder, recorder.size(), Vocabulary(), jobs)
        assert "s.v9" not in after or f"index {row.position - 1}:" in str(refused.value)


def test_corrections_of_what_no_row_says_leave_a_patient_ordinary(tmp_path: Path) -> None:
    facts = list(year(2021, 40))
    told_of = {fact.field for fact in facts if isinstance(fact, EntryCorrected)}
    assert told_of & UNSAID
    kept = [fact for fact in facts if not isinstance(fact, EntryCorrected) or fact.field in UNSAID]
    with_, odd = replayed(tmp_path / "with", kept)
    without, none = replayed(tmp_path / "without", [fact for fact in kept if not isinstance(fact, EntryCorrected)])
    assert odd == none
    places = ("position",)  # every line behind a correction stands elsewhere
    assert {k: v for k, v in with_.items() if k not in places} == {k: v for k, v in without.items() if k not in places}
