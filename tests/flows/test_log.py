"""The log of a whole story with troubles in it: no secret, and one word from a request to its card."""

import io
import json
import re
from pathlib import Path

import pytest
import requests

from bot import logs
from bot.sandbox.campaign import seed
from bot.sandbox.slack import people
from tests.flows.town import ENVIRONMENT, SECRET, Town

pytestmark = pytest.mark.usefixtures("log_as_it_was")

PASSWORD = "camp-PASSWORD-1"
CLIENT_SECRET = "ims-CLIENT-SECRET-1"
NEVER = (
    *("Envelope", "SOAP-ENV", "queryDef>", "<activities", "__sessiontoken", "X-Security-Token"),
    *("Bearer ", "Cookie", "in-BODY", "in-COOKIE", "oauth-CODE", "/hooks/", "v0=", "v1,"),
)
"""Beginnings of what must not be there: envelopes, cookies, signatures, addresses that carry a code."""
FORGED = "whsec_Zm9yZ2VkIHNlY3JldCwgMjQgYnl0ZXMh"


@pytest.fixture(name="known_secrets")
def _known_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "PASSWORD", PASSWORD)
    monkeypatch.setattr(seed, "IMS_SECRET", CLIENT_SECRET)


def story(town: Town) -> None:
    """Play the main job with every kind of trouble on the way."""
    town.ask()
    town.lever("faults", action="xtk:workflow#Stop", mode="503")
    town.slack_lever("faults", method="chat.update", mode="ratelimited", retry_after=1)
    town.slack_lever("faults", method="chat.update", mode="html")
    town.approve()
    town.lever("restart-marketing", seconds=20, forget_sessions=True)
    town.turn(seconds=40)
    for mode in ("reset", "html", "truncate", "fault", "expired-session"):
        town.lever("faults", action="xtk:queryDef#ExecuteQuery", mode=mode, times=3)
        town.turn(seconds=61)
    town.slack_lever("faults", method="chat.update", mode="reset")
    town.turn_until(lambda: town.proposal().stage == "needs-attention")


def knock_wrongly(town: Town) -> None:
    """Send what is forged, malformed or for nobody."""
    base = f"http://127.0.0.1:{town.port}"
    report = {"Content-Type": "application/json", "Authorization": f"Bearer {FORGED}"}
    requests.post(f"{base}/webhooks/campaign/prod", data=b"{}", headers=report, timeout=5)
    report["Authorization"] = f"Bearer {SECRET}"
    requests.post(
        f"{base}/webhooks/campaign/prod", data=b'{"password": "in-BODY"}', headers=report, timeout=5
    )
    requests.post(f"{base}/slack/events?code=oauth-CODE", data=b"token=in-BODY", timeout=5)
    requests.get(f"{base}/nowhere?code=oauth-CODE", headers={"Cookie": "session=in-COOKIE"}, timeout=5)


@pytest.mark.usefixtures("known_secrets")
@pytest.mark.parametrize(("style", "socket_mode"), [("json", False), ("console", True)])
def test_no_secret_and_no_envelope_is_ever_logged(tmp_path: Path, style: str, *, socket_mode: bool) -> None:
    stream = io.StringIO()
    # DEBUG writes all that any other level writes.
    logs.configure(style=style, level="debug", stream=stream)
    environment = {"MCSYNC_CAMPAIGN_PROD_PASSWORD": PASSWORD}

    with Town(tmp_path, socket_mode=socket_mode, environment=environment) as town:
        story(town)
        knock_wrongly(town)
        sessions = set(town.campaign.world.access.secrets)

    text = stream.getvalue()
    assert "card.posted" in text
    assert "poll.failed" in text
    assert len(sessions) >= 2
    known = {*ENVIRONMENT.values(), PASSWORD, FORGED, *sessions} - {"sandbox"}
    assert [secret for secret in known if secret in text] == []
    assert [word for word in NEVER if word in text] == []


@pytest.mark.usefixtures("known_secrets")
def test_neither_a_client_secret_nor_a_bearer_token_is_logged(tmp_path: Path) -> None:
    stream = io.StringIO()
    logs.configure(style="json", level="debug", stream=stream)
    ims = {"client_id": seed.IMS_CLIENT, "scope": "campaign"}
    environment = {"MCSYNC_CAMPAIGN_PROD_IMS_SECRET": CLIENT_SECRET}

    with Town(tmp_path, campaign_changes={"login": ""}, ims=ims, environment=environment) as town:
        town.collide()
        town.campaign.world.access.bearers.clear()
        town.campaign.world.access.clients[seed.IMS_CLIENT] = ("another", "mcsync")
        town.turn(minutes=2)
        tokens = set(town.campaign.world.access.secrets)

    text = stream.getvalue()
    assert "poll.failed" in text
    assert tokens
    assert [secret for secret in {CLIENT_SECRET, *tokens} if secret in text] == []


@pytest.mark.usefixtures("known_secrets")
@pytest.mark.parametrize("socket_mode", [False, True])
def test_what_machines_are_shown_names_nobody_and_quotes_nothing(
    tmp_path: Path, *, socket_mode: bool
) -> None:
    environment = {"MCSYNC_CAMPAIGN_PROD_PASSWORD": PASSWORD}

    with Town(tmp_path, socket_mode=socket_mode, environment=environment) as town:
        story(town)
        knock_wrongly(town)
        base = f"http://127.0.0.1:{town.port}"
        shown = {page: requests.get(f"{base}/{page}", timeout=5).text for page in PAGES}
        sessions = set(town.campaign.world.access.secrets)
        said = {line.message for line in town.campaign.world.journal if len(line.message) > 8}

    assert "mcsync_soap_seconds_count" in shown["metrics"]
    assert said
    assert len(sessions) >= 2
    known = {*ENVIRONMENT.values(), PASSWORD, FORGED, *sessions} - {"sandbox"}
    humans = [one for one in people.PEOPLE if not one.is_bot]
    everybody = {word for one in humans for word in (one.id, one.name, one.real_name)}
    for page, text in shown.items():
        assert [word for word in (*known, *said, *NEVER) if word in text] == [], page
        # A name is a word of its own: `ada` stands in many a word.
        assert [name for name in everybody if re.search(rf"\b{re.escape(name)}\b", text)] == [], page


PAGES = ("metrics", "healthz", "readyz")
"""What `docs/security.md` says of them: no names of people, no text, no secret."""


def test_one_word_leads_from_a_webhook_to_its_card(tmp_path: Path) -> None:
    stream = io.StringIO()
    logs.configure(style="json", level="info", stream=stream)

    with Town(tmp_path) as town:
        town.turn_to(5, 59, 50)
        town.turn_to(6, 0, 20)
        town.wait_until(lambda: bool(town.workflow()["failed"]))
        # The look that the webhook asks for fails at first, and a poll asks for the same one meanwhile.
        town.turn_to(6, 0, 48)
        town.lever("faults", action="*", mode="503", times=50)
        town.report(at=town.clock.now(), log_id="1")
        town.settle()
        town.lever("faults", action="*", mode="503", times=0)
        town.turn_to(6, 0, 51)
        assert town.messages(), stream.getvalue()
        assert town.press("U0SAM", "mcsync_shift_5")["ok"]
        town.settle()

    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    accepted = next(line for line in told if line["event"] == "webhook.accepted")
    after = [line["event"] for line in told if line.get("trace") == accepted["trace"]]
    assert after[:4] == ["webhook.accepted", "work.put_off", "incident.failure", "card.posted"]
    (poll,) = [line for line in told if line["event"] == "work.joined" and line["key"].startswith("look:")]
    assert poll["goes_on_as"] == accepted["trace"]
    asked = next(line for line in told if line["event"] == "proposal.asked")
    followed = [line["event"] for line in told if line.get("trace") == asked["trace"]]
    assert "card.updated" in followed
    assert asked["trace"] != accepted["trace"]
