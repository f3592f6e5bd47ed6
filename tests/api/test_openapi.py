"""The OpenAPI document is valid, and every good answer in it has a type, and an example of that type."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from fastapi.openapi.models import OpenAPI

from api import answers
from api.app import create_app
from api.devices import AssertedStatement
from api.problems import ProblemDetails
from api.tokens import Tokens
from ledger.application import TreatmentLedger
from ledger.treatment.facts import FACTS, OWN_FACTS, PrescriptionIssued

METHODS = {"get", "post", "put", "delete", "patch"}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    directory = tmp_path_factory.mktemp("document") / "ledger-data"
    TreatmentLedger.init(directory, "hospital.example/ledger")
    with TreatmentLedger.open(directory) as ledger:
        yield create_app(ledger, Tokens(directory)).openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def resolve(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for inner in value.values() for found in references(inner)]
    return [found for inner in value for found in references(inner)] if isinstance(value, list) else []


def test_the_document_is_valid_and_every_reference_leads_somewhere(document) -> None:
    OpenAPI.model_validate(document)
    assert document["openapi"].startswith("3.1")
    for reference in set(references(document)):
        assert resolve(document, reference)
    assert json.loads(json.dumps(document)) == document


def test_patterns_are_those_of_the_web(document) -> None:
    patterns = re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(document))
    assert patterns
    assert not [pattern for pattern in patterns if r"\\Z" in pattern]


def test_every_operation_has_an_id_a_summary_and_words(document) -> None:
    found = operations(document)
    ids = [operation["operationId"] for _, operation in found]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {
        "record_facts", "get_history", "get_decisions", "get_eligibility", "get_bundle",
        "get_practitioner_bundle", "get_session_bundle", "explain_act",
        "get_checkpoint", "prove_inclusion", "prove_consistency", "get_health",
        "get_session_statement", "get_assessment_statement", "draft_prescription_statement", "make_signature",
    }  # fmt: skip
    for name, operation in found:
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name


def test_every_good_answer_has_a_type_and_an_example_of_it(document) -> None:
    for name, operation in operations(document):
        good = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
        assert good, name
        for answer in good.values():
            assert answer["content"], name
            for media, content in answer["content"].items():
                assert content["schema"], name
                assert content["example"], name
                if media == "application/json":
                    shape = getattr(answers, content["schema"]["$ref"].rpartition("/")[2])
                    msgspec.convert(content["example"], shape, strict=True)


def test_what_is_posted_as_json_has_a_type_and_an_example_of_it(document) -> None:
    shapes = {"Fact": answers.AnyFact, "AssertedStatement": AssertedStatement, "PrescriptionIssued": PrescriptionIssued}
    posted = [(name, body["content"]) for name, op in operations(document) if (body := op.get("requestBody"))]
    assert posted
    for name, content in posted:
        one = content["application/json"]
        msgspec.json.decode(
            json.dumps(one["example"]), type=shapes[one["schema"]["$ref"].rpartition("/")[2]], strict=True
        )
        assert one["example"], name


def test_every_problem_is_a_problem_with_an_example(document) -> None:
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            if not status.startswith("2"):
                assert list(answer["content"]) == ["application/problem+json"], (name, status)
                example = msgspec.convert(answer["content"]["application/problem+json"]["example"], ProblemDetails)
                assert example.status == int(status)


def test_every_fact_type_is_described(document) -> None:
    schemas = document["components"]["schemas"]
    assert {fact.__name__ for fact in FACTS} <= set(schemas)
    assert len(references(schemas["Fact"])) == len(FACTS)


def test_everything_but_checkpoint_and_health_asks_for_a_token(document) -> None:
    public = {name for name, operation in operations(document) if not operation.get("security")}
    assert public == {"GET /checkpoint", "GET /healthz"}
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_parameter_is_typed_and_explained(document) -> None:
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter["schema"], name
            assert parameter.get("description"), (name, parameter["name"])


def test_a_history_may_hold_what_nobody_can_post(document) -> None:
    schemas = document["components"]["schemas"]
    held = set(references(schemas["Entry"]["properties"]["fact"]))
    assert held - set(references(schemas["Fact"])) == {f"#/components/schemas/{own.__name__}" for own in OWN_FACTS}
