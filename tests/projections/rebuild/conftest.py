"""The evaluator is tested as machine code, where numba is there; as it is written, in `test_plain_python`."""

import pytest

from projections.rebuild.ways import make_native


@pytest.fixture(scope="session", autouse=True)
def by_machine_code() -> None:
    make_native()
