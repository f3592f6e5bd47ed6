"""Recipes of damage to what people signed."""

import json
from typing import Any

from tests.verify.recipes import Given, Recipe, behind, bits, recipe, with_entry
from tests.verify.world import (
    ASSESSED,
    AT,
    DR1,
    GONE,
    H1,
    ORDERS,
    S9,
    SHEET,
    T1,
    Hand,
    Log,
    assessment_signed,
    dumps,
    erased,
    hands,
    sheet,
    signed,
    spell,
)

S10 = S9 | {"session": "S10", "stopped": None, "effect": None}


def therapist_after() -> Hand:
    """T1 with all that T1 has signed in the log."""
    _, therapist = hands()
    therapist.sign("session", S9)
    therapist.sign("assessment", {"type": "AssessmentRecorded", "at": AT, **ASSESSED})
    therapist.sign("erasure", GONE)
    return therapist


def physician_after() -> Hand:
    physician, _ = hands()
    physician.sign("prescription", {"type": "PrescriptionIssued", "at": AT, **SHEET})
    physician.sign("erasure", GONE)
    return physician


# --- people's signatures


@recipe("signature-invalid", "a bit of the signature turned")
def turned_bit(log: Log) -> Given:
    statement, signature = json.loads(log.entries[15])["fact"]["signature"].split(".")
    return with_entry(15, signed(f"{statement}.{bits(signature, 40)}"), log)


@recipe("signature-invalid", "another session than was signed")
def another_session(log: Log) -> Given:
    text = therapist_after().sign("session", S9)
    return behind(log, signed(text, "S10", ("P1",)))


def _session_with(field: str, value: Any) -> Recipe:
    def made(log: Log) -> Given:
        return with_entry(15, signed(hands()[1].sign("session", S9 | {field: value})), log)

    return made


for _field, _value in {
    "patient": "P3", "prescription": "R2", "order": "2", "item": "balance-training", "site": "右下肢", "method": "x",
    "therapist": "T2", "institution": "H2", "started": S9["stopped"], "stopped": None, "effect": "worse",
}.items():  # fmt: skip
    recipe("signature-invalid", f"of a session with another {_field}")(_session_with(_field, _value))


@recipe("signature-invalid", "of another sheet")
def another_sheet(log: Log) -> Given:
    said = {"type": "PrescriptionIssued", "at": AT, **SHEET, "orders": [ORDERS[0] | {"times": 30}]}
    return with_entry(10, sheet(hands()[0].sign("prescription", said)), log)


@recipe("signature-invalid", "of an assessment with another score")
def another_score(log: Log) -> Given:
    therapist = hands()[1]
    therapist.sign("session", S9)
    said = {"type": "AssessmentRecorded", "at": AT, **ASSESSED, "results": [{"scale": "Barthel", "score": 65.5}]}
    return with_entry(18, assessment_signed(therapist.sign("assessment", said)), log)


@recipe("signature-invalid", "a statement of another kind")
def another_kind(log: Log) -> Given:
    return with_entry(15, signed(hands()[1].sign("assessment", {"assessment": "S9"})), log)


@recipe("signature-invalid", "signed by somebody else than the entry says")
def somebody_else(log: Log) -> Given:
    return behind(log, signed(physician_after().sign("session", S9)))


@recipe("signature-invalid", "a statement in another spelling")
def spaced_statement(log: Log) -> Given:
    therapist = hands()[1]
    data = therapist.statement("session", S9).replace(b'"says":', b'"says": ')
    return with_entry(15, signed(therapist.over(data)), log)


@recipe("signature-invalid", "a session signed before it is recorded")
def signed_first(log: Log) -> Given:
    started = json.loads(log.entries[11])
    text = therapist_after().sign("session", S10 | {"session": "S11"})
    started["fact"]["session"], started["tags"] = "S11", [tag.replace("S9", "S11") for tag in started["tags"]]
    return behind(log, signed(text, "S11"), dumps(started).encode())


@recipe("signature-invalid", "an assessment signed before it is recorded")
def assessed_later(log: Log) -> Given:
    entries = [*log.entries]
    entries[17], entries[18] = entries[18], entries[17]
    liar = Log(entries)
    return Given(liar.bundle(), liar.vkey)


@recipe("signature-invalid", "a session signed before its sheet is issued")
def sheet_later(log: Log) -> Given:
    text = therapist_after().sign("session", S9 | {"prescription": "R2"})
    moved = spell(
        "EntryCorrected", ["patient:P1", "patient:P2", "session:S9", "prescription:R1", "prescription:R2", T1, DR1, H1],
        target="S9", field="prescription", old="R1", new="R2", reason="", practitioner="DR1",
    )  # fmt: skip
    later = json.loads(sheet("盖章").replace(b"R1", b"R2"))
    return behind(log, moved, signed(text), dumps(later).encode())


@recipe("signature-invalid", "a stop that comes after the signature that says it")
def stopped_later(log: Log) -> Given:
    text = therapist_after().sign("session", S10 | {"stopped": AT, "effect": ""})
    stopped = spell("SessionStopped", ["patient:P1", "session:S10", T1, H1], session="S10", effect="")
    return behind(log, signed(text, "S10", ("P1",)), stopped)


@recipe("signature-invalid", "the start corrected, and the stop signed so")
def start_for_stop(log: Log) -> Given:
    stopped, tags = "2021-03-01T18:00:00+08:00", ["patient:P1", "session:S9", T1, DR1, H1]
    said = {"field": "at", "old": AT, "new": stopped, "reason": "", "practitioner": "DR1"}
    corrections = [spell("EntryCorrected", [*tags], target=target, **said) for target in ("S9", "L6")]
    return behind(log, *corrections, signed(therapist_after().sign("session", S9 | {"stopped": stopped})))


def _second(name: str, place: int, line: bytes) -> None:
    def made(log: Log) -> Given:
        liar = Log([*log.entries[:place], line, *log.entries[place:]])
        return Given(liar.bundle(), liar.vkey)

    recipe("signature-invalid", f"a second {name} below the signature")(made)


_OF_S9 = ["patient:P1", "patient:P2", "session:S9", T1, H1]
_second("start", 12, spell(
    "SessionStarted", [*_OF_S9, "prescription:R1", "practitioner:T2"], session="S9", patient="P2", prescription="R1",
    order="1", therapist="T2", institution="H1", setting="home",
))  # fmt: skip
_second("stop", 13, spell("SessionStopped", _OF_S9, at="2021-03-01T23:00:00+08:00", session="S9", effect="worse"))
_second("sheet", 10, spell(
    "PrescriptionIssued", ["patient:P1", "prescription:R1", "episode:E1", H1, DR1], **SHEET | {"orders": []}
))  # fmt: skip
_second("sheet between the first and a session", 14, spell(
    "PrescriptionIssued", ["patient:P1", "prescription:R1", "episode:E1", H1, DR1], **SHEET | {"orders": []}
))  # fmt: skip
_second("record", 18, spell(
    "AssessmentRecorded", ["patient:P1", "assessment:A1", "episode:E1", T1, H1], **ASSESSED | {"results": []}
))  # fmt: skip


@recipe("signature-invalid", "of a session whose order is on the sheet twice")
def order_twice(log: Log) -> Given:
    orders = [*ORDERS, ORDERS[0] | {"item": "vr-training"}]
    said = {"type": "PrescriptionIssued", "at": AT, **SHEET, "orders": orders}
    issued = json.loads(sheet(hands()[0].sign("prescription", said)))
    issued["fact"]["orders"] = orders
    return with_entry(10, dumps(issued).encode(), log)


@recipe("signature-invalid", "an erasure approved by one person twice")
def one_person_twice(log: Log) -> Given:
    text = hands()[0].sign("erasure", GONE)
    liar = Log([*log.entries[:23], erased(text, text)])
    return Given(liar.bundle(*liar.tags("patient:P3")), liar.vkey)


@recipe("signature-invalid", "an erasure approved in another form")
def stamped_erasure(log: Log) -> Given:
    liar = Log([*log.entries[:23], erased(physician_after().sign("erasure", GONE), "盖章")])
    return Given(liar.bundle(*liar.tags("patient:P3")), liar.vkey)


@recipe("signer-unknown", "a key that nobody enrolled")
def nobodys_key(log: Log) -> Given:
    return with_entry(15, signed(Hand("T1", "K9").sign("session", S9)), log)


@recipe("signer-unknown", "a key that somebody else enrolled")
def somebody_elses_key(log: Log) -> Given:
    return with_entry(15, signed(Hand("T1", "K2").sign("session", S9)), log)


@recipe("signer-unknown", "a key enrolled only afterwards")
def enrolled_later(log: Log) -> Given:
    late = Hand("T1", "K3")
    return behind(log, signed(late.sign("session", S9)), late.enrolled())


@recipe("signer-unknown", "a key of low order")
def low_order_key(log: Log) -> Given:
    return with_entry(6, hands()[1].enrolled(public_key="01" + "00" * 31), log)


@recipe("signer-unknown", "a public key that somebody enrolled before")
def enrolled_twice(log: Log) -> Given:
    physician, late = physician_after(), Hand("T1", "K3")
    text = physician.over(late.statement("session", S9))
    return behind(log, late.enrolled(public_key=physician.public), signed(text))


@recipe("signer-unknown", "a revoked public key enrolled under another id")
def enrolled_again(log: Log) -> Given:
    old, late = Hand("T1", "K1"), Hand("T1", "K3")
    text = old.over(late.statement("session", S9))
    return behind(log, old.revoked(), late.enrolled(public_key=old.public), signed(text))


@recipe("signer-unknown", "an erasure signed by two people with one key")
def one_key_for_two(log: Log) -> Given:
    physician, late = physician_after(), Hand("T1", "K3")
    texts = physician.sign("erasure", GONE), physician.over(late.statement("erasure", GONE))
    liar = Log([*log.entries[:23], late.enrolled(public_key=physician.public), erased(*texts)])
    return Given(liar.bundle(*liar.tags("patient:P3")), liar.vkey)


@recipe("signer-unknown", "a key of another algorithm")
def another_algorithm(log: Log) -> Given:
    return with_entry(6, hands()[1].enrolled(algorithm="es256"), log)


@recipe("signer-revoked", "a key revoked before it signed")
def revoked_before(log: Log) -> Given:
    late = Hand("T1", "K3")
    return behind(log, late.enrolled(), late.revoked(), signed(late.sign("session", S9)))
