"""Damage: more differs after our write than we meant to change. Whose it is decides what may be done.

What our own write damaged is written back from the backup; what somebody else edited is theirs, and stays.
"""

from bot.domain.coming_to_rest import (
    come_to_rest,
    editor,
    marketing_first,
    possibly_run,
    taken_since,
    unclear_once,
)
from bot.domain.decision import LOST_PATIENCE, MOST_TRIES, Decision, End, Scene, Take, Wait
from bot.domain.errors import UnreadableSchedule
from bot.domain.proposal import Ending, Proposal, Stage, Step
from bot.domain.schedule import Schedule
from bot.domain.sentence import joined, say
from bot.domain.three_way import find

_NOBODY_KNOWS = say(
    "Alarm: after the write more differs than the schedule, and mcsync does not know by which "
    "login it writes here, so it cannot tell its own damage from somebody's edit. It repaired "
    "nothing and left the workflow stopped: compare it in the console, restore what is wrong, "
    "then start it. With `operator` in mcsync.toml mcsync repairs its own damage by itself."
)

_TOO_OLD_TO_REPAIR = say(
    "Alarm: the definition is damaged, and the approval is older than its expiry, so mcsync "
    "writes no backup back. It stays stopped: restore it in the console, then start it."
)


def repair(proposal: Proposal, scene: Scene, strange: tuple[str, ...]) -> Decision | None:
    """Write the backup back when our own write damaged the definition; `None` when nothing is to repair.

    Only while it stands stopped and nobody else has saved it since: what somebody else edited is theirs.
    """
    status, period = scene.workflow.status, scene.workflow.definition.period
    sent = possibly_run(proposal, Step.RESTORE)
    damaged = bool(strange) or period not in (proposal.period_before, proposal.period_after)
    if sent and not damaged and period == proposal.period_before:
        sentence = say(
            "Alarm: after the write the definition differed by more than the schedule. mcsync wrote "
            "its backup back and it reads as before. Tell your administrator before anybody tries "
            "again."
        )
        return come_to_rest(proposal, scene, Ending(Stage.FAILED, sentence))
    if not damaged or not status.stopped:
        return None
    found = find(scene.workflow, proposal.backup)
    if not scene.operator:
        # A whole schedule that somebody wrote is sound, whoever it was; anything else may be our damage.
        return None if not strange and _legible(period) else End(Ending(Stage.UNCLEAR, _NOBODY_KNOWS, found))
    if scene.workflow.modified_by.casefold() != scene.operator.casefold():
        return None
    if sent and scene.now - (sent[-1].ended_at or sent[-1].begun_at) < LOST_PATIENCE:
        return Wait(10, say("the backup to be written back"))
    if sent or len(taken_since(proposal.taken(Step.RESTORE), proposal.begun_at)) >= MOST_TRIES:
        sentence = say(
            "Alarm: the definition is damaged and the backup could not be written back. It stays "
            "stopped: restore it in the console, then start it."
        )
        return End(Ending(Stage.UNCLEAR, sentence, found))
    if proposal.lapsed:
        return End(Ending(Stage.UNCLEAR, _TOO_OLD_TO_REPAIR, found))
    return marketing_first(scene) or Take(Step.RESTORE)


def after_foreign_hand(proposal: Proposal, scene: Scene, what: str) -> Decision:
    """Leave to others what others edited: write nothing, and say what differs. *what* is one sentence."""
    hands_off = say(
        "Last saved by {editor}. mcsync writes nothing more: compare it in the console.", editor=editor(scene)
    )
    found = find(scene.workflow, proposal.backup)
    return come_to_rest(
        proposal, scene, Ending(unclear_once(proposal), joined(" ", [what, hands_off]), found)
    )


def _legible(period: str | None) -> bool:
    """Tell whether a schedule's text is one that we understand."""
    try:
        Schedule.parse(period or "")
    except UnreadableSchedule:
        return False
    return True
