"""Breaking a TCP connection off from within the web application, which ASGI itself does not offer."""

import asyncio
import contextlib
import socket
import struct
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

ABORT = "mcsync.abort"
"""The key of a request's scope under which a function breaks its connection off."""


class Broken(Exception):
    """The connection was broken off; there is nobody to answer."""


def reset(transport: asyncio.Transport) -> None:
    """Reset a TCP connection: the other side reads an error, not an end."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _with_abort(protocol: H11Protocol | WebSocketsSansIOProtocol, app: ASGIApp) -> ASGIApp:
    """Return the application with the means to reset the connection of its requests."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(Broken):
            await app({**scope, ABORT: lambda: reset(protocol.transport)}, receive, send)

    return wrapped


class AbortableHttp(H11Protocol):
    """HTTP/1.1 for `uvicorn.Config(http=...)`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on as they come
        super().__init__(*args, **kwargs)
        self.app = _with_abort(self, self.app)


class AbortableWebSocket(WebSocketsSansIOProtocol):
    """WebSockets for `uvicorn.Config(ws=...)`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on as they come
        super().__init__(*args, **kwargs)
        self.app = _with_abort(self, self.app)
