"""A way to a PostgreSQL that can stand still, as a server does that is stopped in the midst of its work."""

import socket
import threading
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

_PIECE = 65536


class Freezer:
    """Passes on what goes to a database and comes from it, until it is frozen; a context manager.

    The system goes on to take connections and whatever is sent: nobody learns that nobody reads it.

    Args:
        url: the database, on a Unix socket, as `tests.postgres` makes them.

    Attributes:
        url: the same database by way of this.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        (folder,) = parse_qs(parts.query)["host"]
        self._server = f"{folder}/.s.PGSQL.5432"
        self._listening = socket.create_server(("127.0.0.1", 0))
        rest = "&".join(one for one in parts.query.split("&") if not one.startswith("host="))
        port = self._listening.getsockname()[1]
        self.url = f"postgresql://postgres@127.0.0.1:{port}{parts.path}?{rest}"
        self._stack = ExitStack()
        self._thawed = threading.Event()
        self._thawed.set()
        self._over = False

    def __enter__(self) -> Self:
        """Pass on from now on."""
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up everywhere."""
        self.close()

    def close(self) -> None:
        """Hang up, and take nobody any more, as a server that has ended; may be repeated."""
        self._over = True
        self._thawed.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._stack.close()

    def freeze(self) -> None:
        """Pass nothing on from now on."""
        self._thawed.clear()

    def thaw(self) -> None:
        """Go on as if nothing had been."""
        self._thawed.set()

    def _take(self) -> None:
        with suppress(OSError):
            while not self._over:
                here, _ = self._listening.accept()
                there = socket.socket(socket.AF_UNIX)
                for one in (here, there):
                    self._stack.callback(_hang_up, one)
                there.connect(self._server)
                for source, target in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                self._thawed.wait()
                target.sendall(piece)
        _hang_up(target)


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
