"""An audit of a whole ledger: the store's, that of the statements in it, and that of a published directory.

Each looks at the log by itself; here they share the processes and the scale of progress, and nothing is checked.
"""

from collections.abc import Callable
from pathlib import Path

from ledger.application.audit_statements import audit_statements
from ledger.application.mapper import fact_problem
from ledger.store.audit import audit
from ledger.store.audit_heads import Finding
from ledger.store.audit_published import audit_published
from ledger.store.checkpoints import Checkpoints
from ledger.store.parallel import processes
from ledger.store.refusals import StoreError
from ledger.store.sqlite import SQLiteDCBRecorder

# Where, of an audit's time, statements begin, and published tiles: where all sessions are signed; else it goes quicker.
_SHARES = (0.6, 1.0)
_SHARES_PUBLISHED = (0.5, 0.85)


def audit_ledger(
    recorder: SQLiteDCBRecorder,
    checkpoints: Checkpoints,
    published: Path | None,
    progress: Callable[[int, int], None],
    jobs: int,
) -> list[Finding]:
    """Every finding of the store's audit, of the statements and of a published directory; [] means sound.

    `progress` gets entries.
    """
    size = recorder.head()

    def within(start: float, end: float) -> Callable[[float], None]:
        return lambda part: progress(int((start + (end - start) * part) * size), size)

    signatures, tiles = _SHARES if published is None else _SHARES_PUBLISHED
    store = within(0, signatures)
    try:
        with processes(jobs) as pool:
            findings = list(
                audit(
                    recorder,
                    checkpoints,
                    fact_problem,
                    lambda done, total: store(done / total if total else 1),
                    pool=pool,
                )
            )
            findings += audit_statements(pool, recorder.connections.path, size, within(signatures, tiles))
            if published is not None:
                findings += audit_published(pool, recorder, checkpoints, published, within(tiles, 1))
    except StoreError as error:
        return [Finding("malformed", "database", str(error))]
    progress(size, size)
    return findings
