"""The one-file verifier, built as it is released and run from another folder, alone."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from api.clock import parse_instant
from ledger.application import TreatmentLedger
from ledger.journal import load

ROOT = Path(__file__).parents[2]
NOW = parse_instant("2021-03-02T08:00:00+08:00")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("built") / "treatment-ledger-verify.pyz"
    subprocess.run([sys.executable, ROOT / "scripts" / "build-verifier", target], check=True, capture_output=True)
    return target


@pytest.fixture
def exported(tmp_path: Path, journal: Path) -> tuple[Path, str]:
    vkey = TreatmentLedger.init(tmp_path / "ledger", "hospital.example/ledger")
    with TreatmentLedger.open(tmp_path / "ledger") as ledger:
        ledger.record(load([journal]), now=NOW)
        (tmp_path / "p1.bundle").write_bytes(ledger.export("patient:P1", now=NOW))
    return tmp_path / "p1.bundle", vkey


def run(built: Path, *arguments: object, before: str = "") -> subprocess.CompletedProcess[str]:
    """`python -I FILE …` from the file's folder; `before` is done first in the same interpreter."""
    start = (
        [built]
        if not before
        else ["-c", f"{before}; import runpy; runpy.run_path({str(built)!r}, run_name='__main__')"]
    )
    command = [sys.executable, "-I", *map(str, (*start, *arguments))]
    return subprocess.run(command, capture_output=True, text=True, cwd=built.parent, check=False)


def test_it_proves_and_judges(built: Path, exported: tuple[Path, str]) -> None:
    bundle, vkey = exported
    done = run(built, bundle, "--key", vkey)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("sound: patient:P1, ")
    assert "\nJudged again by shanghai-2017 (sha256 " in done.stdout
    answer = json.loads(run(built, bundle, "--key", vkey, "--json").stdout)
    assert (answer["sound"], answer["judged"]["rulebook"], answer["judged"]["acts"]) == (True, "shanghai-2017", 3)


def test_it_says_the_same_as_the_command(built: Path, exported: tuple[Path, str]) -> None:
    bundle, vkey = exported
    command = [sys.executable, "-m", "api.cli", "verify", str(bundle), "--key", vkey, "--json"]
    whole = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert json.loads(run(built, bundle, "--key", vkey, "--json").stdout) == json.loads(whole.stdout)


def test_it_refuses_and_does_not_judge(built: Path, exported: tuple[Path, str]) -> None:
    bundle, vkey = exported
    bundle.write_text(bundle.read_text("utf-8").replace("tolerated well", "tolerated ill!"), "utf-8")
    done = run(built, bundle, "--key", vkey)
    assert done.returncode == 1
    assert done.stdout.startswith("entry-altered: ")
    assert "Judged" not in done.stdout
    assert run(built, bundle.parent, "--key", vkey).returncode == 2


@pytest.fixture(scope="module")
def without_msgspec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a real environment that has cryptography and what that needs, and nothing else."""
    place = tmp_path_factory.mktemp("without") / "environment"
    venv.create(place, with_pip=False, symlinks=True)
    (packages,) = place.glob("lib/python*/site-packages")
    for name in ("cryptography", "cffi", "_cffi_backend"):
        found = importlib.util.find_spec(name)
        assert found is not None
        assert found.origin is not None
        origin = Path(found.origin)
        target = origin.parent if origin.name == "__init__.py" else origin
        (packages / target.name).symlink_to(target)
    return place / "bin" / "python"


def test_without_msgspec_it_proves_and_says_that_it_did_not_judge(
    built: Path, exported: tuple[Path, str], without_msgspec: Path
) -> None:
    bundle, vkey = exported

    def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [without_msgspec, "-I", built, bundle, "--key", vkey, *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=built.parent, check=False)

    done = ran()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("sound: ")
    assert "Judged again" not in done.stdout
    assert "\n  re-derived     What the fund pays" in done.stdout.split("\nNot claimed\n")[1]
    assert done.stderr.startswith("not judged: ")
    answer = json.loads(ran("--json").stdout)
    assert (answer["sound"], answer["judged"]) == (True, None)
    (left,) = [one["what"] for one in answer["not_claimed"] if one["claim"] == "re-derived"]
    for told in (left, done.stderr):
        assert "msgspec is not installed" in told
        assert "python -m pip install msgspec" in told


def test_which_verifier_it_is_also_without_msgspec(built: Path, without_msgspec: Path) -> None:
    release = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    for python in (Path(sys.executable), without_msgspec):
        done = subprocess.run([python, "-I", built, "--version"], capture_output=True, text=True, check=True)
        told = " ".join(done.stdout.split())
        assert told.startswith(f"treatment-ledger-verify.pyz {release}, reads treatment-ledger-bundle/2, judges by ")
        assert told.endswith("national-2010, national-29, shanghai-2017")


@pytest.mark.parametrize(
    ("held", "code"), [("", 2), ("nonsense", 2), ("\x00", 2), ("example.org/x\n1\nAA==\n\n— x AAAA\n", 2), (None, 0)]
)
def test_a_held_checkpoint_that_is_none(
    built: Path, exported: tuple[Path, str], tmp_path: Path, held: str | None, code: int
) -> None:
    """As in `python -m ledger.verify`, and as in the command."""
    bundle, vkey = exported
    (tmp_path / "held").write_text(
        json.loads(bundle.read_text("utf-8"))["checkpoint"] if held is None else held, "utf-8"
    )
    given = [str(bundle), "--key", vkey, "--since", str(tmp_path / "held")]
    for program in ([built], ["-m", "api.cli", "verify"], ["-m", "ledger.verify"]):
        command = [sys.executable, *program, *given]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        assert (done.returncode, "--since: " in done.stderr) == (code, code == 2), done.stderr
        assert not done.stdout.startswith("sound") or code == 0


def test_an_answer_that_cannot_be_written_is_none(built: Path, exported: tuple[Path, str]) -> None:
    """0 and 1 are answers about the bundle; a closed pipe, a full device and Ctrl-C are neither."""
    bundle, vkey = exported
    command = [sys.executable, "-I", str(built), str(bundle), "--key", f"{vkey}\r\n", "--json"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (2, b"not written: standard output: No space left on device\n")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
    bundle.unlink()
    os.mkfifo(bundle)
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
        open(bundle, "wb"),  # open when the verifier has opened it, which then waits for bytes
    ):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"interrupted\n")


def test_without_cryptography_it_says_what_it_needs(built: Path, exported: tuple[Path, str]) -> None:
    bundle, vkey = exported
    done = run(built, bundle, "--key", vkey, before="import sys; sys.modules['cryptography'] = None")
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install cryptography" in done.stderr


def test_it_runs_from_the_file_alone(built: Path, tmp_path: Path) -> None:
    """Its modules come from the file, not from what happens to be installed."""
    program = (
        f"import sys; sys.path.insert(0, {str(built)!r}); import api.one_file, api.reverifying\n"
        "ours = [m.__file__ for n, m in sys.modules.items() if n.split('.')[0] in ('api', 'ledger', 'projections')]\n"
        "print(all(path is None or '.pyz' in path for path in ours), len(ours) > 50)\n"
        "print(sorted(n for n in ('click', 'rich', 'fastapi', 'eventsourcing', 'sqlite3') if n in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout.split("\n")[:2] == ["True True", "[]"]


def test_the_same_source_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.pyz"
    subprocess.run([sys.executable, ROOT / "scripts" / "build-verifier", again], check=True, capture_output=True)
    assert again.read_bytes() == built.read_bytes()
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
    assert names == sorted(names)
    assert not [name for name in names if name.startswith("api/cli/") or "store/sqlite" in name]
