"""The one WSGI callable: which path goes where, and the few errors that every path shares."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from secrets import token_hex
from time import monotonic
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog

from bot.domain.due_work import TRACE
from bot.domain.errors import StoreError
from bot.service.ports import Clock
from bot.web.answer import Answer, Refusal, require_method, send_bytes
from bot.web.slack_events import SlackEndpoint
from bot.web.webhook import Accept, CampaignWebhook, SecretsOf

log = structlog.get_logger(__name__)

SLACK_PATH = "/slack/events"
WEBHOOK_PREFIX = "/webhooks/campaign/"
HEALTH_PATH = "/healthz"
READY_PATH = "/readyz"
METRICS_PATH = "/metrics"

_RETRY_AFTER_SECONDS = 5
_LONGEST_LOGGED_PATH = 100

Health = Callable[[], Mapping[str, object]]
"""What `/healthz` shows, as JSON-ready values; `"ok"` says whether all is well."""

Readiness = Callable[[], Mapping[str, str]]
"""What `/readyz` shows: of each thing that serving needs `ok`, or what is the matter."""


@dataclass(frozen=True)
class Watching:
    """What machines that watch the program are shown.

    Attributes:
        health: see `Health`.
        readiness: see `Readiness`.
        metrics: writes the text of `/metrics`.
        metrics_type: its content type.
        webhook_acknowledged: is told how long a webhook waited for its answer, in seconds.
    """

    health: Health
    readiness: Readiness
    metrics: Callable[[], bytes]
    metrics_type: str
    webhook_acknowledged: Callable[[float], None]


def build(
    *,
    accept: Accept,
    secrets_of: SecretsOf,
    watching: Watching,
    clock: Clock,
    slack: SlackEndpoint | None = None,
) -> WSGIApplication:
    """Put the paths together.

    Args:
        accept: remembers one webhook delivery.
        secrets_of: the valid webhook secrets of an instance.
        watching: what machines that watch are shown.
        clock: machine time judges signatures.
        slack: where Slack's requests go; `None` in Socket Mode, when that path does not exist.
    """
    webhook = CampaignWebhook(accept, secrets_of, clock)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Whatever comes of this request can be found in the log by one word.
        with structlog.contextvars.bound_contextvars(**{TRACE: token_hex(4)}):
            return respond(environ, start_response)

    def respond(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        without_body = environ["REQUEST_METHOD"] == "HEAD"
        try:
            if path == SLACK_PATH and slack is not None:
                return slack.answer(environ, clock, start_response)
            if path == METRICS_PATH:
                require_method(environ, "GET", "HEAD")
                return send_bytes(
                    start_response, watching.metrics(), watching.metrics_type, without_body=without_body
                )
            answer = _answer(environ, path, webhook, watching)
        except Refusal as refusal:
            answer = refusal.answer
            log.info("request.refused", path=path[:_LONGEST_LOGGED_PATH], status=answer.status.value)
        except StoreError as error:
            log.exception("request.failed", path=path[:_LONGEST_LOGGED_PATH])
            answer = Answer(
                HTTPStatus.SERVICE_UNAVAILABLE,
                {"error": str(error)},
                (("Retry-After", str(_RETRY_AFTER_SECONDS)),),
            )
        return answer.send(start_response, without_body=without_body)

    return application


def _answer(environ: WSGIEnvironment, path: str, webhook: CampaignWebhook, watching: Watching) -> Answer:
    instance = path.removeprefix(WEBHOOK_PREFIX)
    if instance != path and instance and "/" not in instance:
        began = monotonic()
        answer = webhook.answer(environ, instance)
        watching.webhook_acknowledged(monotonic() - began)
        return answer
    if path == HEALTH_PATH:
        require_method(environ, "GET", "HEAD")
        shown = watching.health()
        return Answer(HTTPStatus.OK if shown.get("ok") else HTTPStatus.SERVICE_UNAVAILABLE, shown)
    if path == READY_PATH:
        require_method(environ, "GET", "HEAD")
        needs = watching.readiness()
        ready = all(state == "ok" for state in needs.values())
        return Answer(HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE, {"ready": ready, **needs})
    raise Refusal(HTTPStatus.NOT_FOUND, "There is nothing here.")
