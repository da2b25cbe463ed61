"""What an approval is bound to, and how a proposal may move."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from bot.domain.proposal import (
    MOVES,
    UNDECIDED,
    Ask,
    Proposal,
    Stage,
    Step,
    StepRecord,
    TrackingChoice,
    Vote,
    may_move,
)
from tests.domain.change_examples import AFTER, BEFORE, ELSEWHERE, NOW, proposal, start, stop, unsent, write

BOUND = {
    "instance": "stage",
    "workflow_id": "4901",
    "period_before": ELSEWHERE,
    "period_after": ELSEWHERE,
    "ask": Ask.RESUME,
    "expires_at": NOW + timedelta(hours=5),
}
FREE = {
    "stage": Stage.WAITING,
    "decided_by": "U0EVE",
    "doing": "something",
    "steps": (stop(),),
    "revision": 7,
    "reason": "because",
    "quorum": 2,
    "votes": (Vote("U0ADA", NOW),),
    "undoes": "p0",
    "run_passed_at": NOW,
    "tracking_moved_by": "U0ADA",
}


@pytest.mark.parametrize("field", BOUND)
def test_an_approval_is_worth_nothing_once_this_changed(field: str) -> None:
    changed = replace(proposal(), **{field: BOUND[field]})  # type: ignore[arg-type] # names match types

    assert changed.digest != proposal().digest


@pytest.mark.parametrize("field", FREE)
def test_an_approval_outlives_what_happens_to_the_proposal(field: str) -> None:
    changed = replace(proposal(), **{field: FREE[field]})  # type: ignore[arg-type] # names match types

    assert changed.digest == proposal().digest


def test_text_cannot_move_from_before_to_after() -> None:
    one = replace(proposal(), period_before=BEFORE + AFTER, period_after="")
    two = replace(proposal(), period_before=BEFORE, period_after=AFTER)

    assert one.digest != two.digest


def test_the_records_of_one_step_come_in_order() -> None:
    asked = proposal(stop(50), write(40), start(30), start(20))

    assert [record.begun_at for record in asked.taken(Step.START)] == sorted(
        record.begun_at for record in asked.steps[2:]
    )
    assert proposal().taken(Step.STOP) == ()


@pytest.mark.parametrize(
    ("said", "decided"),
    [
        ((), TrackingChoice.NONE),
        ((TrackingChoice.NONE,), TrackingChoice.NONE),
        ((TrackingChoice.ACCEPTED, TrackingChoice.NONE), TrackingChoice.ACCEPTED),
        ((TrackingChoice.ACCEPTED, TrackingChoice.MOVES_TOO), TrackingChoice.MOVES_TOO),
    ],
)
def test_that_tracking_moves_too_is_decided_once_anybody_says_so(
    said: tuple[TrackingChoice, ...], decided: TrackingChoice
) -> None:
    asked = replace(proposal(), votes=tuple(Vote("U0ADA", NOW, choice) for choice in said))

    assert asked.tracking is decided


@pytest.mark.parametrize("stage", Stage)
def test_moving_tracking_is_open_after_the_change_until_somebody_confirms_it(stage: Stage) -> None:
    asked = replace(proposal(), stage=stage, votes=(Vote("U0ADA", NOW, TrackingChoice.MOVES_TOO),))

    assert asked.tracking_open == (stage in {Stage.VERIFIED, Stage.PROVED})
    done = replace(asked, in_effect=True, steps=(stop(), write()))
    assert done.tracking_open == (stage in {Stage.VERIFIED, Stage.PROVED, Stage.FAILED, Stage.SET_ASIDE})
    assert not replace(asked, tracking_moved_by="U0ADA").tracking_open
    assert not replace(asked, votes=(Vote("U0ADA", NOW, TrackingChoice.ACCEPTED),)).tracking_open


def reachable(stage: Stage) -> set[Stage]:
    """Walk the table of moves."""
    found, waiting = set[Stage](), [stage]
    while waiting:
        waiting += [after for after in MOVES[waiting.pop()] if after not in found and not found.add(after)]  # type: ignore[func-returns-value] # add tells nothing
    return found


def test_the_table_knows_every_stage() -> None:
    assert set(MOVES) == set(Stage)
    assert reachable(Stage.WAITING) | {Stage.WAITING} == set(Stage)


def test_from_everywhere_an_end_can_be_reached() -> None:
    ends = {stage for stage, moves in MOVES.items() if not moves}

    assert ends == {Stage.DENIED, Stage.EXPIRED, Stage.VOID, Stage.OVERTAKEN}
    for done in (Stage.PROVED, Stage.FAILED):
        assert MOVES[done] == {Stage.OVERTAKEN}
    assert all(stage in ends or reachable(stage) & ends for stage in Stage)


def test_nothing_is_carried_out_without_an_approval() -> None:
    assert {before for before in Stage if may_move(before, Stage.APPLYING)} == {
        Stage.APPLYING,
        Stage.APPROVED,
        Stage.UNCLEAR,
        Stage.SET_ASIDE,  # only looked at, and started again where we left it stopped
    }
    assert {before for before in Stage if Stage.APPROVED in MOVES[before]} == {Stage.WAITING}
    assert {before for before in Stage if Stage.UNCLEAR in MOVES[before]} == {Stage.APPLYING}


def test_a_stage_may_be_saved_again_but_an_end_is_an_end() -> None:
    assert all(may_move(stage, stage) for stage in Stage)
    assert not may_move(Stage.DENIED, Stage.APPROVED)
    assert not may_move(Stage.WAITING, Stage.APPLYING)


def test_a_second_proposal_waits_while_the_first_can_still_write() -> None:
    can_write = {stage for stage in Stage if Stage.APPLYING in reachable(stage) | {stage}}

    assert can_write - {Stage.SET_ASIDE} == UNDECIDED


def test_what_moved_nothing_cannot_be_put_back() -> None:
    sent, refused = (stop(), write(), start()), (stop(), unsent(write()), start())

    def undoable(stage: Stage, steps: tuple[StepRecord, ...] = sent, *, in_effect: bool = False) -> bool:
        return replace(proposal(*steps), stage=stage, in_effect=in_effect).undoable

    assert undoable(Stage.VERIFIED)
    assert undoable(Stage.PROVED)
    assert not undoable(Stage.FAILED)
    assert undoable(Stage.FAILED, in_effect=True)
    assert undoable(Stage.SET_ASIDE), "nobody knows"
    assert not undoable(Stage.SET_ASIDE, refused)
    assert not undoable(Stage.OVERTAKEN, in_effect=True)


def test_an_approval_just_before_the_expiry_is_good_for_three_quarters_of_an_hour() -> None:
    asked = proposal()
    late = asked.expires_at - timedelta(seconds=1)

    assert replace(asked, decided_at=None).good_until == asked.expires_at
    assert replace(asked, decided_at=asked.requested_at).good_until == asked.expires_at
    assert replace(asked, decided_at=late).good_until == late + timedelta(minutes=45)


def test_every_field_is_bound_or_known_to_be_free() -> None:
    described = {"id", "incident_id", "workflow", "offset_minutes", "predicted_run", "summary", "caution"}
    asking = {"requested_by", "requested_at", "decided_at", "ending", "begun_at", "backup", "purpose"}
    ending = {"found", "lapsed", "set_aside_by", "set_aside_at", "minute", "operator", "unproved_at"}
    minutes = {"tracking_minute", "archiving_minute"}
    around = {"replaces", "closing_before", "tracking_gap", "in_effect", "reminded"}

    known = set(BOUND) | set(FREE) | described | asking | ending | minutes | around
    assert {field.name for field in fields(Proposal)} == known
