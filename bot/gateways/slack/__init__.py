"""Slack: posting and updating cards, people and user groups, the Socket Mode connection. No rules in here."""

from bot.gateways.slack.answers import Identity
from bot.gateways.slack.gateway import SlackGateway
from bot.gateways.slack.groups import CachedGroups
from bot.gateways.slack.locales import CachedLocales
from bot.gateways.slack.socket_mode import SocketConnection

__all__ = ["CachedGroups", "CachedLocales", "Identity", "SlackGateway", "SocketConnection"]
