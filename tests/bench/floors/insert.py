"""The least that takes a webhook durably: bare WSGI, one `sqlite3` insert with the same durability.

Same server, same number of threads, a connection per thread, WAL and `synchronous = FULL`. No signature is
checked and nothing is parsed. `python -m tests.bench.floors.insert DATABASE` prints its port.
"""

import sqlite3
import sys
import threading
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import waitress  # type: ignore[import-untyped]  # waitress ships no types

from tests.bench.orders import say

THREADS = 8
_PATIENCE_SECONDS = 10.0


class Deliveries:
    """Keeps bodies in a database.

    Args:
        path: of the database; created by `open`.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._local = threading.local()

    def open(self) -> None:
        """Create the table."""
        connection = self._connection()
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE delivery (key TEXT PRIMARY KEY, body TEXT NOT NULL)")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Take one delivery."""
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
        self._connection().execute("INSERT INTO delivery VALUES (?, ?)", (environ["HTTP_WEBHOOK_ID"], body))
        start_response("202 Accepted", [("Content-Type", "application/json"), ("Content-Length", "2")])
        return [b"{}"]

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=_PATIENCE_SECONDS, isolation_level=None)
            connection.execute("PRAGMA synchronous = FULL")
            self._local.connection = connection
        return connection


def main() -> None:
    """Serve until the process is ended."""
    deliveries = Deliveries(sys.argv[1])
    deliveries.open()
    server = waitress.create_server(deliveries, host="127.0.0.1", port=0, threads=THREADS)
    say(str(server.effective_port))
    server.run()


if __name__ == "__main__":
    main()
