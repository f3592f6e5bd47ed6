"""What only a few items ask for, at its edges and under every option: where, by whom, of how many parts, for which
training, in which mode, and not together with what."""

from collections.abc import Iterator
from itertools import pairwise

from ledger.treatment.items import CATALOGUE
from tests.cases.boundaries.making import FIRST, case, days_on, line, needs, whatever
from tests.cases.case import PAYS, Case
from tests.cases.notice import OTHER_SIDE, SLUG, TRAININGS

HOME = "others"
MODES = "individual group individual group group individual group"


def cases() -> Iterator[Case]:
    yield from _site()
    yield from staff()
    yield from parts()
    yield from _link()
    yield from _mode()
    yield from _provider()
    for number, others in OTHER_SIDE.items():
        for other in sorted(others):
            yield from _together(number, other)
    for one, other in [(2, 3), (3, 4), (4, 2), (3, 2), (4, 3), (2, 4)]:
        yield _side_by_side(one, other)
    given = line(FIRST, "S1", 41)
    yield case(HOME, "conductive-education: no text", 41, given, {"S1": PAYS})
    yield case(HOME, "conductive-education: no text", 41, given, {"S1": "41.open"}, readings={"no_text": "not_payable"})


def _site() -> Iterator[Case]:
    """二级以上医院康复科或康复专科医院: one level below, at and one above, of either kind of hospital."""
    given, hospital = "", {}
    for kind, departments in (("general", "rehabilitation"), ("general", "tcm"), ("rehabilitation", "")):
        for level in (1, 2, 3):
            name = f"{kind[0]}{departments[:1]}{level}"
            given += (
                f"2015-01-01 08:00 InstitutionRegistered {name} kind={kind} level={level} departments={departments}\n"
            )
            given += f"2015-01-01 08:00 InstitutionQualified {name}\n" + line(FIRST, name, 8, f"institution={name}")
            hospital[name] = PAYS if kind == "rehabilitation" or (departments != "tcm" and level >= 2) else "8.site"
    yield case(HOME, "dysphagia-training: levels", 8, given, hospital)
    both = hospital | {"r1": "8.site"}
    yield case(HOME, "dysphagia-training: levels", 8, given, both, readings={"site_level": "both"})


def staff() -> Iterator[Case]:
    """3名以上专业人员."""
    given = "".join(
        line(day, f"A{persons}", 10, f"assessors={','.join(f'T{n}' for n in range(1, persons + 1))}")
        for day, persons in zip(days_on(FIRST, 0, 50, 100, 150), (1, 2, 3, 4), strict=True)
    )
    few = {"A1..A2": "10.staff", "A4": PAYS}
    name = f"{SLUG[10]}: persons"
    yield case(HOME, name, 10, given, few | {"A3": PAYS})
    yield case(HOME, name, 10, given, few | {"A3": "10.staff"}, readings={"persons_3": "more_than_3"})


def parts() -> Iterator[Case]:
    """至少包含2个评估项目."""
    given = "".join(
        line(day, f"A{parts}", 10, f"scales={','.join('ABC'[:parts])}")
        for day, parts in zip(days_on(FIRST, 0, 50, 100), (1, 2, 3), strict=True)
    )
    yield case(HOME, f"{SLUG[10]}: parts", 10, given, {"A1": "10.parts", "A2..A3": PAYS})


def _link() -> Iterator[Case]:
    """所列康复项目: every training of the list, the included items too, and nothing else."""
    for number, slug, _, kind in (*CATALOGUE, (None, "acupuncture", "", "training")):
        listed = number in TRAININGS
        verdict = PAYS if listed else "9.link"
        if kind == "training":
            ordered = f"2021-02-01 08:00 PrescriptionIssued R1 items={slug}\n2021-03-01 09:00 A1 adl-assessment\n"
            yield _of(f"adl-assessment: an order for {slug}", ordered, {"A1": verdict})
            yield _of(f"adl-assessment: an order for {slug}, not named", ordered, {"A1": "9.link"}, adl_link="named")
        served = f"2021-03-01 09:00 A1 adl-assessment serves={slug}\n"
        yield _of(f"adl-assessment: serves {slug}", served, {"A1": verdict}, adl_link="named")
        yield _of(f"adl-assessment: serves {slug}, no order", served, {"A1": "9.link"})


def _mode() -> Iterator[Case]:
    """以个别化训练为主要方式: more than half of those paid, this one included; or each."""
    given = "".join(
        line(day, f"S{n}", 25, f"mode={mode}")
        for n, (day, mode) in enumerate(zip(days_on(FIRST, *range(7)), MODES.split(), strict=True))
    )
    # S1 makes 1 of 2, S3 2 of 3, S4 2 of 4, S6 3 of 5
    mainly = {"S0": PAYS, "S1": "25.mode", "S2..S3": PAYS, "S4": "25.mode", "S5..S6": PAYS}
    each = {"S0": PAYS, "S1": "25.mode", "S2": PAYS, "S3..S4": "25.mode", "S5": PAYS, "S6": "25.mode"}
    name = f"{SLUG[25]}: mode"
    yield from whatever(case(HOME, name, 25, given, mainly), "episode")
    yield from whatever(case(HOME, name, 25, given, each, readings={"individual": "each"}), "episode")


def _provider() -> Iterator[Case]:
    """取得听觉口语师资格的人员或康复治疗师: any profession with the one scope, therapists with the other."""
    given, expect = "", {}
    for k, profession in enumerate(("physician", "therapist", "nurse", "other")):
        for j, scope in enumerate(("rehabilitation", "tcm", "auditory_verbal", "training", "")):
            who = f"W{k}{j}"
            given += f"2015-01-01 08:00 PractitionerRegistered {who} profession={profession}\n"
            given += f"2015-01-01 08:00 PractitionerQualified {who} scope={scope}\n" if scope else ""
            given += line(days_on(FIRST, 5 * k + j)[0], f"S{k}{j}", 25, f"therapist={who}")
            may = scope == "auditory_verbal" or (profession == "therapist" and scope == "rehabilitation")
            expect[f"S{k}{j}"] = PAYS if may else "25.staff"
    yield case(HOME, f"{SLUG[25]}: who", 25, given, expect)


def _together(one: int, other: int) -> Iterator[Case]:
    """与…同时使用时只支付其中1项: two that overlap in one episode, so that they are together however that is read."""
    child = "born=2016-01-01" if 3 in (one, other) else ""
    findings = f"{needs(one)} {needs(other)}"
    for first, second in pairwise((one, other, one)):
        given = line(FIRST, "S1", first) + line(FIRST, "S2", second, at="09:00")
        expect = {"S1": PAYS, "S2": f"{second}.excl"}
        name = f"{SLUG[first]}, then {SLUG[second]}"
        made = case(HOME, name, one, given, expect, findings=findings, patient=child)
        yield from whatever(made, "together", "winner", "episode")


def _side_by_side(one: int, other: int) -> Case:
    """2, 3 and 4 do not exclude one another."""
    child = "born=2016-01-01" if 3 in (one, other) else ""
    given = line(FIRST, "S1", one) + line(FIRST, "S2", other, at="09:10")
    return case(HOME, f"{SLUG[one]} beside {SLUG[other]}", one, given, {"S1..S2": PAYS}, patient=child)


def _of(name: str, given: str, expect: dict[str, str], **readings: str) -> Case:
    return Case(home=HOME, name=name, given=given, expect=expect, readings=readings)
