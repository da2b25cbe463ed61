"""Socket Mode: tickets, WebSocket connections, envelopes, acknowledgements, `disconnect` frames."""

import asyncio
import contextlib
import itertools
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from bot.sandbox.slack import people
from bot.sandbox.slack.abort import ABORT
from bot.sandbox.slack.delivery import Outcome, Parcel, milliseconds_since
from bot.sandbox.slack.refusal import Json

MOST_CONNECTIONS = 10
TICKET_SECONDS = 30.0
_HOST = "applink-sandbox"


@dataclass(slots=True, eq=False)
class Connection:
    """One WebSocket of the app.

    Attributes:
        socket: the WebSocket.
        number: counts from 1, for people who look.
        is_leaving: a `disconnect` frame was sent; new envelopes go elsewhere while there is an elsewhere.
        waiting: by envelope id, who waits for its acknowledgement; `None` comes when the connection is lost.
        writing: one frame at a time.
    """

    socket: WebSocket
    number: int
    is_leaving: bool = False
    waiting: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def send(self, frame: Json) -> None:
        """Send one frame."""
        async with self.writing:
            await self.socket.send_text(json.dumps(frame))


class SocketHub:
    """All connections of the app. Lives in the server's event loop; its methods are called nowhere else."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self._tickets: dict[str, float] = {}
        self._numbers = itertools.count(1)
        self._turn = 0

    def issue_url(self, base_url: str) -> str:
        """Return a WebSocket URL that is good for one connection within half a minute."""
        ticket = str(uuid.uuid4())
        self._tickets[ticket] = time.monotonic()
        return f"{base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={people.APP}"

    def _take_ticket(self, ticket: str) -> bool:
        """Use a ticket up; tell whether it was good."""
        issued = self._tickets.pop(ticket, None)
        return issued is not None and time.monotonic() - issued <= TICKET_SECONDS

    async def accept(self, socket: WebSocket) -> None:
        """Serve one connection until it ends."""
        if not self._take_ticket(socket.query_params.get("ticket", "")):
            await socket.close()
            return
        await socket.accept()
        connection = Connection(socket, next(self._numbers))
        if len(self.connections) >= MOST_CONNECTIONS:
            await connection.send(_disconnect("too_many_websockets", connection))
            await socket.close()
            return
        self.connections.append(connection)
        try:
            await connection.send(self._hello(connection))
            while socket.application_state is WebSocketState.CONNECTED:  # until `disconnect` closes it
                _acknowledge(connection, await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self.connections.remove(connection)
            for waiting in connection.waiting.values():
                if not waiting.done():
                    waiting.set_result(None)

    def _hello(self, connection: Connection) -> Json:
        """Return the first frame."""
        debug = _debug(connection) | {"build_number": 1, "approximate_connection_time": 18_060}
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": debug,
            "connection_info": {"app_id": people.APP},
        }

    def _next(self) -> Connection | None:
        """Return the connection whose turn it is."""
        staying = [connection for connection in self.connections if not connection.is_leaving]
        candidates = staying or self.connections
        if not candidates:
            return None
        self._turn += 1
        return candidates[self._turn % len(candidates)]

    async def deliver(self, parcel: Parcel, envelope_id: str, *, seconds: float) -> Outcome:
        """Send one envelope to one connection and wait so many seconds for its acknowledgement."""
        started = time.monotonic()
        connection = self._next()
        if connection is None:
            return Outcome(0.0, error="dispatch_failed")
        acknowledged: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = acknowledged
        try:
            async with asyncio.timeout(seconds):
                await connection.send(_envelope(parcel, envelope_id))
                frame = await acknowledged
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            frame = None
        finally:
            del connection.waiting[envelope_id]
        if frame is None:
            return Outcome(milliseconds_since(started), error="operation_timeout")
        return Outcome(milliseconds_since(started), 200, frame.get("payload") or None)

    async def disconnect(self, reason: str, close_after: float) -> int:
        """Send every connection a `disconnect` frame and close it after so many seconds; returns how many.

        "warning" closes nothing. "drop" sends nothing and breaks the TCP connections off.
        """
        leaving = list(self.connections)
        for connection in leaving:
            if reason == "drop":
                connection.socket.scope[ABORT]()
                continue
            connection.is_leaving = True
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # it is closing by itself
                await connection.send(_disconnect(reason, connection))
        if reason not in ("warning", "drop"):
            await asyncio.sleep(close_after)  # Slack closes so long after it says so
            for connection in leaving:
                with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the same
                    await connection.socket.close()
        return len(leaving)


def _debug(connection: Connection) -> Json:
    """Return what Slack tells about a connection's other end."""
    return {"host": f"{_HOST}-{connection.number}"}


def _disconnect(reason: str, connection: Connection) -> Json:
    """Return a `disconnect` frame."""
    return {"type": "disconnect", "reason": reason, "debug_info": _debug(connection)}


def _envelope(parcel: Parcel, envelope_id: str) -> Json:
    """Return a payload in its envelope."""
    envelope: Json = {
        "envelope_id": envelope_id,
        "type": parcel.kind,
        "accepts_response_payload": parcel.kind != "events_api",
        "payload": parcel.payload,
    }
    if parcel.kind == "events_api":
        envelope |= {"retry_attempt": parcel.retry, "retry_reason": parcel.reason}
    return envelope


def _acknowledge(connection: Connection, text: str) -> None:
    """Give an acknowledgement to whoever waits for it; anything else is ignored, as Slack does."""
    try:
        frame: Any = json.loads(text)
    except ValueError:
        return
    waiting = connection.waiting.get(frame.get("envelope_id", "")) if isinstance(frame, dict) else None
    if waiting is not None and not waiting.done():
        waiting.set_result(frame)
