"""Every attack by its name, and how one round of it is carried out."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.sandbox.process import Stuck
from tests.chaos import answers, authority, disk, inputs
from tests.chaos.morning import Morning
from tests.chaos.plan import decks, plan_of
from tests.chaos.tally import Round
from tests.chaos.witness import GOES_ON

PROGRAM = ("bot.cli",)
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
        try:
            with played:
                if told.attack == "twins":
                    with _twin_of(played):
                        played.play(plan, told)
                else:
                    played.play(plan, told)
        except Stuck as stuck:
            told.breach(GOES_ON, str(stuck).splitlines()[0])


ATTACKS: Mapping[str, Attack] = {
    **dict.fromkeys(decks(), morning),
    "authority": authority.attack,
    "disk": disk.attack,
    "inputs": inputs.attack,
    "answers": answers.attack,
}
"""Every attack by its name."""


def carry_out(
    attack: str, number: int, seed: int, *, program: tuple[str, ...] = PROGRAM, size: int = 0
) -> Round:
    """Carry one round out, and tell what it came to."""
    told = Round(attack, number)
    began = time.monotonic()
    ATTACKS[attack](told, seed, program, size)
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
