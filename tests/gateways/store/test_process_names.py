"""Who is dead must be told rightly: a living process that is taken for dead has its work done twice."""

import os
import subprocess
import sys

import pytest

from bot.gateways.store.process_names import has_died_here, name_process


def ended() -> int:
    """Give the number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait(20)
    return process.pid


def test_no_two_names_are_alike() -> None:
    assert name_process() != name_process()


def test_this_process_lives_and_one_that_ended_is_dead() -> None:
    name = name_process()

    assert not has_died_here(name)
    assert has_died_here(name.replace(f":{os.getpid()}:", f":{ended()}:"))


@pytest.mark.parametrize("part", [0, 1, 2], ids=["another host", "another start", "another container"])
def test_a_process_of_elsewhere_is_never_called_dead(part: int) -> None:
    words = name_process().replace(f":{os.getpid()}:", f":{ended()}:").split(":")
    words[part] = "elsewhere"

    assert not has_died_here(":".join(words))


@pytest.mark.parametrize("name", ["", "me", "a:b", "host:boot:numbers:not-a-number:token"])
def test_a_name_that_is_none_is_never_called_dead(name: str) -> None:
    assert not has_died_here(name)


@pytest.mark.parametrize("number", ["1", "99999999999999999999"])
def test_in_doubt_nobody_is_dead(number: str) -> None:
    assert not has_died_here(name_process().replace(f":{os.getpid()}:", f":{number}:"))
