"""What an examination of an installation finds, and the rules by which it judges. Pure.

Each finding is one line; whatever is not in order names one remedy.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.operator import Operator
from bot.domain.policy import Groups, Person, Roles
from bot.domain.saying import listed
from bot.domain.server_address import IN_CLEAR, is_in_clear
from bot.domain.wording import length

CLOCKS_APART = timedelta(seconds=30)
"""Signatures allow five minutes; restart windows are a minute wide on either side."""

OLDEST_BUILD = 8889
"""The oldest build whose published WSDL has the shapes that we read."""

_ADMIN = "admin"
_CONTROL = "nms:messageCenterControl"


class Outcome(StrEnum):
    """How one check ended."""

    FINE = "fine"
    ATTENTION = "attention"
    WRONG = "wrong"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """One line of an examination.

    Attributes:
        name: what was examined, such as `slack.scopes` or `prod.logon`.
        outcome: how it ended.
        says: what was seen.
        remedy: what to do, `""` where nothing needs to be done.
    """

    name: str
    outcome: Outcome
    says: str
    remedy: str = ""


def fine(name: str, says: str) -> Finding:
    """Make a finding of something that is in order."""
    return Finding(name, Outcome.FINE, says)


def attention(name: str, says: str, remedy: str) -> Finding:
    """Make a finding of something that works and could be better, or could not be seen."""
    return Finding(name, Outcome.ATTENTION, says, remedy)


def wrong(name: str, says: str, remedy: str) -> Finding:
    """Make a finding of something that must be repaired."""
    return Finding(name, Outcome.WRONG, says, remedy)


def skipped(name: str, because: str) -> Finding:
    """Make a finding of something that could not be examined for another finding's sake."""
    return Finding(name, Outcome.SKIPPED, f"not examined: {because}")


# --- Judging --------------------------------------------------------------------------------------


def judge_account(name: str, account: str, accounts: Iterable[str]) -> Finding:
    """Tell whether an account is one of those that Campaign archives from; *accounts* are their names."""
    names = sorted(accounts)
    if account in names:
        return fine(name, f"{account} is an external account of an execution instance")
    if not names:
        return attention(
            name,
            "Campaign shows no external account of an execution instance",
            "Give the operator read access to the external accounts' folder (docs/operator.md).",
        )
    return attention(
        name,
        f"Campaign has no active execution instance {account}, but {listed(names)}",
        "Correct `account` in [[campaign.execution]]: people read this name on every card.",
    )


def judge_address(name: str, key: str, url: str, what: str) -> Iterator[Finding]:
    """Tell of an address over which *what* would travel in clear; of any other there is nothing to say."""
    if is_in_clear(url):
        yield wrong(
            name, f"{url}: {IN_CLEAR.format(what=what)}", f"Write an address with https:// under `{key}`."
        )


def judge_clock(name: str, whose: str, ours: datetime, theirs: datetime) -> Finding:
    """Compare this machine's clock with another one; both instants are aware."""
    apart = ours - theirs
    if abs(apart) <= CLOCKS_APART:
        return fine(name, f"this machine's clock and {whose} are {length(abs(apart))} apart")
    side = "ahead of" if apart > timedelta() else "behind"
    return wrong(
        name,
        f"this machine's clock is {length(abs(apart))} {side} {whose}",
        "Synchronise this machine's clock (NTP), or that of the other side if it is the wrong one.",
    )


def judge_scopes(name: str, granted: frozenset[str], needed: Iterable[str]) -> Finding:
    """Compare what the bot token may do with what the manifest asks for."""
    wanted = frozenset(needed)
    if missing := sorted(wanted - granted):
        return wrong(
            name,
            f"the bot token lacks {listed(missing)}",
            "Bring the Slack app up to date with the output of `mcsync manifest`, then install it again.",
        )
    if spare := sorted(granted - wanted):
        return attention(
            name,
            f"the bot token has more than it needs: {listed(spare)}",
            "Take these scopes from the Slack app, unless something else uses its token.",
        )
    return fine(name, f"all {len(wanted)} scopes of the manifest, and no other")


def judge_approvers(name: str, roles: Roles, groups: Groups, people: Mapping[str, Person]) -> Finding:
    """Tell whether enough people can approve.

    Args:
        name: of the finding.
        roles: the configured lists.
        groups: the members of each group of `roles.approvers` that could be read.
        people: everybody of the list and the groups who was found in Slack.
    """
    if not roles.approvers:
        return wrong(
            name,
            "slack.approvers is empty, so nobody can approve anything",
            "List at least one user group or two users under `slack.approvers`.",
        )
    listed_groups = [entry for entry in roles.approvers if entry.startswith("S")]
    if unread := sorted(set(listed_groups) - groups.keys()):
        return wrong(
            name,
            f"the user group {listed(unread)} cannot be read, so nobody in it can approve",
            "Check the id under `slack.approvers`: Slack shows it in the address of the group's page.",
        )
    if empty := sorted(group for group in listed_groups if not groups[group]):
        return wrong(
            name,
            f"the user group {listed(empty)} has no members",
            "Add the people who may approve to the group, in Slack.",
        )
    named = {entry for entry in roles.approvers if not entry.startswith("S")}
    chosen = named.union(*groups.values())
    if unknown := sorted(named - people.keys()):
        return wrong(name, f"Slack knows nobody of the id {listed(unknown)}", "Correct `slack.approvers`.")
    if strangers := sorted(entry for entry in named if people[entry].stranger):
        return wrong(
            name,
            f"{listed(strangers)} can never approve: a guest, a bot, deactivated or of another company",
            "Put somebody of your own workspace in this place under `slack.approvers`.",
        )
    able = {entry for entry in chosen if entry in people and not people[entry].stranger}
    more = "Add people to the list or the group of approvers, or lower `slack.quorum`."
    if len(able) < roles.quorum:
        return wrong(name, f"an approval takes {roles.quorum} people, and only {len(able)} can", more)
    if len(able) == roles.quorum and not roles.allow_self_approval:
        return attention(name, f"only {len(able)} can approve, and nothing that one of them asks for", more)
    return fine(name, f"{len(able)} people can approve, {roles.quorum} at a time")


def judge_roles(name: str, roles: Roles, groups: Groups) -> Finding:
    """Tell whether the groups of requesters and administrators can be read; *groups* are those that could."""
    others = sorted(entry for entry in {*roles.requesters, *roles.administrators} if entry.startswith("S"))
    if unread := [group for group in others if group not in groups]:
        return wrong(
            name,
            f"the user group {listed(unread)} cannot be read",
            "Check the id under `slack.requesters` and `slack.administrators`.",
        )
    if not roles.administrators:
        return attention(
            name,
            "slack.administrators is empty, so nobody can have a refused log-on tried once more",
            "List somebody under `slack.administrators`.",
        )
    return fine(name, "requesters and administrators can be read")


def judge_build(name: str, build: str) -> Finding:
    """Judge the build number of a marketing server, `""` when it was not told."""
    if not build.isdecimal():
        return attention(
            name,
            "the server does not tell its build by /r/test",
            "Nothing, if a proxy hides /r/test. mcsync then cannot compare the zone either.",
        )
    if int(build) < OLDEST_BUILD:
        return attention(
            name,
            f"build {build} is older than any that mcsync knows the answers of",
            "Run `mcsync doctor --save DIR` and look whether definition and journal were read rightly.",
        )
    return fine(name, f"build {build}")


def judge_right(name: str, operator: Operator) -> Finding:
    """Tell whether the operator may edit technical workflows."""
    if _ADMIN in operator.rights:
        return fine(name, f"{operator.login} has the Administration right")
    return wrong(
        name,
        f"{operator.login} lacks the Administration right, which Campaign demands for technical workflows",
        "Add the operator to a group with the named right Administration (docs/operator.md).",
    )


def judge_package(name: str, operator: Operator) -> Finding:
    """Tell whether the server is one that archives from execution instances."""
    if _CONTROL in operator.packages:
        return fine(name, "this is a control instance (messageCenterControl)")
    return wrong(
        name,
        "the package messageCenterControl is not installed, so this server archives nothing",
        "Put the address of the control (marketing) instance under `campaign.url`.",
    )


def judge_offset(name: str, key: str, zone: ZoneInfo, at: datetime, offset: timedelta | None) -> Finding:
    """Compare a configured zone with the offset of the server's own clock.

    Args:
        name: of the finding.
        key: of the configuration.
        zone: what is configured.
        at: when the server was asked.
        offset: what it told, `None` if nothing.
    """
    expected = at.astimezone(zone).utcoffset()
    if offset is None:
        return attention(
            name,
            f"/r/test does not tell the server's zone, so {zone.key} could not be compared",
            "Compare it by hand: `date` on the server, or ask whoever hosts it.",
        )
    if offset == expected:
        return fine(name, f"{zone.key} fits the server's clock ({_offset(offset)})")
    ours, theirs = _offset(expected or timedelta()), _offset(offset)
    return wrong(
        name,
        f"{zone.key} is at {ours} now, and the server's clock is at {theirs}",
        f"Put the zone that the server itself runs in under `{key}`.",
    )


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
