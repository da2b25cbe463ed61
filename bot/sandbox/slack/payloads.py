"""The payloads that Slack sends to an app, built from the workspace's state. Pure: nothing is sent here."""

from dataclasses import dataclass

from bot.sandbox.slack import people
from bot.sandbox.slack.people import Channel, Person
from bot.sandbox.slack.refusal import Json

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - the deprecated token, which secures nothing


@dataclass(frozen=True, slots=True)
class Deed:
    """What every payload says about a person's deed.

    Attributes:
        person: who did it.
        trigger_id: for opening a view.
        ts: when, as a Slack time stamp.
    """

    person: Person
    trigger_id: str
    ts: str


def _envelope(kind: str, deed: Deed) -> Json:
    """Return what all interaction payloads share.

    For a person of another company, team and user name that company's workspace.
    """
    person = deed.person
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team},
        "api_app_id": people.APP,
        "token": VERIFICATION_TOKEN,
        "team": {"id": person.team, "domain": person.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": deed.trigger_id,
    }


def _channel(channel: Channel) -> Json:
    """Return a channel as interaction payloads name it."""
    return {"id": channel.id, "name": "directmessage" if channel.id.startswith("D") else channel.name}


def slash_command(deed: Deed, channel: Channel, command: str, text: str, response_url: str) -> Json:
    """Return the form fields of a slash command."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": people.TEAM,
        "team_domain": people.TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": _channel(channel)["name"],
        "user_id": deed.person.id,
        "user_name": deed.person.name,
        "command": command,
        "text": text,
        "api_app_id": people.APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": deed.trigger_id,
    }


def message_actions(
    deed: Deed,
    channel: Channel,
    message: Json,
    action: Json,
    *,
    state: Json,
    response_url: str,
    is_ephemeral: bool,
) -> Json:
    """Return the payload of a press in a message; an ephemeral message is not repeated in it."""
    container: Json = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel.id,
        "is_ephemeral": is_ephemeral,
    }
    if "thread_ts" in message:
        container["thread_ts"] = message["thread_ts"]
    payload = _envelope("block_actions", deed) | {
        "container": container,
        "channel": _channel(channel),
        "state": {"values": state},
        "response_url": response_url,
        "actions": [action],
    }
    if not is_ephemeral:
        payload["message"] = message
    return payload


def view_actions(deed: Deed, view: Json, action: Json) -> Json:
    """Return the payload of a press inside a modal or the Home tab."""
    return _envelope("block_actions", deed) | {
        "container": {"type": "view", "view_id": view["id"]},
        "view": view,
        "actions": [action],
    }


def view_submission(deed: Deed, view: Json) -> Json:
    """Return the payload of a submitted modal."""
    return _envelope("view_submission", deed) | {"view": view, "response_urls": []}


def view_closed(deed: Deed, view: Json, *, is_cleared: bool) -> Json:
    """Return the payload of a modal that the person closed."""
    payload = _envelope("view_closed", deed) | {"view": view, "is_cleared": is_cleared}
    del payload["trigger_id"]
    return payload


def message_shortcut(
    deed: Deed, channel: Channel, message: Json, callback_id: str, response_url: str
) -> Json:
    """Return the payload of a shortcut taken from a message's menu."""
    return _envelope("message_action", deed) | {
        "callback_id": callback_id,
        "action_ts": deed.ts,
        "message_ts": message["ts"],
        "message": message,
        "channel": _channel(channel),
        "response_url": response_url,
    }


def global_shortcut(deed: Deed, callback_id: str) -> Json:
    """Return the payload of a shortcut taken from the lightning menu."""
    return _envelope("shortcut", deed) | {"callback_id": callback_id, "action_ts": deed.ts}


def event_callback(event: Json, event_id: str, event_time: int, *, is_ext_shared_channel: bool) -> Json:
    """Return the outer payload of the Events API around an event."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": people.TEAM,
        "context_team_id": people.TEAM,
        "context_enterprise_id": None,
        "api_app_id": people.APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": people.TEAM,
                "user_id": people.BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": is_ext_shared_channel,
        "event_context": f"4-{event_id}",
    }
