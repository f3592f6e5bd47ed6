"""A mirror kept up with its log says what one made from the whole log says; and none is kept up with another log."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from api.demo.district import year
from ledger.application import TreatmentLedger
from ledger.application.recording import Refused
from ledger.store.refusals import Unsound
from projections.mirror import following
from projections.mirror.columns import NONE
from projections.mirror.following import rebuild, update
from projections.mirror.manifest import FORMAT, MANIFESTS
from projections.mirror.manifests import NAME
from projections.mirror.mirror import Mirror
from projections.mirror.refusal import MirrorError
from projections.mirror.writing import write_mirror
from tests.application.world import facts, line
from tests.projections.mirror.logs import entries, plain, spoil, told
from tests.stories.mixed_up import NOW, MixedUp, hospital


class Kept:
    """A ledger, its mirror kept up, and another one made from the whole log each time it is asked."""

    def __init__(self, home: Path, ledger: TreatmentLedger) -> None:
        self.ledger = ledger
        self.mirror = home / "mirror"
        self._anew = home / "anew"

    def check(self) -> None:
        kept = update(self.mirror, self.ledger)
        assert kept.size == self.ledger.size
        assert kept.digest == rebuild(self._anew, self.ledger).digest
        mirror = Mirror.open(self.mirror)
        mirror.require_whole()
        assert told(mirror.joined(list(mirror.batches()))) == told(plain(entries(self.ledger.recorder)))

    def record(self, *lines: str) -> None:
        self.ledger.record(facts(list(lines)), now=NOW)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    monkeypatch.setattr(following, "ENTRIES_A_PATIENT", 0)  # else so short a log would be replayed each time
    TreatmentLedger.init(tmp_path / "ledger", "mirrored.example/ledger")
    with TreatmentLedger.open(tmp_path / "ledger") as ledger:
        yield Kept(tmp_path, ledger)


@pytest.mark.parametrize(("seed", "most", "rows"), [(0, 16, 10), (1, 3, 0), (2, 1, 0), (3, 16, 0), (4, 16, 10)])
def test_mixed_up_patients(kept: Kept, monkeypatch: pytest.MonkeyPatch, seed: int, most: int, rows: int) -> None:
    monkeypatch.setattr(following, "MOST_PATCHES", most)
    monkeypatch.setattr(following, "PATCHED_ROWS", rows)
    draw, mixing = Random(seed), MixedUp(seed)
    kept.record(*hospital())
    patches = 0
    for number, fact in enumerate(mixing.lines(90)):
        try:
            kept.ledger.record([fact], now=NOW)
        except Refused:
            continue
        mixing.taken()
        if draw.random() < 0.1:
            kept.check()
        if draw.random() < 0.05:
            _register(kept, draw, number)
            kept.check()
        patches = max(patches, len(Mirror.open(kept.mirror).patches) if (kept.mirror / NAME).exists() else 0)
    kept.check()
    assert (patches == 0) if rows else (1 < patches <= most) or most == 1


def _register(kept: Kept, draw: Random, number: int) -> None:
    day = f"2021-03-{draw.randint(1, 20):02}"
    kept.record(
        draw.choice((
            line("PractitionerQualified", number, practitioner=draw.choice(("PT2", "DR1")), scope="tcm",
                 valid_from=day),
            line("InstitutionSuspended", number, institution="H1", **{"from": day}, until="2021-03-21"),
            line("InstitutionReinstated", number, institution="H1"),
        ))
    )  # fmt: skip


def test_a_year_in_pieces(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PATCHED_ROWS", 3)
    every = sorted(year(2021, 24), key=lambda fact: fact.at)
    cuts = [0, 3 * len(every) // 4, *range(3 * len(every) // 4 + 40, len(every), len(every) // 24), len(every)]
    for first, last in pairwise(cuts):
        kept.ledger.record(every[first:last], now=NOW)
        update(kept.mirror, kept.ledger)
    kept.check()


def test_staff_found_out_later(kept: Kept) -> None:
    """A physician's qualification, a second assessor's, an institution's: each changes rows of those they treated."""
    kept.record(*hospital())
    mixing = MixedUp(5)
    for fact in mixing.lines(60):
        try:
            kept.ledger.record([fact], now=NOW)
        except Refused:
            continue
        mixing.taken()
    kept.check()
    kept.record(line("PractitionerQualified", 0, id="K1", practitioner="PT1", scope="tcm", valid_from="2015-01-01"))
    kept.check()
    kept.record(line("EntryCorrected", 0, target="K1", field="scope", old="tcm", new="auditory_verbal", reason="r",
                     practitioner="DR1"))  # fmt: skip
    kept.check()
    kept.record(
        line("InstitutionSuspended", 0, id="K2", institution="H1", **{"from": "2021-03-01"}, until="2021-03-09")
    )
    before = Mirror.open(kept.mirror).digest
    kept.check()
    assert Mirror.open(kept.mirror).digest != before


def test_only_those_touched_are_written(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PATCHED_ROWS", 0)
    kept.record(*hospital())
    for name in "ABC":
        kept.record(
            line("EpisodeOpened", 0, episode=f"E{name}", patient=name, institution="H1", diagnosis={"code": "I63.9"}),
            line("AssessmentRecorded", 5, assessment=f"X{name}", patient=name, episode=f"E{name}", institution="H1",
                 item="balance-test", assessors=["PT1"], results=[]),
        )  # fmt: skip
    kept.check()
    kept.record(line("FeeConfirmed", 9, act="XB", amount_fen=5))
    kept.check()
    *_, last = Mirror.open(kept.mirror).manifest.parts
    assert (last.patch, last.first, last.last, last.rows) == (True, "B", "B", 2)


def test_a_share_of_the_fund_said_later(kept: Kept) -> None:
    kept.record(*hospital())
    kept.record(
        line("EpisodeOpened", 0, episode="EA", patient="A", institution="H1", diagnosis={"code": "I63.9"}),
        line("AssessmentRecorded", 5, assessment="XA", patient="A", episode="EA", institution="H1",
             item="balance-test", assessors=["PT1"], results=[]),
        line("FeeConfirmed", 9, id="F1", act="XA", amount_fen=500),
    )  # fmt: skip
    correction = {"target": "F1", "field": "fund_fen", "reason": "r", "practitioner": "DR1"}
    found = []
    for more in (
        (),
        (line("EntryCorrected", 10, **correction, old=None, new=400),),
        (line("EntryCorrected", 11, **correction, old=400, new=300),),
        (line("FeeConfirmed", 12, act="XA", amount_fen=500, fund_fen=0),),
        (line("FeeConfirmed", 12, act="XA", amount_fen=200),),
    ):
        kept.record(*more)
        kept.check()
        (rows,) = Mirror.open(kept.mirror).batches(("fee", "fund"))
        found.append((rows.columns.fee.tolist(), rows.columns.fund.tolist()))
    assert found == [([fee] * 2, [fund] * 2) for fee, fund in
                     ((500, NONE), (500, 400), (500, 300), (500, 0), (200, NONE))]  # fmt: skip


def test_a_mirror_of_an_older_format_is_made_anew(kept: Kept) -> None:
    kept.record(*hospital())
    update(kept.mirror, kept.ledger)
    text = (kept.mirror / NAME).read_text()
    assert FORMAT in text
    (kept.mirror / NAME).write_text(text.replace(FORMAT, "treatment-ledger-mirror/1"))
    kept.check()
    assert Mirror.open(kept.mirror).manifest.format == FORMAT


def test_nothing_new_changes_nothing(kept: Kept) -> None:
    kept.record(*hospital())
    update(kept.mirror, kept.ledger)
    stamp = (kept.mirror / NAME).stat().st_mtime_ns
    update(kept.mirror, kept.ledger)
    assert (kept.mirror / NAME).stat().st_mtime_ns == stamp


def test_many_are_replayed(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "ENTRIES_A_PATIENT", 8_000)
    kept.record(*hospital())
    update(kept.mirror, kept.ledger)
    kept.record(line("PatientFileOpened", 0, patient="D", sex="male", born="1950-01-01", institution="H1", file_no="D"))
    kept.check()
    assert Mirror.open(kept.mirror).patches == []


def test_a_mirror_of_another_log(kept: Kept, tmp_path: Path) -> None:
    kept.record(*hospital())
    update(kept.mirror, kept.ledger)
    TreatmentLedger.init(tmp_path / "other", "another.example/ledger")
    with TreatmentLedger.open(tmp_path / "other") as other, pytest.raises(MirrorError, match=r"another log, mirrored"):
        update(kept.mirror, other)


def test_a_mirror_of_no_log(kept: Kept) -> None:
    write_mirror(kept.mirror, [], {})
    with pytest.raises(MirrorError, match="made of no log"):
        update(kept.mirror, kept.ledger)


@pytest.mark.parametrize(("key", "value", "told_"), [("size", 99, "old backup"), ("root", "00" * 32, "not made of")])
def test_a_mirror_of_another_history(kept: Kept, key: str, value: object, told_: str) -> None:
    kept.record(*hospital())
    update(kept.mirror, kept.ledger)
    manifest = MANIFESTS.read(kept.mirror)
    changed = {key: value} if key == "size" else {"log": replace(manifest.log, **{key: value})}
    MANIFESTS.write(kept.mirror, replace(manifest, **changed))
    with pytest.raises(MirrorError, match=told_):
        update(kept.mirror, kept.ledger)


def test_a_mirror_that_cannot_be_read_is_made_anew(kept: Kept) -> None:
    kept.record(*hospital())
    update(kept.mirror, kept.ledger)
    (kept.mirror / NAME).write_text("{")
    kept.check()


def test_a_mirror_with_a_damaged_file_is_made_anew(kept: Kept) -> None:
    """Whether there is something new to take in or not; a file's end is looked at, and the pages that are read."""
    kept.record(*hospital())
    mixing = MixedUp(0)
    for fact in mixing.lines(30):
        with suppress(Refused):
            kept.ledger.record([fact], now=NOW)
            mixing.taken()
    update(kept.mirror, kept.ledger)
    for place in (-20, 100):
        for path in sorted(kept.mirror.glob("part-*.parquet")):
            data = bytearray(path.read_bytes())
            data[place] ^= 1
            path.write_bytes(data)
        if place == 100:
            _register(kept, Random(0), 900)
        kept.check()


def test_who_makes_one_imports_no_pandas(kept: Kept, tmp_path: Path) -> None:
    """As Arrow would, where pandas is installed: longer than a short log takes."""
    kept.record(*hospital())
    code = (
        "import sys; from pathlib import Path; from ledger.application import TreatmentLedger;"
        "from projections.mirror.following import rebuild; here = Path(sys.argv[1]);"
        "rebuild(here / 'one', TreatmentLedger.open(here / 'ledger')); sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 0


def test_an_altered_entry_is_not_taken_in(kept: Kept, tmp_path: Path) -> None:
    kept.record(*hospital())
    update(kept.mirror, kept.ledger)
    digest = Mirror.open(kept.mirror).digest
    kept.record(line("PatientFileOpened", 0, patient="D", sex="male", born="1950-01-01", institution="H1", file_no="D"))
    spoil(tmp_path / "ledger" / "ledger.sqlite3",
           f"UPDATE entries SET data = CAST(data || ' ' AS BLOB) WHERE position = {kept.ledger.size}")  # fmt: skip
    with pytest.raises(Unsound, match="entry-altered"):
        update(kept.mirror, kept.ledger)
    assert Mirror.open(kept.mirror).digest == digest
