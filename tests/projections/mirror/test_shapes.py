"""The shapes that rows are made of fit the facts that they are taken from."""

import msgspec
import pytest

from ledger.treatment import facts, values
from projections.mirror import shapes


@pytest.mark.parametrize("shape", shapes.KINDS, ids=lambda shape: shape.__name__)
def test_each_field_is_one_of_the_fact(shape: type[msgspec.Struct]) -> None:
    fact = getattr(facts, shape.__name__)
    of = {field.encode_name: field for field in msgspec.structs.fields(fact)}
    for field in msgspec.structs.fields(shape):
        assert field.encode_name in of
        assert field.required == of[field.encode_name].required, field.name
        if not field.required and not isinstance(field.default, msgspec.Raw):
            assert field.default == of[field.encode_name].default


def test_parts_of_facts_too() -> None:
    assert set(shapes.Order.__struct_fields__) <= set(values.Order.__struct_fields__)
    assert set(shapes.Result.__struct_fields__) <= set(values.Result.__struct_fields__)


def test_every_column_is_a_field() -> None:
    for shape, columns in shapes.KINDS.items():
        assert set(columns) <= set(shape.__struct_fields__)
