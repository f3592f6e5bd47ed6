"""The readings of a rulebook drawn for a person: what is in dispute, and what each other option would move."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from api.cli.terminal import folded, shown

if TYPE_CHECKING:
    from projections.pricing import Alternative, Prices
    from projections.rules.rulebook import Rulebook

_BAR = 10
_ROOMY = 100  # columns of a terminal that has room for bars
_EIGHTHS = " ▏▎▍▌▋▊▉"


def listed(book: "Rulebook", taken: Mapping[str, str]) -> list[dict[str, object]]:
    """Every reading as data, with the option `taken` and the clauses that it decides."""
    import msgspec

    from projections.rules.reach import clauses_by_reading

    clauses = clauses_by_reading(book)
    return [
        {"name": name, **msgspec.to_builtins(reading), "taken": taken[name], "clauses": clauses[name]}
        for name, reading in book.readings.items()
    ]


def show_readings(book: "Rulebook", taken: Mapping[str, str]) -> None:
    """Writes each reading: its words, its options with who takes them, why, on what ground, and what it decides."""
    from projections.rules.reach import clauses_by_reading

    clauses = clauses_by_reading(book)
    click.echo(shown(f"{book.id}  {book.title}: {len(taken)} readings; > is the option taken"))
    for name, reading in book.readings.items():
        words = " ".join(f"“{phrase}”" for phrase in reading.phrase) or "(no words: the text is blank)"
        click.echo()
        _write(name, words)
        widest = max(map(len, reading.options))
        for option, meaning in reading.options.items():
            mark = ">" if taken[name] == option else " "
            takers = [profile for profile in ("default", "strict", "lenient") if getattr(reading, profile) == option]
            chinese = f" {reading.options_zh[option]}" if option in reading.options_zh else ""
            by_whom = f" [{', '.join(takers)}]" if takers else ""
            _write(f"  {mark} {option:<{widest}}", f"{meaning}{chinese}{by_whom}")
        _write("  why", f"{reading.why} ({reading.basis})")
        _write("  decides", ", ".join(clauses[name]) or "no clause of this rulebook")


def _write(name: str, text: str) -> None:
    """A name and what is said of it, folded beside it."""
    first, *rest = folded(shown(text), len(name) + 2)
    click.echo(f"{shown(name)}  {first}")
    for line in rest:
        click.echo(" " * (len(name) + 2) + line)


def show_prices(prices: "Prices") -> None:
    """Writes a table of the alternatives that move anything, those of the profiles, and a line with the others."""
    from api.cli.tables import Yuan, emit_table

    chosen = ", ".join([prices.profile, *(f"{name}={option}" for name, option in prices.readings.items())])
    click.echo(shown(f"{prices.acts:,} acts judged by {', '.join(prices.rulebooks)} under {chosen}:"))
    click.echo(f"{prices.payable:,} payable, {Yuan(prices.amount_fen)}{_lacking(prices.without_fee)}")
    moving = [one for one in prices.alternatives if one.acts]
    for title, what, rows in (
        ("If one reading were taken otherwise", "reading", moving),
        ("If another profile were taken", "profile", prices.profiles),
    ):
        if rows:
            click.echo()
            columns, cells = _table(what, rows)
            emit_table(columns, cells, title=f"{title} (acts newly paid, newly denied)")
    still = [_named(one) for one in prices.alternatives if not one.acts]
    if still:
        click.echo()
        _write(f"These {len(still)} move nothing:", ", ".join(still))


def _table(what: str, rows: "Sequence[Alternative]") -> tuple[list[str], list[list[object]]]:
    """Columns and cells; of fees that were not confirmed only where there are any, of bars only where there is room."""
    from shutil import get_terminal_size

    from api.cli.tables import Yuan

    without = any(one.newly_payable.without_fee or one.newly_denied.without_fee for one in rows)
    drawn = not sys.stdout.isatty() or get_terminal_size().columns >= _ROOMY
    moved = [one.amount_fen for one in rows]
    if not any(moved):  # no fee is known of anything: then acts are what can be compared
        moved = [one.acts for one in rows]
    columns = [what, "paid", "¥ more", "denied", "¥ less", "patients"]
    columns += [*(["no fee"] if without else []), *(["moved"] if drawn else [])]
    return columns, [
        [
            _named(one),
            *(value for way in (one.newly_payable, one.newly_denied) for value in (way.acts, Yuan(way.amount_fen))),
            one.patients,
            *([one.newly_payable.without_fee + one.newly_denied.without_fee] if without else []),
            *([_bar(part, max(moved))] if drawn else []),
        ]
        for one, part in zip(rows, moved, strict=True)
    ]


def _named(one: "Alternative") -> str:
    return one.option if one.reading is None else f"{one.reading}={one.option}"


def _bar(part: int, whole: int) -> str:
    """A bar as long as the part is of the whole; whatever is there at all is seen."""
    eighths = max(1, round(part * _BAR * 8 / whole)) if part else 0
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _lacking(acts: int) -> str:
    return f" ({acts:,} without a confirmed fee)" if acts else ""
