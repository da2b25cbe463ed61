"""What a machine that watches sees of a whole story."""

import time
from io import StringIO
from itertools import count
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from bot import logs
from bot.gateways.metrics import Metrics
from bot.gateways.store import SqlStore, postgres_connections
from bot.gateways.store.sqlite import SqliteEngine
from bot.gateways.store.sqlite_connections import Role
from tests.flows.town import Town
from tests.freezer import Freezer
from tests.postgres import fresh_url

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


def store_of(town: Town) -> SqlStore:
    assert town.program is not None
    store = town.program.service.office.store
    assert isinstance(store, SqlStore)
    return store


def limit_pages(town: Town, pages: int) -> None:
    """Let SQLite find its disk full beyond so many pages; 1 is as many as there are."""
    engine = store_of(town)._engine
    assert isinstance(engine, SqliteEngine)
    writing = engine._connections.common(Role.WRITING)
    with writing.in_use:
        writing.bare.execute(f"PRAGMA max_page_count = {pages}")


def test_on_a_full_disk_the_program_is_not_ready_and_lives(tmp_path: Path) -> None:
    metrics = Metrics()
    logs.configure(style="json", level="error", stream=StringIO(), watchers=(metrics.count,))
    with Town(tmp_path, metrics=metrics) as town:
        town.settle()
        limit_pages(town, 1)

        numbers = count(1)

        def knock() -> int:
            return town.report(at=town.clock.now(), log_id=str(next(numbers)), message="m" * 9000).status_code

        def is_named() -> bool:
            # What needs no further page can be written here, unlike on a real disk that is full.
            ready = get(town, "/readyz") if knock() == 503 else None
            return (
                ready is not None
                and (ready.status_code, ready.json()["slack"]) == (503, "ok")
                and "is full, so nothing was saved" in ready.json()["store"]
            )

        def is_counted() -> bool:
            shown = scrape(town) if knock() == 503 else {}
            return shown.get("mcsync_store_up") == 0 and "mcsync_queue_depth" in shown

        town.wait_until(is_named)
        town.wait_until(is_counted)
        assert get(town, "/healthz").status_code == 200

        limit_pages(town, 2**30)
        assert knock() == 202
        assert get(town, "/readyz").json()["store"] == "ok"
        assert scrape(town)["mcsync_store_up"] == 1


def test_a_database_that_stands_still_makes_the_program_unready_and_does_not_have_it_restarted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connections, "ANSWER_SECONDS", 5.0)
    logs.configure(style="json", level="error", stream=StringIO())
    with Freezer(fresh_url()) as way, Town(tmp_path, store_url=way.url) as town:
        town.settle()
        assert get(town, "/readyz").json()["store"] == "ok"
        way.freeze()
        began = time.monotonic()

        health, ready, figures = get(town, "/healthz"), get(town, "/readyz"), scrape(town)

        assert time.monotonic() - began < 12
        assert (health.status_code, health.json()["ok"], health.json()["due"]) == (200, True, None)
        assert (ready.status_code, ready.json()["slack"]) == (503, "ok")
        assert ready.json()["store"].startswith("the store has not answered within 3 seconds")
        assert figures["mcsync_store_up"] == 0
        # One look for work after the other comes to its own end, so the bell is never silent for long.
        town.wait_until(lambda: town.health()["bell_quiet_seconds"] > 1)
        town.wait_until(lambda: town.health()["bell_quiet_seconds"] < 1)

        way.thaw()
        town.wait_until(lambda: get(town, "/readyz").json()["store"] == "ok")
        town.settle()


def test_a_database_that_is_gone_makes_the_program_unready_and_does_not_have_it_restarted(
    tmp_path: Path,
) -> None:
    logs.configure(style="json", level="error", stream=StringIO())
    with Freezer(fresh_url()) as way, Town(tmp_path, store_url=way.url) as town:
        town.settle()
        way.close()

        health, ready = get(town, "/healthz"), get(town, "/readyz")

        assert (health.status_code, health.json()["ok"], health.json()["due"]) == (200, True, None)
        assert (ready.status_code, ready.json()["slack"]) == (503, "ok")
        assert "cannot be reached" in ready.json()["store"] or "was lost" in ready.json()["store"]


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
