"""Slack, as `mcsync doctor` sees it: token, scopes, channel, people, socket, clock. Nothing is posted."""

from collections.abc import Iterable, Iterator, Mapping

from bot.domain.checkup import (
    Finding,
    attention,
    fine,
    judge_approvers,
    judge_clock,
    judge_roles,
    judge_scopes,
    skipped,
    wrong,
)
from bot.domain.errors import SlackError, SlackRefused, SlackUnreachable
from bot.domain.policy import Groups, Person, Roles
from bot.gateways.slack import CachedGroups, SlackGateway
from bot.gateways.slack.inspection import SlackInspection, Standing
from bot.service.ports import Clock
from bot.settings import SlackSettings

MOST_PEOPLE = 50
"""People who are looked up one by one: Slack allows about fifty such calls a minute."""

_UPDATE = "Bring the Slack app up to date with the output of `mcsync manifest`, then install it again."
_RENEW = "Put the token of the installed app in place (OAuth & Permissions in the app's settings)."
_EXCHANGE = "Exchange the two tokens: the bot token begins with xoxb-, the app token with xapp-."
_REINSTALL = "Install the app in the workspace again, and put its new token in place."
_REMEDIES: Mapping[str, str] = {
    "invalid_auth": _RENEW,
    "not_authed": _RENEW,
    "account_inactive": _REINSTALL,
    "token_revoked": _REINSTALL,
    "not_allowed_token_type": _EXCHANGE,
    "missing_scope": _UPDATE,
    "not_in_channel": "Invite the app: type /invite @mcsync in the channel.",
    "channel_not_found": "Correct `slack.channel` (the channel's details show its id), and invite the app.",
    "no_such_subteam": "Correct the id of the user group.",
}


def examine_slack(settings: SlackSettings, clock: Clock, scopes: Iterable[str]) -> Iterator[Finding]:
    """Examine the workspace.

    Args:
        settings: of `[slack]`.
        clock: machine time is compared with Slack's.
        scopes: what the manifest asks for.
    """
    inspection = SlackInspection(settings.bot_token, settings.api_url)
    try:
        standing = inspection.standing()
    except SlackError as error:
        yield wrong("slack.token", str(error), _remedy(error, settings))
        for name in ("scopes", "channel", "approvers", "roles"):
            yield skipped(f"slack.{name}", "it takes the bot token")
        if isinstance(error, SlackRefused):
            yield _socket(settings, inspection)
        else:
            yield skipped("slack.socket", "Slack does not answer")
        yield skipped("slack.clock", "Slack's clock comes with the bot token's answer")
        return
    yield fine("slack.token", f"the bot is {standing.user} of {standing.team}")
    yield _scopes(standing, scopes)
    yield _channel(settings, inspection)
    yield from _people(settings, clock)
    yield _socket(settings, inspection)
    if standing.date is None:
        yield attention("slack.clock", "Slack's answer has no date", "Compare this machine's clock by hand.")
    else:
        yield judge_clock("slack.clock", "Slack's", clock.machine_now(), standing.date)


def _scopes(standing: Standing, scopes: Iterable[str]) -> Finding:
    if standing.scopes is None:
        return attention(
            "slack.scopes",
            "Slack's answer does not name the scopes",
            "Compare those of the app with the output of `mcsync manifest`.",
        )
    return judge_scopes("slack.scopes", standing.scopes, scopes)


def _channel(settings: SlackSettings, inspection: SlackInspection) -> Finding:
    try:
        archived = inspection.is_archived(settings.channel)
    except SlackError as error:
        return wrong("slack.channel", str(error), _remedy(error, settings))
    if archived:
        return wrong(
            "slack.channel",
            f"{settings.channel} is archived, so no card can be posted there",
            "Unarchive the channel, or name another one under `slack.channel`.",
        )
    return fine("slack.channel", f"the app is in {settings.channel}")


def _people(settings: SlackSettings, clock: Clock) -> Iterator[Finding]:
    gateway = SlackGateway(settings.bot_token, settings.api_url)
    try:
        groups = CachedGroups(gateway, clock).members(settings.roles.groups)
        people = _look_up(gateway, settings.roles, groups)
    except SlackError as error:
        yield wrong("slack.approvers", str(error), _remedy(error, settings))
        yield skipped("slack.roles", "people cannot be looked up")
        return
    yield judge_approvers("slack.approvers", settings.roles, groups, people)
    yield judge_roles("slack.roles", settings.roles, groups)


def _look_up(gateway: SlackGateway, roles: Roles, groups: Groups) -> dict[str, Person]:
    approvers = {entry for entry in roles.approvers if not entry.startswith("S")}
    approvers = approvers.union(*(groups.get(entry, frozenset()) for entry in roles.approvers))
    found = {}
    for user in sorted(approvers)[:MOST_PEOPLE]:
        try:
            found[user] = gateway.person(user)
        except SlackRefused as error:
            if error.code not in ("user_not_found", "user_not_visible"):
                raise
    return found


def _socket(settings: SlackSettings, inspection: SlackInspection) -> Finding:
    if settings.mode == "http":
        return attention(
            "slack.socket",
            "Slack calls this bot by HTTP, which cannot be tried from here",
            "Look at Event Subscriptions in the app's settings: Slack says there whether it reaches the bot.",
        )
    try:
        inspection.ask_for_socket(settings.app_token)
    except SlackRefused as error:
        return wrong(
            "slack.socket",
            str(error),
            "Put an app-level token with the scope connections:write in place (Basic Information in the "
            "app's settings), and switch Socket Mode on.",
        )
    except SlackError as error:
        return wrong("slack.socket", str(error), _remedy(error, settings))
    return fine("slack.socket", "Slack offers a Socket Mode connection")


def _remedy(error: SlackError, settings: SlackSettings) -> str:
    if isinstance(error, SlackRefused):
        return _REMEDIES.get(
            error.code, f"Look up {error.code} at docs.slack.dev, and correct what it names."
        )
    if isinstance(error, SlackUnreachable):
        return (
            f"Let this machine reach {settings.api_url} (proxy, firewall), or try again when Slack is well."
        )
    return "Try again in a minute."
