"""How a patient stands, drawn for a person: a block an item, a small bar a limit, what to watch marked.

In Chinese, in English, or in English with what matters said in both. On a terminal lines are folded to its width; in
a pipe they stay whole, so that `grep` finds what it looks for.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from api.cli.tables import width_of
from api.cli.terminal import folded, shown
from api.cli.wording import WORDS, Words

if TYPE_CHECKING:
    from projections.eligibility import Counter, ExtensionState, GateState, LastAssessment, LimitWarning, Standing

Line = tuple[str, str | list[str]]
"""What a line is about, and what it says: a sentence, or a list whose parts are not broken."""

_BAR = 10
_DENIED = "✗"
_MARKS = {"notice": "·", "warning": "!", "denied": _DENIED}
_INDENT = "  "


class Drawing:
    """Blocks in one language or in both: then the words between the numbers are English."""

    def __init__(self, language: str) -> None:
        self._words: Words = WORDS["zh" if language == "zh" else "en"]
        self._languages = ["en", "zh"] if language == "both" else [language]

    def show_title(self, patient: str, at: datetime, episode: str | None) -> None:
        """Writes who is asked about, when and in which course of disease."""
        about = self._words.episode.format(episode) if episode is not None else ""
        click.echo(shown(self._words.title.format(patient, f"{at:%Y-%m-%d %H:%M}") + about))

    def show(self, standings: "Sequence[Standing]") -> None:
        """Writes a block for each item to standard output."""
        for one in standings:
            click.echo()
            click.echo(shown(self._words.headed.format(one.item, one.name, self._words.rule.format(one.rule))))
            _write(list(self._lines(one)))

    def show_others(self, standings: "Sequence[Standing]") -> None:
        """Writes of items that nothing was used of whether one would be paid, and by which clauses not."""
        say = self._words
        named = {one.item: say.named.format(one.item, one.name) for one in standings}
        paid = [named[one.item] for one in standings if one.payable]
        denied = [
            say.bracketed.format(named[one.item], " ".join(one.denied_by)) for one in standings if not one.payable
        ]
        click.echo()
        click.echo(say.others.format(len(standings)))
        _write([(say.paid, paid), (say.not_paid, denied)], say.listed)

    def show_presumed(self) -> None:
        """Writes what a forecast takes for granted."""
        click.echo()
        for line in _lines(self._words.presumed, 0):
            click.echo(line)

    def _lines(self, one: "Standing") -> Iterator[Line]:
        say = self._words
        yield say.one_more, say.paid if one.payable else say.not_paid + say.colon + say.listed.join(one.denied_by)
        if not one.payable:
            yield say.next, say.waiting.format(one.next_payable_on) if one.next_payable_on else say.no_waiting
        warned = {warning.clause: warning for warning in one.warnings}
        for finding in one.decision.findings:
            warning = warned.get(finding.clause)
            if not finding.holds:
                yield f"{_DENIED} {finding.clause}", finding.quote or ""
                yield from self._told(warning)
            elif warning is not None:
                (_, first), *rest = self._told(warning)
                yield from ((f"{_MARKS[warning.severity]} {finding.clause}", first), *rest)
        yield from self._limits(one, {clause for clause in warned if warned[clause].kind != "limit_near"})
        if one.last_assessment is not None:
            last = one.last_assessment
            what = " ".join(self._of_assessment(last))
            told = f"{last.at:%Y-%m-%d} {last.assessment}"
            yield say.assessed, say.bracketed.format(told, what) if what else told
        if one.pace is not None:
            yield say.pace, say.paced(one.pace.acts, one.pace.days, one.pace.weeks, one.pace.until)

    def _of_assessment(self, last: "LastAssessment") -> Iterator[str]:
        """Of which item it was, and what came out."""
        from projections.explanation.terms import OUTCOMES, term

        chinese = self._words.language == "zh"
        if last.item:
            yield (last.name or last.item) if chinese else last.item
        if last.outcome:
            yield term(OUTCOMES, last.outcome).zh if chinese else last.outcome

    def _limits(self, one: "Standing", told: set[str]) -> Iterator[Line]:
        """The limits with what is foreseen of each; what a gate or a span needs, where no warning has said it."""
        gates = {gate.clause: gate for gate in one.gates if gate.en}
        spans = {span.clause: span for span in one.extensions if span.en}
        for counter in one.counters:
            yield counter.clause, self._counted(counter)
            if counter.reached_on is not None and counter.days_left_at_pace:
                yield "", self._words.reached(counter.reached_on, counter.days_left_at_pace)
            if counter.clause not in told:
                yield from self._told(gates.get(counter.clause) or spans.get(counter.clause))
        counted = {counter.clause for counter in one.counters}
        for span in spans.values():
            if span.clause not in counted:
                if span.ends_on is not None:
                    yield span.clause, self._words.until.format(span.ends_on)
                    yield from self._told(span)
                else:
                    (_, first), *rest = self._told(span)
                    yield from ((span.clause, first), *rest)

    def _told(self, what: "GateState | ExtensionState | LimitWarning | None") -> Iterator[Line]:
        if what is not None:
            yield from (("", what.zh if language == "zh" else what.en) for language in self._languages)

    def _counted(self, counter: "Counter") -> str:
        window = self._window(*counter.window) if counter.window is not None else ""
        said = self._words.counted(counter.used, counter.limit, counter.left, counter.unit)
        return f"{bar(counter.used, counter.limit)} {said}{window}"

    def _window(self, first: date, last: date | None) -> str:
        days = first if first == last else self._words.span.format(first, last or "...")
        return self._words.window.format(days)


def bar(used: int, limit: int) -> str:
    """Full only when the limit is reached, empty only when nothing is used."""
    full = min(used * _BAR // limit, _BAR) or int(used > 0)
    return "█" * full + "░" * (_BAR - full)


def _write(lines: Sequence[Line], comma: str = ", ") -> None:
    """Two columns; the second is folded on a terminal, which would otherwise break it anywhere."""
    label = max(width_of(name) for name, _ in lines)
    margin = len(_INDENT) + label + 2
    for name, text in lines:
        first, *rest = _lines(text, margin, comma)
        click.echo(f"{_INDENT}{shown(name)}{' ' * (label - width_of(name))}  {first}".rstrip())
        for line in rest:
            click.echo(" " * margin + line)


def _lines(text: str | list[str], margin: int, comma: str = ", ") -> list[str]:
    """The lines of a text beside a margin; one line where nobody looks at a width."""
    if isinstance(text, str):
        return folded(shown(text), margin)
    if not text or not sys.stdout.isatty():
        return [shown(comma.join(text) or "-")]
    from rich.console import Console

    room = max(Console().width - margin, 20)
    lines = [""]
    for part in [*(f"{part}{comma}" for part in text[:-1]), text[-1]]:
        if lines[-1] and width_of(lines[-1] + part.rstrip()) > room:
            lines.append("")
        lines[-1] += shown(part)
    return [line.rstrip() for line in lines]
