"""How many bytes a value holds, counted object by object.

An allocation tracer counts in what freed objects leave in free lists, which is another number in every run; this is
the same in all of them.
"""

import gc
import sys
from collections.abc import Container, Iterable
from types import FunctionType, ModuleType

_OF_THE_PROGRAM = (type, FunctionType, ModuleType)
_EVERYWHERE = (None, True, False, *range(-5, 257))


def bytes_held(value: object, without: Iterable[object] = ()) -> int:
    """The size of all that the value reaches, itself too, but for what these reach: what is shared is nobody's own."""
    shared = set(reached([*without, *_EVERYWHERE]))
    return sum(sys.getsizeof(held) for held in reached([value], shared).values())


def reached(roots: Iterable[object], without: Container[int] = ()) -> dict[int, object]:
    """By identity, every object that these lead to; classes, functions and modules belong to the program."""
    found: dict[int, object] = {}
    pending = list(roots)
    while pending:
        held = pending.pop()
        if id(held) not in found and id(held) not in without and not isinstance(held, _OF_THE_PROGRAM):
            found[id(held)] = held
            pending += gc.get_referents(held)
    return found
