"""Decisions kept up with their log are those of judging everything anew, and only what changed is judged again."""

import stat
from pathlib import Path
from random import Random

import numpy as np
import pytest

from ledger.application.recording import Refused
from projections.decisions import Kept, KeptError, check, keep, ruling_of
from projections.decisions import keeping as keeping_module
from projections.decisions.manifest import NAME, KeptManifest
from projections.decisions.writing import files_of
from projections.mirror import following
from projections.mirror.columns import EVIDENCE
from projections.mirror.house import houses
from projections.mirror.mirror import JUDGED, Mirror
from projections.mirror.tabulating import tabulate
from projections.mirror.writing import write_mirror
from projections.rebuild.judging import judge_rows, table_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from tests.application.world import line
from tests.projections.decisions.deciding import Deciding
from tests.projections.mirror.logs import patients_journal
from tests.projections.rules.building import SHANGHAI
from tests.stories.mixed_up import NOW, MixedUp, hospital


@pytest.mark.parametrize(("seed", "most", "rows"), [(0, 16, 10), (1, 3, 0), (2, 1, 0), (3, 16, 0), (4, 16, 3)])
def test_mixed_up_patients(
    deciding: Deciding, monkeypatch: pytest.MonkeyPatch, seed: int, most: int, rows: int
) -> None:
    """Patched, compacted and corrected again and again: every decision ever kept is the reference's of its time."""
    monkeypatch.setattr(following, "MOST_PATCHES", most)
    monkeypatch.setattr(following, "PATCHED_ROWS", rows)
    draw, mixing = Random(seed), MixedUp(seed)
    deciding.record(*hospital())
    changed = 0
    for fact in mixing.lines(70):
        try:
            deciding.ledger.record([fact], now=NOW)
        except Refused:
            continue
        mixing.taken()
        if draw.random() < 0.12:
            changed += deciding.check()
    changed += deciding.check()
    assert changed


READINGS: list[dict[str, str]] = [
    {}, {"winner": "dearest"}, {"episode": "gap_90", "container": "calendar_year"}, {"together": "same_episode"},
]  # fmt: skip


@pytest.mark.parametrize("readings", READINGS, ids=str)
def test_any_ruling(tmp_path: Path, readings: dict[str, str]) -> None:
    """Also where an act has to give way to one to come."""
    evidence = Evidence(patients_journal(7, 30))
    write_mirror(tmp_path / "mirror", [tabulate(evidence)], houses(evidence.institutions))
    mirror = Mirror.open(tmp_path / "mirror")
    judge = Judge(evidence, SHANGHAI, readings)
    kept = keep(tmp_path / "decisions", mirror, judge)
    denied = 0
    for rows, outcome in kept.batches(JUDGED, acts=False):
        judged = judge_rows(table_of(judge, rows, mirror.institutions), rows)
        acts = rows.columns.kind != EVIDENCE
        denied += int(np.count_nonzero(acts & (judged.payable == 0)))
        for mine, theirs in zip(outcome, judged, strict=True):
            assert np.array_equal(mine[acts], theirs[acts])
    assert denied == sum(part.denied for part in kept.manifest.parts) > 0


def three_patients(deciding: Deciding) -> None:
    deciding.record(*hospital())
    for name in "ABC":
        deciding.record(
            line("EpisodeOpened", 0, episode=f"E{name}", patient=name, institution="H1", diagnosis={"code": "I63.9"}),
            line("AssessmentRecorded", 5, assessment=f"X{name}", patient=name, episode=f"E{name}", institution="H1",
                 item="balance-test", assessors=["PT1"], results=[]),
        )  # fmt: skip


def test_only_what_changed_is_judged_again(deciding: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PATCHED_ROWS", 0)
    three_patients(deciding)
    deciding.keep()
    assert deciding.judged == 6
    deciding.keep()
    assert deciding.judged == 0
    deciding.record(line("AssessmentVoided", 9, assessment="XB", reason="r"))
    kept = deciding.keep()
    assert deciding.judged == 1  # what is voided is no evidence either
    (position,) = (one.index + 1 for one in deciding.ledger.facts() if getattr(one.fact, "assessment", "") == "XB"
                   and type(one.fact).__name__ == "AssessmentRecorded")  # fmt: skip
    assert [(one.payable, one.clauses) for one in kept.of(position)] == [(True, ()), (False, ("record.voided",))]


def again_too_soon(deciding: Deciding) -> None:
    """Each patient's assessment a second time on the same day: denied, by the first."""
    three_patients(deciding)
    for name in "ABC":
        deciding.record(
            line("AssessmentRecorded", 9, assessment=f"Y{name}", patient=name, episode=f"E{name}", institution="H1",
                 item="balance-test", assessors=["PT1"], results=[]),
        )  # fmt: skip


def test_rows_that_are_superseded_fall_away(deciding: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the first file only A and C count once B is written anew: what is told of C's rows moves up."""
    monkeypatch.setattr(following, "PATCHED_ROWS", 0)
    again_too_soon(deciding)
    deciding.check()
    deciding.record(line("AssessmentVoided", 12, assessment="XB", reason="r"))
    mirror = deciding.mirror()
    assert [mirror.superseded(part.name) for part in mirror.manifest.parts] == [1, 0]
    assert deciding.check() == 2  # XB is denied since, and YB paid


def test_who_was_passed_over_is_judged_when_they_count_again(
    deciding: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decisions made while B was superseded do not say anything of B, though the rows of the file are the same."""
    monkeypatch.setattr(following, "PATCHED_ROWS", 0)
    again_too_soon(deciding)
    whole = deciding.mirror()
    deciding.record(line("AssessmentVoided", 12, assessment="XB", reason="r"))
    deciding.keep()
    deciding.judged = 0
    kept = keep(deciding.store, whole, deciding.judge, told=lambda done, total: setattr(deciding, "judged", done))
    assert deciding.judged == 12
    (position,) = (one.index + 1 for one in deciding.ledger.facts() if getattr(one.fact, "assessment", "") == "YB")
    assert kept.of(position)[0].clauses == ("13.gap",)


def test_what_is_no_act_any_more_was_one(deciding: Deciding) -> None:
    """An assessment that turns out not to be charged: its decision of then stays readable when all is written anew."""
    again_too_soon(deciding)
    deciding.record(
        line("AssessmentRecorded", 20, id="L1", assessment="Z", patient="A", episode="EA", institution="H1",
             item="adl-assessment", assessors=[], results=[]),
    )  # fmt: skip
    before = deciding.keep()
    position = deciding.ledger.size
    (was,) = before.of(position)
    assert not was.payable
    deciding.record(
        line("EntryCorrected", 30, target="L1", field="item", old="adl-assessment", new=None, reason="r",
             practitioner="PT1")
    )  # fmt: skip
    after = deciding.keep()
    assert after.manifest.earlier
    assert after.of(position) == [was]
    judge, positions = deciding.at(was.size, "A")
    check(was, judge.decision("Z"), positions)


def test_what_institutions_are_counts(deciding: Deciding) -> None:
    """Rows stay as they are where only the institution's level is another; its decisions are made again."""
    evidence = Evidence(patients_journal(3, 5))
    rows, known = tabulate(evidence), houses(evidence.institutions)
    at = deciding.mirror_at
    write_mirror(at, [rows], known)
    keep(deciding.store, Mirror.open(at), deciding.judge)
    write_mirror(at, [rows], {})
    seen: list[int] = []
    kept = keep(deciding.store, Mirror.open(at), deciding.judge, told=lambda done, total: seen.append(done))
    assert seen
    assert seen[-1] == len(rows.acts)
    assert kept.manifest.parts[0].acts == np.count_nonzero(rows.columns.kind != EVIDENCE)
    write_mirror(at, [rows], {"elsewhere": known.popitem()[1]})
    seen.clear()
    keep(deciding.store, Mirror.open(at), deciding.judge, told=lambda done, total: seen.append(done))
    assert not seen


def test_another_evaluator_decides_anew(deciding: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    three_patients(deciding)
    mirror = deciding.keep().mirror
    for module in (keeping_module, __import__("projections.decisions.kept", fromlist=["kept"])):
        monkeypatch.setattr(module, "evaluator_digest", lambda: "another")
    with pytest.raises(KeptError, match="another version of this program"):
        Kept.open(deciding.store, mirror, deciding.judge)
    deciding.keep()
    assert deciding.judged == 6


def test_rulings_have_directories_of_their_own(deciding: Deciding) -> None:
    three_patients(deciding)
    other = Judge(Evidence([]), SHANGHAI, {"together": "overlapping"})
    deciding.keep()
    with pytest.raises(KeptError, match="no decisions are kept"):
        Kept.open(deciding.store, deciding.mirror(), other)
    deciding.keep(other)
    assert deciding.judged == 6
    assert {path.name for path in deciding.store.iterdir()} == {
        ruling_of(deciding.judge).name, ruling_of(other).name
    }  # fmt: skip
    deciding.keep()
    assert deciding.judged == 0


def test_a_crash_before_the_manifest_leaves_what_was_there(deciding: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    three_patients(deciding)
    before = deciding.keep()
    deciding.record(line("AssessmentVoided", 9, assessment="XB", reason="r"))
    mirror = deciding.mirror()

    def power_fails(directory: Path, manifest: KeptManifest) -> None:
        raise OSError("power failed")

    with monkeypatch.context() as failing:
        failing.setattr(keeping_module, "write_manifest", power_fails)
        with pytest.raises(OSError, match="power failed"):
            keep(deciding.store, mirror, deciding.judge)
    assert Kept.read(before.directory).manifest == before.manifest
    assert {path.name for path in before.directory.glob("*.parquet")} > files_of(before.manifest)
    kept = deciding.keep()
    assert kept.manifest.size == mirror.size
    assert {path.name for path in before.directory.glob("*.parquet")} == files_of(kept.manifest)


@pytest.mark.parametrize("broken", [NAME, "acts.parquet", "denied.parquet"])
def test_what_is_gone_is_made_anew(deciding: Deciding, broken: str) -> None:
    three_patients(deciding)
    kept = deciding.keep()
    next(path for path in kept.directory.iterdir() if path.name.endswith(broken)).unlink()
    with pytest.raises(KeptError):
        Kept.open(deciding.store, kept.mirror, deciding.judge)
    deciding.check()


def test_one_keeps_at_a_time(deciding: Deciding) -> None:
    three_patients(deciding)
    mirror = deciding.mirror()

    def meanwhile(done: int, total: int) -> None:
        with pytest.raises(KeptError, match="another process is keeping"):
            keep(deciding.store, mirror, deciding.judge)

    keep(deciding.store, mirror, deciding.judge, told=meanwhile)


def test_files_are_their_owners_alone(deciding: Deciding) -> None:
    three_patients(deciding)
    directory = deciding.keep().directory
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o600}
