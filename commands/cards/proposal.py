"""The part of a card that tells of a proposal: what is asked for, by whom, and how far it is."""

from zoneinfo import ZoneInfo

from bot.domain.proposal import Ask, Proposal, Stage, Step
from commands.cards import markup
from commands.cards.markup import Block

STEPS: dict[Step, str] = {Step.STOP: "Stop", Step.WRITE: "Write the schedule", Step.START: "Start"}


HEADINGS: dict[Stage, str] = {
    Stage.WAITING: "Waiting for approval",
    Stage.APPROVED: "Approved, about to begin",
    Stage.APPLYING: "Carrying out",
    Stage.VERIFIED: "Changed and read back; waiting for the next run to pass",
    Stage.PROVED: "Done and proved",
    Stage.DENIED: "Denied",
    Stage.EXPIRED: "Expired without a decision",
    Stage.VOID: "Void: something moved, nothing was changed",
    Stage.FAILED: "Not done",
    Stage.UNCLEAR: "Needs attention",
}


def blocks(request: Proposal, zone: ZoneInfo) -> list[Block]:
    """Render *request*; times beside the viewer's are in *zone*."""
    shown = [markup.section(f"*{_heading(request)}*\n{markup.escape(request.summary)}")]
    if request.stage is Stage.WAITING and request.caution:
        shown.append(markup.context(f"⚠️ {markup.escape(request.caution)}"))
    shown.append(markup.context(*_history(request, zone)))
    shown += _buttons(request)
    return shown


def sentence(request: Proposal) -> str:
    """Say in one plain sentence where *request* stands."""
    said = f"{_heading(request)}: {request.summary}"
    return f"{said} {request.reason}".strip()


def _heading(request: Proposal) -> str:
    if request.stage is Stage.APPLYING and request.doing:
        return f"Carrying out: waiting for {request.doing}"
    if request.stage is Stage.VERIFIED and request.ask is Ask.RESUME:
        return "Running again; waiting for the run to pass"
    return HEADINGS[request.stage]


def _history(request: Proposal, zone: ZoneInfo) -> list[str]:
    lines = [f"Asked for by <@{request.requested_by}> {markup.moment(request.requested_at, zone)}"]
    if request.stage is Stage.WAITING:
        lines.append(f"Expires {markup.moment(request.expires_at, zone)}")
    if request.decided_by and request.decided_at is not None:
        verb = "Denied" if request.stage is Stage.DENIED else "Approved"
        lines.append(f"{verb} by <@{request.decided_by}> {markup.moment(request.decided_at, zone)}")
    for record in request.steps[-4:]:
        sign = "✅" if record.ended_at and not record.outcome else "⚠️" if record.outcome else "⏳"
        lines.append(f"{sign} {STEPS[record.step]} {markup.moment(record.begun_at, zone)}")
    if request.predicted_run is not None and request.stage is Stage.VERIFIED:
        lines.append(f"Next run {markup.moment(request.predicted_run, zone)}")
    if request.reason:
        lines.append(markup.escape(markup.cut(request.reason, 1500)))
    return lines


def _buttons(request: Proposal) -> list[Block]:
    if request.stage is Stage.UNCLEAR:
        check = markup.button(
            "Check again",
            "mcsync_check",
            request.id,
            style="primary",
            label="Read Campaign again and go on from there",
        )
        return [markup.actions("mcsync_check", [check])]
    if request.stage is not Stage.WAITING:
        return []
    value = f"{request.id}:{request.digest}"
    caution = f" {request.caution}" if request.caution else ""
    approve = markup.button(
        "Approve",
        "mcsync_approve",
        value,
        style="primary",
        confirm=markup.confirmation("Approve this change?", request.summary + caution, "Approve", "Not now"),
        label=f"Approve: {request.summary}",
    )
    deny = markup.button(
        "Deny",
        "mcsync_deny",
        value,
        style="danger",
        confirm=markup.confirmation(
            "Deny this change?", request.summary + caution, "Deny", "Not now", style="danger"
        ),
        label=f"Deny: {request.summary}",
    )
    return [markup.actions("mcsync_decide", [approve, deny])]
