# ruff: noqa: E501 (an entry a line reads best)
"""A small log with invented persons and hospitals, its key, its checkpoints, and patient P1's bundle.

P1 is treated at H1 by DR1 and T1. Session S9 was recorded under P2 and corrected onto P1. The entries are spelled
here by hand, so that the verifier is held against FORMAT.md and not against the program that writes ledgers.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.application.streams import moved_streams, registry_streams, shared_sheet_streams, sheets_named
from ledger.proof import format_checkpoint, leaf_hash, root, sign_note, vkey
from ledger.store.bundle import format_bundle

ORIGIN = "example.org/invented-hospital"
SEED = b"an invented signing key, no other"[:32]


def spell(type_: str, tags: list[str], **fact: Any) -> bytes:
    """An entry's bytes; `at` is a fixed invented instant."""
    name = "".join(f"-{c.lower()}" if c.isupper() else c for c in type_).lstrip("-") + ".v1"
    value = {
        "format": "treatment-ledger/1",
        "type": name,
        "appended_at": "2021-03-01T15:31:02.123456+08:00",
        "tags": sorted(tags),
        "fact": {"type": type_, "at": "2021-03-01T15:30:00+08:00", **fact},
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


H1, H2 = "institution:H1", "institution:H2"
DR1, T1, T2 = "practitioner:DR1", "practitioner:T1", "practitioner:T2"
ENTRIES = [
    spell("InstitutionRegistered", [H1, f"registry:{H1}"], institution="H1", name="虚构医院", kind="general", departments=[]),
    spell("InstitutionRegistered", [H2, f"registry:{H2}"], institution="H2", name="另一家", kind="tcm", departments=[]),
    spell("PractitionerRegistered", [DR1, f"registry:{DR1}", H1], practitioner="DR1", name="甲", profession="physician", institution="H1"),
    spell("PatientFileOpened", ["patient:P2", H2], patient="P2", sex="male", born="1950-01-01", institution="H2", file_no="2"),
    spell("PractitionerRegistered", [T1, f"registry:{T1}", H1], practitioner="T1", name="乙", profession="therapist", institution="H1"),
    spell("PatientFileOpened", ["patient:P1", H1], patient="P1", sex="female", born="1956-04-02", institution="H1", file_no="1"),
    spell("PractitionerQualified", [T1, f"registry:{T1}"], practitioner="T1", scope="rehabilitation", valid_from="2020-01-01"),
    spell("PractitionerRegistered", [T2, f"registry:{T2}", H2], practitioner="T2", name="丙", profession="therapist", institution="H2"),
    spell("PrescriptionIssued", ["patient:P1", "prescription:R1", "episode:E1", H1, DR1], prescription="R1", patient="P1", episode="E1", institution="H1", physician="DR1", orders=[{"order": "1", "item": "exercise-therapy", "site": "", "method": ""}]),
    spell("SessionStarted", ["patient:P2", "session:S9", "prescription:R1", T1, H1], session="S9", patient="P2", prescription="R1", order="1", therapist="T1", institution="H1", setting="outpatient"),
    spell("SessionStopped", ["patient:P2", "session:S9", T1, H1, "id:L7"], id="L7", session="S9", effect="好转 \"稳定\"\n"),
    spell("InstitutionQualified", [H1, f"registry:{H1}"], institution="H1", scope="rehabilitation", valid_from="2020-01-01"),
    spell("EntryCorrected", ["patient:P1", "patient:P2", "session:S9", T1, DR1, H1, "prescription:R1"], target="S9", field="patient", old="P2", new="P1", reason="wrong file", practitioner="DR1"),
    spell("FeeConfirmed", ["patient:P1", "session:S9", H1], act="S9", amount_fen=4000),
    spell("PatientFileOpened", ["patient:P3", H2], patient="P3", sex="male", born="1960-01-01", institution="H2", file_no="3"),
]  # fmt: skip


@dataclass
class Log:
    """Entries under a key: signs, exports, and forges where a test needs a liar with the key."""

    entries: list[bytes] = field(default_factory=lambda: list(ENTRIES))
    key: Ed25519PrivateKey = field(default_factory=lambda: Ed25519PrivateKey.from_private_bytes(SEED))
    origin: str = ORIGIN

    @property
    def vkey(self) -> str:
        return vkey(self.origin, self.key.public_key().public_bytes_raw())

    @property
    def leaves(self) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.entries]

    def checkpoint(self, size: int | None = None) -> str:
        leaves = self.leaves[:size]
        return sign_note(format_checkpoint(self.origin, len(leaves), root(leaves)), self.origin, self.key)

    def stream(self, tag: str) -> tuple[str, list[tuple[int, bytes]]]:
        return tag, [(n, entry) for n, entry in enumerate(self.entries) if tag in json.loads(entry)["tags"]]

    def tags(self, patient: str) -> list[str]:
        own = [entry for _, entry in self.stream(f"patient:{patient}")[1]]
        moved = moved_streams(patient, own)
        mine = own + [entry for tag in moved for _, entry in self.stream(tag)[1]]
        sheets = ((sheet, [entry for _, entry in self.stream(sheet)[1]]) for sheet in sheets_named(mine))
        moved = sorted({*moved, *shared_sheet_streams({f"patient:{patient}", *moved}, sheets)})
        mine = own + [entry for tag in moved for _, entry in self.stream(tag)[1]]
        return [f"patient:{patient}", *moved, *registry_streams(mine)]

    def bundle(self, *tags: str, since: str | None = None) -> bytes:
        streams = [self.stream(tag) for tag in tags or self.tags("P1")]
        return format_bundle(streams=streams, checkpoint_note=self.checkpoint(), leaf_hashes=self.leaves, since=since)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def guest_log() -> Log:
    """As `log`, and P3 has a session on the prescription of P1."""
    episode = spell("EpisodeOpened", ["patient:P1", "episode:E1", H1], episode="E1", patient="P1", institution="H1")
    guest = spell(
        "SessionStarted",
        ["patient:P3", "session:S8", "prescription:R1", T2, H2],
        session="S8",
        patient="P3",
        prescription="R1",
        order="1",
        therapist="T2",
        institution="H2",
        setting="outpatient",
    )
    return Log(
        [
            *ENTRIES,
            episode,
            guest,
            spell("SessionStopped", ["patient:P3", "session:S8", T2, H2], session="S8", effect=""),
        ]
    )


@pytest.fixture
def make_log() -> type[Log]:
    return Log


@pytest.fixture
def make_entry():
    return spell
