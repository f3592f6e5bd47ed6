"""Asking witnesses: those that answer rightly, wrongly, never, and what their answers mean for the ledger."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

import api.cosigning
from api.clock import now, parse_instant
from api.collecting import Collecting
from api.cosigning import checkpoint, checkpoint_first, collect, cosigned, refuse_contradicted
from api.witnesses import Asked, add_witness, read_witnesses, remove_witness
from ledger.application import LedgerError, TreatmentLedger, Unsound
from ledger.journal import parse_fact
from ledger.witness import SIZE_TYPE, Answer, Witness, parse_request
from tests.damage import damage
from tests.witnesses import free_port

NOW = parse_instant("2021-03-01T08:00:00+08:00")
AT = int(NOW.timestamp())


def seconds_now() -> int:
    """What a witness dates its answers by that is asked now; so what it says against a ledger is dated."""
    return int(now().timestamp())


@contextmanager
def answering(answer: Callable[[bytes], Answer]) -> Iterator[str]:
    """An HTTP server on the loopback that answers each request with this."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = answer(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.path == "/add-checkpoint"
            body = given.text.encode()
            self.send_response(given.status)
            self.send_header("Content-Type", given.type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def always(status: int, text: str, type: str = "text/plain") -> Callable[[bytes], Answer]:
    return lambda body: Answer(status, type, text)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[TreatmentLedger]:
    TreatmentLedger.init(tmp_path / "ledger", "hospital.example/ledger")
    with TreatmentLedger.open(tmp_path / "ledger") as opened:
        yield opened


@pytest.fixture
def witness(ledger: TreatmentLedger, tmp_path: Path) -> Witness:
    Witness.init(tmp_path / "witness", "regulator.example/w1")
    made = Witness(tmp_path / "witness")
    made.trust(ledger.vkey)
    return made


def grow(ledger: TreatmentLedger, *names: str) -> None:
    for name in names:
        line = (
            f'{{"type":"InstitutionRegistered","at":"2020-01-01T08:00:00+08:00","institution":"{name}","name":"Invented",'
            '"level":3,"kind":"general","departments":[]}'
        )
        ledger.record([parse_fact(line.encode())], now=NOW)


def ask(ledger: TreatmentLedger, *asked: Asked) -> list[tuple[bool, str]]:
    return [(told.cosigned, told.what) for told in asyncio.run(collect(ledger, asked))]


def test_a_witness_cosigns_and_is_not_asked_twice(ledger, witness):
    bodies = []

    def answer(body: bytes) -> Answer:
        bodies.append(parse_request(body))
        return witness.add_checkpoint(body, AT)

    with answering(answer) as url:
        add_witness(ledger.directory, witness.vkey, url)
        said: list[str] = []
        for names in ((), ("H1",), ("H2", "H3")):
            grow(ledger, *names)
            note = checkpoint(ledger, now=NOW, say=said.append)
            assert "— regulator.example/w1 " in note
            assert note == ledger.latest_checkpoint()
        assert said == []
        assert checkpoint(ledger, now=NOW, say=said.append) == note
        assert cosigned(ledger, read_witnesses(ledger.directory), said.append) == (note, True)
    # Of each checkpoint: asked for with the size seen last; and before the next is signed, looked at with itself.
    assert [request.old for request in bodies] == [0, 1, 1, 3, 3, 6]
    assert witness.logs()[0].last.size == 6


def test_a_size_that_the_ledger_did_not_know_of(ledger, witness):
    """The cosignature got lost on the way: the witness says where it stands, and is asked once more."""
    note = ledger.checkpoint(now=NOW)
    assert witness.add_checkpoint(ledger.cosigning().request(note, 0), AT).status == 200
    grow(ledger, "H1")
    ledger.checkpoint(now=NOW)
    with answering(lambda body: witness.add_checkpoint(body, AT)) as url:
        assert ask(ledger, Asked(witness.vkey, url)) == [(True, "cosigned")]
    assert ledger.cosigning().last_cosigned(witness.vkey) == 3


def test_a_witness_that_keeps_saying_another_size_is_asked_twice(ledger, witness):
    grow(ledger, "H1")
    ledger.checkpoint(now=NOW)
    bodies: list[bytes] = []

    def stubborn(body: bytes) -> Answer:
        bodies.append(body)
        return Answer(409, SIZE_TYPE, "1\n")

    with answering(stubborn) as url:
        ((is_cosigned, what),) = ask(ledger, Asked(witness.vkey, url))
    assert (is_cosigned, len(bodies)) == (False, 2)
    assert "1 entries already" in what


@pytest.mark.parametrize(
    ("status", "type", "text", "what"),
    [
        (200, "text/plain", "", "no cosignature"), (200, "text/plain", "— other.example AAAAAAAA\n", "no cosignature"),
        (200, "text/plain", "x" * 70_000, "more than a witness"), (403, "text/plain", "no\n", "witness trust"),
        (404, "text/plain", "unknown\n", "witness trust"), (500, "text/plain", "\x1b[2J\n", "answered 500"),
        (302, "text/plain", "", "answered 302"), (400, "text/plain", "", "nothing said"),
    ],
)  # fmt: skip
def test_what_it_answers_wrongly_is_told_and_nothing_is_kept(ledger, witness, status, type, text, what):
    note = ledger.checkpoint(now=NOW)
    with answering(always(status, text, type)) as url:
        ((is_cosigned, told),) = ask(ledger, Asked(witness.vkey, url))
    assert not is_cosigned
    assert what in told
    assert told.isprintable()
    assert ledger.latest_checkpoint() == note


@pytest.mark.parametrize(("status", "type", "text", "finding"), [
    (409, SIZE_TYPE, "99\n", "checkpoint-rollback"), (409, SIZE_TYPE, "9223372036854775807\n", "checkpoint-rollback"),
    (409, "text/plain", "another root\n", "history-fork"), (409, SIZE_TYPE, "-1\n", "history-fork"),
    (409, SIZE_TYPE, "９\n", "history-fork"), (422, "text/plain", "consistency proof\n", "history-fork"),
])  # fmt: skip
def test_what_contradicts_the_ledger_is_said_loudly(ledger, witness, status, type, text, finding):
    note = ledger.checkpoint(now=NOW)
    said: list[str] = []
    with (
        answering(always(status, text, type)) as url,
        answering(lambda body: witness.add_checkpoint(body, seconds_now() + 1)) as other,
    ):
        with pytest.raises(Unsound, match=f"{finding}: the witness regulator.example/w1 ") as raised:
            asyncio.run(collect(ledger, [Asked(witness.vkey, url)]))
        assert "\x1b" not in str(raised.value)
        add_witness(ledger.directory, witness.vkey, url)
        grow(ledger, "H1")
        if status == 409:
            for hand_out in (checkpoint, checkpoint_first):
                with pytest.raises(Unsound, match=finding):
                    hand_out(ledger, now=NOW, say=said.append)
            assert ledger.latest_checkpoint() == note, "nothing more is signed"
        assert ask(ledger, Asked(witness.vkey, other)) == [(True, "cosigned")]


def test_a_contradiction_stands_until_the_witness_agrees(ledger, witness, monkeypatch):
    """Not reaching the witness, or opening the ledger again, changes nothing."""
    monkeypatch.setattr(api.cosigning, "LOOK_SECONDS", 1.0)
    note = ledger.checkpoint(now=NOW)
    with answering(always(409, "another root\n")) as url:
        add_witness(ledger.directory, witness.vkey, url)
        with pytest.raises(Unsound, match="history-fork"):
            checkpoint(ledger, now=NOW, say=pytest.fail)
    (stood,) = ledger.cosigning().contradictions()
    assert (stood.vkey, stood.finding) == (witness.vkey, "history-fork")
    with TreatmentLedger.open(ledger.directory) as again:
        grow(again, "H1")
        for hand_out in (checkpoint, checkpoint_first):
            with pytest.raises(Unsound, match=r"history-fork: witness regulator.example/w1: .* `witnesses remove"):
                hand_out(again, now=NOW, say=pytest.fail)
        for refused in (
            lambda: again.checkpoint(now=NOW),
            lambda: again.export("patient:P1", now=NOW),
            lambda: again.export("patient:P1", now=NOW, seal=False),
            lambda: again.publish(again.directory / "www", now=NOW),
            lambda: again.import_journal([], now=lambda: NOW),
            lambda: cosigned(again, read_witnesses(again.directory), lambda text: None),
            lambda: asyncio.run(Collecting(again).before_signing()),
        ):
            with pytest.raises(Unsound, match=r"history-fork: witness regulator.example/w1"):
                refused()
        assert [(one.name, one.where) for one in again.audit()] == [("history-fork", "witness regulator.example/w1")]
        assert again.latest_checkpoint() == note
        remove_witness(again.directory, witness.vkey)
        with pytest.raises(Unsound, match="history-fork: witness"):
            checkpoint(again, now=NOW, say=pytest.fail)  # the list alone lifts nothing
        with answering(lambda body: witness.add_checkpoint(body, seconds_now() + 1)) as good:
            add_witness(again.directory, witness.vkey, good)
            signed = checkpoint(again, now=NOW, say=pytest.fail)
        assert again.cosigning().contradictions() == []
        assert again.audit() == []
    assert "— regulator.example/w1 " in signed


def test_who_cosigned_the_last_checkpoint_and_contradicted_since_is_asked_again(ledger, witness):
    """Nothing is lacking under the checkpoint; but what was said stands until the witness, asked again, agrees."""
    bodies: list[bytes] = []

    def answer(body: bytes) -> Answer:
        bodies.append(body)
        return witness.add_checkpoint(body, AT + len(bodies))

    note = ledger.checkpoint(now=NOW)
    with answering(answer) as url:
        asked = Asked(witness.vkey, url)
        assert ask(ledger, asked) == [(True, "cosigned")]
        assert ask(ledger, asked) == []
        ledger.cosigning().contradicted(witness.vkey, "history-fork", "said", NOW + timedelta(seconds=1))
        signed, whole = cosigned(ledger, [asked], pytest.fail)
    assert (whole, len(bodies)) == (True, 2)
    assert signed.startswith(note)
    assert ledger.cosigning().contradictions() == []


@pytest.mark.parametrize("clock", [0, 86_400], ids=["a right clock", "a clock that is a day fast"])
def test_an_old_answer_over_the_wire_lifts_nothing(ledger, witness, clock):
    """Whoever stands on the wire has no key; but answers from before. Whatever clock the witness dated them by."""
    old: list[str] = []

    def real(body: bytes, later: int = 0) -> Answer:
        answer = witness.add_checkpoint(body, AT + clock + later)
        old.extend([answer.text] if answer.status == 200 else [])
        return answer

    with answering(real) as url:
        add_witness(ledger.directory, witness.vkey, url)
        note = checkpoint(ledger, now=NOW, say=pytest.fail)
    remove_witness(ledger.directory, witness.vkey)
    cosigning = ledger.cosigning()
    cosigning.contradicted(witness.vkey, "checkpoint-rollback", "said", NOW + timedelta(hours=1))
    grow(ledger, "H1")
    said: list[str] = []
    with answering(always(200, old[0])) as url:
        add_witness(ledger.directory, witness.vkey, url)
        for _ in range(2):
            with pytest.raises(Unsound, match="checkpoint-rollback: witness"):
                checkpoint(ledger, now=NOW + timedelta(hours=2), say=said.append)
        with pytest.raises(Unsound, match="checkpoint-rollback: witness"):
            cosigned(ledger, read_witnesses(ledger.directory), said.append)
    assert "does not lift what it said before at 2021-03-01T09:00:00+08:00" in said[-1]
    assert len(cosigning.contradictions()) == 1
    assert ledger.latest_checkpoint() == note
    remove_witness(ledger.directory, witness.vkey)
    with answering(lambda body: real(body, 3_601)) as url:
        add_witness(ledger.directory, witness.vkey, url)
        checkpoint(ledger, now=NOW + timedelta(hours=2), say=pytest.fail)
    assert cosigning.contradictions() == []


def test_an_answer_that_was_not_kept_is_an_old_one_too(ledger, witness):
    """The witness is asked about a checkpoint again before the next one: each answer is a valid cosignature, and the
    first is kept. By a clock that is a day fast all of them are dated after what is said an hour later.
    """
    day, old = 86_400, []

    def real(body: bytes) -> Answer:
        old.append(witness.add_checkpoint(body, AT + day + len(old)).text)
        return Answer(200, "text/plain", old[-1])

    ledger.checkpoint(now=NOW)
    with answering(real) as url:
        asked = Asked(witness.vkey, url)
        ask(ledger, asked)
        asyncio.run(refuse_contradicted(ledger, [asked]))
    assert len(set(old)) == 2
    cosigning = ledger.cosigning()
    cosigning.contradicted(witness.vkey, "history-fork", "said", NOW + timedelta(hours=1))
    for replayed in old:
        with answering(always(200, replayed)) as url:
            ((is_cosigned, what),) = ask(ledger, Asked(witness.vkey, url))
        assert not is_cosigned
        assert what.endswith("as it has dated others 2021-03-02T00:00:01+00:00; only a later one lifts it")
    assert len(cosigning.contradictions()) == 1
    with answering(lambda body: witness.add_checkpoint(body, AT + day + 2)) as url:
        assert ask(ledger, Asked(witness.vkey, url)) == [(True, "cosigned")]
    assert cosigning.contradictions() == []


def test_a_date_that_no_calendar_has_is_told_as_well(ledger, witness):
    """It is the witness's to choose, up to 2⁶⁴ seconds; then nothing is later, and only `witnesses remove` lifts."""
    cosigning = ledger.cosigning()
    note = ledger.checkpoint(now=NOW)
    answer = witness.add_checkpoint(cosigning.request(note, 0), (1 << 63) - 1).text
    assert cosigning.take(note, witness.vkey, answer) is False
    cosigning.contradicted(witness.vkey, "history-fork", "said", NOW)
    with answering(always(200, answer)) as url:
        ((is_cosigned, what),) = ask(ledger, Asked(witness.vkey, url))
    assert not is_cosigned
    assert what.endswith("as it has dated others after the year 9999; only a later one lifts it")


def test_an_agreement_by_a_clock_that_is_behind_is_waited_for(ledger, witness):
    cosigning = ledger.cosigning()
    ledger.checkpoint(now=NOW)
    cosigning.contradicted(witness.vkey, "history-fork", "said", NOW)
    for seconds, agrees in ((-5, False), (-1, False), (0, False), (1, True)):
        with answering(lambda body, at=AT + seconds: witness.add_checkpoint(body, at)) as url:
            ((is_cosigned, what),) = ask(ledger, Asked(witness.vkey, url))
        assert is_cosigned is agrees
        assert ("its clock is behind; it is asked again next time" in what) is not agrees
        assert bool(cosigning.contradictions()) is not agrees


def test_what_cannot_be_read_any_more_is_lifted_by_no_answer(ledger, witness):
    """It has no date that an answer could be later than."""
    cosigning = ledger.cosigning()
    ledger.checkpoint(now=NOW)
    cosigning.contradicted(witness.vkey, "history-fork", "said", NOW)
    (file,) = (ledger.directory / "keys").glob("contradicted-*")
    file.write_text("garbage")
    with answering(lambda body: witness.add_checkpoint(body, AT + 9)) as url:
        ((is_cosigned, what),) = ask(ledger, Asked(witness.vkey, url))
    assert not is_cosigned
    assert what.endswith(f"that cannot be read. It stands until `witnesses remove {file.name}`")
    assert len(cosigning.contradictions()) == 1


def test_a_damaged_row_of_a_projection_is_no_contradiction(ledger, witness):
    """A kept node is of other leaves, and the witness is behind: it cosigns, and nothing stands against the log."""
    with answering(lambda body: witness.add_checkpoint(body, AT)) as url:
        add_witness(ledger.directory, witness.vkey, url)
        grow(ledger, "H1")
        checkpoint(ledger, now=NOW, say=pytest.fail)
        lines = (
            f'{{"type":"PatientFileOpened","at":"2021-05-01T08:00:00+08:00","patient":"P{n}","sex":"female",'
            f'"born":"1956-04-02","institution":"H1","file_no":"N{n}"}}'
            for n in range(600)
        )
        ledger.record([parse_fact(line.encode()) for line in lines], now=NOW)
        ledger.checkpoint(now=NOW)
        damage(ledger.directory / "ledger.sqlite3", "UPDATE tree SET hash = zeroblob(32) WHERE n = 1")
        assert ask(ledger, *read_witnesses(ledger.directory)) == [(True, "cosigned")]
        assert ledger.cosigning().contradictions() == []
        grow(ledger, "H2")
        for anew in (False, True):
            assert "— regulator.example/w1 " in checkpoint(ledger, now=NOW, say=pytest.fail, anew=anew)
    ledger.export("patient:P1", now=NOW)
    assert ledger.audit() == []


def test_another_process_may_have_signed_meanwhile(ledger, witness):
    """What the witness has seen besides is ours: no rollback."""

    def overtaken(body: bytes) -> Answer:
        with TreatmentLedger.open(ledger.directory) as other:
            grow(other, "H1")
            newer = other.checkpoint(now=NOW)
            assert witness.add_checkpoint(other.cosigning().request(newer, 0), AT).status == 200
        return witness.add_checkpoint(body, AT)

    ledger.checkpoint(now=NOW)
    with answering(overtaken) as url:
        ((is_cosigned, what),) = ask(ledger, Asked(witness.vkey, url))
    assert (is_cosigned, what) == (False, "has cosigned 3 entries already, more than this checkpoint's")


def test_who_cannot_be_reached_holds_nobody_up(ledger, witness, monkeypatch):
    monkeypatch.setattr(api.cosigning, "ASK_SECONDS", 0.3)
    monkeypatch.setattr(api.cosigning, "LOOK_SECONDS", 0.2)
    note = ledger.checkpoint(now=NOW)
    over = Event()

    def never(body: bytes) -> Answer:
        over.wait(60)
        return Answer(200, "text/plain", "")

    with answering(never) as url, answering(lambda body: witness.add_checkpoint(body, AT)) as good:
        addresses = (f"http://127.0.0.1:{free_port()}", url, "http://nowhere.invalid")
        asked = [Asked(witness.vkey, address) for address in addresses]
        for one in asked:
            ((is_cosigned, what),) = ask(ledger, one)
            assert not is_cosigned
            assert what.endswith("it is asked again next time")
        asyncio.run(refuse_contradicted(ledger, asked))
        assert ledger.latest_checkpoint() == note
        told = asyncio.run(collect(ledger, [*asked, Asked(witness.vkey, good), Asked(witness.vkey, None)]))
        assert [one.cosigned for one in told] == [False, False, False, False, True]
        assert (
            str(told[0]) == "witness regulator.example/w1: is asked by file: `witnesses request regulator.example/w1`"
        )
        over.set()


def test_without_witnesses_or_checkpoints_nobody_is_asked(ledger):
    assert asyncio.run(collect(ledger, [])) == []
    asyncio.run(refuse_contradicted(ledger, []))
    checkpoint_first(ledger, now=NOW, say=pytest.fail)
    assert ledger.latest_checkpoint() is None
    with pytest.raises(LedgerError, match="nothing was signed yet"):
        cosigned(ledger, [], pytest.fail)
    assert checkpoint(ledger, now=NOW, say=pytest.fail) == ledger.latest_checkpoint()
