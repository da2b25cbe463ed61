"""A question that may hang costs whoever asks it no more than the time that was given to it."""

import threading
import time

import pytest

from bot.domain.errors import StoreError
from bot.gateways.glance import Glance
from tests.waiting import until


def test_an_answer_in_time_is_given() -> None:
    assert Glance(lambda: 7, 30).take() == 7


def test_an_error_is_raised_as_it_was_and_the_next_question_is_asked_anew() -> None:
    answers = iter([StoreError("The disk is full."), KeyError("a mistake of ours")])

    def ask() -> int:
        error = next(answers, None)
        if error is not None:
            raise error
        return 7

    glance = Glance(ask, 30)

    with pytest.raises(StoreError, match="The disk is full"):
        glance.take()
    with pytest.raises(KeyError):
        glance.take()
    assert glance.take() == 7


def test_while_a_question_hangs_nobody_waits_longer_and_no_other_is_asked() -> None:
    answered, asked = threading.Event(), []

    def ask() -> int:
        asked.append(threading.current_thread())
        answered.wait()
        return len(asked)

    glance = Glance(ask, 0.05)
    began = time.monotonic()
    for _ in range(3):
        with pytest.raises(StoreError, match=r"the store has not answered within 0\.05 seconds"):
            glance.take()
    assert time.monotonic() - began < 10
    assert len(asked) == 1

    answered.set()
    until(lambda: not asked[0].is_alive())
    assert Glance(ask, 30).take() == 2
