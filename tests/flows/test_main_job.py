import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.flows.town import WORKFLOW, Town
from tests.postgres import fresh_url


def test_a_collision_becomes_one_card_that_says_what_happened(town: Town) -> None:
    town.collide()

    card = town.card_text()

    assert "mcSynch_mcExec1 on 🟥 prod (red) met RT's daily restart" in card
    assert "restart collision (certain)" in card
    assert "Shift +5 min" in card
    assert "Shift +10 min" in card


def test_a_shift_is_asked_for_approved_carried_out_and_proved(either_town: Town) -> None:
    town = either_town
    town.ask()
    town.approve()

    town.turn_until(lambda: town.proposal().stage == "verified")

    assert len(town.writes()) == 1
    assert "m_tmStartTime='00:05:00.000'" in town.workflow()["stored_period"]
    assert town.workflow()["state"] == 11

    town.prove()

    assert town.incidents()[0].state == "closed"
    assert "Done and proved" in town.card_text()
    assert len(town.messages()) == 1
    assert town.audit_events() == [
        "failure:see",
        "incident:open",
        "proposal:ask",
        "proposal:approve",
        "change:begin",
        "change:write",
        "change:verify",
        "change:run-passed",
        "change:prove",
        "incident:close",
    ]


def test_the_main_job_works_on_postgresql_too(tmp_path: Path) -> None:
    with Town(tmp_path, store_url=fresh_url()) as town:
        town.ask()
        town.approve()
        town.turn_until(lambda: town.proposal().stage == "verified")
        town.prove()

        assert len(town.writes()) == len(town.messages()) == 1
        assert town.incidents()[0].state == "closed"


def test_only_the_start_time_of_the_schedule_changes(town: Town) -> None:
    before = town.workflow()["stored_period"]

    town.ask("mcsync_shift_10")
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")

    after = town.workflow()["stored_period"]
    assert after == before.replace("m_tmStartTime='00:00:00.000'", "m_tmStartTime='00:10:00.000'")
    assert town.writes()[0]["changed"] == ["activity schedule m_tmStartTime: 00:00:00.000 -> 00:10:00.000"]


def test_resume_only_starts_the_failed_workflow_and_leaves_its_schedule(town: Town) -> None:
    before = town.workflow()["stored_period"]

    town.ask("mcsync_resume")
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")

    assert town.writes() == []
    assert town.workflow()["stored_period"] == before
    assert not town.workflow()["failed"]

    town.turn_until(lambda: town.proposal().stage == "proved", seconds=60, most=7200)
    assert town.incidents()[0].state == "open"
    assert "[ Shift +5 min ]" in town.card_text()


def test_a_webhook_and_a_poll_of_the_same_failure_count_once(town: Town) -> None:
    town.settle()
    town.turn_to(6, 0, 20)
    line = next(line for line in reversed(town.world()["journal"]) if "Logon" in line["message"])
    at = town.clock.now()

    first = town.report(at=at, log_id=str(line["id"]), message=line["message"])
    again = town.report(at=at, log_id=str(line["id"]), message=line["message"])
    town.settle()
    town.turn(minutes=2)

    assert (first.status_code, again.status_code) == (202, 200)
    assert first.content == again.content
    assert [incident.failures for incident in town.incidents()] == [1]
    assert len(town.messages()) == 1


def test_a_webhook_alone_is_enough_within_the_same_minute(town: Town) -> None:
    town.settle()
    town.turn_to(6, 0, 20)

    town.report(at=town.clock.now(), log_id="1")
    town.settle()

    assert len(town.messages()) == 1


def test_a_webhook_that_lies_changes_nothing(town: Town) -> None:
    town.settle()

    town.report(
        at=town.clock.now(), log_id="77", message="Empty return for method 'Logon' of service 'xtk:session'"
    )
    town.turn(minutes=2)

    assert town.messages() == []
    assert town.incidents() == ()


def test_the_requester_cannot_approve(town: Town) -> None:
    town.collide()
    assert town.press("U0ADA", "mcsync_shift_5")["ok"]
    town.settle()

    town.approve()

    assert town.proposal().stage == "waiting"
    assert "somebody else decides" in town.told("U0ADA")[-1]
    assert town.writes() == []


def test_who_is_no_approver_cannot_approve(town: Town) -> None:
    town.ask()

    for user in ("U0SAM", "U0GUEST", "U0STRANGER"):
        town.press(user, town.approval())
        town.settle()
        assert town.told(user), user

    assert town.proposal().stage == "waiting"
    assert "proposal:approve" not in town.audit_events()


def test_a_group_that_slack_does_not_tell_has_nobody_in_it(town: Town) -> None:
    town.slack_lever("faults", method="usergroups.users.list", mode="500", times=50)
    town.ask()

    town.press("U0ADA", town.approval())
    town.settle()

    assert town.proposal().stage == "waiting"


def test_two_approvals_at_once_make_one_change_and_one_entry(town: Town) -> None:
    town.ask()

    people, button = ["U0ADA", "U0GRACE"], town.approval()
    with ThreadPoolExecutor(2) as hands:
        pressed = dict(zip(people, hands.map(lambda who: town.press(who, button), people), strict=True))
    town.settle()
    town.turn_until(lambda: town.proposal().stage == "verified")

    assert town.audit_events().count("proposal:approve") == 1
    assert len(town.writes()) == 1
    first = town.proposal().decided_by
    loser = ({"U0ADA", "U0GRACE"} - {first}).pop()
    told = any(f"already approved by <@{first}>" in text for text in town.told(loser))
    # Whoever was so late that the button had gone meets no button; whoever met one is told.
    assert told or pressed[loser]["error"] == "no such button"


def test_a_denial_ends_the_proposal_and_leaves_campaign_alone(town: Town) -> None:
    town.ask()

    town.deny("U0GRACE", "Not before the release.")
    town.settle()
    town.turn(minutes=5)

    assert town.proposal().stage == "denied"
    assert town.writes() == []
    assert town.workflow()["state"] == 13
    assert "Denied by <@U0GRACE>" in str(town.messages()[0]["blocks"])
    assert "Not before the release." in town.card_text()


def test_a_proposal_expires_after_an_hour(town: Town) -> None:
    town.ask()

    town.turn(minutes=61)

    assert town.proposal().stage == "expired"
    assert "Expired without a decision" in town.card_text()


def test_the_same_press_delivered_twice_counts_once(town: Town) -> None:
    town.collide()
    town.press("U0SAM", "mcsync_shift_5")
    town.slack_lever("redeliver")
    town.settle()

    assert town.audit_events().count("proposal:ask") == 1


def test_an_edit_by_somebody_else_voids_the_approval(town: Town) -> None:
    town.ask()
    town.lever("edit", workflow=WORKFLOW, login="intruder", period={"m_tmStartTime": "00:20:00.000"})

    town.approve()
    town.turn_until(lambda: town.proposal().stage == "void")

    assert "intruder" in town.card_text()
    assert "m_tmStartTime='00:20:00.000'" in town.workflow()["stored_period"]
    assert [write for write in town.writes() if write["login"] == "mcsync"] == []


def test_a_restart_of_the_program_between_any_two_steps_loses_nothing(town: Town) -> None:
    town.ask()
    town.close_program()
    town.open_program()
    town.approve()
    town.close_program()
    town.open_program()

    town.turn_until(lambda: town.proposal().stage == "verified")

    assert len(town.writes()) == 1
    assert len(town.messages()) == 1


def test_status_answers_from_the_last_observation(town: Town) -> None:
    town.settle()

    answer = town.type("U0SAM", "/mcsync status")

    assert re.search(r"prod \(red\): as of \d+ s ago", answer)
    assert "waits for its next run" in answer


def test_diagnose_tells_how_we_know(town: Town) -> None:
    town.collide()

    answer = town.type("U0SAM", "/mcsync diagnose")

    assert "restart collision (certain)" in answer


def test_a_shift_by_command_without_a_failure_gets_a_card_of_its_own(town: Town) -> None:
    town.settle()

    answer = town.type("U0SAM", f"/mcsync shift {WORKFLOW} +5")
    town.settle()

    assert answer.startswith("Asked.")
    assert "Change asked for" in town.card_text()
    assert "Approve" in town.card_text()


def test_a_wrong_word_is_answered_with_what_was_probably_meant(town: Town) -> None:
    assert "Did you mean `/mcsync status`?" in town.type("U0SAM", "/mcsync statsu")


def test_a_workflow_that_failed_without_a_line_is_a_failure_all_the_same(town: Town) -> None:
    town.settle()
    town.lever("settings", journal_missing=True)
    town.turn_to(6, 0, 20)

    town.turn_until(lambda: len(town.messages()) == 1, seconds=30)

    assert "failed and wrote nothing in its journal" in town.card_text()
    assert "Shift +5" not in town.card_text()
    town.turn(minutes=30)
    assert [incident.failures for incident in town.incidents()] == [1]


def test_another_cause_is_told_without_a_shift(town: Town) -> None:
    town.settle()
    town.lever("settings", run_error="XSV-350012 Invalid login or password. Connection denied.")
    town.turn_to(7, 0, 50)

    town.turn_until(lambda: len(town.messages()) >= 1, seconds=30)

    assert town.incidents()[0].cause == "credentials"
    assert "Shift +5" not in town.card_text()


def test_the_same_words_at_another_time_offer_no_shift(town: Town) -> None:
    town.settle()
    town.lever("settings", rt_restart="07:00")
    town.turn_to(7, 0, 20)

    town.turn_until(lambda: len(town.messages()) == 1, seconds=30)

    assert town.incidents()[0].cause == "rt-unavailable"
    assert "Shift +5" not in town.card_text()
    assert "Resume only" in town.card_text()


def test_a_schedule_that_the_server_does_not_follow_is_not_moved(town: Town) -> None:
    town.settle()
    town.lever("edit", workflow=WORKFLOW, login="intruder", period={"m_tmSpanTime": "2h"})
    town.turn_to(6, 0, 20)

    town.turn_until(lambda: len(town.messages()) == 1, seconds=30)

    assert "Shift +5 min" not in town.card_text()
    assert "not understood" in town.card_text()


def test_an_offset_that_is_not_safe_is_not_offered_and_the_card_says_why(tmp_path: Path) -> None:
    with Town(tmp_path, execution_changes={"takes": "6m"}) as town:
        town.collide()

        card = town.card_text()

    assert "Shift +10 min" in card
    assert "[ Shift +5 min ]" not in card
    assert "+5 is not offered" in card


def test_a_command_outside_of_the_channel_asks_for_nothing(town: Town) -> None:
    town.settle()

    town.slack_lever("command", user="U0SAM", text=f"/mcsync shift {WORKFLOW} +5", channel="C0RANDOM")
    town.settle()

    assert town.messages() == []
    assert "proposal:ask" not in town.audit_events()


def test_the_main_job_works_with_a_bearer_token_too(tmp_path: Path) -> None:
    with Town(
        tmp_path,
        campaign_changes={"login": ""},
        ims={"client_id": "mcsync-ims", "scope": "openid"},
        environment={"MCSYNC_CAMPAIGN_PROD_IMS_SECRET": "sandbox"},
    ) as town:
        town.ask()
        town.approve()
        town.turn_until(lambda: town.proposal().stage == "verified")

        assert len(town.writes()) == 1
        assert town.world()["calls"].get("xtk:session#Logon", 0) == 0


def test_marketings_own_restart_raises_no_incident_about_ourselves(town: Town) -> None:
    town.settle()
    town.lever("restart-marketing", seconds=180)

    town.turn(minutes=2)
    town.turn(minutes=2)

    assert town.messages() == []


def test_an_instance_that_is_only_watched_offers_nothing(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"mode": "shadow"}) as town:
        town.collide()

        assert "[ Shift +5 min ]" not in town.card_text()
        town.type("U0SAM", f"/mcsync shift {WORKFLOW} +5")
        town.settle()
        assert any("only watches" in text for text in town.told("U0SAM"))


def test_an_instance_that_is_off_is_not_asked_anything(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"mode": "off"}) as town:
        town.settle()
        town.turn(hours=3)

        assert town.world()["calls"] == {}
