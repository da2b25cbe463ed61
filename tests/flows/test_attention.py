"""A change of which nobody knows how it ended: checked again, approved anew, or set aside by a human."""

from pathlib import Path

from tests.flows.town import WORKFLOW, Town

OUTAGE = {"action": "*", "mode": "503"}


def _press(town: Town, user: str, action_id: str) -> bool:
    """Press a button of the first card; that Campaign cannot be seen has a card of its own."""
    pressed = town.slack_lever("press", user=user, ts=town.messages()[0]["ts"], action_id=action_id)
    return bool(pressed["ok"])


def _approve(town: Town) -> None:
    shown = [one for block in town.messages()[0]["blocks"] for one in block.get("elements", ())]
    ids = [one.get("action_id", "") for one in shown]
    assert _press(town, "U0ADA", next(one for one in ids if one.startswith("mcsync_approve")))


def _unclear(town: Town) -> None:
    """Ask and approve, and let Campaign vanish for longer than anybody waits."""
    town.ask()
    town.lever("faults", **OUTAGE, times=100_000)
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "needs-attention", seconds=120, most=7200)
    town.lever("faults", **OUTAGE, times=0)


def set_aside(town: Town, user: str, reason: str) -> dict[str, object]:
    """Set the change aside, with a reason."""
    assert _press(town, user, "mcsync_set_aside")
    view = town.modal(user)
    assert view is not None
    state = {"mcsync_reason": {"mcsync_text": reason}}
    answer = town.slack_lever("submit", user=user, view_id=view["id"], state=state)
    town.settle()
    return answer


def test_checked_again_in_time_it_goes_on_by_the_approval_it_has(town: Town) -> None:
    _unclear(town)
    assert "[ Check again ]" in town.card_text()

    assert _press(town, "U0SAM", "mcsync_check")
    town.turn_until(lambda: town.proposal().stage == "verified")

    assert len(town.writes()) == 1


def test_checked_again_after_its_expiry_it_only_looks_and_a_human_approves_anew(town: Town) -> None:
    _unclear(town)
    town.turn(minutes=60)
    assert town.clock.now() > town.proposal().expires_at

    assert _press(town, "U0SAM", "mcsync_check")
    town.turn_until(lambda: town.proposal().stage == "void")

    assert town.writes() == []
    assert town.world()["calls"].get("xtk:workflow#Stop", 0) == 0
    assert "older than the expiry" in town.card_text()
    assert _press(town, "U0SAM", "mcsync_again")
    town.settle()
    _approve(town)
    town.turn_until(lambda: town.proposal().stage == "verified")
    assert len(town.writes()) == 1


def test_an_approver_sets_it_aside_with_a_reason_and_the_workflow_is_free_again(town: Town) -> None:
    _unclear(town)
    answer = set_aside(town, "U0GRACE", "   ")
    assert "Write why" in str(answer)
    assert town.proposal().stage == "needs-attention"

    set_aside(town, "U0GRACE", "I compared it by hand; it runs.")

    card = town.card_text()
    assert town.proposal().stage == "set-aside"
    assert "Set aside: nobody knows how it ended" in card
    assert "I compared it by hand; it runs." in card
    assert "proposal:set-aside" in town.audit_events()
    assert _press(town, "U0SAM", "mcsync_shift_5")
    town.settle()
    assert town.proposal().stage == "waiting"


def test_who_is_neither_approver_nor_administrator_sets_nothing_aside(tmp_path: Path) -> None:
    with Town(tmp_path, slack_changes={"administrators": ["U0ADA"], "approvers": ["U0GRACE"]}) as town:
        town.ask()
        town.lever("faults", **OUTAGE, times=100_000)
        assert town.press("U0GRACE", town.approval())["ok"]
        town.turn_until(lambda: town.proposal().stage == "needs-attention", seconds=120, most=7200)
        town.lever("faults", **OUTAGE, times=0)

        set_aside(town, "U0SAM", "I want to try again.")
        assert town.proposal().stage == "needs-attention"
        assert "Only <@U0GRACE> or <@U0ADA> can set this aside." in town.told("U0SAM")[-1]

        set_aside(town, "U0ADA", "Seen in the console.")
        assert town.proposal().stage == "set-aside"


def test_what_is_settled_is_not_set_aside(town: Town) -> None:
    _unclear(town)
    assert _press(town, "U0GRACE", "mcsync_set_aside")
    assert _press(town, "U0SAM", "mcsync_check")
    town.turn_until(lambda: town.proposal().stage == "verified")
    view = town.modal("U0GRACE")
    assert view is not None

    state = {"mcsync_reason": {"mcsync_text": "Too late."}}
    town.slack_lever("submit", user="U0GRACE", view_id=view["id"], state=state)
    town.settle()

    assert town.proposal().stage == "verified"
    assert "already approved" in town.told("U0GRACE")[-1]


def test_three_readings_tell_what_somebody_else_did_to_a_change_halfway(town: Town) -> None:
    town.ask()
    town.approve()
    town.turn_until(lambda: len(town.writes()) == 1, seconds=5)
    somebody = {"workflow": WORKFLOW, "login": "<!channel>"}
    town.lever("edit", **somebody, activity={"name": "soapImport", "script": "mine();"})
    town.lever("edit", **somebody, period={"m_tmStartTime": "00:20:00.000"})
    town.turn_until(lambda: town.proposal().stage == "needs-attention", seconds=5)

    card, thread = str(town.messages()[0]["blocks"]), str(town.messages()[0]["thread"])
    for place in (card, thread):
        assert "wanted: every hour from 00:05; now: every hour from 00:20." in place
        assert "m_tmStartTime: 00:00:00.000 approved, 00:05:00.000 wanted, 00:20:00.000 now." in place
        assert "soapImport (js) was changed" in place
        assert "<!channel>" not in place
        assert "mine()" not in place
    assert len([write for write in town.writes() if write["login"] == "mcsync"]) == 1
