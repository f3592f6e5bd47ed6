"""What a change of the rules moves, as a report: who gains, who loses, how much, act by act."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from projections.preview import Change, Line, Preview
from projections.reports.document import Chart, Column, Document, OtherRules, Row, Table, figure, label
from projections.reports.question import Filter, Question
from projections.reports.view import ANYTIME
from projections.rules.judge import Judge
from projections.rules.succession import Succession
from projections.said import Said

_FIGURES = (
    figure("gained", "新增可支付次数", "acts gained"),
    figure("gained_fen", "新增可支付费用", "fees gained", "fen"),
    figure("lost", "不再支付次数", "acts lost"),
    figure("lost_fen", "不再支付费用", "fees lost", "fen"),
    figure("no_fee", "其中未确费次数", "of these without a fee"),
)
_WAYS = (
    ("item", "items", "项目", "item", Said("按项目", "By item")),
    ("institution", "institutions", "机构", "institution", Said("按机构", "By institution")),
    ("month", "months", "月份", "month", Said("按月", "By month")),
    ("patient", "patients", "患者", "patient", Said("按患者", "By patient")),
    ("clause", "clauses", "条款", "clause", Said("按条款（可重叠）", "By clause (an act can be in several)")),
)

_CHANGES = {"gained": Said("新增可支付", "newly paid"), "lost": Said("不再支付", "no longer paid")}


def changes(found: Preview, now: Question, then: Judge, *, adoption: int | None = None) -> Document:
    """The report on a preview within the question's filter. `now.judge` judged the side before, `then` the one after;
    `adoption`: the log position of the entry that made the one of the other, where there is one.

    Figures open where all acts that move were told (`told` of `preview`): by their positions in the log, whatever the
    judge.
    """
    whole = len(found.changes) == found.gained.acts + found.lost.acts
    told = found.changes if whole else None
    lines = (found.by_item, found.by_institution, found.by_month, found.by_patient, found.by_clause)
    tables = [
        Table(
            id=id,
            title=title,
            columns=(label(way, zh, en), *_FIGURES),
            rows=tuple(_rows(way, some, told)),
        )
        for (way, id, zh, en, title), some in zip(_WAYS, lines, strict=True)
    ]
    total = Line(key="", gained=found.gained, lost=found.lost)
    tables.insert(0, _overall(found, _row(total, told)))
    return Document(
        name="changes",
        title=Said("规则变更影响", "What a change of the rules moves"),
        basis=replace(now.basis(), other=other_rules(then, adoption)),
        tables=(*tables, _acts(found.changes)),
        charts=(
            Chart(
                id="items-money",
                title=Said("各项目费用变化", "Fees gained and lost, by item"),
                kind="bar",
                table="items",
                x="item",
                series=("gained_fen", "lost_fen"),
                most=12,
            ),
        ),
        notes=_notes(found, whole, now.filter),
        said=_unruled(found, whole, now.judge, then),
    )


def other_rules(then: Judge, adoption: int | None = None) -> OtherRules:
    """What else is judged by, as a basis has it; its evidence is not asked."""
    rules = then.rulebook
    periods = rules.periods if isinstance(rules, Succession) else ()
    return OtherRules(
        rulebooks=tuple((book.id, book.digest) for book in then.rulebooks),
        periods=tuple((begin, book.id, book.digest) for begin, book in periods),
        readings=dict(then.choice),
        adoption=adoption,
    )


def _unruled(found: Preview, whole: bool, now: Judge, then: Judge) -> tuple[Said, ...]:
    """That acts move because one side has no rulebook on their days: nothing was adopted before the first adoption."""
    before, after = _first_day(now), _first_day(then)
    first = max(before, after)
    if before == after or (whole and all(one.day >= first for one in found.changes)):
        return ()
    side = Said("变更后", "after the change") if after > before else Said("变更前", "before the change")
    return (
        Said(
            f"{side.zh}，{first} 以前没有生效的规则，只看记录是否完整：这些日子的变动由此而来，并非某一条款所致。",
            f"There is no rulebook in force before {first} {side.en}, so the record alone decides on those days: "
            "what moves there moves for that, not by a clause that was changed.",
        ),
    )


def _first_day(judge: Judge) -> date:
    """From which day on a rulebook decides."""
    rules = judge.rulebook
    return rules.periods[0].begin if isinstance(rules, Succession) and rules.periods else date.min


def _notes(found: Preview, whole: bool, asked: Filter) -> tuple[Said, ...]:
    notes = [
        Said(
            f"共 {found.acts} 次、{found.patients} 名患者；重新判定变更可及的 {found.patients_judged} 名患者的"
            f" {found.judged} 次，其余不变。",
            f"{found.acts} acts of {found.patients} patients; the {found.judged} acts of the {found.patients_judged} "
            "patients whom the change can reach were judged again, all others stay.",
        ),
    ]
    if asked != Filter():
        notes.append(
            Said(
                "两套规则均判定全部治疗；只汇总所问日期和机构内的变动，上述次数为全部。",
                "Both sides judge all acts; summed is only what moves on the days and at the institution asked for, "
                "and the counts above are of all.",
            )
        )
    if not whole:
        moved = found.gained.acts + found.lost.acts
        notes.append(
            Said(
                f"变动 {moved} 次，逐一列出 {len(found.changes)} 次；合计数不可展开。",
                f"{moved} acts move, {len(found.changes)} are listed; the sums do not open.",
            )
        )
    return tuple(notes)


def _overall(found: Preview, row: Row) -> Table:
    columns = (*_FIGURES, Column(id="patients", title=Said("涉及患者数", "patients moved"), unit="count"))
    cells = (*row.cells[1:], found.patients_moved)
    return Table(id="whole", title=Said("合计", "Together"), columns=columns, rows=(Row(row.key, cells, row.opens),))


def _rows(way: str, lines: Iterable[Line], told: Sequence[Change] | None) -> Iterator[Row]:
    """A row a line; `told`: all acts that move, for the rows to open into, or None."""
    of: dict[str, list[Change]] = {}
    for one in told or ():
        for word in _words(way, one):
            of.setdefault(word, []).append(one)
    for line in lines:
        yield _row(line, None if told is None else of.get(line.key, []))


def _row(line: Line, of: Sequence[Change] | None) -> Row:
    """`of`: the acts that the line sums up, where they were told."""
    gained, lost = line.gained, line.lost
    cells = (
        line.key,
        gained.acts,
        gained.amount_fen,
        lost.acts,
        lost.amount_fen,
        gained.without_fee + lost.without_fee,
    )
    if of is None:
        return Row(_key([]), cells, dict.fromkeys(figure.id for figure in _FIGURES))
    won, gone = ([one for one in of if one.payable is payable] for payable in (True, False))
    opens = {
        "gained": _key(won),
        "gained_fen": _key(won),
        "lost": _key(gone),
        "lost_fen": _key(gone),
        "no_fee": _key([one for one in of if one.amount_fen is None]),
    }
    return Row(_key(of), cells, opens)


def _words(way: str, one: Change) -> Sequence[str]:
    if way == "clause":
        return one.because
    return (f"{one.day:%Y-%m}" if way == "month" else str(getattr(one, way)),)


def _key(of: Sequence[Change]) -> str:
    """Of no act too: position 0 is nobody's."""
    return f"{ANYTIME}&position={','.join(str(one.position) for one in of) or 0}"


def _acts(told: Sequence[Change]) -> Table:
    rows = []
    for one in told:
        change = "gained" if one.payable else "lost"
        cells = (
            one.position,
            one.act,
            one.day.isoformat(),
            one.institution,
            one.patient,
            one.item,
            change,
            " ".join(one.because),
            one.amount_fen,
        )
        rows.append(Row(_key([one]), cells))
    return Table(
        id="acts",
        title=Said("逐次变动", "Acts that move"),
        columns=(
            label("position", "日志位置", "log position", "position"),
            label("act", "编号", "act"),
            label("day", "日期", "day", "day"),
            label("institution", "机构", "institution"),
            label("patient", "患者", "patient"),
            label("item", "项目", "item"),
            Column(id="change", title=Said("变动", "change"), words=_CHANGES),
            label("because", "依据（原或新）", "denied by, before or after"),
            figure("amount_fen", "确认费用", "confirmed fee", "fen"),
        ),
        rows=tuple(rows),
    )
