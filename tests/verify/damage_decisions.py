# ruff: noqa: E501 (an entry a line reads best)
"""What was settled otherwise than the rules give: bundles whose facts are sound, and which it takes a judge to find.

A list of its own, beside the recipes of damage.py: verifiers of facts find nothing in these, and are not to. The log
adopted a rulebook, and a fee names a share of the fund that this rulebook does not give. Nothing here knows a verifier.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from tests.verify.recipes import Given
from tests.verify.world import DR1, H1, T1, Log, spell

_TEXT = (Path(__file__).parents[2] / "projections/rulebooks/shanghai-2017.toml").read_bytes()
_SCOPE = {"scope": "rehabilitation", "valid_from": "2020-01-01"}
_SESSION = ["patient:P1", "session:S1", "prescription:R1", T1, H1]
_ORDERS = [{"order": "1", "item": "exercise-therapy", "site": "左下肢", "method": "active", "minutes": 30, "times": 20}]
_FOUND = {"organic_lesion": True, "deficit_balance": True}
_CASE = [
    spell("InstitutionRegistered", [H1, f"registry:{H1}"], institution="H1", name="虚构医院", level=3, kind="general", departments=["rehabilitation"]),
    spell("InstitutionQualified", [H1, f"registry:{H1}"], institution="H1", **_SCOPE),
    spell("PractitionerRegistered", [DR1, f"registry:{DR1}", H1], practitioner="DR1", name="甲", profession="physician", institution="H1"),
    spell("PractitionerQualified", [DR1, f"registry:{DR1}"], practitioner="DR1", **_SCOPE),
    spell("PractitionerRegistered", [T1, f"registry:{T1}", H1], practitioner="T1", name="乙", profession="therapist", institution="H1"),
    spell("RulebookAdopted", ["registry:rulebook"], rulebook="shanghai-2017", digest=sha256(_TEXT).hexdigest(), effective_from="2021-01-01"),
    spell("PatientFileOpened", ["patient:P1", H1], patient="P1", sex="female", born="1956-04-02", institution="H1", file_no="1"),
    spell("EpisodeOpened", ["patient:P1", "episode:E1", H1], episode="E1", patient="P1", institution="H1", diagnosis={"code": "I63.9", "system": "ICD-10"}, onset="2021-02-10", findings=_FOUND),
    spell("PrescriptionIssued", ["patient:P1", "prescription:R1", "episode:E1", H1, DR1], prescription="R1", patient="P1", episode="E1", institution="H1", physician="DR1", orders=_ORDERS),
    spell("SessionStarted", _SESSION, session="S1", patient="P1", prescription="R1", order="1", therapist="T1", institution="H1", setting="outpatient"),
    spell("SessionStopped", _SESSION, at="2021-03-01T16:00:00+08:00", session="S1", effect="好转"),
    spell("SessionSigned", _SESSION, at="2021-03-01T16:01:00+08:00", session="S1", practitioner="T1"),
]  # fmt: skip
_QUALIFIED = spell("PractitionerQualified", [T1, f"registry:{T1}"], practitioner="T1", **_SCOPE)


def _settled(fund_fen: int, *more: bytes) -> Given:
    """The bundle of a log in which the session was settled with this share of the fund."""
    fee = spell("FeeConfirmed", _SESSION, act="S1", amount_fen=4000, fund_fen=fund_fen)
    log = Log([*_CASE[:5], *more, *_CASE[5:], fee])
    return Given(log.bundle(*log.tags("patient:P1")), log.vkey)


JUDGED: dict[str, tuple[Sequence[str], Given]] = {
    "payable, and the fund paid nothing": (["decision-differs: act S1"], _settled(0, _QUALIFIED)),
    "denied, and the fund paid": (["decision-differs: act S1"], _settled(3000)),
    "payable, and the fund paid": ([], _settled(3000, _QUALIFIED)),
    "denied, and the fund paid nothing": ([], _settled(0)),
}
"""name → (NAME: WHERE of what a judge finds, what a verifier is given); the therapist's qualification decides it."""
