"""Names what a server gives in place of a SOAP envelope: a status, a page, a redirect, nothing. Pure.

What stands in an envelope is judged in `plugin`, what libraries raise in `errors`.
"""

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.domain.errors import (
    CampaignError,
    LoginRedirect,
    NotSent,
    SessionExpired,
    Unavailable,
    UnreadableAnswer,
)
from bot.domain.sentence import say
from bot.gateways.campaign.answer import Kind
from bot.gateways.campaign.errors import empty, has_code, refused

if TYPE_CHECKING:
    from bot.gateways.campaign.exchange import Exchange

_LOGIN_WORDS = ("logon", "login", "signin", "sso", "saml", "oauth", "/ims/")


def no_envelope(exchange: "Exchange", found: Kind, text: str) -> CampaignError:
    """Make the error of an answer that is no SOAP envelope.

    Args:
        exchange: with its status.
        found: what the body is instead.
        text: the body.
    """
    if found is Kind.TEXT and has_code(text):
        return refused(exchange, text)
    unauthorized = exchange.status == http.client.UNAUTHORIZED
    if unauthorized:
        return SessionExpired(
            say(
                "{host} does not accept the session any more ({what}): {said}",
                host=exchange.host,
                what=exchange.what,
                said="HTTP 401.",
            )
        )
    if exchange.status != http.client.OK:
        words = http.client.responses.get(exchange.status, "")
        sentence = say(
            "{host} answered {what} with HTTP {status}.",
            host=exchange.host,
            what=exchange.what,
            status=f"{exchange.status} {words}".rstrip(),
        )
        return Unavailable(sentence, status=exchange.status)
    if found is Kind.BLANK:
        return empty(exchange, say("nothing at all"))
    page = {Kind.HTML: say("a web page"), Kind.XML: say("XML that is no SOAP envelope")}.get(
        found, say("plain text")
    )
    return UnreadableAnswer(
        say("{host} answered {what} with {answer}.", host=exchange.host, what=exchange.what, answer=page)
    )


def refuse_redirect(exchange: "Exchange", location: str) -> None:
    """Let through what is no redirect.

    Args:
        exchange: with its status.
        location: the header, `""` when absent.

    Raises:
        NotSent: it is one, so what was called did not run; `LoginRedirect` where it leads to a login page.
    """
    if not 300 <= exchange.status < 400:  # noqa: PLR2004 - the class of HTTP redirects
        return
    # Without the query: it may carry tokens.
    target = urlsplit(location)
    where = exchange.quote(f"{target.netloc}{target.path}")
    if any(word in f"{target.netloc}{target.path}".lower() for word in _LOGIN_WORDS):
        raise LoginRedirect(
            say(
                "{host} sent {what} to a login page ({page}), so it did not run.",
                host=exchange.host,
                what=exchange.what,
                page=where,
            )
        )
    raise NotSent(
        say(
            "{host} sent {what} elsewhere ({where}), so it did not run: put the address that answers "
            "by itself into the configuration.",
            host=exchange.host,
            what=exchange.what,
            where=where or say("it does not say where"),
        )
    )
