"""Several processes on one log, and processes that are killed: real ones."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.store.sqlite import SQLiteDCBRecorder

APPEND = """
import sys
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError
from ledger.store.sqlite import SQLiteDCBRecorder

path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
recorder = SQLiteDCBRecorder(path)
def counters():
    return DCBQuery([DCBQueryItem(types=["counted"], tags=["counter"])])
n = 0
while n < count:
    # One shared counter: read it, add one on condition that nobody else did.
    response = recorder.read(counters())
    last = [event.event.data for event in response]
    value = int(last[-1]) + 1 if last else 1
    both = [DCBEvent("counted", b"%d" % value, ["counter", name]), DCBEvent("said", b"%d" % value, [name])]
    try:
        position = recorder.append(both, DCBAppendCondition(counters(), after=response.head))
    except IntegrityError:
        continue
    n += 1
    print(position, value, flush=True)
recorder.close()
"""


def start(path: Path, name: str, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", APPEND, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path.cwd())


def test_processes_wait_for_each_other(recorder: SQLiteDCBRecorder) -> None:
    """Nobody gets "database is locked", nobody overwrites another's count, positions are dense."""
    processes = [start(recorder.connections.path, f"p{n}", 25) for n in range(4)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, "")
    counted = [int(event.event.data) for event in recorder.read(DCBQuery([DCBQueryItem(types=["counted"])]))]
    assert counted == list(range(1, 101))
    assert recorder.size() == 200


def test_killed(recorder: SQLiteDCBRecorder) -> None:
    """What was acknowledged is there; what was not is there whole, or not at all."""
    for round_ in range(4):
        process = start(recorder.connections.path, f"round {round_}", 1_000_000)
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(10 + round_)]
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate(timeout=60)
        # A line cut short by the kill is no acknowledgement anybody could have read.
        acknowledged += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
        there = {event.position: event.event for event in recorder.read()}
        for line in acknowledged:
            position, value = map(int, line.split())
            assert (there[position - 1].type, there[position - 1].data) == ("counted", b"%d" % value)
            assert (there[position].type, there[position].data) == ("said", b"%d" % value)
        assert [event.type for event in there.values()] == ["counted", "said"] * (len(there) // 2), "pairs are whole"
        assert json.loads(there[1].data) == 1
