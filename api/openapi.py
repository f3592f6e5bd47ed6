"""The OpenAPI document: the framework's account of the routes, and the schemas of the very types that are encoded."""

from typing import Any

import msgspec
from fastapi import FastAPI

from api import answers
from api.devices import AssertedStatement
from api.problems import ProblemDetails

_SHAPES: tuple[Any, ...] = (
    answers.AnyFact,
    answers.Receipts,
    answers.History,
    answers.Decisions,
    answers.Eligibility,
    answers.Explanation,
    answers.Signature,
    answers.ToSign,
    AssertedStatement,
    answers.Bundle,
    answers.Inclusion,
    answers.Consistency,
    answers.Health,
    ProblemDetails,
)


def describe(app: FastAPI) -> None:
    """Makes `app.openapi()` complete: schemas of facts and answers beside what the framework knows of the routes."""
    routes_only = app.openapi

    def complete() -> dict[str, Any]:
        document = routes_only()
        schemas = document["components"].setdefault("schemas", {})
        if "ProblemDetails" not in schemas:
            schemas.update(_schemas())
        return document

    # Replacing the method is the way that the framework's manual shows.
    app.openapi = complete  # type: ignore[method-assign]


def _schemas() -> dict[str, Any]:
    """Every named shape, and `Fact`: any one of the fact types, told apart by `type`."""
    (any_fact, *_), named = msgspec.json.schema_components(_SHAPES, ref_template="#/components/schemas/{name}")
    return {"Fact": _for_the_web(any_fact)} | {name: _for_the_web(schema) for name, schema in named.items()}


def _for_the_web(schema: Any) -> Any:
    """Python's end of text in a pattern, spelled as other languages read it (ECMA-262, as JSON Schema asks)."""
    if isinstance(schema, dict):
        return {key: _for_the_web(value) for key, value in schema.items()}
    if isinstance(schema, list | tuple):
        return [_for_the_web(value) for value in schema]
    return schema.removesuffix(r"\Z") + "$" if isinstance(schema, str) and schema.endswith(r"\Z") else schema
