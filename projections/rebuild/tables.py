"""A rulebook under one choice of readings, as one table of integers: what `interpreter` runs.

Rules, clauses and sets refer to one another by their place in it. A clause says of what kind it is, where in a
patient's state it keeps what it remembers, and its limits. Several rulebooks in force one after another make one table,
side by side. What depends on words of the batch (items, institutions, sets of orders) is looked up once, as sets.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from projections.mirror.columns import NONE, Ints
from projections.rebuild.clause_rows import ClauseRows, is_told
from projections.rebuild.contests import Contests
from projections.rebuild.growing import Growing, Vocabulary
from projections.rebuild.layout import HEADER, RULES, SOURCE, TOLD_FIRST, TOLD_LAST, WIDTH, WORK
from projections.rules import schema
from projections.rules.calendar import parse_period
from projections.rules.compile import Compiled, CompiledRule
from projections.rules.rulebook import Rulebook


class Period(NamedTuple):
    """From this day on the rulebook of this place is in force."""

    begin: int
    rulebook: int


def tables(
    books: Sequence[tuple[Rulebook, Mapping[str, str]]],
    vocabulary: Vocabulary,
    periods: Sequence[Period] = (Period(NONE, 0),),
    *,
    by_opening: bool = False,
) -> Ints:
    """The table of these rulebooks, each under its choice, for rows of these words: int64. Raises NotTabled."""
    per_book = RULES + len(vocabulary.items)
    table = Growing(vocabulary, HEADER + len(books) * per_book)
    contests = Contests(table)
    for place, (book, choice) in enumerate(books):
        begin = HEADER + place * per_book
        table.numbers[begin : begin + per_book] = _Tabling(table, contests, book, choice, place).header()
    at = table.put([number for period in periods for number in period])
    count, contests_at = contests.put()
    header = [len(books), len(vocabulary.items), len(periods), at, int(by_opening), table.alone, table.scoped]
    header += [count, contests_at, int(by_opening or table.seldom)]
    table.numbers[WORK:HEADER] = header
    return np.array(table.numbers, np.int64)


class _Tabling:
    """One rulebook, put into a table."""

    def __init__(
        self, table: Growing, contests: Contests, book: Rulebook, choice: Mapping[str, str], place: int
    ) -> None:
        self._table = table
        self._contests = contests
        self._book = book
        self._choice = choice
        self._place = place
        self._rows = ClauseRows(table, book, choice, place)

    def header(self) -> list[int]:
        """Put the rules; what stands of the rulebook at its own place."""
        choice, book = self._choice, self._book
        rules = self._rules()
        source = book.file.extension
        paid_extension = rules[source.item] if source and choice.get("extension_source") == "paid" else 0
        return [
            int(choice.get("episode") == "gap_90"),
            int(choice["physician_scope"] == "both"),
            paid_extension,
            *self._extension(source),
            *(rules[book.by_slug[slug].number] if slug in book.by_slug else 0 for slug in self._table.words.items),
        ]

    def _rules(self) -> dict[int, int]:
        """Where each rule is, by its number."""
        compiled = Compiled(self._book, self._choice)
        judges = {rule.number: rule for rule in compiled.rules.values()}
        rules: dict[int, int] = {}
        judged: dict[int, tuple[CompiledRule, int]] = {}
        told: dict[int, list[int]] = {item.number: [] for item in self._book.items}
        for item in self._book.items:
            rows = [self._rows.row(item, words) for words in item.clause]
            first = self._table.put([number for row in rows for number in row])
            judge = judges[item.number]
            judged[item.number] = (judge, first)
            rules[item.number] = self._table.put([int(judge.staffed), first, first + len(rows) * WIDTH, 0, 0])
            for k, (row, clause) in enumerate(zip(rows, judge.clauses, strict=True)):
                performed, paid = is_told(row)
                if performed or paid:
                    for watched in clause.watches:
                        told[watched] += [first + k * WIDTH, performed, paid]
        for number, rule in rules.items():
            self._table.numbers[rule + TOLD_FIRST] = self._table.put(told[number])
            self._table.numbers[rule + TOLD_LAST] = len(self._table.numbers)
        if self._choice.get("winner") == "dearest":
            paid_extends = self._choice.get("extension_source") == "paid"
            self._contests.add(self._book, self._place, paid_extends, judged)
        return rules

    def _extension(self, source: schema.ExtensionSource | None) -> list[int]:
        if source is None:
            return [0] * (RULES - SOURCE)
        choice = self._choice
        valid = parse_period(choice["extension_valid"])
        item = next(item for item in self._book.items if item.number == source.item)
        meets = [words for words in item.clause if words.clause in source.meets]
        return [
            ("valid", "performed", "paid").index(choice["extension_source"]),
            ("any", "after_limit", "30_days_before").index(choice.get("extension_from", "any")),
            valid[0] if valid is not None else 0,
            "YMD".index(valid[1]) if valid is not None else 0,
            int(choice["improvement"] == "latest"),
            max([w.persons[choice["persons_3"]] for w in meets if isinstance(w, schema.StaffClause)], default=0),
            max([words.scales for words in meets if isinstance(words, schema.PartsClause)], default=0),
            self._rows.items_of(source.item),
        ]
