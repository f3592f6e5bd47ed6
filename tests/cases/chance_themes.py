"""The corners of the notice that journals by chance crowd: one function a theme, each with the readings it is about.

Days are drawn around the limits that the clauses have, a day before, on and after, counted from an earlier act.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from ledger.treatment.facts import Fact
from ledger.treatment.values import HOME
from tests.cases.chance import Teller, told
from tests.cases.notice import EXTENDED, GAP, SLUG, SPAN, TRAININGS

Days = tuple[int, ...]
START = datetime(2021, 2, 1, 8, tzinfo=HOME)


def _walk(chance: Random, steps: Days, acts: int, *, minutes: int = 90) -> Iterator[datetime]:
    """Instants one after another: `steps` are the days between them to choose from. Now and then two at once."""
    at = START + timedelta(days=chance.randrange(60))
    for _ in range(acts):
        yield at
        days = chance.choice(steps)
        at += timedelta(days=days, minutes=chance.choice((0, chance.randrange(minutes), chance.randrange(minutes))))
        at = at.replace(hour=at.hour % 14 + 6) if days else at


def limbs(chance: Random) -> list[Fact]:
    """Items 1 to 4 and 27 with 28 on crowded days: per day, exclusion, overlap, fees."""
    teller = Teller(chance, chance.choice((0.9, 0.98, 1)))
    items = list(chance.choice(((1, 2), (1, 2, 3), (1, 2, 3, 4), (1, 1, 1, 4), (27, 28), (1,), (5, 7, 43))))
    teller.open(items)
    confirmed = chance.choice((0, 0.7, 1, 1))  # how many of the acts have a fee; some have it confirmed again
    many = 27 not in items
    for at in _walk(
        chance, (0, 0, 0, 0, 1, 1, 2, 15) if many else (0, 0, 14, 15, 16, 30), 50, minutes=40 if many else 3
    ):
        if chance.random() < 0.05:
            teller.admit_or_discharge(at)
        whose = chance.choice((0, 0, 0, 0, 1, 2))
        item = chance.choice(items)
        stay = teller.stay if teller.stay and whose < 2 and chance.random() < 0.4 else None
        said: dict[str, object] = {"stay": stay} if stay else {}
        if item in TRAININGS and not teller.slip():
            said |= {"stop": chance.choice((20, 30, 60))}
        name = teller.act(at, item, whose, **said)
        more = chance.random() < confirmed
        while more:
            later = at + timedelta(days=chance.choice((0, 0, 3)), minutes=chance.randrange(60))
            teller.tell(later, f"FeeConfirmed {name} amount_fen={chance.choice((4000, 4500, 5000, 5000, 6000))}")
            more = chance.random() < 0.3
    return told(teller, f"born={chance.choice(('2012-05-01', '2014-03-10', '2007-04-01'))}")


AROUND = (-31, -30, -29, -2, -1, 0, 0, 1, 1, 2, 13, 14, 15, 89, 90, 91, 364, 365, 366)
"""Days from the end of a span: where an assessment begins to count, and where it is no longer valid."""


def spans(chance: Random) -> list[Fact]:
    """Few acts over years, crowded around the end of the span: the clock, its anchor, and what continues it."""
    teller = Teller(chance, chance.choice((0.97, 0.99, 1)))
    items = [chance.choice([*sorted(EXTENDED) * 2, *sorted(SPAN)])] * 6 + [chance.choice(sorted(SPAN))]
    length = 180 if SPAN[items[0]] == "180 days" else 365
    onset = START - timedelta(days=chance.choice((0, 90, 300)))
    teller.open(items, onset=onset.date())
    usual, at, began = chance.random() < 0.5, START + timedelta(days=chance.randrange(5)), START
    for _ in range(3):
        steps = [
            at := at + timedelta(days=chance.choice((0, 1, 1, 2, 14, 60, 89, 90, 91)), minutes=9) for _ in range(5)
        ]
        began = chance.choice((began, onset, steps[0], steps[0], steps[0]))
        end = began.replace(hour=8) + timedelta(days=length)
        steps += [
            end + timedelta(days=day, minutes=chance.randrange(99)) for day in sorted(chance.choices(AROUND, k=12))
        ]
        for instant in steps:
            at = max(at, instant) + timedelta(minutes=1)
            if chance.random() < 0.04:
                teller.admit_or_discharge(at)
            whose = 0 if usual else chance.choice((0, 0, 0, 0, 1, 2))
            if chance.random() < 0.4:
                teller.assess(at, whose, **({"outcome": "improved"} if chance.random() < 0.4 else {}))
            if chance.random() < 0.7:
                stay = {"stay": teller.stay} if teller.stay and whose < 2 else {}
                teller.act(at + timedelta(minutes=chance.choice((0, 1))), chance.choice(items), whose, **stay)
        at += timedelta(days=chance.choice((0, 1, 45, 90, 200)))
    return told(teller, "")


def daily(chance: Random) -> list[Fact]:
    """One item day after day, past 30, 90, 180 or 365 paid days, with what continues it."""
    teller = Teller(chance, 1 if chance.random() < 0.5 else 0.997)
    item = chance.choice((1, 2, 14, 17, 40, 16, 16, 22, 22, 23, 24))
    days = {16: 45, 17: 195, 40: 195, 22: 110}.get(item, 385)
    teller.open((item,), onset=START.date())
    at = START + timedelta(days=chance.randrange(330))
    pause = chance.choice((0, 0, 89, 90, 91))
    for n in range(days):
        at += timedelta(days=1)
        if n == days // 2:
            at += timedelta(days=pause)
        if n in (5, days - 40):
            teller.tell(at - timedelta(minutes=9), f"FindingsRecorded {teller.findings(absent=0.2)}")
        if n >= days - 30 or n % 60 == 0:
            if chance.random() < 0.25:
                teller.assess(at - timedelta(minutes=5))
            if chance.random() < 0.05:
                teller.admit_or_discharge(at - timedelta(minutes=2))
            if chance.random() < 0.2:
                teller.act(at + timedelta(hours=2), item, chance.choice((0, 0, 0, 1)))
        teller.act(at, item, chance.choice((0, 0, 0, 1)) if days < 60 else 0)
    return told(teller, "born=1985-06-01")


def palsy(chance: Random) -> list[Fact]:
    """Item 3 over years, through the seventh birthday."""
    teller = Teller(chance, chance.choice((0.97, 0.995, 1)))
    teller.open((3, 1))
    often = chance.choice(((20, 31), (1, 2), (1, 1, 30), (9, 28, 30)))
    for n, at in enumerate(_walk(chance, often, 230 if often == (1, 2) else 70)):
        if chance.random() < (0.05 if often == (1, 2) else 0.3) or n == 0:
            teller.assess(at - timedelta(minutes=3))
        teller.act(at, 3 if chance.random() < 0.95 else 1, chance.choice((0, 0, 0, 0, 0, 1)))
    born = START - timedelta(days=round(365.25 * 7) - chance.randrange(30, 700))
    return told(
        teller,
        f"born={chance.choice((f'{born:%Y-%m-%d}',) * 4 + ('2007-02-03', '2006-08-01', '2003-09-01', '2016-02-29'))}",
    )


def adl(chance: Random) -> list[Fact]:
    """Item 21: days by severity, and a gate every fourteen."""
    teller = Teller(chance, chance.choice((0.99, 1, 1)))
    severity = "" if chance.random() < 0.1 else f"severity_adl={teller.one('mild', 'moderate', 'severe')}"
    teller.open((21,), severity=severity)
    changes = chance.random() < 0.7
    crowd = chance.choice((0.03, 0.08, 0.2, 0.4))
    start = chance.choice(((0, 1, 1, 1), (1,), (1, 2), (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 90)))
    for at in _walk(chance, start, chance.choice((40, 70, 120))):
        if chance.random() < 0.03:
            teller.admit_or_discharge(at - timedelta(minutes=4))
        if changes and chance.random() < 0.04:
            where = teller.one("E1", "E1", "E2")
            teller.tell(
                at - timedelta(minutes=chance.choice((0, 3))),
                f"FindingsRecorded episode={where} severity_adl={teller.one('mild', 'moderate', 'severe')}",
            )
        whose = chance.choice((0, 0, 0, 0, 0, 0, 1))
        if chance.random() < crowd:
            item = chance.choice((9, 9, 10, 11))
            teller.act(
                at - timedelta(minutes=chance.choice((0, 2))),
                item,
                whose,
                **({"scales": ""} if chance.random() < 0.2 else {}),
            )
        teller.act(at, 21, whose)
    return told(teller, "")


def apart(chance: Random) -> list[Fact]:
    """Assessments fourteen days apart, a few a stay, a few an episode, one a month."""
    teller = Teller(chance, chance.choice((0.93, 0.98, 1)))
    items = [chance.choice((9, 10, 11, 15, 26)), chance.choice((9, 10, 27, 28)), *chance.sample(sorted(GAP), 3)]
    teller.open((5, *items))
    item = items[0]
    for at in _walk(chance, (0, 1, 13, 14, 15, 16, 28, 29, 30, 31, 89, 90), 70, minutes=3):
        kind = chance.random()
        if kind < 0.12:
            teller.admit_or_discharge(at)
        elif kind < 0.17:
            teller.act(at, 5)
        elif kind < 0.2:
            teller.trouble(at, (5,))
        elif kind < 0.25:
            teller.tell(at, f"FindingsRecorded {teller.findings(absent=0.2)}")
        else:
            whose, item = chance.choice((0, 0, 0, 0, 1, 2)), chance.choice((item, item, *items))
            said = {"institution": teller.one("H1", "H3")} if chance.random() < 0.3 else {}
            if chance.random() < 0.3:
                said |= {"assessors": "T1,T2,T3,T4"}
            if teller.stay and whose < 2 and chance.random() < 0.5:
                said |= {"stay": teller.stay}
            teller.act(at, item, whose, **said)
    return told(teller, "")


RETIRING = (
    ("male", "1964-12-31"), ("male", "1965-01-31"), ("male", "1961-05-31"), ("male", "1964-02-29"),
    ("female", "1970-01-31"), ("female", "1975-01-29"), ("female", "1974-12-30"), ("female", "1972-02-29"),
    ("female", "1968-02-29"),
)  # fmt: skip
"""Births whose retirement lies in these years, at the ends of months."""


def ages(chance: Random) -> list[Fact]:
    """Items 3, 20, 22, 25 around the birthdays that decide; 25 in groups, by other staff."""
    teller = Teller(chance, chance.choice((0.93, 0.99)))
    item = chance.choice((3, 20, 22, 25, 25))
    teller.open((item,))
    sex, category = teller.one("male", "female"), teller.one("worker", "cadre", "null")
    years = {3: (7, 15, 18), 20: (6, 7), 25: (6, 7, 7), 22: (16, 50, 50, 55, 60, 60)}[item]
    turns = START + timedelta(days=chance.choice((27, 28, 30, 90, 500)))
    when = f"{turns:%m-%d}" if chance.random() < 0.7 else teller.one("02-28", "03-31", "05-31")
    born = f"{turns.year - chance.choice(years)}-{when}"
    if item == 22 and chance.random() < 0.6:
        sex, born = chance.choice(RETIRING)
    ends = [datetime.fromisoformat(f"{born}T08:00+08:00") + timedelta(days=round(365.25 * y)) for y in years]
    if item == 22:
        ends += [end + timedelta(days=days) for end in ends for days in (31, 59, 61, 90)]
    near = sorted(
        end + timedelta(days=chance.randrange(-3, 4), hours=chance.randrange(14)) for end in ends for _ in range(12)
    )
    for at in near:
        if at >= START:
            mode = {"mode": teller.one("individual", "group")} if item == 25 else {}
            teller.act(at, item, chance.choice((0, 0, 0, 1)), **mode)
    return told(teller, f"born={born} sex={sex} employment_category={category}")


def world(chance: Random) -> list[Fact]:
    """Item 8 and all the others in every institution, by everybody: the record, and the indications."""
    teller = Teller(chance, chance.choice((0.8, 0.9, 0.95)))
    items = [8, 41, *chance.sample(sorted(SLUG), 6)]
    teller.open(items)
    for at in _walk(chance, (0, 1, 1, 2, 7, 15, 40), 70):
        kind = chance.random()
        if kind < 0.06:
            teller.tell(at, f"FindingsRecorded {teller.findings(absent=0.2)}")
        elif kind < 0.16:
            teller.trouble(at, items)
        elif kind < 0.22:
            teller.admit_or_discharge(at)
        else:
            whose = chance.choice((0, 0, 0, 1, 2))
            said = {"institution": teller.one("H1", "H1", "H1", "H2", "H3", "H4", "H5")}
            if teller.stay and whose < 2 and chance.random() < 0.4:
                said |= {"stay": teller.stay}
            teller.act(at, chance.choice(items), whose, **said)
    born = teller.one("2016-05-01", "1990-01-01", "2013-07-01", "2015-12-31")
    return told(teller, f"born={born}")


Theme = Callable[[Random], list[Fact]]
THEMES: dict[Theme, str] = {
    limbs: "combined together winner and_list episode",
    spans: "episode span_anchor extension_from extension_valid improvement extension_source persons_3 container",
    daily: "span_measure container day_unit extension_from span_anchor episode extension_source",
    palsy: "child year turning_7 month_unit extension_valid improvement extension_source",
    adl: "container severity_at gate_block gate_source day_unit episode",
    apart: "month gap_measure gap_from gap_scope outpatient_cap persons_3 adl_link episode together",
    ages: "child age_6 individual working_age",
    world: "site_level no_text physician_scope and_list adl_link",
}
"""Every theme with the readings that it is about."""


def journal(seed: int, theme: Theme | None = None) -> list[Fact]:
    """A journal of the theme, or of the theme that is the seed's turn."""
    chosen = theme or list(THEMES)[seed % len(THEMES)]
    return chosen(Random(f"{chosen.__name__} {seed}"))
