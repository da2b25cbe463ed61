"""One look at a change under way: Campaign is read, RT is asked before a Start, and what to do is decided.

Nothing in here changes anything; the steps are `bot/service/changes.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain.calm import over_at
from bot.domain.change import Decision, End, Scene, Take, Wait, decide
from bot.domain.errors import (
    Answered,
    CampaignError,
    McsyncError,
    NotFound,
    UnreadableAnswer,
    sentence_of,
)
from bot.domain.lesson import effective_windows
from bot.domain.offer import zone_of
from bot.domain.proposal import Ending, Proposal, Stage, Step
from bot.domain.sentence import joined, say
from bot.domain.workflow import Workflow
from bot.service.office import Office
from bot.service.ports import Campaign

log = structlog.get_logger(__name__)

READ_AGAIN = timedelta(seconds=10)
"""How soon Campaign is read again after it could not be read."""

BLIND = timedelta(minutes=30)
"""How long Campaign may be unreadable before the card says that it is unclear what happened."""

_STEPS: Mapping[Step, str] = {
    Step.STOP: say("stop"),
    Step.WRITE: say("write"),
    Step.RESTORE: say("restore"),
    Step.START: say("start"),
}
"""Each step in a word, as it stands in a list of them."""


@dataclass(frozen=True)
class Seen:
    """What one look came to.

    Attributes:
        proposal: as it stands now.
        decision: what is to be done.
        workflow: as Campaign showed it, `None` where it could not be read.
        blind_since: since when Campaign cannot be read, `None` while it can.
    """

    proposal: Proposal
    decision: Decision
    workflow: Workflow | None
    blind_since: datetime | None = None


def look(office: Office, proposal: Proposal, now: datetime, blind_since: datetime | None) -> Seen:
    """Read Campaign and decide; what cannot be read is waited for, for a while.

    Args:
        office: what the use cases share.
        proposal: under way.
        now: rule time, UTC.
        blind_since: since when Campaign could not be read, `None` if it could.
    """
    try:
        workflow = campaign_of(office, proposal).workflow(proposal.workflow)
        if not proposal.steps and not proposal.operator:
            proposal = replace(proposal, operator=_who_we_are(office, proposal.instance))
        scene = scene_of(office, proposal, workflow, now)
        decision = decide(proposal, scene)
        if isinstance(decision, Take) and decision.step is Step.START:
            decision = decide(proposal, _with_a_look_at_rt(office, proposal, scene))
        return Seen(proposal, decision, workflow)
    except NotFound as error:
        decision = End(Ending(Stage.UNCLEAR, sentence_of(error)))
    except CampaignError as error:
        blind_since = blind_since or now
        decision = _wait_for_sight(proposal, error, now, blind_since)
    except McsyncError as error:
        by_hand = say("Look at the workflow in the console, and start it if it stands still.")
        decision = End(Ending(Stage.UNCLEAR, joined(" ", [sentence_of(error), by_hand])))
    return Seen(proposal, decision, None, blind_since)


def campaign_of(office: Office, proposal: Proposal) -> Campaign:
    """Find the gateway of the server that is changed.

    Raises:
        NotFound: the server is no longer configured.
    """
    campaign = office.campaigns.get(proposal.instance)
    if campaign is None:
        raise NotFound(
            say(
                "{instance} is no longer in mcsync.toml, so mcsync cannot look at it: check in the "
                "console that {workflow} runs.",
                instance=proposal.instance,
                workflow=proposal.workflow,
            )
        )
    return campaign


def scene_of(office: Office, proposal: Proposal, workflow: Workflow, now: datetime) -> Scene:
    """Put together what a decision is taken from; RT itself is not asked.

    Raises:
        McsyncError: the schedule's zone is not understood.
    """
    instance = office.instances[proposal.instance]
    execution = instance.execution(workflow.status.name)
    with office.store.read() as tx:
        lesson = tx.lesson(instance.name, workflow.status.name)
    return Scene(
        workflow=workflow,
        zone=zone_of(workflow, instance),
        now=now,
        rt_back_at=over_at(effective_windows(execution, lesson), now),
        marketing_back_at=over_at(instance.windows, now),
        operator=proposal.operator,
    )


def _with_a_look_at_rt(office: Office, proposal: Proposal, scene: Scene) -> Scene:
    """Look whether RT answers right now, where it may be probed: nothing is started while it does not."""
    if not office.instances[proposal.instance].execution(proposal.workflow).probe:
        return scene
    seen = office.probe.look(proposal.instance, proposal.workflow)
    return replace(scene, rt_answers=seen.answered if seen is not None else None)


def _who_we_are(office: Office, name: str) -> str:
    """Find out by which login we write, before anything is written; `""` when the server does not say."""
    known = office.instances[name].operator
    if known:
        return known
    try:
        return office.campaigns[name].operator().login
    except (Answered, UnreadableAnswer) as error:
        log.warning("change.operator_unknown", instance=name, reason=str(error))
        return ""


def _wait_for_sight(
    proposal: Proposal, error: CampaignError, now: datetime, blind_since: datetime
) -> Decision:
    """Campaign could not be read: come again, and say so when it lasts."""
    if now - blind_since > BLIND:
        begun = joined(", ", [_STEPS[record.step] for record in proposal.steps]) or say("nothing")
        unread = say(
            "Campaign cannot be read any more; done so far: {steps}. Check that the workflow runs.",
            steps=begun,
        )
        return End(Ending(Stage.UNCLEAR, joined(" ", [unread, sentence_of(error)])))
    waited_for = say("Campaign to answer ({why})", why=sentence_of(error))
    return Wait(int(READ_AGAIN.total_seconds()), waited_for)
