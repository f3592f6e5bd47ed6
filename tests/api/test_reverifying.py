"""What a bundle's facts come to: judged only when they are proven, and only the patient whose bundle it is."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from api.clock import parse_instant
from api.questions import facts, judge_of, rules
from api.reverifying import format_judged, reverify
from ledger.application import TreatmentLedger, Unsound
from ledger.application.mapper import entry_event
from ledger.journal import load, parse_fact, spell
from ledger.treatment.facts import SessionStarted, SessionStopped
from ledger.verify import Unreadable, Verdict, format_text, verify
from projections.rules.rulebook import Rulebook
from projections.rules.succession import AdoptionRefused
from tests.application.own_program import takes_anything
from tests.verify.world import Log

NOW = parse_instant("2021-03-02T08:00:00+08:00")
YEAR_ONE = "0001-01-01T00:00:00.000000+23:00"
MOVED = (
    b'{"type":"EntryCorrected","at":"2021-03-01T19:00:00+08:00","target":"S2","field":"patient","old":"P1","new":"P2",'
    b'"reason":"wrong file on the screen","practitioner":"PT1"}'
)
OTHER = (
    b'{"type":"PatientFileOpened","at":"2021-03-01T08:00:00+08:00","patient":"P2","sex":"male","born":"1950-01-01",'
    b'"institution":"H1","file_no":"M2"}'
)


THIRD = OTHER.replace(b"P2", b"P3").replace(b"M2", b"M3").replace(b'"patient"', b'"id":"L3","patient"')


@pytest.fixture
def filled(tmp_path: Path, journal: Path):  # type: ignore[no-untyped-def]
    TreatmentLedger.init(tmp_path / "ledger", "hospital.example/ledger")
    with TreatmentLedger.open(tmp_path / "ledger") as ledger:
        ledger.record([*load([journal]), parse_fact(OTHER), parse_fact(THIRD), parse_fact(MOVED)], now=NOW)
        yield ledger


@pytest.mark.parametrize("patient", ["P1", "P2"])
def test_a_bundle_comes_to_what_the_ledger_comes_to(filled: TreatmentLedger, patient: str) -> None:
    by = rules()
    verdict, judged = reverify(verify(filled.export(f"patient:{patient}", now=NOW), filled.vkey), by)
    assert verdict.sound
    assert judged is not None
    whole = list(judge_of(facts(filled.facts()), by).decisions(patient))
    assert (judged.acts, judged.payable) == (len(whole), sum(decision.payable for decision in whole))
    assert judged.acts == {"P1": 2, "P2": 1}[patient]
    assert isinstance(by.rulebook, Rulebook)
    assert judged.digest == by.rulebook.digest


def test_it_is_claimed_that_it_was_judged_and_not_that_anything_was_compared(filled: TreatmentLedger) -> None:
    verdict, _ = reverify(verify(filled.export("patient:P1", now=NOW), filled.vkey), rules())
    assert [claim.what for claim in verdict.claims if claim.name == "re-derived"]
    (left,) = [claim.what for claim in verdict.not_claimed if claim.name == "re-derived"]
    assert "nothing was compared" in left


def adopting(digest: str, day: str = "2021-01-01", rulebook: str = "shanghai-2017") -> bytes:
    return (
        f'{{"type":"RulebookAdopted","at":"2021-01-01T08:00:00+08:00","rulebook":"{rulebook}","digest":"{digest}",'
        f'"effective_from":"{day}"}}'
    ).encode()


def confirmed(act: str, fund_fen: int, at: str = "2021-03-02T07:00:00+08:00") -> bytes:
    return (f'{{"type":"FeeConfirmed","at":"{at}","act":"{act}","amount_fen":4000,"fund_fen":{fund_fen}}}').encode()


def in_force(ledger: TreatmentLedger, subject: str = "patient:P1", **texts: str) -> tuple[Verdict, object]:
    """As the command asks: what was adopted, else the rulebook that comes first."""
    bundle = ledger.export(subject, now=NOW, rulebooks=texts.get)
    return reverify(verify(bundle, ledger.vkey), rules("in-force"), otherwise=rules())


def test_nothing_adopted_is_judged_by_the_usual_rulebook_and_said(filled: TreatmentLedger) -> None:
    verdict, judged = in_force(filled)
    assert verdict.sound
    assert judged is not None
    assert judged.rulebook == "shanghai-2017"
    (left,) = [claim.what for claim in verdict.not_claimed if claim.name == "re-derived"]
    assert left.endswith("No rulebook was adopted in this log: it was judged by shanghai-2017.")
    with pytest.raises(AdoptionRefused):
        reverify(verify(filled.export("patient:P1", now=NOW), filled.vkey), rules("in-force"))


def test_what_was_adopted_is_judged_by_and_compared(filled: TreatmentLedger) -> None:
    digest = rules().rulebook.digest
    decided = {d.act: d.payable for d in judge_of(facts(filled.facts()), rules()).decisions("P1")}
    right = [confirmed(act, 4000 if payable else 0) for act, payable in decided.items()]
    filled.record([parse_fact(fact) for fact in (adopting(digest), *right)], now=NOW)
    verdict, judged = in_force(filled)
    assert verdict.findings == ()
    assert (judged.rulebook, judged.digest) == ("shanghai-2017", digest)
    (settled,) = [claim.what for claim in verdict.claims if claim.name == "settled"]
    assert f"{len(decided)} acts" in settled
    assert "re-derived" not in {claim.name for claim in verdict.not_claimed}


def test_what_was_settled_otherwise_is_found(filled: TreatmentLedger) -> None:
    decided = {d.act: d for d in judge_of(facts(filled.facts()), rules()).decisions("P1")}
    (denied,) = [d for d in decided.values() if not d.payable]
    (paid,) = [d for d in decided.values() if d.payable]
    filled.record([parse_fact(fact) for fact in (
        adopting(rules().rulebook.digest), confirmed(denied.act, 3000),
        confirmed(paid.act, 4000, "2021-03-02T06:00:00+08:00"), confirmed(paid.act, 0),
    )], now=NOW)  # fmt: skip
    verdict, judged = in_force(filled)
    found = {(finding.name, finding.where): finding.what for finding in verdict.findings}
    assert found.keys() == {("decision-differs", f"act {denied.act}"), ("decision-differs", f"act {paid.act}")}
    told = found["decision-differs", f"act {denied.act}"]
    assert "30.00 yuan" in told
    assert all(clause in told for clause in denied.denied_by)
    assert "40.00 yuan" in found["decision-differs", f"act {paid.act}"]
    assert judged is not None
    # The facts stay proven, and it is said.
    assert {"complete", "re-derived"} <= {claim.name for claim in verdict.claims}
    assert verdict.facts
    text = format_text(verdict)
    assert "unsound: 2 findings in what was settled; the entries themselves are proven" in text
    assert "\nProven\n" in text


def test_a_day_before_the_adoption_settles_nothing(filled: TreatmentLedger) -> None:
    (denied,) = [d for d in judge_of(facts(filled.facts()), rules()).decisions("P1") if not d.payable]
    later = adopting(rules().rulebook.digest, "2021-03-02")
    filled.record([parse_fact(later), parse_fact(confirmed(denied.act, 3000))], now=NOW)
    verdict, _ = in_force(filled)
    assert verdict.findings == ()
    (left,) = [claim.what for claim in verdict.not_claimed if claim.name == "re-derived"]
    assert "no fee here says" in left


def test_the_text_of_the_bundle_is_judged_by(filled: TreatmentLedger) -> None:
    text = rules().rulebook.path.read_text("utf-8") + "\n# a comment: another text, the same rules\n"
    digest = sha256(text.encode()).hexdigest()
    filled.record([parse_fact(adopting(digest))], now=NOW)
    verdict, judged = in_force(filled, **{digest: text})
    assert verdict.sound
    assert judged.digest == digest
    without, none = in_force(filled)
    assert without.sound
    assert (none.rulebook, none.acts, none.unjudged) == ("", 0, judged.acts)
    (left,) = [claim.what for claim in without.not_claimed if claim.name == "re-derived"]
    assert digest in left


def test_from_the_day_of_a_text_that_is_not_at_hand_nothing_is_judged(filled: TreatmentLedger) -> None:
    """Acts before it are compared; of the others it is said that they were not, and by which rulebook they would be."""
    digest, missing = rules().rulebook.digest, "0" * 64
    (denied,) = [d for d in judge_of(facts(filled.facts()), rules()).decisions("P1") if not d.payable]
    filled.record([parse_fact(fact) for fact in (
        adopting(digest), adopting(missing, "2021-03-01", "elsewhere-2021"), confirmed(denied.act, 3000),
    )], now=NOW)  # fmt: skip
    verdict, judged = in_force(filled)
    assert verdict.findings == ()
    assert (judged.acts, judged.unjudged, judged.digest) == (0, 2, digest)
    assert "2 more not judged" in format_judged(judged)
    assert "settled" not in {claim.name for claim in verdict.claims}
    (left,) = [claim.what for claim in verdict.not_claimed if claim.name == "re-derived"]
    for told in ("2 of 2 acts were not judged", "elsewhere-2021, adopted from 2021-03-01", missing):
        assert told in left


def test_what_was_settled_before_that_day_is_still_compared(filled: TreatmentLedger) -> None:
    (denied,) = [d for d in judge_of(facts(filled.facts()), rules()).decisions("P1") if not d.payable]
    later = adopting("0" * 64, "2021-03-02", "elsewhere-2021")
    adopted = [parse_fact(adopting(rules().rulebook.digest)), parse_fact(later)]
    filled.record([*adopted, parse_fact(confirmed(denied.act, 0))], now=NOW)
    verdict, judged = in_force(filled)
    assert (verdict.findings, judged.acts, judged.unjudged) == ((), 2, 0)
    (settled,) = [claim.what for claim in verdict.claims if claim.name == "settled"]
    assert settled.startswith("What was settled before 2021-03-02 is what the rules give: 1 act")
    filled.record([parse_fact(confirmed(denied.act, 3000, "2021-03-02T07:30:00+08:00"))], now=NOW)
    verdict, _ = in_force(filled)
    assert [(finding.name, finding.where) for finding in verdict.findings] == [
        ("decision-differs", f"act {denied.act}")
    ]
    (left,) = [claim.what for claim in verdict.not_claimed if claim.name == "re-derived"]
    assert "elsewhere-2021" in left


def test_a_digest_that_is_none_is_no_way_round_the_comparison(filled: TreatmentLedger) -> None:
    """The door refuses it; who writes it past the door is found."""
    fact = adopting("none", "2010-01-01")
    signed(filled, fact, "registry:rulebook")
    verdict, judged = in_force(filled)
    assert judged is None
    (finding,) = verdict.findings
    assert (finding.name, finding.what.split(",")[0]) == ("malformed", "digest: 'none' is no digest")


def test_a_text_that_is_no_rulebook_is_not_judged_by(filled: TreatmentLedger) -> None:
    text = "no = rulebook"
    digest = sha256(text.encode()).hexdigest()
    filled.record([parse_fact(adopting(digest))], now=NOW)
    verdict, judged = in_force(filled, **{digest: text})
    assert verdict.sound
    assert (judged.rulebook, judged.acts, judged.unjudged) == ("", 0, 2)


def test_where_no_text_adopted_is_at_hand_nothing_is_judged_by_the_usual_rulebook(filled: TreatmentLedger) -> None:
    """Also not where the adoption is of a day behind all acts: no rulebook was in force before it."""
    missing = "0" * 64
    filled.record([parse_fact(adopting(missing, "2021-03-02", "elsewhere-2021"))], now=NOW)
    bundle = filled.export("patient:P1", now=NOW)
    for otherwise in (rules(), None):
        verdict, judged = reverify(verify(bundle, filled.vkey), rules("in-force"), otherwise=otherwise)
        assert verdict.sound
        assert judged == ("", "", 0, 0, {}, 2)
        assert format_judged(judged) == "Not judged: 2 acts; no rulebook that was in force is at hand\n"
        assert not {"re-derived", "settled"} & {claim.name for claim in verdict.claims}
        (left,) = [claim.what for claim in verdict.not_claimed if claim.name == "re-derived"]
        for told in ("2 of 2 acts were not judged", "elsewhere-2021, adopted from 2021-03-02", missing):
            assert told in left


@pytest.mark.parametrize("subject", ["practitioner:PT1", "session:S1", "session:S2"])
def test_other_subjects_are_decided_about_and_not_judged(filled: TreatmentLedger, subject: str) -> None:
    verdict, judged = in_force(filled, subject)
    assert verdict.findings == ()
    assert judged is None
    (left,) = [claim.what for claim in verdict.not_claimed if claim.name == "re-derived"]
    assert "only a patient's bundle" in left


def test_the_ledgers_own_facts_are_left_out(filled: TreatmentLedger) -> None:
    fact = b'{"type":"PersonCommitted","at":"2021-03-01T08:00:00+08:00","patient":"P1","commitment":"%b"}'
    signed(filled, fact % (b"A" * 43 + b"="), "patient:P1")
    verdict, judged = in_force(filled)
    assert verdict.findings == ()
    assert judged is not None
    assert judged.acts == 2


def test_what_is_not_proven_is_not_judged(filled: TreatmentLedger) -> None:
    bundle = filled.export("patient:P1", now=NOW).replace(b"tolerated well", b"tolerated ill!")
    verdict, judged = reverify(verify(bundle, filled.vkey), rules())
    assert not verdict.sound
    assert judged is None


def signed(ledger: TreatmentLedger, fact: bytes, *tags: str, at: str = "2021-03-02T08:00:00.000000+08:00") -> None:
    """Append what the door would refuse, as someone does who holds the database and the key."""
    kind = json.loads(fact)["type"]
    name = re.sub(r"(?<=.)(?=[A-Z])", "-", kind).lower() + ".v1"
    ledger.recorder.append([entry_event(name, at, sorted(tags), fact)])


CORRECTION = (
    b'{"type":"EntryCorrected","at":"2021-03-01T20:00:00+08:00","target":"%b","field":"%b","old":%b,"new":%b,'
    b'"reason":"none","practitioner":"PT1"}'
)
STOP = b'{"type":"SessionStopped","at":"2021-03-01T18:%02d:00+08:00","session":"S77","effect":"good"}'


@pytest.mark.parametrize(
    ("facts_", "tags", "found"),
    [
        pytest.param(
            [b'{"type":"SigningKeyRevoked","at":"2021-03-01T18:00:00+08:00","key_id":"K1","reason":"lost"}'],
            ["key:K1", "patient:P1"],
            "key_id: unknown signing key 'K1'",
            id="a key revoked that nobody enrolled",
        ),
        pytest.param(
            [STOP % 1, STOP % 2],
            ["patient:P1", "session:S77"],
            "session: unknown session 'S77'",
            id="two stops without a start",
        ),
        pytest.param(
            [CORRECTION % (b"L3", b"born", b'"1950-01-01"', b'"never"')],
            ["id:L3", "patient:P3", "practitioner:PT1"],
            "new: no value for born",
            id="a birthday that is none",
        ),
        pytest.param(
            [CORRECTION % (b"S1", b"at", b'"x"', b'"never"')],
            ["patient:P1", "practitioner:PT1", "session:S1"],
            ": ",
            id="an instant that is none",
        ),
        pytest.param(
            [b'{"type":"SessionStopped","at":"2021-03-01T18:00:00+08:00","session":"S1","effect":5}'],
            ["patient:P1", "session:S1"],
            "effect",
            id="no fact of its type",
        ),
    ],
)
def test_proven_facts_that_cannot_have_happened_are_found(
    filled: TreatmentLedger, facts_: list[bytes], tags: list[str], found: str
) -> None:
    first = filled.size
    for fact in facts_:
        signed(filled, fact, *tags)
    (patient,) = [tag.removeprefix("patient:") for tag in tags if tag.startswith("patient:")]
    verdict, judged = reverify(
        verify(takes_anything(filled).export(f"patient:{patient}", now=NOW), filled.vkey), rules()
    )
    assert (verdict.sound, verdict.claims, verdict.facts, judged) == (False, (), (), None)
    assert [(finding.name, finding.where) for finding in verdict.findings] == [
        ("malformed", f"index {first + n}") for n in range(len(facts_))
    ]
    assert all(found in finding.what for finding in verdict.findings)


def test_a_fact_that_stands_twice_is_found(filled: TreatmentLedger) -> None:
    (first,) = [r for r in filled.history("P1") if isinstance(r.fact, SessionStopped) and r.fact.session == "S1"]
    signed(filled, spell(first.fact), *json.loads(filled.entry(first.index))["tags"])
    verdict, _ = reverify(verify(filled.export("patient:P1", now=NOW), filled.vkey), rules())
    assert [str(finding) for finding in verdict.findings] == [
        # Behind it stands the seal, which the export made.
        f"malformed: index {filled.size - 2}: the fact of index {first.index} again; a ledger takes a fact once"
    ]


def test_the_end_of_the_calendar_is_no_fault_of_the_program(filled: TreatmentLedger) -> None:
    started = next(r for r in filled.history("P1") if isinstance(r.fact, SessionStarted))
    for year in (b"0001", b"9999"):
        fact = re.sub(rb'"at":"2021-..-..T', b'"at":"' + year + b"-12-31T", spell(started.fact))
        fact = fact.replace(b'"session":"S', b'"session":"S' + year)
        tags = [
            tag for tag in json.loads(filled.entry(started.index))["tags"] if not tag.startswith(("session:", "id:"))
        ]
        name = json.loads(fact)["session"]
        signed(filled, fact, *tags, f"session:{name}")
    verdict, _ = reverify(verify(filled.export("patient:P1", now=NOW), filled.vkey), rules())
    assert verdict.sound or [finding.name for finding in verdict.findings] == ["malformed"]


def test_an_append_time_of_year_one_is_found(filled: TreatmentLedger) -> None:
    """The exporter hands out no such entry; a liar with the log's key does."""
    entries = [row.data for row in filled.recorder.rows(upto=filled.size)]
    stop = (STOP % 1).replace(b"S77", b"S1")
    entries.append(bytes(entry_event("session-stopped.v1", YEAR_ONE, ["patient:P1", "session:S1"], stop).data))
    log = Log(entries)
    verdict = verify(log.bundle(*log.tags("patient:P1")), log.vkey)
    assert [(finding.name, finding.where) for finding in verdict.findings] == [
        ("malformed", f"index {len(entries) - 1}")
    ]
    assert reverify(verdict, rules()) == (verdict, None)
    signed(filled, stop, "patient:P1", "session:S1", at=YEAR_ONE)
    with pytest.raises(Unsound, match=f"^malformed: index {len(entries) - 1}: "):
        filled.export("patient:P1", now=NOW)


def test_what_was_not_decided_again_is_told(filled: TreatmentLedger) -> None:
    whole, _ = reverify(verify(filled.export("patient:P3", now=NOW), filled.vkey), rules())
    assert [claim.what for claim in whole.not_claimed if claim.name == "possible"] == []
    moved, _ = reverify(verify(filled.export("patient:P2", now=NOW), filled.vkey), rules())
    (left,) = [claim.what for claim in moved.not_claimed if claim.name == "possible"]
    assert "what they refer to lies outside this bundle" in left
    for verdict in (whole, moved):
        assert any(claim.name == "possible" for claim in verdict.claims)


def test_an_entry_of_a_newer_program_is_told() -> None:
    entry = (
        b'{"format":"treatment-ledger/1","type":"session-paused.v1","appended_at":"2021-03-01T15:31:02.123456+08:00",'
        b'"tags":[],"fact":{"type":"SessionPaused","at":"2021-03-01T15:30:00+08:00"}}'
    )
    with pytest.raises(Unreadable, match="entry 7 is proven, but this program cannot read it"):
        reverify(Verdict((), facts=((7, entry),), subject="patient:P1"), rules())
