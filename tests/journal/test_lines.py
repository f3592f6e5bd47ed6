"""Files of every shape, line by line."""

import gzip
import io
import subprocess
import sys
import tracemalloc

import pytest

from ledger.journal import Line, Problem, read_lines
from ledger.journal.parsing import MAX_LINE


@pytest.fixture
def journal(tmp_path):
    def write(content: bytes, name="j.ndjson"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def numbers(lines):
    return [(line.number, isinstance(line, Line)) for line in lines]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b" \r\n", b"\n\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", [True, False])
def test_marks_line_ends_blank_lines_and_a_missing_last_newline(journal, stop, end, mark, last):
    content = mark + stop + end + stop + (end if last else b"")
    lines = list(read_lines(journal(content)))
    assert [line.raw for line in lines] == [stop, stop]
    assert lines[-1].number == (3 if end == b"\n\n" else 2)


def test_an_empty_file_is_no_problem(journal):
    assert list(read_lines(journal(b""))) == []
    assert list(read_lines(journal(b"\xef\xbb\xbf\r\n \n"))) == []


def test_a_mark_elsewhere_is_a_problem(journal, stop):
    assert numbers(read_lines(journal(stop + b"\n\xef\xbb\xbf" + stop))) == [(1, True), (2, False)]


def test_every_bad_line_is_a_problem_and_the_others_are_read(journal, stop):
    path = journal(b"\n".join([stop, b"{", stop.replace(b"+08:00", b""), b"", stop]))
    lines = list(read_lines(path))
    assert numbers(lines) == [(1, True), (2, False), (3, False), (5, True)]
    assert str(lines[2]) == (
        f'{path}:3: at: "2021-03-01T15:30:00" has no time zone, '
        "expected RFC 3339 with offset such as 2021-03-01T08:00:00+08:00"
    )
    assert lines[1].raw == b"{"


def test_a_line_of_100_mb_is_refused_without_being_held(journal, stop, tmp_path):
    path = tmp_path / "long.ndjson"
    with path.open("wb") as file:
        file.write(stop + b"\n" + b'{"type":"')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + stop)
    tracemalloc.start()
    lines = list(read_lines(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert numbers(lines) == [(1, True), (2, False), (3, True)]
    assert lines[1].what == f"100000011 bytes long, expected at most {MAX_LINE}"
    assert len(lines[1].raw) == MAX_LINE
    assert peak < 10_000_000


@pytest.mark.parametrize("extra", [-1, 0, 1, 2])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_longest_line_is_read_to_the_byte(journal, stop, extra, end):
    line = stop[:-1] + b" " * (MAX_LINE - len(stop) + extra) + b"}"
    assert numbers(read_lines(journal(line + end + stop))) == ([(1, extra <= 0), (2, True)] if end else [(1, False)])


@pytest.mark.parametrize("name", ["j.ndjson.gz", "j.ndjson"])
def test_a_packed_journal_is_unpacked_by_name_or_by_its_first_bytes(journal, stop, name):
    assert numbers(read_lines(journal(gzip.compress(stop + b"\n" + stop), name))) == [(1, True), (2, True)]


@pytest.mark.parametrize("name", ["j.ndjson.gz", "j.ndjson"])
def test_a_damaged_pack_is_a_problem_of_the_file(journal, stop, name):
    packed = bytearray(gzip.compress(b"\n".join([stop] * 1000)))
    for damaged in (packed[:-9], packed[: len(packed) // 2], packed[:-8] + b"\0" * 8, packed[:12] + b"\xff" * 40):
        *_, last = read_lines(journal(bytes(damaged), name))
        assert isinstance(last, Problem)
        assert (last.field, "cannot be read" in last.what) == ("file", True)


def test_a_gz_that_is_none_is_a_problem(journal, stop):
    (problem,) = read_lines(journal(stop, "j.gz"))
    assert (problem.number, problem.field) == (0, "file")


@pytest.mark.parametrize("name", ["missing.ndjson", ".", "a\0b"])
def test_what_cannot_be_opened_is_a_problem(tmp_path, name):
    (problem,) = read_lines(str(tmp_path) + "/" + name)
    assert isinstance(problem, Problem)
    assert (problem.number, problem.field) == (0, "file")


def test_standard_input_is_read_and_left_open(journal, stop, monkeypatch):
    given = io.TextIOWrapper(io.BytesIO(gzip.compress(stop)))
    monkeypatch.setattr(sys, "stdin", given)
    assert [(line.file, line.number) for line in read_lines("-")] == [("-", 1)]
    assert not given.buffer.closed


def test_a_pipe_is_read_to_its_end(stop):
    script = "from ledger.journal import read_lines; print(sum(1 for line in read_lines('-')))"
    done = subprocess.run(
        [sys.executable, "-c", script], input=b"\n".join([stop] * 5000), capture_output=True, check=True
    )
    assert done.stdout == b"5000\n"
