"""A Socket Mode server on loopback, on raw sockets, so that a test can misbehave byte by byte."""

import base64
import contextlib
import hashlib
import json
import socket
import struct
import threading
import time
from typing import Any

from tests.waiting import until

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
_ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """One frame from a server: final, not masked."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, size)
    elif size < 65536:
        head = struct.pack("!BBH", 0x80 | opcode, 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 127, size)
    return head + payload


def command(text: str, envelope_id: str = "e1", **more: object) -> bytes:
    """An envelope with a slash command."""
    payload = {"command": "/mcsync", "text": text, "team_id": "T1", "user_id": "U1", **more}
    payload = {"channel_id": "C1", "trigger_id": "1.2", **payload}
    return envelope("slash_commands", payload, envelope_id)


def envelope(kind: str, payload: object, envelope_id: str = "e1") -> bytes:
    """An envelope with anything."""
    fields = {
        "type": kind,
        "envelope_id": envelope_id,
        "payload": payload,
        "accepts_response_payload": True,
    }
    return frame(json.dumps(fields).encode())


class Line:
    """One WebSocket connection, from the server's side.

    Attributes:
        answers: what the client has sent as text, parsed.
        pings: how many pings came.
        pongs: the payloads of the pongs that came.
        closed: whether the client has hung up.
    """

    def __init__(self, connection: socket.socket, *, ponging: bool) -> None:
        self.connection = connection
        self.ponging = ponging
        self.answers: list[dict[str, Any]] = []
        self.pings = 0
        self.pongs: list[bytes] = []
        self.closed = threading.Event()
        self._lock = threading.Lock()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def send(self, *parts: bytes, pause: float = 0.0) -> None:
        """Send *parts* with pauses between them; nothing else comes in between, no pong either."""
        with self._lock:
            for number, part in enumerate(parts):
                time.sleep(pause if number else 0)  # pauses within a frame are the purpose
                self.connection.sendall(part)

    def drop(self) -> None:
        """Hang up without a word; the other side may have done so in this moment."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            chunk = self.connection.recv(size - len(data))
            if not chunk:
                raise ConnectionError("hung up")
            data += chunk
        return data

    def _read(self) -> None:
        try:
            while True:
                first, second = self._exactly(2)
                size = second & 0x7F
                if size == 126:
                    (size,) = struct.unpack("!H", self._exactly(2))
                elif size == 127:
                    (size,) = struct.unpack("!Q", self._exactly(8))
                mask = self._exactly(4)
                payload = bytes(byte ^ mask[place % 4] for place, byte in enumerate(self._exactly(size)))
                self._take(first & 0x0F, payload)
        except OSError:
            self.closed.set()
            self.connection.close()

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self.answers.append(json.loads(payload))
        elif opcode == PING:
            self.pings += 1
            if self.ponging:
                self.send(frame(payload, PONG))
        elif opcode == PONG:
            self.pongs.append(payload)


class SlackSocket:
    """Where `apps.connections.open` sends a client.

    Attributes:
        lines: every connection that was opened, in order.
        ponging: whether new lines answer pings.
        status: what the handshake answers; anything but 101 is a refusal.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.ponging = True
        self.status = 101
        self.listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.listening.getsockname()[1]}/link/?ticket=1"

    def line(self, number: int) -> Line:
        """Wait for a connection: the client is through the handshake a little before we are."""
        until(lambda: len(self.lines) > number)
        return self.lines[number]

    def live(self) -> list[Line]:
        return [line for line in self.lines if not line.closed.is_set()]

    def close(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self._thread.join()
        for line in self.lines:
            if not line.closed.is_set():
                line.drop()
            line.thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self._handshake(connection)

    def _handshake(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(4096)
        if self.status != 101:
            connection.sendall(b"HTTP/1.1 %d No\r\n\r\n" % self.status)
            connection.close()
            return
        key = request.lower().partition(b"sec-websocket-key:")[0]
        value = request[len(key) :].split(b"\r\n")[0].partition(b":")[2].strip().decode()
        accept = base64.b64encode(hashlib.sha1(f"{value}{_ACCEPT}".encode()).digest())  # noqa: S324 - RFC 6455
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n" + frame(b'{"type":"hello"}')
        )
        self.lines.append(Line(connection, ponging=self.ponging))
