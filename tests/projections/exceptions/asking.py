"""Journals in which nothing is out of order unless a test says so, and what the exceptions make of them.

All persons and institutions are invented.
"""

from collections.abc import Sequence
from datetime import date, datetime
from random import Random
from typing import Any

from msgspec.structs import replace

from ledger.treatment.facts import EpisodeOpened, PrescriptionIssued, SessionSigned, SessionStarted, SessionStopped
from ledger.treatment.values import Diagnosis
from projections.exceptions import Exceptional, Limits, find
from tests.projections.rules.building import Journal, moment


class Written(Journal):
    """A journal in which site, method and effect are written down, no two effects alike."""

    def prescription(self, id: str, item: int | str, day: str | date = "2010-01-01", **fields: Any) -> None:
        """A sheet with one order; `site` and `method` are given unless a test leaves them out."""
        method, recorded_at = fields.pop("method", "active"), fields.pop("recorded_at", None)
        super().prescription(id, item, day, **{"site": "left arm"} | fields)
        sheet = self.facts[-1]
        assert isinstance(sheet, PrescriptionIssued)
        orders = [replace(order, method=method) for order in sheet.orders]
        self.facts[-1] = replace(sheet, orders=orders, recorded_at=recorded_at)

    def treat(
        self,
        day: str | date = "2021-03-01",
        clock: str = "09:00",
        *,
        item: int | str = 14,
        patient: str = "P1",
        effect: str | None = None,
        remark: str | None = None,
        signed_at: datetime | None = None,
        signer: str | None = None,
        recorded_at: datetime | None = None,
        **fields: Any,
    ) -> str:
        """A session of a patient, who has a file and an episode of their own. Its lines may all be recorded later."""
        known = {fact.patient for fact in self.facts if isinstance(fact, EpisodeOpened)}
        if patient not in known:
            self.patient(patient, "1960-05-05")
            self.episode(f"E-{patient}", patient=patient)
        episode = fields.pop("episode", "E1" if patient == "P1" else f"E-{patient}")
        before = len(self.facts)
        session = self.session(item, day, clock, patient=patient, episode=episode, **fields)
        for place, fact in enumerate(self.facts[before:], before):
            if getattr(fact, "session", None) != session:
                continue
            if isinstance(fact, SessionStarted):
                self.facts[place] = replace(fact, recorded_at=recorded_at)
            elif isinstance(fact, SessionStopped):
                effect = f"effect of {session}" if effect is None else effect
                self.facts[place] = replace(fact, effect=effect, remark=remark, recorded_at=recorded_at)
            elif isinstance(fact, SessionSigned):
                self.facts[place] = replace(
                    fact,
                    at=signed_at or fact.at,
                    practitioner=signer or fact.practitioner,
                    recorded_at=recorded_at,
                )
        return session

    def declared(self, episode: str, day: str, code: str = "I63", patient: str = "P1", institution: str = "H1") -> None:
        """An episode opened at 08:00 of a day."""
        self.add(
            EpisodeOpened(
                at=moment(day, "08:00"), episode=episode, patient=patient, institution=institution,
                diagnosis=Diagnosis(code=code, system="ICD-10"),
            )
        )  # fmt: skip


def ask(journal: Journal, **limits: Any) -> list[Exceptional]:
    """Everything that any exception finds."""
    return find(journal.facts, Limits(**limits))


def only(journal: Journal, name: str, **limits: Any) -> list[Exceptional]:
    """What is found, and that nothing but this exception finds anything."""
    found = ask(journal, **limits)
    assert {one.name for one in found} == {name}
    return found


def the(journal: Journal, name: str, **limits: Any) -> Exceptional:
    """The one exception of the journal, whose sentence names its acts in both languages."""
    (found,) = only(journal, name, **limits)
    for act in found.acts[:12]:
        assert act in found.what.zh
        assert act in found.what.en
    return found


def counts(found: Sequence[Exceptional]) -> dict[str, int]:
    """How many of each name."""
    return {name: sum(one.name == name for one in found) for name in {one.name for one in found}}


def dense(seed: int, sessions: int = 60) -> Written:
    """A journal in which little is in order: few people, few hours, few words."""
    dice = Random(seed)
    journal = Written()
    journal.institution("H2", scope=dice.choice((None, "tcm")))
    journal.practitioner("N1", "nurse")
    journal.prescription("R1", 14, times=3, valid_until=date(2021, 3, 3))
    journal.admitted("Z1", "2021-03-01", "2021-03-02")
    journal.admitted("Z2", "2021-03-05", "2021-03-06")
    for episode in ("E2", "E3"):
        journal.declared(episode, f"2021-03-0{dice.randint(1, 6)}")
    for _ in range(sessions):
        day, patient = f"2021-03-0{dice.randint(1, 6)}", dice.choice(("P1", "P2", "P3"))
        fields: dict[str, Any] = {"mode": dice.choice(("individual", "group")), "item": dice.choice((1, 2, 14))}
        fields |= {"therapist": dice.choice(("T1", "T2", "N1")), "institution": dice.choice(("H1", "H2"))}
        if dice.random() < 0.3:
            fields |= {"prescription": "R1", "item": 14}
        if dice.random() < 0.2:
            fields |= {"stay": dice.choice(("Z1", "Z2")), "setting": "inpatient"}
        if dice.random() < 0.2:
            fields["recorded_at"] = moment(f"2021-03-0{dice.randint(1, 9)}", "20:00")
        clock = f"{dice.randint(8, 11):02}:{dice.choice((0, 10, 20)):02}"
        signed = moment(day, f"{dice.randint(9, 12):02}:00")
        journal.treat(
            day, clock, patient=patient, minutes=dice.choice((None, 20, 40, 90)), voided=dice.random() < 0.1,
            effect=dice.choice(("better", "", "the same")), signed_at=signed if dice.random() < 0.5 else None,
            signer=dice.choice((None, None, "T3")), **fields,
        )  # fmt: skip
    return journal
