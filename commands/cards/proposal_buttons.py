"""The buttons of a proposal: to decide on it, and what can be done once it is decided.

What a card tells of a proposal is `commands/cards/proposal.py`.
"""

from collections.abc import Mapping

from bot.domain.proposal import Proposal, Stage, TrackingChoice
from bot.domain.sentence import say
from commands.cards import markup
from commands.cards.markup import Block
from commands.language import tell, told

APPROVE_WORDS: Mapping[TrackingChoice, str] = {
    TrackingChoice.NONE: say("Approve"),
    TrackingChoice.MOVES_TOO: say("Approve, tracking moves too"),
    TrackingChoice.ACCEPTED: say("Approve, gap accepted"),
}

GAP_CHOICES = (TrackingChoice.MOVES_TOO, TrackingChoice.ACCEPTED)
"""What an approver chooses between where clicks may get lost."""

ASKED_AGAIN = frozenset({Stage.VOID, Stage.EXPIRED})
"""Stages whose request may be made anew, against the schedule as it stands then."""


def blocks(request: Proposal, badge: str) -> list[Block]:
    """Build what can be pressed about *request* where it stands, if anything."""
    if request.stage is Stage.WAITING:
        return [decide(request, badge=badge)]
    buttons: list[Block] = []
    short = markup.short(request.workflow, 30)
    if request.stage is Stage.UNCLEAR:
        buttons.append(
            markup.button(
                tell("Check again"),
                "mcsync_check",
                request.id,
                style="primary",
                label=tell("Read Campaign again and go on from there"),
            )
        )
        buttons.append(
            markup.button(
                tell("Set aside"),
                "mcsync_set_aside",
                request.id,
                label=tell("End the change of {workflow} as it stands", workflow=short),
            )
        )
    if request.stage in ASKED_AGAIN:
        buttons.append(
            markup.button(
                tell("Ask again"),
                "mcsync_again",
                request.id,
                style="primary",
                label=tell("Ask for the same, judged by the schedule as it stands now"),
            )
        )
    if request.tracking_open:
        buttons.append(
            markup.button(
                tell("Tracking was moved"),
                "mcsync_confirm",
                request.id,
                label=tell("Confirm that RT's tracking workflow was moved as well"),
            )
        )
    if request.undoable:
        buttons.append(_undo(request, badge))
    return [markup.actions("mcsync_after", buttons)] if buttons else []


def _undo(request: Proposal, badge: str) -> Block:
    if badge:
        question = tell("Ask to undo this change on {server}?", server=badge)
    else:
        question = tell("Ask to undo this change?")
    name = request.workflow
    confirm = markup.confirmation(
        question,
        tell("The previous schedule of {workflow} would be put back, once approved.", workflow=name),
        tell("Ask to undo"),
        tell("Not now"),
        style="danger",
    )
    label = tell("Ask to put the previous schedule of {workflow} back", workflow=name)
    return markup.button(tell("Undo"), "mcsync_undo", request.id, confirm=confirm, label=label)


def decide(request: Proposal, block_id: str = "mcsync_decide", *, badge: str = "") -> Block:
    """Build the buttons of a decision: approve (with the choice about tracking), deny, and the rest."""
    value = f"{request.id}:{request.digest}"
    summary, caution = told(request.summary), told(request.caution)
    # What speaks against it is shown whole; the card above shows what is asked for.
    room = markup.CONFIRM_TEXT - (len(caution) + 1 if caution else 0)
    shown = markup.cut_words(summary, room) if room > 1 else ""
    question = f"{shown} {caution}".strip()
    title = tell("Approve this change on {server}?", server=badge) if badge else tell("Approve this change?")
    choices = GAP_CHOICES if request.tracking_gap else (TrackingChoice.NONE,)
    buttons = [
        markup.button(
            told(APPROVE_WORDS[choice]),
            f"mcsync_approve_{choice.value}" if choice.value else "mcsync_approve",
            value,
            style="primary" if number == 0 else "",
            confirm=markup.confirmation(title, question, tell("Approve"), tell("Not now")),
            label=f"{told(APPROVE_WORDS[choice])}: {summary}",
        )
        for number, choice in enumerate(choices)
    ]
    label = tell("Deny: {summary}", summary=summary)
    buttons.append(markup.button(tell("Deny"), "mcsync_deny", request.id, style="danger", label=label))
    more = markup.overflow(
        "mcsync_more",
        {
            tell("Give the decision more time"): f"extend:{request.id}",
            tell("Withdraw my request"): f"withdraw:{request.id}",
        },
    )
    return markup.actions(block_id, [*buttons, more])
