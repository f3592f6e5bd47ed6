"""What a mirror says, as one digest: however its files are cut, by whatever library, in whatever numbers.

    patient  = SHA-256( born i32 ‖ sex i8 ‖ category i8 ‖ rows u32 ‖ the rows ‖ the acts' ids, each ended by 0x0A )
    row      = each column of `PER_ROW` but `patient`, as wide as `DTYPES` says, little-endian; a word as `word`
    word     = the first 16 bytes of SHA-256 of its text in UTF-8; a set of orders is spelled as the sorted items, each
               ended by 0x0A; no word (-1, NONE) is 16 bytes of 0xFF
    mirror   = SHA-256( "treatment-ledger-mirror/2" 0x0A ‖ institutions ‖ 0x0A ‖ for each patient with rows, by id: the
               id ‖ 0x0A ‖ patient )

`institutions` is the JSON of what judging asks of each, by id, as `Manifest` keeps it. A report that names the digest
says what it was computed from; two mirrors of one log have the same one, whichever way they were made.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from projections.mirror.arrays import texts
from projections.mirror.columns import DTYPES, PER_ROW, Ints, Rows
from projections.mirror.house import House

_SAID = "treatment-ledger-mirror/2"
"""The same as long as rows say the same, whatever becomes of the files: reports name digests, and decisions are kept by
them."""
WORD_BYTES = 16
_WORDS = {"item": "items", "serves": "items", "institution": "institutions", "in_force": "orders",
          "staff": "practitioners"}  # fmt: skip
_ROW = np.dtype(
    [(name, f"V{WORD_BYTES}") if name in _WORDS else (name, np.dtype(DTYPES[name]).newbyteorder("<"))
     for name in PER_ROW if name != "patient"]
)  # fmt: skip
_PERSON = np.dtype([("born", "<i4"), ("sex", "i1"), ("category", "i1"), ("rows", "<u4")])
_NO_WORD = b"\xff" * WORD_BYTES
_ENDED = texts(["", "\n"])
"""What is joined to an id, and by what."""
_spell = msgspec.json.Encoder(order="deterministic").encode


def patient_digests(rows: Rows, acts: pa.StringArray) -> list[bytes]:
    """The digest of each patient of the rows, in their order."""
    columns, patients = rows.columns, len(rows.patients)
    counts = np.bincount(columns.patient, minlength=patients)
    ends = np.cumsum(counts)
    table = np.empty(len(columns.patient), _ROW)
    for name in _ROW.names or ():
        values = getattr(columns, name)
        table[name] = _by_text(getattr(rows, _WORDS[name]))[np.maximum(values, -1)] if name in _WORDS else values
    people = np.empty(patients, _PERSON)
    people["born"], people["sex"], people["category"] = columns.born, columns.sex, columns.category
    people["rows"] = counts
    heads, body, size = people.tobytes(), memoryview(table.tobytes()), _ROW.itemsize
    ids, places = _lines(acts)
    digests, start = [], 0
    for number, end in enumerate(ends.tolist()):
        digest = sha256(heads[number * _PERSON.itemsize : (number + 1) * _PERSON.itemsize])
        digest.update(body[start * size : end * size])
        digest.update(ids[places[start] : places[end]])
        digests.append(digest.digest())
        start = end
    return digests


def mirror_digest(institutions: Mapping[str, House], patients: Iterable[tuple[str, bytes]]) -> str:
    """The digest of a mirror, in hex; `patients` with their digests, sorted by id, those without rows left out."""
    digest = sha256(f"{_SAID}\n".encode() + _spell(dict(institutions)) + b"\n")
    for patient, own in patients:
        digest.update(patient.encode() + b"\n" + own)
    return digest.hexdigest()


def _by_text(words: Sequence[Any]) -> Ints:
    """The bytes of each word, and of no word at the end, where -1 finds it."""
    texts = (word if isinstance(word, str) else "".join(f"{item}\n" for item in sorted(word)) for word in words)
    spelled = [sha256(text.encode()).digest()[:WORD_BYTES] for text in texts]
    return np.frombuffer(b"".join([*spelled, _NO_WORD]), f"V{WORD_BYTES}")


def _lines(acts: pa.StringArray) -> tuple[memoryview, list[int]]:
    """The ids, each ended by a newline, and where each begins (and the last ends)."""
    joined = pc.binary_join_element_wise(acts, *_ENDED) if len(acts) else acts
    joined = pa.concat_arrays([joined]) if joined.offset else joined
    buffers = joined.buffers()
    if not len(joined):
        return memoryview(b""), [0]
    offsets = np.frombuffer(buffers[1], np.int32, len(joined) + 1)
    return memoryview(buffers[2]), offsets.tolist()
