"""One transaction for many callers, a savepoint for each; faults of the commit in pairs."""

import threading
from collections.abc import Iterator

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError, OperationalError

from ledger.store.sqlite import SQLiteDCBRecorder
from tests.store.faults import FaultyRecorder


@pytest.fixture
def faulty(recorder: SQLiteDCBRecorder) -> Iterator[FaultyRecorder]:
    """A second recorder on the log, whose commits fail on demand."""
    faulty = FaultyRecorder(recorder.connections.path)
    yield faulty
    faulty.close()


def events(*names: str) -> list[DCBEvent]:
    return [DCBEvent("t", name.encode(), [name]) for name in names]


def unless(name: str) -> DCBAppendCondition:
    return DCBAppendCondition(DCBQuery([DCBQueryItem(tags=[name])]))


def held_up(recorder: SQLiteDCBRecorder) -> threading.Event:
    """Hold the write lock from outside, so that callers queue; set the event to let go."""
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        connection = recorder.connections.write()
        connection.execute("BEGIN IMMEDIATE")
        locked.set()
        release.wait()
        connection.execute("ROLLBACK")
        connection.close()

    threading.Thread(target=hold).start()
    locked.wait()
    return release


def test_callers_that_queue_share_a_commit(faulty: FaultyRecorder) -> None:
    release = held_up(faulty)
    waiting = [faulty.submit(events(f"caller {n}", f"again {n}")) for n in range(50)]
    release.set()
    assert [future.result() for future in waiting] == list(range(2, 102, 2))
    assert faulty.writer.commits <= 2, "the first caller was alone or not, all others are one group"


def test_a_caller_who_fails_takes_nobody_along(faulty: FaultyRecorder) -> None:
    release = held_up(faulty)
    first = faulty.submit(events("a", "b"))
    second = faulty.submit(events("c", "d"), unless("b"))
    third = faulty.submit(events("e"), unless("d"))
    release.set()
    assert first.result() == 2
    with pytest.raises(IntegrityError):
        second.result()
    assert third.result() == 3, "positions are dense; what the second put in was never there"
    assert [event.event.data for event in faulty.read()] == [b"a", b"b", b"e"]


def test_a_caller_who_cancels_in_time_writes_nothing(faulty: FaultyRecorder) -> None:
    release = held_up(faulty)
    first = faulty.submit(events("a"))
    while not first.running():
        pass
    cancelled, last = faulty.submit(events("b")), faulty.submit(events("c"))
    assert cancelled.cancel()
    release.set()
    assert (first.result(), last.result()) == (1, 2)


@pytest.mark.parametrize(("fault", "there"), [("failed", 0), ("persisted", 2)])
def test_a_commit_that_fails(faulty: FaultyRecorder, fault: str, there: int) -> None:
    faulty.writer.fault = fault
    with pytest.raises(OperationalError, match=r"could not be written \(disk I/O error\); ask again"):
        faulty.append(events("a", "b"))
    assert faulty.size() == there
    assert faulty.append(events("c")) == there + 1, "the next group gets a new connection"


@pytest.mark.parametrize(("fault", "again"), [("failed", True), ("persisted", False)])
def test_after_a_failed_commit_the_condition_tells_what_happened(
    faulty: FaultyRecorder, fault: str, again: bool
) -> None:
    faulty.writer.fault = fault
    with pytest.raises(OperationalError):
        faulty.append(events("a"), unless("a"))
    if again:
        assert faulty.append(events("a"), unless("a")) == 1
    else:
        with pytest.raises(IntegrityError):
            faulty.append(events("a"), unless("a"))
    assert [event.event.data for event in faulty.read()] == [b"a"]


@pytest.mark.parametrize("fault", ["failed", "persisted"])
def test_nobody_of_a_failed_group_is_acknowledged(faulty: FaultyRecorder, fault: str) -> None:
    release = held_up(faulty)
    faulty.writer.fault = fault
    waiting = [faulty.submit(events(f"caller {n}")) for n in range(5)]
    release.set()
    failed = [future for future in waiting if future.exception() is not None]
    assert failed, "the group of the fault"
    assert faulty.size() == (len(waiting) if fault == "persisted" else len(waiting) - len(failed))


def test_what_was_queued_before_closing_is_written(recorder: SQLiteDCBRecorder) -> None:
    other = SQLiteDCBRecorder(recorder.connections.path)
    waiting = [other.submit(events(f"{n}")) for n in range(100)]
    other.close()
    assert [future.result() for future in waiting] == list(range(1, 101))
    other.close()


def test_many_threads_each_get_their_own_position(recorder: SQLiteDCBRecorder) -> None:
    positions: dict[int, bytes] = {}

    def append(caller: int) -> None:
        for n in range(20):
            name = f"{caller}.{n}"
            positions[recorder.append(events(name), unless(name))] = name.encode()

    threads = [threading.Thread(target=append, args=(caller,)) for caller in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert positions == {event.position: event.event.data for event in recorder.read()}
    assert len(positions) == 160


def test_only_one_of_those_who_race_for_a_tag_gets_it(recorder: SQLiteDCBRecorder) -> None:
    got: list[int] = []

    def race(caller: int) -> None:
        try:
            recorder.append(events("prize"), unless("prize"))
        except IntegrityError:
            return
        got.append(caller)

    threads = [threading.Thread(target=race, args=(caller,)) for caller in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    assert recorder.size() == 1


def test_a_full_disk_is_an_error_and_leaves_nothing(faulty: FaultyRecorder) -> None:
    faulty.append(events("a"))
    faulty.writer.fill_disk()
    with pytest.raises(OperationalError, match="database or disk is full"):
        faulty.append([DCBEvent("t", bytes(5_000), [f"tag {n}"]) for n in range(50)])
    assert faulty.size() == 1
    faulty.writer.empty_disk()
    assert faulty.append(events("b")) == 2
