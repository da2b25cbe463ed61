"""The methods that read channels."""

from bot.sandbox.slack import people
from bot.sandbox.slack.methods.call import Call, Method, scope_of
from bot.sandbox.slack.people import Channel
from bot.sandbox.slack.records import Message
from bot.sandbox.slack.refusal import Json, SlackRefusal
from bot.sandbox.slack.workspace import snapshot

_MOST = 999
_USUAL = 100


def _readable_channel(call: Call, right: str) -> Channel:
    """Return the channel of the call once the token may read it."""
    channel = call.channel()
    call.require_scope(scope_of(channel, right))
    return channel


def _seen(message: Message, *, with_metadata: bool) -> Json:
    """Return a message as the history gives it."""
    body: Json = snapshot(message.body)
    if not with_metadata:
        body.pop("metadata", None)
    return body


def _page(call: Call, messages: list[Message]) -> Json:
    """Return one page of messages in the order given, with the cursor of the next page."""
    limit = min(max(call.number("limit", _USUAL), 1), _MOST)
    cursor = call.text("cursor")
    start = 0
    if cursor:
        prefix, _, rest = cursor.partition(":")
        if prefix != "next" or not rest.isdigit():
            raise SlackRefusal("invalid_cursor")
        start = int(rest)
    with_metadata = call.flag("include_all_metadata")
    found = [_seen(message, with_metadata=with_metadata) for message in messages[start : start + limit]]
    has_more = start + limit < len(messages)
    page: Json = {"messages": found, "has_more": has_more}
    if has_more:
        page["response_metadata"] = {"next_cursor": f"next:{start + limit}"}
    return page


def _between(call: Call, messages: list[Message]) -> list[Message]:
    """Return the messages between `oldest` and `latest`, those ends included only when `inclusive`."""
    try:
        oldest = float(call.text("oldest") or 0)
        latest = float(call.text("latest") or "inf")
    except ValueError:
        raise SlackRefusal("invalid_ts_oldest") from None
    if call.flag("inclusive"):
        return [m for m in messages if oldest <= float(m.ts) <= latest]
    return [m for m in messages if oldest < float(m.ts) < latest]


def _history(call: Call) -> Json:
    """Return a channel's messages, newest first, replies in threads left out."""
    channel = _readable_channel(call, "history")
    if not call.workspace.is_member(people.BOT_USER, channel.id):
        raise SlackRefusal("not_in_channel")
    top_level = [message for message in call.workspace.messages[channel.id] if message.is_in_channel]
    return {**_page(call, _between(call, top_level)[::-1]), "pin_count": 0}


def _replies(call: Call) -> Json:
    """Return a thread: its parent, then the replies, oldest first."""
    channel = _readable_channel(call, "history")
    if not call.workspace.is_member(people.BOT_USER, channel.id):
        raise SlackRefusal("not_in_channel")
    try:
        message = call.workspace.find_message(channel.id, call.required("ts"))
    except SlackRefusal as refusal:
        code = "thread_not_found" if refusal.code == "message_not_found" else refusal.code
        raise SlackRefusal(code, refusal.fields) from None
    if message.is_reply:
        return _page(call, [message])
    replies = _between(call, call.workspace.replies(channel.id, message.ts))
    return _page(call, [message, *replies])


def _info(call: Call) -> Json:
    """Describe a channel."""
    channel = _readable_channel(call, "read")
    is_direct = channel.id.startswith("D")
    about: Json = {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private and not is_direct,
        "is_im": is_direct,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_member": call.workspace.is_member(people.BOT_USER, channel.id),
        "context_team_id": people.TEAM,
    }
    if channel.is_ext_shared:
        about["connected_team_ids"] = [people.OTHER_TEAM]
    if call.flag("include_num_members"):
        about["num_members"] = len(call.workspace.members[channel.id])
    return {"channel": about}


def _members(call: Call) -> Json:
    """List the ids of a channel's members."""
    channel = _readable_channel(call, "read")
    return {"members": list(call.workspace.members[channel.id]), "response_metadata": {"next_cursor": ""}}


def _open(call: Call) -> Json:
    """Open the app's direct message with one person."""
    users = [user for user in call.text("users").split(",") if user]
    if len(users) != 1:
        raise SlackRefusal("users_list_not_supplied" if not users else "too_many_users")
    return {"channel": {"id": call.workspace.direct_channel(users[0])}}


METHODS = {
    "conversations.history": Method(_history),
    "conversations.replies": Method(_replies),
    "conversations.info": Method(_info),
    "conversations.members": Method(_members),
    "conversations.open": Method(_open, ("im:write",)),
}
