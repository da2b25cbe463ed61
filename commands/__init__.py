"""The counter: what people type, press and see in Slack.

This file is the phone book: names to functions, Slack's shapes to ours, and the one error handler. Every
handler is a plain function `(request, service) -> reply`; a press answers nothing, its card shows what came
of it.
"""

import re
from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltResponse, Respond

from bot.domain.errors import McsyncError
from bot.service.back_office import BackOffice
from commands import approvals, diagnose, forecast, grammar, help, shift, status  # noqa: A004 - named as people type it
from commands.reply import Reply, Request

log = structlog.get_logger(__name__)

Answer = Callable[[Request, BackOffice, tuple[str, ...]], Reply]
Press = Callable[[Request, BackOffice], Reply | None]

ANSWERS: Mapping[str, Answer] = {
    "status": status.answer,
    "diagnose": diagnose.answer,
    "forecast": forecast.answer,
    "shift": shift.answer,
    "help": help.answer,
}
"""Every command of `commands.grammar.COMMANDS`."""

PRESSES: Mapping[str, Press] = {
    r"mcsync_shift_\d+": shift.press,
    "mcsync_resume": shift.press_resume,
    "mcsync_approve": approvals.approve,
    "mcsync_deny": approvals.deny,
    "mcsync_check": approvals.check_again,
    "mcsync_try_once": approvals.try_once,
    "mcsync_refresh": status.refresh,
}
"""Every button, by its action id."""


def register(app: App, service: BackOffice) -> None:
    """Connect Slack's requests with the handlers."""

    @app.command(re.compile(r"/.+"))
    def on_command(ack: Ack, command: dict[str, Any]) -> None:
        request = Request(
            user=command["user_id"],
            key=f"{command['team_id']}:{command['user_id']}:{command['trigger_id']}",
            text=command.get("text", ""),
            typed=command["command"],
        )
        reply = answer(request, service)
        ack(text=reply.text, blocks=list(reply.blocks) or None, response_type="ephemeral")

    for pattern, press in PRESSES.items():
        app.action(re.compile(pattern))(_listener(press, service))

    @app.error
    def on_error(error: Exception, body: dict[str, Any]) -> BoltResponse:
        return _apologise(error, body)


def answer(request: Request, service: BackOffice) -> Reply:
    """Answer a typed command; a known error is its own sentence."""
    try:
        command = grammar.parse(request.text, typed=request.typed)
        return ANSWERS[command.name](request, service, command.words)
    except McsyncError as error:
        return Reply(str(error))


def _listener(press: Press, service: BackOffice) -> Callable[..., None]:
    def on_press(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        action = body["actions"][0]
        request = Request(
            user=body["user"]["id"],
            key=f"{body['user']['id']}:{action['action_id']}:{action.get('action_ts', '')}",
            text=action.get("value", ""),
            action_id=action["action_id"],
        )
        try:
            reply = press(request, service)
        except McsyncError as error:
            reply = Reply(str(error))
            ack()
            respond(text=reply.text, response_type="ephemeral", replace_original=False)
            return
        ack()
        if reply is not None:
            respond(
                text=reply.text, blocks=list(reply.blocks), response_type="ephemeral", replace_original=True
            )

    return on_press


def _apologise(error: Exception, body: Mapping[str, Any]) -> BoltResponse:
    """One of the two edges: whatever nobody foresaw gets a reference that is also in the log."""
    reference = token_hex(4)
    log.error(
        "counter.failed", reference=reference, exc_info=error, kind=body.get("type") or body.get("command")
    )
    sentence = (
        f"Something went wrong here that nobody foresaw. Tell your administrator this reference: {reference}."
    )
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": sentence})
    return BoltResponse(status=200)
