"""Whether an instance can be seen at all, and from when on people should hear that it cannot.

Pure. Who is told, and where this is remembered, is `bot/service/vigils.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calm import over_at
from bot.domain.collision import restarts_near
from bot.domain.notice import Notice
from bot.domain.restart import RestartWindow
from bot.domain.saying import moment
from bot.domain.sentence import joined, say

LONGEST_REASON = 600

BLIND = timedelta(minutes=10)
"""How long an instance may go unseen outside of its restarts."""


@dataclass(frozen=True)
class Sight:
    """Whether one instance can be seen. All instants are UTC.

    Attributes:
        instance: the marketing server.
        seen_at: when it last answered, `None` if never.
        tried_at: when it was last asked, `None` if never.
        blind_since: the first of the polls without an answer, `None` while it answers.
        told: whether people have been told so.
    """

    instance: str
    seen_at: datetime | None = None
    tried_at: datetime | None = None
    blind_since: datetime | None = None
    told: bool = False


def missed_look(sight: Sight, now: datetime, gap: timedelta) -> Sight:
    """Note a poll without an answer; after a gap in our own watch the counting begins anew."""
    watched = sight.tried_at is not None and now - sight.tried_at <= gap
    if sight.blind_since is None or not (watched or sight.told):
        return replace(sight, tried_at=now, blind_since=now)
    return replace(sight, tried_at=now)


def seen_again(sight: Sight, now: datetime) -> Sight:
    """Note a poll with an answer."""
    return Sight(sight.instance, seen_at=now, tried_at=now)


def blind_for(blind_since: datetime, windows: Sequence[RestartWindow], now: datetime) -> timedelta:
    """Measure how long an instance went unseen, the times of its restarts left out."""
    reached, restarting = blind_since, timedelta(0)
    for restart in restarts_near(windows, blind_since, now):
        start, end = max(restart.starts, reached), min(restart.ends, now)
        if end > start:
            restarting, reached = restarting + (end - start), end
    return now - blind_since - restarting


def worth_telling(sight: Sight, windows: Sequence[RestartWindow], now: datetime) -> bool:
    """Tell whether people should hear that an instance cannot be seen; never inside of its restart."""
    if sight.blind_since is None or over_at(windows, now) is not None:
        return False
    return blind_for(sight.blind_since, windows, now) >= BLIND


def blindness_key(sight: Sight) -> str:
    """Name the notice of one blindness, which must have begun."""
    assert sight.blind_since is not None
    return f"unseen:{sight.instance}:{sight.blind_since.isoformat()}"


def blindness_notice(sight: Sight, reason: str, *, refused: bool, zone: ZoneInfo, now: datetime) -> Notice:
    """Tell that an instance cannot be seen.

    Args:
        sight: how long it has been so.
        reason: the sentence of the latest error; it may quote an untrusted text.
        refused: whether the log-on was refused, so that mcsync does not try again by itself.
        zone: the server's.
        now: rule time, UTC.
    """
    plain = " ".join(reason.split())[:LONGEST_REASON]
    # A sentence that is cut can no longer be said in another language.
    sentences = [reason if reason == plain else plain]
    if sight.seen_at:
        sentences.append(say("It last answered at {moment}.", moment=moment(sight.seen_at, zone)))
    todo = say(
        "Until it is seen again nothing on it is watched, and nothing is changed: look whether it "
        "runs and whether mcsync reaches it."
    )
    if refused:
        todo = say(
            "Correct the login or its password and start mcsync again. Where the account itself was "
            "put right, an administrator has the log-on tried once."
        )
    return Notice(
        key=blindness_key(sight),
        instance=sight.instance,
        title=say("mcsync cannot see {instance}", instance=sight.instance),
        text=joined(" ", [*sentences, todo]),
        at=now,
        lasting=True,
        try_once=refused,
    )
