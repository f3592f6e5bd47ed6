"""An audit of a whole ledger: the store's, of the tags and of the statements in it, and of a published directory.

Each looks at the log by itself; here they share the processes and the scale of progress, and nothing is checked.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from ledger.application.audit_statements import audit_statements
from ledger.application.audit_tags import audit_tags
from ledger.application.mapper import fact_problem
from ledger.store.audit import audit
from ledger.store.audit_published import audit_published
from ledger.store.audit_spoilt import Told
from ledger.store.checkpoints import Checkpoints
from ledger.store.findings import Finding, at_most
from ledger.store.known_schema import check_schema, lacks_tables
from ledger.store.parallel import processes
from ledger.store.progress import Progress
from ledger.store.refusals import StoreError, Unusable
from ledger.store.sqlite import SQLiteDCBRecorder

# Where, of an audit's time, tags begin, statements, and published tiles: where a tenth of the sessions is signed.
_SHARES = (0.55, 0.85, 1.0)
_SHARES_PUBLISHED = (0.45, 0.7, 0.85)


def audit_ledger(
    recorder: SQLiteDCBRecorder,
    checkpoints: Checkpoints,
    published: Path | None,
    progress: Progress,
    jobs: int,
) -> list[Finding]:
    """Every finding of the store's audit, of the tags, the statements and a published directory; [] means sound.

    What only follows from damaged entries is left out (`audit_spoilt`); of very many of one name the number is told.

    `progress` gets entries.
    """
    findings: list[Finding] = []
    try:
        for finding in at_most(_found(recorder, checkpoints, published, progress, jobs)):
            findings.append(finding)
    except Unusable:
        raise  # a full disk, a lock: that says nothing of what is stored
    except StoreError as error:
        findings.append(Finding("malformed", "database", str(error)))
    return findings


def _found(
    recorder: SQLiteDCBRecorder,
    checkpoints: Checkpoints,
    published: Path | None,
    progress: Progress,
    jobs: int,
) -> Iterator[Finding]:
    with recorder.connections.read() as connection:
        if lacks_tables(connection):
            yield from check_schema(connection)
            return
    size = recorder.size()
    yield from checkpoints.contradictions.findings()

    def within(start: float, end: float) -> Callable[[float], None]:
        return lambda part: progress(int((start + (end - start) * part) * size), size)

    tags, signatures, tiles = _SHARES if published is None else _SHARES_PUBLISHED
    path, store = recorder.connections.path, within(0, tags)
    told = Told()
    with processes(jobs) as pool:
        whole = audit(
            recorder, checkpoints, fact_problem, lambda done, total: store(done / total if total else 1), pool=pool
        )
        yield from told.through(whole)
        spoilt = told.spoilt(recorder)
        yield from audit_tags(pool, path, size, within(tags, signatures), spoilt=spoilt)
        yield from audit_statements(pool, path, size, within(signatures, tiles), spoilt=spoilt)
        if published is not None:
            damaged, part = spoilt.indexes, within(tiles, 1)
            yield from audit_published(pool, recorder, checkpoints, published, part, damaged=damaged)
    progress(size, size)
