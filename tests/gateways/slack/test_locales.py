"""The language that people have chosen in Slack: asked once, believed for an hour, never waited for long."""

from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.errors import SlackUnreachable
from bot.domain.policy import Person
from bot.gateways.slack import CachedLocales, locales
from bot.gateways.slack.locales import KEPT, KEPT_UNKNOWN, MOST_ASKED
from tests.service.office import TurnedClock

if TYPE_CHECKING:
    from bot.service.ports import Slack

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Members:
    """A workspace that can be slow or out of reach."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.speaks = "pt-BR"
        self.answers = Event()
        self.answers.set()

    def person(self, user: str) -> Person:
        self.asked.append(user)
        self.answers.wait(20)
        if not self.speaks:
            raise SlackUnreachable("Slack does not answer.")
        return Person(user, "bia", locale=self.speaks, zone="America/Sao_Paulo")


@pytest.fixture(name="members")
def _members() -> Members:
    return Members()


@pytest.fixture(name="clock")
def _clock() -> TurnedClock:
    return TurnedClock(NOON)


@pytest.fixture(name="cached")
def _cached(members: Members, clock: TurnedClock) -> CachedLocales:
    return CachedLocales(cast("Slack", members), clock)


def test_a_locale_is_asked_for_once_an_hour(
    cached: CachedLocales, members: Members, clock: TurnedClock
) -> None:
    assert [cached.locale("U0BIA") for _ in range(3)] == ["pt-BR"] * 3
    members.speaks = "en-GB"
    clock.at += KEPT - SECOND
    assert cached.locale("U0BIA") == "pt-BR"
    clock.at += SECOND
    assert cached.locale("U0BIA") == "en-GB"
    assert len(members.asked) == 2


def test_the_zone_comes_with_the_locale(cached: CachedLocales, members: Members) -> None:
    assert cached.locale("U0BIA") == "pt-BR"
    assert cached.zone("U0BIA") == "America/Sao_Paulo"
    assert members.asked == ["U0BIA"]


def test_a_slack_that_does_not_tell_is_left_alone_for_a_minute(
    cached: CachedLocales, members: Members, clock: TurnedClock
) -> None:
    members.speaks = ""
    assert cached.locale("U0BIA") == ""
    members.speaks = "pt-BR"
    clock.at += KEPT_UNKNOWN - SECOND
    assert cached.locale("U0BIA") == ""
    clock.at += SECOND
    assert cached.locale("U0BIA") == "pt-BR"


def test_nobody_waits_for_a_slow_slack_which_is_asked_once_and_believed_when_it_answers(
    cached: CachedLocales, members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    members.answers.clear()
    monkeypatch.setattr(locales, "PATIENCE", 0.01)
    assert [cached.locale("U0BIA") for _ in range(3)] == ["", "", ""]
    members.answers.set()
    monkeypatch.setattr(locales, "PATIENCE", 20.0)
    assert cached.locale("U0BIA") == "pt-BR"
    assert members.asked == ["U0BIA"]


def test_while_too_many_questions_hang_everybody_else_is_unknown_at_once(
    cached: CachedLocales, members: Members, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    members.answers.clear()
    monkeypatch.setattr(locales, "PATIENCE", 0.01)
    for number in range(MOST_ASKED):
        cached.locale(f"U{number}")
    monkeypatch.setattr(locales, "PATIENCE", 20.0)
    assert cached.locale("U0BIA") == ""
    assert "U0BIA" not in members.asked

    members.answers.set()
    assert [cached.locale(f"U{number}") for number in range(MOST_ASKED)] == ["pt-BR"] * MOST_ASKED
    clock.at += KEPT_UNKNOWN
    assert cached.locale("U0BIA") == "pt-BR"


def test_a_clock_that_was_set_back_makes_what_was_learnt_unbelievable(
    cached: CachedLocales, members: Members, clock: TurnedClock
) -> None:
    cached.locale("U0BIA")
    members.speaks = "en-GB"
    clock.at -= SECOND
    assert cached.locale("U0BIA") == "en-GB"


def test_only_so_many_people_are_remembered(
    cached: CachedLocales, members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locales, "MOST_KEPT", 2)
    for user in ("U1", "U2", "U1", "U3", "U1", "U2"):
        cached.locale(user)
    assert members.asked == ["U1", "U2", "U3", "U2"]
