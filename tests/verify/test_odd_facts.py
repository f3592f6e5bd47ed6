"""Facts and statements of any shape, under right proofs and right signatures: every verifier says the same of them."""

import re
from collections import Counter

from ledger.verify import Verdict, verify
from tests.verify.browser import chromium, opened, verify_many
from tests.verify.odd_facts import odd_logs, streams_of
from tests.verify.second_verifier import second_verifier

CASES = 600
SEED = 20210301


def numbers(texts: list[str]) -> list[str]:
    """Every number that is told of who did it."""
    return re.findall(r"\d+", " ".join(texts))


def counted(verdict: Verdict) -> list[str]:
    return numbers([one.what for one in (*verdict.claims, *verdict.not_claimed) if one.name == "attributable"])


def test_three_verifiers_say_the_same_of_odd_facts():
    logs = list(odd_logs(CASES, SEED))
    bundles = [log.bundle(*streams_of(log, subject)) for log, subject in logs]
    verdicts = [verify(bundle, logs[0][0].vkey) for bundle in bundles]
    with chromium() as browser, opened(browser) as page:
        answers = list(verify_many(page, bundles[0], bundles, logs[0][0].vkey))
    names = Counter[str]()
    for (log, subject), bundle, verdict, answer in zip(logs, bundles, verdicts, answers, strict=True):
        found = {(finding.name, finding.where) for finding in verdict.findings}
        assert answer.found == found, (subject, log.entries)
        assert second_verifier(bundle, log.vkey) == verdict.sound, (subject, verdict.findings, log.entries)
        if verdict.sound:
            said = [one["what"]["en"] for one in answer.said["claims"] + answer.said["notClaimed"]
                    if one["name"] == "attributable"]  # fmt: skip
            assert numbers(said) == counted(verdict), (subject, log.entries)
        names.update({name for name, _ in found} or {"sound"})
    # They got as far as the signatures, and further.
    assert names["sound"] > CASES / 5
    assert names["signature-invalid"] > CASES / 10
    assert min(names[name] for name in ("signer-unknown", "signer-revoked", "statement-gap")) > 5, names
