"""Starting and stopping the page: its threads, its web server, its one address."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn

from bot.sandbox.journey import Journeys
from bot.sandbox.listening import ToldServer, listen
from bot.sandbox.page.board import Board, Lookout
from bot.sandbox.page.routes import Stage, build
from bot.sandbox.process import Stuck
from bot.sandbox.programs import Sandbox

USUAL_PORT = 6105
_START_SECONDS = 5.0


class PageServer:
    """The page of a sandbox that is open, as a context manager.

    Args:
        sandbox: the programs.
        port: on loopback; 0 takes any free one, and so does `None` where the usual one is taken.

    Attributes:
        journeys: moves time.
    """

    def __init__(self, sandbox: Sandbox, *, port: int | None = 0) -> None:
        self._sandbox = sandbox
        self._wanted = port
        self._closing = threading.Event()
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Listen, and begin to look at the programs.

        Raises:
            Stuck: the port is taken.
        """
        listener = self._stack.enter_context(_listen(self._wanted))
        self._port: int = listener.getsockname()[1]
        board = Board()
        self.journeys = Journeys(self._sandbox, lambda: lookout.look_at_time())  # noqa: PLW0108 - not bound yet
        lookout = Lookout(self._sandbox, self.journeys, board)
        stage = Stage(self._sandbox, self.journeys, board, lookout.look_at_time, self._closing)
        config = uvicorn.Config(
            build(stage),
            lifespan="off",
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        started = threading.Event()
        self._server = ToldServer(config, started.set)
        thread = threading.Thread(target=self._server.run, args=([listener],), name="page")
        lookout.open()
        self._stack.callback(lookout.close)
        thread.start()
        self._stack.callback(thread.join)
        if not started.wait(_START_SECONDS):
            raise RuntimeError("The page did not start.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop time where it is, end the streams, and stop."""
        self.journeys.stop()
        self._closing.set()
        self._server.should_exit = True
        self._stack.close()

    @property
    def url(self) -> str:
        """Return the address to open in a browser."""
        return f"http://127.0.0.1:{self._port}/"


def _listen(port: int | None) -> socket.socket:
    if port is not None:
        try:
            return listen(port)
        except OSError as error:
            sentence = f"Port {port} cannot be used ({error.strerror}). Choose another with --port."
            raise Stuck(sentence) from error
    try:
        return listen(USUAL_PORT)
    except OSError:
        return listen(0)
