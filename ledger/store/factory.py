"""`PERSISTENCE_MODULE=ledger.store.factory`: how the library's applications come by our recorder."""

import sqlite3
from pathlib import Path

from eventsourcing.dcb.persistence import DCBInfrastructureFactory
from eventsourcing.persistence import TrackingRecorder
from eventsourcing.utils import strtobool

from ledger.store.schema import create_log
from ledger.store.sqlite import SQLiteDCBRecorder


class SQLiteDCBFactory(DCBInfrastructureFactory[TrackingRecorder]):
    """Reads `SQLITE_DBNAME`, a path; unless `CREATE_TABLE` is off, makes the log's tables where there are none."""

    SQLITE_DBNAME = "SQLITE_DBNAME"
    CREATE_TABLE = "CREATE_TABLE"

    def dcb_recorder(self) -> SQLiteDCBRecorder:
        """A recorder on the named file; closed with the factory."""
        name = self.env.get(self.SQLITE_DBNAME)
        if not name:
            raise OSError(f"{self.SQLITE_DBNAME} is not set: it names the SQLite file that holds the log")
        if ":memory:" in name:
            raise OSError(f"{self.SQLITE_DBNAME}={name}: a log in memory is not durable; name a file")
        if strtobool(self.env.get(self.CREATE_TABLE, "yes")):
            connection = sqlite3.connect(Path(name), isolation_level=None)
            try:
                create_log(connection)
            finally:
                connection.close()
        self._recorder = SQLiteDCBRecorder(name)
        return self._recorder

    def close(self) -> None:
        """Commit what is queued and close the recorder."""
        if hasattr(self, "_recorder"):
            self._recorder.close()
