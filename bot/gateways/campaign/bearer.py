"""Who we are to Campaign by a bearer token of Adobe's identity service (OAuth server-to-server)."""

import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from bot.domain.errors import LogonRefused, Unavailable, UnreadableAnswer
from bot.domain.sentence import say
from bot.gateways.campaign.answer import kind, readable
from bot.gateways.campaign.connection import CampaignConnection, ImsConnection
from bot.gateways.campaign.errors import border, empty
from bot.gateways.campaign.exchange import Exchange, exchanging
from bot.gateways.campaign.no_envelope import no_envelope
from bot.gateways.campaign.session import Authentication, Credentials, LogonBars
from bot.gateways.campaign.transport import Answer, Transport
from bot.service.ports import Clock

_RENEW_BEFORE = timedelta(minutes=2)
_SHORTEST_USE = timedelta(seconds=30)
_LONGEST_USE = timedelta(days=1)
_REFUSALS = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class BearerAuthentication(Authentication):
    """One bearer token for all threads, renewed shortly before it runs out."""

    def __init__(
        self,
        connection: CampaignConnection,
        ims: ImsConnection,
        transport: Transport,
        bars: LogonBars,
        clock: Clock,
    ) -> None:
        super().__init__(connection, bars, clock)
        self._ims = ims
        self._transport = transport

    def _account(self) -> tuple[str, ...]:
        return (self._ims.token_url, self._ims.client_id, self._ims.scope)

    def _log_on(self) -> Credentials:
        exchange = Exchange(
            self._ims.token_url,
            say("the request for a token"),
            self._connection.deadline_seconds,
            secrets=(self._connection.secret,),
        )
        form = {
            "grant_type": "client_credentials",
            "client_id": self._ims.client_id,
            "client_secret": self._connection.secret,
            "scope": self._ims.scope,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        with exchanging(exchange), border(exchange):
            answer = self._transport.send("POST", data=urlencode(form).encode("ascii"), headers=headers)
        token, lifetime = _token(exchange, answer)
        until = self._clock.machine_now() + max(lifetime - _RENEW_BEFORE, min(lifetime, _SHORTEST_USE))
        return Credentials({"Authorization": f"Bearer {token}"}, (token,), until)

    def _log_off(self, credentials: Credentials) -> None:
        """Do nothing: a token runs out by itself."""


def _token(exchange: Exchange, answer: Answer) -> tuple[str, timedelta]:
    """Read the token and how long to trust it.

    Raises:
        LogonRefused: the account or its secret is not accepted.
        CampaignError: the answer is anything but a token.
    """
    said = _said(answer)
    if answer.status_code in _REFUSALS and isinstance(said.get("error"), str):
        reason = said.get("error_description")
        words = f"{said['error']}: {reason}" if isinstance(reason, str) else said["error"]
        raise LogonRefused(
            say(
                "{host} refused {what}: {said}",
                host=exchange.host,
                what=exchange.what,
                said=exchange.quote(words),
            )
        )
    if answer.status_code != HTTPStatus.OK:
        raise Unavailable(
            say(
                "{host} answered {what} with HTTP {status}.",
                host=exchange.host,
                what=exchange.what,
                status=answer.status_code,
            ),
            status=answer.status_code,
        )
    if not said:
        text = readable(answer.content)
        raise no_envelope(exchange, kind(text), text)
    token = said.get("access_token")
    if not isinstance(token, str) or not token.strip():
        raise empty(exchange, say("a blank token"))
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UnreadableAnswer(
            say(
                "{host} answered {what} with a token that no header can carry.",
                host=exchange.host,
                what=exchange.what,
            )
        )
    try:
        lifetime = timedelta(seconds=float(said["expires_in"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise UnreadableAnswer(
            say(
                "{host} answered {what} without saying how long the token lives.",
                host=exchange.host,
                what=exchange.what,
            )
        ) from None
    return token, min(lifetime, _LONGEST_USE)


def _said(answer: Answer) -> dict[str, Any]:
    """Read a JSON object; empty when the answer is none."""
    try:
        said = json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
