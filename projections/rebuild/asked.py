"""Which columns of the mirror judging asks for: instants are the dearest to read, and few rules or readings ask."""

import numpy as np

from projections.mirror.columns import Columns, Rows
from projections.mirror.mirror import JUDGED
from projections.rebuild.judging import table_of
from projections.rebuild.layout import CONTESTS, SELDOM
from projections.rules.judge import Judge

ASKED_SELDOM = ("at", "end", "opened", "anchor", "limbs")
"""What `deciding.load` leaves alone where the table does not say otherwise."""
ASKED_OF_CONTESTS = ("at", "end", "fee")

_NOTHING = Rows(Columns(*(np.zeros(0, np.int8) for _ in Columns._fields)), (), (), (), (), (), ())


def asked_columns(*judges: Judge) -> tuple[str, ...]:
    """The columns that these judges' rules ask for; any other may be read as zeros. Raises NotTabled."""
    tables = [table_of(judge, _NOTHING, {}) for judge in judges]
    never = {*ASKED_SELDOM, *ASKED_OF_CONTESTS}
    if any(table[SELDOM] for table in tables):
        never -= set(ASKED_SELDOM)
    if any(table[CONTESTS] for table in tables):
        never -= set(ASKED_OF_CONTESTS)
    return tuple(name for name in JUDGED if name not in never)
