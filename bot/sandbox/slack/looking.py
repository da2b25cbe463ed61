"""`GET /_sandbox/...`: what the workspace holds, for people, pages and tests to look at.

`screen` shows everything at once; with `after` and `wait_ms` it comes when something has happened after that
event number, or when so much time is over.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.slack import modals, people
from bot.sandbox.slack.records import Message, View
from bot.sandbox.slack.refusal import Json
from bot.sandbox.slack.standin import StandIn, standin_of
from bot.sandbox.slack.workspace import snapshot

LONGEST_WAIT_MS = 10_000


def _told(standin: StandIn, message: Message) -> Json:
    """Return a message with its edits and, inside of it, its thread."""
    replies = [] if message.is_reply else standin.workspace.replies(message.channel, message.ts)
    return {
        "reactions": [],
        **snapshot(message.body),
        "channel": message.channel,
        "edits": message.edits,
        "thread": [_told(standin, reply) for reply in replies],
    }


def _all_messages(standin: StandIn, wanted: str | None) -> list[Json]:
    """Return the messages of a channel, or of all, oldest first, replies inside of their parents."""
    found = [
        _told(standin, message)
        for channel, messages in standin.workspace.messages.items()
        for message in messages
        if wanted in (None, channel) and message.is_in_channel
    ]
    return sorted(found, key=lambda message: str(message["ts"]))


def _all_ephemerals(standin: StandIn, user: str | None) -> list[Json]:
    """Return what one person, or anybody, was shown alone, oldest first."""
    return [
        {**snapshot(e.body), "user": e.user, "channel": e.channel, "source": e.source, "edits": e.edits}
        for e in standin.workspace.ephemerals
        if user in (None, e.user)
    ]


async def _messages(request: Request) -> Response:
    """List the messages of a channel, or of all, oldest first, replies inside of their parents."""
    standin = standin_of(request)
    with standin.workspace.lock:
        found = _all_messages(standin, request.query_params.get("channel"))
    return JSONResponse({"ok": True, "messages": found})


async def _ephemerals(request: Request) -> Response:
    """List what one person, or anybody, was shown alone, oldest first."""
    standin = standin_of(request)
    with standin.workspace.lock:
        found = _all_ephemerals(standin, request.query_params.get("user"))
    return JSONResponse({"ok": True, "ephemerals": found})


def _view(view: View) -> Json:
    """Return a view with who sees it and the errors at its fields."""
    return {**snapshot(view.body), "user": view.user, "errors": dict(view.errors)}


def _all_views(standin: StandIn, user: str | None) -> Json:
    """Return the open modals, the topmost last, and the Home tab, of one person or of all."""
    workspace = standin.workspace
    users = [user] if user is not None else list(workspace.people)
    open_modals = [_view(view) for one in users for view in modals.stack(workspace, one)]
    homes = {one: _view(workspace.views[view_id]) for one, view_id in workspace.homes.items() if one in users}
    return {"modals": open_modals, "homes": homes}


async def _views(request: Request) -> Response:
    """List the open modals, the topmost last, and the Home tab, of one person or of all."""
    standin = standin_of(request)
    with standin.workspace.lock:
        found = _all_views(standin, request.query_params.get("user"))
    return JSONResponse({"ok": True, **found})


def _cast(standin: StandIn) -> Json:
    """Return the people, channels and groups."""
    workspace = standin.workspace
    cast = [
        {"id": p.id, "name": p.name, "real_name": p.real_name, "locale": p.locale, "zone": p.zone}
        | {"team": p.team, "is_restricted": p.is_restricted, "is_stranger": p.is_stranger}
        | {"deleted": p.deleted}
        for p in workspace.people.values()
        if not p.is_bot
    ]
    channels = [
        {"id": channel.id, "name": channel.name, "members": list(workspace.members[channel.id])}
        | {"is_private": channel.is_private, "is_archived": channel.is_archived}
        for channel in workspace.channels.values()
    ]
    groups = {group: list(users) for group, users in workspace.groups.items()}
    return {"people": cast, "channels": channels, "groups": groups}


async def _people(request: Request) -> Response:
    """List the people, channels and groups."""
    standin = standin_of(request)
    with standin.workspace.lock:
        found = _cast(standin)
    return JSONResponse({"ok": True, **found})


def _screen(request: Request) -> Response:
    """Show everything at once, as soon as there is something new; runs in a thread, since it may wait."""
    standin = standin_of(request)
    after, wait = (request.query_params.get(name, "0") for name in ("after", "wait_ms"))
    if not after.isdecimal() or not wait.isdecimal() or int(wait) > LONGEST_WAIT_MS:
        error = f"after and wait_ms must be whole numbers; wait_ms at most {LONGEST_WAIT_MS}"
        return JSONResponse({"ok": False, "error": error}, 400)
    workspace = standin.workspace
    workspace.wait_for_more(int(after), int(wait) / 1000)
    with workspace.lock:
        shown = {
            "seq": workspace.sequence,
            "messages": _all_messages(standin, None),
            "ephemerals": _all_ephemerals(standin, None),
            **_all_views(standin, None),
            **_cast(standin),
            "handles": {group.id: group.handle for group in people.GROUPS},
            "app": {
                "user": people.BOT_USER,
                "name": "mcsync",
                "has_home": standin.installation.manifest.has_home,
                "hears_mentions": "app_mention" in standin.installation.manifest.events,
            },
            "shortcuts": dict(standin.installation.manifest.message_shortcuts),
        }
    return JSONResponse({"ok": True, **shown})


async def _connections(request: Request) -> Response:
    """List the Socket Mode connections and how the app is reached."""
    standin = standin_of(request)
    found = [{"number": one.number, "is_leaving": one.is_leaving} for one in standin.hub.connections]
    installation = standin.installation
    return JSONResponse(
        {
            "ok": True,
            "connections": found,
            "mode": installation.mode,
            "request_url": installation.request_url,
        }
    )


async def _events(request: Request) -> Response:
    """List what has happened since an event number, oldest first."""
    standin = standin_of(request)
    since = request.query_params.get("since", "0")
    if not since.isdigit():
        return JSONResponse({"ok": False, "error": "since must be a number"}, 400)
    return JSONResponse({"ok": True, "events": standin.workspace.events_since(int(since))})


ROUTES = [
    Route("/_sandbox/connections", _connections),
    Route("/_sandbox/ephemerals", _ephemerals),
    Route("/_sandbox/events", _events),
    Route("/_sandbox/messages", _messages),
    Route("/_sandbox/people", _people),
    Route("/_sandbox/screen", _screen),
    Route("/_sandbox/views", _views),
]
