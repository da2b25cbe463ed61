"""Bolt's app, constructed without a call to anybody, and the way in. What it listens to is the counter's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware import Middleware

from bot.domain.answered import Answered
from bot.gateways.slack.addresses import is_slacks
from bot.gateways.slack.border import web_client
from bot.gateways.slack.gateway import SlackGateway

log = structlog.get_logger(__name__)

_TIMEOUT_SECONDS = 10


def make_app(
    slack: SlackGateway,
    *,
    bot_token: str,
    signing_secret: str,
    api_url: str,
    listeners: ThreadPoolExecutor,
) -> App:
    """Construct Bolt's app.

    By its defaults it would ask Slack who it is right here, and once more inside the first
    acknowledgement; whoever opens the program has asked *slack* by then.

    Args:
        slack: knows who we are.
        bot_token: `xoxb-…`.
        signing_secret: `""` in socket mode.
        api_url: the base of the Web API.
        listeners: the threads for its listeners.
    """

    def authorize() -> AuthorizeResult:
        identity = slack.identity()
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team_id,
            bot_id=identity.bot_id,
            bot_user_id=identity.user_id,
            bot_token=bot_token,
        )

    app = App(
        # Without a name it looks for one in the source of whoever called, through every module there is.
        name="mcsync",
        # In socket mode Slack's own connection is the proof, and Bolt still wants a text here.
        signing_secret=signing_secret or "unused in socket mode",
        client=web_client(None, api_url, _TIMEOUT_SECONDS),
        authorize=authorize,
        process_before_response=True,
        listener_executor=listeners,
    )
    app.use(_OnlySlacksAddresses(api_url))
    return app


def ask(app: App, fields: dict[str, Any]) -> Answered:
    """Answer a request that is known to be Slack's.

    Args:
        app: Bolt's.
        fields: the request, read.
    """
    # In this mode Bolt takes a body that is parsed and proven: so it comes by a socket, and so it does here.
    response = app.dispatch(BoltRequest(mode="socket_mode", body=fields))
    return Answered(response.status, response.headers.get("content-type", [""])[0], response.body or "")


class _OnlySlacksAddresses(Middleware):
    """Goes no further with a request that would have us answer to somebody else.

    A class, since Bolt gathers some forty values for every call of a function.
    """

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url

    def process(
        self,
        *,
        req: BoltRequest,
        resp: BoltResponse,
        next: Callable[[], BoltResponse],  # noqa: A002 - Bolt's name
    ) -> BoltResponse:
        """Let a request through or not."""
        address = req.body.get("response_url")
        if address and not is_slacks(str(address), self._api_url):
            log.warning("request.foreign_address")
            return BoltResponse(status=400)
        next()
        return resp
