"""Indicators of the pilot, on a day that can be counted by hand, and on many."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.treatment.facts import PractitionerQualified
from projections.reports.pilot import pilot
from projections.rules.rulebook import load_rulebook
from tests.projections.reports.world import World, by_key, invented
from tests.projections.rules.building import LONG_AGO, Journal

NATIONAL = load_rulebook("national-29")


def test_one_day_counted_by_hand() -> None:
    journal = Journal()
    journal.institution("H2", "tcm", departments=["tcm"])
    journal.practitioner("T9", "therapist", "tcm")
    journal.session(1, "2022-03-01", setting="home")
    journal.session(1, "2022-03-01", "10:00", setting="home_bed", therapist="T2")
    journal.session(14, "2022-03-01", "11:00", setting="internet")
    journal.session(14, "2022-03-01", "12:00", setting="outpatient", therapist="T9", institution="H2")
    journal.session(18, "2022-03-01", "13:00", setting="inpatient", voided=True)
    journal.assessment(10, "2022-03-01", "14:00")
    world = World(journal.facts)
    document = pilot(world.batches, world.question(), NATIONAL)
    table = document.table("indicators")
    assert {row.cells[1]: row.cells[2:5] for row in table.rows} == {
        "acts": (5, None, None),
        "acts at home and in home beds": (2, 5, 40.0),
        "acts over the internet": (1, 5, 20.0),
        "care at home, together": (3, 5, 60.0),
        "patients": (1, None, None),
        "patients cared for at home": (1, 1, 100.0),
        "therapists active": (3, None, None),
        "institutions active": (2, None, None),
        "institutions giving rehabilitation": (1, 2, 50.0),
        "institutions giving tcm": (1, 2, 50.0),
        "items in use (shanghai-2017)": (3, 43, 7.0),
        "items in use (national-29)": (3, 29, 10.3),
    }
    assert by_key(document, "settings", "acts", "therapists") == {
        "voided=no&setting=": (1, 1),
        "voided=no&setting=home": (1, 1),
        "voided=no&setting=home_bed": (1, 1),
        "voided=no&setting=internet": (1, 1),
        "voided=no&setting=outpatient": (1, 1),
    }
    assert len(document.table("items-43").rows) == 43
    assert len(document.table("items-29").rows) == 29


def test_staff_of_both_scopes_count_where_the_institution_says() -> None:
    journal = Journal()
    journal.add(PractitionerQualified(at=LONG_AGO, practitioner="T1", scope="tcm", valid_from=date(2000, 1, 1)))
    journal.institution("H2", departments=["tcm"])
    journal.institution("H3", departments=["tcm", "rehabilitation"])
    for hour, house in enumerate(("H1", "H2", "H3"), start=9):
        journal.session(1, "2022-03-01", f"{hour:02}:00", institution=house)
    world = World(journal.facts)
    for department, house in (("rehabilitation", "H1"), ("tcm", "H2"), ("either", "H3")):
        assert {line.institution for line in world.acts(f"department={department}")} == {house}


@settings(max_examples=10, deadline=None)
@given(seeds=st.lists(st.integers(0, 2**32), min_size=1, max_size=4, unique=True))
def test_nobody_is_counted_twice_over_batches(seeds: list[int]) -> None:
    world = World(invented(seeds), patients_a_batch=1)
    done = [one for one in world.seen if not one.act.voided]
    found = {row.cells[1]: row.cells[2] for row in pilot(world.batches, world.question(), NATIONAL).tables[0].rows}
    assert found["patients"] == len({one.act.patient for one in done})
    assert found["therapists active"] == len({one.therapist for one in done} - {""})
    assert found["institutions active"] == len({one.act.institution.id for one in done})
    for book, name in ((NATIONAL, "national-29"), (world.judge.rulebooks[0], "shanghai-2017")):
        used = {book.by_slug[one.act.item].slug for one in done if one.act.item in book.by_slug}
        assert found[f"items in use ({name})"] == len(used)
