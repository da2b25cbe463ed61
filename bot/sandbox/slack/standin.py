"""The whole stand-in as one object: the workspace, how it reaches the app, its faults and its call log."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.slack.delivery import Courier, HttpCourier, Outcome, Parcel
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.refusal import Json
from bot.sandbox.slack.workspace import Workspace

BOT_SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "reactions:write",
    "usergroups:read",
    "users:read",
)
APP_SCOPES = ("connections:write",)
_MASKED = "***"


@dataclass(frozen=True, slots=True)
class Installation:
    """How the app is installed in the workspace.

    Attributes:
        bot_token: what the Web API accepts.
        app_token: what `apps.connections.open` accepts.
        signing_secret: signs every request to the app.
        scopes: what the bot token was granted.
        app_scopes: what the app token was granted.
        commands: the slash commands that the app registered.
        mode: "http" or "socket".
        request_url: where signed HTTP goes.
    """

    bot_token: str = "xoxb-sandbox"  # noqa: S105 - the sandbox's own, known to everybody
    app_token: str = "xapp-sandbox"  # noqa: S105 - the same
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 - the same
    scopes: Sequence[str] = BOT_SCOPES
    app_scopes: Sequence[str] = APP_SCOPES
    commands: Sequence[str] = ("/mcsync",)
    mode: str = "http"
    request_url: str | None = None


class CallLog:
    """Every Web API call as one line of JSON, `{"method", "body"}`, tokens masked."""

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
class StandIn:
    """The stand-in while it runs.

    Attributes:
        installation: tokens, scopes, and how the app is reached; replaced as a whole.
        workspace: the state.
        log: the call log.
        faults: what goes wrong next.
        base_url: where the server listens; known once it does.
        last: the last interaction or command that was delivered, for redelivery.
    """

    installation: Installation
    workspace: Workspace
    log: CallLog
    faults: Faults = field(default_factory=Faults)
    base_url: str = ""
    last: tuple[Parcel, Courier] | None = None

    async def deliver(self, parcel: Parcel) -> Outcome:
        """Bring a parcel to the app the configured way."""
        courier = self._courier()
        if courier is None:
            return Outcome(0.0, error="dispatch_failed")
        self.last = (parcel, courier)
        return await courier.deliver(parcel)

    def _courier(self) -> Courier | None:
        """Return the way to the app, or `None` where there is none."""
        if self.installation.request_url is None:
            return None
        return HttpCourier(self.installation.request_url, self.installation.signing_secret)

    def open_socket(self) -> str:
        """Issue a Socket Mode URL."""
        raise NotImplementedError
