"""Tokens: shown once, kept as a hash, revoked for good, and never half there."""

import hashlib
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from api.clock import parse_instant
from api.tokens import Role, TokenError, Tokens

NOW = parse_instant("2021-03-01T08:00:00+08:00")


def test_a_token_opens_until_it_is_revoked(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    secret, made = tokens.new("ward-3", Role.SYSTEM, now=NOW)
    assert tokens.holder(secret) == made
    assert tokens.holder(secret + "x") is None
    tokens.revoke("ward-3", now=NOW)
    assert tokens.holder(secret) is None


def test_another_process_sees_a_revocation_at_once(tmp_path: Path) -> None:
    service, command = Tokens(tmp_path), Tokens(tmp_path)
    secret, _ = command.new("ward-3", Role.SYSTEM, now=NOW)
    assert service.holder(secret) is not None
    command.revoke("ward-3", now=NOW)
    assert service.holder(secret) is None


def test_the_secret_is_on_no_disk(tmp_path: Path) -> None:
    secret, made = Tokens(tmp_path).new("ward-3", Role.AUDITOR, now=NOW)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret.encode() not in kept
    assert hashlib.sha256(secret.encode()).hexdigest() == made.sha256
    assert made.sha256.encode() in kept


def test_a_secret_has_256_bits_and_no_two_are_equal(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    secrets = {tokens.new(None, Role.SYSTEM, now=NOW)[0] for _ in range(20)}
    assert len(secrets) == 20
    assert all(len(secret.removeprefix("tl_")) == 43 for secret in secrets)  # 256 bits in base64


def test_only_the_owner_may_read_the_records(tmp_path: Path) -> None:
    Tokens(tmp_path).new("ward-3", Role.SYSTEM, now=NOW)
    assert stat.S_IMODE((tmp_path / "tokens").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "tokens" / "ward-3.json").stat().st_mode) == 0o600


def test_names_are_given_in_turn_and_stay_taken(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    assert [tokens.new(None, Role.SYSTEM, now=NOW)[1].name for _ in range(2)] == ["token-1", "token-2"]
    tokens.revoke("token-1", now=NOW)
    with pytest.raises(TokenError, match="token-1 exists already"):
        tokens.new("token-1", Role.SYSTEM, now=NOW)
    assert tokens.new(None, Role.SYSTEM, now=NOW)[1].name == "token-3"


def test_revoking_twice_keeps_the_first_instant(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    tokens.new("ward-3", Role.SYSTEM, now=NOW)
    tokens.revoke("ward-3", now=NOW)
    assert tokens.revoke("ward-3", now=NOW + timedelta(days=1)).revoked == NOW


@pytest.mark.parametrize("name", ["", ".hidden", "../up", "a/b", "a b", "x" * 65, "ward\n"])
def test_a_name_cannot_leave_the_directory(tmp_path: Path, name: str) -> None:
    with pytest.raises(TokenError, match="no name for a token"):
        Tokens(tmp_path).new(name, Role.SYSTEM, now=NOW)


def test_an_unknown_name_cannot_be_revoked(tmp_path: Path) -> None:
    with pytest.raises(TokenError, match="no token named ward-9"):
        Tokens(tmp_path).revoke("ward-9", now=NOW)


def test_a_damaged_record_is_told_and_opens_nothing(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    secret, _ = tokens.new("ward-3", Role.SYSTEM, now=NOW)
    (tmp_path / "tokens" / "ward-3.json").write_bytes(b"{")
    with pytest.raises(TokenError, match=r"ward-3\.json: unreadable"):
        tokens.holder(secret)


def test_what_was_left_half_written_is_no_record(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    tokens.new("ward-3", Role.SYSTEM, now=NOW)
    (tmp_path / "tokens" / ".ward-4.0123").write_bytes(b"{")
    assert [token.name for token in tokens.all()] == ["ward-3"]
