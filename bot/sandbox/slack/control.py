"""`POST /_sandbox/...`: act as a person, change the workspace, break things.

| URL          | JSON body; `?` marks what may be left out                                                  |
|--------------|--------------------------------------------------------------------------------------------|
| `command`    | `user text channel? thread_ts? unseen?`                                                    |
| `say`        | `user text channel? thread_ts?`; a mention of the app reaches it                           |
| `press`      | `user action_id`, and `ts` or `view_id` or `home`; `value? block_id? confirm? state?`      |
| `submit`     | `user view_id state?`: `{action_id: value}` or `{block_id: {action_id: value}}`            |
| `close`      | `user view_id all?`                                                                        |
| `shortcut`   | `user callback_id ts?`                                                                     |
| `event`      | `type user? tab?`; any other field goes into the event                                     |
| `redeliver`  | `identical?`                                                                               |
| `faults`     | `method mode times? retry_after? seconds? when?`                                           |
| `group`      | `id users quiet?`; `quiet`: the app does not hear of it                                    |
| `channel`    | `id members? archived?`                                                                    |
| `person`     | `id locale? zone? deleted?`                                                                |
| `app`        | `mode? request_url? patience?`: seconds to acknowledge in, and to use a trigger            |
| `blocks`     | `unknown`: types of blocks that this workspace does not have yet, `data_visualization` say |
| `disconnect` | `reason? close_after?`: `refresh_requested`, `warning`, `link_disabled`, `drop`            |
| `reset`      | nothing                                                                                    |

A deed that goes to the app is answered with what the person sees: `ok error status body ms shown`, and as it
fits `ts confirm errors problems delivered`. `"ok": false` tells what a person meets, such as `no such button`
or `operation_timeout`, and comes with status 200; a request that cannot be read is answered with 400.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.slack import acting, speaking, submitting, typing_lines
from bot.sandbox.slack.acting import Impossible, Press
from bot.sandbox.slack.faults import MODES, Fault
from bot.sandbox.slack.refusal import Json
from bot.sandbox.slack.standin import StandIn, standin_of
from bot.sandbox.slack.typing_lines import Line
from bot.sandbox.slack.wish import Unreadable, Wish
from bot.sandbox.slack.workspace import TRIGGER_SECONDS

HOME_CHANNEL = "C0OPS"
_ARCHIVIST = "U0ADA"
"""Where a person is unless the request says otherwise."""
Deed: TypeAlias = Callable[[StandIn, Wish], Awaitable[Json]]


def _line(wish: Wish) -> Line:
    """Return the line that a person types."""
    channel = wish.optional_text("channel") or HOME_CHANNEL
    return Line(
        wish.text("user"),
        channel,
        wish.text("text"),
        wish.optional_text("thread_ts"),
        is_unseen=wish.flag("unseen"),
    )


async def _command(standin: StandIn, wish: Wish) -> Json:
    """Type a slash command."""
    return await typing_lines.command(standin, _line(wish))


async def _say(standin: StandIn, wish: Wish) -> Json:
    """Write a message; a mention of the app reaches it."""
    return await speaking.say(standin, _line(wish))


async def _press(standin: StandIn, wish: Wish) -> Json:
    """Press a button or choose from a menu, in a message, an ephemeral or a view."""
    user, view_id = wish.text("user"), wish.optional_text("view_id")
    if wish.flag("home"):
        view_id = standin.workspace.homes.get(user)
        if view_id is None:
            raise Impossible("no such view")
    state = wish.structure("state")
    if view_id is not None and state:
        submitting.fill(acting.view_on_screen(standin, user, view_id), state, is_older=True)
    wanted = Press(
        user,
        wish.text("action_id"),
        ts=wish.text("ts") if view_id is None else None,
        view_id=view_id,
        value=wish.value("value"),
        block_id=wish.optional_text("block_id"),
        confirms=wish.flag("confirm", default=True),
    )
    return await acting.press(standin, wanted)


async def _submit(standin: StandIn, wish: Wish) -> Json:
    """Fill a modal in and submit it."""
    return await submitting.submit(standin, wish.text("user"), wish.text("view_id"), wish.structure("state"))


async def _close(standin: StandIn, wish: Wish) -> Json:
    """Close a modal, or all of them with `"all": true`."""
    user, view_id = wish.text("user"), wish.text("view_id")
    return await submitting.close(standin, user, view_id, whole_stack=wish.flag("all"))


async def _shortcut(standin: StandIn, wish: Wish) -> Json:
    """Take a shortcut, from a message's menu where `ts` is given."""
    user, callback_id = wish.text("user"), wish.text("callback_id")
    return await acting.shortcut(standin, user, callback_id, wish.optional_text("ts"))


async def _event(standin: StandIn, wish: Wish) -> Json:
    """Send an event: `app_home_opened` of a person, or any other as it is given."""
    kind, user = wish.text("type"), wish.optional_text("user")
    if kind == "app_home_opened":
        return await speaking.open_home(standin, wish.text("user"), wish.choice("tab", "home", "messages"))
    person = acting.actor(standin, user) if user is not None else None
    return await speaking.send_event(standin, person, wish.fields())


async def _redeliver(standin: StandIn, wish: Wish) -> Json:
    """Bring the last command or interaction once more, with a fresh signature unless `identical`."""
    outcome = await standin.redeliver(is_identical=wish.flag("identical"))
    if outcome is None:
        raise Impossible("nothing has been delivered yet")
    return acting.seen(outcome)


async def _faults(standin: StandIn, wish: Wish) -> Json:
    """Spoil the next calls of a method; `times` 0 instead withdraws whatever was ordered, and lists it."""
    if wish.number("times", 1) == 0:
        withdrawn = [asdict(fault) for fault in standin.faults.waiting()]
        standin.faults.clear()
        return {"ok": True, "waiting": 0, "withdrawn": withdrawn}
    mode = wish.text("mode")
    if mode not in MODES and not mode.startswith("error:"):
        raise Unreadable(f"mode must be one of: {', '.join(MODES)}, error:<code>")
    fault = Fault(
        wish.text("method"),
        mode,
        times=int(wish.number("times", 1)),
        retry_after=int(wish.number("retry_after", 1)),
        seconds=wish.number("seconds", 10.0),
        when=wish.choice("when", "before", "after"),
    )
    standin.faults.add(fault)
    return {"ok": True, "waiting": len(standin.faults.waiting())}


async def _group(standin: StandIn, wish: Wish) -> Json:
    """Change who is in a user group; the app hears of it unless `quiet`."""
    group, users = wish.text("id"), wish.texts("users")
    return await speaking.change_group(standin, group, users, is_quiet=wish.flag("quiet"))


async def _channel(standin: StandIn, wish: Wish) -> Json:
    """Change who is in a channel, the app included, or archive it."""
    channel = wish.text("id")
    with standin.workspace.lock:
        if channel not in standin.workspace.channels:
            raise Impossible("no such channel")
        if wish.value("members") is not None:
            standin.workspace.members[channel] = wish.texts("members")
        was_archived = standin.workspace.channels[channel].is_archived
        is_archived = wish.flag("archived", default=was_archived)
        if is_archived != was_archived:
            # Slack says it in the channel itself; while it is archived, that is the last message.
            content = {
                "subtype": "channel_archive" if is_archived else "channel_unarchive",
                "text": f"<@{_ARCHIVIST}> {'archived' if is_archived else 'un-archived'} the channel",
            }
            standin.workspace.add_message(channel, _ARCHIVIST, content)
        standin.workspace.channels[channel] = replace(
            standin.workspace.channels[channel], is_archived=is_archived
        )
        standin.workspace.record("channel", id=channel)
        return {"ok": True, "members": list(standin.workspace.members[channel]), "archived": is_archived}


async def _person(standin: StandIn, wish: Wish) -> Json:
    """Change a person's locale or time zone, or deactivate them."""
    user = wish.text("id")
    with standin.workspace.lock:
        person = standin.workspace.people.get(user)
        if person is None:
            raise Impossible("no such person")
        standin.workspace.people[user] = replace(
            person,
            locale=wish.optional_text("locale") or person.locale,
            zone=wish.optional_text("zone") or person.zone,
            deleted=wish.flag("deleted", default=person.deleted),
        )
        standin.workspace.record("person", id=user)
    return {"ok": True}


async def _app(standin: StandIn, wish: Wish) -> Json:
    """Change how the app is reached, and how long it may take."""
    patience = wish.number("patience", standin.installation.ack_seconds)
    standin.workspace.trigger_seconds = max(TRIGGER_SECONDS, patience)
    mode = wish.choice("mode", standin.installation.mode, "http", "socket")
    standin.reach_app(mode=mode, request_url=wish.optional_text("request_url"), patience=patience)
    return {"ok": True, "mode": mode, "request_url": standin.installation.request_url}


async def _blocks(standin: StandIn, wish: Wish) -> Json:
    """Set which types of blocks the workspace does not have yet; they are refused with `invalid_blocks`."""
    standin.workspace.unknown_blocks = frozenset(wish.texts("unknown"))
    return {"ok": True, "unknown": sorted(standin.workspace.unknown_blocks)}


async def _disconnect(standin: StandIn, wish: Wish) -> Json:
    """Send every Socket Mode connection a `disconnect` frame, or drop it without a word."""
    reason = wish.choice("reason", "refresh_requested", "warning", "link_disabled", "drop")
    count = await standin.hub.disconnect(reason, wish.number("close_after", 0.5))
    return {"ok": True, "connections": count}


async def _reset(standin: StandIn, _wish: Wish) -> Json:
    """Begin again: no messages, no faults. Socket Mode connections stay."""
    standin.workspace.reset()
    standin.faults.clear()
    standin.last = None
    return {"ok": True}


def _answering(deed: Deed) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that does a deed and says what came of it."""

    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        try:
            wish = Wish(json.loads(raw) if raw else {})
            return JSONResponse(await deed(standin_of(request), wish))
        except (ValueError, Unreadable) as error:
            return JSONResponse({"ok": False, "error": str(error)}, 400)
        except Impossible as error:
            return JSONResponse({"ok": False, "error": str(error)})

    return endpoint


DEEDS: dict[str, Deed] = {
    "app": _app,
    "blocks": _blocks,
    "channel": _channel,
    "close": _close,
    "command": _command,
    "disconnect": _disconnect,
    "event": _event,
    "faults": _faults,
    "group": _group,
    "person": _person,
    "press": _press,
    "redeliver": _redeliver,
    "reset": _reset,
    "say": _say,
    "shortcut": _shortcut,
    "submit": _submit,
}
ROUTES = [Route(f"/_sandbox/{name}", _answering(deed), methods=["POST"]) for name, deed in DEEDS.items()]
