"""What is remembered of user groups, and for how long."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain.errors import SlackBusy, SlackError, SlackRefused, SlackUnreachable
from bot.gateways.slack import CachedGroups, SlackGateway


@dataclass
class TurnedClock:
    """Machine time by hand. Rule time must play no part."""

    at: datetime = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)

    def now(self) -> datetime:
        raise AssertionError("rule time was asked for")

    def machine_now(self) -> datetime:
        return self.at

    def turn(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Workspace(SlackGateway):
    """The members of groups, in memory; an error in place of members is raised."""

    groups: dict[str, frozenset[str] | SlackError]
    reads: list[str] = field(default_factory=list)

    def members(self, group: str) -> frozenset[str]:
        self.reads.append(group)
        found = self.groups[group]
        if isinstance(found, SlackError):
            raise found
        return found


ADA, SAM = frozenset({"UADA"}), frozenset({"USAM"})


def test_members_are_remembered_for_less_than_a_minute() -> None:
    slack, clock = Workspace({"S1": ADA}), TurnedClock()
    directory = CachedGroups(slack, clock)

    assert directory.members(frozenset({"S1"})) == {"S1": ADA}
    slack.groups["S1"] = SAM
    clock.turn(59.9)
    assert directory.members(frozenset({"S1"})) == {"S1": ADA}
    clock.turn(0.1)
    assert directory.members(frozenset({"S1"})) == {"S1": SAM}
    assert slack.reads == ["S1", "S1"]


def test_fresh_asks_anew_and_is_remembered() -> None:
    slack, clock = Workspace({"S1": ADA}), TurnedClock()
    directory = CachedGroups(slack, clock)
    directory.members(frozenset({"S1"}))
    slack.groups["S1"] = SAM

    assert directory.members(frozenset({"S1"}), fresh=True) == {"S1": SAM}
    assert directory.members(frozenset({"S1"})) == {"S1": SAM}
    assert len(slack.reads) == 2


def test_dropping_forgets() -> None:
    slack, clock = Workspace({"S1": ADA}), TurnedClock()
    directory = CachedGroups(slack, clock)
    directory.members(frozenset({"S1"}))
    slack.groups["S1"] = SAM

    directory.drop()

    assert directory.members(frozenset({"S1"})) == {"S1": SAM}


def test_a_drop_during_a_read_is_not_undone_by_it() -> None:
    clock = TurnedClock()

    class Changing(Workspace):
        def members(self, group: str) -> frozenset[str]:
            found = super().members(group)
            if len(self.reads) == 1:
                directory.drop()
                self.groups[group] = SAM
            return found

    directory = CachedGroups(Changing({"S1": ADA}), clock)

    assert directory.members(frozenset({"S1"})) == {"S1": ADA}
    assert directory.members(frozenset({"S1"})) == {"S1": SAM}


def test_a_group_that_cannot_be_read_is_left_out_logged_and_asked_again() -> None:
    refused = SlackRefused("no_such_subteam", code="no_such_subteam")
    slack = Workspace(
        {"S1": ADA, "S2": refused, "S3": SlackUnreachable("gone"), "S4": SlackBusy("wait", retry_after=1)}
    )
    directory = CachedGroups(slack, TurnedClock())

    with structlog.testing.capture_logs() as logs:
        assert directory.members(frozenset(slack.groups)) == {"S1": ADA}
    assert [entry["group"] for entry in logs] == ["S2", "S3", "S4"]

    slack.groups["S2"] = SAM
    assert directory.members(frozenset({"S1", "S2"})) == {"S1": ADA, "S2": SAM}
    assert slack.reads.count("S1") == 1


def test_what_was_remembered_does_not_outlive_a_failed_reading() -> None:
    slack, clock = Workspace({"S1": ADA}), TurnedClock()
    directory = CachedGroups(slack, clock)
    directory.members(frozenset({"S1"}))

    slack.groups["S1"] = SlackUnreachable("gone")
    assert directory.members(frozenset({"S1"}), fresh=True) == {}
    assert directory.members(frozenset({"S1"})) == {}


def test_a_clock_set_back_makes_nothing_last_longer() -> None:
    slack, clock = Workspace({"S1": ADA}), TurnedClock()
    directory = CachedGroups(slack, clock)
    directory.members(frozenset({"S1"}))
    slack.groups["S1"] = SAM

    clock.turn(-3600)

    assert directory.members(frozenset({"S1"})) == {"S1": SAM}


def test_no_groups_need_no_call() -> None:
    slack = Workspace({})

    assert CachedGroups(slack, TurnedClock()).members(frozenset()) == {}
    assert slack.reads == []
