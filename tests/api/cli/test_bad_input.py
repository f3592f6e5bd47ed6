"""Bad input of every kind: file and line named, exit 2, no traceback, nothing lost, nothing half taken."""

import gzip
import json
from pathlib import Path

import pytest

STOP = '{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S3","effect":"tolerated well"}'

BAD: dict[str, tuple[bytes, str]] = {
    "malformed JSON": (b'{"type":"SessionStopped",', ""),
    "no JSON at all": (b"hello", ""),
    "an array": (b"[1,2]", ""),
    "a number": (b"7", ""),
    "null": (b"null", ""),
    "two objects on a line": (STOP.encode() * 2, ""),
    "no type": (STOP.replace('"type":"SessionStopped",', "").encode(), "type"),
    "an unknown type": (STOP.replace("SessionStopped", "SessionPaused").encode(), "type"),
    "an unknown field": (STOP.replace('"effect"', '"mood":1,"effect"').encode(), "mood"),
    "a missing field": (STOP.replace(',"effect":"tolerated well"', "").encode(), "effect"),
    "a field of the wrong type": (STOP.replace('"tolerated well"', "7").encode(), "effect"),
    "a bad date": (STOP.replace("03-01", "02-30").encode(), "at"),
    "a missing zone": (STOP.replace("+08:00", "").encode(), "at"),
    "invalid UTF-8": (STOP.replace("tolerated", "t").encode() + b"\xff", ""),
    "invalid UTF-8 in a string": (STOP.encode().replace(b"well", b"\xc3\x28"), ""),
    "NaN": (STOP.replace('"tolerated well"', "NaN").encode(), ""),
    "an id that is too long": (STOP.replace("S3", "S" * 65).encode(), "session"),
    "an id with a blank": (STOP.replace("S3", "S 3").encode(), "session"),
    "a key twice": (STOP.replace("{", '{"session":"S1",').encode(), "session"),
    "an unknown session": (STOP.replace("S3", "S9").encode(), "session"),
    "a second stop": (STOP.replace("S3", "S1").encode(), ""),
    "a stop before its start": (STOP.replace("15:30", "14:30").encode(), "at"),
    "an unknown practitioner": (
        b'{"type":"SessionSigned","at":"2021-03-01T15:40:00+08:00","session":"S3","practitioner":"PT9"}',
        "practitioner",
    ),
    "an unknown institution": (
        b'{"type":"PatientFileOpened","at":"2021-03-01T08:00:00+08:00","patient":"P2","sex":"male",'
        b'"born":"1950-01-01","institution":"H9","file_no":"M2"}',
        "institution",
    ),
    "nothing but an opening bracket, 100,000 deep": (b"[" * 100_000, ""),
    "a line that is too long": (b'{"type":"' + b"x" * 70_000 + b'"}', ""),
    "a zero byte": (b"\x00", ""),
}


def assert_names(err: str, place: str, field: str) -> None:
    named = [line for line in err.splitlines() if line.startswith(place)]
    assert named, err
    _, _, rest = named[0].partition(place)
    assert ": " in rest.removeprefix(": ")
    if field:
        assert field in rest


@pytest.mark.parametrize("kind", BAD)
def test_import_and_judge_name_file_line_and_field(run, ledger: Path, journal: Path, tmp_path: Path, kind: str) -> None:
    bad, field = BAD[kind]
    path = tmp_path / "bad.ndjson"
    path.write_bytes(journal.read_bytes() + bad + b"\n")
    judged = run("judge", path)
    assert (judged.code, judged.out) == (2, "")
    assert_names(judged.err, f"{path}:17: ", field)
    imported = run("import", path)
    assert imported.code == 2
    counted = json.loads(imported.last)
    assert (counted["accepted"], counted["refused"], counted["size"]) == (0, 1, 16)
    assert_names(imported.err, f"{path}:17: ", field)


def test_every_bad_line_is_reported_not_only_the_first(run, tmp_path: Path) -> None:
    path = tmp_path / "bad.ndjson"
    path.write_bytes(b"\n".join(bad for bad, _ in BAD.values()) + b"\n")
    judged = run("judge", path)
    assert judged.code == 2
    named = {line.split(":")[1] for line in judged.err.splitlines() if line.startswith(str(path))}
    assert named == {str(number) for number in range(1, len(BAD) + 1)}


def test_a_line_of_100_mb_is_refused_in_flat_memory(run, ledger: Path, journal: Path, tmp_path: Path) -> None:
    import resource

    path = tmp_path / "long.ndjson"
    with path.open("wb") as file:
        file.write(journal.read_bytes())
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b"\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    for command in ("judge", "import"):
        answer = run(command, path)
        assert answer.code == 2
        assert_names(answer.err, f"{path}:17: ", "")
        assert len(answer.err) < 10_000
    grown = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before
    assert grown < 90_000  # KiB: the line was not held


@pytest.mark.parametrize("command", ["judge", "import"])
def test_an_absent_file_and_a_directory_are_named(run, ledger: Path, tmp_path: Path, command: str) -> None:
    for name in ("absent.ndjson", str(tmp_path)):
        answer = run(command, name)
        assert answer.code == 2
        assert name in answer.err


@pytest.mark.parametrize("command", ["judge", "import"])
def test_a_broken_gzip_is_named(run, ledger: Path, journal: Path, tmp_path: Path, command: str) -> None:
    path = tmp_path / "cut.ndjson.gz"
    path.write_bytes(gzip.compress(journal.read_bytes())[:-20])
    answer = run(command, path)
    assert answer.code == 2
    assert str(path) in answer.err


@pytest.mark.parametrize("command", ["judge", "import"])
def test_bom_crlf_blank_lines_and_a_missing_last_newline_are_fine(
    run, ledger: Path, journal: Path, tmp_path: Path, command: str
) -> None:
    path = tmp_path / "windows.ndjson"
    text = journal.read_bytes().rstrip(b"\n").replace(b"\n", b"\r\n\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text)
    answer = run(command, path)
    assert answer.code == 0
    if command == "import":
        assert json.loads(answer.last) == {"accepted": 0, "known": 16, "refused": 0, "size": 16}


@pytest.mark.parametrize("empty", [b"", b"\n", b"\xef\xbb\xbf"])
def test_an_empty_journal_is_no_error(run, ledger: Path, tmp_path: Path, empty: bytes) -> None:
    (tmp_path / "empty.ndjson").write_bytes(empty)
    assert run("judge", "empty.ndjson").code == 0
    assert json.loads(run("import", "empty.ndjson").last) == {"accepted": 0, "known": 0, "refused": 0, "size": 16}


def test_keep_going_takes_the_good_lines_and_writes_the_bad_ones_with_reasons(
    run, ledger: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mixed.ndjson"
    path.write_text("hello\n" + STOP + "\n" + STOP.replace("S3", "S9") + "\n")
    answer = run("import", path, "--keep-going")
    assert answer.code == 0
    assert json.loads(answer.last) == {"accepted": 1, "known": 0, "refused": 2, "size": 17}
    rejected = (tmp_path / "mixed.ndjson.rejected.ndjson").read_text()
    assert "hello" in rejected
    assert "S9" in rejected
    assert "rejected.ndjson" in answer.err


def test_a_misspelt_reading_is_told_the_right_ones(run, journal: Path) -> None:
    name = run("judge", journal, "--reading", "chlid=under_18")
    assert (name.code, name.out) == (2, "")
    assert "child" in name.err
    option = run("judge", journal, "--reading", "child=under_17")
    assert option.code == 2
    assert "under_18" in option.err
    assert "up_to_14" in option.err


def test_an_unknown_rulebook_and_a_broken_one_are_refused(run, journal: Path, tmp_path: Path) -> None:
    unknown = run("judge", journal, "--rulebook", "shanghai-1917")
    assert (unknown.code, unknown.out) == (2, "")
    assert "shanghai-2017" in unknown.err
    (tmp_path / "mine.toml").write_text('id = "mine"\nnonsense = 1\n')
    for arguments in (["judge", journal, "--rulebook", "mine.toml"], ["rulebook", "check", "mine.toml"]):
        broken = run(*arguments)
        assert (broken.code, broken.out) == (2, "")
        assert "mine.toml" in broken.err


def test_an_unknown_patient_or_act_is_told(run, ledger: Path, journal: Path) -> None:
    for arguments in (
        ["history", "P9"], ["eligibility", "P9"], ["explain", "S9"],
        ["judge", "--ledger", "--patient", "P9"], ["judge", journal, "--patient", "P9"],
    ):  # fmt: skip
        answer = run(*arguments)
        assert (answer.code, answer.out) == (2, ""), arguments
        assert arguments[-1] in answer.err or "9" in answer.err


def test_what_is_no_bundle_is_unreadable(run, ledger: Path, tmp_path: Path) -> None:
    vkey = run("key").out.strip()
    for content in (b"", b"hello", b"\xff", b"[]", b"null"):
        (tmp_path / "x.bundle").write_bytes(content)
        answer = run("verify", "x.bundle", "--key", vkey)
        assert (answer.code, answer.out) == (2, ""), content
        assert "x.bundle" in answer.err
