"""What-if in the whole program: the box opens at once, follows every change, and asks for what it shows."""

from collections.abc import Mapping
from typing import Any

from bot.domain.proposal import Ask
from bot.sandbox.slack.faults import Fault
from tests.flows.town import WORKFLOW, Town

ASK, START, MINUTE, PURPOSE = (f"mcsync_what_if_{name}" for name in ("ask", "start", "minute", "purpose"))


def box(town: Town, user: str = "U0SAM") -> Mapping[str, Any]:
    found = town.modal(user)
    assert found is not None, "no box on the screen"
    return found


def open_box(town: Town, user: str = "U0SAM") -> str:
    """Choose *More…* on the only card, wait until the box is filled, and read it."""
    value = f"mcsync_what_if:{town.incidents()[0].id}"
    ts = town.messages()[-1]["ts"]
    pressed = town.slack_lever("press", user=user, ts=ts, action_id="mcsync_other", value=value)
    assert pressed["ok"], pressed
    town.settle()
    return town.modal_text(user)


def change(town: Town, field: str, value: str, user: str = "U0SAM") -> str:
    """Choose or enter something in the box, and read what it shows then."""
    order = {"user": user, "view_id": box(town, user)["id"], "action_id": field, "value": value}
    pressed = town.slack_lever("press", **order)
    assert pressed["ok"], pressed
    town.settle()
    return town.modal_text(user)


def submit(town: Town, user: str = "U0SAM", **state: str) -> dict[str, Any]:
    answer = town.slack_lever("submit", user=user, view_id=box(town, user)["id"], state=state)
    town.settle()
    return answer


def errors(answer: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = answer["body"]["errors"]
    return found


def test_a_free_minute_is_tried_asked_for_approved_and_runs(either_town: Town) -> None:
    town = either_town
    town.collide()

    shown = open_box(town)
    assert "It stands still until it is started." in shown
    assert "05:05 ✓ -54 min ·· 05:59 ▓▓▓ 06:04 ·· 06:05 ✓ +60 s" in shown
    assert "Margin: 60 s between a run and the time kept free around the nearest restart." in shown
    assert "5 minutes of each hour exposed" in shown
    assert "in 124 days, 2027-03-28: Europe/Paris forward by 60 min" in shown.replace("1 h", "60 min")
    assert "mcsync watches no other workflow" in shown

    assert "Margin: 360 s" in change(town, START, "10")
    assert "Choose a minute of the hour" in change(town, START, "minute")
    assert "would meet the restart" in change(town, MINUTE, "2")
    assert "✅ This can be asked for." in change(town, MINUTE, "20")
    assert "20 minutes of each hour exposed" in town.modal_text("U0SAM")

    submit(town, **{PURPOSE: "  The nightly campaign\nends at :15. "})

    assert town.modal("U0SAM") is None
    proposal = town.proposal()
    assert (proposal.ask, proposal.offset_minutes) == (Ask.SHIFT, None)
    assert proposal.purpose == "The nightly campaign ends at :15."
    assert "every hour from 00:00 → every hour from 00:20" in town.card_text()
    assert "@sam's reason: The nightly campaign ends at :15." in town.card_text()
    assert town.program is not None
    with town.program.service.office.store.read() as tx:
        asked = next(one.deed for one in tx.audit() if one.deed.event.value == "proposal:ask")
    assert asked.details["purpose"] == "The nightly campaign ends at :15."
    assert asked.source == "box"
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")
    assert "00:20:00" in str(town.workflow())


def test_resuming_alone_is_asked_for_as_well(town: Town) -> None:
    town.collide()
    open_box(town)

    shown = change(town, ASK, Ask.RESUME.value)

    assert "⛔" in shown, "tomorrow meets the restart again"
    assert "Margin: none, a run meets a restart." in shown
    assert "Another minute of the hour" not in shown
    submit(town)
    assert town.proposal().ask is Ask.RESUME


def test_the_box_opens_before_anything_is_worked_out_needs_no_campaign_and_may_be_closed(town: Town) -> None:
    town.collide()
    town.lever("faults", mode="hang", seconds=30)
    town.slack.standin.faults.add(Fault("views.update", "ratelimited", retry_after=30))

    assert "Working out" in open_box(town)
    assert not box(town)["submit"]
    town.turn(seconds=31)
    assert "✅ This can be asked for." in town.modal_text("U0SAM")
    assert "Margin: 360 s" in change(town, START, "10")

    town.slack.standin.faults.add(Fault("views.update", "ratelimited", retry_after=3))
    change(town, START, "5")
    town.slack_lever("close", user="U0SAM", view_id=box(town)["id"])
    town.turn(seconds=4)
    assert town.modal("U0SAM") is None
    assert town.health()["due"] == 0


def test_what_cannot_be_asked_for_is_said_at_its_field_and_the_box_stays(town: Town) -> None:
    town.collide()
    open_box(town)
    change(town, START, "minute")
    change(town, MINUTE, "75")
    assert MINUTE in submit(town)["errors"], "Slack itself complains"
    change(town, MINUTE, "3")
    found = errors(submit(town))
    assert list(found) == [MINUTE]
    assert found[MINUTE].startswith("Not safe: tomorrow's run of 06:03 would meet")

    change(town, ASK, Ask.RESUME.value)
    unseen = errors(submit(town, **{ASK: Ask.SHIFT.value}))
    assert unseen == {ASK: "Look at what the shift would come to first, then ask for it."}
    assert "proposal:ask" not in town.audit_events()

    town.type("U0GRACE", f"/mcsync shift {WORKFLOW} +10")
    town.settle()
    first = "A change of this workflow was asked for before: that one is decided first."
    assert errors(submit(town, **{ASK: Ask.RESUME.value})) == {ASK: first}
    assert town.proposal().requested_by == "U0GRACE"
    assert first in change(town, ASK, Ask.SHIFT.value)
    assert not box(town)["submit"], "what cannot be asked for now has no button for it"


def test_somebody_of_another_company_sees_no_schedule(town: Town) -> None:
    town.collide()
    value = f"mcsync_what_if:{town.incidents()[0].id}"
    ts = town.messages()[-1]["ts"]

    town.slack_lever("press", user="U0STRANGER", ts=ts, action_id="mcsync_other", value=value)
    town.settle()

    assert town.modal("U0STRANGER") is None
