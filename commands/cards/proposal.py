"""The part of a card that tells of a proposal: what is asked for, by whom, and how far it is."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.domain.badge import Badge
from bot.domain.proposal import Ask, Proposal, Stage, Step, TrackingChoice, Vote
from bot.domain.proposal_words import WITHDRAWN
from bot.domain.sentence import say
from bot.domain.tracking import minute_words
from bot.service.cards import CardView
from commands.cards import difference, markup, proposal_buttons
from commands.cards.markup import Block
from commands.language import tell, tell_count, told

STEPS: Mapping[Step, str] = {
    Step.STOP: say("Stop"),
    Step.WRITE: say("Write the schedule"),
    Step.RESTORE: say("Write the backup back"),
    Step.START: say("Start"),
}

PLANS: dict[Ask, tuple[Step, ...]] = {
    Ask.SHIFT: (Step.STOP, Step.WRITE, Step.START),
    Ask.UNDO: (Step.STOP, Step.WRITE, Step.START),
    Ask.RESUME: (Step.START,),
}
"""What is going to be done, in order; ticked off on the card while it is."""

CHOICES: Mapping[TrackingChoice, str] = {
    TrackingChoice.MOVES_TOO: say("RT's tracking is moved by hand"),
    TrackingChoice.ACCEPTED: say("RT's tracking stays, clicks may be lost"),
}
SELF_APPROVAL = say(
    "⚠️ An approver may approve what they asked for themselves: `allow_self_approval` is on in mcsync.toml."
)

LONGEST_NAME, LONGEST_INSTANCE = 50, 24
"""A header has 150 characters; longer names are shortened in it."""

SIGNS: dict[Stage, str] = {
    Stage.WAITING: "🟡",
    Stage.APPROVED: "🟡",
    Stage.APPLYING: "🟡",
    Stage.VERIFIED: "🔵",
    Stage.PROVED: "🟢",
    Stage.DENIED: "⚪",
    Stage.EXPIRED: "⚪",
    Stage.VOID: "⚪",
    Stage.FAILED: "🔴",
    Stage.UNCLEAR: "🔴",
    Stage.SET_ASIDE: "⚪",
    Stage.OVERTAKEN: "⚪",
}

UNDER_WAY = frozenset({Stage.WAITING, Stage.APPROVED, Stage.APPLYING, Stage.VERIFIED, Stage.PROVED})
"""Stages in which the sign of an incident is that of its remedy."""

HEADINGS: Mapping[Stage, str] = {
    Stage.WAITING: say("Waiting for approval"),
    Stage.APPROVED: say("Approved, about to begin"),
    Stage.APPLYING: say("Carrying out"),
    Stage.VERIFIED: say("Changed and read back; waiting for the next run to pass"),
    Stage.PROVED: say("Done and proved"),
    Stage.DENIED: say("Denied"),
    Stage.EXPIRED: say("Expired without a decision"),
    Stage.VOID: say("Void: nothing was changed"),
    Stage.FAILED: say("Failed"),
    Stage.UNCLEAR: say("Needs attention"),
    Stage.SET_ASIDE: say("Set aside: nobody knows how it ended"),
    Stage.OVERTAKEN: say("Overtaken by a later change"),
}


def blocks(view: CardView, request: Proposal, zone: ZoneInfo) -> list[Block]:
    """Render *request*; times beside the viewer's are in *zone*."""
    lines = [f"*{_heading(view, request)}*", markup.escape(told(request.summary))]
    if request.purpose:
        lines.append(purpose(request))
    lines += filter(None, [_reason(request)])
    shown = [markup.section(markup.fitted(lines)), *difference.blocks(request, zone)]
    if request.stage is Stage.WAITING and request.caution:
        shown.append(markup.context(f"⚠️ {markup.escape(told(request.caution))}"))
    if request.tracking_open:
        by_hand = tell(
            "⚠️ *Still to do by hand:* move RT's tracking workflow to {minute}, then press "
            "*Tracking was moved*.",
            minute=minute_words(request.archiving_minute),
        )
        shown.append(markup.section(by_hand))
    shown.append(markup.context(*_history(view, request, zone)))
    shown += proposal_buttons.blocks(request, str(view.instance.badge))
    return shown


def self_approval(view: CardView) -> list[Block]:
    """Say on a card that one person may do it all, while that is so."""
    return [markup.context(told(SELF_APPROVAL))] if view.self_approval else []


def zone_of(view: CardView, workflow: str) -> ZoneInfo:
    """Find the zone of RT's restart; the server's where the workflow is no longer configured."""
    windows = (one.windows for one in view.instance.executions if one.workflow == workflow)
    return next((window.zone for found in windows for window in found), view.instance.zone)


def place(workflow: str, instance: str) -> str:
    """Name a workflow and its server as short as a headline needs it."""
    name, server = markup.short(workflow, LONGEST_NAME), markup.short(instance, LONGEST_INSTANCE)
    return tell("{workflow} on {server}", workflow=name, server=server)


def place_on(workflow: str, badge: Badge) -> str:
    """Name a workflow and the badge of its server as short as a headline needs it."""
    server = f"{badge.emoji} {markup.short(badge.label, LONGEST_INSTANCE)} ({told(badge.colour)})"
    return tell("{workflow} on {server}", workflow=markup.short(workflow, LONGEST_NAME), server=server)


def is_shortened(workflow: str, label: str) -> bool:
    """Tell whether a headline does not show a name in full."""
    return len(workflow) > LONGEST_NAME or len(label) > LONGEST_INSTANCE


def heading(request: Proposal) -> str:
    """Say in a few words where *request* stands; the words may be Campaign's."""
    if request.stage is Stage.APPLYING and request.doing:
        return tell("Carrying out: waiting for {what}", what=request.doing)
    if request.stage is Stage.VERIFIED and request.run_passed_at is not None:
        return tell("The next run passed; waiting for the next restart to be survived")
    if request.stage is Stage.FAILED and request.unproved_at is not None:
        return tell("Changed and not proved, so this is open again")
    if request.withdrawn:
        return tell("Withdrawn")
    if request.stage is Stage.VERIFIED and request.ask is Ask.RESUME:
        return tell("Running again; waiting for the run to pass")
    return told(HEADINGS[request.stage])


def purpose(request: Proposal) -> str:
    """Say why somebody asks, in their own words."""
    reason = markup.escape(markup.cut(request.purpose, 500))
    return tell("{person}'s reason: {reason}", person=f"<@{request.requested_by}>", reason=reason)


def asked_for_by(request: Proposal, zone: ZoneInfo) -> str:
    """Say who asked, and when."""
    person, moment = f"<@{request.requested_by}>", markup.moment(request.requested_at, zone)
    return tell("Asked for by {person} {moment}", person=person, moment=moment)


def expires(request: Proposal, zone: ZoneInfo) -> str:
    """Say until when it can be decided."""
    return tell("Expires {moment}", moment=markup.moment(request.expires_at, zone))


def _heading(view: CardView, request: Proposal) -> str:
    """Say where it stands, and while it waits for whom, whose mentions wake nobody when a card is updated."""
    if request.stage is not Stage.WAITING or not view.approvers:
        return markup.escape(heading(request))
    return tell("Waiting for approval by {people}", people=markup.sentence(told(view.approvers)))


def _reason(request: Proposal) -> str:
    """Write why it stands so; of what a person wrote, whose words they are."""
    reason = markup.cut(told(request.reason), 1500)
    if request.withdrawn and request.reason == WITHDRAWN:
        return ""
    if not reason or request.stage is Stage.WAITING:
        # Our own sentence of dropped approvals names people, whatever else is said may not.
        return markup.sentence(reason)
    author = {Stage.DENIED: request.decided_by, Stage.SET_ASIDE: request.set_aside_by}.get(request.stage)
    if not author:
        return markup.escape(reason)
    return tell("{person}'s reason: {reason}", person=f"<@{author}>", reason=markup.escape(reason))


def _history(view: CardView, request: Proposal, zone: ZoneInfo) -> list[str]:
    lines = [asked_for_by(request, zone)]
    if request.stage is Stage.WAITING:
        lines.append(expires(request, zone))
        if view.next_run is not None:
            moment = markup.moment(view.next_run, zone)
            lines.append(tell("Next run once it is carried out: {moment}", moment=moment))
    lines += _decisions(request, zone)
    if request.stage in {Stage.APPROVED, Stage.APPLYING, Stage.UNCLEAR} or request.steps:
        lines += filter(None, [_plan(request, zone)])  # a change that never began has no plan to tick off
    if request.predicted_run is not None and request.stage is Stage.VERIFIED and not request.run_passed_at:
        lines.append(tell("Next run {moment}", moment=markup.moment(request.predicted_run, zone)))
    if request.unproved_at is not None:
        lines.append(tell("Open again since {moment}", moment=markup.moment(request.unproved_at, zone)))
    if request.set_aside_at is not None:
        lines.append(
            tell(
                "Set aside by {person} {moment}: look in the console whether the workflow runs",
                person=f"<@{request.set_aside_by}>",
                moment=markup.moment(request.set_aside_at, zone),
            )
        )
    if request.tracking_moved_by:
        person = f"<@{request.tracking_moved_by}>"
        lines.append(tell("RT's tracking was moved as well, says {person}", person=person))
    return lines


def _decisions(request: Proposal, zone: ZoneInfo) -> list[str]:
    if request.stage is Stage.DENIED and request.decided_at is not None:
        person, moment = f"<@{request.decided_by}>", markup.moment(request.decided_at, zone)
        if request.withdrawn:
            return [tell("Withdrawn by {person} {moment}", person=person, moment=moment)]
        return [tell("Denied by {person} {moment}", person=person, moment=moment)]
    lines = [_approval(vote, zone) for vote in request.votes]
    if request.stage is Stage.WAITING and request.quorum > 1:
        lines.append(
            tell_count(
                "{count} of {quorum} approvals is missing",
                "{count} of {quorum} approvals are missing",
                request.quorum - len(request.votes),
                quorum=request.quorum,
            )
        )
    return lines


def _approval(vote: Vote, zone: ZoneInfo) -> str:
    person, moment = f"<@{vote.user}>", markup.moment(vote.at, zone)
    if vote.tracking not in CHOICES:
        return tell("Approved by {person} {moment}", person=person, moment=moment)
    choice = CHOICES[vote.tracking]
    return tell("Approved by {person} {moment}: {choice}", person=person, moment=moment, choice=choice)


def _plan(request: Proposal, zone: ZoneInfo) -> str:
    """Tick off what was done of the plan; what was tried more than once is shown once, with its last try."""
    last = {record.step: record for record in request.steps}
    ended = request.stage not in {Stage.APPROVED, Stage.APPLYING}
    shown = []
    for step in dict.fromkeys((*PLANS[request.ask], *last)):
        record = last.get(step)
        if record is None:
            if not ended:
                shown.append(f"◻️ {told(STEPS[step])}")
            continue
        sign = "⚠️" if record.outcome else "✅" if record.ended_at else "⏳"
        shown.append(f"{sign} {told(STEPS[step])} {record.begun_at.astimezone(zone):%H:%M:%S}")
    return " → ".join(shown)
