"""Given patients, when files, stays and episodes are opened and ended, then only what can have happened is taken."""

import pytest

FILE = {"patient": "P1", "sex": "female", "born": "1956-04-02", "institution": "H2", "file_no": "7"}


def test_a_patient_has_a_file_at_each_institution(story, fact):
    story.accepts(fact("PatientFileOpened", "09:00", **FILE))


def test_a_patient_has_one_file_at_an_institution(story, fact, world):
    story.knows(next(line for line in world if type(line).__name__ == "PatientFileOpened"))
    story.refuses(
        "institution", "one per institution", fact("PatientFileOpened", "09:00", **{**FILE, "institution": "H1"})
    )


@pytest.mark.parametrize(("field", "other"), [("sex", "male"), ("born", "1956-04-03")])
def test_the_files_of_a_patient_agree(story, fact, field, other):
    story.refuses(field, "agree", fact("PatientFileOpened", "09:00", **{**FILE, field: other}))


def test_a_category_left_out_contradicts_nothing(story, fact):
    story.given(fact("PatientFileOpened", "09:00", **FILE, employment_category="worker"))
    story.accepts(fact("PatientFileOpened", "07:00", **{**FILE, "patient": "P3"}))


def test_two_categories_contradict_each_other(fact, world, offer):
    first = fact("PatientFileOpened", "09:00", **{**FILE, "patient": "P3"}, employment_category="worker")
    second = fact(
        "PatientFileOpened", "10:00", **{**FILE, "patient": "P3", "institution": "H1"}, employment_category="cadre"
    )
    for lines in ([first, second], [second, first]):
        verdicts = offer([*world, *lines])
        assert verdicts[len(world) + lines.index(second)].field == "employment_category"


def test_an_unknown_institution_has_no_files(story, fact):
    story.refuses("institution", "unknown", fact("PatientFileOpened", "09:00", **{**FILE, "institution": "H9"}))


def test_a_stay_ends_once_and_not_before_it_began(story, fact):
    story.refuses("at", "admission", fact("PatientDischarged", "07:59", patient="P1", stay="A1"))
    discharge = fact("PatientDischarged", "09:00", patient="P1", stay="A1")
    story.given(discharge).knows(discharge)
    story.refuses("stay", "already", fact("PatientDischarged", "10:00", patient="P1", stay="A1"))


def test_a_discharge_without_admission_is_refused(story, fact):
    story.refuses("stay", "unknown stay", fact("PatientDischarged", "09:00", patient="P1", stay="A9"))
    story.refuses("patient", "is of patient P1", fact("PatientDischarged", "09:00", patient="P2", stay="A1"))


def test_a_stay_is_introduced_once(story, fact):
    story.refuses(
        "stay",
        "already introduced",
        fact("PatientAdmitted", "09:00", patient="P1", stay="A1", institution="H1", kind="home_bed", file_no="1"),
    )


def test_an_unknown_patient_is_not_admitted(story, fact):
    story.refuses(
        "patient",
        "unknown",
        fact("PatientAdmitted", "09:00", patient="P9", stay="A9", institution="H1", kind="home_bed", file_no="1"),
    )


def test_an_episode_ends_once_and_not_before_it_began(story, fact):
    story.refuses("at", "opened", fact("EpisodeClosed", "07:59", episode="E1"))
    story.given(fact("EpisodeClosed", "09:00", episode="E1"))
    story.refuses("episode", "already closed", fact("EpisodeClosed", "10:00", episode="E1"))


def test_findings_belong_to_an_episode_of_the_patient(story, fact):
    story.accepts(fact("FindingsRecorded", "07:00", patient="P1", episode="E1", findings={"organic_lesion": True}))
    story.refuses(
        "episode", "of patient P2", fact("FindingsRecorded", "09:00", patient="P1", episode="E2", findings={})
    )
    story.refuses("episode", "unknown", fact("FindingsRecorded", "09:00", patient="P1", episode="E9", findings={}))
    story.refuses(
        "practitioner",
        "unknown",
        fact("FindingsRecorded", "09:00", patient="P1", episode="E1", findings={}, practitioner="PT9"),
    )


def test_a_reference_is_known_whatever_its_time(fact, offer):
    """The hospital is registered last of all."""
    verdicts = offer(
        [
            fact("PatientFileOpened", "08:00", **FILE),
            fact("InstitutionRegistered", "20:00", institution="H2", name="Clinic", kind="other", departments=[]),
        ]
    )
    assert [verdict.tags for verdict in verdicts] == [
        ["institution:H2", "patient:P1"],
        ["institution:H2", "registry:institution:H2"],
    ]
