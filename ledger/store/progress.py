"""How whoever does something long says how far it is; one word for it, from the store up to whoever shows it."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""(done, total): how much is done, and of how much: entries, or tiles. Of an index that is built every entry counts
twice, once for itself and once for its tags."""
