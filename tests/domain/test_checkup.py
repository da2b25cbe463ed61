"""The rules by which an installation is judged."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.checkup import (
    Outcome,
    judge_approvers,
    judge_build,
    judge_clock,
    judge_offset,
    judge_roles,
    judge_scopes,
)
from bot.domain.policy import Person, Roles

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def person(user: str, *, guest: bool = False) -> Person:
    return Person(user, user, guest=guest)


def test_a_clock_may_be_half_a_minute_off_in_either_direction() -> None:
    for seconds, outcome in (
        (30, Outcome.FINE),
        (-30, Outcome.FINE),
        (31, Outcome.WRONG),
        (-31, Outcome.WRONG),
    ):
        theirs = NOW - timedelta(seconds=seconds)

        finding = judge_clock("c", "Slack's", NOW, theirs)

        assert finding.outcome is outcome
        if outcome is Outcome.WRONG:
            assert ("ahead of" if seconds > 0 else "behind") in finding.says


def test_too_many_scopes_are_pointed_out_and_missing_ones_come_first() -> None:
    assert judge_scopes("s", frozenset({"a", "b"}), ["a", "b"]).outcome is Outcome.FINE
    assert judge_scopes("s", frozenset({"a", "b"}), ["a"]).outcome is Outcome.ATTENTION
    finding = judge_scopes("s", frozenset({"a", "z"}), ["a", "b", "c"])
    assert finding.outcome is Outcome.WRONG
    assert "b and c" in finding.says


def test_self_approval_needs_no_second_approver() -> None:
    people = {"U1": person("U1")}

    alone = judge_approvers("a", Roles(approvers=("U1",), allow_self_approval=True), {}, people)
    usual = judge_approvers("a", Roles(approvers=("U1",)), {}, people)

    assert alone.outcome is Outcome.FINE
    assert usual.outcome is Outcome.ATTENTION


def test_a_guest_inside_a_group_is_no_mistake_and_does_not_count() -> None:
    roles = Roles(approvers=("S1",), quorum=2)
    groups = {"S1": frozenset({"U1", "U2", "U3"})}
    people = {"U1": person("U1"), "U2": person("U2"), "U3": person("U3", guest=True)}

    finding = judge_approvers("a", roles, groups, people)

    assert finding.outcome is Outcome.ATTENTION
    assert "only 2" in finding.says


def test_somebody_whom_slack_does_not_know_is_named() -> None:
    finding = judge_approvers("a", Roles(approvers=("U1", "UGONE")), {}, {"U1": person("U1")})

    assert finding.outcome is Outcome.WRONG
    assert "UGONE" in finding.says


def test_an_administrators_group_that_cannot_be_read_is_named() -> None:
    finding = judge_roles("r", Roles(administrators=("S9",)), {})

    assert finding.outcome is Outcome.WRONG
    assert "S9" in finding.says


def test_a_build_that_is_not_told_or_very_old_is_pointed_out() -> None:
    assert judge_build("b", "").outcome is Outcome.ATTENTION
    assert judge_build("b", "8700").outcome is Outcome.ATTENTION
    assert judge_build("b", "9396").outcome is Outcome.FINE


def test_a_zone_is_compared_at_the_moment_of_looking() -> None:
    hour = timedelta(hours=1)
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC)

    assert judge_offset("z", "zone", PARIS, NOW, hour).outcome is Outcome.FINE
    assert judge_offset("z", "zone", PARIS, summer, 2 * hour).outcome is Outcome.FINE
    finding = judge_offset("z", "zone", PARIS, summer, timedelta(hours=-3, minutes=-30))
    assert finding.outcome is Outcome.WRONG
    assert "UTC+02:00 now" in finding.says
    assert "UTC-03:30" in finding.says
    assert judge_offset("z", "zone", PARIS, NOW, None).outcome is Outcome.ATTENTION
