"""Signing keys are real public keys, one a person, whose private halves follow from the seed and their name."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.treatment.facts import PractitionerRegistered, SigningKeyEnrolled, SigningKeyRevoked


def test_keys_are_real_and_one_a_person(invented):
    keys = [fact for fact in invented.facts if isinstance(fact, SigningKeyEnrolled)]
    assert len({key.public_key for key in keys}) == len({key.practitioner for key in keys}) == len(keys) >= 30
    for key in keys:
        assert key.algorithm == "Ed25519"
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key.public_key, validate=True))


def test_those_who_treat_have_a_key_and_one_is_revoked(invented):
    staff = {fact.practitioner: fact for fact in invented.facts if isinstance(fact, PractitionerRegistered)}
    keys = {fact.key_id: fact.practitioner for fact in invented.facts if isinstance(fact, SigningKeyEnrolled)}
    assert {staff[who].profession for who in keys.values()} == {"physician", "therapist", "other"}
    assert [keys[fact.key_id] for fact in invented.facts if isinstance(fact, SigningKeyRevoked)] == ["PT14"]
