"""A Web API on loopback that says exactly what a test tells it to, byte by byte if need be."""

import json
import socket
import struct
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

AUTH = {"ok": True, "team_id": "T1", "user_id": "UBOT", "bot_id": "BBOT", "url": "https://t1.slack.test/"}


@dataclass(frozen=True)
class Reply:
    """What the server does with one call.

    Attributes:
        body: sent as it is, or as JSON.
        status: HTTP status.
        headers: further headers.
        delay: seconds before anything is sent.
        cut: how many bytes of the body are held back before hanging up.
        reset: reset the connection instead of answering.
    """

    body: object = field(default_factory=lambda: {"ok": True})
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: int = 0
    reset: bool = False


@dataclass(frozen=True)
class Called:
    method: str
    arguments: dict[str, Any]
    headers: Message


class ScriptedApi:
    """Answers each method with the replies given for it, in order; the last one again and again."""

    def __init__(self) -> None:
        self.replies: dict[str, deque[Reply]] = defaultdict(deque)
        self.calls: list[Called] = []
        self.answer("auth.test", Reply(AUTH))
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
                method = self.path.rpartition("/")[2]
                is_json = self.headers.get_content_type() == "application/json"
                arguments = (json.loads(body) if body else {}) if is_json else dict(parse_qsl(body))
                api.calls.append(Called(method, arguments, self.headers))
                replies = api.replies[method]
                reply = replies.popleft() if len(replies) > 1 else replies[0]
                time.sleep(reply.delay)  # the delay is the purpose
                self.close_connection = True
                if reply.reset:
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.connection.close()
                    return
                content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: len(content) - reply.cut])

            def log_message(self, *_args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_args: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def answer(self, method: str, *replies: Reply) -> None:
        self.replies[method] = deque(replies)

    def called(self, method: str) -> list[dict[str, Any]]:
        return [call.arguments for call in self.calls if call.method == method]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedApi]:
    """A proxy in the environment must not catch what goes to loopback."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    scripted = ScriptedApi()
    yield scripted
    scripted.close()
