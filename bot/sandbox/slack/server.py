"""Starting and stopping the stand-in: `serve` blocks, `SlackServer` runs in a thread for the tests."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from bot.sandbox.listening import LOOPBACK, ToldServer, listen
from bot.sandbox.slack import control, looking
from bot.sandbox.slack.abort import AbortableHttp, AbortableWebSocket
from bot.sandbox.slack.api import answer_call
from bot.sandbox.slack.hooks import answer_hook
from bot.sandbox.slack.manifest import shipped
from bot.sandbox.slack.standin import CallLog, Installation, StandIn
from bot.sandbox.slack.workspace import Workspace

_STOP_SECONDS = 5.0


def build(standin: StandIn) -> Starlette:
    """Return the web application around a stand-in."""

    async def link(socket: WebSocket) -> None:
        await standin.hub.accept(socket)

    routes = [
        Route("/api/{method}", answer_call, methods=["GET", "POST"]),
        Route("/hooks/{path:path}", answer_hook, methods=["POST"]),
        WebSocketRoute("/link/", link),
        *control.ROUTES,
        *looking.ROUTES,
    ]
    app = Starlette(routes=routes)
    app.state.standin = standin
    return app


def _configured(standin: StandIn) -> uvicorn.Config:
    """Return uvicorn's configuration."""
    return uvicorn.Config(
        build(standin),
        http=AbortableHttp,
        ws=AbortableWebSocket,
        lifespan="off",
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


@contextlib.contextmanager
def _prepared(
    installation: Mapping[str, Any], port: int, log: Path | None, seed: int
) -> Iterator[tuple[StandIn, socket.socket]]:
    """Yield a stand-in that knows its address, and the socket for it; the app is installed as it ships."""
    manifest = installation.get("manifest") or shipped()
    installed = Installation(**{**installation, "manifest": manifest})
    standin = StandIn(installed, Workspace(seed=seed), CallLog(log))
    with listen(port) as listener:
        standin.base_url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        yield standin, listener


def serve(
    port: int,
    *,
    log: Path | None = None,
    seed: int = 0,
    ready: Callable[[str], None] | None = None,
    **installation: Any,  # noqa: ANN401 - the fields of Installation
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        port: on loopback; 0 takes any free one.
        log: where each Web API call is appended as one line of JSON.
        seed: of everything random.
        ready: called with the address once it listens.
        installation: the fields of `Installation`, such as `mode`, `request_url`, `signing_secret`; the
            manifest is the project's own unless another one is given.
    """
    with _prepared(installation, port, log, seed) as (standin, listener):
        listening = (lambda: ready(standin.base_url)) if ready else (lambda: None)
        ToldServer(_configured(standin), listening).run(sockets=[listener])


class SlackServer:
    """The stand-in in a thread of its own, as a context manager.

    Takes the arguments of `serve` but for the port, which is any free one.
    """

    def __init__(self, *, log: Path | None = None, seed: int = 0, **installation: Any) -> None:  # noqa: ANN401 - the fields of Installation
        self._arguments = (installation, 0, log, seed)
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Start, and wait until it listens."""
        self._standin, listener = self._stack.enter_context(_prepared(*self._arguments))
        started = threading.Event()
        self._server = ToldServer(_configured(self._standin), started.set)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="slack-stand-in")
        self._thread.start()
        if not started.wait(_STOP_SECONDS):
            raise RuntimeError("The Slack stand-in did not start.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and wait until it has."""
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)
        self._stack.close()

    @property
    def url(self) -> str:
        """Return the address, such as `http://127.0.0.1:4000`."""
        return self._standin.base_url

    @property
    def api_url(self) -> str:
        """Return the base URL for a Web API client, with its slash at the end."""
        return f"{self.url}/api/"

    def reach_app(self, *, mode: str | None = None, request_url: str | None = None) -> None:
        """Change how the app is reached: "http" with its URL, or "socket"."""
        self._standin.reach_app(mode=mode, request_url=request_url)

    @property
    def standin(self) -> StandIn:
        """Return the stand-in itself, for tests that look inside or change how the app is reached."""
        return self._standin
