"""What each disputed word is worth: every other option of every reading, judged over a whole journal.

An office has a few dozen places where the text leaves room and cannot argue all of them; so each alternative is put
beside the readings it judges by today, with the acts that would newly be paid or denied, and their money. Nothing is
estimated: the judge decides every act that an alternative can reach. Fees are those that were confirmed, as confirmed
last; an act without one is counted apart, because nobody knows its price.

Not every act has to be judged again for every alternative, and which ones is no guess: `rules.reach` says which rules
can answer otherwise. Decisions on all other acts are those of the base, and are told to the case as they are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from projections.rules.acts import Act
from projections.rules.compile import Compiled
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.reach import Reach
from projections.rules.readings import PROFILES, Profile

Told = Callable[[int, int, str], None]
"""How far the pricing is: alternatives done, of how many, which one comes now."""


class Moved(Struct, frozen=True, kw_only=True):
    """Acts that an alternative moves one way; `amount_fen` is the sum of the confirmed fees, `without_fee` how many
    have none. The ids patient by patient, in the order of judging.
    """

    acts: int
    amount_fen: int
    without_fee: int
    ids: tuple[str, ...]


class Alternative(Struct, frozen=True, kw_only=True):
    """One other option of a reading, or (`reading` null, `option` its name) another profile, against the base.

    `instead_of` is the option that the base takes (of rulebooks one after another, the latest that takes
    another).
    """

    reading: str | None
    option: str
    instead_of: str | None
    newly_payable: Moved
    newly_denied: Moved
    patients: int

    @property
    def acts(self) -> int:
        """How many acts it moves."""
        return self.newly_payable.acts + self.newly_denied.acts

    @property
    def amount_fen(self) -> int:
        """How much money it moves, both ways together."""
        return self.newly_payable.amount_fen + self.newly_denied.amount_fen


class Prices(Struct, frozen=True, kw_only=True):
    """The base and its alternatives, most money first, then most acts; profiles apart, since each moves many readings.

    `rulebooks` are the ids of what was judged by. `payable` are the acts that the base finds payable, `amount_fen`
    their confirmed fees, `without_fee` how many of them have none.
    """

    rulebooks: tuple[str, ...]
    profile: str
    readings: Mapping[str, str]
    acts: int
    payable: int
    amount_fen: int
    without_fee: int
    alternatives: tuple[Alternative, ...]
    profiles: tuple[Alternative, ...]


def price(judge: Judge, profiles: Sequence[Profile] = (), *, told: Told | None = None) -> Prices:
    """Prices every alternative to what `judge` reads, and each profile as a whole: the rulebook's own, and `profiles`.

    The judge's single readings stay on top of each profile. What judging an alternative takes of memory is given back
    before the next; what stays are the ids of the acts that it moves. Raises ReadingRefused for a profile that does
    not fit.
    """
    base = _Base(judge)
    others = list(_others(judge, profiles))
    priced = []
    for done, other in enumerate(others):
        if told is not None:
            told(done, len(others), f"{other.reading or 'profile'} {other.option}")
        priced.append(base.against(other))
    priced.sort(key=lambda one: (-one.amount_fen, -one.acts))
    payable = _moved(judge.evidence, base.payable())
    return Prices(
        rulebooks=tuple(book.id for book in judge.rulebooks),
        profile=_name(judge.profile),
        readings=judge.readings,
        acts=len(judge.evidence.acts),
        payable=payable.acts,
        amount_fen=payable.amount_fen,
        without_fee=payable.without_fee,
        alternatives=tuple(one for one in priced if one.reading is not None),
        profiles=tuple(one for one in priced if one.reading is None),
    )


class _Other(NamedTuple):
    """One option of a reading, or (`reading` None) a profile."""

    reading: str | None
    option: str
    profile: str | Profile

    def judge(self, base: Judge) -> Judge:
        """The judge that reads otherwise, and all else as the base does."""
        return base.under(self.profile) if self.reading is None else base.otherwise(self.reading, self.option)

    def instead_of(self, base: Judge) -> str | None:
        """The option that it replaces, in the latest text where it does."""
        if self.reading is None or base.choice[self.reading] != self.option:
            return None if self.reading is None else base.choice[self.reading]
        # The latest text reads so already; one before it does not.
        chosen = base.rulebook.choose(base.readings, base.profile)
        options = [choice[self.reading] for choice in _each(chosen) if self.reading in choice]
        return next(option for option in reversed(options) if option != self.option)


def _others(judge: Judge, profiles: Sequence[Profile]) -> Iterator[_Other]:
    """Every alternative that is a choice of its own."""
    options: dict[str, dict[str, None]] = {}  # of every text, in the order in which they are declared
    for book in judge.rulebooks:
        for name, reading in book.readings.items():
            options.setdefault(name, {}).update(dict.fromkeys(reading.options))
    chosen = judge.rulebook.choose(judge.readings, judge.profile)
    for name in options:
        for option in options[name]:
            if judge.rulebook.choose({**judge.readings, name: option}, judge.profile) != chosen:
                yield _Other(name, option, judge.profile)
    every: list[str | Profile] = [*PROFILES, *profiles]
    priced: list[tuple[str, object]] = []
    for profile in every:
        choice = judge.rulebook.choose(judge.readings, profile)
        if choice != chosen and (_name(profile), choice) not in priced:
            priced.append((_name(profile), choice))
            yield _Other(None, _name(profile), profile)


def _each(chosen: dict[str, str] | list[dict[str, str]]) -> list[dict[str, str]]:
    """The choices, text by text."""
    return chosen if isinstance(chosen, list) else [chosen]


class _Base:
    """Today's decisions, a byte an act and patient by patient, and the judge that made them."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._acts = {act.patient: judge.acts(act.patient) for act in judge.evidence.acts}
        self._items = {patient: {act.item for act in acts} for patient, acts in self._acts.items()}
        self._payable = {patient: _payable(judge, acts) for patient, acts in self._acts.items()}

    def payable(self) -> list[Act]:
        """The acts that are payable today."""
        return [
            act
            for patient, acts in self._acts.items()
            for act, payable in zip(acts, self._payable[patient], strict=True)
            if payable
        ]

    def against(self, other: _Other) -> Alternative:
        """The alternative judged, patient by patient, wherever it can reach."""
        judge = other.judge(self._judge)
        reach = self._reach(judge)
        gained: list[Act] = []
        lost: list[Act] = []
        patients = 0
        for patient, acts in self._acts.items():
            if reach is not None and not any(map(reach.begins_at, self._items[patient])):
                continue
            today = self._payable[patient]
            then = _payable(judge, acts, reach, today)
            if then != today:
                patients += 1
                gained += [act for act, now, was in zip(acts, then, today, strict=True) if now > was]
                lost += [act for act, now, was in zip(acts, then, today, strict=True) if now < was]
        return Alternative(
            reading=other.reading,
            option=other.option,
            instead_of=other.instead_of(self._judge),
            newly_payable=_moved(self._judge.evidence, gained),
            newly_denied=_moved(self._judge.evidence, lost),
            patients=patients,
        )

    def _reach(self, other: Judge) -> Reach | None:
        """How far the alternative reaches; None: everywhere, as where rulebooks follow one another."""
        if not isinstance(other.compiled, Compiled):
            return None
        return Reach(other.compiled, {name for name, one in other.choice.items() if one != self._judge.choice[name]})


def _payable(judge: Judge, acts: Sequence[Act], reach: Reach | None = None, today: bytes = b"") -> bytes:
    """For each act of a patient, whether it is payable; out of `reach`, as it is `today`."""
    case = judge.fresh(acts[0].patient)
    payable = bytearray(len(acts))
    for place, act in enumerate(acts):
        pays = case.pays(act) if reach is None or reach.reaches(act.item) else bool(today[place])
        case.commit(act, pays)
        payable[place] = pays
    return bytes(payable)


def _moved(evidence: Evidence, acts: Sequence[Act]) -> Moved:
    fees = [fee for act in acts if (fee := evidence.fee_of(act.id)) is not None]
    return Moved(
        acts=len(acts), amount_fen=sum(fees), without_fee=len(acts) - len(fees), ids=tuple(act.id for act in acts)
    )


def _name(profile: str | Profile) -> str:
    return profile.name if isinstance(profile, Profile) else profile
