"""The Home tab in the whole program: opened, pressed in, kept true, and plain where Slack knows no better."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.text import plain
from tests.flows.town import WORKFLOW, Town


def look(town: Town, user: str) -> str:
    """Open the Home tab and read it."""
    answer = town.slack_lever("event", type="app_home_opened", user=user)
    assert answer["ok"], answer
    town.settle()
    return read(town, user)


def home(town: Town, user: str) -> Mapping[str, Any] | None:
    """Look at somebody's Home tab as Slack keeps it; `None` before the first time."""
    found: Mapping[str, Any] | None = town._look(f"views?user={user}")["homes"].get(user)
    return found


def read(town: Town, user: str) -> str:
    """Read somebody's Home tab as they do; `""` before the first time."""
    found = home(town, user)
    return plain(found["blocks"], "") if found else ""


def kinds(town: Town, user: str) -> set[str]:
    found = home(town, user)
    assert found is not None
    return {block["type"] for block in found["blocks"]}


def press(town: Town, user: str, action_id: str, **order: object) -> dict[str, Any]:
    """Press a button of the Home tab."""
    return town.slack_lever("press", user=user, home=True, action_id=action_id, **order)


def approval(town: Town, user: str) -> str:
    """Name the first button of somebody's Home tab that approves."""
    found = home(town, user)
    assert found is not None
    ids: list[str] = [
        one.get("action_id", "") for block in found["blocks"] for one in block.get("elements", ())
    ]
    return next(one for one in ids if one.startswith("mcsync_approve"))


def published(town: Town) -> int:
    """Count how often a Home tab was published."""
    return sum(one["kind"] == "home_published" for one in town._look("events")["events"])


def test_a_change_is_approved_on_the_home_tab_and_everybody_sees_it(either_town: Town) -> None:
    town = either_town
    town.ask()
    assert "Waits for you (0)" in look(town, "U0SAM")
    assert "Waits for somebody else" in read(town, "U0SAM")
    assert "Waits for you (1)" in look(town, "U0ADA")
    assert "Waiting for approval" in read(town, "U0ADA")

    assert press(town, "U0ADA", approval(town, "U0ADA"))["ok"]
    town.settle()

    assert town.proposal().decided_by == "U0ADA"
    town.turn_until(lambda: town.proposal().stage == "verified")
    town.turn(seconds=3)
    assert "Approved by @ada" in town.card_text()
    for user in ("U0SAM", "U0ADA"):
        assert "Waits for you (0)" in read(town, user)
        assert "waiting for the next run to pass" in read(town, user)
        assert "every hour from 00:05" in read(town, user)


def test_a_press_that_does_not_count_is_said_on_the_tab_itself(town: Town) -> None:
    town.ask()
    look(town, "U0ADA")
    town.slack_lever("group", id="S0ADMINS", users=["U0GRACE"])

    press(town, "U0ADA", approval(town, "U0ADA"))
    town.settle()
    town.turn(seconds=61)

    assert town.proposal().stage == "waiting"
    assert "can approve or deny changes" in read(town, "U0ADA")
    assert "Waits for you (0)" in read(town, "U0ADA")
    assert "can approve or deny changes" not in look(town, "U0GRACE")


def test_the_tab_follows_what_happens_while_somebody_looks_at_it(town: Town) -> None:
    town.settle()
    assert "🟢 None." in look(town, "U0SAM")
    assert "waits for its next run" in read(town, "U0SAM")
    assert {"table", "data_visualization", "rich_text"} <= kinds(town, "U0SAM")
    before = published(town)
    town.turn(seconds=61)
    town.turn(seconds=61)
    assert published(town) == before, "nothing changed but the time of the last look"

    town.collide()
    town.turn(seconds=3)

    shown = read(town, "U0SAM")
    assert "Open incidents (1)" in shown
    assert "met RT's daily restart" in shown
    assert "stands still after an error" in shown
    assert "6 runs failed in the last 7 days; 7 runs will meet a restart" in shown
    assert press(town, "U0SAM", "mcsync_what_if")["ok"]
    town.settle()
    assert "✅ This can be asked for." in town.modal_text("U0SAM")


def test_a_tab_is_published_again_when_it_is_opened_again(town: Town) -> None:
    town.settle()
    town.slack_lever("event", type="app_home_opened", user="U0SAM", tab="messages")
    town.settle()
    assert home(town, "U0SAM") is None
    look(town, "U0SAM")
    first = home(town, "U0SAM")

    look(town, "U0SAM")

    second = home(town, "U0SAM")
    assert first is not None
    assert second is not None
    assert first["hash"] != second["hash"]
    assert press(town, "U0SAM", "mcsync_home_refresh")["ok"]
    town.settle()
    third = home(town, "U0SAM")
    assert third is not None
    assert second["hash"] != third["hash"]


def test_newer_blocks_that_slack_refuses_are_left_out_for_a_while(town: Town) -> None:
    town.slack_lever("blocks", unknown=["table"])
    town.ask()
    look(town, "U0SAM")
    assert "data_visualization" in kinds(town, "U0SAM"), "what Slack knows stays"
    town.slack_lever("blocks", unknown=["table", "data_visualization"])

    assert "Workflows (1)" in look(town, "U0SAM")
    assert "stands still after an error" in read(town, "U0SAM")
    assert "margin ⚠️ none: a run meets a restart" in read(town, "U0SAM")
    assert kinds(town, "U0SAM").isdisjoint({"table", "data_visualization"})
    tried = published(town)
    look(town, "U0ADA")
    assert published(town) == tried + 1, "one refusal counts for everybody"

    town.slack_lever("blocks", unknown=[])
    look(town, "U0SAM")
    assert "table" not in kinds(town, "U0SAM")


@pytest.fixture(name="learning")
def _learning(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, campaign_changes={"mode": "shadow"}) as town:
        yield town


def test_the_tab_shows_the_record_where_mcsync_only_watches(learning: Town) -> None:
    learning.collide()

    shown = look(learning, "U0SAM")

    assert "Trust record" in shown
    assert "no answer yet, 1 abstained" in shown
    assert "More…" not in shown


def test_strangers_read_a_sentence_and_nothing_else(town: Town) -> None:
    town.ask()

    for user in ("U0GUEST", "U0STRANGER"):
        assert "ask one of them" in look(town, user)
        assert WORKFLOW not in read(town, user)
    town.approve()
    town.turn(seconds=61)
    assert WORKFLOW not in read(town, "U0GUEST")


def test_a_denial_on_the_tab_wants_its_reason_and_a_refusal_is_said_in_a_box(town: Town) -> None:
    town.ask()
    look(town, "U0ADA")
    found = home(town, "U0ADA")
    assert found is not None

    assert press(town, "U0ADA", "mcsync_deny")["ok"]
    view = town.modal("U0ADA")
    assert view is not None
    state = {"mcsync_reason": {"mcsync_text": "The release is tonight."}}
    town.slack_lever("submit", user="U0ADA", view_id=view["id"], state=state)
    town.settle()
    assert (town.proposal().stage, town.proposal().reason) == ("denied", "The release is tonight.")

    buttons = next(block for block in found["blocks"] if "mcsync_decide" in block["block_id"])
    for one in buttons["elements"]:
        one["value"] = "0123456789abcdef"
    town.slack.standin.workspace.views[found["id"]].body["blocks"] = [buttons]
    assert press(town, "U0ADA", "mcsync_deny")["ok"]
    assert "no longer known here" in town.modal_text("U0ADA")


def test_a_slack_that_refuses_is_left_in_peace_and_the_tab_becomes_true_later(town: Town) -> None:
    town.settle()
    town.lever("faults", mode="hang", seconds=30)
    town.slack.standin.faults.add(Fault("views.publish", "error:not_enabled"))
    look(town, "U0SAM")
    assert home(town, "U0SAM") is None
    town.slack.standin.faults.add(Fault("views.publish", "ratelimited", retry_after=30))
    look(town, "U0SAM")
    assert home(town, "U0SAM") is None

    town.turn(seconds=31)

    assert "Workflows (1)" in read(town, "U0SAM")
