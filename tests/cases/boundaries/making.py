"""How a generated case is put together: what an item asks for is there, so that only the limit that is tried decides.

Dates and numbers of the expectations are worked out in the modules beside this one, from the tables of `notice.py`
and `readings.py`; nothing here asks the judge.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from msgspec.structs import replace

from tests.cases.case import PAYS, Case, Expected
from tests.cases.notice import INDICATION, SLUG
from tests.cases.readings import READINGS
from tests.cases.story import ids

FIRST = date(2021, 3, 1)
CHILDREN = {3, 20, 25}
YOUNG = "born=2015-06-01"
"""Five years old on FIRST."""


def needs(number: int) -> str:
    """Findings that are enough for the item: of each group of its indication the first, and a severity for item 21."""
    words = [_said(*group[0]) for group in INDICATION.get(number, ())]
    return " ".join([*words, *(["severity_adl=moderate"] if number == 21 else [])])


def _said(name: str, values: tuple[object, ...]) -> str:
    return name if values[0] is True else f"{name}={values[0]}"


def line(day: date, act: str, number: int, more: str = "", *, at: str = "09:00") -> str:
    """One line of a story: an act (or a series) of the item."""
    if number == 9:
        more += " serves=recreational-sports-training"
    return f"{day} {at} {act} {SLUG[number]} {more}\n"


def case(
    home: str,
    name: str,
    number: int,
    given: str,
    expect: Mapping[str, str],
    *,
    findings: str | None = None,
    patient: str | None = None,
    readings: Mapping[str, str] | None = None,
) -> Case:
    """A case of one item. `expect` may name series and more than one act at once."""
    ordered = "2015-01-01 08:00 PrescriptionIssued R9 items=recreational-sports-training\n" if number == 9 else ""
    expected: Expected = {act: verdict for acts, verdict in expect.items() for act in ids(acts)}
    return Case(
        home=home,
        name=name,
        given=ordered + given,
        expect=expected,
        findings=needs(number) if findings is None else findings,
        patient=(YOUNG if number in CHILDREN else "") if patient is None else patient,
        readings=dict(readings or {}),
    )


def whatever(one: Case, *names: str, but: Iterable[str] = ()) -> Iterator[Case]:
    """The case, and again under each other option of these readings, which change nothing in it."""
    yield one
    for name in names:
        for option in READINGS[name].options[1:]:
            if option not in but:
                yield replace(one, readings=one.readings | {name: option})


def days_on(first: date, *offsets: int) -> list[date]:
    """Days so many after the first."""
    return [first + timedelta(days=offset) for offset in offsets]


def visits(first: date, until: date) -> str:
    """Something done once a month, outside the rulebook, so that no 90 days are idle (reading `episode`: gap_90)."""
    months = (until - first).days // 30
    return f"{first} 07:00 V1..V{months} acupuncture sheet=P1/E1/acupuncture every=30\n"


def visited(first: date, until: date) -> Expected:
    """What comes of these visits: nothing is asked of them."""
    return {f"V1..V{(until - first).days // 30}": PAYS}
