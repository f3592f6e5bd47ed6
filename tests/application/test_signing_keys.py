"""How far a key's chain is: found behind the place that is kept, and rightly whatever became of that place."""

import sqlite3

import pytest

from ledger.application.signing_keys import KEEP_EVERY, chain_of, find_key, last_statement
from ledger.store.last_statements import read_last
from ledger.treatment.statements import Head
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
    assert (found.owner, found.revoked, found.enrolled.key_id) == ("PT1", None, "K-PT1")
    before = signed.size
    take(signed, line("SigningKeyRevoked", 9000, key_id="K-PT1", reason="lost"))
    assert key(signed).revoked.reason == "lost"
    assert key(signed, before).revoked is None
    assert key(signed, found.position - 1) is None
    assert find_key(signed.recorder, "K9", signed.size) is None


def test_the_last_statement_is_that_of_the_whole_chain_at_every_size(signed):
    counts = set()
    for size in range(key(signed).position, signed.size + 1, 7):
        head = last_statement(signed.recorder, key(signed), size)
        assert head == chain_of(signed.recorder, key(signed), size).head
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
    assert last_statement(signed.recorder, key(signed), first) == Head()


def test_others_signatures_on_ones_sessions_are_none_of_ones_chain(signed):
    take(signed, line("SessionSigned", 9000, session="S1", practitioner="PT2"))
    take(signed, line("SessionSigned", 9001, session="S1", practitioner="PT1", signature="scanned"))
    assert last_statement(signed.recorder, key(signed), signed.size).counter == KEEP_EVERY + 9


def test_where_the_place_cannot_be_kept_the_answer_is_the_same(signed, tmp_path):
    with database(signed) as connection:
        connection.execute("DROP TABLE last_statements")
    connection.close()
    with database(signed) as connection:
        columns = "'x' AS key_id, 0 AS covers, 0 AS counter, '' AS digest"
        connection.execute(f"CREATE VIEW last_statements AS SELECT {columns}")
    connection.close()
    assert last_statement(signed.recorder, key(signed), signed.size).counter == KEEP_EVERY + 9
    with database(signed) as connection:
        connection.execute("DROP VIEW last_statements")
    connection.close()
