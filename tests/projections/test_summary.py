from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook
from projections.rules.succession import succession_of
from projections.summary import Summary, summarize
from tests.cases.story import build


def summary(story: str, findings: str = "") -> Summary:
    return summarize(Judge(build(story, findings=findings), load_rulebook("shanghai-2017")))


STORY = """
2021-01-01 08:00  PatientFileOpened P2
2021-01-01 08:00  EpisodeOpened E2  patient=P2
2021-03-01 09:00  S1       exercise-therapy
2021-03-01 10:00  S2       exercise-therapy
2021-03-01 11:00  S3       exercise-therapy  sign=none
2021-03-02 09:00  S4       exercise-therapy  patient=P2 episode=E2
2021-03-02 10:00  S5       acupuncture  sheet=P2/E2/acupuncture patient=P2
2021-03-03 09:00  W1..W24  wheelchair-skills-training
"""
FINDINGS = "organic_lesion deficit_rom wheelchair_long_term wheelchair_self_operate"


def test_acts_payable_patients_items() -> None:
    told = summary(STORY, FINDINGS)
    assert (told.acts, told.payable, told.patients, told.items) == (29, 27, 2, 3)


def test_what_denied_with_its_words_most_often_first() -> None:
    told = summary(STORY + "2021-03-04 09:00 S6 exercise-therapy patient=P2 episode=E2\n", FINDINGS)
    assert [(row.clause, row.acts) for row in told.denied] == [("1.ind", 2), ("record.signed", 1), ("1.day", 1)]
    assert told.denied[0].quote == "限器质性病变导致的肌力、关节活动度和平衡功能障碍的患者"


def test_who_is_near_a_limit_the_last_paid_act_counted() -> None:
    (row,) = summary(STORY, FINDINGS).near
    assert (row.patient, row.item, row.clause) == ("P1", "wheelchair-skills-training", "16.days")
    assert (row.used, row.limit, row.left, row.unit) == (24, 30, 6, "day")
    assert str(row.on) == "2021-03-26"


def test_one_day_less_is_not_near() -> None:
    assert summary(STORY.replace("W24", "W23"), FINDINGS).near == ()


def test_the_closest_come_first_and_a_limit_of_the_day_is_never_near() -> None:
    story = """
    2021-03-01 09:00  A1..A2  surface-emg
    2021-03-02 09:00  W1..W25 wheelchair-skills-training
    2021-03-26 10:00  S1..S2  exercise-therapy  every=0
    """
    rows = summary(story, f"{FINDINGS} neuromuscular_dysfunction").near
    assert [(row.clause, row.used, row.left) for row in rows] == [("15.episode", 2, 0), ("16.days", 25, 5)]


def test_an_empty_journal_has_a_summary() -> None:
    assert summary("") == Summary(acts=0, payable=0, patients=0, items=0, denied=(), near=())


def test_what_is_near_is_what_eligibility_warns_of() -> None:
    """A gate that an assessment will open, and a span that one carries over, are near nothing."""
    trained = "2021-03-01 09:00 S1..S13 adl-training"
    told = "adl_disorder severity_adl=severe"
    assert [row.clause for row in summary(trained, told).near] == ["21.gate"]
    assert summary(f"{trained}\n2021-03-05 10:00 A1 - outcome=improved", told).near == ()
    past = "2021-03-01 09:00 S1 occupational-therapy\n2022-06-01 09:00 S2 occupational-therapy"
    carried = f"{past}\n2022-03-01 10:00 A1 comprehensive-rehabilitation-assessment outcome=improved"
    told = "organic_lesion deficit_living documented_dysfunction"
    assert [(row.clause, row.used > row.limit) for row in summary(past, told).near] == [("5.span", True)]
    assert summary(carried, told).near == ()


def test_those_past_a_limit_come_last() -> None:
    story = """
    2021-03-01 09:00  S1       occupational-therapy
    2022-06-01 09:00  S2       occupational-therapy
    2022-06-02 09:00  W1..W30  wheelchair-skills-training
    2022-07-02 09:00  A1..A2   surface-emg  every=0
    """
    rows = summary(story, f"{FINDINGS} deficit_living neuromuscular_dysfunction").near
    assert [row.clause for row in rows] == ["15.episode", "16.days", "5.span"]


def test_a_part_of_ones_own() -> None:
    story, told = "2021-03-01 09:00 W1..W15 wheelchair-skills-training", FINDINGS
    judge = Judge(build(story, findings=told), load_rulebook("shanghai-2017"))
    assert summarize(judge).near == ()
    assert [row.used for row in summarize(judge, near=0.5).near] == [15]


def test_under_rulebooks_that_follow_one_another_the_one_in_force_warns() -> None:
    books = [load_rulebook("national-29"), load_rulebook("shanghai-2017")]
    lines = [
        f"2015-01-01 07:00 RulebookAdopted {book.id} digest={book.digest} effective_from={since}"
        for book, since in zip(books, ("2021-01-01", "2021-06-01"), strict=True)
    ]
    for day, limit in (("2021-05-25", 92), ("2021-06-25", None)):
        story = f"2021-03-01 09:00 S1 occupational-therapy\n{day} 09:00 S2 occupational-therapy"
        facts = build("\n".join([*lines, story]), findings="organic_lesion deficit_living")
        near = summarize(Judge(facts, succession_of(facts, books))).near
        assert [row.limit for row in near] == ([limit] if limit else [])
