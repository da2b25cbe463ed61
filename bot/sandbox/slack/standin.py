"""The whole stand-in as one object: the workspace, how it reaches the app, its faults and its call log."""

import asyncio
import json
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from starlette.requests import Request

from bot.sandbox.slack.delivery import Outcome, Parcel, SignedRequest, send, signed_request
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.refusal import Json
from bot.sandbox.slack.sockets import SocketHub
from bot.sandbox.slack.workspace import Workspace

APP_SCOPES = ("connections:write",)
_MASKED = "***"


@dataclass(frozen=True, slots=True)
class Installation:
    """How the app is installed in the workspace.

    Attributes:
        manifest: what the app asked for when it was installed, and what it was granted.
        bot_token: what the Web API accepts.
        app_token: what `apps.connections.open` accepts.
        signing_secret: signs every request to the app.
        app_scopes: what the app token was granted.
        mode: "http" or "socket".
        request_url: where signed HTTP goes; without one nothing reaches the app that way.
        ack_seconds: how long the app may take to acknowledge.
        event_retries: after how many seconds an event that was not acknowledged is sent again.
    """

    manifest: Manifest
    bot_token: str = "xoxb-sandbox"  # noqa: S105 - the sandbox's own, known to everybody
    app_token: str = "xapp-sandbox"  # noqa: S105 - the same
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 - the same
    app_scopes: Sequence[str] = APP_SCOPES
    mode: str = "http"
    request_url: str | None = None
    ack_seconds: float = 3.0
    event_retries: Sequence[float] = (0.0, 60.0, 300.0)

    def __post_init__(self) -> None:
        """Refuse a mode that does not exist."""
        if self.mode not in ("http", "socket"):
            raise ValueError(f'mode is "http" or "socket", not {self.mode!r}')


class CallLog:
    """Everything that the app sends, one line of JSON each: `{"method", "body"}`, tokens masked.

    A line's method is one of the Web API, `response_url`, or `acknowledgement` where the app answered with
    content.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()

    def add(self, method: str, body: Json) -> None:
        """Append one call."""
        if self._path is None:
            return
        kept = {name: _MASKED if name == "token" else value for name, value in body.items()}
        line = json.dumps({"method": method, "body": kept}, ensure_ascii=False)
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


@dataclass(slots=True)
class Delivered:
    """The last command or interaction that went out, so that it can go out once more."""

    parcel: Parcel
    envelope_id: str
    request: SignedRequest


@dataclass(slots=True)
class StandIn:
    """The stand-in while it runs.

    Attributes:
        installation: tokens, scopes, and how the app is reached; replaced as a whole.
        workspace: the state.
        log: the call log.
        faults: what goes wrong next.
        hub: the Socket Mode connections.
        base_url: where the server listens; known once it does.
        last: the last command or interaction.
    """

    installation: Installation
    workspace: Workspace
    log: CallLog
    faults: Faults = field(default_factory=Faults)
    hub: SocketHub = field(default_factory=SocketHub)
    base_url: str = ""
    last: Delivered | None = None
    _retrying: set[asyncio.Task[None]] = field(default_factory=set)

    def open_socket(self) -> str:
        """Issue the URL of one Socket Mode connection."""
        return self.hub.issue_url(self.base_url)

    def reach_app(
        self, *, mode: str | None = None, request_url: str | None = None, patience: float | None = None
    ) -> None:
        """Change how the app is reached, as after a change of its settings at Slack.

        Args:
            mode: "http" or "socket".
            request_url: where signed HTTP goes.
            patience: how long the app may take to acknowledge, seconds; Slack's own are three.
        """
        installation = self.installation
        self.installation = replace(
            installation,
            mode=mode or installation.mode,
            request_url=request_url or installation.request_url,
            ack_seconds=installation.ack_seconds if patience is None else patience,
        )

    async def deliver(self, parcel: Parcel) -> Outcome:
        """Bring a command or an interaction to the app; Slack never retries those."""
        return await self._send(self._addressed(parcel))

    async def deliver_event(self, parcel: Parcel) -> Outcome:
        """Bring an event to the app; without an acknowledgement it comes again, three times at most."""
        outcome = await self._send(self._addressed(parcel), keep=False)
        if outcome.error is not None:
            task = asyncio.create_task(self._retry(parcel, outcome))
            self._retrying.add(task)
            task.add_done_callback(self._retrying.discard)
        return outcome

    async def redeliver(self, *, is_identical: bool) -> Outcome | None:
        """Bring the last command or interaction once more; `None` when there is none.

        Args:
            is_identical: the same headers, or the same envelope id, too; otherwise only the same body.
        """
        if self.last is None:
            return None
        again = self.last if is_identical else self._addressed(self.last.parcel)
        return await self._send(again)

    def _addressed(self, parcel: Parcel) -> Delivered:
        """Return a parcel with a fresh envelope id and a fresh signature."""
        request = signed_request(parcel, self.installation.signing_secret, now=time.time())
        return Delivered(parcel, str(uuid.uuid4()), request)

    async def _send(self, out: Delivered, *, keep: bool = True) -> Outcome:
        """Send something the configured way."""
        if keep:
            self.last = out
        outcome = await self._bring(out)
        if isinstance(outcome.body, dict):
            self.log.add("acknowledgement", {"of": out.parcel.kind, **outcome.body})
        return outcome

    async def _bring(self, out: Delivered) -> Outcome:
        """Bring something to the app over its socket or to its request URL."""
        installation = self.installation
        if installation.mode == "socket":
            return await self.hub.deliver(out.parcel, out.envelope_id, seconds=installation.ack_seconds)
        if not installation.request_url:
            return Outcome(0.0, error="dispatch_failed")
        return await send(installation.request_url, out.request, seconds=installation.ack_seconds)

    async def _retry(self, parcel: Parcel, outcome: Outcome) -> None:
        """Send an event again until it is acknowledged or the retries are used up."""
        for attempt, wait in enumerate(self.installation.event_retries, 1):
            await asyncio.sleep(wait)  # Slack's own pauses between its tries
            reason = "http_timeout" if outcome.error == "operation_timeout" else "http_error"
            again = self._addressed(replace(parcel, retry=attempt, reason=reason))
            outcome = await self._send(again, keep=False)
            if outcome.error is None:
                return


def standin_of(request: Request) -> StandIn:
    """Return the stand-in that serves a request."""
    found: StandIn = request.app.state.standin
    return found
