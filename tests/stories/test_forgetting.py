"""A patient asks to be forgotten: two people sign, the key goes, the proofs stay; every byte is looked at.

The program as people run it: processes, files, a service, signatures made on the command line. The persons are
invented. Their names, ids and telephone numbers are looked for in every file, in many spellings.
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ledger.people import read_master_key
from ledger.people.ciphers import DataKey
from tests.stories.traces import CODECS, forms, found, inside_base64, json_escapes

ROOT = Path(__file__).parents[2]
ZHANG = {"name": "欧阳虚构一", "national_id": "99010119560402991X", "phone": "19900000717"}
MOVED = ZHANG | {"phone": "19900000828", "address": "虚构市杜撰区子虚路七号"}
LI = {"name": "司徒杜撰二", "national_id": "990101195807139920", "phone": "19900000939"}
GROUND = "decision 2026-17 of the invented court"

Run = Callable[..., str]


@pytest.fixture
def run(hospital, tmp_path: Path) -> Run:
    """Runs the program beside the hospital's ledger; everything it says goes into said.log as well."""

    def ran(*arguments: str | Path, stdin: str | bytes = b"", code: int = 0) -> str:
        command = [sys.executable, "-m", "api.cli", "--data", str(hospital.directory), *map(str, arguments)]
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(command, input=given, capture_output=True, cwd=tmp_path, env=environment(), timeout=120)
        with open(tmp_path / "said.log", "ab") as said:
            said.write(done.stderr + (b"" if arguments[:2] == ("people", "show") else done.stdout))
        assert done.returncode == code, (done.stderr + done.stdout).decode()
        return done.stdout.decode()

    return ran


def environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TREATMENT_LEDGER_")}
    return kept | {"PYTHONPATH": str(ROOT)}


def proven(bundle: str | Path, vkey: str, directory: Path) -> str:
    """What the regulator's verifier says, which knows neither the ledger nor the rules; the bundle must be sound."""
    command = [sys.executable, "-m", "ledger.verify", str(bundle), "--key", vkey]
    done = subprocess.run(command, capture_output=True, cwd=directory, env=environment(), timeout=120)
    assert done.returncode == 0, done.stdout.decode()
    return done.stdout.decode()


@contextmanager
def served(directory: Path, log: Path) -> Iterator[str]:
    """`serve`, with all that it says in a file."""
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--data", str(directory)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment())
    assert process.stderr is not None
    said = b""
    try:
        while b" at http://" not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        yield said.decode().split(" at ")[1].split(";")[0]
    finally:
        process.terminate()
        said += process.communicate(timeout=30)[1]
        log.write_bytes(said)


def secrets(directory: Path, patients: dict[str, str]) -> dict[str, bytes]:
    """Every salt, data key and wrapped key of these patients, as they are now. Shares no statement with the store."""
    import sqlite3

    master = read_master_key(directory / "keys" / "people.key")
    connection = sqlite3.connect(directory / "people.sqlite3")
    rows = connection.execute("SELECT k.patient, k.wrapped, p.salt FROM keys k JOIN persons p ON p.key = k.number")
    kept: dict[str, bytes] = {}
    for number, (patient, wrapped, salt) in enumerate(rows.fetchall()):
        if patient in patients:
            key = DataKey.unwrap(patient, wrapped, master)
            kept |= {
                f"{patient} salt {number}": key.decrypt("salt", salt),
                f"{patient} data key": key._secret,
                f"{patient} wrapped key": wrapped,
            }
    connection.close()
    return kept


def test_forgotten_and_still_proven(
    hospital, run: Run, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data, handed_out = hospital.directory, tmp_path_factory.mktemp("handed-out")
    texts: dict[str, str | bytes] = {f"Z {field}": text for field, text in MOVED.items()} | {
        "Z phone 1": ZHANG["phone"]
    }
    others: dict[str, str | bytes] = {f"L {field}": text for field, text in LI.items()}

    # Two people who may sign, and two patients, one of whom moves house.
    for who in ("DR11", "DR12"):
        run(
            "import",
            "-",
            stdin=run("signer", "new", "--practitioner", who, "--key-id", f"K-{who}", "--key", f"{who}.key"),
        )
    run("people", "key")
    run("people", "add", "P0002", stdin=json.dumps(ZHANG))
    run("people", "add", "P0002", stdin=json.dumps(MOVED, ensure_ascii=False))
    run("people", "add", "P0003", stdin=json.dumps(LI))
    assert json.loads(run("people", "show", "P0002")) == MOVED
    # Ids go through other commands as well, and one that looks mistyped is told of.
    run("label", "--new-key", "regulator.key")
    run("label", "--key", "regulator.key", stdin=MOVED["national_id"].lower())
    run("people", "add", "P0002", "--label-key", "regulator.key", stdin=json.dumps(MOVED))
    assert "check digit is wrong" in (tmp_path / "said.log").read_text()

    # Handed out before: bundles with and without the person, tiles, and what a service answers and logs.
    run("checkpoint")
    run("export", "P0002", "--out", "closed.bundle")
    opened = handed_out / "opened.bundle"
    run("export", "P0002", "--open-all", "--out", opened)
    run("publish", "tiles")
    token = run("token", "new", "ward").strip()
    with served(data, tmp_path / "serve.log") as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        answers = [client.get(f"/patients/P0002/{what}") for what in ("history", "decisions", "bundle", "none")]
        answers += [client.get("/patients/P9/history"), client.post("/facts", content=json.dumps(ZHANG))]
        (tmp_path / "answers").write_bytes(b"\n".join(answer.content for answer in answers))
    assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]
    assert answers[-1].status_code == 400

    # Before it is erased the person can be read with the key, and stands nowhere in the files.
    kept = secrets(data, {"P0002": "", "P0003": ""})
    hidden = {name: secret for name, secret in kept.items() if "wrapped" not in name}
    assert found(texts | others | hidden, tmp_path) == []
    assert found({n: s for n, s in kept.items() if "wrapped" in n}, tmp_path) == [
        f"{(data / 'people.sqlite3').relative_to(tmp_path)}: {patient} wrapped key" for patient in ("P0002", "P0003")
    ]

    # Too early without a ground; with one, one person's signature is not enough.
    def signed(who: str, *ground: str) -> str:
        statement = run("people", "statement", "P0002", "--key-id", f"K-{who}", *ground)
        name = f"{who}.{len(ground)}.signed"
        (tmp_path / name).write_text(run("signer", "sign", "--key", f"{who}.key", "--yes", stdin=statement))
        return name

    for part in (MOVED["name"], MOVED["phone"], MOVED["national_id"].lower()):
        run("people", "statement", "P0002", "--key-id", "K-DR11", "--ground", f"asked for by {part}", code=2)
    run("people", "erase", "P0002", "--approval", signed("DR11", "--ground", GROUND), code=2)
    run("people", "erase", "P0002", "--approval", "DR11.2.signed", "--approval", signed("DR12", "--ground", GROUND))

    # Gone: from the program, and from every byte. The other patient is not touched.
    run("people", "show", "P0002", code=2)
    assert json.loads(run("people", "check"))["destroyed"] == []
    assert json.loads(run("people", "show", "P0003")) == LI
    gone = {name: secret for name, secret in kept.items() if name.startswith("P0002")}
    assert found(texts | gone, tmp_path) == []
    assert found(others, tmp_path) == []

    # Proven as before: the bundles of then, and one of now, which says what happened; the ledger as a whole.
    run("export", "P0002", "--open", "--out", "after.bundle")
    run("publish", "tiles")
    for bundle in ("closed.bundle", opened, "after.bundle"):
        told = proven(bundle, hospital.vkey, tmp_path)
        assert ("erased" in told or "erasure" in told) == (bundle == "after.bundle"), told
    assert "openings" in json.loads(opened.read_bytes())
    after = json.loads((tmp_path / "after.bundle").read_bytes())
    assert "openings" not in after
    erased = [entry for entry in map(json.loads, after["entries"]) if entry["type"] == "person-erased.v1"]
    assert [entry["fact"]["ground"] for entry in erased] == [GROUND]
    run("audit")
    # With what lies there only while the ledger is open, too: a service that has written, and its write-ahead log.
    with served(data, tmp_path / "again.log") as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        for what in ("history", "bundle"):
            (tmp_path / f"{what}.after").write_bytes(client.get(f"/patients/P0002/{what}").content)
        assert found(texts | gone, tmp_path) == []
        looked_at = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    here = {"ledger/ledger.sqlite3-wal", "ledger/people.sqlite3", "ledger/people-access.ndjson", "said.log",
            "serve.log", "answers", "closed.bundle", "after.bundle", "DR12.2.signed", "tiles/checkpoint"}  # fmt: skip
    assert here <= looked_at
    assert {"tiles/tile/0", "tiles/tile/entries"} <= {str(Path(*Path(name).parts[:3])) for name in looked_at}
    assert "ledger/people.sqlite3-journal" not in looked_at
    assert found(texts | gone, tmp_path) == []
    assert [hit.partition(": ")[0] for hit in found(texts, handed_out)] == ["opened.bundle"] * len(texts), "found there"


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """Each spelling, wherever it stands."""
    text, raw = MOVED["address"], bytes(range(200, 232))
    spelled = {f"{codec} {how}": made for codec in CODECS for how, made in spellings(text.encode(codec)).items()}
    spelled |= {f"bytes {how}": made for how, made in spellings(raw).items()}
    spelled |= {
        "json": json.dumps({"a": text}).encode(),
        "JSON": json_escapes(text).upper().replace("\\U", "\\u").encode(),
    }
    for number, (how, content) in enumerate(spelled.items()):
        path = tmp_path / f"{number}.bin"
        path.write_bytes(b"\x00before" + content + b"after\xff")
        assert found({"text": text, "bytes": raw}, tmp_path), how
        path.unlink()
    assert found({"text": text, "bytes": raw}, tmp_path) == []
    (tmp_path / text).write_bytes(b"")
    assert found({"text": text}, tmp_path) == [f"{text}: text"]


def spellings(raw: bytes) -> dict[str, bytes]:
    """How programs write bytes down; the base64 ones begin at each offset, with something before and behind."""
    texts = {f"base64 {n}": base64.b64encode(b"xyz"[:n] + raw + b"tail") for n in range(3)}
    urls = {f"base64url {n}": base64.urlsafe_b64encode(b"\xff\xfe\xfd"[:n] + raw + b"tail") for n in range(3)}
    return {"raw": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode(), **texts, **urls}


def test_what_is_certain_in_base64_is_nowhere_a_guess() -> None:
    raw = bytes(range(1, 33))
    for offset in range(3):
        for head in (b"\x00\x00", b"\xff\xff", b"ab"):
            for tail in (b"", b"\xff", b"ab", b"abc"):
                assert inside_base64(raw, offset) in base64.b64encode(head[:offset] + raw + tail)
        assert len(inside_base64(raw, offset)) >= 40
    assert len(list(forms(raw))) > 9
