"""A place that is kept is read back, and replaced; of a file that cannot be written nothing is."""

import sqlite3

from ledger.store.last_statements import Last, keep_last, read_every_last, read_last


def test_nothing_is_kept_at_first(recorder) -> None:
    assert read_last(recorder.connections, "K1") is None


def test_what_is_kept_is_read_back_and_replaced(recorder) -> None:
    keep_last(recorder.connections, "K1", Last(7, 6, 3, "digest"))
    keep_last(recorder.connections, "K2", Last(9, 0, 0, ""))
    assert read_last(recorder.connections, "K1") == Last(7, 6, 3, "digest")
    keep_last(recorder.connections, "K1", Last(20, 19, 4, "another"))
    assert read_last(recorder.connections, "K1") == Last(20, 19, 4, "another")
    assert read_last(recorder.connections, "K2") == Last(9, 0, 0, "")
    assert read_last(recorder.connections, "K3") is None


def test_a_file_that_is_being_written_is_not_waited_for_in_vain(recorder) -> None:
    keep_last(recorder.connections, "K1", Last(7, 6, 3, "digest"))
    busy = sqlite3.connect(recorder.connections.path, isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    keep_last(recorder.connections, "K1", Last(8, 8, 4, "more"))
    busy.execute("ROLLBACK")
    busy.close()
    assert read_last(recorder.connections, "K1") == Last(7, 6, 3, "digest")


def test_everything_that_is_kept_is_listed(recorder) -> None:
    assert read_every_last(recorder.connections) == ({}, 0)
    keep_last(recorder.connections, "K1", Last(7, 6, 3, "digest"))
    keep_last(recorder.connections, "K2", Last(9, 0, 0, ""))
    assert read_every_last(recorder.connections) == (
        {"K1": Last(7, 6, 3, "digest"), "K2": Last(9, 0, 0, "")},
        0,
    )


def test_a_table_of_another_form_is_made_anew(recorder) -> None:
    other = sqlite3.connect(recorder.connections.path, isolation_level=None)
    other.execute("CREATE TABLE last_statements (key_id TEXT PRIMARY KEY, counter INTEGER)")
    other.execute("INSERT INTO last_statements VALUES ('K1', 3)")
    other.close()
    assert read_last(recorder.connections, "K1") is None
    assert read_every_last(recorder.connections) == ({}, 0)
    keep_last(recorder.connections, "K1", Last(7, 6, 3, "digest"))
    assert read_last(recorder.connections, "K1") == Last(7, 6, 3, "digest")
