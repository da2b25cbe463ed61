"""Taking a change back, proving it, and repairing what our own write damaged."""

from bot.sandbox.slack.text import plain
from tests.flows.town import WORKFLOW, Town


def _changed(town: Town) -> str:
    before: str = town.workflow()["stored_period"]
    town.ask()
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")
    return before


def test_an_undo_is_asked_for_approved_and_puts_the_identical_text_back(town: Town) -> None:
    before = _changed(town)

    assert town.press("U0SAM", "mcsync_undo")["ok"]
    town.settle()
    assert "Put mcSynch_mcExec1 back" in town.card_text()
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
    assert "m_tmStartTime 00:05:00.000 → 00:20:00.000" in told
    assert town.proposal().ask == "shift-and-restart"


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
