"""Signatures in journals: the same door as `record`, in any order of lines, killed half-way, beside other callers."""

import random
import shutil
import sys
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest

from ledger.application import Refused, TreatmentLedger
from ledger.application.import_signatures import boundary_of_statement
from ledger.application.importing import ImportAsked, import_journal
from ledger.journal import spell
from ledger.proof.ed25519 import check_signature
from ledger.treatment.statements import parse_statement, unpack
from tests.application.signed import (
    DR1,
    PT1,
    PT2,
    WORLD,
    assessed,
    sheet,
    sign_assessment,
    sign_session,
    spelled,
    take,
    treated,
)
from tests.application.test_signatures import resigned, spelled_at
from tests.application.world import fact, facts, line
from tests.invariants import check_log
from tests.signing import Person

NOW = datetime(2021, 6, 1, tzinfo=UTC)
SESSIONS = 12


def year(ledger):
    """A small year that was signed as it happened, but for some lines that are dated before others signed first."""
    take(ledger, *WORLD)
    for n in range(SESSIONS):
        take(ledger, *treated(f"S{n}", 60 + 40 * n, therapist=("PT1", "PT2")[n % 2]))
    for n in range(SESSIONS):
        by = (PT1, PT2)[n % 2]
        take(ledger, sign_session(ledger, f"S{n}", by, 2000 - 10 * n if n % 3 else 1000 + n))
    draft = sheet("R7", 300)
    take(ledger, msgspec.structs.replace(draft, signature=DR1.sign(ledger.sheet_statement(draft, "K-DR1"))))
    take(ledger, assessed("A1", 2500))
    take(ledger, sign_assessment(ledger, "A1", PT1, 2505))
    take(ledger, sign_assessment(ledger, "A1", DR1, 2506))
    draft = sheet("R8", 200)  # dated before the sheet that was signed first
    take(ledger, msgspec.structs.replace(draft, signature=DR1.sign(ledger.sheet_statement(draft, "K-DR1"))))
    take(ledger, line("EntryCorrected", 2600, target="S0", field="effect", old="better", new="worse", reason="slip",
                      practitioner="PT1"))  # fmt: skip


@pytest.fixture
def lines(tmp_path):
    """The year as a journal, made once by a ledger of its own."""
    TreatmentLedger.init(tmp_path / "first", "example.org/first")
    with TreatmentLedger.open(tmp_path / "first") as first:
        year(first)
        return [spell(one.fact).decode() for one in first.facts()]


def imported(ledger, journal, lines, **options):
    problems = []
    counts = ledger.import_journal([journal(lines)], now=lambda: NOW, problem=problems.append, **options)
    return counts, problems


def head(ledger, key_id="K-PT1", session="S0"):
    return parse_statement(ledger.statement("session", session, key_id)).counter - 1


@pytest.mark.parametrize("seed", range(4))
def test_a_ledgers_year_goes_into_another_in_any_order_of_lines(ledger, journal, lines, seed):
    if seed:
        random.Random(seed).shuffle(lines)
    counts, problems = imported(ledger, journal, lines)
    assert (counts, problems) == ((len(lines), 0, 0, len(lines)), [])
    assert head(ledger) == SESSIONS // 2 + 1
    assert imported(ledger, journal, lines)[0] == (0, len(lines), 0, len(lines))


def test_the_log_has_them_in_journal_order_and_the_chain_is_found_all_the_same(ledger, journal, lines):
    imported(ledger, journal, lines)
    counters = [
        unpack(one.fact.signature).statement.counter
        for one in ledger.facts()
        if getattr(one.fact, "practitioner", "") == "PT1" and getattr(one.fact, "signature", None)
    ]
    assert sorted(counters) == list(range(1, len(counters) + 1))
    assert counters != sorted(counters)


def spoiled(lines, words, change):
    """The journal with one line changed, and where it stands (from 1)."""
    (place,) = [n for n, text in enumerate(lines) if words in text]
    return [*lines[:place], change(lines[place]), *lines[place + 1 :]], place + 1


def test_a_wrong_signature_keeps_the_whole_journal_out_and_is_named_with_its_line(ledger, journal, lines):
    wrong, place = spoiled(lines, '"type":"SessionStopped","at":"2021-03-01T10:10:00+08:00"',
                           lambda text: text.replace("better", "much better"))  # fmt: skip
    (signed,) = [n for n, text in enumerate(lines, 1) if '"SessionSigned"' in text and '"session":"S1"' in text]
    counts, problems = imported(ledger, journal, wrong)
    assert (counts.accepted, counts.size, counts.refused) == (0, 0, len(problems))
    assert all("signature: " in problem for problem in problems)
    assert place < signed
    assert problems[0].split(":")[1] == str(signed)
    assert "what was signed is not what is recorded before this line: effect" in problems[0]


def test_what_is_missing_of_a_chain_is_named(ledger, journal, lines):
    left_out = [text for text in lines if not ('"AssessmentSigned"' in text and '"PT1"' in text)]
    assert imported(ledger, journal, left_out)[1] == []  # the last of its key: nobody can tell
    TreatmentLedger.init(ledger._directory.parent / "third", "example.org/h3")
    with TreatmentLedger.open(ledger._directory.parent / "third") as third:
        signed = [text for text in lines if '"SessionSigned"' in text and '"practitioner":"PT1"' in text]
        gap = [text for text in lines if text != signed[0]]
        counts, problems = imported(third, journal, gap)
        assert counts.accepted == 0
        assert len(problems) == SESSIONS // 2  # every later statement of the key
        assert all("is not recorded" in problem and ": signature: " in problem for problem in problems)


def test_keep_going_takes_what_does_not_rest_on_the_refused_line(ledger, journal, lines):
    """A prescription whose signature is wrong is refused, and so is the session on it, and what follows in chains."""
    on_it = [
        line("SessionStarted", 2700, session="S-R7", patient="P1", prescription="R7", order="1", therapist="PT1",
             institution="H1", setting="outpatient"),
        line("SessionStopped", 2730, session="S-R7", effect="better"),
    ]  # fmt: skip
    wrong, _ = spoiled(lines, '"prescription":"R7","patient"', lambda text: text.replace('"times":10', '"times":99', 1))
    counts, problems = imported(ledger, journal, [*wrong, *on_it], keep_going=True)
    reasons = sorted(problem.split(": ", 1)[1].split(",")[0][:60] for problem in problems)
    assert len(problems) == counts.refused == 5, reasons
    assert sum(": signature: " in problem for problem in problems) == 3  # R7, and DR1's two statements behind it
    assert sum("unknown session" in problem or "unknown prescription" in problem for problem in problems) == 2
    assert counts.accepted == len(lines) + 2 - 5
    assert parse_statement(ledger.statement("assessment", "A1", "K-DR1")).counter == 1


def test_an_import_that_was_killed_goes_on_where_it_was(ledger, journal, lines, tmp_path):
    """Part of the journal is in, as far as it was appended: a chain may have a hole, and it is filled now."""
    TreatmentLedger.init(tmp_path / "whole", "example.org/whole")
    with TreatmentLedger.open(tmp_path / "whole") as whole:
        imported(whole, journal, lines)
        order = [spell(one.fact).decode() for one in whole.facts()]
        rows = list(whole.recorder.rows(upto=whole.size))
    holes = 0
    for cut in range(len(WORLD) + 1, len(order)):
        directory = tmp_path / f"cut-{cut}"
        TreatmentLedger.init(directory, "example.org/cut")
        with TreatmentLedger.open(directory) as half:
            from eventsourcing.dcb.api import DCBEvent

            half.recorder.append([DCBEvent(row.type, row.data, msgspec.json.decode(row.tags_json))
                                  for row in rows[:cut]])  # fmt: skip
            counters = [
                unpack(one.fact.signature).statement.counter
                for one in half.facts()
                if getattr(one.fact, "practitioner", "") == "PT1" and getattr(one.fact, "signature", None)
            ]
            holes += counters != [] and len(counters) < max(counters)
            counts, problems = imported(half, journal, lines)
            assert (problems, counts.accepted, counts.known) == ([], len(order) - cut, cut)
        check_log(directory / "ledger.sqlite3")
        shutil.rmtree(directory)
    assert holes > 3


def test_foreign_signatures_go_on_being_accepted(ledger, journal):
    foreign = [*WORLD, *treated("S1", 60), line("SessionSigned", 95, session="S1", practitioner="PT1", signature="x.y")]
    assert imported(ledger, journal, foreign)[1] == []


def test_a_text_that_only_looks_like_a_statement_is_refused(ledger, journal, lines):
    wrong, place = spoiled(lines, '"AssessmentSigned","at":"2021-03-03T01:45', lambda text: text.replace("==", "=", 1))
    counts, problems = imported(ledger, journal, wrong)
    assert counts.accepted == 0
    assert [problem.split(":")[1:3] for problem in problems] == [[str(place), " signature"]]


def test_what_an_import_would_sign_twice_is_refused(ledger, journal):
    """Two lines of one journal with one number: the one with the wrong words is not the one that was signed first."""
    take(ledger, *WORLD, *treated("S1", 60), *treated("S2", 120))
    one, two = sign_session(ledger, "S1", PT1, 95), sign_session(ledger, "S2", PT1, 155)
    counts, problems = imported(ledger, journal, [spelled(one), spelled(two)])
    assert (counts.accepted, len(problems)) == (0, 1)
    assert "statement 1 of key 'K-PT1' is another one" in problems[0]


def test_while_another_caller_uses_the_key(ledger, journal, directory):
    """The journal was checked; before it is appended somebody records a statement with the same number."""
    take(ledger, *WORLD, *treated("S1", 60), *treated("S2", 120))
    mine, theirs = sign_session(ledger, "S1", PT1, 95), sign_session(ledger, "S2", PT1, 155)
    problems = []
    meanwhile = []

    def progress(stage, done, total):
        if stage == "check" and not meanwhile:
            meanwhile.append(stage)
            with TreatmentLedger.open(directory) as other:
                take(other, theirs)

    counts = ledger.import_journal([journal([spelled(mine)])], now=lambda: NOW, progress=progress,
                                   problem=problems.append)  # fmt: skip
    assert meanwhile
    assert (counts.accepted, counts.refused) == (0, 1)
    assert "statement 1 of key 'K-PT1' is another one" in problems[0]


def test_while_another_caller_revokes_the_key(ledger, journal, directory):
    take(ledger, *WORLD, *treated("S1", 60))
    mine = sign_session(ledger, "S1", PT1, 95)
    problems = []
    meanwhile = []

    def progress(stage, done, total):
        if stage == "check" and not meanwhile:
            meanwhile.append(stage)
            with TreatmentLedger.open(directory) as other:
                take(other, line("SigningKeyRevoked", 80, key_id="K-PT1", reason="stolen"))

    counts = ledger.import_journal([journal([spelled(mine)])], now=lambda: NOW, progress=progress,
                                   problem=problems.append)  # fmt: skip
    assert (counts.accepted, counts.refused) == (0, 1)
    assert "was revoked (stolen)" in problems[0]


def test_while_another_caller_does_something_else(ledger, journal, directory):
    take(ledger, *WORLD, *treated("S1", 60), *treated("S2", 120, therapist="PT2"))
    mine, theirs = sign_session(ledger, "S1", PT1, 95), sign_session(ledger, "S2", PT2, 155)
    meanwhile = []

    def progress(stage, done, total):
        if stage == "check" and not meanwhile:
            meanwhile.append(stage)
            with TreatmentLedger.open(directory) as other:
                take(other, theirs)

    counts = ledger.import_journal([journal([spelled(mine)])], now=lambda: NOW, progress=progress)
    assert counts.accepted == 1


def counted(function, run):
    """How often a function is called meanwhile, in this thread; nothing is put in its place."""
    calls = 0

    def look(frame, event, arg):
        nonlocal calls
        calls += event == "call" and frame.f_code is function.__code__

    sys.setprofile(look)
    try:
        run()
    finally:
        sys.setprofile(None)
    return calls


def test_beside_a_live_service_each_signature_is_checked_a_few_times_at_most(ledger, journal, lines, directory):
    """Before every chunk somebody appends what touches a line of it; the signatures of other lines stay checked."""
    year = sorted(facts(lines), key=lambda made: made.at)
    live, problems, results = [], [], []

    def progress(stage, done, total):
        if stage == "append" and (place := done + len(live)) < len(year):
            with TreatmentLedger.open(directory) as other, suppress(Refused):  # its statement's turn may not have come
                take(other, year[place])
                live.append(place)

    order = ImportAsked([journal(lines)], lambda: NOW, progress=progress, problem=problems.append, chunk_lines=3)
    checks = counted(check_signature, lambda: results.append(import_journal(ledger.recorder, directory, order)))
    signed = sum(boundary_of_statement(text.encode()) != [] for text in lines)
    assert problems == []
    assert results == [(len(lines) - len(live), len(live), 0, len(lines))]
    assert len(live) > 9
    # Once for the whole journal; then those of a chunk again, and what the other caller's door looked at.
    assert signed < checks <= 4 * signed


def test_a_session_that_is_refused_on_the_way_takes_the_later_statements_of_its_key_along(ledger, journal, directory):
    """What nobody touched is not checked again, and yet is not appended behind a gap: the chain is looked at."""
    take(ledger, *WORLD)
    first = [*treated("S1", 60), *treated("S2", 120), *treated("S3", 180)]
    TreatmentLedger.init(directory.parent / "elsewhere", "example.org/elsewhere")
    with TreatmentLedger.open(directory.parent / "elsewhere") as elsewhere:
        take(elsewhere, *WORLD, *first)
        signed = []
        for n in (1, 2, 3):
            signed.append(sign_session(elsewhere, f"S{n}", PT1, 300 + n))
            take(elsewhere, signed[-1])
    meanwhile, problems = [], []

    def progress(stage, done, total):
        if stage == "check" and not meanwhile:
            meanwhile.append(stage)
            with TreatmentLedger.open(directory) as other:
                take(other, first[2], line("SessionStopped", 150, session="S2", effect="as somebody else saw it"))

    counts = ledger.import_journal([journal([*first, *map(spelled, signed)])], now=lambda: NOW, progress=progress,
                                   problem=problems.append, keep_going=True)  # fmt: skip
    assert (counts.accepted, counts.known, counts.refused) == (5, 1, 3), problems
    assert [problem.split(":")[1:3] for problem in problems] == [
        ["4", " session"], ["8", " signature"], ["9", " signature"],
    ]  # fmt: skip
    assert "what was signed is not what is recorded" in problems[1]
    assert "and 2 is not recorded" in problems[2]


def test_most_lines_depend_on_no_key(ledger):
    take(ledger, *WORLD, *treated("S1", 60))
    signed = sign_session(ledger, "S1", PT1, 95)
    assert boundary_of_statement(spell(signed)) == ["signed:PT1", "key:K-PT1"]
    assert boundary_of_statement(spell(fact("SessionSigned", 95, session="S1", practitioner="PT1"))) == []
    # The words of a statement in another field of a line are only words.
    hidden = fact("SessionStopped", 60, session="S1", effect=signed.signature)
    assert boundary_of_statement(spell(hidden)) == []
    take(ledger, *treated("S2", 120), *treated("S3", 180)[:1])
    take(ledger, fact("SessionStopped", 210, session="S3", effect=signed.signature))


def test_wrong_words_in_a_signed_journal_line_are_named(ledger, journal):
    take(ledger, *WORLD, *treated("S1", 60))
    signed = resigned(sign_session(ledger, "S1", PT1, 95), says={"site": "right leg"})
    counts, problems = imported(ledger, journal, [spelled(signed)])
    assert counts.refused == 1
    assert "site" in problems[0]


@pytest.mark.parametrize("held", [True, False])
def test_a_public_key_is_enrolled_once(ledger, journal, directory, held):
    """By what the ledger holds, and by what stands before in the journal; and the same line again is known."""
    take(ledger, *WORLD[: len(WORLD) if held else 6])
    again = fact("SigningKeyEnrolled", 70, **(PT1.enrolment() | {"practitioner": "PT2", "key_id": "K-again"}))
    problems = []
    order = ImportAsked([journal([*WORLD, spelled(again)])], lambda: NOW, keep_going=True, problem=problems.append)
    assert import_journal(ledger.recorder, directory, order).refused == 1
    assert "public_key: this public key is enrolled already, for 'PT1' as 'K-PT1'" in "".join(problems)


def test_while_another_caller_enrols_the_public_key(ledger, journal, directory):
    """Nothing tells of it but the key: the other enrolment is of another person, under another id."""
    mine = fact("SigningKeyEnrolled", 70, **(Person("PT2", "K-new").enrolment()))
    theirs = fact(
        "SigningKeyEnrolled", 60, **(Person("", "K-new").enrolment() | {"practitioner": "DR1", "key_id": "K-2"})
    )
    take(ledger, *WORLD)
    lines = [*(treated(f"S{n}", 61 + n)[0] for n in range(9)), spelled(mine)]
    problems = []
    with TreatmentLedger.open(directory) as other:

        def progress(stage, done, total):
            if stage == "append" and done == 3:
                other.record([theirs], now=NOW)

        order = ImportAsked([journal(lines)], lambda: NOW, keep_going=True, progress=progress, problem=problems.append,
                      chunk_lines=3)  # fmt: skip
        result = import_journal(ledger.recorder, directory, order)
    assert (result.accepted, result.refused) == (9, 1)
    assert "this public key is enrolled already, for 'DR1' as 'K-2'" in "".join(problems)


def test_a_session_is_signed_with_its_stop_and_not_before_it_is_recorded(ledger, journal):
    """A line dated before what it signs lies before it in the log."""
    take(ledger, *WORLD, *treated("S50", 5000))
    made = sign_session(ledger, "S50", PT1, 5100)
    started, stopped = facts(treated("S51", 6000))
    says = {"session": "S51", "started": spelled_at(started), "stopped": spelled_at(stopped)}
    early = resigned(
        fact("SessionSigned", 5990, session="S51", practitioner="PT1", signature=made.signature), says=says
    )
    running = resigned(msgspec.structs.replace(early, at=started.at), says=says | {"stopped": None, "effect": None})
    for signed, words in ((early, "not what is recorded before this line: patient"), (running, "not stopped before")):
        with pytest.raises(Refused) as refused:
            take(ledger, started, stopped, signed)
        assert words in refused.value.problems[0].what
        problems = []
        lines = [spelled(one) for one in (started, stopped, signed)]
        assert ledger.import_journal([journal(lines)], now=lambda: NOW, problem=problems.append).refused == 1
        assert words in "".join(problems)
