"""The buttons of a proposal: to decide on it, and what can be done once it is decided.

What a card tells of a proposal is `commands/cards/proposal.py`.
"""

from collections.abc import Mapping

from bot.domain.in_short import in_short
from bot.domain.proposal import Proposal, Stage, TrackingChoice
from bot.domain.sentence import say
from bot.domain.tracking import minute_words
from commands.cards import markup
from commands.cards.markup import Block
from commands.language import tell, told

APPROVE_WORDS: Mapping[TrackingChoice, str] = {
    TrackingChoice.NONE: say("Approve"),
    TrackingChoice.MOVES_TOO: say("Approve; we move RT's tracking by hand"),
    TrackingChoice.ACCEPTED: say("Approve; tracking stays, clicks may be lost"),
}

GAP_CHOICES = (TrackingChoice.MOVES_TOO, TrackingChoice.ACCEPTED)
"""What an approver chooses between where clicks may get lost."""

SHORTEST_NAME = 30
"""To so many characters a workflow's name gives way to what follows from an approval."""

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
    summary = told(request.summary)
    title = tell("Approve this change on {server}?", server=badge) if badge else tell("Approve this change?")
    choices = GAP_CHOICES if request.tracking_gap else (TrackingChoice.NONE,)
    buttons = [
        markup.button(
            told(APPROVE_WORDS[choice]),
            f"mcsync_approve_{choice.value}" if choice.value else "mcsync_approve",
            value,
            style="primary" if number == 0 else "",
            confirm=markup.confirmation(title, _question(request, choice), tell("Approve"), tell("Not now")),
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


def _question(request: Proposal, choice: TrackingChoice) -> str:
    """Say what an approval does and what follows from it; a long name gives way, and never a time."""
    follows = _consequence(request, choice)
    room = markup.CONFIRM_TEXT - len(told(in_short(request, ""))) - (len(follows) + 1 if follows else 0)
    does = told(in_short(request, markup.short(request.workflow, max(room, SHORTEST_NAME))))
    if not follows:
        return does
    return f"{does} {markup.cut_words(follows, markup.CONFIRM_TEXT - len(does) - 1)}"


def _consequence(request: Proposal, choice: TrackingChoice) -> str:
    """Say what else is to be done or borne; the card above says why."""
    match choice:
        case TrackingChoice.MOVES_TOO:
            return tell(
                "mcsync does not move RT's tracking. Move it to {minute} by hand and confirm it on the card.",
                minute=minute_words(request.archiving_minute),
            )
        case TrackingChoice.ACCEPTED if request.tracking_minute is None:
            return tell("RT's tracking stays as it is.")
        case TrackingChoice.ACCEPTED:
            return tell("RT's tracking stays at {minute}.", minute=minute_words(request.tracking_minute))
        case TrackingChoice.NONE:
            return told(request.caution)
