"""Carry the attacks out: `python -m tests.chaos [--seed N] [--rounds N] [--short] [--json FILE] [ATTACK …]`.

The order of the trouble is repeated by the seed; the very millisecond of a kill is the machine's own.
Exit status 1 when a promise was broken.
"""

import argparse
import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from bot.sandbox.process import Stuck
from tests.chaos import authority, disk, inputs
from tests.chaos.morning import Morning
from tests.chaos.tally import Tally, as_json, table
from tests.chaos.trouble import FAMILIES, strike_as

AHEAD_SECONDS = 90.0
"""How wrong Campaign's clock may be, in every third round."""

Attack = Callable[[Tally, int, int], None]


def main() -> int:
    """Carry out what is asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--rounds", type=int, default=20, help="of each attack")
    parser.add_argument("--short", action="store_true", help="one round of each: within two minutes")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    parser.add_argument("--bug", help="plant this bug, and see that mornings of ordinary trouble find it")
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help=", ".join(ATTACKS))
    arguments = parser.parse_args()
    if arguments.bug:
        return _hunt(arguments.bug, arguments.seed, arguments.rounds)
    unknown = set(arguments.attacks) - set(ATTACKS)
    if unknown:
        parser.error(f"there is no attack {', '.join(sorted(unknown))}; there is {', '.join(ATTACKS)}")
    logging.disable(logging.CRITICAL)
    rounds = 1 if arguments.short else arguments.rounds
    tallies = []
    for name in arguments.attacks or ATTACKS:
        tally = Tally(name)
        began = time.monotonic()
        ATTACKS[name](tally, arguments.seed, rounds)
        tally.seconds = time.monotonic() - began
        tallies.append(tally)
        for breach in tally.summary():
            click.echo(f"{name}: {breach}")
    click.echo(f"seed {arguments.seed}, {datetime.now(UTC):%Y-%m-%d}")
    click.echo(table(tallies))
    if arguments.json:
        arguments.json.write_text(as_json(tallies, arguments.seed), encoding="utf-8")
    return int(any(tally.breaches for tally in tallies))


def _hunt(bug: str, seed: int, rounds: int) -> int:
    """Play mornings until a planted bug is found; exit status 1 when it is, as for any broken promise."""
    tally = Tally(bug)
    for number in range(rounds):
        mornings("hunt", tally, seed + number, 1, program=("tests.chaos.buggy", bug))
        if tally.breaches:
            click.echo("\n".join(tally.summary()))
            return 1
    click.echo(f"{bug}: not found in {rounds} rounds")
    return 0


def mornings(
    family: str, tally: Tally, seed: int, rounds: int, *, program: tuple[str, ...] = ("bot.cli",)
) -> None:
    """Play mornings with the trouble of one family."""
    for number in range(rounds):
        where = f"seed {seed}, round {number}"
        with TemporaryDirectory(prefix="mcsync-chaos-") as folder:
            morning = Morning(
                Path(folder),
                seed * 100_003 + number,
                socket_mode=family == "socket" or (family == "kills" and number % 2 == 1),
                program=program,
                campaign_ahead=AHEAD_SECONDS if family == "campaign" and number % 3 == 2 else 0.0,
            )
            try:
                with morning, _twin_of(morning) if family == "twins" else nullcontext():
                    morning.play(strike_as(family), tally, where)
            except Stuck as stuck:
                tally.breach(where, "the program starts", str(stuck).splitlines()[0])


@contextmanager
def _twin_of(morning: Morning) -> Iterator[None]:
    """Let the program run twice on one store, for as long as the morning lasts."""
    twin = morning.start_twin()
    try:
        yield
    finally:
        twin.stop()


ATTACKS: Mapping[str, Attack] = {
    **{family: partial(mornings, family) for family in FAMILIES if family != "hunt"},
    "authority": authority.attack,
    "inputs": inputs.attack,
    "disk": disk.attack,
}
"""Every attack by its name."""

if __name__ == "__main__":
    sys.exit(main())
