"""The methods that put a reaction on a message and take it off."""

from bot.sandbox.slack import people
from bot.sandbox.slack.methods.call import Call, Method
from bot.sandbox.slack.records import Message
from bot.sandbox.slack.refusal import Json, SlackRefusal

_KINDS_PER_MESSAGE = 50


def _target(call: Call) -> tuple[Message, str]:
    """Return the message and the emoji's name."""
    name = call.text("name").strip(":")
    if not name or not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise SlackRefusal("invalid_name")
    if not call.text("timestamp"):
        raise SlackRefusal("no_item_specified")
    channel = call.joined_channel()
    return call.workspace.find_message(channel.id, call.text("timestamp")), name


def _add(call: Call) -> Json:
    """Put the app's reaction on a message."""
    message, name = _target(call)
    reactions = message.body.setdefault("reactions", [])
    mine = [r for r in reactions if r["name"] == name]
    if any(people.BOT_USER in reaction["users"] for reaction in mine):
        raise SlackRefusal("already_reacted")
    if not mine and len(reactions) >= _KINDS_PER_MESSAGE:
        raise SlackRefusal("too_many_emoji")
    if not mine:
        mine = [{"name": name, "users": [], "count": 0}]
        reactions.extend(mine)
    mine[0]["users"].append(people.BOT_USER)
    mine[0]["count"] = len(mine[0]["users"])
    call.workspace.record("reaction", channel=message.channel, ts=message.ts)
    return {}


def _remove(call: Call) -> Json:
    """Take the app's reaction off a message."""
    message, name = _target(call)
    reactions = message.body.get("reactions", [])
    for reaction in reactions:
        if reaction["name"] == name and people.BOT_USER in reaction["users"]:
            reaction["users"].remove(people.BOT_USER)
            reaction["count"] = len(reaction["users"])
            message.body["reactions"] = [r for r in reactions if r["users"]]
            call.workspace.record("reaction", channel=message.channel, ts=message.ts)
            return {}
    raise SlackRefusal("no_reaction")


METHODS = {
    "reactions.add": Method(_add, ("reactions:write",)),
    "reactions.remove": Method(_remove, ("reactions:write",)),
}
