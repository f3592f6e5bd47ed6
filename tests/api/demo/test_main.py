"""`python -m api.demo` writes a journal to standard output, with the digest of the rulebook that comes along."""

import os
import subprocess
import sys

import msgspec

from ledger.journal import parse_fact
from projections.rules.rulebook import load_rulebook


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "api.demo", *arguments],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        capture_output=True,
    )


def test_a_journal_on_standard_output():
    done = run("--patients", "3", "--seed", "5")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert done.stderr.decode() == f"{len(lines)} lines, everybody in them is invented\n"
    assert all(parse_fact(line) for line in lines)
    (adopted,) = [msgspec.json.decode(line) for line in lines if b'"RulebookAdopted"' in line]
    assert adopted["digest"] == load_rulebook("shanghai-2017").digest
    assert run("--patients", "3", "--seed", "5", "--unordered").stdout == done.stdout


def test_a_wrong_number_of_patients_is_a_usage_error():
    for number in ("0", "-1", "many"):
        done = run("--patients", number)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"--patients" in done.stderr
        assert b"Traceback" not in done.stderr
