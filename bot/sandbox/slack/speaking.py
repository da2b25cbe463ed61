"""What reaches the app as an event: a person writes, mentions the app, opens its Home tab."""

from bot.sandbox.slack import payloads, people
from bot.sandbox.slack.acting import Impossible, Line, actor, place, seen
from bot.sandbox.slack.delivery import Outcome, Parcel
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Json, SlackRefusal
from bot.sandbox.slack.standin import StandIn
from bot.sandbox.slack.workspace import snapshot

MENTION = f"<@{people.BOT_USER}>"
_SCOPES = {
    "app_mention": "app_mentions:read",
    "member_joined_channel": "channels:read",
    "message": "channels:history",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "user_change": "users:read",
}


async def say(standin: StandIn, line: Line) -> Json:
    """Write a message; one that mentions the app reaches it as `app_mention`."""
    person = actor(standin, line.user)
    where = place(standin, line.user, line.channel)
    content: Json = {"text": line.text}
    if line.thread_ts is not None:
        try:
            parent = standin.workspace.find_message(where.id, line.thread_ts)
        except SlackRefusal:
            raise Impossible("no such thread") from None
        content["thread_ts"] = parent.thread_ts or parent.ts
    message = standin.workspace.add_message(where.id, line.user, content)
    is_member = standin.workspace.is_member(people.BOT_USER, where.id)
    if MENTION not in line.text or not is_member or where.id.startswith("D"):
        return {**seen(Outcome(0.0)), "ts": message.ts, "delivered": False}
    told = {
        key: value
        for key, value in message.body.items()
        if key in ("user", "ts", "text", "thread_ts", "team")
    }
    event = {"type": "app_mention", **told, "channel": where.id, "event_ts": message.ts}
    return {**await send_event(standin, person, event), "ts": message.ts}


async def open_home(standin: StandIn, user: str, tab: str) -> Json:
    """Open the app's Home tab, or its messages; the Home tab comes with the view that was published."""
    person = actor(standin, user)
    workspace = standin.workspace
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": workspace.direct_channel(user),
        "tab": tab,
        "event_ts": workspace.next_ts(),
    }
    home = workspace.homes.get(user)
    if tab == "home" and home is not None:
        event["view"] = snapshot(workspace.views[home].body)
    return await send_event(standin, person, event)


async def send_event(standin: StandIn, person: Person | None, event: Json) -> Json:
    """Send any event; one that the app's scopes do not cover never reaches it."""
    needed = _SCOPES.get(event["type"])
    if needed is not None and needed not in standin.installation.scopes:
        raise Impossible(f"the app is not subscribed: {needed} is missing")
    workspace = standin.workspace
    channel = workspace.channels.get(str(event.get("channel")))
    event.setdefault("event_ts", workspace.next_ts())
    if person is not None and person.is_stranger:
        event |= {"user_team": person.team, "source_team": person.team}
    payload = payloads.event_callback(
        event,
        workspace.new_id("Ev", 10),
        int(workspace.now()),
        is_ext_shared_channel=channel is not None and channel.is_ext_shared,
    )
    return seen(await standin.deliver_event(Parcel("events_api", payload)))
