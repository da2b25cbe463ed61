"""The methods about the app itself: `auth.test`, `api.test`, `apps.connections.open`."""

from bot.sandbox.slack import people
from bot.sandbox.slack.methods.call import Call, Method
from bot.sandbox.slack.refusal import Json


def _auth_test(call: Call) -> Json:
    """Say who the token is."""
    bot = call.workspace.person(people.BOT_USER)
    return {
        "url": f"{call.base_url}/",
        "team": people.TEAM_NAME,
        "user": bot.name,
        "team_id": people.TEAM,
        "user_id": bot.id,
        "bot_id": people.BOT,
        "is_enterprise_install": False,
    }


def _api_test(call: Call) -> Json:
    """Give the arguments back."""
    return {"args": {name: value for name, value in call.arguments.items() if name != "token"}}


def _connections_open(call: Call) -> Json:
    """Issue a Socket Mode URL."""
    return {"url": call.open_socket()}


METHODS = {
    "api.test": Method(_api_test, caller="anybody"),
    "auth.test": Method(_auth_test),
    "apps.connections.open": Method(_connections_open, ("connections:write",), caller="app"),
}
