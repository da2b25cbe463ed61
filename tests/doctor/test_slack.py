"""What `mcsync doctor` makes of a Slack that does not tell everything."""

from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from bot.doctor.slack import examine_slack
from bot.domain.checkup import Outcome
from bot.domain.policy import Roles
from bot.gateways.clock import MachineClock
from bot.settings import SlackSettings
from tests.gateways.slack.conftest import Reply, ScriptedApi


def test_what_cannot_be_compared_is_left_to_a_person(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_: "?")
    api.answer("conversations.history", Reply({"ok": True, "messages": []}))
    api.answer("apps.connections.open", Reply({"ok": True, "url": "wss://x"}))
    settings = SlackSettings(
        mode="socket",
        api_url=api.url,
        channel="C1",
        roles=Roles(),
        expiry=timedelta(hours=1),
        command="/mcsync",
        language="en",
        thread_broadcast=False,
        bot_token="xoxb-1",
        app_token="xapp-1",
        signing_secret="",
    )

    found = {one.name: one for one in examine_slack(settings, MachineClock(), ["chat:write"])}

    assert found["slack.scopes"].outcome is Outcome.ATTENTION
    assert found["slack.clock"].outcome is Outcome.ATTENTION
    assert "by hand" in found["slack.clock"].remedy
    assert found["slack.socket"].outcome is Outcome.FINE
