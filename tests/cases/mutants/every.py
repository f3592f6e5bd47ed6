"""All mutants of a rulebook."""

from collections.abc import Iterator

from projections.rules.rulebook import Rulebook
from tests.cases.case import SHANGHAI
from tests.cases.mutants.conduct import of_conduct
from tests.cases.mutants.constants import of_constants
from tests.cases.mutants.mutant import Mutant
from tests.cases.mutants.readings import clause_by_clause, of_readings
from tests.cases.mutants.record import of_record
from tests.cases.mutants.texts import of_text


def mutants(book: Rulebook) -> Iterator[Mutant]:
    """Every mutant of a rulebook; those of the record's code, the same for all, with the first one."""
    yield from of_text(book)
    if book.id == SHANGHAI:
        yield from of_record(book.id)
        yield from of_conduct(book)
    yield from of_constants(book)
    yield from of_readings(book)
    yield from clause_by_clause(book)
