"""Stories that chance seldom tells: what two options, or two clauses, do where they meet. For `test_oracle.py`.

Each is a title, the story and the readings to ask under; what comes out is for the two judges to agree on.
"""

from collections.abc import Iterator
from datetime import date, timedelta

FINDINGS = (
    "organic_lesion deficit_rom gait_disorder adl_disorder severity_adl=severe work_willing parq_cleared"
    " neuromuscular_dysfunction documented_dysfunction"
)
OTHERS = """
    2015-01-01 08:00 InstitutionRegistered H2
    2015-01-01 08:00 InstitutionQualified H2
    2015-01-01 08:00 EpisodeOpened E2 onset=2021-07-01 gait_disorder
    2015-01-01 08:00 PatientFileOpened P2
    2015-01-01 08:00 EpisodeOpened E9 patient=P2
    2015-01-01 08:00 PrescriptionIssued RX items=cupping
    2015-01-01 08:00 PrescriptionIssued RY items=cupping patient=P2 episode=E9
"""
Corner = tuple[str, str, str, tuple[dict[str, str], ...]]


def _days(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range(count))


def _acts(days: str, item: str, hour: str = "09:00", name: str = "S") -> str:
    return "\n".join(f"{day} {hour} {name}{n} {item}" for n, day in enumerate(days.split()))


def _each(name: str, *options: str, **more: str) -> tuple[dict[str, str], ...]:
    return tuple({name: option, **more} for option in options)


def _one_assessment_two_containers() -> str:
    lines = ["2021-03-01 07:00 PatientAdmitted ST1"]
    for n, day in enumerate(_days(date(2021, 3, 1), 16)):
        lines += [f"{day} 09:00 A{n} adl-training stay=ST1", f"{day} 10:00 B{n} adl-training institution=H2"]
    return "\n".join([*lines, "2021-03-15 08:00 X1 - outcome=improved"])


def _paid_days_before_the_onset() -> str:
    lines = [f"{day} 09:00 S{n} body-weight-support-training" for n, day in enumerate(_days(date(2020, 3, 1), 366))]
    return "\n".join([*lines, "2021-08-01 09:00 Z body-weight-support-training episode=E2"])


def corners() -> Iterator[Corner]:
    """(title, fields of P1's file, story, readings)."""
    yield (
        "an assessment spent in another container",
        "",
        _one_assessment_two_containers(),
        ({"episode": "admission"}, {"episode": "admission", "container": "lifetime"}, {}),
    )
    yield (
        "paid days before the onset",
        "",
        _paid_days_before_the_onset(),
        _each("span_anchor", "first_paid", "episode_onset", container="lifetime", span_measure="paid_days"),
    )
    onset = "2015-01-01 08:00 EpisodeOpened E1 onset=2020-02-01 gait_disorder\n"
    yield (
        "an onset in another year of the container",
        "",
        onset + _acts("2021-01-31 2021-02-01 2021-03-01", "body-weight-support-training"),
        _each("container", "episode", "lifetime", "calendar_year", span_anchor="episode_onset"),
    )
    for born, category, days in (
        ("1972-02-29", "worker", "2022-02-27 2022-02-28 2022-03-01"),
        ("1968-02-29", "cadre", "2023-02-27 2023-02-28 2023-03-01"),
    ):
        yield (
            f"retirement of one born on {born}",
            f"sex=female born={born} employment_category={category}",
            _acts(days, "vocational-training"),
            _each("working_age", "statutory", "fixed"),
        )
    for other in ("09:00 T1 {} stop=none", "09:00 T1 {} stop=0", "09:29 T1 {} stop=0", "09:30 T1 {} stop=0"):
        act = other.format("hemiplegia-limb-training")
        yield (
            f"no length: {other}",
            "",
            f"2021-03-01 09:00 S1 exercise-therapy stop=30\n2021-03-01 {act}",
            _each("winner", "first", "dearest", together="overlapping"),
        )
    sources = (*_each("extension_source", "valid", "performed", "paid"), {"improvement": "any"})
    ten = "comprehensive-rehabilitation-assessment"
    for one, other in (("improved", "declined"), ("declined", "improved")):
        yield (
            f"two assessments at once, {one} and {other}",
            "",
            f"""
            2021-03-01 09:00 S1 exercise-therapy
            2022-03-05 09:00 X1 {ten} outcome={one}
            2022-03-05 09:00 X2 {ten} outcome={other}
            2022-03-05 09:00 S2 exercise-therapy
            2022-03-06 09:00 S3 exercise-therapy""",
            sources,
        )
    yield (
        "an assessment at the instant of the act, later in the journal",
        "",
        f"""
            2021-03-01 09:00 S1 exercise-therapy
            2022-03-05 09:00 S2 exercise-therapy
            2022-03-05 09:00 X1 {ten} outcome=improved
            2022-03-06 09:00 S3 exercise-therapy""",
        sources,
    )
    yield (
        "thirty days apart",
        "",
        _acts("2021-01-01", "exercise-therapy", name="T")
        + "\n"
        + _acts("2021-01-31 2021-02-28 2021-03-01 2021-03-02 2021-03-31 2021-04-01", "adl-assessment"),
        _each("month", "calendar_month", "rolling_30_days"),
    )
    sheet, nine = "PrescriptionIssued R1 items=exercise-therapy", "2021-03-05 09:00 X1 adl-assessment"
    for stop in ("2021-03-04 23:59", "2021-03-05 00:00", "2021-03-05 00:01", "2021-03-05 15:00"):
        yield f"stopped {stop}", "", f"2021-03-01 08:00 {sheet}\n{stop} PrescriptionStopped R1\n{nine}", ({},)
    for issued in ("2021-03-05 08:00", "2021-03-05 23:59", "2021-03-06 00:00"):
        yield f"issued {issued}", "", f"{issued} {sheet}\n{nine}", ({},)
    yield "valid until the day before", "", f"2021-03-01 08:00 {sheet} valid_until=2021-03-04\n{nine}", ({},)
    yield (
        "the seventh birthday",
        "born=2014-04-20",
        f"2021-04-11 08:00 X1 {ten} outcome=improved\n"
        + _acts(
            "2021-01-10 2021-02-10 2021-03-10 2021-04-10 2021-04-20 2021-04-21 2021-05-01 2021-06-01 2021-07-01",
            "cerebral-palsy-limb-training",
        ),
        (
            *_each("turning_7", "one_counter", "fresh_counter"),
            *_each("turning_7", "one_counter", "fresh_counter", month_unit="30_paid_days"),
        ),
    )
    for second in ("2021-04-01", "2021-04-02", "2021-04-03"):
        emg = _acts(f"2021-01-01 2021-01-02 {second} 2021-04-03 2021-04-04", "surface-emg")
        for between in ("", "C1 cupping sheet=RX", "C1 cupping sheet=RY", "C1 -", "C1 cupping sheet=RX sign=none"):
            more = f"\n2021-02-15 09:00 {between}" if between else ""
            yield f"a gap until {second}, then {between or 'nothing'} in it", "", emg + more, ({"episode": "gap_90"},)
    fees = {"S1": 6000, "S2": 4000, "S3": 5000}
    told = """
            2021-03-01 09:00 S1 exercise-therapy stop=60
            2021-03-01 09:10 S2 exercise-therapy stop=60
            2021-03-01 09:20 S3 hemiplegia-limb-training stop=60
            """
    told += "\n".join(f"2021-03-05 09:00 FeeConfirmed {act} amount_fen={fen}" for act, fen in fees.items())
    yield (
        "three that all meet",
        "",
        told,
        _each("together", "same_day", "overlapping", "same_episode", winner="dearest"),
    )
