"""`people …`: data come from standard input and go to standard output, and no message repeats them."""

import json
import stat
from pathlib import Path

import pytest

PERSON = '{"name":"欧阳虚构","national_id":"31010519560402123X","phone":"19900000717"}'
CHECKED = {"readable": 0, "destroyed": [], "lost": [], "unrecorded": []}
PARTS = ("欧阳", "31010519560402123X", "19900000717")
SESSION = {"type": "SessionStarted", "at": "2021-04-10T09:00:00+08:00", "session": "S9", "patient": "P1",
           "prescription": "R1", "order": "1", "therapist": "PT1", "institution": "H1",
           "setting": "outpatient"}  # fmt: skip


@pytest.fixture
def keyed(run, ledger: Path) -> Path:
    """The invented patient's ledger with the key of a person store."""
    assert run("people", "key").code == 0
    return ledger


@pytest.fixture
def signers(run, keyed: Path):
    """Two people with keys: what they make of a statement, as the name of a file."""
    for who in ("DR1", "PT1"):
        enrolled = run("signer", "new", "--practitioner", who, "--key-id", f"K-{who}", "--key", f"{who}.key").out
        assert run("import", "-", stdin=enrolled.encode()).code == 0

    def sign(who: str, *options: str, patient: str = "P1") -> str:
        statement = run("people", "statement", patient, "--key-id", f"K-{who}", *options)
        assert statement.code == 0, statement.err
        signature = run("signer", "sign", "--key", f"{who}.key", "--yes", stdin=statement.out.encode())
        assert signature.code == 0, signature.err
        (keyed.parent / f"{who}.signed").write_text(signature.out)
        return f"{who}.signed"

    return sign


def test_the_key_is_made_once_and_only_by_its_command(run, ledger: Path) -> None:
    refused = run("people", "add", "P1", stdin=PERSON.encode())
    assert refused.code == 2
    assert "make one with `people key`" in refused.err
    made = run("people", "key")
    assert (made.code, len(made.out)) == (0, 17)
    key = ledger / "keys" / "people.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_text()
    assert before.strip().removeprefix("PEOPLE+KEY+") not in made.out + made.err
    assert "never overwritten" in run("people", "key").err
    assert key.read_text() == before


def test_added_shown_and_noted(run, keyed: Path) -> None:
    added = run("people", "add", "P1", stdin=PERSON.encode())
    assert added.code == 0
    assert json.loads(added.out) == json.loads(added.out) | {"patient": "P1", "index": 16, "known": False}
    assert json.loads(run("people", "add", "P1", stdin=PERSON.encode()).out)["known"] is True
    assert run("people", "show", "P1").out == PERSON + "\n"
    assert not any(part in added.out + added.err for part in PARTS)
    noted = (keyed / "people-access.ndjson").read_text()
    assert [json.loads(line)["what"] for line in noted.splitlines()] == ["add", "add", "show"]
    assert not any(part in noted for part in PARTS)
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in keyed.glob("people*")} == {
        "people.sqlite3": 0o600,
        "people-access.ndjson": 0o600,
    }


def test_a_byte_order_mark_says_nothing(run, keyed: Path) -> None:
    added = run("people", "add", "P1", stdin=b"\xef\xbb\xbf" + PERSON.encode() + b"\r\n")
    assert added.code == 0, added.err
    assert json.loads(run("people", "show", "P1").out) == json.loads(PERSON)
    assert json.loads(run("people", "add", "P1", stdin=PERSON.encode()).out)["known"] is True


def test_the_key_elsewhere(run, ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "token").mkdir()
    assert run("people", "key", "--people-key", "token/people.key").code == 0
    assert not (ledger / "keys" / "people.key").exists()
    elsewhere = {"TREATMENT_LEDGER_PEOPLE_KEY": "token/people.key"}
    assert run("people", "add", "P1", stdin=PERSON.encode(), **elsewhere).code == 0
    assert run("people", "show", "P1", "--people-key", "token/people.key").out == PERSON + "\n"
    assert run("people", "show", "P1").code == 2


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (PERSON[:-1], "not JSON at line 1, column"),
        (PERSON.replace('"name"', '"names"'), "name: required"),
        (PERSON.replace('"19900000717"', "19900000717"), "phone: a text"),
        (PERSON.replace("}", ',"phone":"19900000717"}'), "a key stands twice"),
        (f'"{PERSON[9:13]}"', "a JSON object is expected"),
        ("", "not JSON"),
    ],
)
def test_what_is_no_person_is_not_repeated(run, keyed: Path, given: str, what: str) -> None:
    for trace in ({}, {"TREATMENT_LEDGER_TRACEBACK": "1"}):
        answer = run("people", "add", "P1", stdin=given.encode(), **trace)
        assert (answer.code, answer.out) == (2, "")
        assert what in answer.err
        assert not any(part in answer.err for part in PARTS)


def test_of_nobody_known(run, keyed: Path) -> None:
    assert "no file is open under this pseudonym" in run("people", "add", "P9", stdin=PERSON.encode()).err
    assert "was never put in" in run("people", "show", "P1").err
    assert "nothing in this ledger is about them" in run("people", "retention", "P9").err


def test_personal_data_are_no_arguments(run, keyed: Path) -> None:
    for command in ("add", "show", "retention", "statement", "erase", "check", "key"):
        told = run("people", command, "--help").out
        assert not any(f"--{field}" in told for field in ("name", "national-id", "phone", "person"))
    assert run("people", "add", "P1", PERSON).code == 2


def test_a_pseudonym_that_is_no_label_is_told(run, keyed: Path, tmp_path: Path) -> None:
    (tmp_path / "r.key").write_text("LABEL+KEY+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
    (tmp_path / "r.key").chmod(0o600)
    warned = run("people", "add", "P1", "--label-key", "r.key", stdin=PERSON.encode())
    assert warned.code == 0
    assert "warning: P1 is not the label of the national_id" in warned.err
    assert not any(part in warned.err for part in PARTS)
    assert "no national_id" in run("people", "add", "P1", "--label-key", "r.key", stdin=b'{"name":"x"}').err
    label = run("label", "--key", "r.key", stdin=b"31010519560402123X").out.strip()
    opened = {"type": "PatientFileOpened", "at": "2021-03-01T08:00:00+08:00", "patient": label, "sex": "female",
              "born": "1956-04-02", "institution": "H1", "file_no": "M2"}  # fmt: skip
    assert run("import", "-", stdin=json.dumps(opened).encode()).code == 0
    for given in (PERSON, PERSON.replace("123X", "123x "), PERSON.replace("310105", "３１０１０５")):
        fits = run("people", "add", label, "--label-key", "r.key", stdin=given.encode())
        assert fits.code == 0
        assert "not the label" not in fits.err, "however it is typed"
    none = run("people", "add", "P1", "--label-key", "r.key", stdin=PERSON.replace("0402", " 0402").encode())
    assert none.code == 0
    assert "warning: national_id: no label can be computed of it" in none.err
    assert not any(part in none.err for part in PARTS)


def test_a_mistyped_national_id_is_told_and_taken_in(run, keyed: Path) -> None:
    warned = run("people", "add", "P1", stdin=PERSON.encode())
    assert warned.code == 0
    assert "warning: national_id: the check digit is wrong for a Chinese national id; was it mistyped?" in warned.err
    assert not any(part in warned.err for part in PARTS)
    for right in ("310105195604021236", "11010519491231002x", "440524188001010014", "H12345678", "310105560402123"):
        added = run("people", "add", "P1", stdin=PERSON.replace("31010519560402123X", right).encode())
        assert (added.code, added.err) == (0, ""), right


def test_retention(run, ledger: Path) -> None:
    table = run("people", "retention", "P1")
    assert (table.code, table.out.splitlines()[-1]) == (0, "keep until 2036-03-01 inclusive")
    assert json.loads(run("people", "retention", "P1", "--json").out)["until"] == "2036-03-01"
    (ledger / "retention.toml").write_text("outpatient_years = 20\n")
    assert run("people", "retention", "P1").out.splitlines()[-1] == "keep until 2041-03-01 inclusive"
    (ledger / "retention.toml").write_text("outpatient_years = 3\ninpatient_years = 29\n")
    shorter = run("people", "retention", "P1")
    assert shorter.out.splitlines()[-1] == "keep until 2024-03-01 inclusive"
    assert shorter.err.splitlines() == [
        "warning: retention.toml: outpatient_years = 3, and the law asks for 15",
        "warning: retention.toml: inpatient_years = 29, and the law asks for 30",
    ]
    (ledger / "retention.toml").write_text("outpatient_years = 2\n")
    refused = run("people", "retention", "P1")
    assert refused.code == 2
    assert "outpatient_years: 3 to 200 whole years" in refused.err
    (ledger / "retention.toml").unlink()
    admitted = {"type": "PatientAdmitted", "at": "2021-03-02T08:00:00+08:00", "patient": "P1", "stay": "ST1",
                "institution": "H1", "kind": "inpatient", "file_no": "M1"}  # fmt: skip
    run("import", "-", stdin=json.dumps(admitted).encode())
    assert "still in the stay ST1" in run("people", "retention", "P1").out
    assert json.loads(run("people", "retention", "P1", "--json").out)["until"] is None


def test_erased_by_two(run, signers, keyed: Path) -> None:
    run("people", "add", "P1", stdin=PERSON.encode())
    early = run("people", "statement", "P1", "--key-id", "K-DR1")
    assert (early.code, early.out) == (2, "")
    assert "must be kept until 2036-03-01 inclusive" in early.err
    ground = ("--ground", "decision 17 of the invented court")
    approvals = ("--approval", signers("DR1", *ground), "--approval", signers("PT1", *ground))
    done = run("people", "erase", "P1", *approvals)
    assert done.code == 0, done.err
    assert json.loads(done.out)["known"] is False
    again = run("people", "erase", "P1", *approvals)
    assert json.loads(again.out) == json.loads(done.out) | {"known": True}
    shown = run("people", "show", "P1")
    assert shown.code == 2
    assert "nobody can read it again" in shown.err
    assert json.loads(run("people", "check").out) == CHECKED | {"readable": 0}
    assert run("audit").code == 0


def test_kept_shorter_than_the_law_is_told_and_stands_in_the_entry(run, signers, keyed: Path, tmp_path: Path) -> None:
    (keyed / "retention.toml").write_text("outpatient_years = 3\n")
    told = "warning: retention.toml: outpatient_years = 3, and the law asks for 15"
    assert told in run("people", "add", "P1", stdin=PERSON.encode()).err
    assert told in run("people", "statement", "P1", "--key-id", "K-DR1").err
    approvals = ("--approval", signers("DR1"), "--approval", signers("PT1"))
    done = run("people", "erase", "P1", *approvals)
    assert done.code == 0, done.err
    assert told in done.err
    assert run("export", "P1", "--out", "p1.bundle").code == 0
    entries = map(json.loads, json.loads((tmp_path / "p1.bundle").read_text())["entries"])
    (erased,) = [entry["fact"] for entry in entries if entry["type"] == "person-erased.v1"]
    assert (erased["retained_until"], "ground" in erased) == ("2024-03-01", False)


def test_a_backup_of_the_store_that_is_put_back_forgets_again(run, signers, keyed: Path) -> None:
    run("people", "add", "P1", stdin=PERSON.encode())
    backup = (keyed / "people.sqlite3").read_bytes()
    ground = ("--ground", "decision 17 of the invented court")
    run("people", "erase", "P1", "--approval", signers("DR1", *ground), "--approval", signers("PT1", *ground))
    (keyed / "people.sqlite3").write_bytes(backup)
    checked = run("people", "check")
    assert (checked.code, json.loads(checked.out)) == (1, CHECKED | {"destroyed": ["P1"]})
    assert run("people", "check").code == 0


def test_what_is_signed_is_what_holds(run, signers, keyed: Path) -> None:
    run("people", "add", "P1", stdin=PERSON.encode())
    ground = ("--ground", "decision 17 of the invented court")
    approvals = ("--approval", signers("DR1", *ground), "--approval", signers("PT1", *ground))
    run("import", "-", stdin=json.dumps(SESSION).encode())
    refused = run("people", "erase", "P1", *approvals)
    assert refused.code == 2
    assert "retained_until: signed was '2036-03-01', now it is '2036-04-10'" in refused.err
    assert run("people", "show", "P1").code == 0


def test_the_ground_names_nobody(run, signers, keyed: Path) -> None:
    run("people", "add", "P1", stdin=PERSON.encode())
    refused = run("people", "statement", "P1", "--key-id", "K-DR1", "--ground", "欧阳虚构 asked for it")
    assert (refused.code, refused.out) == (2, "")
    assert "the patient's own data stand in it" in refused.err
    assert "欧阳" not in refused.err


def test_a_lost_store_is_told_everywhere(run, keyed: Path, tmp_path: Path) -> None:
    committed = json.loads(run("people", "add", "P1", stdin=PERSON.encode()).out)
    assert run("people", "check").code == 0
    (keyed / "people.sqlite3").unlink()
    checked = run("people", "check")
    (lost,) = json.loads(checked.out)["lost"]
    assert (checked.code, lost["why"]) == (1, "nothing in the store opens it")
    assert [lost[field] for field in ("patient", "index", "commitment")] == ["P1", 16, committed["commitment"]]
    shown = run("people", "show", "P1")
    assert (shown.code, shown.out) == (1, "")
    assert "the log commits to who this is at index 16, and" in shown.err
    assert "never put in" not in shown.err
    refused = run("export", "P1", "--open", "--out", "opened.bundle")
    assert refused.code == 2
    assert "put the person in again (`people add`)" in refused.err
    assert not (tmp_path / "opened.bundle").exists()
    assert run("export", "P1", "--out", "closed.bundle").code == 0
    run("people", "add", "P1", stdin=PERSON.encode())
    assert run("people", "show", "P1").code == 0
    assert run("export", "P1", "--open", "--out", "opened.bundle").code == 0
    told = run("export", "P1", "--open-all", "--out", "all.bundle")
    assert told.code == 0
    assert "warning: P1: nothing here opens the commitment at index 16" in told.err


def test_who_it_is_and_who_it_was(run, keyed: Path, tmp_path: Path) -> None:
    """A mistyped id is mended: the regulator's label fits the last version, whether the first is shown or not."""
    (tmp_path / "r.key").write_text("LABEL+KEY+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
    (tmp_path / "r.key").chmod(0o600)
    label = run("label", "--key", "r.key", stdin=b"31010519560402123X").out.strip()
    opened = {"type": "PatientFileOpened", "at": "2021-03-01T08:00:00+08:00", "patient": label, "sex": "female",
              "born": "1956-04-02", "institution": "H1", "file_no": "M2"}  # fmt: skip
    run("import", "-", stdin=json.dumps(opened).encode())
    run("people", "add", label, stdin=PERSON.replace("123X", "1231").encode())
    verify = ("--key", run("key").out.strip(), "--label-key", "r.key")
    run("export", label, "--open", "--out", "mistyped.bundle")
    assert run("verify", "mistyped.bundle", *verify).code == 1
    run("people", "add", label, stdin=PERSON.encode())
    for option, count in (("--open", 1), ("--open-all", 2)):
        assert run("export", label, option, "--out", "mended.bundle").code == 0
        assert len(json.loads((tmp_path / "mended.bundle").read_text())["openings"]) == count
        assert run("verify", "mended.bundle", *verify).code == 0


def test_opened_bundles_are_their_owners_alone_and_noted(run, keyed: Path, tmp_path: Path) -> None:
    nothing = run("export", "P1", "--open", "--out", "p1.bundle")
    assert "nothing to open: who this is was never put in" in nothing.err
    run("people", "add", "P1", stdin=PERSON.encode())
    run("export", "P1", "--out", "closed.bundle")
    run("export", "P1", "--open", "--out", "opened.bundle")
    assert "欧阳虚构" in (tmp_path / "opened.bundle").read_text()
    assert "欧阳虚构" not in (tmp_path / "closed.bundle").read_text()
    assert stat.S_IMODE((tmp_path / "opened.bundle").stat().st_mode) == 0o600
    noted = (keyed / "people-access.ndjson").read_text().splitlines()
    assert [json.loads(line)["what"] for line in noted] == ["open", "add", "open"]


def test_history_as_a_journal_leaves_commitments_out(run, keyed: Path) -> None:
    before = run("history", "P1", "--format", "ndjson").out
    run("people", "add", "P1", stdin=PERSON.encode())
    assert run("history", "P1", "--format", "ndjson").out == before
    assert "PersonCommitted" in run("history", "P1").out
    assert run("judge", "--ledger", "--as-known-at", "2021-03-01T08:07:00+08:00").code == 0
