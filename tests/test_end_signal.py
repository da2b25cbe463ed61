"""The wait for the signal that ends the program, against signals that come at any moment of it."""

import random
import select
import signal
import subprocess
import sys
import time

import pytest

from bot.end_signal import hold_back, let_through

LEAST, MOST = 3_000, 10_000
"""Waits. Of six tries with 10,000 each, a handler that sets an Event hung for ever in five, as did one that
fills a queue; some 3,000 are enough on a machine that is too busy for more."""

BUDGET_SECONDS = 4.0
PATIENCE_SECONDS = 30.0
CHILD = """
import os, random, threading, time
from bot import end_signal
chance = random.Random(2)
end_signal.hold_back()
threading.Thread(target=threading.Event().wait, daemon=True).start()
while True:
    os.write(1, b".")
    at = time.perf_counter() + chance.uniform(0, 100e-6)
    while time.perf_counter() < at:
        pass
    end_signal.wait()
"""


def test_no_signal_is_missed_at_whatever_moment_of_the_wait_it_comes() -> None:
    chance = random.Random(1)  # noqa: S311 - a repeatable choice, not a secret

    with subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, bufsize=0) as child:
        assert child.stdout is not None
        ends = child.stdout
        try:
            enough = time.monotonic() + BUDGET_SECONDS
            for wait in range(MOST):
                assert select.select([ends], [], [], PATIENCE_SECONDS)[0], f"signal {wait} was missed"
                assert ends.read(1) == b".", f"signal {wait} ended the program by itself"
                if wait >= LEAST and time.monotonic() > enough:
                    break
                at = time.perf_counter() + chance.uniform(0, 30e-6)
                while time.perf_counter() < at:
                    pass  # no sleep is as short as this
                child.send_signal(signal.SIGTERM)
        finally:
            child.kill()


def test_what_came_meanwhile_takes_its_course_once_it_is_let_through() -> None:
    # Whoever starts the tests in the background lets them ignore it.
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        before = hold_back()
        signal.raise_signal(signal.SIGINT)

        assert signal.SIGINT in signal.sigpending()
        with pytest.raises(KeyboardInterrupt):
            let_through(before)
    finally:
        signal.signal(signal.SIGINT, usual)
