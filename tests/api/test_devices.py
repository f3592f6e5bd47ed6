"""A therapist signs with a key on a device, in a real Chromium whose authenticator is made by the browser (CDP).

From making the key to the regulator's verdict: `signer enrol`, `signer challenge`, `signer assertion`, and the same
over HTTP. Only the authenticator is a virtual one: no machine that tests has a finger.
"""

import json
import shutil
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from api.devices import DeviceError, challenge_of, enrolment, read_assertion, signature_text
from ledger.treatment.statements import ChainEnd, following
from ledger.verify import verify
from tests.devices import Device
from tests.verify.browser import chromium
from tests.verify.second_verifier import second_verifier

AT = datetime.fromisoformat("2021-03-01T08:00:00+08:00")
SESSION_STOPPED = (
    b'{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S3","effect":"tolerated well"}\n'
)
SAYS = {"patient": "P1", "retained_until": "2036-03-01", "ground": None}
STATEMENT = following(ChainEnd(), "erasure", SAYS, signer="PT1", key_id="K1")
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip
CREATE = """async ({alg, verification}) => {
  const made = await navigator.credentials.create({publicKey: {
    rp: {id: "localhost", name: "Invented Hospital"},
    user: {id: new Uint8Array(16), name: "PT1", displayName: "PT1"},
    challenge: crypto.getRandomValues(new Uint8Array(32)),
    pubKeyCredParams: [{type: "public-key", alg}],
    authenticatorSelection: {userVerification: verification},
  }});
  return JSON.stringify(made.toJSON());
}"""
GET = """async ({challenge, id}) => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const asserted = await navigator.credentials.get({publicKey: {
    challenge: bytes(challenge), rpId: "localhost", userVerification: "required",
    allowCredentials: [{type: "public-key", id: bytes(id)}],
  }});
  return JSON.stringify(asserted.toJSON());
}"""


class _Blank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Invented Hospital</title><link rel=icon href='data:,'>")

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Browser:
    """A page of the hospital's at http://localhost, in a browser that has a device."""

    def __init__(self, page: Any) -> None:
        self._page = page

    def create(self, *, alg: int = -7, verification: str = "required") -> bytes:
        made: str = self._page.evaluate(CREATE, {"alg": alg, "verification": verification})
        return made.encode()

    def get(self, challenge: str, registration: bytes) -> bytes:
        asserted: str = self._page.evaluate(GET, {"challenge": challenge, "id": json.loads(registration)["id"]})
        return asserted.encode()


@contextmanager
def _served() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browsing() -> Iterator[Callable[..., Browser]]:
    """Opens a page in a browser that has a device of this kind."""
    with _served() as port, chromium() as launched:

        def opened(**device: bool) -> Browser:
            context = launched.new_context()
            page = context.new_page()
            page.goto(f"http://localhost:{port}/")
            session = context.new_cdp_session(page)
            session.send("WebAuthn.enable")
            session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR | device})
            return Browser(page)

        yield opened


@pytest.fixture(scope="module")
def browser(browsing) -> Browser:
    return browsing()


def test_a_session_signed_on_a_device_is_proven(browser, run, made, tmp_path):
    """The whole way by the command line."""
    shutil.copytree(made.directory, tmp_path / "ledger-data")
    registration = browser.create()
    enrolled = run(
        "signer", "enrol", "--practitioner", "PT1", "--key-id", "K/1", "--site", "localhost", stdin=registration
    )
    assert enrolled.code == 0, enrolled.err
    assert json.loads(enrolled.out)["algorithm"] == "webauthn-es256"
    assert run("import", "-", stdin=enrolled.out.encode() + SESSION_STOPPED).code == 0
    statement = run("signer", "statement", "session", "S3", "--key-id", "K/1").out
    (tmp_path / "statement").write_text(statement)
    challenge = run("signer", "challenge", stdin=statement.encode()).last
    assertion = browser.get(challenge, registration)
    signature = run("signer", "assertion", "--statement", "statement", stdin=assertion)
    assert signature.code == 0, signature.err
    line = run("signer", "line", stdin=signature.out.encode())
    taken = run("import", "-", stdin=line.out.encode())
    assert taken.code == 0, taken.err
    assert run("export", "P1", "--out", "P1.bundle").code == 0
    key = run("key").last
    bundle = (tmp_path / "P1.bundle").read_bytes()
    assert verify(bundle, key).findings == ()
    assert second_verifier(bundle, key)
    assert run("audit").code == 0
    # Another session's statement under the same signature is refused at the door.
    wrong = json.loads(line.out) | {"session": "S1", "at": "2021-03-01T15:40:00+08:00"}
    assert run("import", "-", stdin=json.dumps(wrong).encode()).code == 2


def test_another_device_signs_nothing_for_it(browser, run, made, tmp_path):
    shutil.copytree(made.directory, tmp_path / "ledger-data")
    first, second = browser.create(), browser.create()
    enrolled = run("signer", "enrol", "--practitioner", "PT1", "--key-id", "K1", "--site", "localhost", stdin=first)
    run("import", "-", stdin=enrolled.out.encode() + SESSION_STOPPED)
    statement = run("signer", "statement", "session", "S3", "--key-id", "K1").out
    (tmp_path / "statement").write_text(statement)
    assertion = browser.get(challenge_of(statement.encode()), second)
    signature = run("signer", "assertion", "--statement", "statement", stdin=assertion).out
    refused = run("import", "-", stdin=run("signer", "line", stdin=signature.encode()).out.encode())
    assert refused.code == 2
    assert "signature: not made with key 'K1'" in refused.err


def test_what_a_browser_made_is_taken_apart(browser):
    registration = browser.create()
    line = enrolment(registration, "localhost", "PT1", "K1", AT)
    assert (line.practitioner, line.key_id, line.algorithm) == ("PT1", "K1", "webauthn-es256")
    statement = STATEMENT
    assertion = read_assertion(browser.get(challenge_of(statement), registration))
    other = following(ChainEnd(), "erasure", SAYS, signer="PT1", key_id="K2")
    with pytest.raises(DeviceError, match="another challenge"):
        signature_text(other, assertion)
    with pytest.raises(DeviceError, match="not a statement"):
        signature_text(b"{}", assertion)


def test_a_key_for_another_site_or_of_another_kind_is_refused(browser):
    registration = browser.create()
    with pytest.raises(DeviceError, match="made for another site than rehab"):
        enrolment(registration, "rehab.example", "PT1", "K1", AT)
    with pytest.raises(DeviceError, match="no registration"):
        enrolment(b"{}", "localhost", "PT1", "K1", AT)
    other = json.loads(registration)
    other["response"]["publicKey"] = "AAAA"
    with pytest.raises(DeviceError, match="not of P-256"):
        enrolment(json.dumps(other).encode(), "localhost", "PT1", "K1", AT)


def test_a_key_that_may_be_copied_is_refused(browsing):
    registration = browsing(defaultBackupEligibility=True, hasResidentKey=True).create()
    with pytest.raises(DeviceError, match="may be copied to other devices"):
        enrolment(registration, "localhost", "PT1", "K1", AT)


def test_a_device_that_does_not_ask_who_is_there_is_refused(browsing):
    registration = browsing(hasUserVerification=False, isUserVerified=False).create(verification="discouraged")
    with pytest.raises(DeviceError, match="did not ask who is there"):
        enrolment(registration, "localhost", "PT1", "K1", AT)


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b'{"response":{}}', b'{"response":{"clientDataJSON":"A"}}', b'{"x":' + b"[" * 100_000, b'"\xff"'],
)
def test_what_is_no_assertion_is_refused(text):
    with pytest.raises(DeviceError, match="no assertion"):
        read_assertion(text)


def test_the_text_holds_what_the_device_signed():
    device, statement = Device("a device"), STATEMENT
    authenticator, client = device.authenticator_data(), device.client_data(statement)

    def plain(data: bytes) -> str:
        return urlsafe_b64encode(data).decode().rstrip("=")

    der = device.sign_der(authenticator + sha256(client).digest())
    said = {"clientDataJSON": plain(client), "authenticatorData": plain(authenticator), "signature": plain(der)}
    text = signature_text(statement, read_assertion(json.dumps({"response": said}).encode()))
    assert text == device.signature(statement, authenticator=authenticator, client=client)
    for name in said:
        wrong = read_assertion(json.dumps({"response": said | {name: "AAAAA"}}).encode())
        with pytest.raises(DeviceError, match=f"{name}: no base64url"):
            signature_text(statement, wrong)
    cut = read_assertion(json.dumps({"response": said | {"signature": plain(der[:-1])}}).encode())
    with pytest.raises(DeviceError, match="no signature of P-256"):
        signature_text(statement, cut)


def test_a_site_whose_keys_would_sign_nothing_is_refused():
    """Browsers make keys for such names; an enrolment cannot spell them."""
    device, site = Device("a device", "my_ward.localhost"), "my_ward.localhost"
    point = device.point
    der = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + point
    data = sha256(site.encode()).digest() + b"\x45" + bytes(4)

    def plain(raw: bytes) -> str:
        return urlsafe_b64encode(raw).decode().rstrip("=")

    registration = {"response": {"authenticatorData": plain(data), "publicKey": plain(der)}}
    with pytest.raises(DeviceError, match="letters a-z, digits, dots and hyphens"):
        enrolment(json.dumps(registration).encode(), site, "PT1", "K1", AT)


@pytest.mark.parametrize("flags", [0x44, 0x41, 0x40])
def test_without_the_flags_of_presence_and_of_being_asked_nobody_was_there(flags):
    device = Device("a device")
    data = sha256(device.site.encode()).digest() + bytes([flags]) + bytes(4)
    registration = {"response": {"authenticatorData": urlsafe_b64encode(data).decode(), "publicKey": ""}}
    with pytest.raises(DeviceError, match="did not ask who is there"):
        enrolment(json.dumps(registration).encode(), device.site, "PT1", "K1", AT)


@pytest.mark.parametrize("data", [b"", bytes(5), sha256(b"rehab.example").digest()])
def test_authenticator_data_that_are_cut_off_are_refused(data):
    registration = {"response": {"authenticatorData": urlsafe_b64encode(data).decode(), "publicKey": ""}}
    with pytest.raises(DeviceError, match=r"made for another site|did not ask"):
        enrolment(json.dumps(registration).encode(), "rehab.example", "PT1", "K1", AT)
