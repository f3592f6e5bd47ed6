"""Without a rulebook named, what was adopted by the time asked about decides; and where it does not, that is said."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from api.choosing import adopted_at, adoption_facts, choose, loaded, passed_over
from api.clock import parse_instant
from api.kept_texts import KEPT, keep_text
from api.questions import DEFAULT_RULEBOOK, Cut
from api.rules_asked import RulesAsked
from ledger.application import TreatmentLedger
from ledger.treatment.facts import EntryCorrected, Fact, RulebookAdopted
from projections.rules.readings import ReadingRefused
from projections.rules.rulebook import Rulebook, RulebookRefused, load_rulebook
from projections.rules.succession import IN_FORCE, AdoptionRefused
from tests.api.test_kept_texts import own

AT = parse_instant("2021-06-01T08:00:00+08:00")
NATIONAL = load_rulebook("national-2010")


def adoption(book: Rulebook = NATIONAL, at: datetime = AT, **more: object) -> RulebookAdopted:
    return RulebookAdopted(at=at, rulebook=book.id, digest=book.digest, effective_from=date(2021, 1, 1), **more)  # type: ignore[arg-type]


def judging(facts: list[Fact], cut: Cut = Cut(), asked: RulesAsked = RulesAsked()) -> str:  # noqa: B008 - both are values
    chosen = choose(asked, facts, cut)
    books = chosen.rules.judging_by(chosen.adopted)
    return books.id if isinstance(books, Rulebook) else books.periods[-1].rulebook.id


def test_nothing_adopted() -> None:
    chosen = choose(RulesAsked(), [])
    assert (chosen.rules.rulebook.id, chosen.adopted, chosen.said) == (DEFAULT_RULEBOOK, (), None)


def test_what_was_adopted_decides() -> None:
    chosen = choose(RulesAsked(), [adoption()])
    assert (chosen.rules.rulebook.id, chosen.adopted, chosen.said) == (IN_FORCE, (adoption(),), None)
    assert judging([adoption()]) == "national-2010"


@pytest.mark.parametrize(
    ("cut", "book"),
    [
        (Cut(as_of=AT - timedelta(seconds=1)), DEFAULT_RULEBOOK),
        (Cut(as_of=AT), "national-2010"),
        (Cut(as_known_at=AT), DEFAULT_RULEBOOK),
        (Cut(as_known_at=AT + timedelta(days=1)), "national-2010"),
    ],
)
def test_at_the_cut_of_the_question(cut: Cut, book: str) -> None:
    """The adoption is dated 1 June, and was written down on 2 June."""
    late = adoption(recorded_at=AT + timedelta(days=1))
    assert judging([late], cut) == book
    said = choose(RulesAsked(), [late], cut).said
    assert (said is not None) == (book == DEFAULT_RULEBOOK)
    if said:
        assert "no rulebook was adopted by the time that is asked about" in said.en
        assert DEFAULT_RULEBOOK in said.zh


def test_corrections_count_from_when_they_were_known() -> None:
    moved = EntryCorrected(
        at=AT + timedelta(days=5), target="A1", field="digest", old=NATIONAL.digest,
        new=load_rulebook("national-29").digest, reason="r", practitioner="DR1",
    )  # fmt: skip
    named = EntryCorrected(
        at=AT + timedelta(days=5), target="A1", field="rulebook", old="national-2010", new="national-29", reason="r",
        practitioner="DR1",
    )  # fmt: skip
    facts: list[Fact] = [adoption(id="A1"), moved, named]
    assert judging(facts) == "national-29"
    assert judging(facts, Cut(as_known_at=AT + timedelta(days=4))) == "national-2010"
    assert [fact.rulebook for fact in adopted_at(facts)] == ["national-29"]


def test_a_rulebook_that_is_named_decides_whatever_was_adopted() -> None:
    facts: list[Fact] = [adoption()]
    assert judging(facts, asked=RulesAsked("shanghai-2017")) == "shanghai-2017"
    chosen = choose(RulesAsked("shanghai-2017"), facts)
    assert (chosen.adopted, chosen.said) == ((adoption(),), None)
    with pytest.raises(AdoptionRefused, match="no rulebook was adopted by then"):
        judging([], asked=RulesAsked(IN_FORCE))


def test_a_text_that_is_not_at_hand(tmp_path: Path) -> None:
    book = own(tmp_path)
    text = book.path.read_text("utf-8").replace('id = "shanghai-2017"', 'id = "our-office"')
    book.path.write_text(text, "utf-8")
    ours = load_rulebook(book.path)
    facts: list[Fact] = [adoption(ours)]
    with pytest.raises(AdoptionRefused, match="our-office, adopted from 2021-01-01"):
        choose(RulesAsked(), facts)
    chosen = choose(RulesAsked(), facts, instead=True)
    assert (chosen.rules.rulebook.id, chosen.adopted) == (DEFAULT_RULEBOOK, (adoption(ours),))
    assert chosen.said
    assert "judged by shanghai-2017, not by what was adopted: in-force: our-office" in chosen.said.en
    assert judging(facts, asked=RulesAsked(files=(str(ours.path),))) == "our-office"
    keep_text(tmp_path, ours)
    ours.path.unlink()
    assert judging(facts, asked=RulesAsked(directory=tmp_path)) == "our-office"


def test_a_file_for_an_adoption_is_no_hindrance_before_it(tmp_path: Path) -> None:
    """Given for what was adopted later, it is not asked for by the default that judges until then."""
    file = tmp_path / "national.toml"
    file.write_bytes(NATIONAL.path.read_bytes())
    asked = RulesAsked(files=(str(file),))
    assert judging([adoption()], Cut(as_of=AT - timedelta(days=1)), asked) == DEFAULT_RULEBOOK
    with pytest.raises(RulebookRefused, match="is not asked for by shanghai-2017"):
        choose(asked, [])


def test_readings_are_those_of_what_decides() -> None:
    years = RulesAsked(readings={"years_in_all": "elapsed"})
    assert judging([adoption()], asked=years) == "national-2010"
    with pytest.raises(ReadingRefused, match="years_in_all"):
        choose(years, [])
    with pytest.raises(ReadingRefused, match="child"):
        choose(RulesAsked(readings={"child": "nonsense"}), [adoption()])


def test_what_was_loaded_once_is_not_asked_of_its_files_again(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.toml", tmp_path / "national.toml"
    ours.write_text('format = "profile/1"\nname = "ours"\n\n[readings]\nchild = "up_to_14"\n', "utf-8")
    theirs.write_bytes(NATIONAL.path.read_bytes())
    named = loaded(RulesAsked(str(theirs)))
    by_file = loaded(RulesAsked("national-2010", files=(str(theirs),)))
    in_force = loaded(RulesAsked(files=(str(theirs),)))
    by_profile = loaded(RulesAsked(profile=str(ours)))
    ours.unlink()
    theirs.unlink()
    for asked in (named, by_file):
        assert judging([], asked=asked) == "national-2010"
    assert choose(in_force, [adoption()]).rules.rulebook.texts[0].path == theirs  # type: ignore[union-attr]
    assert choose(by_profile, []).rules.profile.readings == {"child": "up_to_14"}  # type: ignore[union-attr]


def test_what_is_passed_over_is_told() -> None:
    assert passed_over(RulesAsked(), []) is None
    assert passed_over(RulesAsked("shanghai-2017"), [adoption()]) is None
    assert passed_over(RulesAsked(), [adoption()], Cut(as_of=AT - timedelta(days=1))) is None
    said = passed_over(RulesAsked(), [adoption()])
    assert said is not None
    assert said.en.startswith(f"adopted was national-2010 ({NATIONAL.digest[:12]}…) from 2021-01-01")
    assert "--rulebook in-force" in said.en
    assert "--rulebook in-force" in said.zh


def test_of_a_ledger_all_that_is_said_of_adoptions(ledger: Path) -> None:
    with TreatmentLedger.open(ledger) as opened:
        assert adoption_facts(opened) == []
        opened.record([adoption(id="A1")], now=AT)
        assert [type(fact) for fact in adoption_facts(opened)] == [RulebookAdopted]


def test_a_kept_text_that_is_spoilt_is_none_and_is_named(tmp_path: Path) -> None:
    """Where its digest is needed; an adoption of another text, or its own text by another way, is judged by."""
    book = own(tmp_path)
    keep_text(tmp_path, book)
    keep_text(tmp_path, NATIONAL)
    for one in (book, NATIONAL):
        (tmp_path / KEPT / f"{one.digest}.toml").write_text("spoilt", "utf-8")
    asked = RulesAsked(directory=tmp_path)
    assert judging([adoption()], asked=asked) == "national-2010"
    facts: list[Fact] = [adoption(book)]
    why = f"{tmp_path / KEPT / book.digest}.toml: file: it is not the text that its name says"
    with pytest.raises(AdoptionRefused) as refused:
        choose(asked, facts)
    assert why in str(refused.value)
    said = choose(asked, facts, instead=True).said
    assert said
    assert why in said.en
    assert why in said.zh
    assert judging(facts, asked=asked._replace(files=(str(book.path),))) == "shanghai-2017"


def test_of_what_is_kept_only_the_texts_adopted_are_read(tmp_path: Path) -> None:
    """Also those that a correction names."""
    adopted, corrected, other = own(tmp_path), own(tmp_path, "2.toml", "\n# 2\n"), own(tmp_path, "3.toml", "\n# 3\n")
    for book in (adopted, corrected, other):
        keep_text(tmp_path, book)
    fact = EntryCorrected(
        at=AT, target="A1", field="digest", old=adopted.digest, new=corrected.digest, reason="r", practitioner="DR1"
    )
    for rulebook in (None, IN_FORCE):
        asked = RulesAsked(rulebook, directory=tmp_path)
        texts = choose(asked, [adoption(adopted, id="A1"), fact]).rules.rulebook.texts  # type: ignore[union-attr]
        kept = {text.digest for text in texts if text.path.parent == tmp_path / KEPT}
        assert kept == {adopted.digest, corrected.digest}
