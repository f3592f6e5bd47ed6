"""The log replayed over whole columns says what `tabulate` says of everything, whatever stands in the log."""

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.demo.district import year
from ledger.proof import leaf_hash
from ledger.store.refusals import Unsound
from ledger.treatment.facts import EntryCorrected, Fact
from projections.mirror import decoding
from projections.mirror.correcting import UNSAID
from projections.mirror.replaying import batches, replay
from projections.mirror.words import Vocabulary
from tests.projections.mirror.logs import enriched, entries, log_at, patients_journal, plain, spoil, spoilt, told


def replayed(path: Path, facts: list[Fact], jobs: int = 1) -> tuple[dict[str, list[object]], int]:
    """What the rows say, and how many patients went the plain way. Held against the plain way of all."""
    with closing(log_at(path, facts)) as recorder:
        vocabulary = Vocabulary()
        found = replay(recorder, recorder.head(), vocabulary, jobs)
        ((rows, acts),) = batches(found, vocabulary)
        said = told(rows, acts.to_pylist())
        assert said == told(plain(entries(recorder)))
        return said, 0 if found.odd is None else len(found.odd.patients)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_ordinary_patients(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    _, odd = replayed(tmp_path_factory.mktemp("log") / "log", enriched(patients_journal(seed, 3), seed))
    assert odd <= 3


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), times=st.integers(1, 12))
def test_whatever_is_odd(seed: int, times: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    replayed(tmp_path_factory.mktemp("log") / "log", spoilt(enriched(patients_journal(seed, 4), seed), seed, times))


def test_most_patients_are_ordinary(tmp_path: Path) -> None:
    plainly = [replayed(tmp_path / str(seed), enriched(patients_journal(seed, 4), seed))[1] for seed in range(8)]
    assert sum(plainly) < 8 * 4 / 2  # else the plain way would be all that is tested


def test_a_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "PAGE_ROWS", 700)
    said, odd = replayed(tmp_path / "log", list(year(2021, 40)))
    assert odd < 10
    assert set(said["kind"]) == {0, 1, 2}


def test_over_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.mirror.replaying.RANGE", 400)
    replayed(tmp_path / "log", patients_journal(3, 6), jobs=2)


def test_an_empty_log(tmp_path: Path) -> None:
    with closing(log_at(tmp_path / "log", patients_journal(3, 1)[:1])) as recorder:
        found = replay(recorder, 0, Vocabulary())
        assert found.ordinary.patients == ()


def test_an_altered_entry_is_refused(tmp_path: Path) -> None:
    with closing(log_at(tmp_path / "log", patients_journal(3, 2))) as recorder:
        spoil(tmp_path / "log", "UPDATE entries SET data = CAST(data || ' ' AS BLOB) WHERE position = 40")
        with pytest.raises(Unsound, match="entry-altered: index 39"):
            replay(recorder, recorder.head(), Vocabulary())


def test_an_altered_column_is_not_asked(tmp_path: Path) -> None:
    facts = patients_journal(3, 2)
    with closing(log_at(tmp_path / "log", facts)) as recorder:
        spoil(tmp_path / "log", "UPDATE entries SET type = 'session-voided.v1', tags = '[]'")
        found = replay(recorder, recorder.head(), vocabulary := Vocabulary())
        ((rows, acts),) = batches(found, vocabulary)
        assert told(rows, acts.to_pylist()) == told(plain(list(enumerate(facts, 1))))


def test_a_missing_entry_is_refused(tmp_path: Path) -> None:
    with closing(log_at(tmp_path / "log", patients_journal(3, 2))) as recorder:
        spoil(tmp_path / "log", "DELETE FROM entries WHERE position = 40")
        with pytest.raises(Unsound, match="entry-missing: index 39"):
            replay(recorder, recorder.head(), Vocabulary())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"format":"treatment-ledger/1","type":"session-started.v1"', '{"format":"treatment-ledger/1","type":"s.v9"'),
        ('"type":"SessionStarted"', '"type":"SessionStopped"'),
        ('"therapist":', '"terapist":'),
    ],
)
def test_what_is_no_entry_is_refused(tmp_path: Path, before: str, after: str) -> None:
    with closing(log_at(tmp_path / "log", patients_journal(3, 2))) as recorder:
        row = next(row for row in recorder.rows(upto=recorder.head()) if row.type == "session-started.v1")
        data = row.data.replace(before.encode(), after.encode())
        assert data != row.data
        spoil(tmp_path / "log", "UPDATE entries SET data = ?, leaf = ? WHERE position = ?",
               data, leaf_hash(data), row.position)  # fmt: skip
        with pytest.raises(Unsound):
            replay(recorder, recorder.head(), Vocabulary())


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
