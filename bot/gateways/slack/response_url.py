"""Answer by the address that came with a command or a press: `response_url`.

It works where the app is no member of the channel, five times within half an hour
(docs.slack.dev, "Handling user interaction in your Slack apps").
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from slack_sdk.webhook import WebhookClient

from bot.domain.errors import SlackBusy, SlackRefused, SlackUnreachable
from bot.domain.sentence import say
from bot.gateways.slack.border import FOREIGN, is_direct, translate

_METHOD = "response_url"
_WAIT_SECONDS = 30.0


def respond(url: str, body: Mapping[str, Any], *, timeout_seconds: int) -> None:
    """Say *body* once.

    Raises:
        SlackBusy: Slack asks us to wait.
        SlackUnreachable: it may have been shown nevertheless.
        SlackRefused: `expired_url`, or what Slack makes of the body.
    """
    logger = logging.getLogger("bot.gateways.slack.response_url")
    logger.setLevel(logging.CRITICAL)  # at DEBUG it would log the address, which is a key
    client = WebhookClient(url, timeout=timeout_seconds, retry_handlers=[], logger=logger)
    if is_direct(url):
        client.proxy = None
    try:
        answer = client.send_dict(dict(body))
    except FOREIGN as error:
        raise translate(error, _METHOD) from error
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise SlackBusy(
            say("Slack asks us to wait before {method}.", method=_METHOD), retry_after=_WAIT_SECONDS
        )
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SlackUnreachable(
            say("Slack answered {method} with HTTP {status}.", method=_METHOD, status=answer.status_code)
        )
    if answer.status_code == HTTPStatus.NOT_FOUND:
        raise SlackRefused(say("The answer came too late for Slack. Ask again."), code="expired_url")
    if answer.status_code != HTTPStatus.OK:
        refused = say("Slack refused an answer: HTTP {status}.", status=answer.status_code)
        raise SlackRefused(refused, code="invalid_payload")
