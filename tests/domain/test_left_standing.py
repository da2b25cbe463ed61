"""What we left stopped is looked after, and nothing else is; which steps want an approval at their moment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.decision import LOST_MAY_COME, STOP_MAY_COME, Scene, Take, Wait
from bot.domain.left_standing import (
    left_standing,
    looked_at_again,
    may_stand_still,
    try_again_in,
    wants_rights,
    write_settles_at,
)
from bot.domain.proposal import Ask, Ending, Proposal, Stage, Step
from bot.domain.workflow import State, Workflow
from tests.domain.change_examples import (
    AFTER,
    ELSEWHERE,
    NOW,
    OPERATOR,
    PARIS,
    proposal,
    start,
    stop,
    unsent,
    workflow,
    write,
)

STOPPED_BY_US = replace(proposal(stop(900), write(800)), stage=Stage.UNCLEAR)


def stands(asked: Proposal, seen: Workflow, operator: str = OPERATOR) -> bool:
    return left_standing(asked, Scene(seen, PARIS, NOW, operator=operator))


@pytest.mark.parametrize("step", Step)
def test_whoever_may_no_longer_approve_stops_and_writes_nothing(step: Step) -> None:
    assert wants_rights(Take(step), proposal()) == (step in {Step.STOP, Step.WRITE})
    assert wants_rights(Take(step), proposal(ask=Ask.RESUME)) == (step is Step.START)


def test_what_is_owed_anyway_wants_no_rights() -> None:
    assert not wants_rights(Take(Step.STOP, Ending(Stage.VOID, "It moved.")), proposal())
    assert not wants_rights(Wait(5, "the workflow to stop"), proposal())


def test_only_an_unclear_end_after_a_stop_may_have_left_it_standing() -> None:
    assert may_stand_still(STOPPED_BY_US, None, NOW)
    assert may_stand_still(STOPPED_BY_US, workflow(State.STOPPED), NOW)
    assert may_stand_still(STOPPED_BY_US, workflow(State.STOPPING), NOW)
    assert may_stand_still(replace(STOPPED_BY_US, stage=Stage.SET_ASIDE), workflow(State.STOPPED), NOW)
    assert not may_stand_still(STOPPED_BY_US, workflow(), NOW)
    assert not may_stand_still(replace(STOPPED_BY_US, stage=Stage.FAILED), workflow(State.STOPPED), NOW)
    assert not may_stand_still(replace(proposal(unsent(stop())), stage=Stage.UNCLEAR), None, NOW)


def test_a_stop_whose_effect_nobody_saw_may_come_for_two_hours() -> None:
    unclear = replace(proposal(stop(0)), stage=Stage.UNCLEAR)

    assert may_stand_still(unclear, workflow(), NOW + STOP_MAY_COME - timedelta(seconds=1))
    assert not may_stand_still(unclear, workflow(), NOW + STOP_MAY_COME)


def test_a_write_without_an_answer_is_looked_at_once_more_when_its_time_is_over() -> None:
    lost = replace(proposal(stop(60), write(30, crashed=True)), stage=Stage.UNCLEAR)
    settled = NOW - timedelta(seconds=30) + LOST_MAY_COME

    assert write_settles_at(lost) == settled
    assert write_settles_at(replace(lost, begun_at=settled)) is None, "it was looked at since"
    assert write_settles_at(replace(lost, stage=Stage.FAILED)) is None
    assert write_settles_at(STOPPED_BY_US) is None, "its write was answered"


def test_a_sound_workflow_that_stands_stopped_is_started() -> None:
    assert stands(STOPPED_BY_US, workflow(State.STOPPED))
    assert stands(STOPPED_BY_US, workflow(State.STOPPED, period=AFTER))
    assert stands(STOPPED_BY_US, workflow(State.STOPPED), operator="")


def test_one_that_runs_or_is_another_is_left_alone() -> None:
    assert not stands(STOPPED_BY_US, workflow())
    assert not stands(replace(STOPPED_BY_US, workflow_id="1"), workflow(State.STOPPED))


def test_a_damaged_one_is_only_started_where_somebody_else_saved_it() -> None:
    seen = workflow(State.STOPPED, period=ELSEWHERE)

    assert not stands(STOPPED_BY_US, replace(seen, modified_by=OPERATOR))
    assert not stands(STOPPED_BY_US, replace(seen, modified_by="lea"), operator="")
    assert stands(STOPPED_BY_US, replace(seen, modified_by="lea"))


def test_a_second_look_keeps_what_was_done_and_forgets_the_verdict() -> None:
    unclear = replace(STOPPED_BY_US, reason="Nobody knows.", ending=Ending(Stage.VOID, "It moved."))

    looked = looked_at_again(unclear, NOW, lapsed=True)

    assert (looked.stage, looked.ending, looked.reason, looked.begun_at) == (Stage.APPLYING, None, "", NOW)
    assert looked.steps == unclear.steps
    assert looked.lapsed


def test_it_is_tried_less_and_less_often_and_never_given_up() -> None:
    starts = [start(600 - number) for number in range(60)]
    pauses = [try_again_in(proposal(stop(900), *starts[:count])) for count in (0, 3, 6, 9, 12, 15, 60)]

    assert pauses == [timedelta(minutes=minutes) for minutes in (5, 5, 10, 20, 40, 60, 60)]
