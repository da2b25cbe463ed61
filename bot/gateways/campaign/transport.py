"""The bounded way to the network: one deadline for the whole request, one limit of size, no redirects.

What the environment says is not asked: no proxy variables, no `.netrc` (it would replace our Authorization
header), no `REQUESTS_CA_BUNDLE`. Certificates are always verified. Every request has a connection of its own,
so that a reset is always about this request and never about an idle connection that was closed already.

One thing stays outside the deadline: the system's name resolution, which Python cannot interrupt.
"""

import http.client
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import requests
import urllib3
from lxml import etree
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from bot.domain.errors import (
    UnreadableAnswer,
)
from bot.domain.sentence import say
from bot.gateways.campaign.answer import Kind, bounded, kind, readable
from bot.gateways.campaign.exchange import current
from bot.gateways.campaign.no_envelope import no_envelope, refuse_redirect

if TYPE_CHECKING:
    import socket

    from _typeshed import WriteableBuffer

    from bot.gateways.campaign.exchange import Exchange

_CONNECT_SECONDS = 5.0
_CHUNK = 64 * 1024


Keep = Callable[[str, str], None]
"""Look at a SOAP answer: what was called, such as `xtk:queryDef#ExecuteQuery`, and the text that came."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, whole and within its limits; zeep reads it by these names.

    Attributes:
        status_code: of HTTP.
        headers: as they came.
        content: the body.
        encoding: of the body, `""` when the server does not say.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str


class _DeadlineReader(io.RawIOBase):
    """Reads a socket, waiting each time only for what is left of the exchange's deadline."""

    def __init__(self, sock: "socket.socket", exchange: "Exchange") -> None:
        self._socket = sock
        self._exchange = exchange
        # Python's own raw reader: it keeps the socket alive after the connection object lets go of it.
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        self._socket.settimeout(self._exchange.remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _DeadlineSocket:
    """What `http.client.HTTPResponse` takes for a socket: it only ever asks for a file to read from."""

    def __init__(self, sock: "socket.socket", exchange: "Exchange") -> None:
        self._socket = sock
        self._exchange = exchange

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineReader(self._socket, self._exchange))


class _Response(http.client.HTTPResponse):
    """An answer whose head and body end at the deadline, however slowly they trickle."""

    def __init__(self, sock: "socket.socket", *, method: str | None = None) -> None:
        super().__init__(cast("socket.socket", _DeadlineSocket(sock, current())), method=method)

    def begin(self) -> None:
        """Read the head; then let the connection close, even if the server would keep it open."""
        super().begin()
        self.will_close = True


class _Connection(HTTPConnection):
    response_class = _Response

    def connect(self) -> None:
        super().connect()
        current().connected = True


class _SecureConnection(HTTPSConnection):
    response_class = _Response

    def connect(self) -> None:
        super().connect()
        current().connected = True


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def _adapter() -> HTTPAdapter:
    """Make requests use connections that know the deadline, and never try twice."""
    adapter = HTTPAdapter(max_retries=0)
    adapter.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return adapter


class Transport:
    """Sends the requests of one gateway; several threads may share it."""

    def __init__(self, *, ca_file: str | None = None, max_bytes: int, keep: Keep | None = None) -> None:
        self._max_bytes = max_bytes
        self._keep = keep
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = ca_file or True
        self._session.headers.clear()
        self._session.headers.update(
            {"User-Agent": "mcsync", "Accept-Encoding": "identity", "Connection": "close"}
        )
        self._session.mount("http://", _adapter())
        self._session.mount("https://", _adapter())

    def close(self) -> None:
        """Let go of sockets."""
        self._session.close()

    def send(
        self, method: str, *, data: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Make the current exchange's request.

        Raises:
            NotSent: the answer is a redirect; `LoginRedirect` where it leads to a login page.
            UnreadableAnswer: the answer is too large, or packed although we asked for plain.
            Exception: whatever requests and urllib3 raise; the border translates it.
        """
        exchange = current()
        with self._session.request(
            method,
            exchange.url,
            data=data,
            headers=dict(headers or {}),
            timeout=(min(_CONNECT_SECONDS, exchange.remaining()), exchange.remaining()),
            allow_redirects=False,
            stream=True,
        ) as response:
            exchange.status = response.status_code
            refuse_redirect(exchange, response.headers.get("Location", ""))
            return Answer(
                response.status_code,
                response.headers,
                self._body(exchange, response),
                response.encoding or "",
            )

    def post_xml(self, address: str, envelope: etree._Element, headers: Mapping[str, str]) -> Answer:
        """Send a SOAP envelope; zeep calls this, and gets an answer that is a SOAP envelope or none at all.

        Raises:
            CampaignError: the answer is anything but an envelope.
        """
        exchange = current()
        assert address == exchange.url, "an exchange is about one address"
        data = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
        answer = self.send("POST", data=data, headers=headers)
        text = readable(answer.content, _charset(answer.headers.get("Content-Type", "")))
        if self._keep is not None:
            self._keep(exchange.what, text)
        found = kind(text)
        if found is not Kind.ENVELOPE:
            raise no_envelope(exchange, found, text)
        bounded(text)
        return Answer(
            answer.status_code,
            # zeep would unpack a multipart answer, or decode by a charset that no longer holds.
            {"Content-Type": "text/xml; charset=utf-8"},
            text.encode("utf-8"),
            "utf-8",
        )

    def _body(self, exchange: "Exchange", response: requests.Response) -> bytes:
        too_large = UnreadableAnswer(
            say(
                "The answer of {host} to {what} is larger than {most} bytes.",
                host=exchange.host,
                what=exchange.what,
                most=self._max_bytes,
            )
        )
        if response.headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
            raise UnreadableAnswer(
                say("The answer of {host} to {what} is packed.", host=exchange.host, what=exchange.what)
            )
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > self._max_bytes:
            raise too_large
        body = bytearray()
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > self._max_bytes:
                raise too_large
        return bytes(body)


@lru_cache(maxsize=32)
def _charset(content_type: str) -> str:
    message = http.client.HTTPMessage()
    message["Content-Type"] = content_type
    return str(message.get_content_charset("") or "")
