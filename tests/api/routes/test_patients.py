"""One patient over HTTP: history at both times, decisions, eligibility."""

import json

import pytest


def test_a_history_as_it_was_and_as_it_was_known(service, token) -> None:
    corrected = {
        "type": "EntryCorrected", "at": "2021-03-02T08:00:00+08:00", "target": "S1", "field": "effect",
        "old": "tolerated well", "new": "dizzy after ten minutes", "reason": "copied from the paper sheet",
        "practitioner": "PT1",
    }  # fmt: skip
    with service.client(token) as client:
        assert client.post("/facts", json=corrected).status_code == 201

        def effect(**cut: str) -> list[str]:
            entries = client.get("/patients/P1/history", params=cut).json()["entries"]
            return [e["fact"]["effect"] for e in entries if e["fact"].get("session") == "S1" and "effect" in e["fact"]]

        assert effect() == ["dizzy after ten minutes"]
        assert effect(as_known_at="2021-03-01T23:00:00+08:00") == ["tolerated well"]
        assert effect(as_of="2021-03-01T09:15:00+08:00") == []
        unescaped = client.get("/patients/P1/history?as_of=2021-03-01T09:15:00+08:00").json()
    assert unescaped["as_of"] == "2021-03-01T09:15:00+08:00"
    assert [entry["index"] for entry in unescaped["entries"]] == [6, 7, 8, 9]
    assert unescaped["entries"][3]["fact"]["type"] == "SessionStarted"


def test_decisions_are_those_of_judge(standing, token, run, journal) -> None:
    with standing.client(token) as client:
        decisions = client.get("/patients/P1/decisions").json()["decisions"]
    assert decisions == [json.loads(line) for line in run("judge", journal).out.splitlines()]
    assert [(d["act"], d["payable"]) for d in decisions] == [("S1", True), ("S2", True), ("S3", False)]
    assert "1.day" in decisions[2]["denied_by"]


def test_eligibility_is_that_of_the_command(standing, token, run, ledger) -> None:
    asked = {"item": "exercise-therapy", "at": "2021-03-01T18:00:00+08:00", "episode": "E1", "institution": "H1"}
    with standing.client(token) as client:
        answer = client.get("/patients/P1/eligibility", params=asked)
    assert answer.status_code == 200
    told = run("eligibility", "P1", *(word for name, value in asked.items() for word in (f"--{name}", value)), "--json")
    assert answer.json() == json.loads(told.out)
    (one,) = answer.json()["items"]
    assert (one["payable"], one["denied_by"], one["next_payable_on"]) == (False, ["1.day"], "2021-03-02")
    assert one["extensions"][0]["ends_on"] == "2022-02-28"


def test_an_episode_and_an_institution_there_are_not_are_named(standing, token, problem) -> None:
    with standing.client(token) as client:
        for field, known in (("episode", "E1"), ("institution", "H1")):
            details = problem(client.get("/patients/P1/eligibility", params={field: "X9"}), 422)
            assert details["errors"][0]["field"] == field
            assert known in details["detail"]


def test_a_parameter_given_twice_is_refused(standing, token, problem) -> None:
    asked = (
        "/patients/P1/eligibility?item=balance-test&item=exercise-therapy",
        "/patients/P1/history?as_of=2021-03-01T09:15:00Z&as_of=2021-03-02T09:15:00Z",
        "/acts/S1/explanation?as_of=2021-03-01T09:15:00Z&as_of=2021-03-02T09:15:00Z",
    )
    with standing.client(token) as client:
        for address in asked:
            details = problem(client.get(address), 422)
            assert "given twice" in details["errors"][0]["what"]


def test_ids_with_signs_travel_in_addresses(service, token) -> None:
    opened = {
        "type": "PatientFileOpened", "at": "2021-03-01T08:00:00+08:00", "patient": "ward/7:P.2@x-1", "sex": "male",
        "born": "1950-01-01", "institution": "H1", "file_no": "M2",
    }  # fmt: skip
    with service.client(token) as client:
        assert client.post("/facts", json=opened).status_code == 201
        for spelled in ("ward%2F7%3AP.2%40x-1", "ward/7:P.2@x-1"):
            assert client.get(f"/patients/{spelled}/history").json()["patient"] == opened["patient"]


def test_an_institution_is_no_patient(standing, token, problem) -> None:
    with standing.client(token) as client:
        problem(client.get("/patients/H1/history"), 404)


@pytest.mark.parametrize("address", ["/patients/P9/history", "/patients/P9/decisions", "/patients/P9/eligibility"])
def test_an_unknown_patient_is_not_found(standing, token, address: str, problem) -> None:
    with standing.client(token) as client:
        assert "no patient P9" in problem(client.get(address), 404)["detail"]


@pytest.mark.parametrize("address", ["/patients/P1/history?as_off=2021-03-01T09:15:00Z", "/healthz?verbose=1"])
def test_a_misspelt_parameter_is_refused_and_not_passed_over(standing, token, address: str) -> None:
    with standing.client(token) as client:
        answer = client.get(address)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["what"] == "unknown parameter"
    with standing.client() as stranger:
        assert stranger.get("/patients/P1/history?as_off=1").status_code == 401, "who may not ask is told no more"
