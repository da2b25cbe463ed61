"""Taking a change back, proving it, and repairing what our own write damaged."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.incident import IncidentState
from bot.sandbox.slack.text import plain
from tests.flows.town import WORKFLOW, Town


def _changed(town: Town) -> str:
    before: str = town.workflow()["stored_period"]
    town.ask()
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")
    return before


def test_an_undo_is_asked_for_approved_and_puts_the_identical_text_back(either_town: Town) -> None:
    town = either_town
    before = _changed(town)

    assert town.press("U0SAM", "mcsync_undo")["ok"]
    town.settle()
    assert "Put mcSynch_mcExec1 back" in town.card_text()
    assert "Once it is put back, the run of 2026-11-25 06:00 would meet the restart" in town.card_text()
    assert town.workflow()["stored_period"] != before
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")

    assert town.workflow()["stored_period"] == before
    assert town.workflow()["loaded_period"] == before
    assert len(town.writes()) == 2


def test_an_undo_after_somebody_elses_edit_is_refused_with_the_differences(town: Town) -> None:
    _changed(town)
    town.lever("edit", workflow=WORKFLOW, login="intruder", period={"m_tmStartTime": "00:20:00.000"})

    town.press("U0SAM", "mcsync_undo")
    town.settle()

    told = town.told("U0SAM")[-1]
    assert "intruder edited it since" in told
    readings = "00:00:00.000 before our change, 00:05:00.000 after our change, 00:20:00.000 now."
    assert f"m_tmStartTime: {readings}" in told
    assert any(readings in reply["text"] for reply in town.messages()[0]["thread"])
    assert town.proposal().ask == "shift-and-restart"


def test_an_undo_after_somebody_elses_edit_of_another_activity_is_refused_as_well(town: Town) -> None:
    _changed(town)
    town.lever(
        "edit", workflow=WORKFLOW, login="<@U0GRACE>", activity={"name": "soapImport", "script": "mine();"}
    )

    town.press("U0SAM", "mcsync_undo")
    town.settle()

    told = town.told("U0SAM")[-1]
    assert "@U0GRACE edited it since" in told
    assert "soapImport (js) was changed." in told
    assert "mine()" not in told


def test_the_proof_waits_for_the_next_restart(town: Town) -> None:
    _changed(town)

    town.turn_until(lambda: town.proposal().run_passed_at is not None, seconds=60, most=7200)
    assert town.proposal().stage == "verified"
    assert "waiting for the next restart to be survived" in town.card_text()
    town.prove()

    thread = [reply["text"] for reply in town.messages()[-1]["thread"]]
    assert any("passed without an error" in text and "Processing finished" in text for text in thread)
    assert any("was survived" in text for text in thread)


def test_a_change_whose_next_run_fails_is_not_proved_and_may_be_undone(town: Town) -> None:
    _changed(town)
    town.lever("settings", run_error="XSV-350012 Invalid login or password. Connection denied.")

    town.turn_until(lambda: len(town.messages()) == 2, seconds=60, most=7200)
    town.turn(minutes=5)

    first = plain(town.messages()[0]["blocks"], "")
    assert "did not pass" in first or "failed at" in first
    assert "[ Undo ]" in first
    assert all(incident.state == "open" for incident in town.incidents())
    assert "Changed and not proved, so this is open again" in first
    assert "incident:reopen" in town.audit_events()
    assert any(reply["text"].startswith("Open again. ") for reply in town.messages()[0]["thread"])


def test_a_run_that_never_begins_opens_the_incident_again_even_one_that_was_closed(town: Town) -> None:
    _changed(town)
    assert town.program is not None
    (incident,) = town.incidents()
    with town.program.service.office.store.write() as tx:
        assert tx.save_incident(incident, replace(incident, state=IncidentState.CLOSED, closing="Seen."))
    town.lever("stop", workflow=WORKFLOW)

    town.turn_until(lambda: town.proposal().stage == "failed", seconds=120, most=7200)

    card = town.card_text()
    assert "did not pass" in card
    assert "[ Undo ]" in card
    assert town.incidents()[0].state == "open"
    assert town.audit_events().count("incident:reopen") == 1


def test_the_record_names_whoever_set_a_change_going(town: Town) -> None:
    _changed(town)

    assert town.program is not None
    with town.program.service.office.store.read() as tx:
        (begun,) = [entry.deed for entry in tx.audit() if entry.deed.event == "change:begin"]

    assert (begun.actor, begun.actor_name) == ("U0ADA", "ada")


def test_damage_by_our_own_write_is_repaired_from_the_backup(town: Town) -> None:
    before = town.workflow()["stored_period"]
    town.ask()
    town.approve()
    town.turn_until(lambda: len(town.writes()) == 1, seconds=5)
    town.lever(
        "edit", workflow=WORKFLOW, login="mcsync", activity={"name": "soapImport", "script": "broken();"}
    )

    town.turn_until(lambda: town.proposal().stage == "failed", seconds=5)

    assert "Alarm" in town.card_text()
    assert "change:restore" in town.audit_events()
    assert town.workflow()["stored_period"] == before
    assert town.workflow()["state"] == 11


def test_an_edit_by_somebody_else_in_the_middle_is_left_alone(town: Town) -> None:
    town.ask()
    town.approve()
    town.turn_until(lambda: len(town.writes()) == 1, seconds=5)
    town.lever(
        "edit", workflow=WORKFLOW, login="intruder", activity={"name": "soapImport", "script": "mine();"}
    )

    town.turn_until(lambda: town.proposal().stage in {"needs-attention", "failed"}, seconds=5)

    assert "intruder" in town.card_text()
    assert len([write for write in town.writes() if write["login"] == "mcsync"]) == 1
    assert town.workflow()["state"] == 11


IMS: dict[str, Any] = {
    "ims": {"client_id": "mcsync-ims", "scope": "openid"},
    "environment": {"MCSYNC_CAMPAIGN_PROD_IMS_SECRET": "sandbox"},
}


def _damaged(town: Town) -> None:
    """Let our own write go wrong: more than the schedule differs, saved by our own login."""
    town.ask()
    town.approve()
    town.turn_until(lambda: len(town.writes()) == 1, seconds=5)
    broken = {"name": "soapImport", "script": "broken();"}
    town.lever("edit", workflow=WORKFLOW, login="mcsync", activity=broken)
    town.turn_until(lambda: town.proposal().stage in {"failed", "needs-attention"}, seconds=5)


@pytest.mark.parametrize("told_by", ["the server", "the configuration"])
def test_with_a_bearer_token_our_own_damage_is_repaired_as_well(tmp_path: Path, told_by: str) -> None:
    operator = "mcsync" if told_by == "the configuration" else ""
    with Town(tmp_path, campaign_changes={"login": "", "operator": operator}, **IMS) as town:
        if operator:
            town.lever("faults", action="xtk:session#GetUserInfo", mode="fault", times=1000)
        before = town.workflow()["stored_period"]

        _damaged(town)

        assert town.proposal().stage == "failed"
        assert "change:restore" in town.audit_events()
        assert town.workflow()["stored_period"] == before
        assert town.workflow()["state"] == 11


def test_who_is_not_told_its_own_login_says_what_it_did_not_repair_and_why(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"login": ""}, **IMS) as town:
        town.lever("faults", action="xtk:session#GetUserInfo", mode="fault", times=1000)

        _damaged(town)

        card = town.card_text()
        assert town.proposal().stage == "needs-attention"
        assert "does not know by which login it writes here" in card
        assert "left the workflow stopped" in card
        assert "soapImport (js) was changed" in card
        assert len(town.writes()) == 2
        assert town.workflow()["state"] == 20
