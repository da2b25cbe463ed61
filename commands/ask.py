"""`@mcsync …` and the entry *Ask mcsync* in the menu of a message: commands where slash commands do not work.

Slash commands do not work in threads (docs.slack.dev, "Implementing slash commands"). The answer comes where
it was asked for, to the asker alone unless it is shared.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain.errors import NotFound
from bot.domain.message import Card
from bot.domain.sentence import say
from bot.service.back_office import BackOffice
from commands.cards import diagnosis, line
from commands.language import tell
from commands.listening import BOT_USER
from commands.reply import Modal, Reply, Request
from commands.subject import answer_place

TYPED = "@mcsync"
"""What a command begins with there."""

_IN_THREAD, _BELOW = "thread", "message"


def mentioned(event: Mapping[str, Any]) -> Request | None:
    """Read a mention: what follows it, or what stands before it; `None` when no person said it."""
    if event.get("bot_id") or not event.get("user"):
        return None
    before, _, after = str(event.get("text", "")).partition(f"<@{event[BOT_USER]}>")
    thread = str(event.get("thread_ts") or "")
    return Request(
        user=event["user"],
        key=f"mention:{event['channel']}:{event['ts']}",
        text=after if after.strip() else before,
        typed=TYPED,
        channel=event["channel"],
        thread=thread or event["ts"],
        in_thread=bool(thread),
    )


def open_line(request: Request, service: BackOffice) -> Modal:
    """Open the box for a line: the entry *Ask mcsync* in the menu of a message."""
    kind = _IN_THREAD if request.in_thread else _BELOW
    return Modal(line.box(f"{request.channel}:{request.thread}:{kind}", service.office.command))


def typed_in_box(request: Request) -> Request:
    """Read what the box holds as if it had been typed in the thread of the message.

    Raises:
        NotFound: the box does not say which message.
    """
    channel, _, place = request.text.partition(":")
    thread, _, kind = place.partition(":")
    if not kind:
        raise NotFound(say("This menu is an old one. Look at the card again."))
    return replace(
        request,
        text=request.fields.get(line.LINE, ""),
        typed=TYPED,
        channel=channel,
        thread=thread,
        in_thread=kind == _IN_THREAD,
    )


def reply_there(request: Request, reply: Reply | Modal, service: BackOffice) -> None:
    """Bring an answer to where it was asked for; a mention can open no box, so it gets the button for it."""
    if isinstance(reply, Modal):
        press = tell("Press the button, and paste the lines that you have got.")
        reply = Reply(press, [diagnosis.paste_button(None)])
    place = replace(answer_place(replace(request, share=reply.shared)), share=reply.shared)
    service.answers.show(key=request.key, place=place, card=Card(reply.text, list(reply.blocks)))
