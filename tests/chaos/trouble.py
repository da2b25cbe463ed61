"""Who makes trouble, and how: each function does one thing to a morning, drawn from its seed."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from tests.chaos.morning import ADMINS, Morning

CAMPAIGN_MODES = (
    *("empty-body", "empty-envelope", "blank-tokens", "503", "html", "fault", "expired-session"),
    *("reset", "slow", "truncate", "redirect", "trickle", "oversized"),
)
CAMPAIGN_ACTIONS = (
    *("xtk:workflow#Stop", "xtk:persist#Write", "xtk:workflow#Start", "xtk:queryDef#ExecuteQuery"),
    *("xtk:session#Logon", "*"),
)
SLACK_MODES = ("ratelimited", "500", "html", "reset", "slow", "error:internal_error")
SLACK_METHODS = (
    *("chat.postMessage", "chat.update", "chat.postEphemeral", "conversations.history", "users.info"),
    *("usergroups.users.list", "response_url", "*"),
)
Strike = Callable[[Morning], None]


# --- Power ----------------------------------------------------------------------------------------


def kill(morning: Morning) -> None:
    """Kill the bot with -9 within the next moments, whatever it does then, and start it again."""
    delay = morning.chance.choice([0.0, morning.chance.uniform(0, 0.05), morning.chance.uniform(0, 0.6)])

    def strike() -> None:
        time.sleep(delay)
        morning.sandbox.kill_bot()

    hand = threading.Thread(target=strike)
    hand.start()
    while hand.is_alive():
        morning.act()
        if hand.is_alive():
            morning.pass_time()
    hand.join()
    morning.sandbox.start_bot()


# --- Campaign -------------------------------------------------------------------------------------


def campaign_fails(morning: Morning) -> None:
    """Spoil the next calls of one kind."""
    mode = morning.chance.choice(CAMPAIGN_MODES)
    moments = ["before", "after", "late"] if mode == "slow" else ["before", "after"]
    morning.sandbox.campaign(
        "faults",
        action=morning.chance.choice(CAMPAIGN_ACTIONS),
        mode=mode,
        times=morning.chance.choice([1, 1, 2, 4]),
        when=morning.chance.choice(moments),
        seconds=1.3,
    )


def marketing_restarts(morning: Morning) -> None:
    """Restart marketing in the middle of it; our session is gone or not."""
    seconds = morning.chance.choice([20, 120, 300])
    forget = morning.chance.random() < 0.5
    morning.sandbox.campaign("restart-marketing", seconds=seconds, forget_sessions=forget)


def rt_restarts(morning: Morning) -> None:
    """Restart RT out of its time."""
    morning.sandbox.campaign("restart", seconds=morning.chance.choice([20, 120, 400]))


def session_expires(morning: Morning) -> None:
    """Let the session be gone between any two calls."""
    morning.sandbox.campaign("faults", action="*", mode="expired-session", times=1)


def somebody_edits(morning: Morning) -> None:
    """Edit the workflow in the console."""
    morning.foreign_edit = morning.sandbox.clock.now()
    if morning.chance.random() < 0.5:
        minute = morning.chance.choice([2, 7, 20, 35])
        start = f"00:{minute:02}:00.000"
        morning.sandbox.campaign("edit", login="intruder", period={"m_tmStartTime": start})
    else:
        script = f"mine({morning.chance.randrange(1000)});"
        morning.sandbox.campaign("edit", login="intruder", activity={"name": "soapImport", "script": script})


def somebody_stops_or_starts(morning: Morning) -> None:
    """Press *Stop* or *Start* in the console."""
    what = morning.chance.choice(["stop", "start"])
    answer = morning.sandbox.campaign(what, login="intruder")
    if what == "stop" and answer.get("ok"):
        morning.foreign_stop = morning.sandbox.clock.now()


# --- Slack ----------------------------------------------------------------------------------------


def slack_fails(morning: Morning) -> None:
    """Spoil the next calls of one method."""
    method = morning.chance.choice(SLACK_METHODS)
    morning.slack_is_odd |= method in {"users.info", "usergroups.users.list", "*"}
    morning.sandbox.slack(
        "faults",
        method=method,
        mode=morning.chance.choice(SLACK_MODES),
        times=morning.chance.choice([1, 1, 3]),
        when=morning.chance.choice(["before", "after"]),
        retry_after=1,
        seconds=2.0,
    )


def delivered_again(morning: Morning) -> None:
    """Let Slack deliver the last press once more, at once or when it is long over."""
    if morning.chance.random() < 0.5:
        morning.sandbox.jump(morning.sandbox.clock.now() + timedelta(minutes=4))
    morning.sandbox.slack("redeliver", identical=morning.chance.random() < 0.5)


def socket_refreshes(morning: Morning) -> None:
    """Let Slack ask for a new connection, or drop the old one without a word."""
    reason = morning.chance.choice(["refresh_requested", "warning", "drop"])
    morning.sandbox.slack("disconnect", reason=reason, close_after=morning.chance.choice([0.0, 0.3]))
    time.sleep(morning.chance.uniform(0, 0.2))
    morning.act()
    _until_well(morning)


def socket_stalls(morning: Morning) -> None:
    """Let Slack stand still for a while: nothing is closed, and nothing comes."""
    morning.sandbox.freeze_slack()
    time.sleep(morning.chance.uniform(0.2, 3.0))
    morning.sandbox.thaw_slack()
    _until_well(morning)


def group_changes(morning: Morning) -> None:
    """Take an approver out of the group, or put one back."""
    user = morning.chance.choice(ADMINS)
    morning.members ^= {user}
    morning.slack_is_odd = True  # the cached group may speak for another minute
    morning.sandbox.slack("group", id="S0ADMINS", users=sorted(morning.members))


def _until_well(morning: Morning) -> None:
    """Wait until the bot has found its way back to Slack."""
    morning.sandbox.wait_until(morning.sandbox.is_well, "the bot to be connected")


# --- Families -------------------------------------------------------------------------------------

FAMILIES: Mapping[str, tuple[Strike, ...]] = {
    "kills": (kill,),
    "campaign": (
        *(campaign_fails, campaign_fails, marketing_restarts, rt_restarts, session_expires),
        *(somebody_edits, somebody_stops_or_starts),
    ),
    "slack": (slack_fails, slack_fails, delivered_again, group_changes),
    "socket": (slack_fails, delivered_again, socket_refreshes, socket_stalls),
    "hunt": (campaign_fails, group_changes, session_expires, delivered_again),
    "twins": (kill, campaign_fails, session_expires),
    "everything": (
        *(kill, campaign_fails, marketing_restarts, session_expires, somebody_edits),
        *(slack_fails, delivered_again, group_changes),
    ),
}
"""Who makes trouble together."""

STRIKES = 0.3
"""How likely trouble is between two steps."""


def strike_as(family: str) -> Strike:
    """Make the trouble of a family now and then, and count it."""

    def strike(morning: Morning) -> None:
        if morning.chance.random() < STRIKES:
            one = morning.chance.choice(FAMILIES[family])
            morning.struck[one.__name__.replace("_", " ")] += 1
            one(morning)

    return strike
