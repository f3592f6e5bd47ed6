"""限…的患者: each finding that an indication needs, and each that serves instead."""

from collections.abc import Iterator

from tests.cases.boundaries.making import FIRST, case, line, needs
from tests.cases.case import PAYS, Case
from tests.cases.notice import INDICATION, SLUG

HOME = "indications"
CLAUSE = {24: "24.goal"}
ALTERNATIVES = (1, 5)
"""Items whose list of findings is read by `and_list`; 24 says 或者."""
NEITHER = [
    (1, "deficit_strength deficit_rom deficit_balance"), (1, "organic_lesion deficit_living"),
    (5, "organic_lesion deficit_strength"), (5, "deficit_living deficit_work"),
    (7, "organic_lesion deficit_language severity_language=mild"), (7, "organic_lesion severity_language=severe"),
    (7, "organic_lesion deficit_language severity_swallowing=severe"),
    (8, "deficit_swallowing severity_swallowing=mild"), (8, "severity_swallowing=severe"),
    (8, "deficit_swallowing severity_language=severe"),
    (43, "organic_lesion deficit_language severity_language=mild"), (43, "deficit_language severity_language=severe"),
    (43, "organic_lesion deficit_language severity_adl=severe"),
    (14, "deficit_balance"), (12, "documented_dysfunction"), (10, "hand_dysfunction"), (18, "deficit_rom"),
    (24, "gait_disorder"), (26, "deficit_language severity_language=severe"),
]  # fmt: skip
"""What does not serve, however near it is."""


def cases() -> Iterator[Case]:
    for number in sorted(SLUG):
        yield _one(number, "in good order", needs(number), PAYS)
    for number in sorted(set(SLUG) - set(INDICATION)):
        yield _one(number, "asks for no finding", "", PAYS)
    for number in INDICATION:
        yield from _each_is_needed(number)
        yield from _alternatives(number)
    for number, findings in NEITHER:
        yield _one(number, f"not met by {findings}", findings, _clause(number))


def _clause(number: int) -> str:
    return CLAUSE.get(number, f"{number}.ind")


def _one(number: int, name: str, findings: str, verdict: str, **readings: str) -> Case:
    given = line(FIRST, "S", number)
    return case(HOME, f"{SLUG[number]}: {name}", number, given, {"S": verdict}, findings=findings, readings=readings)


def _each_is_needed(number: int) -> Iterator[Case]:
    words = needs(number).split()
    for word in words:
        name = word.split("=")[0]
        clause = "21.days" if name == "severity_adl" else _clause(number)
        kept = " ".join(other for other in words if other != word)
        yield _one(number, f"without {name}", kept, clause)
        if name == word:
            yield _one(number, f"{name} recorded as absent", f"{kept} {name}=false", clause)


def _alternatives(number: int) -> Iterator[Case]:
    """…、…和…; 中、重度; 或者: each serves alone. Read as `all`, the lists of 1 and 5 have to be there whole."""
    groups = INDICATION[number]
    first = needs(number).split()
    for place, group in enumerate(groups):
        words = [_word(name, values, k) for name, values in group for k in range(len(values))]
        for word in words:
            findings = " ".join([*first[:place], word, *first[place + 1 :]])
            yield _one(number, f"with {word}", findings, PAYS)
            if number in ALTERNATIVES:
                all_ = " ".join([*first[:place], *words, *first[place + 1 :]])
                without = " ".join([*first[:place], *(w for w in words if w != word), *first[place + 1 :]])
                lone = len(words) == 1
                if not lone:
                    yield _one(number, f"with {word} alone", findings, _clause(number), and_list="all")
                    yield _one(number, f"with all but {word}", without, PAYS)
                    yield _one(number, f"with all but {word}", without, _clause(number), and_list="all")
                    yield _one(number, "with all of them", all_, PAYS, and_list="all")
        if number in ALTERNATIVES and place == 0:
            rest = " ".join(_word(name, values, 0) for other in groups[1:] for name, values in other)
            yield _one(number, f"without {first[0]}", rest, _clause(number), and_list="all")


def _word(name: str, values: tuple[object, ...], k: int) -> str:
    return name if values[k] is True else f"{name}={values[k]}"
