"""/statements: the exact bytes to be signed, handed out over HTTP; the signed facts come back by POST /facts."""

import json
from base64 import b64decode, b64encode, urlsafe_b64encode
from hashlib import sha256

import pytest

from api.tokens import Role, Tokens
from ledger.application import TreatmentLedger
from ledger.treatment.statements import digest, parse_statement
from tests.devices import Device
from tests.signing import Person

PT1, DR1 = Person("PT1", "K/1"), Person("DR1", "K2")
DEVICE = Device("a device of PT1")
STOPPED = {
    "type": "SessionStopped", "at": "2021-03-01T15:30:00+08:00", "session": "S3", "effect": "耐受良好",
}  # fmt: skip
ASSESSED = {
    "type": "AssessmentRecorded", "at": "2021-03-01T16:00:00+08:00", "assessment": "A1", "patient": "P1",
    "episode": "E1", "institution": "H1", "assessors": ["PT1", "DR1"], "results": [],
}  # fmt: skip
SHEET = {
    "type": "PrescriptionIssued", "at": "2021-03-02T08:00:00+08:00", "prescription": "R2", "patient": "P1",
    "episode": "E1", "institution": "H1", "physician": "DR1",
    "orders": [{"order": "1", "item": "cupping", "site": "", "method": "dry"}],
}  # fmt: skip


def enrol(person):
    return {"type": "SigningKeyEnrolled", "at": "2021-03-01T08:00:00+08:00", **person.enrolment()}


@pytest.fixture
def client(service, token):
    with service.client(token) as client:
        lines = "".join(json.dumps(line) + "\n" for line in (enrol(PT1), enrol(DR1), STOPPED, ASSESSED))
        assert client.post("/facts", content=lines, headers={"Content-Type": "application/x-ndjson"}).is_success
        yield client


def to_sign(answer):
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) == {"statement", "base64", "challenge"}
    assert b64decode(body["base64"]) == body["statement"].encode()
    assert body["challenge"] == json.loads(DEVICE.client_data(b64decode(body["base64"])))["challenge"]
    return b64decode(body["base64"])


def signed(session, by, data):
    return {"type": "SessionSigned", "at": "2021-03-01T15:31:00+08:00", "session": session,
            "practitioner": by.practitioner, "signature": by.sign(data)}  # fmt: skip


def test_a_session_is_signed_over_http(client):
    data = to_sign(client.get("/statements/session/S3", params={"key_id": "K/1"}))
    assert parse_statement(data).says["effect"] == "耐受良好"
    assert client.post("/facts", json=signed("S3", PT1, data)).status_code == 201
    assert client.post("/facts", json=signed("S3", PT1, data)).status_code == 200
    following = to_sign(client.get("/statements/assessment/A1?key_id=K/1"))
    assert (parse_statement(following).counter, parse_statement(following).previous) == (2, digest(data))


def test_an_assessment_and_a_sheet_are(client):
    for person in (PT1, DR1):
        data = to_sign(client.get("/statements/assessment/A1", params={"key_id": person.key_id}))
        line = {"type": "AssessmentSigned", "at": "2021-03-01T16:05:00+08:00", "assessment": "A1",
                "practitioner": person.practitioner, "signature": person.sign(data)}  # fmt: skip
        assert client.post("/facts", json=line).status_code == 201
    data = to_sign(client.post("/statements/prescription?key_id=K2", json=SHEET))
    assert json.loads(data)["says"] == SHEET
    assert client.post("/facts", json={**SHEET, "signature": DR1.sign(data)}).status_code == 201


def test_a_signature_that_is_not_right_is_refused_with_its_line_and_field(client, problem):
    data = to_sign(client.get("/statements/session/S3", params={"key_id": "K/1"}))
    wrong = signed("S3", PT1, data.replace("耐受良好".encode(), b"cured"))
    details = problem(client.post("/facts", json=wrong), 409)
    (offence,) = details["errors"]
    assert (offence["line"], offence["field"]) == (1, "signature")
    assert "what was signed is not what is recorded before this line: effect" in offence["what"]


@pytest.mark.parametrize(
    ("path", "status", "name", "words"),
    [
        ("/statements/session/S9?key_id=K2", 404, "unknown", "no session 'S9'"),
        ("/statements/assessment/S3?key_id=K2", 404, "unknown", "no assessment 'S3'"),
        ("/statements/session/S3?key_id=K9", 404, "unknown", "no signing key 'K9'"),
        ("/statements/session/S3?key_id=K2", 409, "nothing-to-sign", "given by PT1"),
        ("/statements/session/S3", 422, "invalid-request", "key_id"),
        ("/statements/session/S3?key_id=K%201", 422, "invalid-request", "key_id"),
        ("/statements/session/S3?key_id=K2&key_id=K/1", 422, "invalid-request", "given twice"),
        ("/statements/session/S3?key_id=K2&as_of=x", 422, "invalid-request", "unknown parameter"),
        ("/statements/erasure/P1?key_id=K2", 404, "not-found", "nothing at"),
        ("/statements/prescription?key_id=K2", 405, "method-not-allowed", "GET"),
    ],
)
def test_what_cannot_be_signed(client, problem, path, status, name, words):
    details = problem(client.get(path), status)
    assert details["type"].endswith(f":{name}")
    assert words in details["detail"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "malformed"),
        (b"nonsense", 400, "malformed"),
        (json.dumps(STOPPED).encode(), 400, "malformed"),
        (json.dumps({**SHEET, "episode": "E9"}).encode(), 409, "would be refused: episode"),
        (json.dumps({**SHEET, "signature": "scanned"}).encode(), 409, "bears no signature"),
        (json.dumps({**SHEET, "physician": "PT1"}).encode(), 409, "issued by PT1"),
    ],
)
def test_a_draft_that_cannot_be_signed(client, problem, body, status, words):
    headers = {"Content-Type": "application/json"}
    details = problem(client.post("/statements/prescription?key_id=K2", content=body, headers=headers), status)
    assert words in details["detail"]


def test_two_drafts_are_none(client, problem):
    body = f"{json.dumps(SHEET)}\n{json.dumps(SHEET)}\n"
    headers = {"Content-Type": "application/x-ndjson"}
    problem(client.post("/statements/prescription?key_id=K2", content=body, headers=headers), 400)


def test_asking_records_nothing(client):
    size = client.get("/checkpoint").text.split("\n")[1]
    for _ in range(3):
        to_sign(client.get("/statements/session/S3", params={"key_id": "K/1"}))
        to_sign(client.post("/statements/prescription?key_id=K2", json=SHEET))
    assert client.get("/checkpoint").text.split("\n")[1] == size


@pytest.mark.parametrize("role", [Role.RECORDER, Role.AUDITOR])
def test_who_may_only_record_or_only_read_gets_nothing_to_sign(service, ledger, problem, role):
    """A statement shows what is recorded, which a recorder may not see, and an auditor has nothing to sign."""
    from api.clock import now

    with TreatmentLedger.open(ledger):
        secret, _ = Tokens(ledger).new("somebody", role, now=now())
    with service.client(secret) as client:
        problem(client.get("/statements/session/S1?key_id=K1"), 403)
        problem(client.post("/statements/prescription?key_id=K1", json=SHEET), 403)
    with service.client() as stranger:
        problem(stranger.get("/statements/session/S1?key_id=K1"), 401)


def asserted(data):
    """What a browser posts once the device has signed."""

    def plain(raw):
        return urlsafe_b64encode(raw).decode().rstrip("=")

    authenticator, client = DEVICE.authenticator_data(), DEVICE.client_data(data)
    der = DEVICE.sign_der(authenticator + sha256(client).digest())
    response = {
        "clientDataJSON": plain(client), "authenticatorData": plain(authenticator), "signature": plain(der),
        "userHandle": None,
    }  # fmt: skip
    return {
        "statement": b64encode(data).decode(),
        "assertion": {"id": "AA", "type": "public-key", "response": response},
    }


def test_a_session_is_signed_with_a_device_over_http(client):
    enrolled = {"type": "SigningKeyEnrolled", "at": "2021-03-01T08:00:00+08:00", "practitioner": "PT1", "key_id": "K7",
                "algorithm": "webauthn-es256", "public_key": DEVICE.public_key}  # fmt: skip
    assert client.post("/facts", json=enrolled).status_code == 201
    data = to_sign(client.get("/statements/session/S3", params={"key_id": "K7"}))
    made = client.post("/statements/signature", json=asserted(data))
    assert made.status_code == 200, made.text
    line = {"type": "SessionSigned", "at": "2021-03-01T15:31:00+08:00", "session": "S3", "practitioner": "PT1",
            "signature": made.json()["signature"]}  # fmt: skip
    assert client.post("/facts", json=line).status_code == 201


def test_what_a_device_signed_of_something_else_is_refused(client, problem):
    data = to_sign(client.get("/statements/session/S3", params={"key_id": "K/1"}))
    other = asserted(data) | {"statement": b64encode(data[:-1]).decode()}
    assert "not a statement" in problem(client.post("/statements/signature", json=other), 400)["detail"]
    another = to_sign(client.get("/statements/assessment/A1", params={"key_id": "K/1"}))
    other = asserted(data) | {"statement": b64encode(another).decode()}
    assert "another challenge" in problem(client.post("/statements/signature", json=other), 400)["detail"]
    for body in (b'{"x":' + b"[" * 100_000, b'{"statement":"","assertion":{"response":{"clientDataJSON":"\xff"'):
        problem(client.post("/statements/signature", content=body), 400)
    for body in ({}, {"statement": "no base64!", "assertion": {}}, {"statement": "", "assertion": {"response": 5}}):
        problem(client.post("/statements/signature", json=body), 400)
