"""The service as a whole, on a real server: who may, and every error a problem."""

import pytest

STOPPED = {
    "type": "SessionStopped", "at": "2021-03-01T15:30:00+08:00", "session": "S3", "effect": "tolerated well",
}  # fmt: skip
GUARDED = [
    "/patients/P1/history", "/patients/P1/decisions", "/patients/P1/eligibility", "/patients/P1/bundle",
    "/acts/S3/explanation", "/proofs/inclusion?index=0&size=1", "/proofs/consistency?old_size=1&size=2",
    "/openapi.json",
]  # fmt: skip


def test_without_a_token_only_checkpoint_and_health_answer(standing, problem) -> None:
    with standing.client() as client:
        assert client.get("/checkpoint").status_code == 200
        assert client.get("/healthz").json() == {"status": "ok"}
        for address in GUARDED:
            answer = client.get(address)
            problem(answer, 401)
            assert answer.headers["www-authenticate"] == "Bearer"
        problem(client.post("/facts", json=STOPPED), 401)


def test_a_wrong_token_opens_nothing(standing, token, problem) -> None:
    wrong = (
        "tl_wrong",
        f"Basic {token}",
        token,
        f"Bearer {token}x",
        f"Bearer {token[:-1]}",
        "Bearer",
        "Bearer é",
        f"Bearer {token} {token}",
    )
    with standing.client() as client:
        for header in wrong:
            problem(client.get("/patients/P1/history", headers={"Authorization": header.encode()}), 401)


def test_a_revoked_token_opens_nothing_from_then_on(service, token, run, problem) -> None:
    with service.client(token) as client:
        assert client.get("/patients/P1/history").status_code == 200
        assert run("token", "revoke", "test").code == 0
        problem(client.get("/patients/P1/history"), 401)


def test_each_role_may_do_its_own_and_no_more(service, run, problem) -> None:
    recorder = run("token", "new", "device", "--role", "recorder").out.strip()
    auditor = run("token", "new", "inspector", "--role", "auditor").out.strip()
    with service.client(recorder) as client:
        assert client.post("/facts", json=STOPPED).status_code == 201
        for address in GUARDED[:-1]:
            assert "recorder may not" in problem(client.get(address), 403)["detail"]
    with service.client(auditor) as client:
        problem(client.post("/facts", json=STOPPED), 403)
        for address in GUARDED:
            assert client.get(address).status_code == 200, address


def test_the_document_is_served_to_whoever_has_a_token(standing, token) -> None:
    with standing.client(token) as client:
        assert "/facts" in client.get("/openapi.json").json()["paths"]
        assert client.get("/docs").status_code == 404  # a page of the framework that loads scripts from elsewhere


def test_an_unknown_address_and_a_wrong_method_are_problems(standing, token, problem) -> None:
    with standing.client(token) as client:
        problem(client.get("/nowhere"), 404)
        wrong = client.delete("/facts")
        problem(wrong, 405)
        assert wrong.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/patients/P1/history?as_of=yesterday", "as_of"),
        ("/patients/P1/history?as_known_at=2021-03-01", "as_known_at"),
        ("/patients/P1/eligibility?at=2021-03-01T08:00:00", "at"),
        ("/patients/P1/eligibility?item=no+such", "item"),
        ("/patients/P1/eligibility?item=no-such-item", "item"),
        ("/patients/%00/history", "patient"),
        (f"/patients/{'P' * 65}/history", "patient"),
        ("/proofs/inclusion?size=1", "index"),
        ("/proofs/inclusion?index=1&size=1", "index"),
        ("/proofs/inclusion?index=0&size=99", "size"),
        ("/proofs/inclusion?index=-1&size=1", "index"),
        ("/proofs/inclusion?index=x&size=1", "index"),
        ("/proofs/inclusion?index=0&size=99999999999999999999999", "size"),
        ("/proofs/inclusion?index=0&size=0", "size"),
        ("/proofs/consistency?old_size=0&size=0", "size"),
        ("/proofs/consistency?old_size=3&size=2", "old_size"),
        ("/proofs/consistency?old_size=1&size=99", "size"),
    ],
)
def test_a_bad_question_names_its_field(standing, token, address: str, field: str, problem) -> None:
    with standing.client(token) as client:
        details = problem(client.get(address), 422)
    assert [error["field"] for error in details["errors"]] == [field]
    assert details["errors"][0]["what"]
    assert "Value error" not in details["detail"]
