"""The invented staff of a district: who they are, what they may do and until when. None of them exists.

Their signing keys are real Ed25519 keys, made from words that stand in this file: whoever reads it can sign for an
invented person, and such a signature is worth what the person is.
"""

import base64
import hashlib
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.demo.institutions import REGISTERED, Houses
from api.demo.workdays import LAST_DAY, instant
from ledger.proof.ed25519 import PrivateKey, public_key_of
from ledger.treatment.facts import (
    Fact,
    PractitionerDeparted,
    PractitionerQualified,
    PractitionerRegistered,
    SigningKeyEnrolled,
    SigningKeyRevoked,
)
from ledger.treatment.values import PractitionerScope, Profession

LAPSED_FROM, LAPSED_TO = date(2021, 7, 1), date(2021, 7, 25)  # PT41 without a valid qualification
NEW_FROM = date(2021, 9, 1)  # PT42 qualifies, having worked since July
DEPARTURE = date(2021, 9, 30)  # PT14 leaves


class Scope(NamedTuple):
    """A qualification and its days, both inclusive."""

    scope: PractitionerScope
    valid_from: date
    valid_until: date | None


class Person(NamedTuple):
    """`group` says what work they are booked for; `first` to `last` are the ordinals of the days they are booked."""

    id: str
    name: str
    profession: Profession
    institution: str
    group: str
    scopes: tuple[Scope, ...]
    first: int
    last: int


_TABLE: tuple[tuple[str, int, Profession, str, tuple[PractitionerScope, ...]], ...] = (
    # house, how many, profession, group, scopes
    ("general", 3, "physician", "DR", ("rehabilitation",)),
    ("general", 4, "therapist", "PT", ("rehabilitation",)),
    ("general", 2, "therapist", "OT", ("rehabilitation",)),
    ("general", 2, "therapist", "ST", ("rehabilitation",)),
    ("general", 1, "nurse", "NS", ()),
    ("general", 1, "other", "CL", ()),
    ("rehabilitation", 3, "physician", "DR", ("rehabilitation",)),
    ("rehabilitation", 4, "therapist", "PT", ("rehabilitation",)),
    ("rehabilitation", 2, "therapist", "OT", ("rehabilitation",)),
    ("rehabilitation", 2, "therapist", "ST", ("rehabilitation",)),
    ("rehabilitation", 1, "other", "AV", ("auditory_verbal",)),
    ("rehabilitation", 1, "nurse", "NS", ()),
    ("tcm", 3, "physician", "DR", ("tcm",)),
    ("tcm", 2, "therapist", "TM", ("tcm",)),
    ("tcm", 2, "therapist", "PT", ("rehabilitation",)),
    ("tcm", 1, "nurse", "NS", ()),
    ("community", 1, "physician", "DR", ("rehabilitation",)),
    ("community", 1, "physician", "DR", ("training",)),
    ("community", 4, "therapist", "PT", ("rehabilitation",)),
    ("community", 1, "nurse", "NS", ()),
    ("clinic", 1, "physician", "DR", ("training", "tcm")),
    ("clinic", 2, "therapist", "TM", ("tcm",)),
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛"
_TITLES = {
    "DR": "医师",
    "PT": "运动治疗师",
    "OT": "作业治疗师",
    "ST": "言语治疗师",
    "TM": "中医治疗师",
    "AV": "听觉口语师",
    "NS": "护士",
    "CL": "登记员",
}


def staff(of: Houses, prefix: str) -> list[Person]:
    """Everybody, by institution; ids like `PT21`: the second house's first physiotherapist."""
    people: list[Person] = []
    counts: dict[str, int] = {}
    for house, how_many, profession, group, scopes in _TABLE:
        institution = getattr(of, house)
        digit = of.index(institution) + 1
        for _ in range(how_many):
            counts[f"{group}{digit}"] = counts.get(f"{group}{digit}", 0) + 1
            local = f"{group}{digit}{counts[f'{group}{digit}']}"
            held, first, last = _held(local, scopes)
            name = (
                f"{_SURNAMES[len(people) % len(_SURNAMES)]}{_TITLES[group]}{digit}{counts[f'{group}{digit}']}（虚构）"
            )
            people.append(Person(prefix + local, name, profession, institution.id, group, held, first, last))
    return people


def _held(local: str, scopes: tuple[PractitionerScope, ...]) -> tuple[tuple[Scope, ...], int, int]:
    """What a person holds, and the days between which they are booked: the four special ones by name."""
    first, last = REGISTERED, LAST_DAY
    held = tuple(Scope(scope, REGISTERED, None) for scope in scopes)
    if local == "PT41":
        last = date(2021, 6, 30)
        held = (Scope("rehabilitation", REGISTERED, last), Scope("rehabilitation", date(2021, 7, 26), None))
    elif local == "PT42":
        first = NEW_FROM
        held = (Scope("rehabilitation", first, None),)
    elif local == "DR42":
        last = date(2021, 5, 31)  # the training no longer counts
        held = (Scope("training", REGISTERED, last),)
    elif local == "PT14":
        last = date(2021, 9, 29)
    return held, first.toordinal(), last.toordinal()


def staff_facts(people: list[Person], seed: int) -> Iterator[Fact]:
    """Registration, qualification and keys of everybody; one departure with its key revoked."""
    for person in people:
        joined = date(2021, 7, 1) if person.first == NEW_FROM.toordinal() else REGISTERED
        yield PractitionerRegistered(
            at=instant(joined, 540),
            practitioner=person.id,
            name=person.name,
            profession=person.profession,
            institution=person.institution,
        )
        for held in person.scopes:
            yield PractitionerQualified(
                at=instant(held.valid_from, 545),
                practitioner=person.id,
                scope=held.scope,
                valid_from=held.valid_from,
                valid_until=held.valid_until,
            )
        if person.group not in ("NS", "CL"):
            yield SigningKeyEnrolled(
                at=instant(max(joined, date(2020, 12, 28)), 550),
                practitioner=person.id,
                key_id=f"key/{person.id}",
                algorithm="Ed25519",
                public_key=base64.b64encode(public_key_of(private_key(seed, person.id))).decode(),
            )
        if person.last == date(2021, 9, 29).toordinal():
            yield PractitionerDeparted(
                at=instant(DEPARTURE, 990), practitioner=person.id, institution=person.institution
            )
            yield SigningKeyRevoked(at=instant(DEPARTURE, 995), key_id=f"key/{person.id}", reason="离职，密钥停用")


def private_key(seed: int, person: str) -> PrivateKey:
    """The key that the invented person signs with, made from words; it protects nothing."""
    words = f"treatment-ledger demo {seed} {person}"
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(words.encode()).digest())
