"""Whatever bit was changed of a part's files, nothing is said of it; and columns are asked that are read, no others."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pyarrow.parquet as pq
import pytest

from projections.mirror import parts
from projections.mirror.checksums import Checksums, span_of
from projections.mirror.columns import EVIDENCE, PER_PATIENT
from projections.mirror.manifest import MANIFESTS
from projections.mirror.mirror import EVERY, Mirror
from projections.mirror.parts import ROW_COLUMNS, PartReader
from projections.mirror.refusal import MirrorDamaged
from projections.mirror.tabulating import tabulate
from projections.mirror.words import Numbered
from projections.mirror.writing import write_mirror
from projections.rules.evidence import Evidence
from tests.projections.mirror.logs import patients_journal

ROWS = tabulate(Evidence(patients_journal(7, 4)))
NOBODYS = Numbered((), (), (), ())
NAME = "part-000001"
HEADER = 40
"""So many bytes, about, the header of a page has."""


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a mirror is of one part of a few row groups."""
    monkeypatch.setattr(parts, "GROUP_ROWS", 100)
    write_mirror(tmp_path, [ROWS], {})
    return tmp_path


def checksums(directory: Path) -> Checksums:
    (only,) = MANIFESTS.read(directory).parts
    return only.checksums


def metadata_of(directory: Path) -> Any:
    metadata = pq.ParquetFile(directory / f"{NAME}.parquet").metadata
    assert metadata.num_row_groups > 1
    return metadata


def chunks(metadata: Any) -> Iterator[tuple[int, int, str]]:
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            yield group, column, metadata.row_group(group).column(column).path_in_schema


def read(reader: PartReader, group: int, name: str) -> None:
    """A column of a row group, as whoever needs it reads it."""
    if name in ("patient", *PER_PATIENT):
        reader.require_told_to_others(group)
    else:
        reader.read(group, [name], NOBODYS, acts=name == "act")


def flip(file: int, place: int, bit: int) -> None:
    (byte,) = os.pread(file, 1, place)
    os.pwrite(file, bytes([byte ^ 1 << bit]), place)


def test_each_byte_is_under_one_of_them(part: Path) -> None:
    """Column chunks lie one behind the other, from behind the first four bytes up to the footer."""
    metadata, whole = metadata_of(part), (part / f"{NAME}.parquet").read_bytes()
    told, end = checksums(part).chunks, 4
    for group, column, _ in chunks(metadata):
        first, then = span_of(metadata, group, column)
        assert first == end
        assert told[group][8 * column : 8 * column + 8] == f"{crc32(whole[first:then]):08x}"
        end = then
    assert [len(of) for of in told] == [8 * metadata.num_columns] * metadata.num_row_groups
    assert end == len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")


def test_no_bit_of_a_pages_header_changes_what_is_read(part: Path) -> None:
    """Where a page begins, of words or of values: checksums of Parquet's own do not cover that."""
    metadata, reader = metadata_of(part), PartReader(part, NAME, checksums(part))
    heads = 0
    file = os.open(part / f"{NAME}.parquet", os.O_RDWR)
    for group, column, name in chunks(metadata):
        chunk = metadata.row_group(group).column(column)
        read(reader, group, name)
        _, end = span_of(metadata, group, column)
        for first in {chunk.dictionary_page_offset, chunk.data_page_offset} - {None, 0}:
            heads += 1
            for place in range(first, min(first + HEADER, end)):
                for bit in range(8):
                    flip(file, place, bit)
                    with pytest.raises(MirrorDamaged, match=rf"{NAME}\.parquet: .*it is not what was written"):
                        read(reader, group, name)
                    flip(file, place, bit)
        read(reader, group, name)
    os.close(file)
    assert heads > metadata.num_row_groups * metadata.num_columns  # pages of words among them


@pytest.mark.parametrize("end", ["", ".patients"])
def test_bytes_that_were_changed_anywhere_are_found(part: Path, end: str) -> None:
    """By `mirror check`, which reads everything: also what only other readers take from there, or nobody."""
    path = part / f"{NAME}{end}.parquet"
    whole = path.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 400)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        try:
            (found,) = Mirror.open(part).findings()
        except MirrorDamaged as error:
            found = str(error)
        assert f"{path}: " in found, place
    path.write_bytes(whole)
    assert Mirror.open(part).findings() == []


def test_columns_that_are_not_read_are_not_asked(part: Path) -> None:
    metadata, reader = metadata_of(part), PartReader(part, NAME, checksums(part))
    spoilt = next(column for group, column, name in chunks(metadata) if name == "fee")
    file = os.open(part / f"{NAME}.parquet", os.O_RDWR)
    flip(file, span_of(metadata, 0, spoilt)[1] - 1, 0)
    os.close(file)
    others = [name for name in ROW_COLUMNS if name != "fee"]
    assert set(reader.read(0, others, NOBODYS, acts=True).columns.kind.tolist()) >= {EVIDENCE}
    reader.read(1, EVERY, NOBODYS, acts=True)
    with pytest.raises(MirrorDamaged, match="it is not what was written"):
        reader.read(0, EVERY, NOBODYS, acts=True)


def test_what_was_cut_off_is_found(part: Path) -> None:
    path = part / f"{NAME}.parquet"
    whole = path.read_bytes()
    for size in (0, 3, 4, 8, 11, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(MirrorDamaged, match=rf"{NAME}\.parquet: "):
            Mirror.open(part)
