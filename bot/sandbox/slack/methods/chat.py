"""The methods that post, change and delete messages."""

import json

from bot.sandbox.slack import people
from bot.sandbox.slack.blocks import with_ids
from bot.sandbox.slack.limits import LIMITS, attachment_problems, problems, text_is_too_long
from bot.sandbox.slack.methods.call import Call, Method
from bot.sandbox.slack.people import Channel
from bot.sandbox.slack.records import Message
from bot.sandbox.slack.refusal import Json, SlackRefusal, refusal_with_messages
from bot.sandbox.slack.workspace import snapshot

_METADATA_BYTES = 8_000


def _blocks(call: Call) -> list[Json] | None:
    """Return the call's blocks with every id filled in; `None` where none are given.

    Raises:
        SlackRefusal: `invalid_blocks_format`, `invalid_blocks` with Slack's messages, `msg_blocks_too_long`.
    """
    blocks = call.structure("blocks", "invalid_blocks_format")
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise SlackRefusal("invalid_blocks_format")
    found = problems(blocks, "message", call.workspace.unknown_blocks)
    if found:
        raise refusal_with_messages("invalid_blocks", found)
    if text_is_too_long(blocks):
        raise SlackRefusal("msg_blocks_too_long")
    return with_ids(blocks, call.workspace)


def _attachments(call: Call) -> list[Json] | None:
    """Return the call's attachments, ids filled in; refuse with `invalid_attachments`."""
    attachments = call.structure("attachments", "invalid_attachments")
    if attachments is None:
        return None
    found = attachment_problems(attachments)
    if found:
        raise refusal_with_messages("invalid_attachments", found)
    filled: list[Json] = snapshot(attachments)
    for number, attachment in enumerate(filled, 1):
        attachment["id"] = number
        if "blocks" in attachment:
            attachment["blocks"] = with_ids(attachment["blocks"], call.workspace)
    return filled


def _metadata(call: Call) -> Json | None:
    """Return message metadata, or `None`; refuse another shape than `event_type` with `event_payload`."""
    metadata = call.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if metadata == {}:
        return {}
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackRefusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        raise SlackRefusal("invalid_metadata_format")
    if len(json.dumps(metadata)) > _METADATA_BYTES:
        raise SlackRefusal("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


def _text(call: Call) -> str:
    """Return the call's text, cut where Slack cuts it."""
    return call.text("text")[: LIMITS["message.text.max_length"]]


def _content(call: Call) -> Json:
    """Return text, blocks and attachments of a new message; refuse an empty one with `no_text`."""
    blocks = _blocks(call)
    attachments = _attachments(call)
    text = _text(call)
    if not text and not blocks and not attachments:
        raise SlackRefusal("no_text")
    content: Json = {"text": text}
    if blocks:
        content["blocks"] = blocks
    if attachments:
        content["attachments"] = attachments
    return content


def _thread(call: Call, channel: Channel) -> Json:
    """Return what makes a message a reply, in the parent's thread; `reply_broadcast` shows it outside too."""
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return {}
    try:
        parent = call.workspace.find_message(channel.id, thread_ts)
    except SlackRefusal:
        raise SlackRefusal("thread_not_found") from None
    thread: Json = {"thread_ts": parent.thread_ts or parent.ts}
    return thread | ({"subtype": "thread_broadcast"} if call.flag("reply_broadcast") else {})


def _target(call: Call) -> Channel:
    """Return where to post: a channel of the app, or the direct message with a user."""
    target = call.text("channel")
    if target in call.workspace.people:
        return call.workspace.channels[call.workspace.direct_channel(target)]
    if target.startswith("#"):
        named = [channel for channel in call.workspace.channels.values() if f"#{channel.name}" == target]
        target = named[0].id if named else target
    found = call.workspace.channels.get(target)
    if found is None or (found.is_private and not call.workspace.is_member(people.BOT_USER, found.id)):
        raise SlackRefusal("channel_not_found")
    may_post = call.workspace.is_member(people.BOT_USER, found.id) or "chat:write.public" in call.scopes
    if not may_post:
        raise SlackRefusal("not_in_channel")
    if found.is_archived:
        raise SlackRefusal("is_archived")
    return found


def _post_message(call: Call) -> Json:
    """Post a message."""
    channel = _target(call)
    content = _content(call) | _thread(call, channel)
    metadata = _metadata(call)
    if metadata:
        content["metadata"] = metadata
    message = call.workspace.add_message(channel.id, people.BOT_USER, content)
    return {"channel": channel.id, "ts": message.ts, "message": snapshot(message.body)}


def _own_message(call: Call, refused: str) -> Message:
    """Return the app's own message that the call is about; refuse anybody else's."""
    channel = call.channel()
    message = call.workspace.find_message(channel.id, call.required("ts"))
    if message.body.get("bot_id") != people.BOT:
        raise SlackRefusal(refused)
    return message


def _update(call: Call) -> Json:
    """Change a message: text without blocks takes the old blocks away, blocks alone keep the old text."""
    message = _own_message(call, "cant_update_message")
    blocks = _blocks(call)
    text_given = "text" in call.arguments
    attachments = _attachments(call)
    if not text_given and blocks is None and attachments is None:
        raise SlackRefusal("no_text")
    content: Json = {}
    if text_given:
        content["text"] = _text(call)
    if attachments is not None:
        content["attachments"] = attachments
    if blocks is not None or text_given:
        content["blocks"] = blocks or []
    if text_given and not content["text"] and not blocks and not attachments:
        raise SlackRefusal("no_text")
    metadata = _metadata(call)
    if metadata is not None:
        content["metadata"] = metadata
    call.workspace.edit_message(message, content, people.BOT_USER)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.body["text"],
        "message": snapshot(message.body),
    }


def _post_ephemeral(call: Call) -> Json:
    """Show a message to one member of a channel."""
    channel = call.joined_channel()
    user = call.required("user")
    content = _content(call) | _thread(call, channel)
    if not call.workspace.is_member(user, channel.id):
        raise SlackRefusal("user_not_in_channel")
    shown = call.workspace.add_ephemeral(user, channel.id, content, "chat.postEphemeral")
    return {"message_ts": shown.body["ts"]}


def _delete(call: Call) -> Json:
    """Delete a message of the app."""
    message = _own_message(call, "cant_delete_message")
    call.workspace.delete_message(message)
    return {"channel": message.channel, "ts": message.ts}


def _permalink(call: Call) -> Json:
    """Return the address of a message."""
    channel = call.channel()
    message = call.workspace.find_message(channel.id, call.required("message_ts"))
    link = f"{call.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


_WRITE = ("chat:write",)
METHODS = {
    "chat.postMessage": Method(_post_message, _WRITE),
    "chat.update": Method(_update, _WRITE),
    "chat.postEphemeral": Method(_post_ephemeral, _WRITE),
    "chat.delete": Method(_delete, _WRITE),
    "chat.getPermalink": Method(_permalink),
}
