"""Who may ask, who may approve, who may administer. Deny by default.

Pure: groups and people are read by the Slack gateway and handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import NotAllowed
from bot.domain.saying import either
from bot.domain.sentence import say


@dataclass(frozen=True)
class Person:
    """Somebody in Slack.

    Attributes:
        id: the Slack user id.
        name: the display name, for people.
        bot: an app or bot user.
        deactivated: no longer active.
        guest: single- or multi-channel guest.
        foreign: a member of another workspace (Slack Connect).
        locale: the language chosen in Slack, such as `pt-BR`; `""` when Slack does not tell.
        zone: the time zone chosen in Slack, an IANA name; `""` when Slack does not tell.
    """

    id: str
    name: str
    bot: bool = False
    deactivated: bool = False
    guest: bool = False
    foreign: bool = False
    locale: str = ""
    zone: str = ""

    @property
    def stranger(self) -> bool:
        """Tell whether the person never counts, whatever the lists say."""
        return self.bot or self.deactivated or self.guest or self.foreign


@dataclass(frozen=True)
class Roles:
    """The configured lists: ids of users (`U…`, `W…`) or of user groups (`S…`).

    Attributes:
        requesters: who may ask for a change; empty means every member of the workspace.
        approvers: who may approve; empty means nobody.
        administrators: who may lift a log-on bar; being one approves nothing.
        allow_self_approval: whether a requester may approve their own request.
        quorum: how many different people must approve.
    """

    requesters: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    administrators: tuple[str, ...] = ()
    allow_self_approval: bool = False
    quorum: int = 1

    @property
    def groups(self) -> frozenset[str]:
        """Name the user groups whose members must be known before anything is decided."""
        listed = (*self.requesters, *self.approvers, *self.administrators)
        return frozenset(entry for entry in listed if entry.startswith("S"))


Groups = Mapping[str, frozenset[str]]
"""The members of each group; a group that could not be read is left out and so has nobody in it."""


def check_may_view(person: Person) -> None:
    """Let *person* read verdicts: anybody in the workspace, guests included.

    Raises:
        NotAllowed: the person is a member of another workspace, a bot or deactivated.
    """
    if person.foreign or person.bot or person.deactivated:
        raise NotAllowed(say("Only people of this workspace can read what mcsync knows: ask one of them."))


def check_may_rate(person: Person) -> None:
    """Let *person* say whether a verdict was right: any member of the workspace.

    Raises:
        NotAllowed: the person is a stranger.
    """
    _refuse_strangers(person)


def check_may_attend(person: Person) -> None:
    """Let *person* acknowledge an incident, put it off or open it again: any member of the workspace.

    Raises:
        NotAllowed: the person is a stranger.
    """
    _refuse_strangers(person)


def check_may_ask(person: Person, roles: Roles, groups: Groups, *, channel: str = "") -> None:
    """Let *person* ask for a change.

    Args:
        person: who asks.
        roles: the configured lists.
        groups: the members of the groups among them.
        channel: where to ask instead, when no requesters are listed and it was asked elsewhere; `""` when it
            was asked there.

    Raises:
        NotAllowed: the person is a stranger, not among the requesters, or asked outside of the channel.
    """
    _refuse_strangers(person)
    if not roles.requesters and channel:
        raise NotAllowed(
            say("Ask for a change in <#{channel}>, where everybody concerned sees it.", channel=channel)
        )
    if roles.requesters and not _listed(person, roles.requesters, groups):
        _admit_ignorance(roles.requesters, groups)
        raise NotAllowed(say("Only {people} can ask for a change.", people=_names(roles.requesters)))


def check_may_decide(person: Person, requested_by: str, roles: Roles, groups: Groups) -> None:
    """Let *person* approve or deny what *requested_by* asked for.

    Raises:
        NotAllowed: the person is a stranger, not an approver, or asked for it themselves; or Slack could not
            be asked who the approvers are, so that nobody is one.
    """
    _refuse_strangers(person)
    if not roles.approvers:
        raise NotAllowed(
            say(
                "Nobody can approve yet: somebody lists people or groups under `approvers` in mcsync.toml "
                "first."
            )
        )
    if not _listed(person, roles.approvers, groups):
        _admit_ignorance(roles.approvers, groups)
        raise NotAllowed(say("Only {people} can approve or deny changes.", people=_names(roles.approvers)))
    if person.id == requested_by and not roles.allow_self_approval:
        others = tuple(entry for entry in roles.approvers if entry != person.id)
        if not others:
            raise NotAllowed(
                say(
                    "You asked for this change, so somebody else decides, and no other approver is listed "
                    "under `approvers` in mcsync.toml."
                )
            )
        raise NotAllowed(
            say("You asked for this change, so somebody else decides: {people}.", people=_names(others))
        )


def check_may_set_aside(person: Person, roles: Roles, groups: Groups) -> None:
    """Let *person* end a change of which nobody knows how it ended: an approver or an administrator.

    Raises:
        NotAllowed: the person is a stranger, or neither.
    """
    _refuse_strangers(person)
    able = tuple(dict.fromkeys((*roles.approvers, *roles.administrators)))
    if not able:
        raise NotAllowed(
            say(
                "Nobody can set this aside yet: somebody lists people or groups under `approvers` or "
                "`administrators` in mcsync.toml first."
            )
        )
    if not _listed(person, able, groups):
        _admit_ignorance(able, groups)
        raise NotAllowed(say("Only {people} can set this aside.", people=_names(able)))


def check_may_administer(person: Person, roles: Roles, groups: Groups) -> None:
    """Let *person* do what only administrators do.

    Raises:
        NotAllowed: the person is a stranger or not an administrator.
    """
    _refuse_strangers(person)
    if not roles.administrators:
        raise NotAllowed(
            say(
                "Only an administrator can do this: somebody lists people or groups under "
                "`administrators` in mcsync.toml first."
            )
        )
    if not _listed(person, roles.administrators, groups):
        _admit_ignorance(roles.administrators, groups)
        raise NotAllowed(say("Only {people} can do this.", people=_names(roles.administrators)))


def only_watched(instance: str, roles: Roles) -> str:
    """Say that mcsync changes nothing on *instance*, and who can let it."""
    return say(
        "mcsync only watches {instance}: ask {people} to set its mode to propose.",
        instance=instance,
        people=keepers(roles),
    )


def keepers(roles: Roles) -> str:
    """Name who can change how mcsync is configured, as Slack's markup does."""
    return _names(roles.administrators) if roles.administrators else say("whoever keeps mcsync.toml")


def deciders(roles: Roles) -> str:
    """Name who can approve, as Slack's markup does."""
    return _names(roles.approvers) if roles.approvers else say("somebody to list `approvers` in mcsync.toml")


def approvers_of(roles: Roles, requested_by: str) -> str:
    """Name who can approve what *requested_by* asked for, as Slack's markup does; `""` when nobody can."""
    able = roles.approvers
    if not roles.allow_self_approval:
        able = tuple(entry for entry in able if entry != requested_by)
    return _names(able) if able else ""


def _refuse_strangers(person: Person) -> None:
    if person.stranger:
        raise NotAllowed(
            say(
                "Guests, bots, deactivated users and members of other workspaces cannot do this: ask a "
                "member of this workspace."
            )
        )


def _listed(person: Person, entries: tuple[str, ...], groups: Groups) -> bool:
    return any(person.id == entry or person.id in groups.get(entry, frozenset()) for entry in entries)


def _admit_ignorance(entries: tuple[str, ...], groups: Groups) -> None:
    """Say that a group could not be read, rather than that somebody is not in it.

    Raises:
        NotAllowed: one of *entries* is a group that Slack did not tell.
    """
    unread = tuple(entry for entry in entries if entry.startswith("S") and entry not in groups)
    if unread:
        raise NotAllowed(
            say(
                "Slack could not be asked who belongs to {groups}, and until it can nobody counts as a "
                "member: try again in a minute.",
                groups=_names(unread),
            )
        )


def _names(entries: tuple[str, ...]) -> str:
    """Name people and groups as Slack's markup does, so that they are shown by their own names."""
    return either(f"<!subteam^{entry}>" if entry.startswith("S") else f"<@{entry}>" for entry in entries)
