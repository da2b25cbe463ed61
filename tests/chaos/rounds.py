"""Every attack by its name, and how one round of it is carried out."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.errors import McsyncError
from bot.sandbox.process import Stuck
from tests.chaos import answers, authority, disk, inputs
from tests.chaos.morning import Morning
from tests.chaos.plan import decks, plan_of
from tests.chaos.tally import Round
from tests.chaos.witness import GOES_ON

PROGRAM = ("bot.cli",)
BROKEN_OFF = (AssertionError, LookupError, McsyncError, OSError, Stuck)
"""What a round ends with that could not be played to its end: the others go on."""

Attack = Callable[[Round, int, tuple[str, ...], int], None]
"""Given the round to fill in, the seed, the program to attack and a size, which is for some attacks only."""


def morning(told: Round, seed: int, program: tuple[str, ...], _size: int) -> None:
    """Play a morning with the trouble of its family."""
    plan = plan_of(told.attack, told.number, seed)
    told.planned = [str(strike) for strike in plan.strikes]
    with TemporaryDirectory(prefix="mcsync-chaos-") as folder:
        played = Morning(
            Path(folder),
            plan.people,
            socket_mode=plan.socket_mode,
            program=program,
            campaign_ahead=plan.campaign_ahead,
        )
        with played:
            if told.attack == "twins":
                with _twin_of(played):
                    played.play(plan, told)
            else:
                played.play(plan, told)


ATTACKS: Mapping[str, Attack] = {
    **dict.fromkeys(decks(), morning),
    "authority": authority.attack,
    "disk": disk.attack,
    "inputs": inputs.attack,
    "answers": answers.attack,
}
"""Every attack by its name."""


def carry_out(
    attack: str,
    number: int,
    seed: int,
    *,
    program: tuple[str, ...] = PROGRAM,
    size: int = 0,
    deadline: float = float("inf"),
) -> Round:
    """Carry one round out, and tell what it came to."""
    told = Round(attack, number, deadline=deadline)
    began = time.monotonic()
    try:
        ATTACKS[attack](told, seed, program, size)
    except BROKEN_OFF as error:
        told.breach(GOES_ON, f"{type(error).__name__}: {' '.join(str(error).split())[:400]}")
    told.seconds = time.monotonic() - began
    return told


@contextmanager
def _twin_of(played: Morning) -> Iterator[None]:
    """Let the program run twice on one store, for as long as the morning lasts."""
    twin = played.sandbox.twin()
    try:
        yield
    finally:
        twin.stop()
