from ledger.verify.adopted_texts import check_rulebooks
from ledger.verify.entries import read_entry
from tests.verify.world import DIGEST, DR1, RULEBOOK, spell

ADOPTED = spell(
    "RulebookAdopted", ["registry:rulebook"], rulebook="invented", digest=DIGEST, effective_from="2021-01-01"
)


def found(rulebooks: dict[str, str], *raws: bytes) -> list[str]:
    return [f.name for f in check_rulebooks(rulebooks, {n: read_entry(raw) for n, raw in enumerate(raws)})]


def corrected(tag: str, field: str = "digest") -> bytes:
    tags = [tag, DR1]
    return spell("EntryCorrected", tags, target="L1", field=field, old="", new=DIGEST, reason="x", practitioner="DR1")


def test_a_text_is_adopted_by_its_digest():
    assert found({DIGEST: RULEBOOK}, ADOPTED) == []
    assert found({DIGEST: RULEBOOK}, ADOPTED.replace(DIGEST.encode(), DIGEST.upper().encode())) == []
    assert found({DIGEST: RULEBOOK}, corrected("registry:rulebook")) == []


def test_a_text_that_nothing_adopts():
    for raws in ([], [corrected("patient:P1")], [corrected("registry:rulebook", "rulebook")],
                 [spell("RulebookAdopted", ["registry:rulebook"], digest=[DIGEST])]):  # fmt: skip
        assert found({DIGEST: RULEBOOK}, *raws) == ["malformed"]


def test_another_text():
    assert found({DIGEST: RULEBOOK + " "}, ADOPTED) == ["rulebook-differs"]
