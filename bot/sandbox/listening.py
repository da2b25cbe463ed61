"""What the web servers of the sandbox need: a socket on loopback, and a uvicorn that says when it listens."""

import socket
from collections.abc import Callable

import uvicorn

LOOPBACK = "127.0.0.1"


class ToldServer(uvicorn.Server):
    """A uvicorn server that says when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        self._listening()


def listen(port: int) -> socket.socket:
    """Return a socket on loopback; port 0 takes any free one.

    Raises:
        OSError: the port is taken.
    """
    # By its third word asyncio knows that it may send small pieces at once; else each second one waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError:
        listener.close()
        raise
    return listener
