"""Recipes of values that programs take for others: a field without a name, keys that look like two, half a character.

Each is what one language lets pass and another does not: `""` is false, joined lists lose where one element ends, a
default for what is missing is itself a name. So every one of them is tried on every verifier.
"""

import json
from hashlib import sha256
from typing import Any

from ledger.proof import format_base64
from tests.verify.committed import KEY, LABEL
from tests.verify.recipes import Given, Recipe, changed, recipe, with_entry
from tests.verify.world import (
    ASSESSED,
    AT,
    DR1,
    H1,
    ORDERS,
    S9,
    SALT,
    SHEET,
    T1,
    Log,
    assessment_signed,
    dumps,
    entries,
    erased,
    hands,
    signed,
    spell,
)

UNNAMED: dict[str, Any] = {"": "x"}

# --- tags that are none, and a field without a name that they could be of


@recipe("malformed", "a registry left out, which an entry does not call for that bears a tag of no registry")
def registry_left_out(log: Log) -> Given:
    suspended = spell("InstitutionSuspended", [H1, f"registry:{H1}"], institution="H1", reason="")
    opened = {"patient": "P1", "sex": "female", "born": "1956-04-02", "institution": "H1", "file_no": "1"}
    own = spell("PatientFileOpened", ["patient:P1", H1, "registry::x"], **opened, **UNNAMED)
    liar = Log([suspended, own], key=log.key)
    return Given(liar.bundle("patient:P1", "registry:rulebook"), liar.vkey)


def _borne(type_: str, tags: list[str], **fact: Any) -> Recipe:
    def made(log: Log) -> Given:
        liar = Log([spell(type_, [T1, *tags], **fact)], key=log.key)
        return Given(liar.bundle(T1, "registry:rulebook"), liar.vkey)

    return made


for _tag in ("registry::x", "registry:institution:", "registry:registry:x", "registry:rulebook:x", "registry:x"):
    recipe("malformed", f"a correction with the tag {_tag}")(_borne("EntryCorrected", [_tag], target="x", field="name"))
    recipe("malformed", f"a stage summary with the tag {_tag}")(_borne("StageSummaryWritten", [_tag], **UNNAMED))
recipe("malformed", "a key revoked in nobody's registry")(_borne("SigningKeyRevoked", ["registry:practitioner:"]))
recipe("malformed", "rules adopted in a registry of another name")(
    _borne("RulebookAdopted", ["registry:rulebook", "registry:rulebook:x"], rulebook="x", digest="")
)


@recipe("malformed", "a stream of the registry of nothing")
def stream_of_nothing(log: Log) -> Given:
    return Given(log.bundle("patient:P99", "registry::x", "registry:rulebook"), log.vkey)


# --- what was signed, and what was recorded, but for a field without a name


def _people(
    sheet: dict[str, Any], said_of_sheet: dict[str, Any], session: dict[str, Any], recorded: dict[str, Any],
    said_of_it: dict[str, Any],
) -> Given:  # fmt: skip
    """The log in which these are recorded and signed, by the right people, in their right order."""
    physician, therapist = hands()
    raws = entries()
    on_sheet = ["patient:P1", "prescription:R1", "episode:E1", H1, DR1]
    issued = {"type": "PrescriptionIssued", "at": AT, **said_of_sheet}
    raws[10] = spell("PrescriptionIssued", on_sheet, **sheet, signature=physician.sign("prescription", issued))
    raws[15] = signed(therapist.sign("session", session))
    raws[17] = spell("AssessmentRecorded", ["patient:P1", "assessment:A1", "episode:E1", T1, H1], **recorded)
    assessed = {"type": "AssessmentRecorded", "at": AT, **said_of_it}
    raws[18] = assessment_signed(therapist.sign("assessment", assessed))
    liar = Log(raws)
    return Given(liar.bundle(), liar.vkey)


@recipe("signature-invalid", "a sheet with a field without a name that was not signed")
def unnamed_on_sheet(_: Log) -> Given:
    return _people(SHEET | UNNAMED, SHEET, S9, ASSESSED, ASSESSED)


@recipe("signature-invalid", "a field without a name that is signed and not on the sheet")
def unnamed_of_sheet(_: Log) -> Given:
    return _people(SHEET, SHEET | UNNAMED, S9, ASSESSED, ASSESSED)


@recipe("signature-invalid", "a field without a name that is signed otherwise than it was assessed")
def unnamed_otherwise(_: Log) -> Given:
    return _people(SHEET, SHEET, S9, ASSESSED | UNNAMED, ASSESSED | {"": "y"})


@recipe("signature-invalid", "a field without a name that is signed and was not assessed")
def unnamed_not_assessed(_: Log) -> Given:
    return _people(SHEET, SHEET, S9, ASSESSED, ASSESSED | UNNAMED)


# --- one key that looks like two


def _joined(said: dict[str, Any], one: str, other: str) -> dict[str, Any]:
    """With one key in the place of the two, a line end between them."""
    named = {one: f"{one}\n{other}"}
    return {named.get(key, key): value for key, value in said.items() if key != other}


@recipe("signature-invalid", "a session of which site and method are one key")
def site_and_method(_: Log) -> Given:
    bare = SHEET | {"orders": [{"order": "1", "item": ORDERS[0]["item"]}]}
    return _people(bare, bare, _joined(S9, "site", "method"), ASSESSED, ASSESSED)


@recipe("signature-invalid", "an erasure of which day and ground are one key")
def day_and_ground(log: Log) -> Given:
    said = {"patient": "P3", "retained_until\nground": ""}
    physician, therapist = hands()
    approvals = physician.sign("erasure", said), therapist.sign("erasure", said)
    bare = json.loads(erased(*approvals))["fact"]
    fact = {field: value for field, value in bare.items() if field in ("patient", "approvals")}
    liar = Log([*log.entries[:23], spell("PersonErased", ["patient:P3", DR1, T1], **fact)])
    return Given(liar.bundle(*liar.tags("patient:P3")), liar.vkey)


@recipe("signature-invalid", "a statement of which counter and previous are one key")
def counter_and_previous(log: Log) -> Given:
    therapist = hands()[1]
    statement = _joined(json.loads(therapist.statement("session", S9)), "counter", "previous")
    return with_entry(15, signed(therapist.over(dumps(statement).encode())), log)


@recipe("malformed", "an entry of which format and type are one key")
def format_and_type(log: Log) -> Given:
    return with_entry(16, dumps(_joined(json.loads(log.entries[16]), "format", "type")).encode(), log)


@recipe("malformed", "an opening of which person and salt are one key")
def person_and_salt(log: Log) -> Given:
    return changed(log, openings={"8": {"person,salt": format_base64(SALT)}})


# --- half a surrogate pair in who the patient is


def _person(text: str, label_key: bytes | None = None) -> Recipe:
    def made(log: Log) -> Given:
        own = spell(
            "PersonCommitted", [f"patient:{LABEL}"], patient=LABEL,
            commitment=format_base64(sha256(SALT + text.encode()).digest()),
        )  # fmt: skip
        of_one = Log([own], key=log.key)
        value = json.loads(of_one.bundle(f"patient:{LABEL}", "registry:rulebook"))
        value["openings"] = {"0": {"salt": format_base64(SALT), "person": text}}
        return Given(json.dumps(value).encode(), of_one.vkey, label_key=label_key)

    return made


_ID = '"national_id":"31010519560402123X"'
for _name, _text in {
    "a name": r'{"name":"\ud800",%s}',
    "the second half of a name": r'{"name":"x\udc00",%s}',
    "a key": r'{"\ud800":"x",%s}',
    "a list": r'{"name":["x",["\udfff"]],%s}',
    "an object in a list": r'{"name":[{"x":{"y":"\udbff"}}],%s}',
    "a key of an object in a list": r'{"name":[{"x":{"\udbff":1}}],%s}',
}.items():
    recipe("malformed", f"half a surrogate pair in {_name} of the person")(_person(_text % _ID))
    recipe("malformed", f"half a surrogate pair in {_name} of the person, with the key for labels")(
        _person(_text % _ID, KEY)
    )
recipe("malformed", "half a surrogate pair in the id that the label is of")(_person(r'{"national_id":"\ud800"}', KEY))


# --- a key that is no point of the curve


def _no_point(y: int) -> Recipe:
    def made(log: Log) -> Given:
        return with_entry(6, hands()[1].enrolled(public_key=y.to_bytes(32, "little").hex()), log)

    return made


for _y in (2, 7, 2 + 2**255):
    recipe("signature-invalid", f"a key whose y is {_y:x}, which is of no point")(_no_point(_y))
