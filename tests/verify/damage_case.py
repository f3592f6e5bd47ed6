"""Recipes of damage to what a patient is judged by: another's acts on a sheet, what was moved, registries' tags."""

import json

from tests.verify.recipes import Given, recipe, with_entry
from tests.verify.world import DR1, H1, H2, ORDERS, T1, Log, spell

STARTED = {"order": "1", "therapist": "T1", "institution": "H1", "setting": "outpatient"}


def started(session: str, patient: str, sheet: str, *tags: str) -> bytes:
    """A session of a patient on a sheet; `tags` besides those that it must bear."""
    names = (f"patient:{patient}", f"session:{session}", f"prescription:{sheet}", T1, H1)
    return spell("SessionStarted", [*names, *tags], session=session, patient=patient, prescription=sheet, **STARTED)


def corrected(target: object, field: str, new: object, *tags: str) -> bytes:
    said = {"target": target, "field": field, "old": None, "new": new, "reason": "wrong"}
    return spell("EntryCorrected", [*tags, DR1], **said, practitioner="DR1")


GUEST = (
    started("S8", "P3", "R1", "patient:P1"),
    spell("SessionVoided", ["patient:P3", "session:S8", T1, H1], session="S8", reason="not given"),
)
"""P3 had a session on P1's sheet, and it is voided: it does not count among those ordered."""


def stripped(log: Log, *more: bytes, of: str, subject: str = "patient:P1") -> Given:
    """A genuine bundle but for one of its streams, without which it would be judged otherwise."""
    longer = Log([*log.entries, *more])
    streams = longer.tags(subject)
    assert of in streams
    return Given(longer.bundle(*(tag for tag in streams if tag != of)), longer.vkey)


@recipe("entry-missing", "what became of another patient's session on the patient's sheet")
def guest(log: Log) -> Given:
    return stripped(log, *GUEST, of="session:S8")


@recipe("entry-missing", "the sheet of another that the patient's session is on")
def host(log: Log) -> Given:
    return stripped(log, *GUEST, of="prescription:R1", subject="patient:P3")


@recipe("entry-missing", "a sheet that was corrected from the patient to another, with that one's sessions")
def moved_away(log: Log) -> Given:
    move = corrected("R1", "patient", "P3", "patient:P1", "patient:P3", "prescription:R1", "episode:E1", H1)
    later = started("S8", "P3", "R1", "patient:P1")
    return stripped(log, move, later, of="prescription:R1")


@recipe("entry-missing", "a session that was corrected from the patient to another, on the patient's sheet")
def session_moved_away(log: Log) -> Given:
    tags = ("patient:P1", "patient:P3", "session:S10", "prescription:R1", T1, H1)
    void = spell("SessionVoided", ["patient:P3", "session:S10", T1, H1], session="S10", reason="not given")
    return stripped(log, corrected("S10", "patient", "P3", *tags), void, of="session:S10")


@recipe("entry-missing", "an assessment of another in the patient's episode")
def assessed_there(log: Log) -> Given:
    opened = spell("EpisodeOpened", ["patient:P1", "episode:E1", H1], episode="E1", patient="P1", institution="H1")
    tags = ("patient:P1", "patient:P3", "assessment:A8", "episode:E1", "episode:E3", T1, H1)
    return stripped(log, opened, corrected("A8", "episode", "E1", *tags), of="assessment:A8")


@recipe("entry-missing", "a finding of another's that was corrected into the patient's episode")
def found_there(log: Log) -> Given:
    found = spell("FindingsRecorded", ["patient:P3", "episode:E3", "id:L8"], id="L8", patient="P3", episode="E3",
                  findings={})  # fmt: skip
    move = corrected("L8", "episode", "E1", "patient:P1", "patient:P3", "episode:E1", "episode:E3", "id:L8")
    return stripped(log, found, move, of="id:L8")


@recipe("entry-missing", "the stay of another that the patient's session names")
def stay(log: Log) -> Given:
    return stripped(log, started("S8", "P1", "R1", "stay:Y3"), of="stay:Y3")


@recipe("entry-foreign", "a sheet that would be the patient's if a number named one")
def number(log: Log) -> Given:
    sheet = spell("PrescriptionIssued", ["patient:P3", "prescription:R7", H1, DR1], prescription="R7", patient="P3",
                  institution="H1", physician="DR1", orders=ORDERS)  # fmt: skip
    tags = ("patient:12", "patient:P3", "session:S7", "prescription:R7", T1, H1)
    longer = Log([*log.entries, sheet, corrected("S7", "patient", 12, *tags)])
    streams = longer.tags("patient:12")
    assert "prescription:R7" not in streams
    return Given(longer.bundle("patient:12", *sorted({*streams[1:], "prescription:R7"})), longer.vkey)


REGISTRIES = {
    "a session with a registry's tag": started("S10", "P1", "R1", "registry:practitioner:T9"),
    "a session with that of its own therapist's registry": started("S10", "P1", "R1", f"registry:{T1}"),
    "a session with that of the rulebooks": started("S10", "P1", "R1", "registry:rulebook"),
    "a correction of a patient's with a registry's tag": corrected(
        "S10", "order", "2", "patient:P1", "session:S10", f"registry:{DR1}"
    ),
    "a correction of no patient's with the tag of no registry": corrected(
        "L7", "name", "x", f"registry:{T1}", "registry:patient:P1"
    ),
}


def _registry(name: str) -> None:
    @recipe("malformed", name)
    def made(log: Log) -> Given:
        return with_entry(20, REGISTRIES[name], log)


for _name in REGISTRIES:
    _registry(_name)


@recipe("malformed", "a registration under another's name")
def registered_elsewhere(log: Log) -> Given:
    fact = json.loads(log.entries[0])["fact"]
    said = {field: value for field, value in fact.items() if field not in ("type", "at")}
    return with_entry(0, spell("InstitutionRegistered", [H1, f"registry:{H1}", f"registry:{H2}"], **said), log)


@recipe("malformed", "an adoption in a practitioner's registry")
def adopted_elsewhere(log: Log) -> Given:
    fact = json.loads(log.entries[19])["fact"]
    said = {field: value for field, value in fact.items() if field not in ("type", "at")}
    return with_entry(19, spell("RulebookAdopted", ["registry:rulebook", f"registry:{T1}"], **said), log)


@recipe("malformed", "a revocation in a hospital's registry")
def revoked_elsewhere(log: Log) -> Given:
    tags = [T1, f"registry:{T1}", "key:K9", "registry:institution:H1"]
    return with_entry(13, spell("SigningKeyRevoked", tags, key_id="K9", reason="lost"), log)
