"""The counter: what people type, press and see in Slack.

This file is the phone book: names to functions. Every handler is a plain function `(request, service) ->
reply`; a press answers nothing, its card shows what came of it. Slack's own shapes stay in
`commands/listening.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt import App

from bot.domain.errors import McsyncError, NotFound
from bot.domain.sentence import say
from bot.service.back_office import BackOffice
from commands import (
    approvals,
    ask,
    attention,
    audit,
    case_note,
    diagnose,
    forecast,
    grammar,
    health,
    help,  # noqa: A004 - named as people type it
    history,
    home,
    listening,
    now,
    shift,
    status,
    trust,
    what_if,
    whoami,
)
from commands.cards import denial, line, paste, set_aside
from commands.cards import what_if as what_if_box
from commands.language import speaking
from commands.listening import Answer, Hear, Press, Shortcut, Submit
from commands.reply import Aside, Modal, Reply, Request

ANSWERS: Mapping[str, Answer] = {
    "now": now.answer,
    "status": status.answer,
    "diagnose": diagnose.answer,
    "forecast": forecast.answer,
    "shift": shift.answer,
    "resume": shift.answer_resume,
    "undo": shift.answer_undo,
    "history": history.answer,
    "snooze": attention.answer_snooze,
    "audit": audit.answer,
    "trust": trust.answer,
    "whoami": whoami.answer,
    "health": health.answer,
    "help": help.answer,
}
"""Every command of `commands.grammar.COMMANDS`."""


def press_other(request: Request, service: BackOffice) -> Reply | Aside | Modal | None:
    """Do what was chosen in the menu beside the buttons: an option stands for a button.

    Raises:
        NotFound: it stands for none.
    """
    action_id, _, value = request.text.partition(":")
    for pattern, press in PRESSES.items():
        if press is not press_other and re.fullmatch(pattern, action_id):
            return press(replace(request, action_id=action_id, text=value), service)
    raise NotFound(say("This menu is an old one. Look at the card again."))


def hear_mention(event: Mapping[str, Any], service: BackOffice) -> None:
    """Answer `@mcsync …` where it was said."""
    request = ask.mentioned(event)
    if request is None:
        return
    with speaking(service.office.language_of(request.user)):
        reply = answer(request, service)
        if reply is not None:
            ask.reply_there(request, reply, service)


def submit_line(request: Request, service: BackOffice) -> Modal | None:
    """Answer the line of the box *Ask mcsync* where that was opened; an error stands at its field."""
    asked = ask.typed_in_box(request)
    reply = _answered(asked, service)
    if isinstance(reply, Modal):
        return reply
    if reply is not None:
        ask.reply_there(asked, reply, service)
    return None


PRESSES: Mapping[str, Press] = {
    r"mcsync_shift_-?\d+": shift.press,
    "mcsync_resume": shift.press_resume,
    "mcsync_other": press_other,
    r"mcsync_approve(_[a-z-]+)?": approvals.approve,
    "mcsync_deny": approvals.deny,
    "mcsync_more": approvals.more,
    "mcsync_check": approvals.check_again,
    "mcsync_set_aside": approvals.set_aside,
    "mcsync_again": shift.press_again,
    "mcsync_confirm": approvals.confirm_tracking,
    "mcsync_undo": shift.press_undo,
    "mcsync_try_once": approvals.try_once,
    "mcsync_case_note": case_note.press,
    "mcsync_acknowledge": attention.press_acknowledge,
    "mcsync_snooze": attention.press_snooze,
    "mcsync_reopen": attention.press_reopen,
    "mcsync_refresh": status.refresh,
    "mcsync_paste": diagnose.open_box,
    "mcsync_right": trust.right,
    "mcsync_wrong": trust.wrong,
    "mcsync_what_if": what_if.press,
    "mcsync_what_if_(?:ask|start|minute)": what_if.change,
    "mcsync_home_refresh": home.refresh,
}
"""Every button, and every field that is heard at each change, by its action id."""


SHORTCUTS: Mapping[str, Shortcut] = {
    "mcsync_diagnose_message": Shortcut(
        "Diagnose this journal", "Say why the journal lines in this message failed", diagnose.read_message
    ),
    "mcsync_ask": Shortcut("Ask mcsync", "Type a command where slash commands do not work", ask.open_line),
}
"""Every shortcut by its callback id. `mcsync manifest` registers them."""

EVENTS: Mapping[str, Hear] = {
    "app_mention": hear_mention,
    "subteam_members_changed": approvals.forget_groups,
    "app_home_opened": home.opened,
    "subteam_updated": approvals.forget_groups,
}
"""What Slack tells by itself, by the event's type. `mcsync manifest` subscribes to them."""

SUBMITS: Mapping[str, Submit] = {
    paste.VIEW: diagnose.submit,
    line.VIEW: submit_line,
    denial.VIEW: approvals.submit_denial,
    set_aside.VIEW: approvals.submit_set_aside,
    what_if_box.VIEW: what_if.submit,
}
"""Every box, by its callback id."""


def register(app: App, service: BackOffice) -> None:
    """Connect Slack's requests with the handlers."""
    app.command(re.compile(r"/.+"))(listening.to_command(answer, service))
    for pattern, press in PRESSES.items():
        app.action(re.compile(rf"^(?:{pattern})$"))(listening.to_press(press, service))
    for callback_id, shortcut in SHORTCUTS.items():
        app.message_shortcut(callback_id)(listening.to_shortcut(shortcut, service))
    for kind, hear in EVENTS.items():
        app.event(kind)(listening.to_event(hear, service))
    for callback_id, submit in SUBMITS.items():
        app.view(callback_id)(listening.to_submit(submit, service))
    app.error(listening.to_failure(service))


def answer(request: Request, service: BackOffice) -> Reply | Modal | None:
    """Answer a typed command, `None` when the answer comes later; a known error is its own sentence."""
    try:
        return _answered(request, service)
    except McsyncError as error:
        return listening.excused(error)


def _answered(request: Request, service: BackOffice) -> Reply | Modal | None:
    command = grammar.parse(request.text, typed=request.typed)
    asked = replace(request, share=command.share, dry_run=command.dry_run)
    if not command.share:
        return ANSWERS[command.name](asked, service, command.words)
    # What the whole channel sees is told in the channel's language.
    with speaking(service.office.language):
        reply = ANSWERS[command.name](asked, service, command.words)
    return replace(reply, shared=True) if isinstance(reply, Reply) else reply
