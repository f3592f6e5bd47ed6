"""The digest says what rows say: not how they are cut or numbered, and everything else."""

import struct
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from projections.mirror import parts
from projections.mirror.columns import DTYPES, NONE, PER_PATIENT, PER_ROW, Columns, Rows
from projections.mirror.digest import mirror_digest, patient_digests
from projections.mirror.house import House
from projections.mirror.tabulating import tabulate
from projections.mirror.words import of_patients
from projections.mirror.writing import write_mirror
from projections.rules.evidence import Evidence
from tests.projections.mirror.logs import patients_journal

ROWS = tabulate(Evidence(patients_journal(7, 4)))
HOUSES = {"H1": House(level=3, kind="general", departments=("rehabilitation",))}
NUMBER = {1: "b", 2: "h", 4: "i", 8: "q"}


def digests(rows: Rows) -> list[bytes]:
    return patient_digests(rows, pa.array(rows.acts, pa.string()))


def naive(rows: Rows) -> list[bytes]:
    """The definition, value by value."""
    c = rows.columns
    found = []
    words = {"item": rows.items, "serves": rows.items, "institution": rows.institutions, "in_force": rows.orders,
             "staff": rows.practitioners}  # fmt: skip
    for number in range(len(rows.patients)):
        mine = [k for k in range(len(rows.acts)) if c.patient[k] == number]
        data = struct.pack("<ibbI", c.born[number], c.sex[number], c.category[number], len(mine))
        for k in mine:
            for name in PER_ROW[1:]:
                value = int(getattr(c, name)[k])
                if name not in words:
                    data += struct.pack("<" + NUMBER[np.dtype(DTYPES[name]).itemsize], value)
                elif value < 0:
                    data += b"\xff" * 16
                else:
                    word = words[name][value]
                    text = word if isinstance(word, str) else "".join(f"{item}\n" for item in sorted(word))
                    data += sha256(text.encode()).digest()[:16]
        data += "".join(f"{rows.acts[k]}\n" for k in mine).encode()
        found.append(sha256(data).digest())
    return found


def test_as_it_is_defined() -> None:
    assert digests(ROWS) == naive(ROWS)
    told = b"treatment-ledger-mirror/2\n" + b'{"H1":{"level":3,"kind":"general","departments":["rehabilitation"]}}\n'
    told += b"".join(p.encode() + b"\n" + d for p, d in zip(ROWS.patients, naive(ROWS), strict=True))
    assert mirror_digest(HOUSES, zip(ROWS.patients, digests(ROWS), strict=True)) == sha256(told).hexdigest()


@pytest.mark.parametrize("name", [*PER_ROW[1:], *PER_PATIENT])
def test_every_value_counts(name: str) -> None:
    column = getattr(ROWS.columns, name).copy()
    value = column[len(column) // 2]
    # Of words another one; of numbers the next one.
    column[len(column) // 2] = 0 if value in (NONE, -1) else value - 1 if value > 0 else 1
    changed = ROWS._replace(columns=ROWS.columns._replace(**{name: column}))
    assert sum(a != b for a, b in zip(digests(changed), digests(ROWS), strict=True)) == 1


def test_every_id_counts() -> None:
    changed = ROWS._replace(acts=("another", *ROWS.acts[1:]))
    assert [a == b for a, b in zip(digests(changed), digests(ROWS), strict=True)] == [False, True, True, True]


def test_numbers_of_words_do_not() -> None:
    last = len(ROWS.items) - 1
    turned = {name: np.where((c := getattr(ROWS.columns, name)) < 0, c, last - c).astype(c.dtype)
              for name in ("item", "serves")}  # fmt: skip
    assert digests(ROWS._replace(columns=ROWS.columns._replace(**turned), items=ROWS.items[::-1])) == digests(ROWS)


def test_nor_does_how_they_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = write_mirror(tmp_path / "whole", [ROWS], HOUSES)
    monkeypatch.setattr(parts, "GROUP_ROWS", 50)
    cut = write_mirror(tmp_path / "cut", [ROWS], HOUSES)
    assert cut.digest == whole.digest
    some = [
        ROWS._replace(columns=of_patients(ROWS, [k]), patients=(patient,), acts=_acts(k))
        for k, patient in enumerate(ROWS.patients)
    ]
    assert write_mirror(tmp_path / "some", some, HOUSES).digest == whole.digest
    assert write_mirror(tmp_path / "some", some[1:], HOUSES).digest != whole.digest


def test_institutions_count() -> None:
    told = list(zip(ROWS.patients, digests(ROWS), strict=True))
    assert mirror_digest(HOUSES, told) != mirror_digest({"H1": House(level=2, kind="general")}, told)


def _acts(patient: int) -> tuple[str, ...]:
    return tuple(ROWS.acts[k] for k in np.flatnonzero(ROWS.columns.patient == patient).tolist())


def test_all_columns_are_asked() -> None:
    assert set(Columns._fields) == {*PER_ROW, *PER_PATIENT}
