"""Slack's shapes become ours and back, and the one error handler. Which handler it is, the phone book says.

A box is opened here and now, since the `trigger_id` for it lives three seconds; an acknowledgement is wanted
in the same time, so nothing here waits for Campaign.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

import structlog
from slack_bolt import Ack, BoltContext, BoltResponse, Respond

from bot.domain.errors import McsyncError, Refused, SlackError, sentence_of
from bot.domain.message import Card
from bot.domain.sentence import say
from bot.domain.view import Opened
from bot.service.back_office import BackOffice
from bot.service.verdicts import check_reader
from commands import message
from commands.cards import markup
from commands.language import speaking, tell, told
from commands.payload import fields_of, first_input, thread_of
from commands.reply import Aside, Complaints, Modal, Reply, Request

log = structlog.get_logger(__name__)

Answer = Callable[[Request, BackOffice, tuple[str, ...]], Reply | Modal | None]
"""Answers a command; `None` when the answer comes later, by `service.answers`."""

Press = Callable[[Request, BackOffice], Reply | Aside | Modal | None]
Hear = Callable[[Mapping[str, Any], BackOffice], None]
Submit = Callable[[Request, BackOffice], Modal | Complaints | None]


@dataclass(frozen=True)
class Shortcut:
    """An entry in the menu of a message.

    Attributes:
        name: what the menu says, 24 signs at most.
        does: what it is for, 150 signs at most.
        answer: opens a box for whoever chose it.
    """

    name: str
    does: str
    answer: Callable[[Request, BackOffice], Modal]


BOT_USER = "bot_user_id"
"""Who the app is, added to every event that is handed on."""


def to_command(
    answer: Callable[[Request, BackOffice], Reply | Modal | None], service: BackOffice
) -> Callable[..., None]:
    """Listen to the slash command, whatever it is called."""

    def on_command(ack: Ack, command: dict[str, Any]) -> None:
        with speaking(service.office.language_of(command["user_id"])):
            request = Request(
                user=command["user_id"],
                key=f"{command['team_id']}:{command['user_id']}:{command['trigger_id']}",
                text=command.get("text", ""),
                typed=command["command"],
                channel=command["channel_id"],
                url=command.get("response_url", ""),
            )
            reply = answer(request, service)
            if isinstance(reply, Modal):
                try:
                    _open(service, command["trigger_id"], reply)
                except Refused as error:
                    reply = excused(error)
                else:
                    ack()
                    return
            if reply is None:
                ack()
                return
            seen_by = "in_channel" if reply.shared else "ephemeral"
            ack(text=reply.text, blocks=list(reply.blocks) or None, response_type=seen_by)

    return on_command


def to_press(press: Press, service: BackOffice) -> Callable[..., None]:
    """Listen to a button, or to a choice in a menu."""

    def on_press(ack: Ack, body: dict[str, Any], context: BoltContext, respond: Respond) -> None:
        with speaking(service.office.language_of(body["user"]["id"])):
            action, view = body["actions"][0], body.get("view")
            option = action.get("selected_option") or {}
            request = Request(
                user=body["user"]["id"],
                key=f"{body['user']['id']}:{action['action_id']}:{action.get('action_ts', '')}",
                text=action.get("value") or option.get("value", ""),
                action_id=action["action_id"],
                fields=fields_of(view) if view else {},
                about=view.get("private_metadata", "") if view else "",
                view=Opened(view["id"], view["hash"]) if view else None,
                at=action.get("action_ts", ""),
                channel=(body.get("channel") or {}).get("id", ""),
                thread=thread_of(body),
                in_thread=bool(thread_of(body)),
            )
            try:
                reply = press(request, service)
                if isinstance(reply, (Modal, Aside)):
                    _admit(body, context, service)
                if isinstance(reply, Modal):
                    _open(service, body["trigger_id"], reply)
            except McsyncError as error:
                ack()
                if view is None:
                    respond(text=excused(error).text, response_type="ephemeral", replace_original=False)
                else:
                    _say_in_a_box(service, body["trigger_id"], error)
                return
            ack()
            if isinstance(reply, Aside):
                for one in reply.replies:
                    blocks = list(one.blocks) or None
                    respond(text=one.text, blocks=blocks, response_type="ephemeral", replace_original=False)
            if isinstance(reply, Reply):
                respond(
                    text=reply.text,
                    blocks=list(reply.blocks),
                    response_type="ephemeral",
                    replace_original=True,
                )

    return on_press


def to_shortcut(shortcut: Shortcut, service: BackOffice) -> Callable[..., None]:
    """Listen to an entry in the menu of a message."""

    def on_shortcut(ack: Ack, body: dict[str, Any], context: BoltContext, respond: Respond) -> None:
        with speaking(service.office.language_of(body["user"]["id"])):
            request = Request(
                user=body["user"]["id"],
                key=f"{body['user']['id']}:{body['callback_id']}:{body['action_ts']}",
                text=message.text_of(body["message"]),
                channel=body["channel"]["id"],
                thread=body["message"].get("thread_ts") or body["message"]["ts"],
                in_thread="thread_ts" in body["message"],
            )
            try:
                _admit(body, context, service)
                _open(service, body["trigger_id"], shortcut.answer(request, service))
            except McsyncError as error:
                respond(text=excused(error).text, response_type="ephemeral", replace_original=False)
            ack()

    return on_shortcut


_TEXTS = ("channel", "ts", "thread_ts", "text", "tab")
"""What is a text in every event that Slack describes; where it is none, the event is no such event."""


def to_event(hear: Hear, service: BackOffice) -> Callable[..., None]:
    """Listen to what Slack tells by itself."""

    def on_event(ack: Ack, event: dict[str, Any], context: BoltContext) -> None:
        has_author = isinstance(event.get("user", ""), str)
        if has_author and all(isinstance(event.get(name) or "", str) for name in _TEXTS):
            hear({**event, BOT_USER: context.bot_user_id or ""}, service)
        ack()

    return on_event


def to_submit(submit: Submit, service: BackOffice) -> Callable[..., None]:
    """Listen to a submitted box."""

    def on_submit(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        with speaking(service.office.language_of(body["user"]["id"])):
            view = body["view"]
            request = Request(
                user=body["user"]["id"],
                key=f"{body['user']['id']}:{view['id']}:{view['hash']}",
                text=view.get("private_metadata", ""),
                fields=fields_of(view),
                about=view.get("private_metadata", ""),
            )
            try:
                _admit(body, context, service)
                reply: Modal | Complaints | None = submit(request, service)
            except McsyncError as error:
                reply = Complaints({first_input(view): told(sentence_of(error))})
            if isinstance(reply, Modal):
                ack(response_action="update", view=reply.view)
            elif reply is None:
                ack()
            else:
                ack(response_action="errors", errors=dict(reply.errors))

    return on_submit


def excused(error: McsyncError) -> Reply:
    """Say an error in its own sentence; whatever was typed or read into it stays plain."""
    return Reply(markup.sentence(told(sentence_of(error))))


def _open(service: BackOffice, trigger_id: str, modal: Modal) -> None:
    """Open a box for whoever caused *trigger_id*.

    Raises:
        Refused: Slack did not open it.
    """
    try:
        opened = service.office.slack.open_view(trigger_id, modal.view)
    except SlackError as error:
        log.warning("counter.box_not_opened", reason=str(error))
        raise Refused(say("Slack did not open the box in time. Try again.")) from error
    if modal.then is not None:
        modal.then(opened)


def _say_in_a_box(service: BackOffice, trigger_id: str, error: McsyncError) -> None:
    """Say an error to whoever pressed something on their Home tab, where no message can be answered."""
    blocks = [markup.section(excused(error).text)]
    box = markup.box("", tell("Not done"), blocks, submit="", close=tell("Close"))
    try:
        service.office.slack.open_view(trigger_id, box)
    except SlackError as unreachable:
        log.warning("counter.not_told", reason=str(unreachable), sentence=str(error))


def _admit(body: Mapping[str, Any], context: BoltContext, service: BackOffice) -> None:
    """Let in whom Slack names as one of our workspace; about anybody else it is asked.

    Raises:
        NotAllowed: the person is not of this workspace.
        SlackError: Slack does not tell.
    """
    home = context.authorize_result.team_id if context.authorize_result else None
    if home is None or body["user"].get("team_id") != home:
        check_reader(service.office, body["user"]["id"])


def to_failure(service: BackOffice) -> Callable[..., BoltResponse]:
    """Listen to whatever nobody foresaw."""

    def on_failure(error: Exception, body: dict[str, Any], respond: Respond) -> BoltResponse:
        event = body.get("event") or {}
        user = body.get("user_id") or (body.get("user") or {}).get("id") or event.get("user")
        with speaking(service.office.language_of(user) if user else service.office.language):
            return apologise(error, body, respond, service)

    return on_failure


def apologise(error: Exception, body: dict[str, Any], respond: Respond, service: BackOffice) -> BoltResponse:
    """One of the two edges: whatever nobody foresaw gets a reference that is also in the log."""
    reference = token_hex(4)
    log.error(
        "counter.failed", reference=reference, exc_info=error, kind=body.get("type") or body.get("command")
    )
    sentence = tell(
        "Something went wrong here that nobody foresaw. Tell your administrator this reference: {reference}.",
        reference=reference,
    )
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": sentence})
    if body.get("type") == "view_submission":
        errors = {first_input(body["view"]): sentence}
        return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})
    if "response_url" in body:
        try:
            respond(text=sentence, response_type="ephemeral", replace_original=False)
        except OSError as unreachable:
            log.warning("counter.not_told", reference=reference, reason=str(unreachable))
    event = body.get("event") or {}
    if event.get("type") == "app_mention" and event.get("user"):
        _whisper_where_it_was_said(event, sentence, service)
    return BoltResponse(status=200)


def _whisper_where_it_was_said(event: Mapping[str, Any], sentence: str, service: BackOffice) -> None:
    """Tell whoever mentioned the app, by no due work: it may be the store that failed."""
    thread = event.get("thread_ts")
    try:
        service.office.slack.whisper(event["channel"], event["user"], Card(sentence, ()), thread=thread)
    except SlackError as unreachable:
        log.warning("counter.not_told", reason=str(unreachable), sentence=sentence)
