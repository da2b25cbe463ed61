"""Changes carried out in a small Campaign where all that can goes wrong, and what holds all the same."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.change import Take
from bot.domain.decision import BEFORE_NEXT_RUN, LOST_PATIENCE, PREDICTION_TOLERANCE
from bot.domain.proposal import Ask, Proposal, Stage, Step
from bot.domain.recurrence import next_run
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.workflow import State
from tests.domain.change_examples import BEFORE, ELSEWHERE, ID, OPERATOR, PARIS, proposal
from tests.domain.small_campaign import WRECK, Bot, Fate, Hand, SmallCampaign

MOST_TIME = timedelta(hours=4)

ROUGH = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Case:
    """What a failing test shows: the world, what others do in it, what becomes of requests and readings."""

    minute: int
    paused: bool
    ask: Ask
    stop_seconds: tuple[int, int]
    start_seconds: tuple[int, int]
    run_seconds: int
    saves_its_own_copy: bool
    wrecks: bool
    marketing_hour: int
    hands: tuple[tuple[int, Hand], ...]
    fates: tuple[Fate, ...]
    sight: tuple[bool, ...]

    def bot(self) -> Bot:
        """Set it up."""
        campaign = SmallCampaign(
            now=datetime(2026, 11, 24, 4, 30, tzinfo=UTC) + timedelta(minutes=self.minute),
            stored=BEFORE,
            elsewhere=ELSEWHERE,
            windows=(RestartWindow(time(6), PARIS),),
            stop_seconds=self.stop_seconds,
            start_seconds=self.start_seconds,
            run_seconds=self.run_seconds,
            saves_its_own_copy=self.saves_its_own_copy,
            wrecks=self.wrecks,
            state=State.PAUSED if self.paused else State.STARTED,
        )
        for seconds, hand in self.hands:
            campaign.after(seconds, partial(campaign.lend, hand))
        marketing = (RestartWindow(time(self.marketing_hour), PARIS, timedelta()),)
        asked = proposal(ask=self.ask, requested_at=campaign.now, begun_at=None, stage=Stage.APPROVED)
        return Bot(campaign, asked, iter(self.fates), iter(self.sight), marketing)


def delays() -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.sampled_from([0, 3, 20]), st.sampled_from([0, 8, 45, 300]))


def cases(ask: Ask = Ask.SHIFT, fates: st.SearchStrategy[Fate] | None = None) -> st.SearchStrategy[Case]:
    """Draw any case of one kind of request."""
    return st.builds(
        Case,
        minute=st.integers(0, 59),
        paused=st.just(value=True) if ask is Ask.RESUME else st.booleans(),
        ask=st.just(ask),
        stop_seconds=delays(),
        start_seconds=delays(),
        run_seconds=st.sampled_from([20, 200, 4000]),
        saves_its_own_copy=st.booleans(),
        wrecks=st.sampled_from([False, False, True]),
        marketing_hour=st.sampled_from([3, 6]),
        hands=st.lists(st.tuples(st.integers(0, 400), st.sampled_from(Hand)), max_size=3).map(tuple),
        fates=st.lists(fates or st.sampled_from(Fate), max_size=7).map(tuple),
        sight=st.lists(st.booleans(), max_size=12).map(tuple),
    )


def check_each_decision(bot: Bot) -> None:
    """No step is ever taken at a moment at which it must not be taken."""
    for moment in bot.history:
        scene, decision = moment.scene, moment.decision
        if not isinstance(decision, Take):
            continue
        status, seen = scene.workflow.status, scene.workflow.definition
        assert scene.marketing_back_at is None
        assert status.id == ID
        match decision.step:
            case Step.WRITE:
                assert seen.period == moment.proposal.period_before
                assert status.stopped
                assert any(record.sent for record in moment.proposal.taken(Step.STOP))
            case Step.STOP:
                assert not status.busy
                assert seen.period == moment.proposal.period_before
                if status.started and status.next_run:
                    assert status.next_run - scene.now > BEFORE_NEXT_RUN
            case Step.START:
                assert scene.rt_back_at is None
                assert not (WRECK in seen.xml and scene.workflow.modified_by == OPERATOR)
            case Step.RESTORE:
                assert status.stopped
                assert scene.workflow.modified_by == OPERATOR
                assert moment.proposal.taken(Step.WRITE)


def check_writes(bot: Bot) -> None:
    """One approval makes one write at most, unless the one before surely was not sent."""
    assert len(bot.campaign.writes) <= 1
    for step in (Step.WRITE, Step.RESTORE):
        assert sum(record.sent for record in bot.proposal.taken(step)) <= 1


def check_ending(bot: Bot, end: Proposal) -> None:
    """The end is an end, and its words are true."""
    campaign = bot.campaign
    assert end.stage in {Stage.VERIFIED, Stage.FAILED, Stage.VOID, Stage.UNCLEAR}
    assert (end.stage is Stage.VERIFIED) == (end.reason == "")
    if campaign.writes:
        assert end.stage is not Stage.VOID
        assert "nothing was changed" not in end.reason
    if end.stage is Stage.VERIFIED:
        check_verified(bot, end)


def check_verified(bot: Bot, end: Proposal) -> None:
    """Verified means that Campaign really has it, and really runs by it."""
    seen = bot.history[-1].scene
    status = seen.workflow.status
    assert status.started
    if end.ask is Ask.RESUME:
        assert not status.failed
        return
    assert seen.workflow.definition.period == end.period_after
    assert WRECK not in seen.workflow.definition.xml
    assert bot.campaign.loaded == end.period_after
    assert status.next_run is not None
    planned = next_run(Schedule.parse(end.period_after), PARIS, status.next_run - PREDICTION_TOLERANCE)
    assert planned is not None
    assert abs(planned.at - status.next_run) <= PREDICTION_TOLERANCE


def check_rest(bot: Bot, end: Proposal) -> None:
    """What mcsync stopped does not stay stopped, unless the card tells a person to start it."""
    campaign = bot.campaign
    campaign.over = True
    campaign.turn(1200)
    if campaign.state == State.STOPPED and campaign.stopped_by == "mcsync" and campaign.id == ID:
        assert end.stage is Stage.UNCLEAR, end
        assert re.search(r"(press check again or|:|then) start it", end.reason.lower())


def keep_promises(bot: Bot, *, looks: int) -> None:
    """Carry out, press *Check again* while it is unclear, and see that every promise is kept."""
    for _ in range(looks):
        begun = bot.campaign.now
        end = bot.carry_out()
        assert bot.campaign.now - begun < MOST_TIME
        if end.stage is not Stage.UNCLEAR:
            break
        bot.campaign.turn(600)
    check_each_decision(bot)
    check_writes(bot)
    check_ending(bot, end)
    check_rest(bot, end)


@ROUGH
@given(cases())
def test_a_shift_keeps_its_promises_whatever_happens(case: Case) -> None:
    keep_promises(case.bot(), looks=1)


@ROUGH
@given(cases())
def test_checking_again_keeps_the_promises_too(case: Case) -> None:
    keep_promises(case.bot(), looks=3)


@ROUGH
@given(cases(Ask.RESUME))
def test_a_resume_keeps_its_promises_whatever_happens(case: Case) -> None:
    bot = case.bot()

    keep_promises(bot, looks=2)

    assert bot.campaign.writes == []
    assert not bot.proposal.taken(Step.STOP)


CALM = Case(
    minute=35,
    paused=False,
    ask=Ask.SHIFT,
    stop_seconds=(3, 10),
    start_seconds=(3, 10),
    run_seconds=40,
    saves_its_own_copy=True,
    wrecks=False,
    marketing_hour=3,
    hands=(),
    fates=(),
    sight=(),
)


@given(
    minute=st.integers(0, 59),
    paused=st.booleans(),
    marketing_hour=st.sampled_from([3, 6]),
    ask=st.sampled_from(Ask),
)
@settings(max_examples=60, deadline=None)
def test_without_trouble_every_request_is_verified(
    minute: int, *, paused: bool, marketing_hour: int, ask: Ask
) -> None:
    paused = paused or ask is Ask.RESUME
    bot = replace(CALM, minute=minute, paused=paused, marketing_hour=marketing_hour, ask=ask).bot()

    end = bot.carry_out()

    assert end.stage is Stage.VERIFIED
    assert len(bot.campaign.writes) == (ask is not Ask.RESUME)
    assert [record.step for record in end.steps] == ([Step.START] if ask is Ask.RESUME else PLAN)


PLAN = [Step.STOP, Step.WRITE, Step.START]
OUTCOMES = {
    Fate.ANSWERED: Stage.VERIFIED,
    Fate.NOT_SENT: Stage.VERIFIED,
    Fate.LOST_ANSWER: Stage.VERIFIED,
    Fate.KILLED_AFTER: Stage.VERIFIED,
    Fate.LOST_REQUEST: Stage.UNCLEAR,
    Fate.KILLED_BEFORE: Stage.UNCLEAR,
    Fate.FAULT: Stage.FAILED,
}
"""Of what was sent and never answered nobody can say at once that it did nothing."""


@pytest.mark.parametrize("step", PLAN)
@pytest.mark.parametrize("fate", Fate)
def test_one_mishap_at_one_step_has_one_outcome(step: Step, fate: Fate) -> None:
    """A lost or refused Stop or Write ends the change, and the workflow runs on; a Start is tried again."""
    fates = (Fate.ANSWERED,) * PLAN.index(step) + (fate,)
    bot = replace(CALM, fates=fates).bot()

    end = bot.carry_out()

    if step is Step.START or (step is Step.STOP and fate is Fate.KILLED_BEFORE):
        assert end.stage is Stage.VERIFIED
    else:
        assert end.stage is OUTCOMES[fate]
    assert bot.campaign.state == State.STARTED
    assert len(bot.campaign.writes) == (end.stage is Stage.VERIFIED)


@pytest.mark.parametrize("fate", Fate)
def test_what_our_write_damaged_is_put_back_once_or_left_stopped_for_people(fate: Fate) -> None:
    bot = replace(CALM, wrecks=True, fates=(Fate.ANSWERED, Fate.ANSWERED, fate)).bot()

    end = bot.carry_out()

    assert "Alarm" in end.reason
    if fate in (Fate.LOST_REQUEST, Fate.FAULT, Fate.KILLED_BEFORE):
        assert (end.stage, bot.campaign.state) == (Stage.UNCLEAR, State.STOPPED)
    else:
        assert (end.stage, bot.campaign.state) == (Stage.FAILED, State.STARTED)
        assert (bot.campaign.stored, bot.campaign.script) == (BEFORE, "soapImport()")
        assert bot.campaign.restored == 1


def test_a_repair_that_can_never_be_sent_ends() -> None:
    fates = (Fate.ANSWERED, Fate.ANSWERED, *[Fate.NOT_SENT] * 50)
    bot = replace(CALM, wrecks=True, fates=fates).bot()

    end = bot.carry_out()

    assert end.stage is Stage.UNCLEAR
    assert len(end.taken(Step.RESTORE)) == 3
    assert bot.campaign.state == State.STOPPED


def test_a_repair_gets_time_to_show() -> None:
    bot = replace(CALM, wrecks=True, fates=(Fate.ANSWERED, Fate.ANSWERED, Fate.LOST_REQUEST)).bot()

    end = bot.carry_out()

    (restore,) = end.taken(Step.RESTORE)
    assert bot.campaign.now - restore.begun_at >= LOST_PATIENCE
