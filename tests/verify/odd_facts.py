"""Logs whose operator lies about what people signed: fields missing, of another kind, lines moved and doubled.

Each is the log of `world.py`, its facts or its statements made odd by chance, signed by the people and sealed by the
log's own key: every index proof and every signature is right, and what a verifier makes of it is FORMAT.md's alone.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from random import Random
from typing import Any

from ledger.store.refusals import Unsound
from tests.verify.world import GONE, S9, Hand, Log, dumps, entries, hands, spell

SUBJECTS = ("patient:P1", "patient:P3", "practitioner:T1", "session:S9")

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 5, -1, 1.5, 10**30, "", "S9", "S10", "R1", "A1", "L7", "T1", "DR1", "K1", "P1", "x"),
    *([], ["S9"], ["T1", None], [["x"]], {}, {"S9": "S9"}, {"order": "1"}, [{"order": "1"}], [{"item": []}, 5]),
    *({"": ""}, {"a\nb": "x"}, [""], "P1\nP2", "02" + "00" * 31),
)
_LOOKED_AT = {
    "SessionStarted": ("session", "patient", "prescription", "order", "therapist", "institution", "id"),
    "SessionStopped": ("session", "effect", "id"),
    "SessionSigned": ("session", "practitioner", "signature", "id"),
    "PrescriptionIssued": ("prescription", "patient", "physician", "orders", "signature", "remark", "id"),
    "AssessmentRecorded": ("assessment", "assessors", "results", "outcome", "findings", "id"),
    "AssessmentSigned": ("assessment", "practitioner", "signature"),
    "PersonErased": ("patient", "retained_until", "ground"),
    "SigningKeyEnrolled": ("practitioner", "key_id", "algorithm", "public_key"),
    "SigningKeyRevoked": ("key_id", "reason"),
    "EntryCorrected": ("target", "field", "new", "practitioner"),
}
"""The facts that signatures look at, and their fields: those that they have, and some that they may have."""
_ANYWHERE = ("", "site\nmethod", "type\nat", "__proto__", "at", "recorded_at")
"""Fields that any fact may have: without a name, with that of two, with that of what a program has by itself."""
_TAGS = ("registry::x", "registry:institution:", "registry:practitioner:", "registry:registry:x", "registry:rulebook",
         "registry:rulebook:x", "registry:institution:H1", "registry:practitioner:T1", "patient::", "x:y")  # fmt: skip
"""Tags that an entry may be given: most of them are none, or not of its fact."""
_NAMING = {"therapist": "practitioner", "physician": "practitioner", "assessors": "practitioner", "key_id": "key"} | {
    name: name
    for name in ("id", "patient", "session", "assessment", "prescription", "episode", "institution", "practitioner")
}
_CORRECTED = ("at", "effect", "therapist", "patient", "orders", "results", "outcome", "prescription", "remark", "order")


def odd_logs(count: int, seed: int) -> Iterator[tuple[Log, str]]:
    """So many logs, each with the subject whose bundle is to be verified; the same for the same seed."""
    chance = Random(seed)
    for _ in range(count):
        raws = entries()
        for _ in range(chance.choice((1, 1, 2, 3))):
            chance.choice(_WAYS)(raws, chance)
        yield Log(raws), chance.choice(SUBJECTS)


def streams_of(log: Log, subject: str) -> list[str]:
    """The streams of the subject's bundle, as an exporter finds them; where it cannot, those of the log unharmed."""
    try:
        return log.tags(subject)
    except Unsound:
        return Log().tags(subject)


def _odd_field(raws: list[bytes], chance: Random) -> None:
    """A field of a fact that is missing, or of another kind."""
    place = _any_place(raws, chance)
    entry = json.loads(raws[place])
    fact = entry["fact"]
    field = chance.choice((*_LOOKED_AT[fact["type"]], chance.choice(_ANYWHERE)))
    if chance.random() < 0.2:
        fact.pop(field, None)
    else:
        fact[field] = chance.choice(_ODD)
    raws[place] = _with_tags(entry)


def _odd_statement(raws: list[bytes], chance: Random) -> None:
    """A statement that says something odd, rightly signed by whoever signed before, in its place in their chain."""
    places = [place for place, raw in enumerate(raws) if b"eyJmb3JtYXQi" in raw]
    if not places:
        return
    place = chance.choice(places)
    entry = json.loads(raws[place])
    fact = entry["fact"]
    texts = fact["approvals"] if fact["type"] == "PersonErased" else [fact["signature"]]
    number = chance.randrange(len(texts))
    try:
        statement = json.loads(b64decode(str(texts[number]).partition(".")[0]))
    except ValueError:
        return  # an odd field was here before
    within = statement if chance.random() < 0.3 else statement.get("says")
    if not isinstance(within, dict) or not within:
        return
    field = chance.choice(list(within))
    how = chance.random()
    if how < 0.15:
        del within[field]
    elif how < 0.3:
        other = chance.choice(("", f"{field}\n{chance.choice(list(within))}", f"{field},"))
        renamed = {other if key == field else key: value for key, value in within.items() if f"\n{key}" not in other}
        within.clear()
        within.update(renamed)
    elif how < 0.4:
        within[chance.choice(_ANYWHERE)] = chance.choice(_ODD)
    else:
        within[field] = chance.choice(_ODD)
    hand = Hand("", {"DR1": "K2"}.get(str(statement.get("signer")), "K1"))
    texts[number] = hand.over(dumps(statement).encode())
    if fact["type"] != "PersonErased":
        fact["signature"] = texts[0]
    raws[place] = _with_tags(entry)


def _moved(raws: list[bytes], chance: Random) -> None:
    """A line before or after where it was."""
    raw = raws.pop(_any_place(raws, chance))
    raws.insert(chance.randrange(6, len(raws) + 1), raw)


def _doubled(raws: list[bytes], chance: Random) -> None:
    """A line that comes again, as it was or with another signer's name."""
    raw = raws[_any_place(raws, chance)]
    raws.insert(chance.randrange(6, len(raws) + 1), chance.choice((raw, raw.replace(b"DR1", b"T1"))))
    raws[:] = [_with_tags(json.loads(each)) for each in raws]


def _corrected(raws: list[bytes], chance: Random) -> None:
    """A correction, of this or that, by this or that."""
    fact = {
        "target": chance.choice(("S9", "S10", "R1", "A1", "L7", "L8", 5, None)),
        "field": chance.choice((*_CORRECTED, None)),
        "new": chance.choice((*_ODD, S9["stopped"], S9["effect"], GONE["patient"])),
        "practitioner": "DR1",
    }
    tags = ["patient:P1", "session:S9", "institution:H1"]
    raws.insert(chance.randrange(6, len(raws) + 1), _with_tags(json.loads(spell("EntryCorrected", tags, **fact))))


def _second(raws: list[bytes], chance: Random) -> None:
    """A start, stop, record or sheet again, and otherwise; or a line that voids."""
    kinds = [(place, json.loads(raw)) for place, raw in enumerate(raws)]
    lines = [(place, entry) for place, entry in kinds if entry["fact"]["type"] in _CHANGED_AGAIN]
    if not lines:
        return
    place, entry = chance.choice(lines)
    fact = entry["fact"]
    field, name = _CHANGED_AGAIN[fact["type"]]
    if chance.random() < 0.3 and name != "prescription":
        voided = f"{name.capitalize()}Voided"
        entry |= {"type": f"{name}-voided.v1"}
        fact = entry["fact"] = {"type": voided, "at": fact["at"], name: fact.get(name), "reason": ""}
    elif chance.random() < 0.7:
        fact[field] = chance.choice(_ODD)
    raws.insert(chance.choice((place, place + 1, chance.randrange(6, len(raws) + 1), len(raws))), _with_tags(entry))


_CHANGED_AGAIN = {
    "SessionStarted": ("order", "session"),
    "SessionStopped": ("effect", "session"),
    "PrescriptionIssued": ("orders", "prescription"),
    "AssessmentRecorded": ("results", "assessment"),
}


def _signed_line_corrected(raws: list[bytes], chance: Random) -> None:
    """A correction of a line that bears a signature, by the line's own id."""
    places = [place for place, raw in enumerate(raws) if b"eyJmb3JtYXQi" in raw]
    if not places:
        return
    place = chance.choice(places)
    entry = json.loads(raws[place])
    entry["fact"]["id"] = "L8"
    raws[place] = _with_tags(entry)
    fact = {"target": "L8", "field": chance.choice(("practitioner", "at", "remark")), "new": chance.choice(_ODD)}
    line = spell("EntryCorrected", entry["tags"], **fact)
    raws.insert(chance.choice((place, len(raws))), _with_tags(json.loads(line)))


def _tagged(raws: list[bytes], chance: Random) -> None:
    """A tag more, and perhaps a field without a name that it could be of."""
    place = chance.randrange(len(raws))
    entry = json.loads(raws[place])
    entry["tags"] = sorted({*entry["tags"], chance.choice(_TAGS)})
    if chance.random() < 0.5:
        entry["fact"][""] = chance.choice(("x", ":x", "H1", ["x"]))
    raws[place] = dumps(entry).encode()


def _keyed(raws: list[bytes], chance: Random) -> None:
    """A key revoked, or a public key enrolled once more."""
    hand, other = chance.choice(hands()), chance.choice((*hands(), Hand("T1", "K3")))
    line = chance.choice((hand.revoked(), other.enrolled(public_key=hand.public)))
    raws.insert(chance.randrange(6, len(raws) + 1), line)


_WAYS = (_odd_field, _odd_field, _odd_statement, _odd_statement, _moved, _doubled, _corrected, _keyed, _tagged,
         _second, _second, _signed_line_corrected)  # fmt: skip


def _any_place(raws: list[bytes], chance: Random) -> int:
    return chance.choice([place for place, raw in enumerate(raws) if json.loads(raw)["fact"]["type"] in _LOOKED_AT])


def _with_tags(entry: dict[str, Any]) -> bytes:
    """The entry with tags for all that its fact names now: an operator who lies forgets none."""
    fact, tags = entry["fact"], set(entry["tags"])
    fields = [*fact.items(), *([(fact.get("field"), fact.get("new"))] if fact["type"] == "EntryCorrected" else ())]
    for field, value in fields:
        for name in value if isinstance(value, list) else [value]:
            if isinstance(field, str) and field in _NAMING and isinstance(name, str) and name:
                tags.add(f"{_NAMING[field]}:{name}")
    if fact["type"] == "SigningKeyEnrolled" and isinstance(fact.get("practitioner"), str):
        tags = {tag for tag in tags if not tag.startswith("registry:")} | {
            f"registry:practitioner:{fact['practitioner']}"
        }
    return dumps(entry | {"tags": sorted(tags)}).encode()
