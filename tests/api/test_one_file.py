"""The one-file verifier, built as it is released and run from another folder, alone."""

import json
import subprocess
import sys
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


def test_without_msgspec_it_proves_and_says_that_it_did_not_judge(built: Path, exported: tuple[Path, str]) -> None:
    bundle, vkey = exported
    done = run(built, bundle, "--key", vkey, before="import sys; sys.modules['msgspec'] = None")
    assert done.returncode == 0
    assert done.stdout.startswith("sound: ")
    assert "Judged again" not in done.stdout
    assert done.stderr.startswith("Not judged again: ")


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
