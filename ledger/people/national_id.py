"""The check digit of Chinese national ids: a hint that one was mistyped, and never a reason to refuse it.

GB 11643-1999, 《公民身份号码》: 18 characters, the last a check by ISO 7064 MOD 11-2 over the 17 digits before it.
Who is insured under another document, or under a number that was once issued wrongly, is a patient all the same.
"""

import re
from typing import Final

_FORM: Final = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


def is_mistyped(insured_id: str) -> bool:
    """Whether the id, in its normal form, has the form of a Chinese national id and another check than it must have."""
    if not _FORM.fullmatch(insured_id):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, insured_id, strict=False))
    return _CHECKS[total % 11] != insured_id[-1]
