"""`POST /webhooks/campaign/<instance>`: a report comes in, is checked, and is handed to the use case.

One fast durable write happens behind `accept`; nothing slow belongs here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from secrets import token_hex
from time import monotonic
from wsgiref.types import WSGIEnvironment

import structlog

from bot.domain.errors import UnreadableInput
from bot.domain.report import Report, delivery_key, read_report
from bot.service.ports import Clock
from bot.web.answer import Answer, Refusal, require_method
from bot.web.body import read_body
from bot.web.pace import Paces
from bot.web.signature import is_authentic

log = structlog.get_logger(__name__)

LARGEST_REPORT_BYTES = 64 * 1024
_RETRY_AFTER_SECONDS = 60

Accept = Callable[[str, str, Report, str], bool]
"""Remember a delivery: instance, delivery key, report, body as it came. `True` the first time."""

SecretsOf = Callable[[str], tuple[str, ...]]
"""The secrets (`whsec_…`) that are valid now for an instance; none if it is unknown or takes no webhooks."""


@dataclass(frozen=True)
class CampaignWebhook:
    """The webhook of every instance.

    Attributes:
        accept: see `Accept`.
        secrets_of: see `SecretsOf`.
        clock: machine time judges signatures.
        paces: how many deliveries an instance may bring.
    """

    accept: Accept
    secrets_of: SecretsOf
    clock: Clock
    paces: Paces = field(default_factory=lambda: Paces(monotonic))

    def answer(self, environ: WSGIEnvironment, instance: str) -> Answer:
        """Take one delivery for *instance*, the last part of the path.

        Returns:
            202 the first time, 200 for a repeat, both with the same body.

        Raises:
            Refusal: 400, 401, 405, 413, 415, 422 or 429. An unknown instance is 401 like a wrong secret, so
                that nobody learns names by asking.
            StoreError: the delivery could not be remembered.
        """
        require_method(environ, "POST")
        body = read_body(environ, LARGEST_REPORT_BYTES)
        # An instance without a secret is checked against one that nobody knows: same work, same answer.
        secrets = self.secrets_of(instance) or (f"whsec_{token_hex(32)}",)
        if not is_authentic(environ, body, secrets, self.clock.machine_now()):
            raise Refusal(
                HTTPStatus.UNAUTHORIZED,
                "This delivery is not authentic: sign it by Standard Webhooks, at most five minutes ago, "
                "or send the webhook secret as a Bearer token.",
                ("WWW-Authenticate", "Bearer"),
            )
        if not self.paces.take(instance):
            raise Refusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                "This instance brings more deliveries than it can have failures. Is its script in a loop?",
                ("Retry-After", str(_RETRY_AFTER_SECONDS)),
            )
        report = _read(environ, body)
        key = delivery_key(instance, report, body)
        first = self.accept(instance, key, report, body.decode("utf-8"))
        log.info("webhook.accepted", instance=instance, delivery=key, workflow=report.workflow, first=first)
        return Answer(HTTPStatus.ACCEPTED if first else HTTPStatus.OK, {"delivery": key})


def _read(environ: WSGIEnvironment, body: bytes) -> Report:
    media_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send the report as application/json.")
    try:
        return read_report(body)
    except UnreadableInput as error:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
