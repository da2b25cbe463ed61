"""Who is in the sandbox's workspace, its channels and its user group; the cast of every story and test.

Values only. What changes while the sandbox runs lives in `workspace`.
"""

from dataclasses import dataclass

TEAM = "T0SANDBOX"
TEAM_NAME = "Sandbox"
TEAM_DOMAIN = "sandbox"
OTHER_TEAM = "T0OTHER"
OTHER_TEAM_DOMAIN = "another-company"
APP = "A0MCSYNC"
BOT = "B0MCSYNC"
BOT_USER = "U0MCSYNC"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the workspace, as `users.info` tells it.

    Attributes:
        id: Slack's user id.
        name: the handle, as in `user_name` of a slash command.
        real_name: what the channel shows.
        locale: IETF tag, given out with `include_locale`.
        zone: IANA time zone.
        team: the workspace that the person belongs to.
        is_restricted: a guest.
        is_stranger: from another company, here through a shared channel.
        deleted: deactivated; cannot act any more.
        is_bot: the app's own user.
    """

    id: str
    name: str
    real_name: str
    locale: str = "en-US"
    zone: str = "Europe/Paris"
    team: str = TEAM
    is_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    is_bot: bool = False

    @property
    def team_domain(self) -> str:
        """Return the subdomain of the person's own workspace."""
        return TEAM_DOMAIN if self.team == TEAM else OTHER_TEAM_DOMAIN


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation at the start of the sandbox.

    Attributes:
        id: Slack's id; `C` is a channel, `D` a direct message with the app.
        name: without the `#`.
        members: user ids.
        is_private: scopes `groups:*` instead of `channels:*` apply.
        is_ext_shared: shared with another company.
        is_archived: nobody can post any more.
    """

    id: str
    name: str
    members: tuple[str, ...]
    is_private: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group at the start of the sandbox.

    Attributes:
        id: Slack's id, `S...`.
        handle: what people type after `@`.
        name: its title.
        users: ids of its members.
    """

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


PEOPLE = (
    Person("U0SAM", "sam", "Sam Support"),
    Person("U0ADA", "ada", "Ada Admin", zone="America/Sao_Paulo"),
    Person("U0GRACE", "grace", "Grace Admin", zone="America/New_York"),
    Person("U0BIA", "bia", "Bia Suporte", locale="pt-BR", zone="America/Sao_Paulo"),
    Person("U0GUEST", "guest", "Gus Guest", is_restricted=True),
    Person("U0STRANGER", "stranger", "Stella Stranger", team=OTHER_TEAM, is_stranger=True),
    Person("U0GONE", "gone", "Gone Person", deleted=True),
    Person(BOT_USER, "mcsync", "mcsync", is_bot=True),
)
CHANNELS = (
    Channel(
        "C0OPS",
        "campaign-ops",
        ("U0SAM", "U0ADA", "U0GRACE", "U0BIA", "U0GUEST", "U0STRANGER", BOT_USER),
        is_ext_shared=True,
    ),
    Channel("C0RANDOM", "random", ("U0SAM", "U0ADA", "U0GRACE")),
    Channel("G0SECRET", "campaign-admins", ("U0ADA", "U0GRACE", BOT_USER), is_private=True),
)
GROUPS = (UserGroup("S0ADMINS", "campaign-admins", "Campaign administrators", ("U0ADA", "U0GRACE")),)
