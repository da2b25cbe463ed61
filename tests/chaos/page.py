"""The page of a long run: `docs/chaos.md`. Figures as they were, with failures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.chaos.hunt import Hunt
from tests.chaos.plan import decks
from tests.chaos.tally import Round, table, told_breaches

MEANING = {
    "kills": "kill -9 at a call to Campaign (before it, between its deed and its answer, after it), at a "
    "commit of the store, or at any moment; the program comes back at once, after up to ten minutes, "
    "or after two hours, when an approval is good no more",
    "campaign": "every fault at every call, restarts, lost sessions, somebody else's edits and presses "
    "between two calls; in two rounds of three Campaign's clock is 90 seconds wrong",
    "slack": "429, 5xx, HTML, resets and time-outs at every method, presses that come twice or late, "
    "approvers who leave the group",
    "socket": "Socket Mode: refreshes, drops, Slack standing still; and the faults of Slack",
    "twins": "two processes on one SQLite file by mistake, one of them killed now and then",
    "everything": "all of it together",
    "authority": "whoever has no right, by every way; then two hundred presses at once",
    "disk": "a full disk, then a read-only one",
    "inputs": "commands, buttons, view states, webhooks, events, requests of a wrong shape and garbage, "
    "spoilt",
    "answers": "Campaign's answers and its journal, changed on their way",
}
"""What each attack is."""


@dataclass(frozen=True)
class Circumstances:
    """When and where it ran.

    Attributes:
        seed: of the campaign.
        began: when it began.
        ended: when it ended.
        load: of the machine before it began, over one minute.
        planned: how many rounds were to be played.
    """

    seed: int
    began: datetime
    ended: datetime
    load: float
    planned: int


def as_page(rounds: Sequence[Round], hunts: Sequence[Hunt], where: Circumstances) -> str:
    """Write a run as a page of Markdown."""
    cards = {family: len(deck) for family, deck in decks().items()}
    parts = [
        "# What the campaign of trouble came to",
        _head(rounds, where),
        table(rounds, cards),
        _endings(rounds),
        "## What each attack is",
        "\n".join(f"- **{name}**: {what}." for name, what in MEANING.items()),
        "## Broken promises",
        _broken(rounds, where.seed),
    ]
    if hunts:
        parts += ["## Bugs planted on purpose", _hunted(hunts)]
    return "\n\n".join(parts) + "\n"


def _head(rounds: Sequence[Round], where: Circumstances) -> str:
    minutes = (where.ended - where.began).total_seconds() / 60
    short = "" if len(rounds) == where.planned else f" of {where.planned} planned, for want of time"
    return (
        f"Written by `make chaos` with `LONG=1 PAGE=docs/chaos.md`, {where.began:%Y-%m-%d %H:%M} UTC, "
        f"seed {where.seed}, {len(rounds)} rounds{short}, {minutes:.0f} minutes, load {where.load:.1f} before"
        " it began. Figures as they were, with failures. The program and the two stand-ins ran as processes"
        " of their own; after every round all promises were looked at, from outside."
    )


def _endings(rounds: Sequence[Round]) -> str:
    """Tell what the mornings came to: a campaign in which nothing happens proves nothing."""
    total: Counter[str] = Counter()
    mornings = [one for one in rounds if one.attack in decks()]
    for one in mornings:
        total.update({name: count for name, count in one.figures.items() if not name.startswith("kB")})
    kills, writes = total.pop("kills", 0), total.pop("writes", 0)
    ends = ", ".join(f"{count} {stage}" for stage, count in total.most_common())
    sizes = [
        f"{one.attack}: {one.figures['kB early']:,} kB early, {one.figures['kB in the end']:,} kB in the end,"
        f" {one.figures['threads in the end']} threads"
        for one in rounds
        if "kB early" in one.figures
    ]
    told = (
        f"In {len(mornings)} mornings the program was killed {kills:,} times and wrote {writes:,} times; "
        f"mornings with a change that ended so: {ends or 'none'}."
    )
    return " ".join([told, *(f"Memory of the program, {size}." for size in sizes)])


def _broken(rounds: Sequence[Round], seed: int) -> str:
    lines = told_breaches(rounds, seed)
    if not lines:
        return "None."
    return "\n".join(["```", *lines, "```"])


def _hunted(hunts: Sequence[Hunt]) -> str:
    lines = ["| bug | promise | found by | in round |", "|---|---|---|---|"]
    for one in hunts:
        where = str(one.rounds) if one.is_found else f"not found in {one.rounds}"
        lines.append(f"| {one.bug} | {one.plant.promise} | {one.plant.attack} | {where} |")
    return "\n".join(lines)
