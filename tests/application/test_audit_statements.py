"""What was written past the door: every statement in the log is checked again, and named for what is wrong with it."""

import contextlib
import json
from datetime import date

import msgspec
import pytest

from ledger.application import Refused, TreatmentLedger
from ledger.application.audit_statements import audit_statements
from ledger.application.mapper import entry_event
from ledger.journal import spell
from ledger.store.entry import format_time
from ledger.store.last_statements import TABLE
from ledger.store.parallel import ALONE, processes
from ledger.treatment.facts import PersonErased
from ledger.treatment.statements import ChainEnd, digest, following, says_erasure, unpack
from ledger.verify import verify
from tests.application.own_program import takes_anything
from tests.application.signed import (
    DR1,
    NOW,
    PT1,
    PT2,
    WORLD,
    assessed,
    sheet,
    sign_assessment,
    sign_session,
    take,
    treated,
)
from tests.application.world import fact, facts
from tests.signing import Person


@pytest.fixture
def world(directory):
    """Opened here, and not held against the invariants of a ledger that only the door writes to."""
    with TreatmentLedger.open(directory) as ledger:
        take(ledger, *WORLD, *treated("S1", 60), *treated("S2", 120), *treated("S3", 180), assessed("A1", 240))
        take(ledger, sign_session(ledger, "S1", PT1, 95))
        yield ledger


def found(ledger):
    """(name, where) of every finding about statements, all of which an audit has among its own."""
    findings = ledger.audit()
    statements = list(audit_statements(ALONE, ledger.recorder.connections.path, ledger.size, lambda part: None))
    assert [finding for finding in findings if finding in statements] == statements
    return [(finding.name, finding.where) for finding in statements]


def verified(ledger):
    """The same of the verifier, about the patient's bundle."""
    verdict = verify(takes_anything(ledger).export("patient:P1", now=NOW), ledger.vkey)
    return [(finding.name, finding.where) for finding in verdict.findings]


def slip(ledger, made, *tags):
    """Append a fact as no decision would; its index as findings name it."""
    tags = sorted({*tags, *(f"practitioner:{person.practitioner}" for person in (PT1, PT2, DR1))})
    ledger.recorder.append([entry_event(made.ENTRY_TYPE, format_time(NOW), tags, spell(made))])
    return f"index {ledger.size - 1}"


def resigned(made, by, **changes):
    """The signed fact with other words in its statement, signed anew."""
    statement = json.loads(unpack(made.signature).data)
    says = {**statement["says"], **changes.pop("says", {})}
    data = json.dumps({**statement, **changes, "says": says}, ensure_ascii=False, separators=(",", ":")).encode()
    return msgspec.structs.replace(made, signature=by.sign(data))


def test_what_came_in_by_the_door_is_sound(world):
    take(world, sign_session(world, "S2", PT1, 155))
    take(world, sign_assessment(world, "A1", PT1, 245))
    take(world, sign_assessment(world, "A1", DR1, 246))
    draft = sheet("R7", 300)
    take(world, msgspec.structs.replace(draft, signature=DR1.sign(world.sheet_statement(draft, "K-DR1"))))
    take(world, fact("SessionSigned", 310, session="S3", practitioner="PT1", signature="scanned"))
    assert found(world) == []


@pytest.mark.parametrize(
    "says", [{"effect": "cured"}, {"item": "acupuncture"}, {"started": "2021-06-01T07:00:00+08:00"}, {"session": "S1"}]
)
def test_other_words_than_are_recorded(world, says):
    made = resigned(sign_session(world, "S2", PT1, 155), PT1, says=says)
    assert found(world) == []
    where = slip(world, made, "session:S2", "patient:P1")
    assert found(world) == [("signature-invalid", where)]


def test_somebody_elses_signature(world):
    made = sign_session(world, "S2", PT1, 155)
    where = slip(world, msgspec.structs.replace(made, practitioner="PT2"), "session:S2", "patient:P1")
    assert found(world) == [("signature-invalid", where)]


def test_a_signature_with_a_bit_flipped(world):
    made = sign_session(world, "S2", PT1, 155)
    flipped = made.signature[:-3] + ("B" if made.signature[-3] != "B" else "C") + made.signature[-2:]
    where = slip(world, msgspec.structs.replace(made, signature=flipped), "session:S2", "patient:P1")
    assert found(world) == [("signature-invalid", where)]


def test_a_key_that_nobody_enrolled(world):
    where = slip(world, resigned(sign_session(world, "S2", PT1, 155), PT1, key_id="K-NEW"), "session:S2", "patient:P1")
    assert found(world) == [("signer-unknown", where)]


def test_a_key_of_somebody_else(world):
    made = resigned(sign_session(world, "S2", PT1, 155), PT2, key_id="K-PT2")
    where = slip(world, made, "session:S2", "patient:P1")
    assert found(world) == [("signer-unknown", where)]


def test_a_key_revoked_before_and_not_after(world):
    made = sign_session(world, "S2", PT1, 155)
    take(world, fact("SigningKeyRevoked", 400, key_id="K-PT1", reason="lost"))
    assert found(world) == []
    where = slip(world, made, "session:S2", "patient:P1")
    assert found(world) == [("signer-revoked", where)]


@pytest.mark.parametrize("name", ["K-PT1", "K-PT2"])
@pytest.mark.parametrize("signer", ["PT1", "PT2"])
def test_one_id_enrolled_for_two_signs_for_each_with_what_was_enrolled_first_for_them(world, name, signer):
    """The door lets no second enrolment in. Past it, audit and verifier read it alike: each signer's first counts."""
    owner, other = (PT1, Person("PT2", "K-own")) if name == "K-PT1" else (PT2, Person("PT1", "K-own"))
    late = Person("late", "K-late")
    for person in (other, late):  # the last comes too late for everybody
        owned = {"practitioner": other.practitioner, "key_id": name}
        enrolled = fact("SigningKeyEnrolled", 10, **(person.enrolment() | owned))
        slip(world, enrolled, f"key:{name}", f"registry:practitioner:{other.practitioner}")
    by = owner if owner.practitioner == signer else other
    made = sign_session(world, "S2", PT1, 155)
    head = {"counter": 2} if name == "K-PT1" else {"counter": 1, "previous": ""}
    made = resigned(made, by, signer=signer, key_id=name, **head)
    where = slip(world, msgspec.structs.replace(made, practitioner=signer), "session:S2", "patient:P1")
    assert found(world) == verified(world) == []
    wrong = resigned(made, late, signer=signer, key_id=name, **head)
    where = slip(world, msgspec.structs.replace(wrong, practitioner=signer), "session:S2", "patient:P1")
    assert found(world) == verified(world) == [("signature-invalid", where)]
    nobodys = resigned(made, DR1, signer="DR1", key_id=name, **head)
    last = slip(world, msgspec.structs.replace(nobodys, practitioner="DR1"), "session:S2", "patient:P1")
    assert found(world) == verified(world) == [("signature-invalid", where), ("signer-unknown", last)]


@pytest.mark.parametrize(("practitioner", "name"), [("PT2", "K-new"), ("PT2", "K-PT1"), ("PT1", "K-new")])
def test_a_public_key_enrolled_a_second_time_signs_nothing(world, practitioner, name):
    """The door refuses it. Past it, audit and verifier read it alike: it is whoever's it was first."""
    again = fact("SigningKeyEnrolled", 10, **(PT1.enrolment() | {"practitioner": practitioner, "key_id": name}))
    with pytest.raises(Refused, match="public_key: .*enrolled already" if name == "K-new" else "key_id"):
        take(world, again)
    slip(world, again, f"key:{name}", f"registry:practitioner:{practitioner}")
    made = sign_session(world, "S2", PT1, 155)
    head = {"counter": 1, "previous": ""} if name == "K-new" else {}
    theirs = resigned(made, PT1, signer=practitioner, key_id=name, **head)
    assert found(world) == verified(world) == []
    where = slip(world, msgspec.structs.replace(theirs, practitioner=practitioner), "session:S2", "patient:P1")
    assert found(world) == verified(world) == [("signer-unknown", where)]


def test_signed_before_it_is_recorded(world):
    """The statement is right in everything, and stands in the log before what it is about."""
    started, stopped = facts(treated("S9", 300))
    says = {"session": "S9", "started": spelled_at(started), "stopped": spelled_at(stopped)}
    made = resigned(sign_session(world, "S2", PT1, 155), PT1, says=says)
    made = msgspec.structs.replace(made, session="S9")
    with pytest.raises(Refused):
        take(world, made)
    where = slip(world, made, "session:S9", "patient:P1")
    for late in (started, stopped):
        slip(world, late, "session:S9", "patient:P1", "prescription:R-P1", "institution:H1")
    assert found(world) == verified(world) == [("signature-invalid", where)]


def test_signed_before_it_was_stopped(world):
    """The door refuses it, for the signature does not cover the stop; in a log it is no offence, and counted."""
    started, stopped = facts(treated("S9", 300))
    take(world, started)
    says = {"session": "S9", "started": spelled_at(started), "stopped": None, "effect": None}
    made = resigned(sign_session(world, "S2", PT1, 155), PT1, says=says)
    made = msgspec.structs.replace(made, session="S9")
    with pytest.raises(Refused, match="not stopped before this line"):
        take(world, made)
    slip(world, made, "session:S9", "patient:P1", "institution:H1")
    take(world, stopped)
    assert found(world) == verified(world) == []
    told = verify(world.export("patient:P1", now=NOW), world.vkey).not_claimed
    assert "1 session is signed without its stop, which came later" in " ".join(claim.what for claim in told)


def spelled_at(made):
    return json.loads(spell(made))["at"]


def test_statements_that_leave_one_out(world):
    second = sign_session(world, "S2", PT1, 155)
    first = digest(unpack(second.signature).data)
    third = resigned(sign_session(world, "S3", PT1, 215), PT1, counter=3, previous=first)
    slip(world, third, "session:S3", "patient:P1")
    assert found(world) == [("statement-gap", "key K-PT1")]
    take(world, second)  # late, and at its place
    assert found(world) == []


def test_two_statements_in_one_place(world):
    second = sign_session(world, "S2", PT1, 155)
    other = sign_session(world, "S3", PT1, 215)
    take(world, second)
    where = slip(world, other, "session:S3", "patient:P1")
    assert found(world) == [("statement-gap", where)]


def test_a_statement_that_follows_another_than_the_one_before(world):
    made = resigned(sign_session(world, "S2", PT1, 155), PT1, previous="A" * 43 + "=")
    where = slip(world, made, "session:S2", "patient:P1")
    assert found(world) == [("statement-gap", where)]


def test_a_statement_that_follows_an_earlier_one_than_the_one_before(world):
    """The audit, which has the whole log, names what is missing; a patient's bundle shows where it cannot be."""
    made = resigned(sign_session(world, "S2", PT1, 155), PT1, counter=3)
    where = slip(world, made, "session:S2", "patient:P1")
    assert found(world) == [("statement-gap", "key K-PT1")]
    assert verified(world) == [("statement-gap", where)]


def test_the_same_statement_stands_once(world):
    made = sign_session(world, "S2", PT1, 155)
    take(world, made)
    with pytest.raises(Refused, match="recorded already, expected one statement a line"):
        take(world, msgspec.structs.replace(made, id="L-again"))
    where = slip(world, made, "session:S2", "patient:P1")
    assert found(world) == verified(world) == [("statement-gap", where)]


def test_an_approval_is_used_once(world):
    made = erased((PT2, ChainEnd()), (DR1, ChainEnd()))
    slip(world, made, "patient:P1")
    where = slip(world, made, "patient:P1")
    assert found(world) == [("statement-gap", where)] * 2
    assert set(verified(world)) == {("statement-gap", where)}


# --- erasures ------------------------------------------------------------------------------------------------------


def erased(*approving, **said):
    """An erasure with the approvals of these people (signer, counter, previous)."""
    says = says_erasure("P1", date(2060, 1, 1), None) | said
    texts = [
        by.sign(following(head, "erasure", says, signer=by.practitioner, key_id=by.key_id)) for by, head in approving
    ]
    return PersonErased(at=NOW, patient="P1", retained_until=date(2060, 1, 1), approvals=texts)


def test_an_erasure_that_two_approved(world):
    slip(world, erased((PT2, ChainEnd()), (DR1, ChainEnd())), "patient:P1")
    assert found(world) == []


@pytest.mark.parametrize(
    ("approving", "said", "names"),
    [
        ([(PT2, ChainEnd()), (PT2, ChainEnd())], {}, ["signature-invalid", "statement-gap"]),
        ([(PT2, ChainEnd()), (DR1, ChainEnd()), (PT2, ChainEnd())], {}, ["statement-gap"]),
        ([(PT2, ChainEnd()), (DR1, ChainEnd())], {"ground": "a court"}, ["signature-invalid"] * 2),
        ([(PT2, ChainEnd()), (PT1, ChainEnd())], {}, ["statement-gap"]),
        ([(PT2, ChainEnd()), (Person("PT9", "K-PT2"), ChainEnd())], {}, ["signature-invalid"]),
        ([(PT2, ChainEnd()), (Person("DR1", "K-new"), ChainEnd())], {}, ["signer-unknown"]),
    ],
)
def test_an_erasure_that_was_not_approved_like_that(world, approving, said, names):
    where = slip(world, erased(*approving, **said), "patient:P1")
    assert found(world) == [(name, where) for name in names]


def test_approvals_that_are_none(world):
    texts = erased((PT2, ChainEnd()), (DR1, ChainEnd())).approvals
    foreign = msgspec.structs.replace(erased((PT2, ChainEnd()), (DR1, ChainEnd())), approvals=[texts[0], "signed, DR1"])
    where = slip(world, foreign, "patient:P1")
    assert found(world) == [("signature-invalid", where)]
    first = erased((PT2, ChainEnd()), (DR1, ChainEnd()))
    made = sign_session(world, "S2", PT1, 155)
    where = slip(world, msgspec.structs.replace(first, approvals=[texts[0], made.signature]), "patient:P1")
    assert found(world)[1:] == [("signature-invalid", where), ("statement-gap", where)]  # the first is used again


def test_over_processes_the_same(world):
    second = sign_session(world, "S2", PT1, 155)
    take(world, second)
    slip(
        world, resigned(sign_session(world, "S3", PT1, 215), PT1, says={"effect": "cured"}), "session:S3", "patient:P1"
    )
    slip(world, resigned(sign_session(world, "S3", PT1, 215), PT1, counter=9), "session:S3", "patient:P1")
    path = world.recorder.connections.path
    alone = list(audit_statements(ALONE, path, world.size, lambda part: None))
    assert [finding.name for finding in alone] == ["signature-invalid", "statement-gap"]
    parts = []
    with processes(2) as pool:
        assert list(audit_statements(pool, path, world.size, parts.append, stretch=7)) == alone
    assert parts[-1] == 1.0
    assert [finding for finding in world.audit(jobs=2) if finding in alone] == alone


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("'K-PT1', 999999999, 20, 7, 'x'", "key K-PT1: kept of its chain is what 999999999 entries gave, the log has"),
        (
            "'NOPE', 5, 0, 0, ''",
            "key NOPE: kept of its chain is a statement, and no such key is in the first 5 entries",
        ),
        ("CAST(x'ff' AS TEXT), 5, 1, 1, ''", r"key \udcff: kept of its chain under what is no text"),
        ("'K-PT1', -5, -1, -1, ''", "key K-PT1: kept of its chain is a statement, and no such key is in the first -5"),
        ("'K-PT1', 19, 0, 0, ''", "key K-PT1: kept of its chain is statement 0 of index -1, the entries give 1 of"),
    ],
)
def test_what_is_kept_of_chains(world, row, says):
    with contextlib.closing(world.recorder.connections.write()) as connection:
        connection.execute(TABLE)
        connection.execute(f"INSERT OR REPLACE INTO last_statements VALUES ({row})")
    (one,) = world.audit()
    assert str(one).startswith(f"index-mismatch: {says}")
