"""Who may decide, how often, until when, and what the decision is bound to."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.due_work import Work
from bot.domain.proposal import Stage, Vote
from tests.flows.town import WORKFLOW, Town


def test_a_quorum_of_two_needs_two_people(tmp_path: Path) -> None:
    with Town(tmp_path, slack_changes={"quorum": 2}) as town:
        town.ask()

        town.approve()
        assert town.proposal().stage == "waiting"
        assert "1 of 2 approvals are missing" in town.card_text()
        town.approve()
        assert "counts already" in town.told("U0ADA")[-1]
        assert town.proposal().stage == "waiting"
        town.press("U0GRACE", town.approval())
        town.turn_until(lambda: town.proposal().stage == "verified")

        assert [vote.user for vote in town.proposal().votes] == ["U0ADA", "U0GRACE"]


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


def test_approvers_are_reminded_once_at_half_time(town: Town) -> None:
    town.ask()

    town.turn(minutes=31)
    town.turn(minutes=10)

    thread = [reply["text"] for reply in town.messages()[-1]["thread"]]
    assert len([text for text in thread if "still waits for your decision" in text]) == 1


def test_the_choice_about_tracking_is_on_record_and_stays_open_until_confirmed(town: Town) -> None:
    town.ask()
    town.press("U0ADA", "mcsync_approve_moves-too")
    town.turn_until(lambda: town.proposal().stage == "verified")
    assert "RT's tracking is to be moved as well" in town.card_text()

    assert town.press("U0SAM", "mcsync_confirm")["ok"]
    town.settle()

    assert town.proposal().tracking_moved_by == "U0SAM"
    assert "tracking:confirm" in town.audit_events()


def test_accepting_the_gap_leaves_nothing_open(town: Town) -> None:
    town.ask()
    town.press("U0ADA", "mcsync_approve_accepted")
    town.turn_until(lambda: town.proposal().stage == "verified")

    assert not town.proposal().tracking_open
    assert "Tracking was moved" not in town.card_text()


def test_a_dry_run_tells_only_who_asked_and_asks_for_nothing(town: Town) -> None:
    town.settle()

    town.type("U0SAM", f"/mcsync shift {WORKFLOW} +5 --dry-run")
    town.settle()

    told = town.told("U0SAM")[-1]
    assert "m_tmStartTime 00:00:00.000 → 00:05:00.000" in told
    assert town.messages() == []
    assert "proposal:ask" not in town.audit_events()
