from ledger.verify.adopted_texts import check_rulebooks
from ledger.verify.entries import read_entry
from tests.verify.world import DIGEST, RULEBOOK, digest_corrected, spell

ADOPTED = spell(
    "RulebookAdopted", ["registry:rulebook"], rulebook="invented", digest=DIGEST, effective_from="2021-01-01"
)
CORRECTED = digest_corrected("registry:rulebook")


def found(rulebooks: dict[str, str], *raws: bytes) -> list[str]:
    return [f.name for f in check_rulebooks(rulebooks, {n: read_entry(raw) for n, raw in enumerate(raws)})]


def test_a_text_is_adopted_by_its_digest():
    assert found({DIGEST: RULEBOOK}, ADOPTED) == []
    assert found({DIGEST: RULEBOOK}, ADOPTED.replace(DIGEST.encode(), DIGEST.upper().encode())) == []
    assert found({DIGEST: RULEBOOK}, CORRECTED) == []


def test_a_text_that_nothing_adopts():
    for raws in ([], [digest_corrected("patient:P1")], [CORRECTED.replace(b'"digest"', b'"rulebook"')],
                 [spell("RulebookAdopted", ["registry:rulebook"], digest=[DIGEST])]):  # fmt: skip
        assert found({DIGEST: RULEBOOK}, *raws) == ["malformed"]


def test_another_text():
    assert found({DIGEST: RULEBOOK + " "}, ADOPTED) == ["rulebook-differs"]
