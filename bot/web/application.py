"""The one WSGI callable: which path goes where, and the few errors that every path shares."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog

from bot.domain.errors import StoreError
from bot.service.ports import Clock
from bot.web.answer import Answer, Refusal, require_method
from bot.web.slack_events import SlackEndpoint
from bot.web.webhook import Accept, CampaignWebhook, SecretsOf

log = structlog.get_logger(__name__)

SLACK_PATH = "/slack/events"
WEBHOOK_PREFIX = "/webhooks/campaign/"
HEALTH_PATH = "/healthz"

_RETRY_AFTER_SECONDS = 5
_LONGEST_LOGGED_PATH = 100

Health = Callable[[], Mapping[str, object]]
"""What `/healthz` shows, as JSON-ready values; `"ok"` says whether all is well."""


def build(
    *,
    accept: Accept,
    secrets_of: SecretsOf,
    health: Health,
    clock: Clock,
    slack: SlackEndpoint | None = None,
) -> WSGIApplication:
    """Put the paths together.

    Args:
        accept: remembers one webhook delivery.
        secrets_of: the valid webhook secrets of an instance.
        health: what `/healthz` shows; 200 when its `ok` is true, else 503.
        clock: machine time judges signatures.
        slack: where Slack's requests go; `None` in Socket Mode, when that path does not exist.
    """
    webhook = CampaignWebhook(accept, secrets_of, clock)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        try:
            if path == SLACK_PATH and slack is not None:
                return slack.application(slack.checked(environ, clock), start_response)
            answer = _answer(environ, path, webhook, health)
        except Refusal as refusal:
            answer = refusal.answer
            log.info("request_refused", path=path[:_LONGEST_LOGGED_PATH], status=answer.status.value)
        except StoreError as error:
            log.exception("request_failed", path=path[:_LONGEST_LOGGED_PATH])
            answer = Answer(
                HTTPStatus.SERVICE_UNAVAILABLE,
                {"error": str(error)},
                (("Retry-After", str(_RETRY_AFTER_SECONDS)),),
            )
        return answer.send(start_response, without_body=environ["REQUEST_METHOD"] == "HEAD")

    return application


def _answer(environ: WSGIEnvironment, path: str, webhook: CampaignWebhook, health: Health) -> Answer:
    instance = path.removeprefix(WEBHOOK_PREFIX)
    if instance != path and instance and "/" not in instance:
        return webhook.answer(environ, instance)
    if path == HEALTH_PATH:
        require_method(environ, "GET", "HEAD")
        shown = health()
        return Answer(HTTPStatus.OK if shown.get("ok") else HTTPStatus.SERVICE_UNAVAILABLE, shown)
    raise Refusal(HTTPStatus.NOT_FOUND, "There is nothing here.")
