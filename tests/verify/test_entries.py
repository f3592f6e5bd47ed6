import json

import pytest

from ledger.verify.entries import ENTRY_FORMAT, TAG, Entry, read_entry

FACT = {"type": "SessionStopped", "at": "2021-03-01T15:30:00+08:00", "session": "S1", "effect": "好转"}
GOOD = {
    "format": "treatment-ledger/1",
    "type": "session-stopped.v1",
    "appended_at": "2021-03-01T15:31:02.123456+08:00",
    "tags": ["patient:P1", "practitioner:T1", "session:S1"],
    "fact": FACT,
}


def spelled(**changes: object) -> bytes:
    return json.dumps(GOOD | changes, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_good_entry():
    entry = read_entry(spelled())
    assert isinstance(entry, Entry)
    assert entry.tags == {"patient:P1", "practitioner:T1", "session:S1"}
    assert entry.fact["effect"] == "好转"


@pytest.mark.parametrize(
    "changes",
    [
        {"appended_at": "0001-01-01T08:00:00.000000+08:00"},
        {"appended_at": "9999-12-31T23:59:59.999999+08:00"},
        {"fact": FACT | {"at": "2021-03-01T15:30:00.500000+08:00", "recorded_at": "2021-03-01T15:30:01+08:00"}},
    ],
)
def test_instants_in_their_one_spelling(changes):
    assert isinstance(read_entry(spelled(**changes)), Entry)


def test_a_later_version_of_a_type_is_proven_too():
    assert isinstance(read_entry(spelled(type="session-stopped.v2")), Entry)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"format": "treatment-ledger/2"}, "format"),
        ({"format": None}, "format"),
        ({"type": "session-started.v1"}, "type"),
        ({"type": "session-stopped"}, "type"),
        ({"type": "session-stopped.v0"}, "type"),
        ({"type": "SessionStopped"}, "type"),
        ({"type": ["session-stopped.v1"]}, "type"),
        ({"appended_at": "2021-03-01T15:31:02"}, "appended_at"),
        ({"appended_at": "2021-02-30T15:31:02+08:00"}, "appended_at"),
        ({"appended_at": "٢021-03-01T15:31:02+08:00"}, "appended_at"),
        ({"appended_at": 1614583862}, "appended_at"),
        ({"appended_at": "2021-03-01T15:31:02+08:00"}, "appended_at"),
        ({"appended_at": "2021-03-01T15:31:02.123+08:00"}, "appended_at"),
        ({"appended_at": "2021-03-01T07:31:02.123456Z"}, "appended_at"),
        ({"appended_at": "2021-03-01T07:31:02.123456+00:00"}, "appended_at"),
        ({"appended_at": "2021-03-01T24:00:00.000000+08:00"}, "appended_at"),
        ({"appended_at": "0001-01-01T00:00:00.000000+23:00"}, "appended_at"),
        ({"appended_at": "0001-01-01T00:00:00.000000+08:00"}, "appended_at"),
        ({"fact": FACT | {"at": "2021-03-01T15:30:00.000000+08:00"}}, "fact: at"),
        ({"fact": FACT | {"at": "2021-03-01T15:30:00.5+08:00"}}, "fact: at"),
        ({"fact": FACT | {"at": "2021-03-01T07:30:00Z"}}, "fact: at"),
        ({"fact": FACT | {"at": "2021-02-30T15:30:00+08:00"}}, "fact: at"),
        ({"fact": FACT | {"at": "0001-01-01T07:59:59+08:00"}}, "fact: at"),
        ({"fact": FACT | {"at": None}}, "fact: at"),
        ({"fact": FACT | {"recorded_at": "2021-03-01T15:30:00"}}, "fact: recorded_at"),
        ({"fact": FACT | {"recorded_at": None}}, "fact: recorded_at"),
        ({"tags": []}, "a list of tags"),
        ({"tags": {"session:S1": 1}}, "a list of tags"),
        ({"tags": "session:S1"}, "tags"),
        ({"tags": ["session:S1", "patient:P1"]}, "tags"),
        ({"tags": ["session:S1", "session:S1"]}, "tags"),
        ({"tags": ["session:S1", "x"]}, "tags"),
        ({"tags": ["session:S 1"]}, "tags"),
        ({"tags": ["session:" + "S" * 65]}, "tags"),
        ({"tags": ["session:S1", None]}, "tags"),
        ({"tags": ["patient:P1"]}, "session:S1"),
        ({"fact": "SessionStopped"}, "fact"),
        ({"fact": {}}, "type"),
        ({"fact": {"type": 5}}, "type"),
        ({"fact": {"type": "session-stopped"}}, "type"),
        ({"fact": {"type": "SessionSTOPPED"}}, "type"),
        ({"note": "more"}, "keys"),
    ],
)
def test_what_is_wrong_is_named(changes, where):
    wrong = read_entry(spelled(**changes))
    assert isinstance(wrong, str)
    assert where in wrong


@pytest.mark.parametrize(
    ("field", "value", "tag"),
    [
        ("id", "L1", "id:L1"),
        ("patient", "P2", "patient:P2"),
        ("therapist", "T2", "practitioner:T2"),
        ("physician", "DR1", "practitioner:DR1"),
        ("assessors", ["T1", "T3"], "practitioner:T3"),
        ("key_id", "K1", "key:K1"),
        ("institution", "H1", "institution:H1"),
    ],
)
def test_what_a_fact_names_is_a_tag_of_its_entry(field, value, tag):
    without = read_entry(spelled(fact=GOOD["fact"] | {field: value}))
    assert without == f"tags: the fact names {tag}, and the entry does not bear that tag"
    assert isinstance(read_entry(spelled(fact=GOOD["fact"] | {field: value}, tags=sorted([*GOOD["tags"], tag]))), Entry)


@pytest.mark.parametrize(
    ("field", "new", "tag"),
    [("therapist", "T2", "practitioner:T2"), ("patient", "P2", "patient:P2"), ("assessors", ["T3"], "practitioner:T3")],
)
def test_what_a_correction_brings_is_a_tag_of_its_entry(field, new, tag):
    fact = {"type": "EntryCorrected", "at": FACT["at"], "target": "S1", "field": field, "old": None, "new": new}
    without = read_entry(spelled(type="entry-corrected.v1", fact=fact))
    assert without == f"tags: the fact names {tag}, and the entry does not bear that tag"
    tags = sorted([*GOOD["tags"], tag])
    assert isinstance(read_entry(spelled(type="entry-corrected.v1", fact=fact, tags=tags)), Entry)
    for other in ("effect", None, 5, [field]):
        assert isinstance(read_entry(spelled(type="entry-corrected.v1", fact=fact | {"field": other})), Entry)


OWN = {
    "IndexSealed": ({"size": 7, "tags": 3, "root": "A" * 43 + "="}, ["seal:index"]),
    "PersonCommitted": ({"patient": "P1", "commitment": "A" * 43 + "="}, ["patient:P1"]),
    "PersonErased": (
        {"patient": "P1", "retained_until": "2051-01-01", "approvals": ["x", "y"]},
        ["patient:P1", "practitioner:T1"],
    ),
}
TYPES = {"IndexSealed": "index-sealed.v1", "PersonCommitted": "person-committed.v1", "PersonErased": "person-erased.v1"}


@pytest.mark.parametrize(
    ("name", "changes", "tags"),
    [
        ("IndexSealed", {"size": -1}, None),
        ("IndexSealed", {"size": True}, None),
        ("IndexSealed", {"size": 7.0}, None),
        ("IndexSealed", {"tags": "3"}, None),
        ("IndexSealed", {"root": "AAAA"}, None),
        ("IndexSealed", {"root": "A" * 43}, None),
        ("IndexSealed", {}, ["patient:P1", "seal:index"]),
        ("IndexSealed", {}, ["patient:P1"]),
        ("PersonCommitted", {}, ["patient:P1", "seal:index"]),
        ("PersonCommitted", {}, ["patient:P1", "patient:P2"]),
        ("PersonCommitted", {}, ["patient:P1", "practitioner:T1"]),
        ("PersonCommitted", {"patient": 5}, None),
        ("PersonErased", {"patient": None}, None),
        ("PersonErased", {"patient": 5}, None),
        ("PersonErased", {}, ["patient:P1", "patient:P2", "practitioner:T1"]),
        ("PersonErased", {}, ["patient:P1", "practitioner:T1", "registry:practitioner:T1"]),
        ("PersonErased", {}, ["patient:P1", "practitioner:T1", "session:S1"]),
        ("PersonCommitted", {"commitment": None}, None),
        ("PersonCommitted", {"patient": None}, None),
        ("PersonErased", {"approvals": ["x"]}, None),
        ("PersonErased", {"approvals": ["x", 5]}, None),
        ("PersonErased", {"approvals": "xy"}, None),
    ],
)
def test_the_ledgers_own_facts(name, changes, tags):
    fact, own_tags = OWN[name]
    whole = {"type": name, "at": FACT["at"], **fact}
    assert isinstance(read_entry(spelled(type=TYPES[name], fact=whole, tags=own_tags)), Entry)
    wrong = read_entry(spelled(type=TYPES[name], fact=whole | changes, tags=tags or own_tags))
    assert isinstance(wrong, str)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"session":"S1"', b'"session": "S1"'),
        (b"{", b" {"),
        (b'"S1"', b'"\\u00531"'),
        ("好转".encode(), b"\\u597d\\u8f6c"),
        (b'"effect":"', b'"effect":"\\/'),
        (b'"effect":"', b'"effect":"\\u000A'),
        (b'"effect":"', b'"effect":"\\u000a'),
        (b'"effect":"', b'"effect":"\\u001F'),
    ],
)
def test_another_spelling_of_the_same_is_no_entry(old, new):
    good = spelled()
    assert isinstance(read_entry(good), Entry)
    assert isinstance(read_entry(good.replace(old, new, 1)), str)


def test_what_must_be_escaped_is_escaped_in_one_way():
    effect = '"\\ \b\f\n\r\t \x01\x1f \x7f \u2028 /'
    entry = read_entry(spelled(fact=FACT | {"effect": effect}))
    assert isinstance(entry, Entry)
    assert entry.fact["effect"] == effect


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"null",
        spelled()[:-1],
        spelled() + b"x",
        b"[" * 50_000,
        spelled(fact=GOOD["fact"] | {"remark": "x" * 65_535}),
        spelled().replace(b'"session":"S1"', b'"session":"S0","session":"S1"'),
        spelled().replace(b'"tags"', b'"tags":["a:b"],"tags"'),
        json.dumps(dict(sorted(GOOD.items()))).encode(),
        spelled().replace(b"SessionStopped", b"\\ud800"),
        spelled(fact=GOOD["fact"] | {"score": float("nan")}),
    ],
)
def test_what_is_no_entry_says_so(raw):
    assert isinstance(read_entry(raw), str)


def test_the_writer_spells_the_same_format():
    from ledger.store.entry import FORMAT

    assert FORMAT == ENTRY_FORMAT


def registry(type_: str, tags: list[str], **fact: object) -> Entry | str:
    name = "".join(f"-{c.lower()}" if c.isupper() else c for c in type_).lstrip("-") + ".v1"
    return read_entry(spelled(type=name, tags=sorted(tags), fact={"type": type_, "at": FACT["at"], **fact}))


@pytest.mark.parametrize("done", ["Registered", "Qualified", "Suspended", "Reinstated"])
def test_a_registry_of_institutions(done):
    tags = ["institution:H1", "registry:institution:H1"]
    assert isinstance(registry(f"Institution{done}", tags, institution="H1"), Entry)
    for strange in ("registry:institution:H2", "registry:practitioner:H1", "registry:rulebook", "registry:session:S1"):
        wrong = f"tags: {strange} stands on facts of that registry alone"
        assert registry(f"Institution{done}", [*tags, strange], institution="H1") == wrong


@pytest.mark.parametrize("type_", ["PractitionerRegistered", "PractitionerDeparted", "SigningKeyEnrolled"])
def test_a_registry_of_practitioners(type_):
    tags = ["institution:H1", "practitioner:T1", "registry:practitioner:T1"]
    assert isinstance(registry(type_, tags, practitioner="T1", institution="H1"), Entry)
    for strange in ("registry:institution:H1", "registry:practitioner:T2", "registry:rulebook"):
        assert isinstance(registry(type_, [*tags, strange], practitioner="T1", institution="H1"), str)


def test_a_revocation_names_no_practitioner():
    both = ["key:K1", "registry:practitioner:T1", "registry:practitioner:T2"]
    assert isinstance(registry("SigningKeyRevoked", both, key_id="K1"), Entry)
    assert isinstance(registry("SigningKeyRevoked", [*both, "registry:rulebook"], key_id="K1"), str)


def test_a_correction_in_a_registry_is_no_patient_s():
    fact = {"target": "L1", "field": "name", "old": "x", "new": "y"}
    for tag in ("registry:institution:H1", "registry:practitioner:T1", "registry:rulebook"):
        assert isinstance(registry("EntryCorrected", [tag], **fact), Entry)
        assert isinstance(registry("EntryCorrected", ["patient:P1", tag], **fact), str)
    assert isinstance(registry("EntryCorrected", ["registry:stay:Y1"], **fact), str)


@pytest.mark.parametrize("tag", ["registry::x", "registry:institution:", "registry:registry:x", "registry:x", "x:"])
def test_a_registry_has_a_kind_and_a_name(tag):
    """A field without a name is no registry's: the tag of such a one would exempt from all registries."""
    assert TAG.fullmatch(tag) is None
    for type_ in ("StageSummaryWritten", "EntryCorrected", "SigningKeyRevoked", "InstitutionSuspended"):
        wrong = registry(type_, [tag], **{"": "x"})
        assert wrong == "tags: a list of tags such as patient:P1 is expected"


@pytest.mark.parametrize("tag", ["registry:rulebook", "registry:institution:registry:x", "patient::x", "registered:x"])
def test_a_name_may_look_like_a_tag(tag):
    assert TAG.fullmatch(tag)


def test_no_other_fact_is_of_a_registry():
    assert isinstance(registry("RulebookAdopted", ["registry:rulebook"]), Entry)
    for type_ in ("SessionStopped", "PatientFileOpened", "InspectionOpened", "SomethingNew"):
        for tag in ("registry:rulebook", "registry:institution:H1", "registry:practitioner:T1"):
            assert isinstance(registry(type_, [tag, "institution:H1"], institution="H1", practitioner="T1"), str)
