"""Things put side by side: what shares a key, and what repeats itself without a break."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K")


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """The items by key, each list in the order given."""
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def longest_runs(items: Iterable[T], key: Callable[[T], K | None], least: int) -> Iterator[list[T]]:
    """Stretches of at least `least` consecutive items with the same key, each as long as it goes.

    An item whose key is None is like no other and ends a stretch.
    """
    run: list[T] = []
    running: K | None = None
    for item in items:
        value = key(item)
        if run and value != running:
            if len(run) >= least:
                yield run
            run = []
        if value is not None:
            run.append(item)
        running = value
    if run and len(run) >= least:
        yield run
