"""The part of a card that tells of a proposal: what is asked for, by whom, and how far it is."""

from zoneinfo import ZoneInfo

from bot.domain.badge import Badge
from bot.domain.proposal import Ask, Proposal, Stage, Step, TrackingChoice
from bot.service.cards import CardView
from commands.cards import difference, markup
from commands.cards.markup import Block

STEPS: dict[Step, str] = {
    Step.STOP: "Stop",
    Step.WRITE: "Write the schedule",
    Step.RESTORE: "Write the backup back",
    Step.START: "Start",
}

PLANS: dict[Ask, tuple[Step, ...]] = {
    Ask.SHIFT: (Step.STOP, Step.WRITE, Step.START),
    Ask.UNDO: (Step.STOP, Step.WRITE, Step.START),
    Ask.RESUME: (Step.START,),
}
"""What is going to be done, in order; ticked off on the card while it is."""

CHOICES: dict[TrackingChoice, str] = {
    TrackingChoice.MOVES_TOO: "RT's tracking will be moved as well",
    TrackingChoice.ACCEPTED: "the exposed minutes are accepted",
}
APPROVE_WORDS: dict[TrackingChoice, str] = {
    TrackingChoice.NONE: "Approve",
    TrackingChoice.MOVES_TOO: "Approve, tracking moves too",
    TrackingChoice.ACCEPTED: "Approve, gap accepted",
}

ASKED_AGAIN = frozenset({Stage.VOID, Stage.EXPIRED})
"""Stages whose request may be made anew, against the schedule as it stands then."""

SELF_APPROVAL = (
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
}

UNDER_WAY = frozenset({Stage.WAITING, Stage.APPROVED, Stage.APPLYING, Stage.VERIFIED, Stage.PROVED})
"""Stages in which the sign of an incident is that of its remedy."""

HEADINGS: dict[Stage, str] = {
    Stage.WAITING: "Waiting for approval",
    Stage.APPROVED: "Approved, about to begin",
    Stage.APPLYING: "Carrying out",
    Stage.VERIFIED: "Changed and read back; waiting for the next run to pass",
    Stage.PROVED: "Done and proved",
    Stage.DENIED: "Denied",
    Stage.EXPIRED: "Expired without a decision",
    Stage.VOID: "Void: nothing was changed",
    Stage.FAILED: "Failed",
    Stage.UNCLEAR: "Needs attention",
    Stage.SET_ASIDE: "Set aside: nobody knows how it ended",
}


def blocks(request: Proposal, zone: ZoneInfo, *, badge: str = "") -> list[Block]:
    """Render *request*; times beside the viewer's are in *zone*, and questions name the server's *badge*."""
    told = [f"*{markup.escape(heading(request))}*", markup.escape(request.summary)]
    if request.purpose:
        told.append(f"Why, says <@{request.requested_by}>: {markup.escape(markup.cut(request.purpose, 500))}")
    if request.reason:
        told.append(_reason(request))
    shown = [markup.section(markup.fitted(told)), *difference.blocks(request, zone)]
    if request.stage is Stage.WAITING and request.caution:
        shown.append(markup.context(f"⚠️ {markup.escape(request.caution)}"))
    shown.append(markup.context(*_history(request, zone)))
    shown += _buttons(request, badge)
    return shown


def self_approval(view: CardView) -> list[Block]:
    """Say on a card that one person may do it all, while that is so."""
    return [markup.context(SELF_APPROVAL)] if view.self_approval else []


def zone_of(view: CardView, workflow: str) -> ZoneInfo:
    """Find the zone of RT's restart; the server's where the workflow is no longer configured."""
    windows = (one.windows for one in view.instance.executions if one.workflow == workflow)
    return next((window.zone for found in windows for window in found), view.instance.zone)


def place(workflow: str, instance: str) -> str:
    """Name a workflow and its server as short as a headline needs it."""
    return f"{markup.short(workflow, LONGEST_NAME)} on {markup.short(instance, LONGEST_INSTANCE)}"


def place_on(workflow: str, badge: Badge) -> str:
    """Name a workflow and the badge of its server as short as a headline needs it."""
    server = f"{badge.emoji} {markup.short(badge.label, LONGEST_INSTANCE)} ({badge.colour})"
    return f"{markup.short(workflow, LONGEST_NAME)} on {server}"


def is_shortened(workflow: str, label: str) -> bool:
    """Tell whether a headline does not show a name in full."""
    return len(workflow) > LONGEST_NAME or len(label) > LONGEST_INSTANCE


def heading(request: Proposal) -> str:
    """Say in a few words where *request* stands; the words may be Campaign's."""
    if request.stage is Stage.APPLYING and request.doing:
        return f"Carrying out: waiting for {request.doing}"
    if request.stage is Stage.VERIFIED and request.run_passed_at is not None:
        return "The next run passed; waiting for the next restart to be survived"
    if request.stage is Stage.FAILED and request.unproved_at is not None:
        return "Changed and not proved, so this is open again"
    if request.stage is Stage.VERIFIED and request.ask is Ask.RESUME:
        return "Running again; waiting for the run to pass"
    return HEADINGS[request.stage]


def _reason(request: Proposal) -> str:
    """Write why: our own sentence of dropped approvals names people, whatever else is said may not."""
    reason = markup.cut(request.reason, 1500)
    return markup.sentence(reason) if request.stage is Stage.WAITING else markup.escape(reason)


def _history(request: Proposal, zone: ZoneInfo) -> list[str]:
    lines = [f"Asked for by <@{request.requested_by}> {markup.moment(request.requested_at, zone)}"]
    if request.stage is Stage.WAITING:
        lines.append(f"Expires {markup.moment(request.expires_at, zone)}")
    lines += _decisions(request, zone)
    if request.stage in {Stage.APPROVED, Stage.APPLYING, Stage.UNCLEAR} or request.steps:
        lines += filter(None, [_plan(request, zone)])  # a change that never began has no plan to tick off
    if request.predicted_run is not None and request.stage is Stage.VERIFIED and not request.run_passed_at:
        lines.append(f"Next run {markup.moment(request.predicted_run, zone)}")
    if request.unproved_at is not None:
        lines.append(f"Open again since {markup.moment(request.unproved_at, zone)}")
    if request.set_aside_at is not None:
        lines.append(
            f"Set aside by <@{request.set_aside_by}> {markup.moment(request.set_aside_at, zone)}: "
            "look in the console whether the workflow runs"
        )
    if request.tracking_open:
        lines.append("⚠️ Open: RT's tracking is to be moved as well; confirm when that is done.")
    if request.tracking_moved_by:
        lines.append(f"RT's tracking was moved as well, says <@{request.tracking_moved_by}>")
    return lines


def _decisions(request: Proposal, zone: ZoneInfo) -> list[str]:
    if request.stage is Stage.DENIED and request.decided_at is not None:
        verb = "Withdrawn" if request.decided_by == request.requested_by else "Denied"
        return [f"{verb} by <@{request.decided_by}> {markup.moment(request.decided_at, zone)}"]
    lines = []
    for vote in request.votes:
        choice = f": {CHOICES[vote.tracking]}" if vote.tracking in CHOICES else ""
        lines.append(f"Approved by <@{vote.user}> {markup.moment(vote.at, zone)}{choice}")
    missing = request.quorum - len(request.votes)
    if request.stage is Stage.WAITING and request.quorum > 1:
        lines.append(f"{missing} of {request.quorum} approvals are missing")
    return lines


def _plan(request: Proposal, zone: ZoneInfo) -> str:
    """Tick off what was done of the plan; what was tried more than once is shown once, with its last try."""
    last = {record.step: record for record in request.steps}
    ended = request.stage not in {Stage.APPROVED, Stage.APPLYING}
    shown = []
    for step in dict.fromkeys((*PLANS[request.ask], *last)):
        record = last.get(step)
        if record is None:
            if not ended:
                shown.append(f"◻️ {STEPS[step]}")
            continue
        sign = "⚠️" if record.outcome else "✅" if record.ended_at else "⏳"
        shown.append(f"{sign} {STEPS[step]} {record.begun_at.astimezone(zone):%H:%M:%S}")
    return " → ".join(shown)


def _buttons(request: Proposal, badge: str) -> list[Block]:
    if request.stage is Stage.WAITING:
        return [decide(request, badge=badge)]
    buttons: list[Block] = []
    if request.stage is Stage.UNCLEAR:
        buttons.append(
            markup.button(
                "Check again",
                "mcsync_check",
                request.id,
                style="primary",
                label="Read Campaign again and go on from there",
            )
        )
        buttons.append(
            markup.button(
                "Set aside",
                "mcsync_set_aside",
                request.id,
                label=f"End the change of {markup.short(request.workflow, 30)} as it stands",
            )
        )
    if request.stage in ASKED_AGAIN:
        buttons.append(
            markup.button(
                "Ask again",
                "mcsync_again",
                request.id,
                style="primary",
                label="Ask for the same, judged by the schedule as it stands now",
            )
        )
    if request.tracking_open:
        buttons.append(
            markup.button(
                "Tracking was moved",
                "mcsync_confirm",
                request.id,
                label="Confirm that RT's tracking workflow was moved as well",
            )
        )
    if request.undoable:
        buttons.append(
            markup.button(
                "Undo",
                "mcsync_undo",
                request.id,
                confirm=markup.confirmation(
                    f"Ask to undo this change{_on(badge)}?",
                    f"The previous schedule of {request.workflow} would be put back, once approved.",
                    "Ask to undo",
                    "Not now",
                    style="danger",
                ),
                label=f"Ask to put the previous schedule of {request.workflow} back",
            )
        )
    return [markup.actions("mcsync_after", buttons)] if buttons else []


def decide(request: Proposal, block_id: str = "mcsync_decide", *, badge: str = "") -> Block:
    """Build the buttons of a decision: approve (with the choice about tracking), deny, and the rest."""
    value = f"{request.id}:{request.digest}"
    # What speaks against it is shown whole; the card above shows what is asked for.
    room = markup.CONFIRM_TEXT - (len(request.caution) + 1 if request.caution else 0)
    question = f"{markup.cut(request.summary, room)} {request.caution}".strip()
    choices = CHOICES if request.caution and request.ask is Ask.SHIFT else {TrackingChoice.NONE: ""}
    buttons = [
        markup.button(
            APPROVE_WORDS[choice],
            f"mcsync_approve_{choice.value}" if choice.value else "mcsync_approve",
            value,
            style="primary" if number == 0 else "",
            confirm=markup.confirmation(f"Approve this change{_on(badge)}?", question, "Approve", "Not now"),
            label=f"{APPROVE_WORDS[choice]}: {request.summary}",
        )
        for number, choice in enumerate(choices)
    ]
    buttons.append(
        markup.button("Deny", "mcsync_deny", request.id, style="danger", label=f"Deny: {request.summary}")
    )
    more = markup.overflow(
        "mcsync_more",
        {"Extend by an hour": f"extend:{request.id}", "Withdraw my request": f"withdraw:{request.id}"},
    )
    return markup.actions(block_id, [*buttons, more])


def _on(badge: str) -> str:
    return f" on {badge}" if badge else ""
