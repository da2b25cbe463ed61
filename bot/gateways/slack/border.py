"""The one place where a Web API method is called, and where whatever comes out becomes an error of ours.

slack_sdk lets through its own errors, those of urllib, http.client, socket and ssl, and a few of its mistakes
(an `AttributeError` for an answer that is JSON but no object). All of them end here.
"""

import logging
import math
import re
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.domain.errors import SlackBusy, SlackError, SlackRefused, SlackUnreachable
from bot.domain.sentence import joined, say

FOREIGN = (
    SlackClientError,
    OSError,  # urllib, socket and ssl
    HTTPException,
    ValueError,  # a body in another encoding than it says
    LookupError,  # an encoding that does not exist
    AttributeError,  # JSON that is no object
    RecursionError,  # JSON nested beyond reading
)
"""Everything that `WebClient.api_call` can raise."""

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_BUSY = frozenset({"ratelimited", "rate_limited"})
_SLACKS_OWN_FAULT = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Codes after which Slack may have done what was asked or not (docs.slack.dev, chat.postMessage)."""

_USUAL_WAIT_SECONDS = 30.0
_LONGEST_WAIT_SECONDS = 3600.0
_MOST_DETAILS = 3

_REMEDIES = {
    "not_in_channel": say("Invite the app to the channel: /invite @mcsync."),
    "channel_not_found": say(
        "Check `slack.channel` in mcsync.toml, and invite the app to a private channel."
    ),
    "is_archived": say("The channel is archived: choose another one in `slack.channel`."),
    "missing_scope": say("Give the app this scope and install it again."),
    "invalid_auth": say("Check the token."),
    "not_authed": say("Check the token."),
    "account_inactive": say("The app was removed from the workspace: install it again."),
    "token_revoked": say("Install the app again and set its new token."),
    "token_expired": say("Install the app again and set its new token."),
    "not_allowed_token_type": say(
        "The Web API wants the bot token (xoxb-…), the socket the app token (xapp-…)."
    ),
    "user_not_in_channel": say("The person is not in the channel."),
    "user_not_found": say("There is no such person in this workspace."),
    "no_such_subteam": say("Check the user group ids in mcsync.toml."),
}


def web_client(token: str | None, api_url: str, timeout_seconds: int) -> WebClient:
    """Make a client of the Web API that neither retries by itself nor logs what it sends.

    Its own messages repeat our errors, and at DEBUG they would hold tokens and cards.
    """
    logger = logging.getLogger("bot.gateways.slack.web_client")
    logger.setLevel(logging.CRITICAL)
    client = WebClient(token, base_url=api_url, timeout=timeout_seconds, retry_handlers=[], logger=logger)
    if is_direct(api_url):
        # slack_sdk takes `HTTPS_PROXY` and never looks at `NO_PROXY`.
        client.proxy = None
    return client


def call(
    client: WebClient,
    method: str,
    *,
    json: Mapping[str, Any] | None = None,
    params: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Call a Web API method once.

    Args:
        client: of `web_client`.
        method: such as `chat.postMessage`.
        json: the arguments of a method that takes JSON.
        params: the arguments of one that takes a form.

    Returns:
        The answer, whose `ok` is true.

    Raises:
        SlackError: and nothing else.
    """
    return call_with_headers(client, method, json=json, params=params)[0]


def call_with_headers(
    client: WebClient,
    method: str,
    *,
    json: Mapping[str, Any] | None = None,
    params: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Call a Web API method once, as `call` does; return the answer and its headers by their small names."""
    try:
        response = client.api_call(
            method,
            json=None if json is None else dict(json),
            params=None if params is None else dict(params),
        )
    except FOREIGN as error:
        raise translate(error, method) from error
    if not isinstance(response.data, dict):
        raise unreadable(method)
    return response.data, {name.lower(): value for name, value in response.headers.items()}


def translate(error: Exception, method: str) -> SlackError:
    """Tell what a foreign error means for the call of *method*."""
    if isinstance(error, SlackApiError) and isinstance(error.response, SlackResponse):
        return _refused(error.response, method)
    if isinstance(error, (SlackClientError, OSError, HTTPException)):
        reason = getattr(error, "reason", None) or error
        return SlackUnreachable(
            say(
                "Slack could not be reached for {method}: {reason}.",
                method=method,
                reason=str(reason) or type(error).__name__,
            )
        )
    return unreadable(method)


def unreadable(method: str) -> SlackUnreachable:
    """Make the error for an answer that is not what *method* answers."""
    return SlackUnreachable(say("Slack's answer to {method} could not be read.", method=method))


def timed_out(error: SlackError) -> bool:
    """Tell whether *error* took the whole time-out, so that trying again at once would take it once more."""
    cause = error.__cause__
    return isinstance(cause, TimeoutError) or isinstance(getattr(cause, "reason", None), TimeoutError)


def _refused(response: SlackResponse, method: str) -> SlackError:
    answer = response.data if isinstance(response.data, dict) else {}
    error = answer.get("error")
    code = error if isinstance(error, str) and _CODE.fullmatch(error) else ""
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or code in _BUSY:
        wait = _retry_after(response.headers)
        sentence = say(
            "Slack asks us to wait {seconds} s before {method}.", seconds=f"{wait:.0f}", method=method
        )
        return SlackBusy(sentence, retry_after=wait)
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return SlackUnreachable(
            say("Slack answered {method} with HTTP {status}.", method=method, status=response.status_code)
        )
    if not code:
        return unreadable(method)
    if code in _SLACKS_OWN_FAULT:
        return SlackUnreachable(say("Slack failed at {method}: {code}.", method=method, code=code))
    details = joined("; ", [code, *_details(answer)])
    refused = say("Slack refused {method}: {details}.", method=method, details=details)
    return SlackRefused(joined(" ", [refused, _REMEDIES[code]]) if code in _REMEDIES else refused, code=code)


def _details(answer: Mapping[str, Any]) -> list[str]:
    if answer.get("error") == "missing_scope":
        return [say("needed: {scope}", scope=str(answer.get("needed", "unknown")))]
    metadata = answer.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    return [str(message) for message in messages[:_MOST_DETAILS]] if isinstance(messages, list) else []


def _retry_after(headers: Mapping[str, str]) -> float:
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                seconds = float(value)
            except ValueError:
                break
            if math.isfinite(seconds) and seconds >= 0:
                return min(seconds, _LONGEST_WAIT_SECONDS)
    return _USUAL_WAIT_SECONDS


def is_direct(url: str) -> bool:
    """Tell whether *url* is reached without the proxy of the environment."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or bool(proxy_bypass(host))
