# ruff: noqa: E501 (an entry a line reads best)
"""A small log with invented persons and hospitals, sealed, signed, cosigned; and whoever signs in it.

Patient P1 is treated at H1 by DR1 and T1, who sign. Session S9 was recorded under P2 and corrected onto P1; session S10
has a signature of another form; P3's personal data was erased. The entries are spelled here by hand, so that a verifier
is held against FORMAT.md and not against the program that writes ledgers. Nothing here knows a verifier.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.application.streams import called_streams, parsed, registry_streams
from ledger.proof import (
    COSIGNATURE_V1,
    SealedStream,
    format_base64,
    format_checkpoint,
    leaf_hash,
    parse_note,
    parse_vkey,
    prove_consistency,
    prove_inclusion,
    prove_many,
    prove_tags,
    root,
    sign_note,
    stream_leaf,
    tag_key,
    tag_leaf,
    trie_root,
    vkey,
)
from ledger.store.bundle import format_bundle
from tests.proof.whole_trie import look_among

ORIGIN = "example.org/invented-hospital"
SEED = b"an invented signing key, no other"[:32]
AT = "2021-03-01T15:30:00+08:00"
APPENDED = "2021-03-01T15:31:02.123456+08:00"
SEEN = 1614584000
"""When the witness saw the log: 2021-03-01 15:33:20 at +08:00."""
RULEBOOK = 'id = "invented"\n# 虚构的规则\n'
DIGEST = sha256(RULEBOOK.encode()).hexdigest()
SALT = b"an invented salt, 32 bytes long."
PERSON = '{"name":"虚构的人","national_id":"31010519560402123X"}'
COMMITMENT = format_base64(sha256(SALT + PERSON.encode()).digest())


def dumps(value: object) -> str:
    """JSON as entries and statements spell it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def spell(type_: str, tags_: Sequence[str], *, appended_: str = APPENDED, at: str = AT, **fact: Any) -> bytes:
    """An entry's bytes; `at` and the append time are fixed invented instants unless given."""
    name = "".join(f"-{c.lower()}" if c.isupper() else c for c in type_).lstrip("-") + ".v1"
    return dumps({
        "format": "treatment-ledger/1", "type": name, "appended_at": appended_, "tags": sorted(tags_),
        "fact": {"type": type_, "at": at, **fact},
    }).encode()  # fmt: skip


def private(text: str) -> Ed25519PrivateKey:
    """A key of its own for each text."""
    return Ed25519PrivateKey.from_private_bytes(sha256(text.encode()).digest())


@dataclass
class Hand:
    """A person with a key, whose statements make a chain."""

    signer: str
    key_id: str
    counter: int = 0
    previous: str = ""

    @property
    def public(self) -> str:
        return private(self.key_id).public_key().public_bytes_raw().hex()

    def statement(self, kind: str, says: Mapping[str, Any], **other: Any) -> bytes:
        """The next statement's bytes; `other` values in it are a liar's."""
        self.counter += 1
        data = dumps({
            "format": "treatment-ledger-statement/1", "kind": kind, "signer": self.signer, "key_id": self.key_id,
            "counter": self.counter, "previous": self.previous, "says": says, **other,
        }).encode()  # fmt: skip
        self.previous = format_base64(sha256(data).digest())
        return data

    def over(self, data: bytes) -> str:
        """The signature text over these bytes."""
        return f"{format_base64(data)}.{format_base64(private(self.key_id).sign(data))}"

    def sign(self, kind: str, says: Mapping[str, Any], **other: Any) -> str:
        return self.over(self.statement(kind, says, **other))

    def enrolled(self, **other: Any) -> bytes:
        tags = [f"practitioner:{self.signer}", f"registry:practitioner:{self.signer}", f"key:{self.key_id}"]
        fact = {"practitioner": self.signer, "key_id": self.key_id, "algorithm": "ed25519", "public_key": self.public}
        return spell("SigningKeyEnrolled", tags, **fact | other)

    def revoked(self) -> bytes:
        tags = [f"practitioner:{self.signer}", f"registry:practitioner:{self.signer}", f"key:{self.key_id}"]
        return spell("SigningKeyRevoked", tags, key_id=self.key_id, reason="lost")


H1, H2 = "institution:H1", "institution:H2"
DR1, T1, T2 = "practitioner:DR1", "practitioner:T1", "practitioner:T2"
ORDERS = [{"order": "1", "item": "exercise-therapy", "site": "左下肢", "method": ""}]
SHEET = {
    "prescription": "R1",
    "patient": "P1",
    "episode": "E1",
    "institution": "H1",
    "physician": "DR1",
    "orders": ORDERS,
}
ASSESSED = {
    "assessment": "A1",
    "patient": "P1",
    "episode": "E1",
    "institution": "H1",
    "assessors": ["T1"],
    "results": [{"scale": "Barthel", "score": 60.5}],
}
S9 = {
    "session": "S9",
    "patient": "P1",
    "prescription": "R1",
    "order": "1",
    "item": "exercise-therapy",
    "site": "左下肢",
    "method": "",
    "therapist": "T1",
    "institution": "H1",
    "started": AT,
    "stopped": "2021-03-01T16:00:00+08:00",
    "effect": '好转 "稳定"\n',
}
GONE = {"patient": "P3", "retained_until": "2051-01-01", "ground": "court order"}


def hands() -> tuple[Hand, Hand]:
    """The physician and the therapist, before they have signed anything."""
    return Hand("DR1", "K2"), Hand("T1", "K1")


def sheet(signature: str) -> bytes:
    return spell(
        "PrescriptionIssued", ["patient:P1", "prescription:R1", "episode:E1", H1, DR1], **SHEET, signature=signature
    )


def signed(signature: str | None, session: str = "S9", patients: Sequence[str] = ("P1", "P2")) -> bytes:
    tags = [*(f"patient:{patient}" for patient in patients), f"session:{session}", T1, H1]
    return spell("SessionSigned", tags, session=session, practitioner="T1", signature=signature)


def assessment_signed(signature: str) -> bytes:
    return spell(
        "AssessmentSigned",
        ["patient:P1", "assessment:A1", T1, H1],
        assessment="A1",
        practitioner="T1",
        signature=signature,
    )


def erased(*approvals: str) -> bytes:
    return spell("PersonErased", ["patient:P3", DR1, T1], **GONE, approvals=list(approvals))


def digest_corrected(about: str) -> bytes:
    """A correction that names the rulebook's digest; `about`: the tag of what it corrects."""
    said = {"target": "L1", "field": "digest", "old": "", "new": DIGEST, "reason": "misspelled"}
    return spell("EntryCorrected", [about, DR1], **said, practitioner="DR1")


def entries() -> list[bytes]:
    """The log before its seal."""
    physician, therapist = hands()
    return [
        spell("InstitutionRegistered", [H1, f"registry:{H1}"], institution="H1", name="虚构医院", kind="general", departments=[]),
        spell("InstitutionRegistered", [H2, f"registry:{H2}"], institution="H2", name="另一家", kind="tcm", departments=[]),
        spell("PractitionerRegistered", [DR1, f"registry:{DR1}", H1], practitioner="DR1", name="甲", profession="physician", institution="H1"),
        spell("PatientFileOpened", ["patient:P2", H2], patient="P2", sex="male", born="1950-01-01", institution="H2", file_no="2"),
        spell("PractitionerRegistered", [T1, f"registry:{T1}", H1], practitioner="T1", name="乙", profession="therapist", institution="H1"),
        spell("PatientFileOpened", ["patient:P1", H1], patient="P1", sex="female", born="1956-04-02", institution="H1", file_no="1"),
        therapist.enrolled(),
        physician.enrolled(algorithm="Ed25519", public_key=format_base64(bytes.fromhex(physician.public))),
        spell("PersonCommitted", ["patient:P1"], patient="P1", commitment=COMMITMENT),
        spell("PractitionerRegistered", [T2, f"registry:{T2}", H2], practitioner="T2", name="丙", profession="therapist", institution="H2"),
        sheet(physician.sign("prescription", {"type": "PrescriptionIssued", "at": AT, **SHEET})),
        spell("SessionStarted", ["patient:P1", "patient:P2", "session:S9", "prescription:R1", T1, H1], session="S9", patient="P2", prescription="R1", order="1", therapist="T1", institution="H1", setting="outpatient"),
        spell("SessionStopped", ["patient:P2", "session:S9", "id:L7", T1, H1], at=S9["stopped"], id="L7", session="S9", effect=S9["effect"]),
        spell("InstitutionQualified", [H1, f"registry:{H1}"], institution="H1", scope="rehabilitation", valid_from="2020-01-01"),
        spell("EntryCorrected", ["patient:P1", "patient:P2", "session:S9", T1, DR1, H1, "prescription:R1"], target="S9", field="patient", old="P2", new="P1", reason="wrong file", practitioner="DR1"),
        signed(therapist.sign("session", S9)),
        spell("FeeConfirmed", ["patient:P1", "session:S9", T1, H1], act="S9", amount_fen=4000),
        spell("AssessmentRecorded", ["patient:P1", "assessment:A1", "episode:E1", T1, H1], **ASSESSED),
        assessment_signed(therapist.sign("assessment", {"type": "AssessmentRecorded", "at": AT, **ASSESSED})),
        spell("RulebookAdopted", ["registry:rulebook"], rulebook="invented", digest=DIGEST.upper(), effective_from="2021-01-01"),
        spell("SessionStarted", ["patient:P1", "session:S10", "prescription:R1", T1, H1], session="S10", patient="P1", prescription="R1", order="1", therapist="T1", institution="H1", setting="outpatient"),
        signed("盖章", "S10", ("P1",)),
        spell("PatientFileOpened", ["patient:P3", H2], patient="P3", sex="male", born="1960-01-01", institution="H2", file_no="3"),
        erased(physician.sign("erasure", GONE), therapist.sign("erasure", GONE)),
    ]  # fmt: skip


WITNESS_NAME = "witness.example/regulator"
WITNESS = vkey(WITNESS_NAME, private(WITNESS_NAME).public_key().public_bytes_raw(), COSIGNATURE_V1)


def cosigned(note: str, seconds: int = SEEN, name: str = WITNESS_NAME) -> str:
    """The note with a witness's cosignature/v1 on it (c2sp.org/tlog-cosignature)."""
    key = private(name)
    message = f"cosignature/v1\ntime {seconds}\n{parse_note(note).body}".encode()
    key_id = parse_vkey(vkey(name, key.public_key().public_bytes_raw(), COSIGNATURE_V1)).key_id
    line = key_id + seconds.to_bytes(8, "big") + key.sign(message)
    return f"{note}— {name} {b64encode(line).decode()}\n"


@dataclass
class Log:
    """Entries and seals under a key: signs, exports, and forges where a test needs a liar with the key.

    `sealed_as`: what the seal is over instead of the entries: a liar's index.
    """

    entries: list[bytes] = field(default_factory=entries)
    key: Ed25519PrivateKey = field(default_factory=lambda: Ed25519PrivateKey.from_private_bytes(SEED))
    origin: str = ORIGIN
    sealed_as: list[bytes] | None = None

    @property
    def vkey(self) -> str:
        return vkey(self.origin, self.key.public_key().public_bytes_raw())

    @property
    def trie(self) -> dict[bytes, SealedStream]:
        """The index over all entries: each tag's stream by its key."""
        hashes: dict[str, list[bytes]] = {}
        for index, entry in enumerate(self.entries if self.sealed_as is None else self.sealed_as):
            for tag in json.loads(entry)["tags"]:
                hashes.setdefault(tag, []).append(stream_leaf(index, leaf_hash(entry)))
        return {tag_key(tag): SealedStream(len(leaves), root(leaves)) for tag, leaves in hashes.items()}

    @property
    def seal(self) -> bytes:
        trie = self.trie
        top = trie_root([(key, tag_leaf(key, trie[key])) for key in sorted(trie)])
        fact = {"size": len(self.entries), "tags": len(trie), "root": format_base64(top)}
        return spell("IndexSealed", ["seal:index"], **fact)

    @property
    def leaves(self) -> list[bytes]:
        """Of the entries and the seal behind them."""
        return [leaf_hash(entry) for entry in (*self.entries, self.seal)]

    def checkpoint(self, size: int | None = None) -> str:
        """The log's signature over its first entries; the seal is the last of all of them."""
        leaves = self.leaves[:size]
        return sign_note(format_checkpoint(self.origin, len(leaves), root(leaves)), self.origin, self.key)

    def stream(self, tag: str) -> tuple[str, list[tuple[int, bytes]]]:
        return tag, [(n, entry) for n, entry in enumerate(self.entries) if tag in json.loads(entry)["tags"]]

    def tags(self, subject: str) -> list[str]:
        """The streams of the bundle of `patient:P`, `practitioner:T` or `session:S`."""
        called: list[str] = []
        while True:
            entries = {n: parsed(entry) for tag in (subject, *called) for n, entry in self.stream(tag)[1]}
            held = [entries[n] for n in sorted(entries)]
            more = called_streams(subject.removeprefix("patient:"), held) if subject.startswith("patient:") else []
            if {*more} <= {*called}:
                return [subject, *called, *registry_streams(held), "registry:rulebook"]
            called = sorted({*called, *more})

    def bundle(
        self,
        *tags: str,
        since: int | str | None = None,
        each: bool = False,
        opened: bool = False,
        texts: bool = False,
        note: str | None = None,
    ) -> bytes:
        """The bundle of these streams; of patient P1 if none is named. `since`: an older size or note."""
        named = tags or tuple(self.tags("patient:P1"))
        leaves = self.leaves
        older = None
        if since is not None:
            text = self.checkpoint(since) if isinstance(since, int) else since
            old_size = int(text.split("\n")[1])
            older = (text, prove_consistency(old_size, len(leaves), leaves))
        streams = [self.stream(tag) for tag in named]
        indexes = sorted({index for _, stream in streams for index, _ in stream})
        return format_bundle(
            streams=streams,
            checkpoint_note=note or self.checkpoint(),
            seal=self.seal,
            seal_proof=prove_inclusion(len(leaves) - 1, leaves),
            tags=prove_tags([tag_key(tag) for tag in named], look_among(self.trie)),
            since=older,
            inclusion=prove_many(indexes, leaves) if each and indexes else None,
            rulebooks={DIGEST: RULEBOOK} if texts else None,
            openings={8: (SALT, PERSON)} if opened else None,
        )

    def full(self, **options: Any) -> bytes:
        """P1's bundle with everything that a bundle can hold, cosigned."""
        given: dict[str, Any] = {"since": 6, "each": True, "opened": True, "texts": True}
        return self.bundle(**given | {"note": cosigned(self.checkpoint())} | options)
