"""How many years personal data are kept: the law's periods, or those that an institution has put in their place.

Three periods. The notice, 二.4: 门诊：一人一档建立治疗记录档案（至少保存 3 年）. The records law,
《医疗机构病历管理规定(2013年版)》 art. 29: out-patient records at least 15 years, in-patient ones at least 30. Nothing
is below the notice's three. An institution may set the records law's periods lower, for it may be under another law;
that it did is told by whoever shows or ends anything by them (`shorter`). Knows one file, no facts, no clock.
"""

import tomllib
from pathlib import Path
from typing import Final, NamedTuple

from ledger.people.refusals import PeopleError

LEAST_YEARS: Final = 3
MOST_YEARS: Final = 200


class Periods(NamedTuple):
    """Years to keep, each at least the notice's three."""

    notice_years: int = 3
    outpatient_years: int = 15
    inpatient_years: int = 30

    @property
    def shorter(self) -> list[str]:
        """For each period that is below the law's, that it is, in words."""
        return [
            f"{name} = {years}, and the law asks for {law}"
            for name, years, law in zip(self._fields, self, Periods(), strict=True)
            if years < law
        ]


def read_periods(path: Path) -> Periods:
    """The periods in this TOML file (`notice_years`, `outpatient_years`, `inpatient_years`); without it the law's.

    PeopleError for anything else in it, and for a period below the notice's three years.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Periods()
    except (OSError, ValueError, RecursionError) as error:
        raise PeopleError(f"{path}: cannot be read as TOML ({error}); mend or remove it") from None
    for name, years in given.items():
        if name not in Periods._fields:
            raise PeopleError(f"{path}: {name}: no such period; expected {', '.join(Periods._fields)}")
        if type(years) is not int or not LEAST_YEARS <= years <= MOST_YEARS:
            raise PeopleError(
                f"{path}: {name}: {LEAST_YEARS} to {MOST_YEARS} whole years are expected (the notice asks for at least "
                f"{LEAST_YEARS})"
            )
    return Periods(**given)
