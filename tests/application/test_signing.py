"""What a person is to sign next: what is recorded, in one spelling, next in the chain; and what cannot be signed."""

import msgspec
import pytest

from ledger.application import NotToSign, Refused
from ledger.treatment.statements import digest, parse_statement
from tests.application.signed import (
    DR1,
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
from tests.application.world import fact, line
from tests.signing import Person


@pytest.fixture
def world(ledger):
    take(ledger, *WORLD)
    return ledger


def test_the_statement_of_a_session_says_what_the_therapist_saw(world):
    take(world, *treated("S1", 60))
    data = world.statement("session", "S1", "K-PT1")
    assert data == world.statement("session", "S1", "K-PT1")  # asking changes nothing
    assert data.decode() == (
        '{"format":"treatment-ledger-statement/1","kind":"session","signer":"PT1","key_id":"K-PT1","counter":1,'
        '"previous":"","says":{"session":"S1","patient":"P1","prescription":"R-P1","order":"1",'
        '"item":"exercise-therapy","site":"left leg","method":"walking","therapist":"PT1","institution":"H1",'
        '"started":"2021-03-01T09:00:00+08:00","stopped":"2021-03-01T09:30:00+08:00","effect":"better"}}'
    )


def test_corrections_are_in_it(world):
    take(world, *treated("S1", 60))
    take(world, line("EntryCorrected", 92, target="S1", field="effect", old="better", new="无变化", reason="slip",
                     practitioner="PT1"))  # fmt: skip
    assert parse_statement(world.statement("session", "S1", "K-PT1")).says["effect"] == "无变化"
    take(world, sign_session(world, "S1", PT1, 95))


def test_each_statement_follows_the_last_of_its_key_whatever_it_is_about(world):
    take(world, *treated("S1", 60), *treated("S2", 120), assessed("A1", 200))
    first = world.statement("session", "S1", "K-PT1")
    take(world, sign_session(world, "S1", PT1, 95))
    second = world.statement("assessment", "A1", "K-PT1")
    assert (parse_statement(second).counter, parse_statement(second).previous) == (2, digest(first))
    take(world, sign_assessment(world, "A1", PT1, 205))
    third = world.statement("session", "S2", "K-PT1")
    assert (parse_statement(third).counter, parse_statement(third).previous) == (3, digest(second))
    assert parse_statement(world.statement("assessment", "A1", "K-DR1")).counter == 1


def test_a_sheet_is_signed_before_it_is_recorded(world):
    draft = sheet("R7", 300)
    data = world.sheet_statement(draft, "K-DR1")
    assert parse_statement(data).says == msgspec.to_builtins(draft)
    take(world, msgspec.structs.replace(draft, signature=DR1.sign(data)))
    with pytest.raises(NotToSign, match="already introduced"):
        world.sheet_statement(msgspec.structs.replace(draft, remark="again"), "K-DR1")


def test_a_sheet_that_could_not_be_recorded_is_not_signed(world):
    with pytest.raises(NotToSign, match="would be refused: episode: unknown episode"):
        world.sheet_statement(msgspec.structs.replace(sheet("R7", 300), episode="E9"), "K-DR1")
    with pytest.raises(NotToSign, match="a draft bears no signature"):
        world.sheet_statement(sheet("R7", 300, signature="scanned"), "K-DR1")
    take(world, sheet("R8", 300))
    with pytest.raises(NotToSign, match="recorded already"):
        world.sheet_statement(sheet("R8", 300), "K-DR1")


def test_what_would_not_fit_into_a_line_is_not_signed(world):
    long = [{"order": str(n), "item": "cupping", "site": "背" * 300, "method": "留罐"} for n in range(30)]
    draft = msgspec.convert({**msgspec.to_builtins(sheet("R7", 300)), "orders": long}, type(sheet("R7", 300)))
    with pytest.raises(NotToSign, match="shorten it"):
        world.sheet_statement(draft, "K-DR1")
    short = msgspec.structs.replace(draft, orders=draft.orders[:20])
    take(world, msgspec.structs.replace(short, signature=DR1.sign(world.sheet_statement(short, "K-DR1"))))


@pytest.mark.parametrize(
    ("kind", "id", "key_id", "unknown", "words"),
    [
        ("session", "S9", "K-PT1", True, "no session 'S9'"),
        ("session", "A1", "K-PT1", True, "no session 'A1'"),
        ("assessment", "S1", "K-PT1", True, "no assessment 'S1'"),
        ("assessment", "A9", "K-PT1", True, "no assessment 'A9'"),
        ("session", "S1", "K9", True, "no signing key 'K9'"),
        ("session", "S1", "K-PT2", False, "given by PT1, and signing key 'K-PT2' is PT2's"),
        ("assessment", "A1", "K-PT2", False, "made by PT1, DR1, and signing key 'K-PT2' is PT2's"),
        ("session", "S-open", "K-PT1", False, "not stopped yet"),
        ("session", "S-void", "K-PT1", False, "voided at 2021-03-01T11:40:00"),
        ("assessment", "A-void", "K-PT1", False, "voided"),
        ("prescription", "R-P1", "K-DR1", False, "a session or an assessment is"),
        ("erasure", "P1", "K-PT1", False, "a session or an assessment is"),
        ("session", "S1", "K-odd", False, "is no key of Ed25519"),
        ("session", "S1", "K-old", False, "was revoked (lost)"),
    ],
)
def test_what_cannot_be_signed(world, kind, id, key_id, unknown, words):
    take(
        world, *treated("S1", 60), treated("S-open", 120)[0], *treated("S-void", 180), assessed("A1", 200),
        line("SessionVoided", 220, session="S-void", reason="a slip"), assessed("A-void", 201),
        line("AssessmentVoided", 221, assessment="A-void", reason="a slip"),
        line("SigningKeyEnrolled", 3, practitioner="PT1", key_id="K-odd", algorithm="sm2", public_key="AAAA"),
        line("SigningKeyEnrolled", 3, **Person("PT1", "K-old").enrolment()),
        line("SigningKeyRevoked", 4, key_id="K-old", reason="lost"),
    )  # fmt: skip
    with pytest.raises(NotToSign) as refused:
        world.statement(kind, id, key_id)
    assert words in str(refused.value)
    assert refused.value.unknown is unknown


def test_nothing_is_asked_of_the_log_again_for_each_statement(world):
    """What a signature costs does not grow with a career: only entries behind the place that is kept are read."""
    from ledger.application.enrolments import KEEP_EVERY

    names = [f"S{n}" for n in range(2 * KEEP_EVERY + 7)]
    for n, name in enumerate(names):
        take(world, *treated(name, 60 + 40 * n))
        take(world, sign_session(world, name, PT1, 95 + 40 * n))
    read = []
    rows = world.recorder.rows

    def counted(*args, **kwargs):
        for row in rows(*args, **kwargs):
            read.append(row.position)
            yield row

    world.recorder.rows = counted
    assert parse_statement(world.statement("session", names[-1], "K-PT1")).counter == len(names) + 1
    assert len(read) < KEEP_EVERY


def test_two_who_ask_at_once_get_one_number_and_one_is_refused(world):
    take(world, *treated("S1", 60), *treated("S2", 120))
    one, two = sign_session(world, "S1", PT1, 95), sign_session(world, "S2", PT1, 155)
    take(world, one)
    with pytest.raises(Refused) as refused:
        take(world, two)
    assert [(p.line, p.field) for p in refused.value.problems] == [(0, "signature")]
    assert "statement 1 of key 'K-PT1' is another one" in str(refused.value)
    take(world, sign_session(world, "S2", PT1, 155))


def test_a_second_signer_may_sign_anothers_session_but_gets_no_statement_for_it(world):
    """By whom a session is signed is judged, not refused; what the ledger hands out is for those who gave it."""
    take(world, *treated("S1", 60))
    data = world.statement("session", "S1", "K-PT1").replace(b'"signer":"PT1","key_id":"K-PT1"',
                                                             b'"signer":"PT2","key_id":"K-PT2"')  # fmt: skip
    take(world, fact("SessionSigned", 95, session="S1", practitioner="PT2", signature=PT2.sign(data)))
