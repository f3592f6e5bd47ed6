"""The witness's key: its file, and that it is never taken for a log's."""

import pytest

from ledger.proof import COSIGNATURE_V1, parse_vkey
from ledger.store.key import create_key
from ledger.store.key import read_key as read_log_key
from ledger.store.refusals import StoreError
from ledger.witness import WitnessError
from ledger.witness.key import WitnessKey, read_key


@pytest.fixture
def path(tmp_path):
    WitnessKey.generate("regulator.example/w1").write(tmp_path / "witness.key")
    return tmp_path / "witness.key"


def test_it_comes_back_as_it_was_made(tmp_path):
    made = WitnessKey.generate("regulator.example/w1")
    made.write(tmp_path / "witness.key")
    read = read_key(tmp_path / "witness.key")
    assert (read.name, read.vkey) == (made.name, made.vkey)
    assert parse_vkey(read.vkey).algorithm == COSIGNATURE_V1
    assert read.cosign("a\n1\nb\n", 5) == made.cosign("a\n1\nb\n", 5)
    assert (tmp_path / "witness.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(WitnessError, match="never overwritten"):
        made.write(tmp_path / "witness.key")


def test_others_must_not_read_it(path):
    path.chmod(0o640)
    with pytest.raises(WitnessError, match="chmod 600"):
        read_key(path)


@pytest.mark.parametrize("change", ["\n", "x", "PRIVATE+KEY+a+00000000+AA==", "type", "id", "cut", "bytes"])
def test_what_is_no_key_is_refused_without_being_repeated(path, change):
    text = path.read_text()
    name, key_id, secret = text.removeprefix("PRIVATE+KEY+").split("+", 2)
    altered = {
        "type": f"PRIVATE+KEY+{name}+{key_id}+A{secret[1:]}",
        "id": f"PRIVATE+KEY+{name}+00000000+{secret}",
        "cut": text[:-9],
    }.get(change, change)
    path.write_bytes(b"\xff\xfe" if change == "bytes" else altered.encode())
    with pytest.raises(WitnessError, match="not a witness's key") as refused:
        read_key(path)
    assert secret[4:20] not in str(refused.value)


def test_a_logs_key_is_no_witness_and_a_witness_is_no_log(tmp_path, path):
    create_key(tmp_path / "keys" / "signing.key", "hospital.example/ledger")
    with pytest.raises(WitnessError):
        read_key(tmp_path / "keys" / "signing.key")
    with pytest.raises(StoreError):
        read_log_key(path)
