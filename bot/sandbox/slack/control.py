"""`/_sandbox/...`: act as a person, look at what the workspace holds, break things."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.slack import acting
from bot.sandbox.slack.acting import Impossible, Press
from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.refusal import Json
from bot.sandbox.slack.standin import StandIn
from bot.sandbox.slack.workspace import Message, snapshot


class Unreadable(Exception):
    """The request to a control URL has not the form that it should have."""


class Wish:
    """The JSON body of a control request, read with care."""

    def __init__(self, body: Json) -> None:
        self._body = body

    def text(self, name: str) -> str:
        """Return a text that must be there."""
        value = self._body.get(name)
        if not isinstance(value, str) or not value:
            raise Unreadable(f"{name} must be a text")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a text, or `None` where there is none."""
        value = self._body.get(name)
        if value is not None and not isinstance(value, str):
            raise Unreadable(f"{name} must be a text")
        return value

    def number(self, name: str, default: float) -> float:
        """Return a number of at least 0."""
        value = self._body.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise Unreadable(f"{name} must be a number")
        return value

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - any JSON value
        """Return whatever stands there."""
        return self._body.get(name, default)


Deed = Callable[[StandIn, Wish], Awaitable[Json]]


def _answering(deed: Deed) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that does a deed and says what came of it."""

    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        try:
            body = json.loads(raw) if raw else {}
            if not isinstance(body, dict):
                raise Unreadable("the body must be a JSON object")
            return JSONResponse(await deed(request.app.state.standin, Wish(body)))
        except (ValueError, Unreadable) as error:
            return JSONResponse({"ok": False, "error": str(error)}, 400)
        except Impossible as error:
            return JSONResponse({"ok": False, "error": str(error)})

    return endpoint


async def _command(standin: StandIn, wish: Wish) -> Json:
    """Type a slash command."""
    channel = wish.optional_text("channel") or "C0OPS"
    thread_ts = wish.optional_text("thread_ts")
    return await acting.command(standin, wish.text("user"), channel, wish.text("text"), thread_ts)


async def _press(standin: StandIn, wish: Wish) -> Json:
    """Press a button or choose from a menu."""
    wanted = Press(
        wish.text("ts"), wish.text("action_id"), wish.optional_text("value"), wish.optional_text("block_id")
    )
    return await acting.press(standin, wish.text("user"), wanted)


async def _faults(standin: StandIn, wish: Wish) -> Json:
    """Spoil the next calls."""
    standin.faults.add(
        Fault(
            wish.text("method"),
            wish.text("mode"),
            times=int(wish.number("times", 1)),
            retry_after=int(wish.number("retry_after", 1)),
            seconds=wish.number("seconds", 10.0),
            when=wish.optional_text("when") or "before",
        )
    )
    return {"ok": True}


async def _reset(standin: StandIn, _wish: Wish) -> Json:
    """Begin again."""
    standin.workspace.reset()
    standin.faults.clear()
    standin.last = None
    return {"ok": True}


def _told(standin: StandIn, message: Message) -> Json:
    """Return a message as the control URLs list it, its replies inside."""
    replies = [] if message.is_reply else standin.workspace.replies(message.channel, message.ts)
    return {
        "channel": message.channel,
        "edits": message.edits,
        "thread": [_told(standin, reply) for reply in replies],
        **snapshot(message.body),
    }


async def _messages(request: Request) -> Response:
    """List the messages of a channel, or of all, oldest first, replies inside of their parents."""
    standin: StandIn = request.app.state.standin
    wanted = request.query_params.get("channel")
    with standin.workspace.lock:
        found = [
            _told(standin, message)
            for channel, messages in standin.workspace.messages.items()
            for message in messages
            if wanted in (None, channel) and not message.is_reply
        ]
    return JSONResponse({"ok": True, "messages": sorted(found, key=lambda message: str(message["ts"]))})


async def _ephemerals(request: Request) -> Response:
    """List what one person, or anybody, was shown alone."""
    standin: StandIn = request.app.state.standin
    user = request.query_params.get("user")
    with standin.workspace.lock:
        found = [
            {"user": e.user, "channel": e.channel, "source": e.source, "edits": e.edits, **snapshot(e.body)}
            for e in standin.workspace.ephemerals
            if user in (None, e.user)
        ]
    return JSONResponse({"ok": True, "ephemerals": found})


_DEEDS: dict[str, Deed] = {"command": _command, "press": _press, "faults": _faults, "reset": _reset}
ROUTES = [
    *(Route(f"/_sandbox/{name}", _answering(deed), methods=["POST"]) for name, deed in _DEEDS.items()),
    Route("/_sandbox/messages", _messages),
    Route("/_sandbox/ephemerals", _ephemerals),
]
