"""Where a failure lies beside a restart, in whole sentences and clauses; others judge what that means."""

from datetime import datetime

from bot.domain.coincidence import Nearest
from bot.domain.saying import clock, duration, moment
from bot.domain.sentence import say


def lies_near(rt: Nearest, at: datetime) -> str:
    """Say where an instant lies beside a restart of RT; a clause that a whole sentence takes in."""
    zone = rt.window.zone
    instant, length, restart = moment(at, zone), duration(rt.seconds), clock(rt.restart.at, zone)
    if rt.seconds < 0:
        return say(
            "{moment} is {duration} before RT's restart at {restart}",
            moment=instant,
            duration=length,
            restart=restart,
        )
    return say(
        "{moment} is {duration} after RT's restart at {restart}",
        moment=instant,
        duration=length,
        restart=restart,
    )


def lies_near_marketing(marketing: Nearest) -> str:
    """Say where the same instant lies beside marketing's own restart."""
    length, restart = duration(marketing.seconds), clock(marketing.restart.at, marketing.window.zone)
    if marketing.seconds < 0:
        return say(
            "It is also {duration} before marketing's own restart at {restart}.",
            duration=length,
            restart=restart,
        )
    return say(
        "It is also {duration} after marketing's own restart at {restart}.", duration=length, restart=restart
    )


def fell_near(rt: Nearest) -> str:
    """Say how far from a restart of RT something fell; a clause that a whole sentence takes in."""
    length = duration(rt.seconds)
    if rt.seconds < 0:
        return say("It fell {duration} before RT's restart", duration=length)
    return say("It fell {duration} after RT's restart", duration=length)


def fell_near_marketing(marketing: Nearest) -> str:
    """Say how far from marketing's own restart something fell."""
    length = duration(marketing.seconds)
    if marketing.seconds < 0:
        return say("It fell {duration} before marketing's own restart.", duration=length)
    return say("It fell {duration} after marketing's own restart.", duration=length)
