"""Journals by chance, for every reading: crowded with what the clauses look at, at the days where they turn.

Deterministic: the same seed and theme are the same journal. A theme (`chance_themes.py`) crowds one corner of the
notice; this module knows the world that they share, and how an act is told. Everybody in it is invented.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from ledger.treatment.facts import Fact
from ledger.treatment.values import HOME
from tests.cases.notice import INDICATION, SLUG, TRAININGS
from tests.cases.story import build

EPISODES = (("P1", "E1"), ("P1", "E2"), ("P2", "E9"))
"""Patient and episode of the sheets R<item>-0, -1, -2."""
INCLUDED = ("", "/strength", "/breathing")
OPENING = "2015-01-01 08:00"
WORLD = """
    PatientFileOpened P2 sex=female born=2014-08-01
    InstitutionRegistered H2 level=1
    InstitutionRegistered H3 level=null kind=rehabilitation departments=
    InstitutionRegistered H4 level=2 kind=rehabilitation departments=tcm
    InstitutionRegistered H5 level=2 departments=tcm
    InstitutionQualified H3
    InstitutionQualified H4 scope=tcm
    InstitutionQualified H5
    PractitionerRegistered DR2 profession=physician
    PractitionerQualified DR2 scope=training valid_until=2024-06-30
    PractitionerRegistered DR3 profession=physician
    PractitionerQualified DR3 scope=training
    PractitionerQualified DR3 scope=tcm valid_from=2021-02-01
    PractitionerRegistered DR4
    PractitionerQualified DR4
    PractitionerRegistered T5 profession=nurse
    PractitionerQualified T5 scope=tcm
    PractitionerRegistered T9 profession=other
"""


class Teller:
    """Collects the lines of a story. `care`: how seldom something is wrong with the record of an act, 0 to 1."""

    def __init__(self, chance: Random, care: float) -> None:
        self.chance, self.care = chance, care
        self.lines = [f"{OPENING} {line.strip()}" for line in WORLD.strip().splitlines()]
        self.lines.append(f"{OPENING} InstitutionQualified H2 scope=tcm valid_from={self.some_day()}")
        scope = self.one("auditory_verbal", "tcm")
        self.lines.append(f"{OPENING} PractitionerQualified T9 scope={scope} valid_until={self.some_day()}")
        if chance.random() < 0.8:
            self.lines.append(f"{OPENING} PractitionerQualified DR1 scope=training")
        self.acts = 0
        self.stay = ""

    # --- dice

    def one(self, *words: str) -> str:
        return self.chance.choice(words)

    def slip(self) -> bool:
        return self.chance.random() > self.care

    def some_day(self) -> date:
        return date(2021, 1, 1) + timedelta(days=self.chance.randrange(900))

    def findings(self, absent: float = 0.03) -> str:
        """Nearly everything is found; now and then something is looked for and absent, or not recorded."""
        words = []
        for name in sorted({name for groups in INDICATION.values() for either in groups for name, _ in either}):
            found = self.chance.random()
            if found < 0.04:
                continue
            if name.startswith("severity"):
                words.append(f"{name}={self.one('moderate', 'severe', 'mild' if found < 0.3 else 'severe')}")
            else:
                words.append(f"{name}={'false' if found < 0.04 + absent else 'true'}")
        return " ".join(words)

    def outcome(self) -> str:
        return self.one("improved", "improved", "improved", "unchanged", "declined", "baseline", "null")

    # --- lines

    def tell(self, at: datetime, words: str) -> None:
        self.lines.append(f"{at:%Y-%m-%d %H:%M} {words}")

    def open(self, items: Sequence[int], *, severity: str = "severity_adl=severe", onset: date | None = None) -> None:
        """The episodes, and three sheets for every training: two of P1, one of P2."""
        for patient, episode in EPISODES:
            since = f"onset={onset}" if onset and self.chance.random() < 0.7 else ""
            at = f"{onset:%Y-%m-%d} 08:00" if onset and self.chance.random() < 0.5 else OPENING
            self.lines.append(f"{at} EpisodeOpened {episode} patient={patient} {self.findings()} {severity} {since}")
        for item in {*items} & TRAININGS:
            for number, (patient, episode) in enumerate(EPISODES):
                more = f" times={self.one('1', '3', '40')}" if self.slip() else ""
                more += f" valid_until={self.some_day()}" if self.slip() else ""
                more += f" physician={self.one('DR2', 'DR3', 'DR4') if self.slip() else self.one('DR1', 'DR3')}"
                issued = "2021-03-01 09:00" if self.slip() else OPENING if "DR1" in more else "2021-02-01 08:00"
                sheet = f"R{item}-{number} patient={patient} episode={episode} items={self.orders(item)}"
                self.lines.append(f"{issued} PrescriptionIssued {sheet}{more}")

    def orders(self, item: int) -> str:
        """What stands on a sheet: the item; for item 1, itself and two of its included items."""
        return ",".join(SLUG[1] + included for included in INCLUDED) if item == 1 else SLUG[item]

    def act(self, at: datetime, item: int, whose: int = 0, **said: object) -> str:
        """One act of the catalogue, in good order but for slips; `said` overrules."""
        self.acts += 1
        name = f"A{self.acts}"
        patient, episode = EPISODES[whose]
        given: dict[str, object] = {"patient": patient, "institution": "H1"}
        if self.slip():
            given["institution"] = self.one("H2", "H3", "H4", "H5")
        if self.slip():
            given["stay"] = "ST0"  # a stay nobody knows, or not this patient's
        if item in TRAININGS:
            given |= {"sheet": f"R{item}-{whose}", "therapist": "T1"}
            if item == 1:
                given |= {"order": self.one("1", "1", "2", "3")}
            if self.slip():
                given |= {"sheet": f"R{item}-{self.chance.randrange(3)}"}
            if self.slip():
                given |= {"therapist": self.one("T2", "T5", "T9")}
            if self.slip():
                given |= {"setting": self.one("inpatient", "home_bed", "home", "internet")}
            if self.slip():
                given |= dict(
                    [
                        self.chance.choice(
                            (("stop", "0"), ("stop", "none"), ("sign", "T4"), ("sign", "none"), ("sign", "T1+3"))
                        )
                    ]
                )
        else:
            given |= {"episode": episode, "outcome": self.outcome(), "assessors": "T1,T2,T3"}
            if self.slip():
                given |= {"assessors": self.one("T1,T1,T3", "T1,T2,T9", "T1,T2,T3,T4", "T1,T2,T5", "")}
            if self.slip():
                given |= {"scales": self.one("FIM", "FIM,FIM", "")}
            if self.slip() or (item == 9 and self.chance.random() < 0.7):
                given |= {"serves": self.one(SLUG[1], SLUG[1] + "/strength", SLUG[21], SLUG[21], SLUG[10], SLUG[9])}
        given |= said
        words = " ".join(f"{key}={value}" for key, value in given.items() if value is not None)
        self.tell(at, f"{name} {SLUG[item]} {words}")
        if self.slip():
            void = "SessionVoided" if item in TRAININGS else "AssessmentVoided"
            self.tell(at + timedelta(days=self.chance.choice((1, 40))), f"{void} {name}")
        return name

    def assess(self, at: datetime, whose: int = 0, **said: object) -> None:
        """A comprehensive assessment with its slips: charged, or on one in five occasions not."""
        if self.chance.random() < 0.2:
            self.acts += 1
            self.tell(
                at, f"X{self.acts} - outcome={self.outcome()} episode={EPISODES[whose][1]} patient={EPISODES[whose][0]}"
            )
        else:
            if self.chance.random() < 0.5:
                said = {"assessors": "T1,T2,T3,T4"} | said
            self.act(at, 10, whose, **said)

    def admit_or_discharge(self, at: datetime) -> None:
        if self.stay:
            self.tell(at, f"PatientDischarged {self.stay}")
            self.stay = ""
        else:
            self.acts += 1
            self.stay = f"ST{self.acts}"
            where, kind = self.one("H1", "H1", "H2"), self.one("inpatient", "home_bed")
            self.tell(at, f"PatientAdmitted {self.stay} institution={where} kind={kind}")

    def trouble(self, at: datetime, items: Sequence[int]) -> None:
        """What befalls institutions and sheets: suspended, reinstated, stopped."""
        which = self.one("H1", "H1", "H3")
        match self.chance.randrange(4):
            case 0:
                until = self.chance.choice(("null", f"{at + timedelta(days=self.chance.choice((0, 1, 14))):%Y-%m-%d}"))
                since = at + timedelta(days=self.chance.choice((0, 0, 1, 7)))
                self.tell(at, f"InstitutionSuspended {which} from={since:%Y-%m-%d} until={until}")
                if self.chance.random() < 0.8:
                    back = at + timedelta(days=self.chance.choice((0, 0, 1, 3, 7)))
                    self.tell(back, f"InstitutionReinstated {which}")
            case 1:
                self.tell(at, f"InstitutionReinstated {which}")
            case _:
                stopped = [item for item in items if item in TRAININGS]
                if stopped:
                    which = f"R{self.chance.choice(stopped)}-{self.chance.randrange(3)}"
                    self.tell(
                        max(at, datetime(2021, 3, 1, 9, tzinfo=HOME)),
                        f"PrescriptionStopped {which} order={self.one('1', 'null')}",
                    )


def told(teller: Teller, patient: str) -> list[Fact]:
    """The journal of what was told, equal lines once; `patient`: fields of P1's file."""
    return build("\n".join(dict.fromkeys(teller.lines)), patient=patient)
