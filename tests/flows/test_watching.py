"""What a machine that watches sees of a whole story."""

from io import StringIO
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from bot import logs
from bot.gateways.metrics import Metrics
from tests.flows.town import Town

pytestmark = pytest.mark.usefixtures("log_as_it_was")


def get(town: Town, path: str) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{town.port}{path}", timeout=5)


def scrape(town: Town) -> dict[str, float]:
    """Sum each metric over its labels."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(get(town, "/metrics").text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0) + sample.value
    return found


def test_a_story_leaves_its_figures_and_the_program_says_when_it_is_ready(tmp_path: Path) -> None:
    metrics = Metrics()
    logs.configure(style="json", level="error", stream=StringIO(), watchers=(metrics.count,))
    with Town(tmp_path, socket_mode=True, metrics=metrics) as town:
        town.settle()
        assert get(town, "/readyz").json() == {
            "ready": True,
            "store": "ok",
            "slack": "ok",
            "campaign:prod": "ok",
        }
        town.ask()
        town.slack_lever("faults", method="chat.update", mode="ratelimited", retry_after=1)
        town.approve()
        town.turn_until(lambda: town.proposal().stage == "verified")
        town.report(at=town.clock.now(), log_id="9")
        figures = scrape(town)

        assert figures["mcsync_failures_total"] == 1
        assert figures["mcsync_requests_total"] == 1
        assert figures["mcsync_approvals_total"] == 1
        assert figures["mcsync_changes_total"] == 1
        assert figures["mcsync_proposals"] == 1
        assert figures["mcsync_incidents_open"] == 1
        assert figures["mcsync_cards_posted_total"] >= 1
        assert figures["mcsync_cards_updated_total"] >= 2
        assert figures["mcsync_slack_waits_total"] == 1
        assert figures["mcsync_socket_connections"] >= 1
        assert figures["mcsync_store_up"] == 1
        assert figures["mcsync_soap_seconds_count"] > 10
        assert figures["mcsync_acknowledgement_seconds_count"] >= 3
        assert figures["mcsync_restart_takes_seconds"] == 360

        town.lever("restart-marketing", seconds=3600)
        town.turn(minutes=6)
        answer = get(town, "/readyz")
        assert answer.status_code == 503
        assert answer.json()["campaign:prod"].startswith("it last answered")
        assert answer.json()["store"] == "ok"
        # The process lives: a restart of it would help nobody.
        assert get(town, "/healthz").status_code == 200


def test_the_secret_of_a_webhook_is_changed_while_the_program_runs(tmp_path: Path) -> None:
    file = tmp_path / "webhook"
    old, new = "whsec_dGhlIG9sZCBzZWNyZXQsIDI0IGJ5dGVz", "whsec_dGhlIG5ldyBzZWNyZXQsIDI0IGJ5dGVz"
    file.write_text(old, encoding="utf-8")

    with Town(tmp_path, campaign_changes={"webhook_secret_file": str(file)}) as town:

        def knock(secret: str) -> int:
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"}
            url = f"http://127.0.0.1:{town.port}/webhooks/campaign/prod"
            # 422: let in, and what it says cannot be read.
            return requests.post(url, data=b"{}", headers=headers, timeout=5).status_code

        assert (knock(old), knock(new)) == (422, 401)
        file.write_text(f"{old} {new}\n", encoding="utf-8")
        assert (knock(old), knock(new)) == (422, 422)
        file.write_text(new, encoding="utf-8")
        assert (knock(old), knock(new)) == (401, 422)
