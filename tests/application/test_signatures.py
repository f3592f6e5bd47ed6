"""At the door of `record`: a statement that is right is taken, one that is not is refused, foreign text is let in."""

import json
import threading
from base64 import b64decode, b64encode

import msgspec
import pytest

from ledger.application import NotToSign, Refused, TreatmentLedger
from ledger.application.mapper import entry_event
from ledger.journal import spell
from ledger.store.entry import format_time
from ledger.treatment.statements import ChainEnd, digest, following, pack, parse_statement, unpack
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
from tests.application.world import fact, facts, line, patient
from tests.signing import DevicePerson, Person


@pytest.fixture
def world(ledger):
    take(ledger, *WORLD, *treated("S1", 60), *treated("S2", 120), assessed("A1", 200))
    return ledger


def refusal(ledger, *given):
    """What is said of the last of these, which alone is refused."""
    with pytest.raises(Refused) as refused:
        take(ledger, *given)
    assert [(p.line, p.field) for p in refused.value.problems] == [(len(given) - 1, "signature")]
    return refused.value.problems[0].what


def resigned(made, by=PT1, **changes):
    """The signed fact with other words in its statement, signed anew: nothing is wrong with it but what it says."""
    statement = json.loads(unpack(made.signature).data)
    says = {**statement["says"], **changes.pop("says", {})}
    data = json.dumps({**statement, **changes, "says": says}, ensure_ascii=False, separators=(",", ":")).encode()
    return msgspec.structs.replace(made, signature=by.sign(data))


def test_what_is_right_is_taken(world):
    take(world, sign_session(world, "S1", PT1, 95))
    take(world, sign_assessment(world, "A1", PT1, 205))
    take(world, sign_assessment(world, "A1", DR1, 206))
    draft = sheet("R7", 300)
    take(world, msgspec.structs.replace(draft, signature=DR1.sign(world.sheet_statement(draft, "K-DR1"))))


@pytest.mark.parametrize("text", [None, "", "scanned", "MEUCIQDx.y", "eyJmb3JtYXQiOiJ0cmVhdG1lbnQ.AAAA", "手写签名"])
def test_foreign_text_is_recorded_as_it_is(world, text):
    take(world, fact("SessionSigned", 95, session="S1", practitioner="PT1", signature=text))
    take(world, fact("AssessmentSigned", 205, assessment="A1", practitioner="DR1", signature=text))
    take(world, sheet("R7", 300, signature=text))


def test_the_same_line_again_is_known(world):
    signed = sign_session(world, "S1", PT1, 95)
    take(world, signed)
    (again,) = world.record([signed], now=NOW)
    assert again.known


def test_one_statement_signs_one_line(world):
    signed = sign_session(world, "S1", PT1, 95)
    take(world, signed)
    words = refusal(world, msgspec.structs.replace(signed, id="L1"))
    assert "statement 1 of key 'K-PT1' is recorded already" in words


def test_a_signature_that_was_damaged_is_refused(world):
    signed = sign_session(world, "S1", PT1, 95)
    statement, _, signature = signed.signature.partition(".")
    raw = bytearray(b64decode(signature))
    raw[7] ^= 1
    for text in (f"{statement}.{b64encode(raw).decode()}", pack(b64decode(statement), bytes(64))):
        words = refusal(world, msgspec.structs.replace(signed, signature=text))
        assert "not made with key 'K-PT1' over this statement" in words


@pytest.mark.parametrize("text", ["{}", "{}.", "{}.AAAA", "{} .AAAA", "{}." + "A" * 86 + "=="])
def test_a_signature_that_was_cut_or_wrapped_is_refused_and_not_taken_for_foreign(world, text):
    begun = sign_session(world, "S1", PT1, 95).signature[:200]
    assert "signed statement" in refusal(
        world, fact("SessionSigned", 95, session="S1", practitioner="PT1", signature=text.format(begun + "="))
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("session", "S2"), ("patient", "P2"), ("prescription", "R2"), ("order", "2"), ("item", "cupping"),
     ("site", "right leg"), ("method", "standing"), ("therapist", "PT2"), ("institution", "H2"),
     ("started", "2021-03-01T09:00:01+08:00"), ("stopped", "2021-03-01T09:31:00+08:00"), ("effect", "much better")],
)  # fmt: skip
def test_every_field_of_a_session_is_held_against_what_is_recorded(world, field, value):
    signed = resigned(sign_session(world, "S1", PT1, 95), says={field: value})
    assert f"what was signed is not what is recorded before this line: {field}," in refusal(world, signed)


def test_a_sheet_is_held_against_its_own_line(world):
    draft = sheet("R7", 300)
    signature = DR1.sign(world.sheet_statement(draft, "K-DR1"))
    dearer = msgspec.structs.replace(draft.orders[0], times=20)
    for changed, field in ((msgspec.structs.replace(draft, orders=[dearer]), "orders"),
                           (msgspec.structs.replace(draft, prescription="R8"), "prescription"),
                           (msgspec.structs.replace(draft, remark="urgent"), "remark")):  # fmt: skip
        assert f": {field}," in refusal(world, msgspec.structs.replace(changed, signature=signature))
    take(world, msgspec.structs.replace(draft, signature=signature, actor="clerk-1", id="L-R7"))


def test_an_assessment_is_held_against_its_line(world):
    take(world, assessed("A2", 210))
    signed = sign_assessment(world, "A1", PT1, 215)
    assert ": assessment," in refusal(world, msgspec.structs.replace(signed, assessment="A2"))
    assert ": results," in refusal(world, resigned(signed, says={"results": [{"scale": "BBS", "score": 41}]}))


def test_a_statement_is_the_persons_own(world):
    signed = sign_session(world, "S1", PT1, 95)
    assert "a statement of 'PT1', expected one of 'DR1'" in refusal(
        world, msgspec.structs.replace(signed, practitioner="DR1")
    )
    assert "not made with key 'K-PT1'" in refusal(world, resigned(signed, by=PT2))


def test_a_key_is_the_persons_own(world):
    signed = sign_session(world, "S1", PT1, 95)
    theirs = msgspec.structs.replace(resigned(signed, by=PT1, signer="PT2"), practitioner="PT2")
    assert "by key 'K-PT1', which is 'PT1''s, expected a key of 'PT2'" in refusal(world, theirs)


def test_a_statement_is_about_the_line_that_bears_it(world):
    signed = sign_session(world, "S1", PT1, 95)
    assert "a statement of kind 'session', expected one of kind 'assessment'" in refusal(
        world, fact("AssessmentSigned", 205, assessment="A1", practitioner="PT1", signature=signed.signature)
    )


def test_a_key_signs_once_it_is_enrolled_and_until_it_is_revoked(world):
    later = Person("PT1", "K-later")
    data = world.statement("session", "S1", "K-PT1").replace(b"K-PT1", b"K-later")
    signed = fact("SessionSigned", 95, session="S1", practitioner="PT1", signature=later.sign(data))
    assert "'K-later', which is not enrolled before this line" in refusal(world, signed)
    # Enrolled in the same call, but later in the log than the signature; then before it.
    enrol = line("SigningKeyEnrolled", 96, **later.enrolment())
    with pytest.raises(Refused, match="not enrolled before this line"):
        take(world, signed, enrol)
    take(world, line("SigningKeyEnrolled", 94, **later.enrolment()), signed)
    take(world, line("SigningKeyRevoked", 300, key_id="K-later", reason="lost"))
    says = parse_statement(world.statement("session", "S2", "K-PT1")).says
    data = following(ChainEnd(1, digest(data)), "session", says, signer="PT1", key_id="K-later")
    late = fact("SessionSigned", 155, session="S2", practitioner="PT1", signature=later.sign(data))
    assert "'K-later', which was revoked (lost)" in refusal(world, late)


def test_a_revocation_in_the_same_call_counts_from_where_it_stands(world):
    signed = sign_session(world, "S1", PT1, 95)
    revoked = line("SigningKeyRevoked", 94, key_id="K-PT1", reason="lost")
    assert "was revoked" in refusal(world, revoked, signed)
    take(world, line("SigningKeyRevoked", 96, key_id="K-PT1", reason="lost"), signed)


@pytest.mark.parametrize(("algorithm", "public_key"), [("sm2", "00" * 32), ("ed25519", "AAAA")])
def test_a_key_that_cannot_be_checked_signs_nothing(world, algorithm, public_key):
    data = world.statement("session", "S1", "K-PT1").replace(b"K-PT1", b"K-odd")
    take(world, line("SigningKeyEnrolled", 3, practitioner="PT1", key_id="K-odd", algorithm=algorithm,
                     public_key=public_key))  # fmt: skip
    signed = fact("SessionSigned", 95, session="S1", practitioner="PT1", signature=PT1.sign(data))
    assert "is no key of Ed25519" in refusal(world, signed)


def test_a_chain_has_no_gap_and_no_fork(world):
    first = sign_session(world, "S1", PT1, 95)
    take(world, first)
    right = sign_session(world, "S2", PT1, 155)
    before = unpack(first.signature)
    for changes, words in (
        ({"counter": 3}, "statement 3 of key 'K-PT1', and 2 is not recorded; the last recorded is 1, expected 2"),
        ({"previous": digest(b"another")}, "statement 1 of key 'K-PT1' is another than the one that it follows"),
        ({"counter": 1, "previous": ""}, "statement 1 of key 'K-PT1' is another one"),
        ({"counter": 2**53 - 1}, "is not recorded"),
    ):
        assert words in refusal(world, resigned(right, **changes))
    assert unpack(right.signature).statement.previous == digest(before.data)
    take(world, right)


def test_several_statements_of_a_key_in_one_call_follow_one_another_wherever_they_stand(world):
    """The first statement was recorded as made after the second: by `at` it comes later into the log."""
    first = sign_session(world, "S1", PT1, 300)
    says = parse_statement(world.statement("session", "S2", "K-PT1")).says
    head = ChainEnd(1, digest(unpack(first.signature).data))
    data = following(head, "session", says, signer="PT1", key_id="K-PT1")
    second = fact("SessionSigned", 155, session="S2", practitioner="PT1", signature=PT1.sign(data))
    assert "and 1 is not recorded" in refusal(world, second)
    take(world, second, first)
    assert parse_statement(world.statement("assessment", "A1", "K-PT1")).counter == 3


def test_what_is_signed_may_stand_in_the_same_call_before_it(ledger):
    """A ward's whole day in one call: keys, sheet, session, signature."""
    take(ledger, *WORLD, *treated("S1", 60))
    signature = sign_session(ledger, "S1", PT1, 95)
    other = TreatmentLedger.init(ledger._directory.parent / "other", "example.org/h2")
    assert other
    with TreatmentLedger.open(ledger._directory.parent / "other") as empty:
        take(empty, *WORLD, *treated("S1", 60), signature)
        assert parse_statement(empty.statement("session", "S1", "K-PT1")).counter == 2


def test_what_stands_behind_the_signature_was_not_signed(world):
    """The stop is dated after the signature that says it: in the log it would lie behind it."""
    take(world, treated("S5", 400)[0])
    stop = fact("SessionStopped", 430, session="S5", effect="better")
    says = {**parse_statement(world.statement("session", "S1", "K-PT1")).says, "session": "S5",
            "started": "2021-03-01T14:40:00+08:00", "stopped": "2021-03-01T15:10:00+08:00"}  # fmt: skip
    signature = PT1.sign(following(ChainEnd(), "session", says, signer="PT1", key_id="K-PT1"))
    early = fact("SessionSigned", 429, session="S5", practitioner="PT1", signature=signature)
    with pytest.raises(Refused, match="stopped"):
        take(world, stop, early)
    take(world, stop, msgspec.structs.replace(early, at=stop.at))


def test_two_callers_at_once_with_one_number_are_not_both_taken(directory, world):
    """Each has read the chain before the other has written: the condition of the append tells them."""
    names = [f"T{n}" for n in range(8)]
    for n, name in enumerate(names):
        take(world, *treated(name, 500 + 40 * n))
    signed = [sign_session(world, name, PT1, 900 + n) for n, name in enumerate(names)]
    outcomes: list[str] = []
    ready = threading.Barrier(len(names))

    def call(one):
        with TreatmentLedger.open(directory) as own:
            ready.wait()
            try:
                own.record([one], now=NOW)
                outcomes.append("taken")
            except Refused as refused:
                outcomes.append(refused.problems[0].field)

    threads = [threading.Thread(target=call, args=(one,)) for one in signed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["signature"] * 7 + ["taken"]


def test_a_key_that_is_revoked_meanwhile_signs_nothing(directory, world, monkeypatch):
    """Between looking and appending somebody revokes the key: the append fails, and looking again finds it."""
    from ledger.application import recording

    signed = sign_session(world, "S1", PT1, 95)
    looked = []
    check = recording.refused_signatures

    def look(*arguments):
        found = check(*arguments)
        looked.append(found)
        if len(looked) == 1:
            with TreatmentLedger.open(directory) as other:
                take(other, line("SigningKeyRevoked", 80, key_id="K-PT1", reason="stolen"))
        return found

    monkeypatch.setattr(recording, "refused_signatures", look)
    with pytest.raises(Refused, match="revoked"):
        take(world, signed)
    assert [len(found) for found in looked] == [0, 0, 1]  # ours, the revocation's own, ours again


def test_hostile_text_is_refused_in_words(world):
    head = b64encode(b'{"format":"treatment-ledger-statement/1').decode()
    for data in (b'{"format":"treatment-ledger-statement/1"}', b'{"format":"treatment-ledger-statement/1","says":'
                 + b"[" * 20_000, b'{"format":"treatment-ledger-statement/1\xff"}'):  # fmt: skip
        text = pack(data, bytes(64))
        assert text.startswith(head)
        refusal(world, fact("SessionSigned", 95, session="S1", practitioner="PT1", signature=text))


def test_another_patients_session_keeps_its_own_sheet(world):
    take(world, *patient("P2"), *treated("S9", 600, of="P2", therapist="PT2"))
    signed = sign_session(world, "S9", PT2, 640)
    assert unpack(signed.signature).statement.says["prescription"] == "R-P2"
    assert ": prescription," in refusal(world, resigned(signed, by=PT2, says={"prescription": "R-P1"}))
    take(world, signed)


def test_what_is_recorded_only_after_its_signature_was_not_signed(world):
    """In one call too the order is that of time, in which the lines will lie in the log."""
    started, stopped = facts(treated("S9", 300))
    says = {"session": "S9", "started": spelled_at(started), "stopped": spelled_at(stopped)}
    made = msgspec.structs.replace(resigned(sign_session(world, "S1", PT1, 290), says=says), session="S9")
    with pytest.raises(Refused) as refused:
        take(world, started, stopped, made)
    assert [(p.line, p.field, "patient" in p.what) for p in refused.value.problems] == [(2, "signature", True)]
    take(world, started, stopped, msgspec.structs.replace(made, at=stopped.at))


def test_a_session_is_signed_with_its_stop(world):
    started, _ = facts(treated("S9", 300))
    take(world, started)
    says = {"session": "S9", "started": spelled_at(started), "stopped": None, "effect": None}
    made = msgspec.structs.replace(resigned(sign_session(world, "S1", PT1, 310), says=says), session="S9")
    assert "not stopped before this line" in refusal(world, made)


def test_a_public_key_that_was_enrolled_twice_signs_for_its_first_owner_alone(world):
    """The door lets no second enrolment in; a log of older days may have one."""
    again = fact("SigningKeyEnrolled", 70, **(PT1.enrolment() | {"practitioner": "PT2", "key_id": "K-again"}))
    tags = ["key:K-again", "practitioner:PT2", "registry:practitioner:PT2"]
    world.recorder.append([entry_event(again.ENTRY_TYPE, format_time(NOW), tags, spell(again))])
    made = sign_session(world, "S1", PT1, 95)
    theirs = resigned(made, signer="PT2", key_id="K-again")
    assert "'PT1' enrolled before as 'K-PT1'" in refusal(world, msgspec.structs.replace(theirs, practitioner="PT2"))
    with pytest.raises(NotToSign, match="'PT1' enrolled before as 'K-PT1'"):
        world.statement("session", "S1", "K-again")
    take(world, made)


def spelled_at(made):
    return json.loads(spell(made))["at"]


def test_a_device_signs_by_the_form_of_its_key_alone(world):
    """The same statement, in the form of the other kind of key, with signatures that are right as far as they go."""
    take(world, *treated("S3", 400, therapist="PT2"))
    made = sign_session(world, "S3", PT2, 500)
    data = unpack(made.signature).data
    short = ".".join(made.signature.split(".")[:2])
    other = DevicePerson("PT2", "K-other").sign(data)
    for wrong in (short, other, Person("PT2", "K-PT2").sign(data)):
        assert "not made with key 'K-PT2'" in refusal(world, msgspec.structs.replace(made, signature=wrong))
    long = PT1.sign(world.statement("session", "S1", "K-PT1")) + "." + made.signature.split(".", 2)[2]
    ours = sign_session(world, "S1", PT1, 95)
    assert "not made with key 'K-PT1'" in refusal(world, msgspec.structs.replace(ours, signature=long))
    take(world, made)


@pytest.mark.parametrize("apart", [True, False])
def test_one_device_is_enrolled_for_one_person_whatever_the_site(world, apart):
    first, second = DevicePerson("PT1", "K-new"), DevicePerson("DR1", "K-new", "other.example")
    lines = [
        line("SigningKeyEnrolled", 3 + n, **person.enrolment() | {"key_id": f"K-new-{n}"})
        for n, person in enumerate((first, second))
    ]
    if apart:
        take(world, lines[0])
        lines = lines[1:]
    with pytest.raises(Refused, match="enrolled already"):
        take(world, *lines)
