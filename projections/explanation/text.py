"""An account as text for a terminal or a letter: what a person reads, in one language or in both.

One language after the other, Chinese first: who reads one need not step over the other. Clauses that fail come before
those that hold, each group in the order of judging. Lines are broken at a width that counts a Chinese character as
two columns.
"""

from collections.abc import Iterator, Sequence

from projections.explanation.account import Account, Reason
from projections.explanation.lines import columns, wrapped
from projections.said import LANGUAGES, NOTHING, Language, Said, joined, named

WIDTH = 100
_HEADINGS: dict[bool, Said] = {
    False: Said("不符合的条款", "Clauses that fail"),
    True: Said("符合的条款", "Clauses that hold"),
}
_LABELS: dict[str, Said] = {
    "asks": Said("要求", "asks"),
    "found": Said("情况", "found"),
    "observed": Said("记录", "recorded"),
    "read": Said("读法", "read as"),
}
_TAB = {"zh": 6, "en": 10}
_INDENT = "    "


def explain(told: Account, languages: Sequence[Language] = LANGUAGES, width: int = WIDTH) -> str:
    """The account as lines of at most `width` columns; it ends with what would make the act payable."""
    pages = ["\n".join(_page(told, language, width)) + "\n" for language in languages]
    return ("\n" + "─" * width + "\n\n").join(pages)


def _page(told: Account, language: Language, width: int) -> Iterator[str]:
    def said(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    yield from wrapped(told.title.in_language(language), width)
    yield from wrapped(told.headline.in_language(language), width)
    yield said("判定：", "Verdict: ") + told.verdict_told.in_language(language)
    for under in told.under:
        yield from wrapped(under.told.in_language(language), width, _INDENT)
    yield ""
    for holds, heading in _HEADINGS.items():
        reasons = [reason for reason in told.reasons if reason.holds is holds]
        if reasons:
            yield heading.in_language(language) + said(f"（{len(reasons)}）", f" ({len(reasons)})")
            for reason in reasons:
                yield from _clause(reason, language, width)
            yield ""
    if told.judged_by:
        yield from wrapped(said("依据：", "Judged by: ") + told.judged_by, width, "", _INDENT)
    if told.as_of is not None:
        yield said("只看到此时为止发生的：", "What had happened by: ") + told.as_of.isoformat()
    if told.as_known_at is not None:
        yield said("只看到此时为止记下的：", "What had been recorded by: ") + told.as_known_at.isoformat()
    yield ""
    yield said("怎样才能支付", "What would make it payable")
    for closing in told.closing:
        yield from wrapped(closing.in_language(language), width, _INDENT)


def _clause(reason: Reason, language: Language, width: int) -> Iterator[str]:
    """In full where it fails; where it holds, what it asks and what was found, in few lines."""
    yield from wrapped(f"{'✓' if reason.holds else '✗'} {reason.clause}  {reason.quote or ''}", width, "", _INDENT)
    for label, row in _holding(reason) if reason.holds else _failing(reason):
        if row:
            word = _LABELS[label].in_language(language)
            begin = word + " " * (_TAB[language] - columns(word))
            yield from wrapped(row.in_language(language), width, _INDENT + begin, _INDENT + " " * _TAB[language])


def _holding(reason: Reason) -> Iterator[tuple[str, Said]]:
    yield "asks", reason.meaning
    yield "found", joined(said for said in (reason.counted, reason.observed) if said is not None)
    yield "read", named(f"{reading.reading}={reading.option}" for reading in reason.readings)


def _failing(reason: Reason) -> Iterator[tuple[str, Said]]:
    yield "asks", reason.meaning
    if reason.shortfall is not None:
        yield "found", reason.shortfall
    if reason.observed is not None and "；" in reason.observed.zh:  # of one thing seen, the shortfall says it already
        yield "observed", reason.observed
    for reading in reason.readings:
        option = f"{reading.reading}={reading.option}"
        words = reading.meaning or NOTHING
        yield "read", Said(f"{option}  {words.zh}", f"{option}  {words.en}")
