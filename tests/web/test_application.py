"""The paths, and health."""

import pytest

from bot.domain.errors import StoreError
from tests.web.conftest import BehindTheDoor, Caller, bearer_headers, report_body


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/healthz/",
        "/slack/events",
        "/slack/events/",
        "/webhooks/campaign",
        "/webhooks/campaign/",
        "/webhooks/campaign/a/b",
        "/Healthz",
        "/readyz/",
        "/metrics/x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_any_other_path_is_404(call: Caller, method: str, path: str) -> None:
    response = call(method, path, report_body() if method == "POST" else b"")

    assert (response.status, response.json) == (404, {"error": "There is nothing here."})


def test_health_shows_what_it_is_given(call: Caller, behind: BehindTheDoor) -> None:
    behind.health = {"ok": True, "due": 3, "next_due": None, "slack": "connected", "now": "2026-11-23"}

    response = call("GET", "/healthz")

    assert (response.status, response.json) == (200, behind.health)
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("health", [{"ok": False, "slack": "disconnected"}, {}])
def test_ill_health_is_503_and_says_why(
    call: Caller, behind: BehindTheDoor, health: dict[str, object]
) -> None:
    behind.health = health

    response = call("GET", "/healthz")

    assert (response.status, response.json) == (503, health)


def test_health_of_a_broken_store_is_503_with_its_sentence(call: Caller, behind: BehindTheDoor) -> None:
    behind.error = StoreError("The database is of a newer version: update mcsync.")

    response = call("GET", "/healthz")

    assert response.status == 503
    assert response.json == {"error": "The database is of a newer version: update mcsync."}


def test_head_of_health_has_no_body(call: Caller) -> None:
    response = call("HEAD", "/healthz")

    assert (response.status, response.body) == (200, b"")
    assert response.headers["Content-Length"] == "22"


def test_posting_to_health_is_405(call: Caller) -> None:
    response = call("POST", "/healthz")

    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")


def test_the_server_does_not_name_itself(call: Caller) -> None:
    assert "Server" not in call("GET", "/healthz").headers


def test_readiness_names_each_thing_that_serving_needs(call: Caller, behind: BehindTheDoor) -> None:
    assert (call("GET", "/readyz").status, call("GET", "/readyz").json) == (
        200,
        {"ready": True, "store": "ok", "slack": "ok"},
    )

    behind.needs["campaign:prod"] = "it last answered 400 s ago"
    response = call("GET", "/readyz")

    assert response.status == 503
    assert response.json == {
        "ready": False,
        "store": "ok",
        "slack": "ok",
        "campaign:prod": "it last answered 400 s ago",
    }


def test_figures_come_as_prometheus_reads_them(call: Caller) -> None:
    response = call("GET", "/metrics")

    assert (response.status, response.body) == (200, b"mcsync_up 1.0\n")
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    assert (call("HEAD", "/metrics").status, call("HEAD", "/metrics").body) == (200, b"")


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_posting_to_what_is_only_shown_is_405(call: Caller, path: str) -> None:
    assert call("POST", path).status == 405


def test_a_webhook_that_was_answered_is_timed_and_one_that_was_refused_is_not(
    call: Caller, behind: BehindTheDoor
) -> None:
    call("POST", "/webhooks/campaign/prod", report_body(), **bearer_headers())
    assert len(behind.waited) == 1
    call("POST", "/webhooks/campaign/prod", report_body(), **bearer_headers("whsec_d3Jvbmc="))
    assert len(behind.waited) == 1
    assert 0 <= behind.waited[0] < 30
