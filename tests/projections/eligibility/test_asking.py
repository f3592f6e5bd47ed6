"""The question: which moment, which episode, which institution, whose readings; and that asking is judging."""

from datetime import datetime, timedelta
from random import Random

import pytest

from ledger.treatment.facts import Fact
from projections.eligibility import (
    Standing,
    UnknownEpisode,
    UnknownInstitution,
    UnknownItem,
    UnknownPatient,
    eligibility,
)
from projections.rules.acts import Act
from projections.rules.decision import Decision
from projections.rules.judge import Judge, judge
from projections.rules.readings import ReadingRefused
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import Succession, succession_of
from tests.cases.chance_themes import journal
from tests.cases.story import build
from tests.projections.eligibility.asked import SHANGHAI, ask, counter_of, moment


def test_acts_after_the_moment_do_not_count_and_the_one_of_the_moment_does() -> None:
    story = "2021-03-01 09:00 S1..S2 occupational-therapy every=0"
    before = ask(story, "occupational-therapy", "2021-03-01 08:59")
    at = ask(story, "occupational-therapy", "2021-03-01 09:00")
    assert (before.payable, at.payable) == (True, False)


def test_the_latest_episode_unless_another_is_named() -> None:
    story = """
    2021-02-01 08:00  EpisodeOpened E2
    2020-03-01 09:00  S1  isokinetic-strength-training
    """
    newest = ask(story, "isokinetic-strength-training", "2021-03-01 09:00")
    older = ask(story, "isokinetic-strength-training", "2021-03-01 09:00", episode="E1")
    assert (newest.episode, newest.payable) == ("E2", True)
    assert (older.episode, older.denied_by, older.next_payable_on) == ("E1", ("42.span",), None)


def test_the_episodes_institution_unless_another_is_named() -> None:
    story = """
    2021-02-01 08:00 InstitutionRegistered H2 level=1
    2021-02-01 08:00 InstitutionQualified H2
    """
    findings = "deficit_swallowing severity_swallowing=severe"
    here = ask(story, "dysphagia-training", "2021-03-01", findings)
    there = ask(story, "dysphagia-training", "2021-03-01", findings, institution="H2")
    assert (here.denied_by, there.denied_by) == ((), ("8.site",))


def test_all_items_of_the_rulebook_in_its_order() -> None:
    rows = eligibility(build(""), SHANGHAI, "P1", at=moment("2021-03-01"))
    assert [row.rule for row in rows] == list(range(1, 44))
    assert rows[40].name == "引导式教育训练"


def test_readings_and_profile_are_the_callers() -> None:
    item, born = "pediatric-hearing-speech-training", "born=2014-03-02"
    wide = ask("", item, "2021-03-01 08:00", "hearing_impaired", born)
    narrow = ask("", item, "2021-03-01 08:00", "hearing_impaired", born, readings={"age_6": "under_6"})
    strict = ask("", item, "2021-03-01 08:00", "hearing_impaired", born, profile="strict")
    assert (wide.payable, narrow.payable, strict.payable) == (True, False, False)


def test_what_is_not_there_is_refused_and_what_is_there_is_named() -> None:
    now, facts = moment("2021-03-01"), build("")
    with pytest.raises(UnknownPatient, match="P9"):
        eligibility(facts, SHANGHAI, "P9", at=now)
    with pytest.raises(UnknownItem, match="exercise-therapy"):
        eligibility(facts, SHANGHAI, "P1", at=now, item="exercise-terapy")
    with pytest.raises(UnknownEpisode, match="there are: E1"):
        eligibility(facts, SHANGHAI, "P1", at=now, episode="E9")
    with pytest.raises(UnknownInstitution, match="it names: H1"):
        eligibility(facts, SHANGHAI, "P1", at=now, institution="H9")
    with pytest.raises(ReadingRefused):
        eligibility(facts, SHANGHAI, "P1", at=now, readings={"age6": "under_6"})


def test_a_patient_without_an_episode_has_a_standing() -> None:
    facts = [fact for fact in build("") if type(fact).__name__ != "EpisodeOpened"]
    (standing,) = eligibility(facts, SHANGHAI, "P1", at=moment("2021-03-01"), item="balance-test")
    assert (standing.episode, standing.payable) == (None, True)


# --- rulebooks one after another ------------------------------------------------------------------------


def adopted(facts: list[Fact]) -> tuple[list[Fact], Succession]:
    """The facts with two adoptions before them: national-29 from March 2021 on, shanghai-2017 from June."""
    books = [load_rulebook("national-29"), SHANGHAI]
    lines = [
        f"2015-01-01 07:00 RulebookAdopted {book.id} digest={book.digest} effective_from={since}"
        for book, since in zip(books, ("2021-03-01", "2021-06-01"), strict=True)
    ]
    known = set(map(repr, build("")))
    adoptions = [fact for fact in build("\n".join(lines)) if repr(fact) not in known]
    return [*adoptions, *facts], succession_of(adoptions, books)


def test_the_rulebook_in_force_at_the_moment_answers_and_clocks_go_on() -> None:
    story = "2021-03-05 09:00 S1 occupational-therapy"
    facts, succession = adopted(build(story, findings="organic_lesion deficit_living"))

    def ask_at(at: str) -> Standing:
        item = "occupational-therapy"
        (standing,) = eligibility(facts, succession, "P1", at=moment(at), item=item)
        return standing

    old, new = ask_at("2021-05-31"), ask_at("2021-06-10")
    assert (old.decision.rulebook, new.decision.rulebook) == ("national-29", "shanghai-2017")
    assert [state.state for state in (*old.extensions, *new.extensions)] == ["impossible", "not_needed"]
    assert counter_of(old, "5.span").limit == 92
    assert (counter_of(new, "5.span").used, counter_of(new, "5.span").limit) == (97, 365)


def test_before_any_rulebook_is_in_force_no_item_is_known() -> None:
    facts, succession = adopted(build(""))
    assert eligibility(facts, succession, "P1", at=moment("2021-02-28")) == []
    with pytest.raises(UnknownItem, match="no rulebook is in force on 2021-02-28"):
        eligibility(facts, succession, "P1", at=moment("2021-02-28"), item="balance-test")
    assert len(eligibility(facts, succession, "P1", at=moment("2021-03-01"))) == 29
    assert len(eligibility(facts, succession, "P1", at=moment("2021-06-01"))) == 43


# --- asking is judging ----------------------------------------------------------------------------------

SEEDS = 32
OF_A_LIMB = "amputee-limb-training"
"""Asked about, it presumes a limb that an order would name; recorded, the order of these stories names none."""


def choice(chance: Random) -> dict[str, str]:
    """An option for every reading, but for `winner`: under `dearest` a new act can change what was paid before it."""
    options = {name: list(reading.options) for name, reading in SHANGHAI.readings.items()}
    return {name: chance.choice(options[name]) for name in options} | {"winner": "first"}


def recorded(facts: list[Fact], asked: Act, now: datetime, at: datetime) -> list[Fact]:
    """The facts, and after them the act asked about, ordered `now` and done at `at` in good order, in the same stay."""
    where = f"episode={asked.episode} stay={asked.stay or 'null'}"
    if asked.kind == "session":
        sheet = f"NEW-R items={asked.item} episode={asked.episode}"
        act = (
            f"{now:%Y-%m-%d %H:%M} PrescriptionIssued {sheet}\n{at:%Y-%m-%d %H:%M} NEW {asked.item} sheet=NEW-R {where}"
        )
    else:
        done = "assessors=T1,T2,T3,T4 serves=exercise-therapy outcome=null"
        act = f"{at:%Y-%m-%d %H:%M} NEW {asked.item} {done} {where}"
    known = set(map(repr, build("")))
    return [*facts, *(fact for fact in build(act) if repr(fact) not in known)]


def denied(facts: list[Fact], rulebook: Rulebook | Succession, readings: dict[str, str]) -> tuple[str, ...]:
    """By which clauses of its rule the new act is denied."""
    made: Decision = next(d for d in judge(facts, rulebook, readings, patient="P1") if d.act == "NEW")
    return tuple(clause for clause in made.denied_by if not clause.startswith("record."))


def told(seed: int) -> tuple[Random, list[Fact], Rulebook | Succession, dict[str, str]]:
    """A journal by chance, with readings by chance; every fourth under rulebooks that follow one another."""
    chance, facts = Random(seed), journal(seed)
    readings = choice(chance)
    if seed % 4 == 3:
        facts, succession = adopted(facts)
        return chance, facts, succession, readings
    return chance, facts, SHANGHAI, readings


@pytest.mark.parametrize("seed", range(SEEDS))
def test_one_more_now_is_judged_as_it_is_when_it_is_really_recorded(seed: int) -> None:
    chance, facts, rulebook, readings = told(seed)
    acts = Judge(facts, rulebook, readings).acts("P1")
    for act in chance.sample(acts, min(4, len(acts))):
        now = act.at
        known = [fact for fact in facts if fact.at <= now]
        case = Judge(known, rulebook, readings).case("P1", now)
        rows = eligibility(known, rulebook, "P1", at=now, readings=readings)
        for standing in chance.sample([row for row in rows if row.item != OF_A_LIMB], min(3, len(rows))):
            asked = case.hypothetical(standing.item, now)
            really = denied(recorded(known, asked, now, now), rulebook, readings)
            assert (standing.payable, standing.denied_by) == (not really, really), (standing.item, now)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_next_payable_day_is_the_first_on_which_it_is_paid_when_it_is_really_recorded(seed: int) -> None:
    chance, facts, rulebook, readings = told(seed)
    acts = Judge(facts, rulebook, readings).acts("P1")
    for act in chance.sample(acts, min(3, len(acts))):
        now, item = act.at, SHANGHAI.by_slug[act.item].slug
        known = [fact for fact in facts if fact.at <= now]
        case = Judge(known, rulebook, readings).case("P1", now)
        asked = case.hypothetical(item, now)
        judging = case.rulebook_of(asked)
        if judging is None or item not in judging.by_slug:
            continue
        (standing,) = eligibility(known, rulebook, "P1", at=now, item=item, readings=readings)
        first = standing.next_payable_on
        ahead = (first - now.date()).days if first is not None else 800
        earlier = {0, ahead - 1, *(chance.randrange(ahead) for _ in range(6))} if ahead > 0 else set()
        expected = {ahead} if first is not None else set()
        paid = {
            days
            for days in earlier | expected
            if not denied(recorded(known, asked, now, now + timedelta(days=days)), rulebook, readings)
        }
        assert paid == expected, (item, now)


def test_what_a_later_line_says_of_an_earlier_act_counts() -> None:
    story = """
    2021-03-01 09:00  S1..S2  occupational-therapy every=0
    2021-03-05 09:00  SessionVoided S2
    """
    standing = ask(story, "occupational-therapy", "2021-03-01 15:00")
    assert counter_of(standing, "5.day").used == 1
