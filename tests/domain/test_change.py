"""Each turn of the decision, a sentence each; `test_change_simulation.py` holds what is true of all turns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.change import Decision, End, Take, Wait
from bot.domain.coming_to_rest import MAY_STOP, TOO_OLD
from bot.domain.decision import (
    CRASH_PATIENCE,
    LOST_MAY_COME,
    LOST_PATIENCE,
    PATIENCE,
    RT_PATIENCE,
    STOP_MAY_COME,
)
from bot.domain.proposal import CARRIED_OUT_WITHIN, Ask, Ending, Stage, Step, StepRecord
from bot.domain.three_way import Found
from bot.domain.workflow import State, Workflow
from tests.domain.change_examples import (
    AFTER,
    BEFORE,
    ELSEWHERE,
    NEXT_AFTER,
    NOW,
    OPERATOR,
    deciding,
    proposal,
    start,
    stop,
    unsent,
    workflow,
    write,
)

PATIENT, LOST = PATIENCE.total_seconds(), LOST_PATIENCE.total_seconds()
CRASHED = CRASH_PATIENCE.total_seconds()
BY_HAND = "start it in the console"


def ending(decision: Decision) -> tuple[Stage, str]:
    assert isinstance(decision, End), decision
    return decision.ending.stage, decision.ending.sentence


def waits_for(decision: Decision) -> str:
    assert isinstance(decision, Wait), decision
    assert decision.seconds > 0
    return decision.because


# --- Before the first step ------------------------------------------------------------------------


def test_an_idle_workflow_is_stopped_first() -> None:
    assert deciding(proposal(), workflow()) == Take(Step.STOP)


def test_a_workflow_paused_after_an_error_is_stopped_as_well() -> None:
    seen = workflow(State.PAUSED, failed=True, next_run=None)

    assert deciding(proposal(), seen) == Take(Step.STOP)


def test_a_run_in_progress_is_waited_for() -> None:
    assert waits_for(deciding(proposal(), workflow(busy=True))) == "the present run to end"


@pytest.mark.parametrize(("seconds", "quiet"), [(-60, False), (180, False), (181, True)])
def test_a_run_within_three_minutes_is_let_pass(seconds: int, *, quiet: bool) -> None:
    decision = deciding(proposal(), workflow(next_run=NOW + timedelta(seconds=seconds)))

    assert (decision == Take(Step.STOP)) == quiet
    assert quiet or "the next run" in waits_for(decision)


def test_a_paused_workflow_has_no_next_run_to_wait_for() -> None:
    seen = workflow(State.PAUSED, failed=True, next_run=NOW)

    assert deciding(proposal(), seen) == Take(Step.STOP)


def test_a_workflow_that_is_never_idle_is_left_alone_after_45_minutes() -> None:
    still = proposal(begun_at=NOW - timedelta(minutes=45))
    over = proposal(begun_at=NOW - timedelta(minutes=45, seconds=1))

    assert isinstance(deciding(still, workflow(busy=True)), Wait)
    stage, sentence = ending(deciding(over, workflow(busy=True)))
    assert stage is Stage.FAILED
    assert "never idle long enough" in sentence


def test_nothing_is_stopped_while_marketing_restarts() -> None:
    decision = deciding(proposal(), workflow(), marketing_back_at=NOW + timedelta(seconds=90))

    assert decision == Wait(91, "marketing's own restart window to be over")


def test_a_stop_does_not_wait_for_rt() -> None:
    decision = deciding(proposal(), workflow(), rt_back_at=NOW + timedelta(seconds=90))

    assert decision == Take(Step.STOP)


def test_a_schedule_changed_by_somebody_voids_the_request_and_names_them() -> None:
    decision = deciding(proposal(), workflow(period=ELSEWHERE, modified_by="eve"))

    stage, sentence = ending(decision)
    assert stage is Stage.VOID
    assert sentence == (
        "eve changed the schedule after this was asked for, so mcsync did not change the schedule."
    )


def test_an_unknown_editor_is_somebody() -> None:
    assert ending(deciding(proposal(), workflow(period=ELSEWHERE, modified_by="")))[1].startswith("Somebody ")


def test_a_schedule_that_already_reads_so_voids_the_request() -> None:
    stage, sentence = ending(deciding(proposal(), workflow(period=AFTER)))

    assert stage is Stage.VOID
    assert "already reads as asked for" in sentence


def test_a_workflow_stopped_by_somebody_voids_the_request_and_stays_stopped() -> None:
    stage, sentence = ending(deciding(proposal(), workflow(State.STOPPED)))

    assert stage is Stage.VOID
    assert "Somebody stopped the workflow" in sentence


def test_a_stop_that_was_never_sent_does_not_make_the_stopped_state_ours() -> None:
    decision = deciding(proposal(unsent(stop())), workflow(State.STOPPED))

    assert ending(decision)[0] is Stage.VOID


def test_another_workflow_of_the_same_name_is_never_touched() -> None:
    stage, sentence = ending(deciding(proposal(), workflow(id="5000")))

    assert stage is Stage.VOID
    assert sentence == "The workflow was replaced by another of the same name; nothing was changed."


def test_a_workflow_replaced_halfway_is_not_called_unchanged() -> None:
    stage, sentence = ending(deciding(proposal(stop(), write()), workflow(id="5000")))

    assert stage is Stage.FAILED
    assert "nothing was changed" not in sentence
    assert "Check in the console that it runs." in sentence


@pytest.mark.parametrize("state", [State.PAUSED, State.STARTING, State.STOPPING, State.PAUSING, 42])
def test_a_workflow_in_somebody_elses_hands_gets_two_minutes_to_settle(state: int) -> None:
    early = proposal(begun_at=NOW - PATIENCE + timedelta(seconds=1))
    late = proposal(begun_at=NOW - PATIENCE)

    assert "to settle" in waits_for(deciding(early, workflow(state)))
    stage, sentence = ending(deciding(late, workflow(state)))
    assert stage is Stage.FAILED
    assert sentence.endswith("Nothing was changed.")


# --- After a Stop ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.STARTED, State.STOPPING, State.PAUSED])
def test_an_accepted_stop_gets_two_minutes(state: State) -> None:
    assert waits_for(deciding(proposal(stop(PATIENT - 1)), workflow(state))) == "the workflow to stop"


def test_a_stop_that_takes_for_ever_needs_attention_and_a_hand() -> None:
    stage, sentence = ending(deciding(proposal(stop(PATIENT)), workflow(State.STOPPING)))

    assert stage is Stage.UNCLEAR
    assert "the workflow is stopping" in sentence
    assert BY_HAND in sentence


def test_a_stop_without_any_effect_needs_attention_since_it_may_come_late() -> None:
    stage, sentence = ending(deciding(proposal(stop(PATIENT)), workflow()))

    assert stage is Stage.UNCLEAR
    assert "did not stop, so nothing was changed" in sentence
    assert MAY_STOP in sentence


def test_a_stop_still_without_effect_at_a_second_look_two_hours_later_is_over() -> None:
    early = proposal(stop(STOP_MAY_COME.total_seconds() - 1), begun_at=NOW - timedelta(seconds=1))
    late = proposal(stop(STOP_MAY_COME.total_seconds()), begun_at=NOW - timedelta(seconds=1))

    assert ending(deciding(early, workflow()))[0] is Stage.UNCLEAR
    stage, sentence = ending(deciding(late, workflow()))

    assert stage is Stage.FAILED
    assert sentence == "The workflow did not stop, so nothing was changed."


def test_a_stop_whose_answer_was_lost_may_come_late_as_well() -> None:
    lost = replace(stop(PATIENT, outcome="No answer came."), answered=False)

    stage, sentence = ending(deciding(proposal(lost), workflow()))

    assert stage is Stage.UNCLEAR
    assert "Campaign said: No answer came." in sentence
    assert MAY_STOP in sentence


def test_a_lost_stop_is_asked_for_again_once_somebody_checks_and_it_would_have_come() -> None:
    def checked(ago: float) -> Decision:
        lost = replace(stop(ago, outcome="No answer came."), answered=False)
        return deciding(proposal(lost, begun_at=NOW - timedelta(seconds=1)), workflow())

    settled = LOST_MAY_COME.total_seconds()
    assert ending(checked(settled - 1))[0] is Stage.UNCLEAR
    assert checked(settled) == Take(Step.STOP)


def test_a_slow_stop_gets_two_more_minutes_at_a_second_look() -> None:
    again = proposal(stop(600), begun_at=NOW - timedelta(seconds=1))

    assert waits_for(deciding(again, workflow(State.STOPPING))) == "the workflow to stop"


def test_a_refused_stop_is_given_time_in_case_it_was_taken_all_the_same() -> None:
    refused = stop(PATIENT - 1, outcome="BAS-010003")

    assert waits_for(deciding(proposal(refused), workflow())) == "the workflow to stop"


def test_a_refused_stop_ends_the_change_with_campaigns_words() -> None:
    stage, sentence = ending(deciding(proposal(stop(PATIENT, outcome="BAS-010003")), workflow()))

    assert stage is Stage.FAILED
    assert "nothing was changed" in sentence
    assert "Campaign said: BAS-010003" in sentence


def test_a_stop_that_surely_was_not_sent_is_tried_three_times() -> None:
    once, twice, thrice = (tuple(unsent(stop(30 - n)) for n in range(tries)) for tries in (1, 2, 3))

    assert deciding(proposal(*once), workflow()) == Take(Step.STOP)
    assert deciding(proposal(*twice), workflow()) == Take(Step.STOP)
    stage, sentence = ending(deciding(proposal(*thrice), workflow()))
    assert stage is Stage.FAILED
    assert "could not be asked to stop" in sentence
    assert "No connection could be made." in sentence


def test_a_stop_is_tried_again_only_in_a_quiet_moment() -> None:
    assert waits_for(deciding(proposal(unsent(stop())), workflow(busy=True))) == "the present run to end"


def test_after_a_crash_a_stop_without_effect_is_asked_for_again() -> None:
    lost = stop(CRASHED - 1, crashed=True), stop(CRASHED, crashed=True)

    assert waits_for(deciding(proposal(lost[0]), workflow())) == "the workflow to stop"
    assert deciding(proposal(lost[1]), workflow()) == Take(Step.STOP)


def test_after_a_crash_a_start_without_effect_is_asked_for_again() -> None:
    seen = workflow(State.STOPPED, period=AFTER)
    lost = start(CRASHED - 1, crashed=True), start(CRASHED, crashed=True)

    assert waits_for(deciding(proposal(stop(), write(), lost[0]), seen)) == "the workflow to start"
    assert deciding(proposal(stop(), write(), lost[1]), seen) == Take(Step.START)


def test_three_crashes_over_one_stop_are_enough() -> None:
    crashes = [stop(ago, crashed=True) for ago in (400, 300, PATIENT)]

    decision = deciding(proposal(*crashes), workflow())

    assert ending(decision)[0] is Stage.UNCLEAR


# --- The write ------------------------------------------------------------------------------------


def test_a_stopped_workflow_is_written() -> None:
    assert deciding(proposal(stop()), workflow(State.STOPPED, next_run=None)) == Take(Step.WRITE)


def test_a_stop_whose_answer_was_lost_counts_once_it_shows() -> None:
    lost = stop(outcome="No answer came.")

    assert deciding(proposal(lost), workflow(State.STOPPED)) == Take(Step.WRITE)


def test_nothing_is_written_while_marketing_restarts() -> None:
    decision = deciding(
        proposal(stop()), workflow(State.STOPPED), marketing_back_at=NOW + timedelta(seconds=9.5)
    )

    assert decision == Wait(10, "marketing's own restart window to be over")


def test_another_activity_edited_after_the_backup_voids_the_request() -> None:
    seen = workflow(State.STOPPED, script="other()", modified_by="eve")

    decision = deciding(proposal(stop()), seen)

    assert isinstance(decision, Take)
    assert decision.step is Step.START
    assert decision.ending is not None
    assert decision.ending.stage is Stage.VOID
    assert decision.ending.sentence == "eve changed sync meanwhile, so mcsync did not change the schedule."
    assert decision.ending.found == Found(
        BEFORE, "stopped", ("sync (js) was changed",), "eve", datetime(2026, 11, 24, 5, tzinfo=UTC)
    )


def test_a_schedule_edited_after_the_stop_is_not_overwritten() -> None:
    decision = deciding(proposal(stop()), workflow(State.STOPPED, period=ELSEWHERE))

    assert isinstance(decision, Take)
    assert decision.step is Step.START
    assert decision.ending is not None
    assert decision.ending.stage is Stage.VOID


def test_a_write_that_surely_was_not_sent_is_tried_three_times() -> None:
    stopped = workflow(State.STOPPED)
    tries = [unsent(write(ago)) for ago in (20, 15, 10)]

    assert deciding(proposal(stop(), *tries[:2]), stopped) == Take(Step.WRITE)
    decision = deciding(proposal(stop(), *tries), stopped)
    assert isinstance(decision, Take)
    assert decision.step is Step.START
    assert decision.ending is not None
    assert "could not be asked to change the schedule. No connection" in decision.ending.sentence


def test_an_unsent_write_is_not_repeated_once_somebody_started_the_workflow() -> None:
    stage, sentence = ending(deciding(proposal(stop(), unsent(write())), workflow()))

    assert stage is Stage.VOID
    assert "Somebody started the workflow" in sentence


@pytest.mark.parametrize("crashed", [True, False])
def test_a_write_that_does_not_show_is_waited_for_and_never_repeated(*, crashed: bool) -> None:
    # Without an outcome the time counts from the intent, with one from the outcome, a second later.
    fresh = write(LOST - 1, crashed=crashed)
    old = write(LOST + 1, crashed=crashed)
    stopped = workflow(State.STOPPED)

    assert waits_for(deciding(proposal(stop(), fresh), stopped)) == "the outcome of the write to show"
    decision = deciding(proposal(stop(), old), stopped)
    assert isinstance(decision, Take)
    assert decision.step is Step.START
    assert decision.ending is not None
    assert decision.ending.stage is (Stage.UNCLEAR if crashed else Stage.FAILED)
    assert "still reads as before" in decision.ending.sentence


@pytest.mark.parametrize("lost", [write(1, crashed=True), replace(write(1), answered=False)])
def test_of_a_write_without_an_answer_nobody_says_that_it_did_nothing_before_ten_minutes_are_over(
    lost: StepRecord,
) -> None:
    def ended(ago: timedelta) -> Ending | None:
        sent = replace(lost, begun_at=NOW - ago, ended_at=lost.ended_at and NOW - ago)
        decision = deciding(proposal(stop(900), sent), workflow(State.STOPPED))
        assert isinstance(decision, Take)
        return decision.ending

    early, late = ended(LOST_MAY_COME - timedelta(seconds=1)), ended(LOST_MAY_COME)

    assert early is not None
    assert early.stage is Stage.UNCLEAR
    assert "may yet take effect: mcsync looks again in ten minutes" in early.sentence
    assert late == Ending(
        Stage.FAILED, "The schedule was not changed; it still reads as before. The write had no effect."
    )


def test_a_slow_call_does_not_use_up_the_patience_for_its_effect() -> None:
    slow = write(100)
    slow = replace(slow, ended_at=NOW - timedelta(seconds=5), outcome="No answer came.")

    assert isinstance(deciding(proposal(stop(200), slow), workflow(State.STOPPED)), Wait)


def test_a_refused_write_ends_with_campaigns_words() -> None:
    decision = deciding(proposal(stop(), write(40, outcome="XSV-350023")), workflow(State.STOPPED))

    assert isinstance(decision, Take)
    assert decision.ending is not None
    assert "Campaign said: XSV-350023" in decision.ending.sentence


# --- After the write ------------------------------------------------------------------------------


def test_a_written_workflow_is_started() -> None:
    decision = deciding(proposal(stop(), write()), workflow(State.STOPPED, period=AFTER, next_run=None))

    assert decision == Take(Step.START)


def test_a_write_whose_answer_was_lost_counts_once_it_shows() -> None:
    lost = write(outcome="No answer came.")

    assert deciding(proposal(stop(), lost), workflow(State.STOPPED, period=AFTER)) == Take(Step.START)


def test_a_start_waits_for_rt_to_be_back() -> None:
    seen = workflow(State.STOPPED, period=AFTER)

    decision = deciding(proposal(stop(), write()), seen, rt_back_at=NOW + timedelta(minutes=3))

    assert decision == Wait(181, "RT's restart window to be over")


def test_a_start_waits_for_marketing_to_be_back() -> None:
    seen = workflow(State.STOPPED, period=AFTER)

    decision = deciding(proposal(stop(), write()), seen, marketing_back_at=NOW + timedelta(minutes=3))

    assert decision == Wait(181, "marketing's own restart window to be over")


def test_a_start_that_does_not_show_yet_is_waited_for() -> None:
    seen = workflow(State.STOPPED, period=AFTER)

    decision = deciding(proposal(stop(60), write(50), start(PATIENT - 80)), seen)

    assert waits_for(decision) == "the workflow to start"


def test_a_start_is_tried_three_times_and_then_asked_of_people() -> None:
    seen = workflow(State.STOPPED, period=AFTER)
    before = (stop(900), write(800), start(600, outcome="first"), start(400, outcome="second"))

    assert deciding(proposal(*before), seen) == Take(Step.START)
    for last, words in ((start(PATIENT, outcome="third"), " Campaign said: third"), (start(PATIENT), "")):
        stage, sentence = ending(deciding(proposal(*before, last), seen))
        assert stage is Stage.UNCLEAR
        assert sentence.endswith(f"now, or archiving stands still; mcsync goes on trying.{words}")


def test_check_again_counts_the_starts_anew() -> None:
    seen = workflow(State.STOPPED, period=AFTER)
    starts = [start(ago) for ago in (600, 500, 400)]

    decision = deciding(proposal(stop(900), write(800), *starts, begun_at=NOW - timedelta(seconds=1)), seen)

    assert decision == Take(Step.START)


def test_a_start_that_surely_was_not_sent_is_tried_at_once() -> None:
    seen = workflow(State.STOPPED, period=AFTER)

    assert deciding(proposal(stop(), write(), unsent(start(2))), seen) == Take(Step.START)


def test_the_predicted_next_run_verifies_the_change() -> None:
    for seconds in (-60, 0, 60):
        seen = workflow(period=AFTER, next_run=NEXT_AFTER + timedelta(seconds=seconds))
        assert ending(deciding(proposal(stop(), write(), start()), seen)) == (Stage.VERIFIED, "")


def test_a_run_that_fell_due_since_the_start_verifies_the_change_while_it_may_be_announced() -> None:
    asked = proposal(stop(300), write(200), start(PATIENT - 1))
    due = workflow(period=AFTER, next_run=NEXT_AFTER)

    # The start was at 06:18:01 and NOW is 06:20; so both clocks are put to just around the run of 07:05.
    shift = NEXT_AFTER - NOW + timedelta(seconds=90)
    steps = tuple(replace(one, begun_at=one.begun_at + shift) for one in asked.steps)
    soon = replace(asked, steps=steps, begun_at=NOW)

    assert ending(deciding(soon, due, now=NOW + shift)) == (Stage.VERIFIED, "")
    stage, sentence = ending(deciding(soon, due, now=NOW + shift + timedelta(hours=1)))
    assert stage is Stage.UNCLEAR
    assert "07:05:00 UTC and not 2026-11-24 08:05:00 UTC or 2026-11-24 09:05:00 UTC" in sentence


@pytest.mark.parametrize("seconds", [-61, 61])
def test_any_other_next_run_gets_two_minutes_and_then_needs_attention(seconds: int) -> None:
    seen = workflow(period=AFTER, next_run=NEXT_AFTER + timedelta(seconds=seconds))

    early = deciding(proposal(stop(), write(), start(PATIENT - 90)), seen)
    late = deciding(proposal(stop(300), write(200), start(PATIENT)), seen)

    assert waits_for(early) == "the server to plan the next run"
    assert ending(late)[0] is Stage.UNCLEAR


def test_a_missing_next_run_is_said() -> None:
    seen = workflow(period=AFTER, next_run=None)

    late = deciding(proposal(stop(300), write(200), start(PATIENT)), seen)

    assert "its next run is none and not 2026-11-24 07:05:00 UTC" in ending(late)[1]


def test_a_wrong_next_run_is_over_once_somebody_has_looked() -> None:
    seen = workflow(period=AFTER, next_run=None)

    again = deciding(proposal(stop(900), write(800), start(700), begun_at=NOW), seen)

    assert ending(again)[0] is Stage.FAILED


def test_a_workflow_started_by_somebody_else_is_judged_by_its_next_run() -> None:
    assert ending(deciding(proposal(stop(), write()), workflow(period=AFTER, next_run=NEXT_AFTER)))[0] is (
        Stage.VERIFIED
    )


def test_a_workflow_that_fails_again_after_the_start_says_that_the_schedule_is_changed() -> None:
    seen = workflow(State.PAUSED, period=AFTER, failed=True)

    stage, sentence = ending(deciding(proposal(stop(), write(), start()), seen))

    assert stage is Stage.FAILED
    assert sentence.startswith("The schedule is changed, but the workflow failed again")


def test_a_start_that_takes_for_ever_needs_attention_and_a_hand() -> None:
    asked = proposal(stop(300), write(200), start(PATIENT))

    stage, sentence = ending(deciding(asked, workflow(State.STARTING, period=AFTER)))

    assert stage is Stage.UNCLEAR
    assert BY_HAND in sentence


def test_somebody_elses_text_after_our_write_is_left_as_it_is_and_the_workflow_started() -> None:
    decision = deciding(proposal(stop(), write()), workflow(State.STOPPED, period=ELSEWHERE))

    assert isinstance(decision, Take)
    assert decision.step is Step.START
    assert decision.ending is not None
    assert decision.ending.stage is Stage.UNCLEAR
    assert "reads neither as before nor as asked for" in decision.ending.sentence


def test_more_than_the_schedule_changed_after_our_write_is_named() -> None:
    seen = workflow(period=AFTER, script="other()", modified_by="eve")

    stage, sentence = ending(deciding(proposal(stop(), write(), start()), seen))

    assert stage is Stage.UNCLEAR
    assert "More than the schedule differs now: sync. Last saved by eve." in sentence


def test_a_foreign_text_is_over_once_somebody_has_looked() -> None:
    again = proposal(stop(900), write(800), start(700), begun_at=NOW)

    assert ending(deciding(again, workflow(period=ELSEWHERE)))[0] is Stage.FAILED


# --- Coming to rest -------------------------------------------------------------------------------

FAILED = Ending(Stage.FAILED, "It went wrong.")


def test_what_we_stopped_is_started_before_the_end() -> None:
    asked = proposal(stop(), ending=FAILED)

    assert deciding(asked, workflow(State.STOPPED)) == Take(Step.START, FAILED)


def test_the_end_comes_when_it_runs_again() -> None:
    asked = proposal(stop(), start(), ending=FAILED)

    assert deciding(asked, workflow()) == End(FAILED)


def test_what_we_never_stopped_is_not_started() -> None:
    assert deciding(proposal(ending=FAILED), workflow(State.STOPPED)) == End(FAILED)
    assert deciding(proposal(unsent(stop()), ending=FAILED), workflow(State.STOPPED)) == End(FAILED)


@pytest.mark.parametrize("seen", [workflow(), workflow(State.PAUSED, failed=True)])
def test_a_stop_that_has_not_shown_its_effect_is_waited_for_before_the_end(seen: Workflow) -> None:
    asked = proposal(stop(PATIENT - 1), ending=FAILED)

    assert waits_for(deciding(asked, seen)) == "the Stop, which may still take effect"
    stage, sentence = ending(deciding(proposal(stop(PATIENT), ending=FAILED), seen))
    assert stage is Stage.UNCLEAR
    assert sentence == f"{FAILED.sentence} {MAY_STOP}"
    long_ago = proposal(stop(STOP_MAY_COME.total_seconds()), ending=FAILED)
    assert deciding(long_ago, seen) == End(FAILED), "it comes no more"


@pytest.mark.parametrize("ask", [Ask.SHIFT, Ask.UNDO, Ask.RESUME])
def test_nothing_is_begun_by_an_approval_that_is_no_longer_good(ask: Ask) -> None:
    """The process may have been out for a day between the approval and the first step."""
    decided = NOW - CARRIED_OUT_WITHIN
    expired = replace(proposal(ask=ask), expires_at=NOW - timedelta(hours=1), decided_at=decided)
    seen = workflow(State.PAUSED, failed=True)

    stage, sentence = ending(deciding(expired, seen))
    assert (stage, sentence) == (Stage.VOID, TOO_OLD)
    just_in_time = replace(expired, decided_at=decided + timedelta(seconds=1))
    assert isinstance(deciding(just_in_time, seen), Take)


def test_nothing_is_started_while_rt_does_not_answer_and_people_hear_of_it_after_half_an_hour() -> None:
    stopped = workflow(State.STOPPED, period=AFTER)
    early = proposal(stop(1900), write(RT_PATIENCE.total_seconds() - 1))
    late = proposal(stop(1900), write(RT_PATIENCE.total_seconds()))

    assert waits_for(deciding(early, stopped, rt_answers=False)) == "RT to answer"
    stage, sentence = ending(deciding(late, stopped, rt_answers=False))
    assert stage is Stage.UNCLEAR
    assert "RT does not answer, so the workflow was not started. mcsync goes on trying" in sentence
    for answers in (True, None):
        assert deciding(late, stopped, rt_answers=answers) == Take(Step.START)


def test_a_resume_for_which_rt_never_answered_is_over() -> None:
    asked = replace(proposal(ask=Ask.RESUME), begun_at=NOW - RT_PATIENCE)

    stage, sentence = ending(deciding(asked, workflow(State.PAUSED, failed=True), rt_answers=False))

    assert stage is Stage.FAILED
    assert "Ask again once RT answers" in sentence


def test_a_second_stop_that_was_not_sent_does_not_hide_that_the_first_may_take_effect() -> None:
    asked = proposal(stop(60, crashed=True), unsent(stop(20)), ending=FAILED)

    assert isinstance(deciding(asked, workflow()), Wait)


def test_a_start_after_the_stop_is_counted_and_an_earlier_one_is_not() -> None:
    stopped = workflow(State.STOPPED)
    before = [start(ago) for ago in (900, 800, 700)]
    after = [start(ago) for ago in (500, 400, 300)]

    assert deciding(proposal(*before, stop(600), ending=FAILED), stopped) == (Take(Step.START, FAILED))
    stage, sentence = ending(deciding(proposal(stop(600), *after, ending=FAILED), stopped))
    assert stage is Stage.UNCLEAR
    assert sentence.startswith("It went wrong. The workflow could not be started: start it in the console")


def test_the_wait_for_rt_keeps_the_ending_in_mind() -> None:
    decision = deciding(
        proposal(stop(), ending=FAILED), workflow(State.STOPPED), rt_back_at=NOW + timedelta(seconds=9)
    )

    assert decision == Wait(10, "RT's restart window to be over", FAILED)


def test_the_wait_for_marketing_keeps_the_ending_in_mind() -> None:
    back = NOW + timedelta(seconds=9)

    decision = deciding(proposal(stop(), ending=FAILED), workflow(State.STOPPED), marketing_back_at=back)

    assert decision == Wait(10, "marketing's own restart window to be over", FAILED)


def test_a_workflow_that_does_not_come_back_needs_attention_and_a_hand() -> None:
    early, late = start(PATIENT - 1), start(PATIENT)

    waiting = deciding(proposal(stop(300), early, ending=FAILED), workflow(State.STARTING))
    over = deciding(proposal(stop(300), late, ending=FAILED), workflow(State.STARTING))

    assert waiting == Wait(5, "the workflow to run again", FAILED)
    stage, sentence = ending(over)
    assert stage is Stage.UNCLEAR
    assert sentence.startswith("It went wrong. mcsync waited in vain for the workflow to run again")
    assert BY_HAND in sentence


# --- Resume only ----------------------------------------------------------------------------------

PAUSED = workflow(State.PAUSED, failed=True, next_run=None)


def test_a_resume_is_one_start() -> None:
    assert deciding(proposal(ask=Ask.RESUME), PAUSED) == Take(Step.START)


def test_a_resume_waits_for_rt_to_be_back() -> None:
    decision = deciding(proposal(ask=Ask.RESUME), PAUSED, rt_back_at=NOW + timedelta(seconds=9))

    assert decision == Wait(10, "RT's restart window to be over")


def test_a_resume_of_a_workflow_that_runs_again_is_void() -> None:
    stage, sentence = ending(deciding(proposal(ask=Ask.RESUME), workflow()))

    assert stage is Stage.VOID
    assert "no longer stands paused" in sentence


def test_a_resume_of_an_edited_schedule_is_void() -> None:
    seen = workflow(State.PAUSED, failed=True, period=ELSEWHERE, modified_by="eve")

    stage, sentence = ending(deciding(proposal(ask=Ask.RESUME), seen))

    assert stage is Stage.VOID
    assert sentence == "eve changed the schedule after this was asked for; nothing was done."


def test_an_edit_after_the_start_does_not_undo_that_it_was_resumed() -> None:
    decision = deciding(proposal(start(), ask=Ask.RESUME), workflow(period=ELSEWHERE))

    assert ending(decision) == (Stage.VERIFIED, "")


def test_a_resumed_workflow_that_runs_is_verified() -> None:
    assert ending(deciding(proposal(start(), ask=Ask.RESUME), workflow())) == (Stage.VERIFIED, "")


def test_a_resumed_workflow_that_still_shows_its_failure_is_waited_for() -> None:
    for seen in (PAUSED, workflow(failed=True), workflow(State.RESUMING)):
        decision = deciding(proposal(start(PATIENT - 90), ask=Ask.RESUME), seen)
        assert waits_for(decision) == "the workflow to go on"


def test_a_resume_that_fails_again_says_so() -> None:
    asked = proposal(start(PATIENT), ask=Ask.RESUME)

    stage, sentence = ending(deciding(asked, PAUSED))

    assert stage is Stage.FAILED
    assert sentence.endswith("the start had no effect, or it failed again. Look at its journal.")


def test_a_refused_resume_ends_with_campaigns_words() -> None:
    asked = proposal(start(PATIENT, outcome="SOP-330011"), ask=Ask.RESUME)

    assert ending(deciding(asked, PAUSED))[1].endswith("Campaign said: SOP-330011")


def test_a_resume_that_surely_was_not_sent_is_tried_three_times() -> None:
    tries = [unsent(start(ago)) for ago in (30, 20, 10)]

    assert deciding(proposal(*tries[:2], ask=Ask.RESUME), PAUSED) == Take(Step.START)
    assert ending(deciding(proposal(*tries, ask=Ask.RESUME), PAUSED))[0] is Stage.UNCLEAR


def test_a_resumed_workflow_that_hangs_needs_attention() -> None:
    asked = proposal(start(PATIENT), ask=Ask.RESUME)

    stage, sentence = ending(deciding(asked, workflow(State.RESUMING)))

    assert stage is Stage.UNCLEAR
    assert "the workflow is resuming" in sentence


def test_the_text_of_a_resume_stays_as_it_is() -> None:
    asked = proposal(ask=Ask.RESUME)

    assert asked.period_after == asked.period_before == BEFORE


# --- An approval older than its expiry ------------------------------------------------------------


def test_a_lapsed_approval_stops_nothing_and_is_void() -> None:
    stage, sentence = ending(deciding(proposal(lapsed=True), workflow()))

    assert stage is Stage.VOID
    assert "somebody approves it anew" in sentence


def test_a_lapsed_approval_writes_nothing_and_starts_what_we_stopped() -> None:
    decision = deciding(proposal(stop(), lapsed=True, begun_at=NOW), workflow(State.STOPPED))

    assert isinstance(decision, Take)
    assert decision.step is Step.START
    assert decision.ending is not None
    assert decision.ending.stage is Stage.VOID


def test_a_lapsed_resume_starts_nothing() -> None:
    failed = workflow(State.PAUSED, failed=True)

    assert ending(deciding(proposal(ask=Ask.RESUME, lapsed=True), failed))[0] is Stage.VOID


def test_a_lapsed_approval_whose_write_took_effect_is_set_going_all_the_same() -> None:
    decision = deciding(
        proposal(stop(), write(), lapsed=True, begun_at=NOW), workflow(State.STOPPED, period=AFTER)
    )

    assert isinstance(decision, Take)
    assert decision.step is Step.START


def test_damage_is_not_repaired_on_a_lapsed_approval() -> None:
    damaged = workflow(State.STOPPED, period=AFTER, script="broken()")

    decision = deciding(proposal(stop(), write(), lapsed=True), damaged, operator=OPERATOR)

    stage, sentence = ending(decision)
    assert stage is Stage.UNCLEAR
    assert "writes no backup back" in sentence


# --- Whose hand -----------------------------------------------------------------------------------


def test_who_does_not_know_itself_repairs_nothing_says_why_and_leaves_it_stopped() -> None:
    damaged = workflow(State.STOPPED, period=AFTER, script="broken()")

    stage, sentence = ending(deciding(proposal(stop(), write()), damaged))

    assert stage is Stage.UNCLEAR
    assert "does not know by which login it writes" in sentence
    assert "`operator` in mcsync.toml" in sentence


def test_a_schedule_spoilt_by_nobody_knows_whom_is_not_set_going() -> None:
    decision = deciding(proposal(stop(), write()), workflow(State.STOPPED, period="spoilt"))

    assert ending(decision)[0] is Stage.UNCLEAR


def test_a_login_is_the_same_in_capitals() -> None:
    damaged = workflow(State.STOPPED, period=AFTER, script="broken()", modified_by=OPERATOR.upper())

    decision = deciding(proposal(stop(), write()), damaged, operator=OPERATOR)

    assert isinstance(decision, Take)
    assert decision.step is Step.RESTORE
