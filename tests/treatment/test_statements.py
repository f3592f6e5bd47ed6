"""What is signed: built from facts, spelled in one way, read strictly, told from foreign text."""

import json
from base64 import b64encode
from datetime import date
from hashlib import sha256

import pytest

from ledger.treatment.facts import FACTS
from ledger.treatment.refusal import Refusal
from ledger.treatment.statements import (
    BEGINNING,
    SIGNED,
    SIGNED_TYPES,
    ChainEnd,
    digest,
    following,
    is_statement,
    pack,
    parse_statement,
    says_assessment,
    says_erasure,
    says_session,
    says_sheet,
    spoken,
    unpack,
)

SIGNATURE = bytes(range(64))


@pytest.fixture
def line(world):
    """A line of the invented world by its type."""
    return {type(fact).__name__: fact for fact in reversed(world)}.__getitem__


@pytest.fixture
def session(line, fact):
    stop = fact("SessionStopped", "08:30", session="S1", effect='rührig "治疗后" \u2028\t好转')
    sheet = spoken(line("PrescriptionIssued"))
    return says_session(spoken(line("SessionStarted")), spoken(stop), sheet["orders"][0])


@pytest.fixture
def every(line, session):
    """A statement of each kind."""
    said = {
        "session": session,
        "prescription": says_sheet(line("PrescriptionIssued")),
        "assessment": says_assessment(spoken(line("AssessmentRecorded"))),
        "erasure": says_erasure("P1", date(2036, 3, 1), None),
    }
    return {kind: following(ChainEnd(), kind, says, signer="PT1", key_id="K1") for kind, says in said.items()}


def test_the_format_page_has_these_bytes(session):
    """The whole spelling, letter by letter: what other programs write and read."""
    session = {**session, "effect": "better"}
    assert following(ChainEnd(6, "A" * 43 + "="), "session", session, signer="PT1", key_id="K1").decode() == (
        '{"format":"treatment-ledger-statement/1","kind":"session","signer":"PT1","key_id":"K1","counter":7,"previous":"'
        + "A" * 43
        + '=","says":{"session":"S1","patient":"P1","prescription":"R1","order":"1","item":"exercise-therapy",'
        '"site":"leg","method":"walking","therapist":"PT1","institution":"H1","started":"2021-03-01T08:00:00+08:00",'
        '"stopped":"2021-03-01T08:30:00+08:00","effect":"better"}}'
    )


def test_any_json_writer_spells_a_statement_alike(every):
    """Keys in order, no spaces, nothing escaped that need not be: another program's plain JSON gives the same bytes."""
    for data in every.values():
        assert json.dumps(json.loads(data), ensure_ascii=False, separators=(",", ":")).encode() == data


def test_a_statement_is_read_back(every):
    for kind, data in every.items():
        statement = parse_statement(data)
        assert (statement.kind, statement.signer, statement.key_id, statement.counter) == (kind, "PT1", "K1", 1)
        assert unpack(pack(data, SIGNATURE)) == (statement, data, SIGNATURE, None)


def test_the_first_names_none_before_it_and_the_next_names_the_first(every):
    first = every["session"]
    assert parse_statement(first).previous == ""
    says = parse_statement(first).says
    second = parse_statement(following(ChainEnd(1, digest(first)), "session", says, signer="PT1", key_id="K1"))
    assert (second.counter, second.previous) == (2, b64encode(sha256(first).digest()).decode())


def test_a_sheet_says_all_but_its_signature_and_who_wrote_the_line(fact, line):
    import msgspec

    issued = msgspec.structs.replace(
        line("PrescriptionIssued"), id="L7", actor="clerk", signature="scanned", recorded_at=line("SessionStarted").at
    )
    said = says_sheet(issued)
    assert list(said) == ["type", "at", "prescription", "patient", "episode", "institution", "physician", "orders"]
    assert said["orders"][0] == {
        "order": "1", "item": "exercise-therapy", "site": "leg", "method": "walking", "times": 10
    }  # fmt: skip


def test_foreign_text_is_told_from_statements_by_how_it_begins(every):
    assert b64encode(b'{"format":"treatment-ledger-statement/1').decode() == BEGINNING
    assert len(BEGINNING) == 52
    assert all(is_statement(pack(data, SIGNATURE)) for data in every.values())
    for foreign in (None, "", "scanned", "MEUCIQ.AAAA", "eyJhbGciOiJFZERTQSJ9.eyJmb3JtYXQi.AAAA", BEGINNING[:-1]):
        assert not is_statement(foreign)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(".", ""),
        lambda text: text.replace(".", ".."),
        lambda text: text + ".",
        lambda text: text + "=",
        lambda text: text + "\n",
        lambda text: text.replace(".", ". "),
        lambda text: text[:-4],
        lambda text: text[:-3] + "R==",  # the unused bits of the last character
        lambda text: text.partition(".")[0] + ".",
        lambda text: text + ".!",
        lambda text: text + ".AAAA",
        lambda text: text + ".AAAA.!",
        lambda text: text + ".AAAA.AAAA.AAAA",
        lambda text: text + "....",
        lambda text: text.partition(".")[0] + "." + b64encode(bytes(63)).decode(),
        lambda text: BEGINNING,
        lambda text: BEGINNING + "." + text.partition(".")[2],
        lambda text: text.replace("+", "-").replace("/", "_") if "/" in text or "+" in text else text + "_",
    ],
)
def test_what_begins_as_a_statement_and_is_none_is_refused(every, spoil):
    text = pack(every["session"], SIGNATURE)
    with pytest.raises(Refusal) as refused:
        unpack(spoil(text))
    assert refused.value.field == "signature"


@pytest.mark.parametrize("kind", ["session", "prescription", "assessment", "erasure"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.replace('"counter":1', '"counter":01'), "no statement"),
        (lambda s: s.replace('"counter":1', '"counter":1.0'), ""),
        (lambda s: s.replace('"counter":1', '"counter":true'), "no statement"),
        (lambda s: s.replace('"counter":1', '"counter":0'), "no statement"),
        (lambda s: s.replace('"counter":1', '"counter":9007199254740992'), "no statement"),
        (lambda s: s.replace('"counter":1', '"counter":2'), "the hash of the statement before"),
        (lambda s: s.replace('"previous":""', '"previous":"' + "A" * 43 + '="'), "the hash of the statement before"),
        (lambda s: s.replace('"previous":""', '"previous":"x"'), "no statement"),
        (lambda s: s.replace('"previous":""', '"previous":null'), "no statement"),
        (lambda s: s.replace('","', '", "', 1), "one spelling"),
        (lambda s: s.replace('"signer":"PT1","key_id":"K1"', '"key_id":"K1","signer":"PT1"'), "one spelling"),
        (lambda s: s.replace('"signer":"PT1"', '"signer":"PT1","signer":"PT1"'), "one spelling"),
        (lambda s: s.replace('"signer":"PT1"', '"signer":"\\u0050T1"'), "one spelling"),
        (lambda s: s.replace('"signer":"PT1"', '"signer":"P T1"'), "no statement"),
        (lambda s: s.replace('"counter"', '"more":1,"counter"'), "no statement"),
        (lambda s: s.replace("statement/1", "statement/2"), "format"),
        (lambda s: s.replace('"kind":"', '"kind":"x'), "no statement"),
        (lambda s: s[:-1] + ',"more":null}', "no statement"),
        (lambda s: s[:-2] + ',"more":null}}', "all of it and in order"),
        (lambda s: s.partition(',"says":')[0] + ',"says":{}}', "all of it and in order"),
        (lambda s: s.partition(',"says":')[0] + ',"says":[]}', "no statement"),
        (lambda s: s.partition(',"says":')[0] + ',"says":' + "[" * 5000, "no statement"),
        (lambda s: s + "\n", "one spelling"),
        (lambda s: s[:-1], "no statement"),
        (lambda s: "", "no statement"),
    ],
)
def test_nothing_but_the_one_spelling_is_read(every, kind, change, words):
    text = every[kind].decode()
    changed = change(text)
    assert changed != text
    with pytest.raises(Refusal) as refused:
        parse_statement(changed.encode())
    assert refused.value.field == "signature"
    assert words in refused.value.what


@pytest.mark.parametrize("kind", ["session", "prescription", "assessment", "erasure"])
def test_a_statement_says_its_own_kind_of_thing(every, kind):
    for other in every:
        if other != kind:
            text = every[kind].decode().replace(f'"kind":"{kind}"', f'"kind":"{other}"')
            with pytest.raises(Refusal, match="all of it and in order"):
                parse_statement(text.encode())


@pytest.mark.parametrize("field", ["recorded_at", "actor", "id", "signature"])
def test_what_is_not_signed_stands_in_no_statement(every, field):
    value = "2021-03-02T08:00:00+08:00" if field == "recorded_at" else "x"
    text = every["prescription"].decode()[:-2] + f',"{field}":"{value}"}}}}'
    with pytest.raises(Refusal, match="all of it"):
        parse_statement(text.encode())


def test_bytes_that_are_no_text_are_refused():
    for data in (b"\xff\xfe", b'{"format":"\xff"}', b"\x00" * 100, b"[" * 100_000):
        with pytest.raises(Refusal):
            parse_statement(data)


def test_every_fact_that_has_a_signature_may_bear_a_statement():
    from ledger.treatment.subjects import ATTRIBUTES

    assert set(SIGNED) == {fact for fact in FACTS if "signature" in ATTRIBUTES[fact]}
    for fact, (_, field) in SIGNED.items():
        assert field in ATTRIBUTES[fact]
    assert SIGNED_TYPES[-1] == "person-erased.v1"
