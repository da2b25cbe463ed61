"""Attack the running program: `python -m tests.chaos [--seed N] [--rounds N] [--json FILE] [ATTACK …]`.

What is done is repeated by the seed, round by round; the very millisecond is the machine's own.
Exit status 1 when a promise was broken.
"""

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from tests.chaos.hunt import PLANTS, Hunt, hunt
from tests.chaos.page import Circumstances, as_page
from tests.chaos.plan import decks, spread
from tests.chaos.rounds import ATTACKS, carry_out
from tests.chaos.tally import Round, as_json, table, told_breaches

WEIGHTS = {"kills": 15, "campaign": 12, "slack": 7, "socket": 5, "twins": 4, "everything": 7}
"""How the rounds are shared out among the families of trouble."""

Task = TypeVar("Task")
Told = TypeVar("Told")
JOBS = 3
"""Half of what a round does is to wait."""

SEED = 20261123


@dataclass(frozen=True)
class Size:
    """How much is done.

    Attributes:
        rounds: mornings, in all families together.
        letters: from people and from the monitoring of Campaign.
        answers: of Campaign, changed on their way.
        visits: rounds of people without rights, and of a disk in trouble.
    """

    rounds: int
    letters: int
    answers: int
    visits: int


SHORT = Size(rounds=6, letters=1_000, answers=200, visits=1)
MEDIUM = Size(rounds=60, letters=10_000, answers=1_000, visits=3)
LONG = Size(rounds=500, letters=94_000, answers=6_000, visits=10)


def main() -> int:
    """Carry out what is asked for, and print the table."""
    arguments = _arguments()
    logging.disable(logging.CRITICAL)
    if arguments.bug:
        found = hunt(arguments.bug, arguments.seed, arguments.rounds or 12)
        click.echo(found.told())
        return int(found.is_found)
    began, load = datetime.now(UTC), os.getloadavg()[0]
    click.echo(f"seed {arguments.seed}, {began:%Y-%m-%d %H:%M} UTC")
    deadline = time.monotonic() + arguments.minutes * 60 if arguments.minutes else float("inf")
    hunts = _hunts(arguments.seed, arguments.jobs) if arguments.bugs else []
    tasks = _tasks(arguments)
    rounds = _in_order(_carried_out(tasks, arguments, deadline))
    for line in told_breaches(rounds, arguments.seed):
        click.echo(line)
    click.echo(table(rounds, {family: len(deck) for family, deck in decks().items()}))
    for one in hunts:
        click.echo(one.told())
    if arguments.json:
        arguments.json.write_text(as_json(rounds, arguments.seed), encoding="utf-8")
    if arguments.page:
        circumstances = Circumstances(arguments.seed, began, datetime.now(UTC), load, len(tasks))
        arguments.page.write_text(as_page(rounds, hunts, circumstances), encoding="utf-8")
    return int(any(one.breaches for one in rounds) or not all(one.is_found for one in hunts))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=SEED)
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--short", dest="size", action="store_const", const=SHORT, help="within two minutes")
    sizes.add_argument("--long", dest="size", action="store_const", const=LONG, help="about an hour")
    parser.add_argument("--rounds", type=int, help="mornings, in all families together")
    parser.add_argument("--only", metavar="ATTACK:N", action="append", help="play this round again")
    parser.add_argument("--minutes", type=float, default=0, help="begin no further round after so many")
    parser.add_argument("--jobs", type=int, default=JOBS, help="rounds at once")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round there")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write what it came to as Markdown")
    parser.add_argument("--bugs", action="store_true", help="hunt for every planted bug as well")
    parser.add_argument("--bug", choices=PLANTS, metavar="NAME", help="plant this bug and hunt for it alone")
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help=", ".join(ATTACKS))
    parser.set_defaults(size=MEDIUM)
    arguments = parser.parse_args()
    unknown = {one.partition(":")[0] for one in (*arguments.attacks, *(arguments.only or ()))} - set(ATTACKS)
    if unknown:
        parser.error(f"there is no attack {', '.join(sorted(unknown))}; there is {', '.join(ATTACKS)}")
    return arguments


def _tasks(arguments: argparse.Namespace) -> list[tuple[str, int]]:
    """List the rounds to be played, the long ones first."""
    if arguments.only:
        return [(name, int(number)) for name, _, number in (one.partition(":") for one in arguments.only)]
    size: Size = arguments.size
    wanted = set(arguments.attacks or ATTACKS)
    weights = {family: weight for family, weight in WEIGHTS.items() if family in wanted}
    mornings = spread(arguments.rounds or size.rounds, weights) if weights else []
    alone = [(name, 0) for name in ("inputs", "answers") if name in wanted]
    visits = [
        (name, number) for number in range(size.visits) for name in ("authority", "disk") if name in wanted
    ]
    return [*alone, *visits, *mornings]


def _carried_out(
    tasks: Sequence[tuple[str, int]], arguments: argparse.Namespace, deadline: float
) -> Iterable[Round]:
    """Carry the rounds out, some at once, and tell each as it ends; none begins when time is over."""
    sizes = {"inputs": arguments.size.letters, "answers": arguments.size.answers}

    def one(task: tuple[str, int]) -> Round | None:
        if time.monotonic() > deadline:
            return None
        return carry_out(*task, arguments.seed, size=sizes.get(task[0], 0), deadline=deadline)

    for told in _at_once(one, tasks, arguments.jobs):
        if told is not None:
            click.echo(told.line())
            yield told


def _hunts(seed: int, jobs: int) -> list[Hunt]:
    found = list(_at_once(lambda name: hunt(name, seed, 12), list(PLANTS), jobs))
    return sorted(found, key=lambda one: list(PLANTS).index(one.bug))


def _at_once(deed: Callable[[Task], Told], tasks: Sequence[Task], jobs: int) -> Iterable[Told]:
    with ThreadPoolExecutor(jobs) as hands:
        try:
            for future in as_completed([hands.submit(deed, task) for task in tasks]):
                yield future.result()
        except BaseException:
            # A mistake of the campaign's own is told now, not after all the other rounds.
            hands.shutdown(wait=False, cancel_futures=True)
            raise


def _in_order(rounds: Iterable[Round]) -> list[Round]:
    """Put the rounds in an order that does not depend on which was ready first."""
    order = list(ATTACKS)
    return sorted(rounds, key=lambda one: (order.index(one.attack), one.number))


if __name__ == "__main__":
    sys.exit(main())
