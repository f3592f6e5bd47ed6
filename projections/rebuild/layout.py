"""How the table of the rules is laid out: what `tables` writes and the interpreter reads, by name."""

(
    INDICATION, AGE, WORKING_AGE, SPAN, WINDOW_COUNT, CONTAINER_COUNT, DAYS, GATE, YEAR, PROOF, EXCLUSIVE, GAP, SITE,
    LINK, STAFF, PARTS, PROVIDER, MODE, YEARS, YEAR_DAYS, LIMB_DAYS, OPEN,
) = range(22)  # fmt: skip
"""Kinds of clauses, as `schema` has them."""

ALONE, DECLARED, STAYS, DERIVED, BY_YEAR, HOUSE = range(6)
"""What counts together: everything, the declared episode, each stay and all care outside, ..."""

KIND, CELL, SCOPE, A, B, C, D, E, F, G, WIDTH = range(11)
"""A clause in the table; what A to G are, its own method below says."""

RING = 400
"""Days that can be paid within 366 days, and some."""
UNITS = 32
"""Months that can be paid within 366 days, and more."""

SAME_DAY, OVERLAPPING, SAME_EPISODE = range(3)
FIRST_PAID, FIRST_PERFORMED, EPISODE_ONSET = range(3)
BY_DAY, ROLLING, WHOLE_MONTH = range(3)
VALID, PERFORMED, PAID = range(3)
ANY, AFTER_LIMIT, DAYS_BEFORE = range(3)


WORK = 50
"""The first integers are the interpreter's own."""

(
    BOOKS, ITEMS, PERIODS, PERIODS_AT, BY_OPENING, ALONE_WIDTH, SCOPED_WIDTH, CONTESTS, CONTESTS_TABLE,
    SELDOM, HEADER,
) = range(WORK, WORK + 11)  # fmt: skip
"""Then the table begins: how many rulebooks, items and periods, where the periods are, whether the day of the episode's
opening decides, how many integers clauses keep once a patient and once for each of what counts together, how many
contests there are and where they are told, and whether the columns are needed that few rules and readings ask. Then
come the rulebooks, one after another."""

(
    DERIVES,
    BOTH,
    PAID_EXTENSION,
    SOURCE,
    COUNTS_FROM,
    VALID_LENGTH,
    VALID_UNIT,
    LATEST,
    PERSONS,
    SCALES,
    EXTENDING,
    RULES,
) = range(12)
"""A rulebook in the table: whether episodes are derived from gaps, whether physicians need both, the rule whose paid
assessments extend (0: none), then which comprehensive assessments extend a span (`EXTENDING`: the set of items; 0:
none; `VALID_LENGTH` 0: forever), and from `RULES` on, item by item, where its rule is (0: nothing is said)."""

STAFFED, FIRST, LAST, TOLD_FIRST, TOLD_LAST, RULE_WIDTH = range(6)
"""A rule: whether record.therapist is asked, where its clauses begin and end, where those told of its acts do."""

TOLD, OF_PERFORMED, OF_PAID, TOLD_WIDTH = range(4)
"""Who is told: the clause, whether of performed acts, whether of paid ones."""

RETIREMENT_WIDTH = 4
"""A row of the retirement age: years, month index of born_from, months a step, at most."""
