"""The recorder keeps the library's contract, and what a ledger needs besides."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.persistence import DCBInfrastructureFactory
from eventsourcing.dcb.popo import InMemoryDCBRecorder
from eventsourcing.dcb.tests import DCBRecorderTestCase
from eventsourcing.persistence import IntegrityError, OperationalError, ProgrammingError
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.proof import leaf_hash
from ledger.store.factory import SQLiteDCBFactory
from ledger.store.refusals import Unsound
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from tests.damage import damage


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[SQLiteDCBRecorder]:
    factory: SQLiteDCBFactory = DCBInfrastructureFactory.construct(
        {"PERSISTENCE_MODULE": "ledger.store.factory", "SQLITE_DBNAME": str(tmp_path / "log.sqlite3")}
    )
    yield factory.dcb_recorder()
    factory.close()


class TestLibraryContract(DCBRecorderTestCase):
    @pytest.fixture(autouse=True)
    def _recorder(self, recorder: SQLiteDCBRecorder) -> None:
        self.recorder = recorder

    def test_append_read(self) -> None:
        self._test_append_read(self.recorder)

    def test_append_read_behind_others(self) -> None:
        self.recorder.append([DCBEvent("type0", b"before", ["tag0"])] * 3)
        self._test_append_read(self.recorder, initial_position=3)

    def test_append_subscribe(self) -> None:
        self._test_append_subscribe(self.recorder)


def test_subscription_sees_what_another_recorder_writes(recorder: SQLiteDCBRecorder) -> None:
    """Another recorder on the file is what another process is: it shares nothing with ours but the file."""
    other = SQLiteDCBRecorder(recorder.connections.path)
    with recorder.subscribe(DCBQuery([DCBQueryItem(tags=["b"])])) as subscription:
        other.append([DCBEvent("t", b"1", ["a"]), DCBEvent("t", b"2", ["b"])])
        assert next(subscription).event.data == b"2"
    other.close()


def test_append_of_nothing_is_a_mistake(recorder: SQLiteDCBRecorder) -> None:
    with pytest.raises(ProgrammingError, match="nothing to append"):
        recorder.append([])


def test_tags_come_back_as_given(recorder: SQLiteDCBRecorder) -> None:
    tags = ["b", "a", 'quo"te', "统", "b"]
    recorder.append([DCBEvent("t", b"", tags)])
    assert next(recorder.read()).event.tags == tags


def test_entries_of_a_kind(recorder: SQLiteDCBRecorder) -> None:
    """Of one type, each once, whatever other tags they bear, and nothing that only begins alike."""
    tags = (["key:A", "key:B"], ["keys:A"], ["key:C", "x:1"], ["x:1"], ["key:D"], ["ke:A"], ["registry:key:A"])
    recorder.append([DCBEvent("u" if n == 4 else "t", b"%d" % n, list(each)) for n, each in enumerate(tags)])
    assert [row.data for row in recorder.of_kind("key:", "t", upto=7)] == [b"0", b"2"]
    assert [row.data for row in recorder.of_kind("key:", "t", upto=2)] == [b"0"]
    assert [row.data for row in recorder.of_kind("key:", "u", upto=7)] == [b"4"]


KINDS = [["key:A", "x:1"], ["x:1"], ["key:B", "x:1"]]


@pytest.mark.parametrize("page_rows", [1, 4_000])
def test_what_is_found_by_a_tag_and_gone_is_not_passed_over(tmp_path: Path, page_rows: int) -> None:
    path = tmp_path / "log.sqlite3"
    SQLiteDCBFactory({"SQLITE_DBNAME": str(path)}).dcb_recorder().append([DCBEvent("t", b"", tags) for tags in KINDS])
    damage(path, "DELETE FROM entries WHERE position = 1")
    log = SQLiteDCBRecorder(path, page_rows)
    query, typed = (DCBQuery([DCBQueryItem(types=types, tags=["x:1"])]) for types in ([], ["t"]))
    both = DCBQuery([DCBQueryItem(tags=["x:1", "key:A"]), DCBQueryItem(tags=["x:9"])])
    for of in (query, typed, both):
        with pytest.raises(
            Unsound, match=r"^entry-missing: index 0: there is no entry at position 1\. Nothing is handed"
        ):
            list(log.rows(of, upto=3))
    asked: list[Callable[[bool], list[Stored]]] = [
        lambda whole: log.streams([[("x:9", ())], [("x:1", ())]], upto=3, whole=whole)[1],
        lambda whole: log.streams([[("x:1", ("t", "u"))]], upto=3, whole=whole)[0],
        lambda whole: log.of_kind("key:", "t", upto=3, whole=whole),
    ]
    for one in asked:
        with pytest.raises(Unsound, match=r"^entry-missing: index 0: "):
            one(True)
    assert [[row.position for row in one(False)] for one in asked] == [[2, 3], [2, 3], [3]]
    assert [row.position for row in log.rows(query, after=1, upto=3)] == [2, 3], "it is not asked for"
    assert log.streams([[("key:B", ())]], upto=3)[0][0].position == 3
    assert log.streams([[("x:1", ("u",))]], upto=3) == [[]], "it was of another type"
    log.close()


@pytest.mark.parametrize("page_rows", [1, 3, 4_000])
def test_leaves_without_a_hole(tmp_path: Path, page_rows: int) -> None:
    path = tmp_path / "log.sqlite3"
    SQLiteDCBFactory({"SQLITE_DBNAME": str(path)}).dcb_recorder().append([DCBEvent("t", b"%d" % n) for n in range(7)])
    log = SQLiteDCBRecorder(path, page_rows)
    assert list(log.leaves(0, 7)) == [leaf_hash(b"%d" % n) for n in range(7)]
    assert list(log.leaves(5, 9)) == list(log.leaves(0, 7))[5:]
    damage(path, "DELETE FROM entries WHERE position = 4")
    assert list(log.leaves(4, 7)) == [leaf_hash(b"%d" % n) for n in (4, 5, 6)]
    with pytest.raises(Unsound, match=r"^entry-missing: index 3: "):
        list(log.leaves(1, 7))
    log.close()


def test_closed_recorder_says_so(recorder: SQLiteDCBRecorder) -> None:
    recorder.close()
    with pytest.raises(OperationalError, match="closed"):
        recorder.append([DCBEvent("t", b"")])


def test_pages_join_without_a_seam(recorder: SQLiteDCBRecorder) -> None:
    """Two arms whose pages end at different positions, and events that match one arm twice."""
    paged = SQLiteDCBRecorder(recorder.connections.path, page_rows=7)
    divisors = {n: [f"n{m}" for m in (2, 3, 5) if n % m == 0] for n in range(90)}
    recorder.append([DCBEvent("t1" if n % 3 else "t2", b"%d" % n, tags) for n, tags in divisors.items()])
    query = DCBQuery(
        [
            DCBQueryItem(tags=["n2"]),
            DCBQueryItem(tags=["n3"]),
            DCBQueryItem(types=["t2"], tags=["n5"]),
            DCBQueryItem(tags=["n2", "n5"]),
        ]
    )
    assert [e.event.data for e in paged.read(query)] == [b"%d" % n for n in range(90) if n % 2 == 0 or n % 3 == 0]
    assert [e.position for e in paged.read(limit=20)] == list(range(1, 21))
    assert [e.position for e in paged.read(after=80)] == list(range(81, 91))
    paged.close()


def test_a_read_shows_the_log_as_it_was_when_it_began(recorder: SQLiteDCBRecorder) -> None:
    paged = SQLiteDCBRecorder(recorder.connections.path, page_rows=2)
    recorder.append([DCBEvent("t", b"", ["a"])] * 5)
    response = paged.read(DCBQuery([DCBQueryItem(tags=["a"])]))
    next(response)
    recorder.append([DCBEvent("t", b"", ["a"])])
    assert [e.position for e in response] == [2, 3, 4, 5]
    assert response.head == 5
    paged.close()


tags = st.lists(st.sampled_from("abc"), max_size=3, unique=True)
types = st.sampled_from(["t1", "t2", "t3"])
items = st.builds(DCBQueryItem, st.lists(types, max_size=2, unique=True), tags)
queries = st.builds(DCBQuery, st.lists(items, max_size=3))
events = st.lists(st.builds(DCBEvent, types, st.binary(max_size=4), tags), min_size=1, max_size=6)
appends = st.lists(st.tuples(events, queries, st.integers(0, 12), st.booleans()), max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    appends=appends,
    queries=st.lists(queries, max_size=4),
    after=st.integers(0, 12),
    limit=st.none() | st.integers(0, 9),
)
def test_agrees_with_the_librarys_recorder_in_memory(
    tmp_path_factory: pytest.TempPathFactory,
    appends: list[tuple[list[DCBEvent], DCBQuery, int, bool]],
    queries: list[DCBQuery],
    after: int,
    limit: int | None,
) -> None:
    """Whatever is appended, on whatever condition, and however it is asked for."""
    factory = SQLiteDCBFactory({"SQLITE_DBNAME": str(tmp_path_factory.mktemp("log") / "log.sqlite3")})
    ours, theirs = factory.dcb_recorder(), InMemoryDCBRecorder()
    for batch, query, since, unconditional in appends:
        condition = None if unconditional else DCBAppendCondition(query, since)
        answers = []
        for recorder in (ours, theirs):
            try:
                answers.append(recorder.append(batch, condition))
            except IntegrityError:
                answers.append(None)
        assert answers[0] == answers[1]
    for query in [None, *queries]:
        mine, model = ours.read(query, after=after, limit=limit), theirs.read(query, after=after, limit=limit)
        assert list(mine) == list(model)
        assert mine.head == model.head
    factory.close()
