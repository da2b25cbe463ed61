"""How each trouble is made: one function per deed of a plan, at once or at its exact moment."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.sandbox.programs import STOPPED
from tests.chaos.plan import COMMIT, PAUSE, WHO_IS_WHO, Card

if TYPE_CHECKING:
    from tests.chaos.morning import Morning

SLOW_SECONDS = 2.6
"""Longer than the program waits for Campaign."""

Deed = Callable[["Morning", Mapping[str, Any]], None]


def play(morning: "Morning", card: Card) -> None:
    """Make a trouble, or lay it in wait for its moment."""
    deed = partial(_do, morning, card)
    trigger = card.trigger
    if trigger is None:
        deed()
    elif trigger.label == COMMIT:
        morning.sandbox.commits.lay(trigger, deed)
    elif trigger.label == PAUSE:
        hand = threading.Timer(trigger.number / 1000, deed)
        hand.start()
        morning.hands.append(hand)
    else:
        morning.sandbox.gate.lay(trigger, deed, cuts=card.deed == "kill")


def never_met(card: Card, left: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether a fault that was ordered still waits for its first call, given what is left of all."""
    told = dict(card.details)
    return "mode" in told and any(all(one.get(name) == value for name, value in told.items()) for one in left)


def _do(morning: "Morning", card: Card) -> None:
    morning.met(card)
    DEEDS[card.deed](morning, dict(card.details))


# --- Power ----------------------------------------------------------------------------------------


def kill(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Kill the program with -9; it is started again after so many seconds of rule time."""
    if morning.sandbox.bot_state != STOPPED:
        morning.out_seconds = float(told["out"])
        morning.sandbox.kill_bot()


# --- Campaign -------------------------------------------------------------------------------------


def campaign_fails(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Spoil the next calls of one kind."""
    morning.sandbox.campaign("faults", seconds=SLOW_SECONDS, **told)


def marketing_restarts(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Restart marketing in the middle of it; our session is gone or not."""
    morning.sandbox.campaign(
        "restart-marketing", seconds=told["seconds"], forget_sessions=bool(told["forget"])
    )


def rt_restarts(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Restart RT out of its time."""
    morning.sandbox.campaign("restart", seconds=told["seconds"])


def session_expires(morning: "Morning", _told: Mapping[str, Any]) -> None:
    """Let the session be gone at the next call."""
    morning.sandbox.campaign("faults", action="*", mode="expired-session", times=1)


def somebody_edits(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Edit the workflow in the console."""
    minute = 2 + 5 * (morning.witness.foreign_edits % 7)
    change: dict[str, dict[str, str]] = (
        {"period": {"m_tmStartTime": f"00:{minute:02}:00.000"}}
        if told["what"] == "period"
        else {"activity": {"name": "soapImport", "script": f"mine({minute});"}}
    )
    morning.witness.somebody_edits(morning.now())
    morning.sandbox.campaign("edit", login="intruder", **change)


def somebody_presses(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Press *Stop* or *Start* in the console."""
    answer = morning.sandbox.campaign(told["what"], login="intruder")
    if told["what"] == "stop" and answer.get("ok"):
        morning.witness.foreign_stop = morning.now()


# --- Slack ----------------------------------------------------------------------------------------


def slack_fails(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Spoil the next calls of one method."""
    morning.witness.slack_is_odd |= told["method"] in WHO_IS_WHO
    morning.sandbox.slack("faults", retry_after=1, seconds=SLOW_SECONDS, **told)


def delivered_again(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Let Slack deliver the last press once more, at once or when it is long over."""
    if told["minutes"]:
        morning.let_pass(60.0 * told["minutes"])
    morning.sandbox.slack("redeliver", identical=told["identical"])


def delivered_late(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Let somebody press *Approve* now, and the press arrive some steps later, signed long before."""
    morning.press_late(told["user"], age=float(told["age"]), steps=int(told["steps"]))


def group_changes(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Take an approver out of the group, or put one back; Slack tells of it, or not."""
    members = morning.witness.members ^ {told["user"]}
    with morning.witness.changing_the_group(members, morning.now):
        morning.sandbox.slack("group", id="S0ADMINS", users=sorted(members), quiet=told["quiet"])


def socket_closes(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Let Slack ask for a new connection, or drop the old one without a word."""
    morning.sandbox.slack("disconnect", **told)


def slack_stalls(morning: "Morning", told: Mapping[str, Any]) -> None:
    """Let Slack stand still for a while: nothing is closed, and nothing comes."""
    morning.sandbox.freeze_slack()
    time.sleep(told["seconds"])
    morning.sandbox.thaw_slack()


DEEDS: Mapping[str, Deed] = {
    one.__name__.replace("_", " "): one
    for one in (
        *(kill, campaign_fails, marketing_restarts, rt_restarts, session_expires),
        *(somebody_edits, somebody_presses, slack_fails, delivered_again, delivered_late),
        *(group_changes, socket_closes, slack_stalls),
    )
}
"""Every deed by its name on a card."""
