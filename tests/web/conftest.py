"""A web server on a real socket, with everything behind it in plain sight."""

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message

import pytest
from standardwebhooks.webhooks import Webhook

from bot.domain.errors import McsyncError
from bot.domain.report import Report
from bot.web import SlackEndpoint, WebServer, build
from bot.web.application import Watching

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBwcm9kdWN0aW9uIHNlcnZlcg=="
NEXT_SECRET = "whsec_dGhlIG5leHQgc2VjcmV0LCB2YWxpZCBhcyB3ZWxsLg=="
NOW = datetime(2026, 11, 23, 5, 0, 10, tzinfo=UTC)


class FixedClock:
    """Machine time stands still; rule time is years away, to show who asks for which."""

    def now(self) -> datetime:
        return NOW + timedelta(days=4000)

    def machine_now(self) -> datetime:
        return NOW


@dataclass
class BehindTheDoor:
    """What the web server was given, and what it handed on."""

    secrets: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"prod": (SECRET, NEXT_SECRET), "closed": (), "odd name": (SECRET,)}
    )
    accepted: dict[str, tuple[str, Report, str]] = field(default_factory=dict)
    health: dict[str, object] = field(default_factory=lambda: {"ok": True, "due": 0})
    needs: dict[str, str] = field(default_factory=lambda: {"store": "ok", "slack": "ok"})
    waited: list[float] = field(default_factory=list)
    error: McsyncError | None = None

    def accept(self, instance: str, key: str, report: Report, body: str) -> bool:
        if self.error is not None:
            raise self.error
        first = key not in self.accepted
        self.accepted.setdefault(key, (instance, report, body))
        return first

    def secrets_of(self, instance: str) -> tuple[str, ...]:
        return self.secrets.get(instance, ())

    def show_health(self) -> Mapping[str, object]:
        if self.error is not None:
            raise self.error
        return self.health


@dataclass(frozen=True)
class Response:
    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        fields: dict[str, object] = json.loads(self.body)
        return fields


class Caller:
    """Sends requests to one server, each over a new connection."""

    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(
        self, method: str, path: str, body: bytes | Iterator[bytes] = b"", **headers: str
    ) -> Response:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named, encode_chunked=not isinstance(body, bytes))
            response = connection.getresponse()
            return Response(response.status, response.headers, response.read())
        finally:
            connection.close()


def report_body(**changes: object) -> bytes:
    fields: dict[str, object] = {
        "id": "delivery-1",
        "workflow": "mcSynch_mcExec1",
        "workflow_id": "4900",
        "activity": "sync",
        "message": "Empty return for method 'Logon' of service 'xtk:session'",
        "logged_at": "2026-11-23T05:00:02Z",
        "log_id": "812345",
    }
    fields.update(changes)
    return json.dumps({name: value for name, value in fields.items() if value != "left out"}).encode()


def signed_headers(
    body: bytes, *, secret: str = SECRET, at: datetime = NOW, message_id: str = "msg_1"
) -> dict[str, str]:
    return {
        "Content_Type": "application/json",
        "Webhook_Id": message_id,
        "Webhook_Timestamp": str(int(at.timestamp())),
        "Webhook_Signature": Webhook(secret).sign(message_id, at, body.decode()),
    }


def bearer_headers(secret: str = SECRET, content_type: str = "application/json") -> dict[str, str]:
    return {"Content_Type": content_type, "Authorization": f"Bearer {secret}"}


@pytest.fixture
def behind() -> BehindTheDoor:
    return BehindTheDoor()


@pytest.fixture
def slack() -> SlackEndpoint | None:
    """Socket Mode, unless a test module says otherwise."""
    return None


@pytest.fixture
def call(behind: BehindTheDoor, slack: SlackEndpoint | None) -> Iterator[Caller]:
    application = build(
        accept=behind.accept,
        secrets_of=behind.secrets_of,
        watching=Watching(
            health=behind.show_health,
            readiness=lambda: behind.needs,
            metrics=lambda: b"mcsync_up 1.0\n",
            metrics_type="text/plain; version=1.0.0; charset=utf-8",
            webhook_acknowledged=behind.waited.append,
        ),
        clock=FixedClock(),
        slack=slack,
    )
    server = WebServer(application, "127.0.0.1", 0, threads=4)
    server.open()
    yield Caller(server.port)
    server.close()
