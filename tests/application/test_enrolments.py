"""How far a key's chain is: found behind the place that is kept, and rightly whatever became of that place."""

import sqlite3

import pytest

from ledger.application.enrolments import (
    KEEP_EVERY,
    chain_of,
    find_key,
    key_to_check_with,
    last_statement,
    statements_in,
)
from ledger.application.mapper import read_entry
from ledger.store.last_statements import Last, keep_last, read_last
from ledger.treatment.chains import link_of
from ledger.treatment.signing_keys import PublicKey
from ledger.treatment.statements import ChainEnd, parse_statement, unpack
from tests.application.signed import PT1, WORLD, sign_session, take, treated
from tests.application.world import line


@pytest.fixture
def signed(ledger):
    """A ledger with so many statements of PT1's key that a place is kept, and some more."""
    take(ledger, *WORLD)
    for n in range(KEEP_EVERY + 9):
        take(ledger, *treated(f"S{n}", 60 + 40 * n))
        take(ledger, sign_session(ledger, f"S{n}", PT1, 95 + 40 * n))
    return ledger


def key(ledger, upto=None):
    return find_key(ledger.recorder, "K-PT1", ledger.size if upto is None else upto)


def database(ledger):
    return sqlite3.connect(ledger._directory / "ledger.sqlite3")


def test_a_key_is_found_with_its_owner_and_whether_it_was_revoked(signed):
    found = key(signed)
    assert (found.owner, found.owners, found.enrolled.key_id) == ("PT1", {"PT1"}, "K-PT1")
    assert key_to_check_with(signed.recorder, found, "PT1", signed.size) == PublicKey(PT1.public_key)
    before = signed.size
    take(signed, line("SigningKeyRevoked", 9000, key_id="K-PT1", reason="lost"))
    assert key_to_check_with(signed.recorder, key(signed), "PT1", signed.size).finding == "signer-revoked"
    assert key_to_check_with(signed.recorder, key(signed, before), "PT1", before) == PublicKey(PT1.public_key)
    assert key(signed, found.position - 1) is None
    assert find_key(signed.recorder, "K9", signed.size) is None


def test_the_last_statement_is_that_of_the_whole_chain_at_every_size(signed):
    counts = set()
    for size in range(key(signed).position, signed.size + 1, 7):
        head = last_statement(signed.recorder, key(signed), size)
        assert head == chain_of(signed.recorder, key(signed), size).end
        counts.add(head.counter)
    assert len(counts) > 10


def test_the_place_that_is_kept_may_be_lost_or_never_have_been(signed):
    head = last_statement(signed.recorder, key(signed), signed.size)
    kept = read_last(signed.recorder.connections, "K-PT1")
    assert kept is not None
    assert 0 < kept.covers <= signed.size
    with database(signed) as connection:
        connection.execute("DELETE FROM last_statements")
    connection.close()
    assert last_statement(signed.recorder, key(signed), signed.size) == head
    with database(signed) as connection:
        connection.execute("DROP TABLE last_statements")
    connection.close()
    assert last_statement(signed.recorder, key(signed), signed.size) == head
    assert read_last(signed.recorder.connections, "K-PT1").covers == signed.size


def test_a_place_beyond_the_size_that_is_asked_about_counts_for_nothing(signed):
    last_statement(signed.recorder, key(signed), signed.size)
    first = next(size for size in range(signed.size) if key(signed, size)) + 1
    assert last_statement(signed.recorder, key(signed), first) == ChainEnd()


def test_others_signatures_on_ones_sessions_are_none_of_ones_chain(signed):
    take(signed, line("SessionSigned", 9000, session="S1", practitioner="PT2"))
    take(signed, line("SessionSigned", 9001, session="S1", practitioner="PT1", signature="scanned"))
    assert last_statement(signed.recorder, key(signed), signed.size).counter == KEEP_EVERY + 9


def test_where_the_place_cannot_be_kept_the_answer_is_the_same(signed, tmp_path):
    with database(signed) as connection:
        connection.execute("DROP TABLE last_statements")
    connection.close()
    with database(signed) as connection:
        columns = "'x' AS key_id, 0 AS covers, 0 AS position, 0 AS counter, '' AS digest"
        connection.execute(f"CREATE VIEW last_statements AS SELECT {columns}")
    connection.close()
    assert last_statement(signed.recorder, key(signed), signed.size).counter == KEEP_EVERY + 9
    with database(signed) as connection:
        connection.execute("DROP VIEW last_statements")
    connection.close()


def falsify(ledger, **columns):
    """Write something else into the kept row of PT1's key; what `read_last` gives then."""
    with database(ledger) as connection:
        sets = ", ".join(f"{name} = ?" for name in columns)
        connection.execute(f"UPDATE last_statements SET {sets} WHERE key_id = 'K-PT1'", list(columns.values()))
    connection.close()
    return read_last(ledger.recorder.connections, "K-PT1")


def mismatches(ledger):
    return [finding.where for finding in ledger.audit() if finding.name == "index-mismatch"]


@pytest.mark.parametrize(
    "columns",
    [
        {"counter": 70, "digest": "A" * 43 + "="},
        {"counter": 70},
        {"digest": "A" * 43 + "="},
        {"position": 1},
        {"position": -5},
        {"position": 2**62},
        {"position": 0, "counter": 0},
        {"covers": 0},
    ],
)
def test_a_place_that_its_entry_does_not_bear_out_is_named_and_not_believed(signed, columns):
    head = last_statement(signed.recorder, key(signed), signed.size)
    right = read_last(signed.recorder.connections, "K-PT1")
    assert mismatches(signed) == []
    wrong = falsify(signed, **columns)
    assert wrong != right
    assert mismatches(signed) == ["key K-PT1"]
    assert last_statement(signed.recorder, key(signed), signed.size) == head
    assert parse_statement(signed.statement("session", "S1", "K-PT1")).counter == head.counter + 1
    assert mismatches(signed) == []  # it was kept anew


@pytest.mark.parametrize("none", [False, True])
def test_an_earlier_statement_that_is_kept_as_the_last_is_named_and_not_believed(signed, none):
    """The row agrees with its entry, or says that there is none: only who reads what lies behind can tell."""
    last_statement(signed.recorder, key(signed), signed.size)
    row = next(row for row in signed.recorder.rows(upto=signed.size) if b'"SessionSigned"' in row.data)
    first = link_of(next(iter(statements_in(read_entry(row.data)[1]))))
    columns = {"position": 0, "counter": 0, "digest": ""} if none else {
        "position": row.position, "counter": first.counter, "digest": first.digest,
    }  # fmt: skip
    falsify(signed, covers=signed.size, **columns)
    assert first.counter == 1
    assert mismatches(signed) == ["key K-PT1"]
    take(signed, *treated("S-more", 9000))
    made = sign_session(signed, "S-more", PT1, 9100)
    assert unpack(made.signature).statement.counter == KEEP_EVERY + 10
    take(signed, made)
    assert mismatches(signed) == []  # it was kept anew


def test_a_place_kept_for_a_key_that_nobody_enrolled_is_named(signed):
    keep_last(signed.recorder.connections, "K-none", Last(signed.size, signed.size, 1, "A" * 43 + "="))
    assert mismatches(signed) == ["key K-none"]
    with database(signed) as connection:
        connection.execute("DELETE FROM last_statements WHERE key_id = 'K-none'")
    connection.close()
