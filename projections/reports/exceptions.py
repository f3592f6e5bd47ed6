"""The auditor's exceptions as a report: what `projections.exceptions` found, by kind and one by one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ledger.treatment.values import at_home
from projections.exceptions.exceptional import Exceptional
from projections.reports.document import Chart, Column, Document, Row, Table, figure, label
from projections.reports.question import Filter, Question
from projections.reports.view import ANYTIME
from projections.said import NOTHING, Said

NOTES = (
    Said(
        "异常是提请核实的问题，不是结论，不影响支付。按开始之日和机构筛选。",
        "An exception is a question to be put, no finding, and takes no money away. Filtered by the day it begins and "
        "by institution.",
    ),
    Said(
        "展开所示为收费的治疗；用于比较而未收费的评定不在镜像之列。",
        "A row opens into acts; an assessment that is not charged and was compared is none.",
    ),
)


_LISTED = 100
"""Acts in a cell."""


def exceptions(found: Iterable[Exceptional], question: Question, titles: Mapping[str, Said]) -> Document:
    """The exceptions within the question's filter, by kind and then by time. `titles`: what a kind is called."""
    kept = sorted(
        (one for one in found if _within(one, question.filter)), key=lambda one: (one.name, one.begin, one.acts)
    )
    return Document(
        name="exceptions",
        title=Said("异常清单", "Exceptions"),
        basis=question.basis(),
        tables=(_by_kind(kept, titles), _one_by_one(kept, titles)),
        charts=(
            Chart(
                id="kinds",
                title=Said("各类异常", "Exceptions by kind"),
                kind="bar",
                table="kinds",
                x="title",
                series=("exceptions",),
            ),
        ),
        notes=NOTES,
    )


def _within(one: Exceptional, asked: Filter) -> bool:
    day: date = at_home(one.begin).date()
    return (
        (asked.first is None or asked.first <= day)
        and (asked.last is None or day <= asked.last)
        and (asked.institution is None or asked.institution in one.institutions)
    )


def _key(acts: Iterable[str]) -> str:
    return f"{ANYTIME}&act={','.join(dict.fromkeys(acts))}"


def _some(words: Sequence[object]) -> str:
    """The first of them: a cell of thousands helps nobody, and the row's key opens them all."""
    more = [f"… (+{len(words) - _LISTED:,})"] if len(words) > _LISTED else []
    return " ".join([*map(str, words[:_LISTED]), *more])


def _by_kind(found: list[Exceptional], titles: Mapping[str, Said]) -> Table:
    kinds: dict[str, list[Exceptional]] = {}
    for one in found:
        kinds.setdefault(one.name, []).append(one)
    rows = []
    for name, some in kinds.items():
        said = titles.get(name, NOTHING)
        acts = {act for one in some for act in one.acts}
        people = {person for one in some for person in one.practitioners}
        source = some[0].source
        cells = (name, said.zh or name, said.en or name, len(some), len(acts), len(people), source.place, source.words)
        rows.append(Row(_key(act for one in some for act in one.acts), cells))
    return Table(
        id="kinds",
        title=Said("按类别", "By kind"),
        columns=(
            label("kind", "类别", "kind"),
            label("title", "名称", "title (Chinese)"),
            label("title_en", "名称（英文）", "title"),
            figure("exceptions", "异常数", "exceptions"),
            Column(id="acts", title=Said("涉及记录数", "records concerned"), unit="count"),
            Column(id="practitioners", title=Said("涉及人员数", "practitioners"), unit="count"),
            label("place", "依据", "source"),
            label("words", "原文", "its words"),
        ),
        rows=tuple(rows),
    )


def _one_by_one(found: list[Exceptional], titles: Mapping[str, Said]) -> Table:
    rows = []
    for one in found:
        cells = (
            one.name,
            titles.get(one.name, NOTHING).zh or one.name,
            at_home(one.begin).isoformat(timespec="minutes"),
            at_home(one.end).isoformat(timespec="minutes"),
            " ".join(one.institutions),
            " ".join(one.practitioners),
            " ".join(one.patients),
            one.what.zh,
            one.what.en,
            _some(one.acts),
            _some(one.positions),
        )
        rows.append(Row(_key(one.acts), cells))
    return Table(
        id="exceptions",
        title=Said("逐项", "One by one"),
        columns=(
            label("kind", "类别", "kind"),
            label("title", "名称", "title"),
            label("begin", "起", "begin"),
            label("end", "止", "end"),
            label("institutions", "机构", "institutions"),
            label("practitioners", "人员", "practitioners"),
            label("patients", "患者", "patients"),
            label("what", "情况", "what (Chinese)"),
            label("what_en", "情况（英文）", "what"),
            label("acts", "记录", "records"),
            label("positions", "日志位置", "log positions"),
        ),
        rows=tuple(rows),
    )
