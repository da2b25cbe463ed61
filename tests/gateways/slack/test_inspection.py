"""How the app stands in the workspace, as Slack's answers tell it."""

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from bot.domain.errors import SlackRefused
from bot.gateways.slack.inspection import SlackInspection
from tests.gateways.slack.conftest import AUTH, Reply, ScriptedApi


def test_scopes_and_the_clock_come_with_the_answer(api: ScriptedApi) -> None:
    scopes = {"X-OAuth-Scopes": "chat:write, commands,,users:read "}
    api.answer("auth.test", Reply({**AUTH, "team": "Acme", "user": "mcsync"}, headers=scopes))

    standing = SlackInspection("xoxb-1", api.url).standing()

    assert (standing.team, standing.user, standing.url) == ("Acme", "mcsync", AUTH["url"])
    assert standing.scopes == frozenset({"chat:write", "commands", "users:read"})
    assert standing.date is not None
    assert abs(datetime.now(UTC) - standing.date) < timedelta(minutes=1)


def test_what_slack_does_not_tell_is_not_known(api: ScriptedApi) -> None:
    assert SlackInspection("xoxb-1", api.url).standing().scopes is None


@pytest.mark.parametrize("date", ["yesterday", "Mon, 23 Nov 2026 05:00:00 -0000"])
def test_a_date_that_is_none_or_has_no_zone_is_not_known(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, date: str
) -> None:
    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_: date)

    assert SlackInspection("xoxb-1", api.url).standing().date is None


def test_a_channel_is_read_by_one_message_and_the_bots_own_token(api: ScriptedApi) -> None:
    api.answer("conversations.history", Reply({"ok": True, "messages": [{"text": "secret"}]}))

    assert not SlackInspection("xoxb-1", api.url).is_archived("C1")

    (call,) = [call for call in api.calls if call.method == "conversations.history"]
    assert call.arguments == {"channel": "C1", "limit": "1"}
    assert call.headers["Authorization"] == "Bearer xoxb-1"


def test_a_socket_is_asked_for_by_the_app_token(api: ScriptedApi) -> None:
    api.answer("apps.connections.open", Reply({"ok": False, "error": "invalid_auth"}))

    with pytest.raises(SlackRefused) as refused:
        SlackInspection("xoxb-1", api.url).ask_for_socket("xapp-1")

    assert refused.value.code == "invalid_auth"
    assert api.calls[-1].headers["Authorization"] == "Bearer xapp-1"
