"""Fork proofs, right and damaged: what every verifier must say of each. Nothing here knows a verifier."""

import json
from typing import Any

from ledger.proof import format_base64, format_checkpoint, prove_consistency, root, sign_note
from tests.verify.world import ORIGIN, Log, cosigned, entries, private, spell

OTHER = spell("PatientFileOpened", ["patient:P9", "institution:H2"], patient="P9", sex="male", born="1970-01-01", institution="H2", file_no="9")  # fmt: skip  # noqa: E501


def rewritten(log: Log, at: int = 3) -> Log:
    """The same log with another entry in the place of one."""
    return Log([*log.entries[:at], OTHER, *log.entries[at + 1 :]])


def fork(first: str, second: str, **more: Any) -> dict[str, Any]:
    return {"format": "treatment-ledger-fork/1", "first": first, "second": second, **more}


def of_two_sizes(size: int = 6, at: int = 3) -> dict[str, Any]:
    """A proof by consistency: the log showed `size` entries, rewrote one of them, and went on."""
    log = Log()
    other = rewritten(log, at)
    leaves = other.leaves
    proof = [format_base64(node) for node in prove_consistency(size, len(leaves), leaves)]
    return fork(
        log.checkpoint(size), other.checkpoint(), root=format_base64(root(leaves[:size])), consistency=proof
    )  # fmt: skip


def of_one_size(size: int = 9) -> dict[str, Any]:
    return fork(Log().checkpoint(size), rewritten(Log()).checkpoint(size))


def _without(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: part for key, part in value.items() if key not in keys}


def _honest() -> dict[str, Any]:
    """Two checkpoints of one history."""
    log = Log()
    proof = [format_base64(node) for node in prove_consistency(6, len(log.leaves), log.leaves)]
    own = format_base64(root(log.leaves[:6]))
    return fork(log.checkpoint(6), log.checkpoint(), root=own, consistency=proof)


def _empty() -> str:
    return sign_note(format_checkpoint(ORIGIN, 0, root([])), ORIGIN, Log().key)


def _by_another() -> str:
    return Log(entries(), key=private("somebody else")).checkpoint(9)


PROOFS: dict[str, dict[str, Any]] = {
    "two sizes": of_two_sizes(),
    "two sizes, the first a power of two": of_two_sizes(8),
    "two sizes, the first of one entry": of_two_sizes(1, 0),
    "two sizes, one more": of_two_sizes(24),
    "one size": of_one_size(),
    "one entry": fork(Log().checkpoint(1), rewritten(Log(), 0).checkpoint(1)),
    "cosigned": fork(cosigned(Log().checkpoint(9)), rewritten(Log()).checkpoint(9)),
}

_TWO, _ONE, _ZERO = of_two_sizes(), of_one_size(), format_base64(bytes(32))

NO_PROOFS: dict[str, tuple[dict[str, Any] | str, set[str]]] = {
    "one history": (_honest(), {"root"}),
    "the same twice": (fork(_ONE["first"], _ONE["first"]), {"second"}),
    "the same, cosigned": (fork(_ONE["first"], cosigned(_ONE["first"])), {"second"}),
    "the larger first": (fork(Log().checkpoint(9), Log().checkpoint(8)), {"second"}),
    "another key": (fork(_ONE["first"], _by_another()), {"second"}),
    "two of another key": (fork(_by_another(), _by_another()), {"first", "second"}),
    "no note": (_ONE | {"first": "x"}, {"first"}),
    "an altered note": (_ONE | {"second": _ONE["second"].replace("\n9\n", "\n10\n")}, {"second"}),
    "no text": (_ONE | {"first": 5, "second": None}, {"first", "second"}),
    "half a surrogate pair": (json.dumps(_ONE).replace('"first": "', '"first": "\\ud800'), {"first"}),
    "nothing": (_without(_ONE, "first", "second"), {"first", "second"}),
    "no root": (_without(_TWO, "root"), {"root"}),
    "no consistency": (_without(_TWO, "consistency"), {"consistency"}),
    "neither": (_without(_TWO, "root", "consistency"), {"root", "consistency"}),
    "of one size with a root": (_ONE | {"root": _ZERO}, {"root"}),
    "of one size with both": (_ONE | {"root": _ZERO, "consistency": []}, {"root", "consistency"}),
    "another root": (_TWO | {"root": _ZERO}, {"consistency"}),
    "a short root": (_TWO | {"root": "AAAA"}, {"root"}),
    "a root of a number": (_TWO | {"root": 7}, {"root"}),
    "one node fewer": (_TWO | {"consistency": _TWO["consistency"][:-1]}, {"consistency"}),
    "one node more": (_TWO | {"consistency": [*_TWO["consistency"], _ZERO]}, {"consistency"}),
    "another node": (_TWO | {"consistency": [_ZERO, *_TWO["consistency"][1:]]}, {"consistency"}),
    "a node that is none": (_TWO | {"consistency": [*_TWO["consistency"][:-1], "="]}, {f"consistency[{len(_TWO['consistency']) - 1}]"}),  # noqa: E501
    "no list": (_TWO | {"consistency": {}}, {"consistency"}),
    "64 nodes": (_TWO | {"consistency": [_ZERO] * 64}, {"consistency"}),
    "63 nodes": (_TWO | {"consistency": [_ZERO] * 63}, {"consistency"}),
    "from nothing": (fork(_empty(), Log().checkpoint(), root=format_base64(root([])), consistency=[]), {"root"}),
    "from nothing, otherwise": (fork(_empty(), Log().checkpoint(), root=_ZERO, consistency=[]), {"consistency"}),
    "one key too many": (_ONE | {"who": "the hospital"}, {"fork"}),
    "a key twice": (json.dumps(_ONE)[:-1] + ', "format": "treatment-ledger-fork/1"}', {"fork"}),
    "NaN": (json.dumps(_TWO | {"root": float("nan")}), {"fork", "root"}),
}  # fmt: skip
"""Files that say they are fork proofs and are none, and the places that are malformed."""


def spelled(value: dict[str, Any] | str) -> bytes:
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode()
