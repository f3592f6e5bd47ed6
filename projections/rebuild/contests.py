"""Contests in the table: under `winner=dearest`, what each pair of sides needs to be told of by `dearest` and `chains`.

A contest is laid out as a clause: A how acts are together, B the items of both sides, C the items whose acts it rests
on, D the rulebook, E its number from 0. Each of its exclusions says in B where it is.

What would be paid but for an exclusion rests on the acts of both sides, and on those that their clauses count: no
others are asked when the interpreter looks ahead. So no contest may rest on the sides of another.
"""

from collections.abc import Mapping

from projections.rebuild.growing import Growing, NotTabled
from projections.rebuild.layout import EXCLUSIVE, KIND, SCOPE, WIDTH, A, B, C, D, E
from projections.rebuild.memory import GROUP_FIELDS
from projections.rules import schema
from projections.rules.clauses.exclusive import ExclusiveJudge
from projections.rules.compile import CompiledRule
from projections.rules.rulebook import Rulebook


class Contests:
    """The contests of all rulebooks of a table; put at its end, once all their clauses stand."""

    def __init__(self, table: Growing) -> None:
        self._table = table
        self._rows: list[list[int]] = []
        self._exclusions: list[tuple[int, int]] = []  # where a clause is, and the number of its contest

    def add(
        self, book: Rulebook, place: int, paid_extends: bool, judged: Mapping[int, tuple[CompiledRule, int]]
    ) -> None:
        """The contests of a rulebook; `judged` has its rules by number, each with where its clauses begin.

        Raises NotTabled.
        """
        rests_on = {item.number: _counted(item, judged[item.number][0], book, paid_extends) for item in book.items}
        numbers: dict[frozenset[int], int] = {}
        for rule, first in judged.values():
            for k, clause in enumerate(rule.clauses):
                if not isinstance(clause, ExclusiveJudge):
                    continue
                sides = clause.own | clause.others
                at = first + k * WIDTH
                if sides not in numbers:
                    numbers[sides] = len(self._rows)
                    self._rows.append(self._contest(book, place, at, sides, _closed(sides, rests_on)))
                self._exclusions.append((at, numbers[sides]))
                self._table.numbers[at + C] = self._items(book, clause.others)
                self._table.numbers[at + E] = self._items(book, clause.own)
        for sides in numbers:
            reached = _closed(sides, rests_on)
            if any(other != sides and other & reached for other in numbers):
                raise NotTabled("winner=dearest: exclusions that rest on one another need the reference evaluator")

    def put(self) -> tuple[int, int]:
        """Put them; how many there are, and where."""
        begin = self._table.put([number for row in self._rows for number in row])
        for at, number in self._exclusions:
            self._table.numbers[at + B] = begin + number * WIDTH
        return len(self._rows), begin

    def _contest(
        self, book: Rulebook, place: int, at: int, sides: frozenset[int], reached: frozenset[int]
    ) -> list[int]:
        """A contest like this one of its exclusions: what is together for the one is for the other."""
        row = [0] * WIDTH
        row[KIND], row[A] = EXCLUSIVE, self._table.numbers[at + A]
        row[B], row[C] = self._items(book, sides), self._items(book, reached)
        row[D], row[E] = place, len(self._rows)
        self._table.keep(row, GROUP_FIELDS, self._table.numbers[at + SCOPE])
        return row

    def _items(self, book: Rulebook, rules: frozenset[int]) -> int:
        numbers = {slug: item.number for slug, item in book.by_slug.items()}
        return self._table.put_set(numbers.get(slug) in rules for slug in self._table.words.items)


def _counted(item: schema.Item, rule: CompiledRule, book: Rulebook, paid_extends: bool) -> frozenset[int]:
    """The rules whose paid acts an act of this item may be asked about."""
    counted = {watched for clause in rule.clauses for watched in clause.watches}
    source = book.file.extension
    for words in item.clause:
        if isinstance(words, schema.SpanClause | schema.ProofClause) and source is not None and paid_extends:
            counted.add(source.item)
        if isinstance(words, schema.GateClause):  # an assessment opens one gate only
            counted |= {one.number for one in book.items if any(isinstance(w, schema.GateClause) for w in one.clause)}
    return frozenset(counted)


def _closed(sides: frozenset[int], rests_on: Mapping[int, frozenset[int]]) -> frozenset[int]:
    """These rules, those whose acts they count, those that these count, and so on."""
    reached, more = set(sides), set(sides)
    while more:
        more = {other for rule in more for other in rests_on.get(rule, ())} - reached
        reached |= more
    return frozenset(reached)
