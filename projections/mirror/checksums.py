"""What the two files of a part were when they were written: each byte of them is under one of these checksums.

Parquet has checksums of its own, but of what pages hold alone. Where the header of a page was changed, Arrow may take
one value for another and say nothing. So every column chunk has a checksum here, headers and all, which is held against
the bytes as they lie in the file, before anything of them is decoded, and of no other columns than those that are read.
Nothing here knows what columns mean, or decodes one.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

_MAGIC = 4
"""So many bytes a Parquet file begins and ends with; the length of the footer stands in front of the latter."""
_DIGITS = 8


class Checksums(msgspec.Struct, frozen=True):
    """Of the file of rows: `ends`, SHA-256 of its first four bytes and of its footer, where it stands what lies where,
    and `chunks`, of each row group the CRC-32 of each column chunk, in the order of the columns. Of the file of
    patients, which is read as a whole: `patients`, SHA-256 of it. All in hex.

    A CRC-32 finds whatever was changed within 32 bits of each other, and of anything else all but one in 2 to the 32;
    it is for what happens to disks. Who can write to the files can write to the manifest, too.
    """

    ends: str
    chunks: tuple[str, ...]
    patients: str


def checksums_of(rows: Path, patients: Path) -> Checksums:
    """Those of two files that were written. OSError, pyarrow.ArrowException."""
    whole, file = mapped(rows)
    metadata = pq.ParquetFile(file).metadata
    return Checksums(
        ends=ends_of(whole),
        chunks=tuple(
            "".join(chunk_of(whole, metadata, group, column) for column in range(metadata.num_columns))
            for group in range(metadata.num_row_groups)
        ),
        patients=digest_of(mapped(patients)[0]),
    )


def mapped(path: Path) -> tuple[memoryview, pa.MemoryMappedFile]:
    """The bytes of a file, none of which is read before it is asked for, and what Arrow reads the same bytes by.

    They are there for as long as they are held, whatever becomes of the path. OSError, pyarrow.ArrowException.
    """
    file = pa.memory_map(str(path))
    return memoryview(file.read_buffer()), file


def digest_of(whole: memoryview) -> str:
    """Of a file that is read as a whole."""
    return sha256(whole).hexdigest()


def ends_of(whole: memoryview) -> str:
    """Of a Parquet file without its column chunks."""
    length = int.from_bytes(whole[-2 * _MAGIC : -_MAGIC], "little")
    footer = whole[max(_MAGIC, len(whole) - 2 * _MAGIC - length) :]
    return sha256(bytes(whole[:_MAGIC]) + footer).hexdigest()


def chunk_of(whole: memoryview, metadata: Any, group: int, column: int) -> str:
    """Of a column chunk, from its first page's header to the end of its last page."""
    first, end = span_of(metadata, group, column)
    return f"{crc32(whole[first:end]):0{_DIGITS}x}"


def span_of(metadata: Any, group: int, column: int) -> tuple[int, int]:
    """Where a column chunk begins in its file, and where it ends. Source: Parquet's `ColumnMetaData`, whose sizes have
    the headers of pages in them; a page of words, where there is one, stands in front.
    """
    told = metadata.row_group(group).column(column)
    first: int = told.data_page_offset
    if told.has_dictionary_page:
        first = min(first, told.dictionary_page_offset)
    return first, first + told.total_compressed_size


def chunk_in(chunks: str, column: int) -> str:
    """The checksum of a column among those of its row group."""
    return chunks[column * _DIGITS : (column + 1) * _DIGITS]
