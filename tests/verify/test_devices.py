"""Signatures by devices, one thing wrong at a time."""

import json
from hashlib import sha256

import pytest

from ledger.proof import ProofError
from ledger.verify import verify
from ledger.verify.devices import check_device_signature
from tests.devices import SITE, Device
from tests.verify.damage_devices import SOUND, approved_by_device
from tests.verify.world import Log

STATEMENT = b'{"format":"treatment-ledger-statement/1"}'
DEVICE = Device("a device")
CLIENT = DEVICE.client_data(STATEMENT)
AUTHENTICATOR = DEVICE.authenticator_data()


def refusal(
    client: bytes = CLIENT, authenticator: bytes = AUTHENTICATOR, device: Device = DEVICE, site: str | None = None
) -> str | None:
    """Why a statement that the device really signed so is not taken; None when it is."""
    signature = device.sign(authenticator + sha256(client).digest())
    try:
        check_device_signature(site or device.site, device.point, signature, STATEMENT, authenticator, client)
    except ProofError as error:
        return str(error)
    return None


def client(**other: object) -> bytes:
    return DEVICE.client_data(STATEMENT, **other)


def test_what_a_device_signs():
    assert refusal() is None


def test_another_signature_than_the_devices():
    wrong = Device("another").sign(AUTHENTICATOR + sha256(CLIENT).digest())
    for signature in (wrong, bytes(64), DEVICE.sign(STATEMENT)):
        with pytest.raises(ProofError, match="does not fit"):
            check_device_signature(SITE, DEVICE.point, signature, STATEMENT, AUTHENTICATOR, CLIENT)


@pytest.mark.parametrize(
    ("flags", "what"),
    [
        (0x00, "nobody was there"), (0x04, "nobody was there"), (0x01, "not asked to show who they are"),
        (0x0D, "may be copied"), (0x1D, "may be copied"), (0x15, "may be copied"),
        (0x45, "flags 0x45"), (0x85, "flags 0x85"), (0x07, "flags 0x07"), (0x25, "flags 0x25"),
    ],
)  # fmt: skip
def test_flags(flags, what):
    assert what in (refusal(authenticator=DEVICE.authenticator_data(flags=flags)) or "")


def test_the_counter_of_the_device_does_not_matter():
    for counter in (bytes(4), b"\xff" * 4):
        assert refusal(authenticator=AUTHENTICATOR[:33] + counter) is None


@pytest.mark.parametrize("authenticator", [b"", AUTHENTICATOR[:-1], AUTHENTICATOR + b"\0"])
def test_length(authenticator):
    assert "37 bytes" in (refusal(authenticator=authenticator) or "")


def test_a_key_made_for_another_site():
    assert "authenticator data: of another site" in (refusal(site="other.example") or "")
    assert "of another site" in (refusal(authenticator=DEVICE.authenticator_data(site="other.example")) or "")


@pytest.mark.parametrize(
    "origin",
    [
        f"https://{SITE}",
        f"https://{SITE}:8443",
        f"https://ward3.{SITE}",
        f"https://a.b.{SITE}:1",
        f"https://{SITE}:99999",
    ],
)
def test_origins_of_the_site(origin):
    assert refusal(client(origin=origin)) is None


@pytest.mark.parametrize(
    "origin",
    [
        f"http://{SITE}", f"https://evil{SITE}", f"https://{SITE}.evil.example", f"https://{SITE}/", f"https://{SITE}:",
        f"https://{SITE}:123456", f"https://{SITE}:8a", f"https://{SITE.upper()}", f"HTTPS://{SITE}", f" https://{SITE}",
        f"https://{SITE}\n", f"https://user@{SITE}", SITE, "", "https://", "null", None, 5, [f"https://{SITE}"],
        f"https://evil.example#.{SITE}", f"https://evil.example\\.{SITE}", "https://example",
        "android:apk-key-hash:AAAA", f"https://{SITE}:٣",
    ],
)  # fmt: skip
def test_other_origins(origin):
    assert "origin of another site" in (refusal(client(origin=origin)) or "")


def test_only_localhost_may_be_without_tls():
    local = Device("a device", "localhost")
    for origin in ("http://localhost", "http://localhost:8000", "https://localhost:8000"):
        assert refusal(local.client_data(STATEMENT, origin=origin), local.authenticator_data(), local) is None
    assert refusal(
        local.client_data(STATEMENT, origin="http://127.0.0.1"), local.authenticator_data(), local
    ) == "client data: origin of another site than localhost"  # fmt: skip


@pytest.mark.parametrize("challenge", ["", None, sha256(STATEMENT).hexdigest(), 0])
def test_a_challenge_that_is_not_the_statements_hash(challenge):
    assert "challenge" in (refusal(client(challenge=challenge)) or "")


def test_a_challenge_has_one_spelling():
    right = json.loads(CLIENT)["challenge"]
    for wrong in (right + "=", right[:-1] + chr(ord(right[-1]) + 1), right.replace("-", "+").replace("_", "/") + "="):
        assert "challenge" in (refusal(client(challenge=wrong)) or "")


@pytest.mark.parametrize("type_", ["webauthn.create", "payment.get", "", None])
def test_another_type(type_):
    assert "type" in (refusal(client(type=type_)) or "")


@pytest.mark.parametrize("cross", [True, None, 0, "false"])
def test_asked_for_from_within_another_page(cross):
    assert "within another site's" in (refusal(client(crossOrigin=cross)) or "")


def test_client_data_in_any_spelling():
    said = json.loads(CLIENT)
    del said["crossOrigin"]
    assert refusal(json.dumps(said, indent=1).encode()) is None
    assert refusal(json.dumps({"other_keys_can_be_added_here": {"x": 1.5}, **said}).encode()) is None


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "not UTF-8 JSON"), (b"\xff", "not UTF-8 JSON"), (b"\xef\xbb\xbf" + CLIENT, "not UTF-8 JSON"),
        (b"[]", "an object"), (b"null", "an object"), (CLIENT[:-1] + b',"type":"webauthn.get"}', "twice"),
        (CLIENT[:-1] + b',"x":NaN}', "NaN"), (CLIENT[:-1] + b',"x":"\\ud800"}', "whole characters"),
        (CLIENT[:-1] + b',"x":' + b"[" * 200 + b"]" * 200 + b"}", "nested"), (CLIENT + CLIENT, "not UTF-8 JSON"),
    ],
)  # fmt: skip
def test_client_data_that_is_none(data, what):
    assert what in (refusal(data) or "")


@pytest.mark.parametrize("name", SOUND)
def test_what_looks_otherwise_and_is_right(name):
    given = SOUND[name](Log())
    assert verify(given.bundle, given.vkey).findings == ()


def test_a_device_approves_an_erasure():
    given = approved_by_device(Log())
    assert verify(given.bundle, given.vkey).findings == ()
