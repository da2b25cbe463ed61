"""What reaches the app as an event: a person writes, mentions the app, opens its Home tab."""

from bot.sandbox.slack import payloads, people
from bot.sandbox.slack.acting import Impossible, actor, place, seen
from bot.sandbox.slack.delivery import Outcome, Parcel
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Json, SlackRefusal
from bot.sandbox.slack.standin import StandIn
from bot.sandbox.slack.typing_lines import Line
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
    is_heard = MENTION in line.text and "app_mention" in standin.installation.manifest.events
    if not is_heard or not is_member or where.id.startswith("D"):
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
    if tab == "home" and not standin.installation.manifest.has_home:
        raise Impossible("the app has no Home tab")
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
    """Send any event; one that the app did not subscribe to, or has no scope for, never reaches it."""
    manifest = standin.installation.manifest
    if event["type"] not in manifest.events:
        raise Impossible(f"the app is not subscribed to {event['type']}")
    needed = _SCOPES.get(event["type"])
    if needed is not None and needed not in manifest.scopes:
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


async def change_group(standin: StandIn, group: str, users: list[str], *, is_quiet: bool) -> Json:
    """Change who is in a user group, and tell the app who came and who went if it wants to know.

    Args:
        standin: where.
        group: its id.
        users: ids of all its members from now on.
        is_quiet: the event is lost on its way.
    """
    workspace = standin.workspace
    with workspace.lock:
        before = workspace.groups.get(group)
        if before is None:
            raise Impossible("no such group")
        if not set(users).issubset(workspace.people):
            raise Impossible("no such person")
        workspace.groups[group] = users
        workspace.record("group", id=group)
    added = [user for user in users if user not in before]
    removed = [user for user in before if user not in users]
    is_subscribed = "subteam_members_changed" in standin.installation.manifest.events
    if is_quiet or not is_subscribed or not (added or removed):
        return {"ok": True, "users": users, "delivered": False}
    now = int(workspace.now())
    event: Json = {
        "type": "subteam_members_changed",
        "subteam_id": group,
        "team_id": people.TEAM,
        "date_previous_update": now - 1,
        "date_update": now,
        "added_users": added,
        "added_users_count": str(len(added)),
        "removed_users": removed,
        "removed_users_count": str(len(removed)),
    }
    outcome = await send_event(standin, None, event)
    return {**outcome, "ok": True, "users": users, "delivered": outcome["ok"]}
