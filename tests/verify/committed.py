"""A patient whose tag is a label, commitments to who that is, and cases of opening them, for every verifier alike.

Nothing here knows a verifier. The label was computed with `openssl dgst -mac HMAC` and coreutils' `base32`.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from ledger.proof import format_base64
from tests.verify.world import H1, SALT, Log, dumps, spell

KEY = bytes(range(32))
ID = "31010519560402123X"
LABEL = "nftjgdfpxcoreswoqgclfwud46xyddq2jrmwtdjda4ndi2vzh7fq"
MISTYPED = "310105195604021231"


class Case(NamedTuple):
    """The ids that the patient was committed to in turn, whose commitments are opened, and the verdicts.

    `fits`: without the regulator's key; `labelled`: with it.
    """

    ids: tuple[object, ...]
    opened: tuple[int, ...]
    fits: bool
    labelled: bool


CASES = {
    "the one version": Case((ID,), (0,), True, True),
    "nothing opened": Case((ID,), (), True, True),
    "a mistyped id that was mended, the last version opened": Case((MISTYPED, ID), (1,), True, True),
    "a mistyped id that was mended, both opened": Case((MISTYPED, ID), (0, 1), True, True),
    "another person's id committed to last": Case((ID, MISTYPED), (1,), True, False),
    "another person's id committed to last, both opened": Case((ID, MISTYPED), (0, 1), True, False),
    "another person's id committed to last, the first opened in its place": Case((ID, MISTYPED), (0,), False, False),
    "an older version without the last": Case((ID, ID), (0,), False, False),
    "no id in the last": Case((ID, None), (1,), True, False),
    "an id that is no text in the last": Case((ID, 5), (1,), True, False),
}

NORMAL_IDS: dict[str, str | None] = {
    ID: ID,
    "31010519560402123x": ID,
    " 31010519560402123X\r\n": ID,
    "\t３１０１０５１９５６０４０２１２３ｘ\u3000": ID,
    "\u00a031010519560402123\u2169": ID,  # a Roman numeral ten is an X by NFKC
    "沪军字第００１２号": "沪军字第0012号",
    "\u00df-\u0131-\u01c6": "\u00df-\u0131-D\u017e",  # only a to z change: languages and programs differ on the others
    "e\u03011": "\u00e91",
    "(1)": "(1)",
    "\u2474": "(1)",
    "1+1=2$": "1+1=2$",
    "": None,
    " \t": None,
    "310105 19560402123X": None,
    "310105\u300019560402123X": None,
    "31010519560402123X\u200b": None,
    "\ufeff31010519560402123X": None,
    "31010519560402123X\u0000": None,
    "\u008531010519560402123X": None,
    "1\u2028": None,
    "i\u0307": None,
    "\u00b41": None,
    "1\ue000": None,
    "1\U0003fffd": None,
    "1" * 256: "1" * 256,
    "1" * 257: None,
    "第" * 86: None,
}
"""What is typed, and its normal form; None where there is none."""


def person(insured_id: object) -> str:
    """The text of a person with this id; without one of None."""
    return dumps({"name": "虚构的人"} | ({} if insured_id is None else {"national_id": insured_id}))


def committed(ids: Iterable[object], patient: str = LABEL) -> Log:
    """A log in which the patient was committed to under each of these ids in turn, from index 1 on."""
    opened = spell("PatientFileOpened", [f"patient:{patient}", H1], patient=patient, sex="female", born="1956-04-02",
                   institution="H1", file_no="1")  # fmt: skip
    commitments = [format_base64(sha256(SALT + person(one).encode()).digest()) for one in ids]
    own = [spell("PersonCommitted", [f"patient:{patient}"], patient=patient, commitment=one) for one in commitments]
    return Log([opened, *own])


def bundle_of(case: Case, patient: str = LABEL) -> tuple[bytes, str]:
    """The bundle of such a log with these commitments opened, and the log's vkey."""
    log = committed(case.ids, patient)
    value = json.loads(log.bundle(*log.tags(f"patient:{patient}")))
    if case.opened:
        value["openings"] = {
            str(1 + n): {"salt": format_base64(SALT), "person": person(case.ids[n])} for n in case.opened
        }
    return json.dumps(value).encode(), log.vkey
