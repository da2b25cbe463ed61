"""Who may decide, how often, until when, and what the decision is bound to."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.due_work import Claim, Work
from bot.domain.proposal import Ending, Stage, Vote
from bot.gateways.store import create_store
from bot.service.endings import end_change
from bot.service.office import Kind, decision_lane
from tests.flows.test_commands import asked
from tests.flows.town import PARIS, WORKFLOW, Town


def test_a_quorum_of_two_needs_two_people(tmp_path: Path) -> None:
    with Town(tmp_path, slack_changes={"quorum": 2}) as town:
        town.ask()

        town.approve()
        assert town.proposal().stage == "waiting"
        assert "1 of 2 approvals is missing" in town.card_text()
        town.approve()
        assert "counts already" in town.told("U0ADA")[-1]
        assert town.proposal().stage == "waiting"
        town.press("U0GRACE", town.approval())
        town.turn_until(lambda: town.proposal().stage == "verified")

        assert [vote.user for vote in town.proposal().votes] == ["U0ADA", "U0GRACE"]


def test_who_can_approve_is_told_at_once_and_stands_on_the_card(town: Town) -> None:
    town.ask()

    assert "Waiting for approval by @campaign-admins" in town.card_text()
    assert town.messages()[0]["thread"][-1]["text"] == (
        f"<!subteam^S0ADMINS>: <@U0SAM> asks for a change of {WORKFLOW}. Its card has the buttons."
    )
    assert "One approval is missing; <!subteam^S0ADMINS> can give it." in asked(town, "U0SAM", "/mcsync")


def test_the_next_run_of_a_request_that_waits_never_lies_in_the_past(town: Town) -> None:
    town.ask()
    assert "Next run once it is carried out: 2026-11-24 06:05:00" in town.card_text()

    town.turn(minutes=6)

    assert town.proposal().stage == "waiting"
    assert "Next run once it is carried out: 2026-11-24 07:05:00" in town.card_text()
    assert "06:05" not in town.proposal().summary
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")
    assert "Next run once" not in town.card_text()
    assert "Next run 2026-11-24 07:05:00 Europe/Paris" in town.card_text()


def test_one_denial_ends_what_others_approved(tmp_path: Path) -> None:
    with Town(tmp_path, slack_changes={"quorum": 2}) as town:
        town.ask()
        town.approve()

        town.deny("U0GRACE", "The release is tonight.")
        town.settle()

        assert town.proposal().stage == "denied"
        assert town.proposal().reason == "The release is tonight."
        assert town.writes() == []


def test_a_denial_without_a_reason_is_not_taken(town: Town) -> None:
    town.ask()

    answer = town.deny("U0ADA", "   ")
    town.settle()

    assert "Write why" in str(answer)
    assert town.proposal().stage == "waiting"


def test_a_vote_that_lapsed_before_the_first_effect_lets_the_proposal_wait_again(town: Town) -> None:
    town.ask()
    town.slack_lever("group", id="S0ADMINS", users=["U0GRACE"])
    assert town.program is not None
    store, now = town.program.service.office.store, town.clock.now()
    waiting = town.proposal()
    with store.write() as tx:
        approved = replace(
            waiting, stage=Stage.APPROVED, votes=(Vote("U0ADA", now),), decided_by="U0ADA", decided_at=now
        )
        tx.save_proposal(waiting, approved)
        tx.enqueue(Work(f"apply:{waiting.id}", "apply", "campaign:prod", now, {"proposal": waiting.id}))
    town.settle()

    assert town.proposal().stage == "waiting"
    assert town.proposal().votes == ()
    assert "no longer counts" in town.card_text()
    assert town.writes() == []
    assert "vote:drop" in town.audit_events()


def test_who_left_the_approvers_since_the_first_step_writes_nothing_and_nothing_stays_stopped(
    town: Town,
) -> None:
    town.ask()
    town.approve()
    town.turn_until(lambda: town.workflow()["state"] != 13, seconds=1)
    town.slack_lever("group", id="S0ADMINS", users=["U0GRACE"])

    town.turn_until(lambda: town.proposal().stage == "void", seconds=5)

    assert "no longer counts" in town.card_text()
    assert town.writes() == []
    assert town.workflow()["state"] == 11


def test_who_left_the_approvers_while_the_change_waited_for_its_first_step_is_asked_for_again(
    town: Town,
) -> None:
    town.ask()
    town.lever("faults", action="xtk:queryDef#ExecuteQuery", mode="empty-body", times=2)
    town.approve()
    town.slack_lever("group", id="S0ADMINS", users=["U0GRACE"])

    town.turn_until(lambda: town.proposal().stage == "waiting", seconds=10)
    assert town.proposal().votes == ()
    assert "no longer counts" in town.card_text()
    assert town.workflow()["state"] == 13
    town.press("U0GRACE", town.approval())
    town.turn_until(lambda: town.proposal().stage == "verified")


def test_an_approver_may_extend_and_the_card_says_until_when(town: Town) -> None:
    town.ask()
    before = town.proposal().expires_at
    town.turn(minutes=30)

    pressed = town.slack_lever(
        "press",
        user="U0ADA",
        ts=town.messages()[-1]["ts"],
        action_id="mcsync_more",
        value=f"extend:{town.proposal().id}",
    )
    town.settle()

    assert pressed["ok"], pressed
    assert town.proposal().expires_at >= before + timedelta(minutes=29)
    town.turn(minutes=45)
    assert town.proposal().stage == "waiting"


def test_who_asked_may_withdraw_and_nobody_else(town: Town) -> None:
    town.ask()
    order = {
        "ts": town.messages()[-1]["ts"],
        "action_id": "mcsync_more",
        "value": f"withdraw:{town.proposal().id}",
    }

    town.slack_lever("press", user="U0ADA", **order)
    town.settle()
    assert town.proposal().stage == "waiting"
    town.slack_lever("press", user="U0SAM", **order)
    town.settle()

    assert town.proposal().stage == "denied"
    assert "Withdrawn by" in town.card_text()
    assert "\nWithdrawn\n" in town.card_text()
    assert "Denied" not in town.card_text()
    assert "<@U0SAM> withdrew the request (button)" in asked(town, "U0ADA", "/mcsync audit")
    assert "withdrew the request (button): " not in asked(town, "U0ADA", "/mcsync audit")


def test_accepting_the_gap_leaves_nothing_open(town: Town) -> None:
    town.ask()
    town.press("U0ADA", "mcsync_approve_accepted")
    town.turn_until(lambda: town.proposal().stage == "verified")

    assert not town.proposal().tracking_open
    assert "Tracking was moved" not in town.card_text()


def test_a_dry_run_reads_and_judges_everything_and_stops_writes_and_starts_nothing(town: Town) -> None:
    town.settle()
    before, stored = town.world()["calls"], town.workflow()

    town.type("U0SAM", f"/mcsync shift {WORKFLOW} +5 --dry-run")
    town.settle()

    told, after = town.told("U0SAM")[-1], town.world()["calls"]
    assert "Dry run: nothing was changed or asked for. mcsync read and judged everything." in told
    assert "every hour from 00:00 → every hour from 00:05" in told
    assert "m_tmStartTime 00:00:00.000 → 00:05:00.000" in told
    assert "clicks of :00-:05 may arrive late or never" in told
    assert after["xtk:queryDef#ExecuteQuery"] > before["xtk:queryDef#ExecuteQuery"]
    for method in ("xtk:workflow#Stop", "xtk:persist#Write", "xtk:workflow#Start"):
        assert after.get(method, 0) == before.get(method, 0) == 0
    assert {key: town.workflow()[key] for key in ("state", "stored_period")} == {
        key: stored[key] for key in ("state", "stored_period")
    }
    assert town.messages() == []
    assert "proposal:ask" not in town.audit_events()


def test_a_dry_run_of_what_is_not_safe_says_why(town: Town) -> None:
    town.settle()

    town.type("U0SAM", f"/mcsync shift {WORKFLOW} +2 --dry-run")
    town.settle()

    assert "is not safe" in town.told("U0SAM")[-1]


# --- A restart of the program ---------------------------------------------------------------------


def _restart(town: Town) -> None:
    town.close_program()
    town.open_program()
    town.settle()


def test_expiry_the_reminder_and_more_time_survive_a_restart_of_the_program(town: Town) -> None:
    town.ask()
    _restart(town)
    town.turn(minutes=31)
    _restart(town)
    town.turn(minutes=5)

    def reminders() -> int:
        told = [reply["text"] for reply in town.messages()[0]["thread"]]
        return len([text for text in told if "still waits for your decision" in text])

    assert reminders() == 1
    order = {"ts": town.messages()[0]["ts"], "action_id": "mcsync_more"}
    town.slack_lever("press", user="U0SAM", value=f"extend:{town.proposal().id}", **order)
    town.settle()
    assert "Only <!subteam^S0ADMINS> can approve or deny changes." in town.told("U0SAM")[-1]
    town.slack_lever("press", user="U0ADA", value=f"extend:{town.proposal().id}", **order)
    town.settle()
    until = town.proposal().expires_at
    assert until == town.clock.now() + timedelta(hours=1)
    _restart(town)
    town.turn(minutes=59)
    assert town.proposal().stage == "waiting"
    _restart(town)
    town.turn(minutes=2)
    assert town.proposal().stage == "expired"
    assert "Expired without a decision" in town.card_text()


def test_the_open_point_about_tracking_survives_a_restart_and_undo_says_to_move_it_back(town: Town) -> None:
    town.ask()
    assert "clicks of :00-:05 may arrive late or never" in town.card_text()
    town.press("U0ADA", "mcsync_approve_moves-too")
    town.turn_until(lambda: town.proposal().stage == "verified")
    assert town.program is not None
    with town.program.service.office.store.read() as tx:
        (approved,) = [entry.deed for entry in tx.audit() if entry.deed.event == "proposal:approve"]
    assert approved.details["tracking"] == "moves-too"
    assert "clicks of :00-:05" in approved.details["caution"]

    _restart(town)
    by_hand = "⚠️ Still to do by hand: move RT's tracking workflow to :05, then press Tracking was moved."
    assert by_hand in town.card_text()
    open_point = f"RT's tracking is still to be moved to :05 for {WORKFLOW} on 🟥 prod (red)"
    assert open_point in asked(town, "U0SAM", "/mcsync")
    assert town.press("U0GRACE", "mcsync_confirm")["ok"]
    town.settle()
    assert "Still to do by hand" not in town.card_text()
    assert "RT's tracking was moved as well, says @grace" in town.card_text()
    assert open_point not in asked(town, "U0SAM", "/mcsync")

    assert town.press("U0SAM", "mcsync_undo")["ok"]
    town.settle()
    assert "RT's tracking was moved along with it: move that back as well (KA-22897)" in town.card_text()


# --- Something moved ------------------------------------------------------------------------------


def test_a_void_approval_says_what_moved_who_moved_it_and_when_and_may_be_asked_for_anew(town: Town) -> None:
    town.ask()
    town.lever("edit", workflow=WORKFLOW, login="intruder", period={"m_tmStartTime": "00:01:00.000"})
    saved_at = town.clock.now()
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "void")

    card = str(town.messages()[0]["blocks"])
    assert "Schedule: every hour from 00:00 → every hour from 00:01." in card
    assert "m_tmStartTime: 00:00:00.000 → 00:01:00.000" in card
    assert f"Last saved by intruder <!date^{int(saved_at.timestamp())}^" in card
    assert f"({saved_at.astimezone(PARIS):%H:%M:%S} Europe/Paris)" in card

    assert town.press("U0SAM", "mcsync_again")["ok"]
    town.settle()
    anew = town.proposal()
    assert anew.stage == "waiting"
    assert "m_tmStartTime='00:01:00.000'" in anew.period_before
    assert len(town.messages()) == 1
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")
    assert "m_tmStartTime='00:05:00.000'" in town.workflow()["stored_period"]


def test_an_expired_request_may_be_asked_for_anew(town: Town) -> None:
    town.settle()
    town.type("U0SAM", f"/mcsync shift {WORKFLOW} +5")
    town.settle()
    town.turn(minutes=61)  # the run of 06:00 meets the restart meanwhile, which has a card of its own

    expired = town.messages()[0]["ts"]
    assert town.slack_lever("press", user="U0SAM", ts=expired, action_id="mcsync_again")["ok"]
    town.settle()

    assert "Approve" in str(town.messages()[-1]["blocks"])
    assert town.audit_events().count("proposal:ask") == 2


# --- Oneself --------------------------------------------------------------------------------------


def test_that_one_may_approve_oneself_is_said_on_every_card_while_it_is_so(tmp_path: Path) -> None:
    with Town(tmp_path, slack_changes={"allow_self_approval": True}) as town:
        town.collide()
        assert "allow_self_approval" in town.card_text()
        town.press("U0ADA", "mcsync_shift_5")
        town.settle()
        assert "An approver may approve what they asked for themselves" in town.card_text()

        town.approve()
        town.turn_until(lambda: town.proposal().stage == "verified")

        assert town.proposal().requested_by == town.proposal().decided_by == "U0ADA"
        assert "allow_self_approval" in town.card_text()


def test_nobody_approves_oneself_unless_it_is_configured_and_no_card_speaks_of_it(town: Town) -> None:
    town.collide()
    town.press("U0ADA", "mcsync_shift_5")
    town.settle()
    town.approve()

    assert town.proposal().stage == "waiting"
    assert "allow_self_approval" not in town.card_text()


# --- Whoever is no longer in the group ------------------------------------------------------------


def test_who_was_taken_out_of_the_group_is_refused_at_the_next_press(either_town: Town) -> None:
    town = either_town
    town.ask()
    town.press("U0ADA", "mcsync_check")  # no such button: nothing is decided, the group is not even read
    order = {"ts": town.messages()[-1]["ts"], "action_id": "mcsync_more"}
    town.slack_lever("press", user="U0ADA", value=f"extend:{town.proposal().id}", **order)
    town.settle()
    assert "proposal:extend" in town.audit_events()

    town.slack_lever("group", id="S0ADMINS", users=["U0GRACE"])
    town.approve()

    assert town.proposal().stage == "waiting"
    assert "Only <!subteam^S0ADMINS> can approve or deny changes." in town.told("U0ADA")[-1]
    town.press("U0GRACE", town.approval())
    town.turn_until(lambda: town.proposal().stage == "verified")


def test_a_mode_that_only_watches_takes_no_approval(town: Town) -> None:
    town.ask()
    town.close_program()
    town.campaign_changes = {"mode": "shadow"}
    town.open_program()
    town.settle()

    town.press("U0ADA", "mcsync_approve_moves-too")
    town.settle()

    assert town.proposal().stage == "waiting"
    assert "mcsync only watches prod: ask <@U0ADA> to set its mode to propose" in town.told("U0ADA")[-1]


@pytest.mark.parametrize("mode", ["shadow", "off"])
def test_what_was_approved_before_the_mode_forbade_it_is_not_done(town: Town, mode: str) -> None:
    town.ask()
    town.lever("faults", action="xtk:queryDef#ExecuteQuery", mode="empty-body", times=100_000)
    town.approve()
    assert town.proposal().stage in {"approved", "applying"}
    town.close_program()
    town.lever("faults", action="*", mode="503", times=0)
    town.campaign_changes = {"mode": mode}
    town.open_program()

    town.turn_until(lambda: town.proposal().stage == "void")

    assert "mcsync only watches prod" in town.proposal().reason
    assert town.writes() == []


def test_an_approval_of_yesterday_changes_nothing_today(town: Town) -> None:
    town.ask()
    town.lever("faults", action="xtk:queryDef#ExecuteQuery", mode="empty-body", times=100_000)
    town.approve()
    town.close_program()
    town.lever("faults", action="*", mode="503", times=0)
    town.clock.at += timedelta(hours=26)
    town.open_program()

    town.turn_until(lambda: town.proposal().stage == "void")

    assert "The approval is older than the expiry" in town.card_text()
    assert town.writes() == []


def test_an_approval_pressed_in_time_counts_however_late_it_is_worked_at(town: Town) -> None:
    """The program may end between the press and the decision, and be out over half time and expiry."""
    town.ask()
    waiting = town.proposal()
    pressed_at = waiting.expires_at - timedelta(seconds=1)
    press = {"user": "U0ADA", "verdict": "approve", "proposal": waiting.id, "digest": waiting.digest}
    press |= {"tracking": "accepted", "reason": "", "pressed_at": pressed_at.isoformat()}
    town.close_program()
    store = create_store(f"sqlite:///{town.folder / 'mcsync.db'}")
    store.open()
    with store.write() as tx:
        tx.enqueue(Work("decide:k9", Kind.DECIDE, decision_lane(waiting.id), pressed_at, press))
    store.close()
    town.clock.at = waiting.expires_at + timedelta(seconds=10)

    town.open_program()
    town.turn_until(lambda: town.proposal().stage == "verified")

    assert town.proposal().votes[0].at == pressed_at
    assert "proposal:expire" not in town.audit_events()


def test_presses_and_the_expiry_of_one_proposal_wait_in_one_lane(town: Town) -> None:
    """Whatever was pressed before the expiry is decided before it."""
    town.ask()
    assert town.program is not None
    store, now = town.program.service.office.store, town.clock.now()
    (expiry,) = [
        claim
        for claim in store.claim("t", now + timedelta(hours=2), now, 20, 50)
        if claim.work.kind == Kind.EXPIRE
    ]

    assert expiry.work.lane == decision_lane(town.proposal().id)


def test_when_slack_does_not_tell_the_group_the_card_says_so_and_not_that_somebody_left_it(
    town: Town,
) -> None:
    town.ask()
    order = {"ts": town.messages()[-1]["ts"], "action_id": "mcsync_more"}
    town.slack_lever("press", user="U0ADA", value=f"extend:{town.proposal().id}", **order)
    town.settle()  # the group is known for a minute now
    town.slack_lever("faults", method="usergroups.users.list", mode="500", times=2)

    town.approve()
    town.turn_until(lambda: town.proposal().votes == () and town.proposal().stage == "waiting")

    assert "Slack could not be asked who belongs to" in town.card_text()
    assert "can approve or deny this" not in town.proposal().reason


def test_people_are_reminded_once_however_often_the_votes_lapse(town: Town) -> None:
    town.ask()
    town.turn(minutes=31)
    town.lever("faults", action="xtk:queryDef#ExecuteQuery", mode="empty-body", times=2)
    town.approve()
    town.slack_lever("group", id="S0ADMINS", users=["U0GRACE"])
    town.turn_until(lambda: town.proposal().stage == "waiting", seconds=10)
    town.turn(minutes=1)

    reminders = [reply for reply in town.messages()[-1]["thread"] if "still waits" in reply["text"]]
    assert len(reminders) == 1


def test_a_request_that_is_worked_at_twice_is_made_once_and_nobody_hears_of_the_second_time(
    town: Town,
) -> None:
    town.collide()
    assert town.program is not None
    requests, payload = town.program.service.requests, {"key": "k", "user": "U0SAM", "source": "button"}
    payload |= {"ask": "shift-and-restart", "instance": "prod", "workflow": WORKFLOW, "offset": "5"}
    payload |= {"incident": town.incidents()[0].id, "minute": "", "purpose": "", "channel": ""}
    payload |= {"undoes": "", "dry_run": ""}
    claim = Claim(Work("ask:k", Kind.ASK, "campaign:prod", town.clock.at, payload), "t", 1, 1)

    requests.ask(claim)
    town.settle()
    requests.ask(claim)
    town.deny("U0ADA")
    town.settle()
    requests.ask(claim)
    town.settle()

    assert town.told("U0SAM") == []
    assert town.audit_events().count("proposal:ask") == 1
    assert town.proposal().stage == "denied"


def test_the_end_seen_by_a_worker_that_lost_its_place_is_not_recorded(town: Town) -> None:
    town.ask()
    town.approve()
    town.turn_until(lambda: len(town.writes()) == 1)
    old = town.proposal()
    assert old.stage == "applying"
    town.turn_until(lambda: town.proposal().stage == "verified")
    assert town.program is not None

    now = end_change(
        town.program.service.office, old, Ending(Stage.FAILED, "It went wrong."), None, town.clock.at
    )

    assert now == town.proposal()
    assert now.stage == "verified"
    assert "change:fail" not in town.audit_events()
