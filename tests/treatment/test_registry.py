"""Given institutions, staff and keys, when lines about them come, then names must be known and ids new."""

import pytest


@pytest.mark.parametrize(
    ("type", "fields", "field"),
    [
        ("InstitutionQualified", {"institution": "H9", "scope": "tcm", "valid_from": "2021-01-01"}, "institution"),
        ("InstitutionSuspended", {"institution": "H9", "from_": "2021-01-01"}, "institution"),
        ("InstitutionReinstated", {"institution": "H9"}, "institution"),
        ("PractitionerRegistered", {"practitioner": "N1", "name": "N", "profession": "nurse", "institution": "H9"},
         "institution"),
        ("PractitionerQualified", {"practitioner": "PT9", "scope": "tcm", "valid_from": "2021-01-01"}, "practitioner"),
        ("PractitionerDeparted", {"practitioner": "PT9", "institution": "H1"}, "practitioner"),
        ("PractitionerDeparted", {"practitioner": "PT1", "institution": "H9"}, "institution"),
        ("SigningKeyEnrolled", {"practitioner": "PT9", "key_id": "K9", "algorithm": "a", "public_key": "p"},
         "practitioner"),
        ("SigningKeyRevoked", {"key_id": "K9", "reason": "lost"}, "key_id"),
    ],
)  # fmt: skip
def test_what_registry_lines_name_is_known(story, fact, type, fields, field):
    story.refuses(field, "unknown", fact(type, "09:00", **fields))


@pytest.mark.parametrize(
    ("type", "fields"),
    [
        ("InstitutionQualified", {"institution": "H1", "scope": "tcm", "valid_from": "2021-01-01"}),
        ("InstitutionSuspended", {"institution": "H1", "from_": "2021-01-01", "until": "2020-01-01"}),
        ("InstitutionReinstated", {"institution": "H2"}),
        ("PractitionerQualified", {"practitioner": "PT1", "scope": "tcm", "valid_from": "2031-01-01"}),
        ("PractitionerDeparted", {"practitioner": "PT1", "institution": "H2"}),
        ("RulebookAdopted", {"rulebook": "shanghai-2017", "digest": "0a" * 32, "effective_from": "2021-01-01"}),
    ],
)
def test_what_does_not_help_is_recorded_all_the_same(story, fact, type, fields):
    story.accepts(fact(type, "07:00", **fields))


def test_an_institution_and_a_practitioner_are_registered_once(story, fact):
    story.refuses(
        "institution",
        "already introduced",
        fact("InstitutionRegistered", "09:00", institution="H1", name="Other", kind="tcm", departments=[]),
    )
    story.refuses(
        "practitioner",
        "already introduced",
        fact("PractitionerRegistered", "09:00", practitioner="PT1", name="Other", profession="nurse", institution="H1"),
    )


def test_a_key_is_revoked_once_and_not_before_it_was_enrolled(story, fact):
    story.refuses("at", "enrolled", fact("SigningKeyRevoked", "07:00", key_id="K1", reason="lost"))
    story.given(fact("SigningKeyRevoked", "09:00", key_id="K1", reason="lost"))
    story.refuses("key_id", "already revoked", fact("SigningKeyRevoked", "10:00", key_id="K1", reason="lost"))


def test_a_practitioner_of_a_refused_institution_is_unknown(fact, offer):
    verdicts = offer(
        [
            fact("PractitionerRegistered", "08:00", practitioner="D", name="D", profession="nurse", institution="H9"),
            fact("PractitionerQualified", "08:00", practitioner="D", scope="tcm", valid_from="2021-01-01"),
        ]
    )
    assert [verdict.field for verdict in verdicts] == ["institution", "practitioner"]


def test_a_rulebook_is_adopted_again(story, fact):
    story.given(fact("RulebookAdopted", "09:00", rulebook="a", digest="00" * 32, effective_from="2021-01-01"))
    story.accepts(fact("RulebookAdopted", "10:00", rulebook="a", digest="01" * 32, effective_from="2022-01-01"))


@pytest.mark.parametrize("digest", ["00", "none", "0" * 63, "0" * 65, "g" * 64, "0" * 64 + "\n", "sha256:" + "0" * 64])
def test_a_rulebook_is_adopted_by_the_digest_of_a_text(story, fact, digest):
    story.refuses(
        "digest", "64 hex digits",
        fact("RulebookAdopted", "09:00", rulebook="a", digest=digest, effective_from="2021-01-01"),
    )  # fmt: skip
