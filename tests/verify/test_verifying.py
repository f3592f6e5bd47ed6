import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import COSIGNATURE_V1, sign_note, vkey
from ledger.verify import Unreadable, Verdict, verify
from tests.verify.world import DIGEST, RULEBOOK, WITNESS, cosigned


def found(verdict: Verdict) -> list[tuple[str, str]]:
    return [(finding.name, finding.where) for finding in verdict.findings]


def test_a_sound_bundle(log):
    verdict = verify(log.bundle(), log.vkey)
    assert verdict.sound
    assert verdict.findings == ()
    assert [index for index, _ in verdict.facts] == [
        0,
        2,
        4,
        5,
        6,
        7,
        8,
        10,
        11,
        12,
        13,
        14,
        15,
        16,
        17,
        18,
        19,
        20,
        21,
    ]
    assert all(log.entries[index] == entry for index, entry in verdict.facts)
    assert (verdict.subject, verdict.origin, verdict.size) == ("patient:P1", "example.org/invented-hospital", 25)
    assert [claim.name for claim in verdict.claims] == [
        "authentic", "in order", "complete", "with registry", "attributable",
    ]  # fmt: skip
    assert "registry:institution:H1, registry:practitioner:DR1" in verdict.claims[3].what
    assert [claim.name for claim in verdict.not_claimed] == [
        "complete", "entry by entry", "append-only", "one story", "timely", "attributable", "forgettable",
        "with rulebooks", "possible", "re-derived",
    ]  # fmt: skip


def test_a_bundle_with_everything(log):
    verdict = verify(log.full(), log.vkey, log.checkpoint(6), witnesses=[WITNESS])
    assert verdict.findings == ()
    assert verdict.rulebooks == {DIGEST: RULEBOOK}
    assert {claim.name for claim in verdict.claims} >= {
        "entry by entry", "append-only", "one story", "timely", "attributable", "forgettable", "with rulebooks",
    }  # fmt: skip


@pytest.mark.parametrize("subject", ["patient:P2", "patient:P3", "practitioner:T1", "practitioner:DR1", "session:S9"])
def test_every_subject_has_a_bundle(log, subject):
    verdict = verify(log.bundle(*log.tags(subject)), log.vkey)
    assert verdict.findings == ()
    mine = {index for index, _ in log.stream(subject)[1]}
    assert mine <= {index for index, _ in verdict.facts}


@pytest.mark.parametrize("subject", ["patient:P99", "practitioner:T9", "session:S99"])
def test_that_there_is_nothing_is_proven(log, subject):
    verdict = verify(log.bundle(*log.tags(subject)), log.vkey)
    assert verdict.findings == ()
    assert [index for index, _ in verdict.facts] == [19]
    (complete,) = [claim.what for claim in verdict.claims if claim.name == "complete"]
    assert complete == f"There is nothing: no entry below 24 was sealed under {subject}."


def test_a_log_without_any_entry_but_its_seal(make_log):
    log = make_log([])
    verdict = verify(log.bundle("patient:P1", "registry:rulebook", since=log.checkpoint(0)), log.vkey)
    assert verdict.findings == ()
    assert verdict.facts == ()
    assert verdict.size == 1


def test_the_same_values_in_another_layout_are_the_same_bundle(log):
    bundle = json.loads(log.bundle())
    for raw in (json.dumps(bundle), json.dumps(bundle, indent=4, sort_keys=True), json.dumps(bundle) + "\n \n"):
        assert verify(raw.encode(), log.vkey) == verify(log.bundle(), log.vkey)


def test_a_log_of_one_entry(make_log, make_entry):
    log = make_log([make_entry("StageSummaryWritten", ["patient:P1"], patient="P1", text="")])
    verdict = verify(log.bundle("patient:P1", "registry:rulebook"), log.vkey)
    assert verdict.sound
    assert "with registry" not in {claim.name for claim in verdict.claims}


@pytest.mark.parametrize("patient", ["P1", "P3"])
def test_a_session_on_another_patient_s_prescription_comes_with_both(guest_log, patient):
    verdict = verify(guest_log.bundle(*guest_log.tags(f"patient:{patient}")), guest_log.vkey)
    assert verdict.findings == ()
    proven = {json.loads(entry)["type"] for _, entry in verdict.facts}
    assert {"prescription-issued.v1", "session-started.v1", "session-stopped.v1", "episode-opened.v1"} <= proven


def test_another_key_proves_nothing(log, make_log):
    stranger = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
    verdict = verify(log.bundle(), vkey(log.origin, stranger.public_key().public_bytes_raw()))
    assert found(verdict) == [("checkpoint-signature", "checkpoint")]
    assert verdict.facts == ()


def test_the_origin_is_the_name_of_the_key(log):
    bundle = json.loads(log.bundle())
    body = bundle["checkpoint"].split("\n\n")[0].replace(log.origin, "example.org/another") + "\n"
    bundle["checkpoint"] = sign_note(body, log.origin, log.key)
    verdict = verify(json.dumps(bundle).encode(), log.vkey)
    assert found(verdict) == [("checkpoint-signature", "checkpoint")]


def test_other_signatures_on_the_checkpoint_are_told_and_not_checked(log):
    note = cosigned(log.checkpoint(), name="another.example/witness")
    verdict = verify(log.bundle(note=note), log.vkey)
    assert verdict.sound
    (one_story,) = [claim.what for claim in verdict.not_claimed if claim.name == "one story"]
    assert "another.example/witness+" in one_story
    assert "not checked" in one_story
    both = verify(log.bundle(note=cosigned(note)), log.vkey, witnesses=[WITNESS])
    (timely,) = [claim.what for claim in both.not_claimed if claim.name == "timely"]
    assert "another.example/witness+" in timely


def test_a_checkpoint_that_nobody_signed_accuses_no_entry(log, make_log):
    bundle = json.loads(log.bundle(since=6))
    other = make_log([log.entries[1], log.entries[0], *log.entries[2:]])
    for note, where in ((other.checkpoint(), "checkpoint"), (other.checkpoint(6), "since.checkpoint")):
        unsigned = note.split("\n\n")[0] + "\n\n" + log.checkpoint(3).split("\n\n")[1]
        changed = bundle | ({"checkpoint": unsigned} if where == "checkpoint" else {})
        if where != "checkpoint":
            changed["since"] = bundle["since"] | {"checkpoint": unsigned}
        assert found(verify(json.dumps(changed).encode(), log.vkey)) == [("checkpoint-signature", where)]


def test_a_thousand_entries(make_log, make_entry):
    more = [
        make_entry("StageSummaryWritten", ["patient:P1", "episode:E1"], patient="P1", episode="E1", text=f"虚构 {n}")
        for n in range(1000)
    ]
    log = make_log(more)
    verdict = verify(log.bundle("patient:P1", "registry:rulebook", each=True), log.vkey)
    assert verdict.sound
    assert len(verdict.facts) == 1000


class TestSince:
    """proof.md, claim 2: what the reader holds, and what the bundle carries."""

    def test_held_and_carried(self, log):
        old = log.checkpoint(6)
        verdict = verify(log.bundle(since=old), log.vkey, old)
        assert verdict.sound
        (grown,) = [claim.what for claim in verdict.claims if claim.name == "append-only"]
        assert "continues that of 6" in grown
        assert "checkpoint you hold" in grown

    def test_carried_only(self, log):
        verdict = verify(log.bundle(since=log.checkpoint(6)), log.vkey)
        (grown,) = [claim.what for claim in verdict.claims if claim.name == "append-only"]
        assert "since the older one inside" in grown

    @pytest.mark.parametrize("size", [0, 25])
    def test_held_of_the_empty_log_and_of_the_same_size_need_nothing_carried(self, log, size):
        verdict = verify(log.bundle(), log.vkey, log.checkpoint(size))
        assert "append-only" in {claim.name for claim in verdict.claims}

    @pytest.mark.parametrize("size", range(26))
    def test_every_size(self, log, size):
        old = log.checkpoint(size)
        assert verify(log.bundle(since=old), log.vkey, old).sound

    def test_held_but_nothing_carried(self, log):
        verdict = verify(log.bundle(), log.vkey, log.checkpoint(6))
        assert found(verdict) == [("malformed", "since")]
        assert "from size 6" in verdict.findings[0].what

    def test_held_of_one_size_carried_of_another(self, log):
        assert found(verify(log.bundle(since=log.checkpoint(7)), log.vkey, log.checkpoint(6))) == [
            ("malformed", "since")
        ]

    def test_the_log_went_back(self, log, make_log):
        shorter = make_log(log.entries[:20])
        assert found(verify(shorter.bundle(), log.vkey, log.checkpoint())) == [("checkpoint-rollback", "--since")]

    def test_two_logs_of_one_size_are_a_fork(self, log, make_log):
        rewritten = make_log([log.entries[1], log.entries[0], *log.entries[2:]])
        assert found(verify(rewritten.bundle(), log.vkey, log.checkpoint())) == [("history-fork", "--since")]
        carried = rewritten.bundle(since=rewritten.checkpoint(6))
        assert found(verify(carried, log.vkey, log.checkpoint(6))) == [("history-fork", "--since")]

    def test_carried_of_another_history_is_a_fork(self, log, make_log):
        rewritten = make_log([log.entries[1], log.entries[0], *log.entries[2:]])
        bundle = json.loads(log.bundle(since=log.checkpoint(6)))
        bundle["since"]["checkpoint"] = rewritten.checkpoint(6)
        verdict = verify(json.dumps(bundle).encode(), log.vkey)
        assert found(verdict) == [("history-fork", "since.consistency")]

    def test_carried_of_a_later_size_is_a_rollback(self, log, make_log):
        longer = make_log([*log.entries, log.entries[3]])
        bundle = json.loads(log.bundle(since=log.checkpoint(6)))
        bundle["since"] = {"checkpoint": longer.checkpoint(), "consistency": []}
        assert found(verify(json.dumps(bundle).encode(), log.vkey)) == [("checkpoint-rollback", "since.checkpoint")]

    def test_held_by_another_key_or_no_checkpoint(self, log, make_log):
        other = make_log(key=Ed25519PrivateKey.from_private_bytes(b"s" * 32))
        assert found(verify(log.bundle(), log.vkey, other.checkpoint(6))) == [("checkpoint-signature", "--since")]
        for text in ("", "nonsense", "\n\n", "\x00"):
            with pytest.raises(Unreadable, match="--since: "):
                verify(log.bundle(), log.vkey, text)


@pytest.mark.parametrize(
    "raw",
    [b"", b" ", b"{", b"[]", b"null", b"5", b'"x"', b"\xff{}", b"{}x", b"\xef\xbb\xbf{}", b"[" * 100_000, b"PK\x03"],
)
def test_what_cannot_be_read_is_unreadable(log, raw):
    with pytest.raises(Unreadable):
        verify(raw, log.vkey)


@pytest.mark.parametrize("raw", [b"{}", b'{"format":"treatment-ledger-bundle/2"}', b'{"a":' + b"1" * 5000 + b"}"])
def test_an_object_that_is_no_bundle_is_unsound(log, raw):
    verdict = verify(raw, log.vkey)
    assert not verdict.sound
    assert {finding.name for finding in verdict.findings} == {"malformed"}


@pytest.mark.parametrize("key", ["", "x", "example.org/log+00000000+AA==", None])
def test_without_a_key_nothing_is_verified(log, key):
    with pytest.raises(Unreadable, match="key"):
        verify(log.bundle(), key)


@pytest.mark.parametrize("witness", ["", "x", None])
def test_a_witness_has_a_key_of_its_own_kind(log, witness):
    with pytest.raises(Unreadable):
        verify(log.bundle(), log.vkey, witnesses=[witness if witness is not None else log.vkey])


def test_a_file_beyond_all_measure_is_not_read(log):
    from ledger.verify.reading import MAX_BUNDLE_BYTES

    with pytest.raises(Unreadable, match="more than"):
        verify(b" " * (MAX_BUNDLE_BYTES + 1), log.vkey)


def test_a_witness_is_not_the_log(log):
    with pytest.raises(Unreadable, match="witness"):
        verify(log.bundle(), vkey(log.origin, log.key.public_key().public_bytes_raw(), COSIGNATURE_V1))
