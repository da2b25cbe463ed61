"""What every Campaign must do, tried on the stand-in over real HTTP; reading on recorded answers too.

A real server is tried as well when `MCSYNC_TEST_CAMPAIGN_URL`, `_LOGIN`, `_PASSWORD` and `_WORKFLOW` are set.
Nothing is changed there.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import (
    CampaignError,
    CampaignFault,
    EmptyReturn,
    Fenced,
    LoginRedirect,
    LogonBarred,
    LogonRefused,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Unavailable,
    UnreadableAnswer,
)
from bot.domain.logon_bar import LogonBar
from bot.domain.workflow import State
from bot.gateways.campaign import CampaignConnection, CampaignGateway, ImsConnection, Web, probe
from bot.gateways.clock import MachineClock
from bot.sandbox.campaign.faults import Fault
from bot.sandbox.campaign.seed import IMS_CLIENT, IMS_SECRET, LOGIN, PASSWORD, Plan
from bot.sandbox.campaign.server import CampaignServer
from bot.service.ports import Campaign
from tests.contract import recorded
from tests.contract.recorded import RecordedCampaign

NAME = "mcSynch_mcExec1"
LOGON = "xtk:session#Logon"
QUERY = "xtk:queryDef#ExecuteQuery"
WRITE = "xtk:persist#Write"
STOP = "xtk:workflow#Stop"
START = "xtk:workflow#Start"

REAL_NAMES = [f"MCSYNC_TEST_CAMPAIGN_{name}" for name in ("URL", "LOGIN", "PASSWORD", "WORKFLOW")]
REAL = all(os.environ.get(name) for name in REAL_NAMES)


class HandClock:
    """Rule time that a test turns, for the stand-in and the gateway alike."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def now(self) -> datetime:
        return self.at

    def machine_now(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


class Bars:
    """A memory of refusals."""

    def __init__(self) -> None:
        self.bars: dict[str, LogonBar] = {}

    def get(self, instance: str) -> LogonBar | None:
        return self.bars.get(instance)

    def save(self, bar: LogonBar) -> None:
        self.bars[bar.instance] = bar


@dataclass(frozen=True)
class Place:
    """A server under test, and what can be done to it."""

    server: CampaignServer
    clock: HandClock
    bars: Bars

    def campaign(self, **changed: object) -> Campaign:
        """Make a gateway, as one more process would."""
        connection = CampaignConnection("prod", self.server.url, LOGIN, PASSWORD, deadline_seconds=5.0)
        return self.made(replace(connection, **changed))  # type: ignore[arg-type] # a test knows its fields

    def made(self, connection: CampaignConnection) -> CampaignGateway:
        return CampaignGateway(connection, workflows=frozenset({NAME}), bars=self.bars, clock=self.clock)

    def fault(self, action: str, mode: str, *, when: str = "before", seconds: float = 1.0) -> None:
        self.server.faults.order(Fault(action, mode, when=when, seconds=seconds))


@pytest.fixture
def place() -> Iterator[Place]:
    """Give a stand-in with a day of history, half an hour before RT's restart."""
    clock = HandClock()
    with CampaignServer(Plan(history_days=1), clock=clock) as server:
        yield Place(server, clock, Bars())


@pytest.fixture(
    params=["stand-in", "stand-in, text in data", "stand-in, bearer", "recorded", *(["real"] if REAL else [])]
)
def readable(request: pytest.FixtureRequest) -> Iterator[tuple[Campaign, str, datetime]]:
    """Give something to read from, the name of a workflow there, and the time there."""
    if request.param == "real":
        url, login, password, workflow = (os.environ[name] for name in REAL_NAMES)
        gateway = CampaignGateway(
            CampaignConnection("real", url, login, password),
            workflows=frozenset({workflow}),
            bars=Bars(),
            clock=MachineClock(),
        )
        yield gateway, workflow, datetime.now(UTC)
        gateway.close()
        return
    if request.param == "recorded":
        with RecordedCampaign() as server:
            gateway = CampaignGateway(
                CampaignConnection("prod", server.url, LOGIN, PASSWORD),
                workflows=frozenset({recorded.WORKFLOW}),
                bars=Bars(),
                clock=MachineClock(),
            )
            yield gateway, recorded.WORKFLOW, recorded.NOW
            gateway.close()
        return
    place: Place = request.getfixturevalue("place")
    campaign = place.campaign()
    if "text" in request.param:
        place.server.world.settings.memo = "text"
        place.server.world.settings.bare_empty = True
    if "bearer" in request.param:
        ims = ImsConnection(f"{place.server.url}/ims/token", IMS_CLIENT, "openid")
        campaign = place.campaign(ims=ims, secret=IMS_SECRET)
    yield campaign, NAME, place.clock.at


Readable = tuple[Campaign, str, datetime]


class TestReading:
    def test_statuses_and_workflow_agree(self, readable: Readable) -> None:
        campaign, name, _ = readable

        (status,) = campaign.statuses()
        workflow = campaign.workflow(name)

        assert status.name == name
        assert (status.id, status.state) == (workflow.status.id, workflow.status.state)
        assert int(status.id)

    def test_a_definition_reads_the_same_twice(self, readable: Readable) -> None:
        campaign, name, _ = readable

        first, second = campaign.workflow(name).definition, campaign.workflow(name).definition

        assert first == second
        assert first.period is not None
        assert first.period.startswith("m_abDay=")
        assert len(first.activities) > 1

    def test_a_journal_is_in_order_and_within_its_bounds(self, readable: Readable) -> None:
        campaign, name, now = readable
        workflow_id = campaign.workflow(name).status.id
        since = now - timedelta(hours=20)

        entries = campaign.journal(workflow_id, since)
        newest = campaign.journal(workflow_id, since, limit=3)

        assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
        assert all(entry.at >= since for entry in entries)
        assert len({entry.id for entry in entries}) == len(entries)
        assert newest == entries[-3:]
        assert campaign.journal(workflow_id, now + timedelta(days=1)) == ()

    def test_accounts_have_names(self, readable: Readable) -> None:
        campaign, _, _ = readable

        assert all(account.name for account in campaign.accounts())

    def test_the_server_has_a_clock(self, readable: Readable) -> None:
        campaign, _, now = readable

        assert abs(campaign.server_time() - now) < timedelta(minutes=15)

    def test_a_workflow_that_is_not_there_is_not_found(self, readable: Readable) -> None:
        campaign, _, _ = readable

        with pytest.raises(NotFound):
            campaign.workflow("mcSynch_nobody_has_this")


class TestTheRecordings:
    def test_are_read_as_they_were_written(self) -> None:
        with RecordedCampaign() as server:
            connection = CampaignConnection("prod", server.url, LOGIN, PASSWORD)
            campaign = CampaignGateway(
                connection, workflows=frozenset({NAME}), bars=Bars(), clock=MachineClock()
            )
            workflow = campaign.workflow(NAME)
            entries = campaign.journal("4900", recorded.NOW - timedelta(days=1))
            accounts = campaign.accounts()
            campaign.close()

        assert (workflow.status.state, workflow.modified_by) == (State.STARTED, "admin")
        assert [activity.name for activity in workflow.definition.activities] == [
            "schedule",
            "soapImport",
            "end",
        ]
        assert "// Événements de mcExec1" in workflow.definition.xml
        assert [int(entry.id) for entry in entries][-3:] == [2147483647, -2147483648, -2147483647]
        assert [account.label for account in accounts] == ["Execution instance 1", "Exécution 2"]


class TestTheStandInsWorld:
    def test_is_read_as_it_is(self, place: Place) -> None:
        campaign = place.campaign()

        (status,) = campaign.statuses()
        workflow = campaign.workflow(NAME)

        assert (status.id, status.state, status.failed) == ("4900", State.STARTED, False)
        assert status.next_run == datetime(2026, 11, 22, 5, tzinfo=UTC)
        assert workflow.modified_by
        assert workflow.last_modified
        assert "m_tmSpanTime='1h'" in (workflow.definition.period or "")
        assert [account.name for account in campaign.accounts()] == ["mcExec1"]
        assert campaign.accounts()[0].server == place.server.rt_url()
        assert campaign.server_time() == place.clock.at

    def test_journal_of_several_pages_is_read_whole(self) -> None:
        clock = HandClock()
        with CampaignServer(Plan(history_days=5), clock=clock) as server:
            campaign = Place(server, clock, Bars()).campaign()

            entries = campaign.journal("4900", clock.at - timedelta(days=6), limit=10_000)

            written = [line for line in server.world.journal if line.workflow_id == 4900]
            assert [entry.id for entry in entries] == [str(line.id) for line in written]
            assert len(entries) > 200

    def test_a_collision_is_seen_as_a_failed_pause_with_its_line(self, place: Place) -> None:
        campaign = place.campaign()
        place.clock.forward(minutes=31)

        (status,) = campaign.statuses()
        errors = [e for e in campaign.journal("4900", place.clock.at - timedelta(minutes=5)) if e.error]

        assert status.failed_pause
        assert any("'Logon'" in entry.message and "'xtk:session'" in entry.message for entry in errors)


def moved(period: str | None) -> str:
    assert period is not None
    return period.replace("m_tmStartTime='00:00", "m_tmStartTime='00:05")


class TestChanging:
    def test_a_written_schedule_reads_back_and_nothing_else_differs(self, place: Place) -> None:
        campaign = place.campaign()
        before = campaign.workflow(NAME)

        campaign.write_schedule(before, moved(before.definition.period))

        after = campaign.workflow(NAME)
        assert after.definition.period == moved(before.definition.period) != before.definition.period
        assert before.definition.changed_besides_period(after.definition) == ()
        assert after.last_modified != before.last_modified
        assert after.modified_by == LOGIN

    def test_a_backup_undoes_it(self, place: Place) -> None:
        gateway = place.made(CampaignConnection("prod", place.server.url, LOGIN, PASSWORD))
        before = gateway.workflow(NAME)
        gateway.write_schedule(before, moved(before.definition.period))

        gateway.restore(before, before.definition.xml)

        assert gateway.workflow(NAME).definition == before.definition

    def test_stop_and_start_happen_later(self, place: Place) -> None:
        campaign = place.campaign()
        workflow = campaign.workflow(NAME)

        campaign.stop(workflow)
        (stopping,) = campaign.statuses()
        place.clock.forward(seconds=20)
        (stopped,) = campaign.statuses()
        campaign.start(workflow)
        (starting,) = campaign.statuses()
        place.clock.forward(seconds=20)
        (started,) = campaign.statuses()

        assert not stopping.stopped
        assert stopped.stopped
        assert not starting.started
        assert started.started

    def test_a_second_stop_is_refused_with_campaigns_words(self, place: Place) -> None:
        campaign = place.campaign()
        workflow = campaign.workflow(NAME)
        campaign.stop(workflow)

        with pytest.raises(CampaignFault) as caught:
            campaign.stop(workflow)

        assert caught.value.code == "SOP-330011"
        assert caught.value.detail in str(caught.value)

    def test_a_workflow_that_is_not_ours_is_left_alone(self, place: Place) -> None:
        campaign = place.campaign()
        other = next(w for w in place.server.world.workflows.values() if w.name != NAME)
        workflow = campaign.workflow(other.name)

        for change in (campaign.stop, campaign.start, lambda w: campaign.write_schedule(w, "m_x='1'")):
            with pytest.raises(Fenced):
                change(workflow)

        assert place.server.world.writes == []


READS: dict[str, tuple[str, Callable[[Campaign], object]]] = {
    "statuses": (QUERY, lambda campaign: campaign.statuses()),
    "workflow": (QUERY, lambda campaign: campaign.workflow(NAME)),
    "journal": (QUERY, lambda campaign: campaign.journal("4900", datetime(2026, 11, 21, tzinfo=UTC))),
    "accounts": (QUERY, lambda campaign: campaign.accounts()),
    "server_time": ("xtk:session#GetServerTime", lambda campaign: campaign.server_time()),
}
MODES: dict[str, tuple[type[CampaignError], ...]] = {
    "empty-body": (EmptyReturn,),
    "empty-envelope": (EmptyReturn,),
    "503": (Unavailable,),
    "html": (UnreadableAnswer, Unavailable),
    "fault": (CampaignFault,),
    "reset": (OutcomeUnknown,),
    "truncate": (UnreadableAnswer,),
    "redirect": (LoginRedirect,),
    "oversized": (UnreadableAnswer,),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("what", READS)
def test_a_reading_that_goes_wrong_says_how_and_the_next_one_works(
    place: Place, what: str, mode: str
) -> None:
    action, read = READS[what]
    campaign = place.campaign(max_bytes=1024 * 1024)
    read(campaign)
    place.fault(action, mode)

    with pytest.raises(MODES[mode]):
        read(campaign)

    read(campaign)


@pytest.mark.parametrize("mode", ["slow", "trickle"])
def test_a_reading_that_takes_too_long_ends(place: Place, mode: str) -> None:
    campaign = place.campaign(deadline_seconds=0.4)
    campaign.statuses()
    place.fault(QUERY, mode, seconds=1.0)

    with pytest.raises(OutcomeUnknown, match=r"within 0\.4 seconds"):
        campaign.statuses()


@pytest.mark.parametrize("mode", [*MODES, "blank-tokens"])
def test_a_log_on_that_goes_wrong_is_told_and_the_next_one_works(place: Place, mode: str) -> None:
    campaign = place.campaign(max_bytes=1024 * 1024)
    place.fault(LOGON, mode)

    with pytest.raises(MODES.get(mode, (EmptyReturn,))):
        campaign.statuses()

    assert len(campaign.statuses()) == 1
    assert place.bars.bars == {}


@pytest.mark.parametrize("mode", ["empty-body", "empty-envelope", "503", "html", "reset", "truncate", "slow"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_write_of_unknown_outcome_is_never_called_unsent(place: Place, mode: str, when: str) -> None:
    campaign = place.campaign(deadline_seconds=0.5)
    before = campaign.workflow(NAME)
    place.fault(WRITE, mode, when=when)

    with pytest.raises(OutcomeUnknown):
        campaign.write_schedule(before, moved(before.definition.period))

    changed = campaign.workflow(NAME).definition.period != before.definition.period
    assert changed is (when == "after")
    assert len(place.server.world.writes) == (when == "after")


@pytest.mark.parametrize("action", [STOP, START, WRITE])
def test_an_expired_session_is_renewed_before_a_change_is_made_once(place: Place, action: str) -> None:
    campaign = place.campaign()
    workflow = campaign.workflow(NAME)
    if action == START:
        campaign.stop(workflow)
        place.clock.forward(seconds=20)
    place.fault(action, "expired-session")

    if action == STOP:
        campaign.stop(workflow)
    elif action == START:
        campaign.start(workflow)
    else:
        campaign.write_schedule(workflow, moved(workflow.definition.period))

    place.clock.forward(seconds=20)
    (status,) = campaign.statuses()
    assert status.state == (State.STOPPED if action == STOP else State.STARTED)
    assert len(place.server.world.writes) == (action == WRITE)


@pytest.mark.parametrize("mode", ["empty-body", "blank-tokens", "503", "reset", "redirect"])
def test_a_change_whose_log_on_fails_is_surely_not_sent(place: Place, mode: str) -> None:
    workflow = place.campaign().workflow(NAME)
    place.fault(LOGON, mode)

    with pytest.raises(NotSent):
        place.campaign().write_schedule(workflow, moved(workflow.definition.period))

    assert place.server.world.writes == []


def test_a_wrong_password_is_tried_once_however_many_processes_ask(place: Place) -> None:
    with pytest.raises(LogonRefused):
        place.campaign(secret="wrong").statuses()
    for _ in range(4):
        with pytest.raises(LogonBarred):
            place.campaign(secret="wrong").statuses()

    # The account is not locked: three strikes would have done that.
    assert len(place.campaign().statuses()) == 1


def test_a_wrong_client_secret_is_tried_once(place: Place) -> None:
    ims = ImsConnection(f"{place.server.url}/ims/token", IMS_CLIENT, "openid")
    with pytest.raises(LogonRefused):
        place.campaign(ims=ims, secret="wrong").statuses()
    with pytest.raises(LogonBarred):
        place.campaign(ims=ims, secret="wrong").statuses()

    assert len(place.campaign(ims=ims, secret=IMS_SECRET).statuses()) == 1


def test_marketings_own_restart_is_an_error_that_passes(place: Place) -> None:
    campaign = place.campaign()
    campaign.statuses()
    place.server.world.marketing.restart(place.clock.at, 120)

    with pytest.raises((OutcomeUnknown, NotSent)):
        campaign.statuses()
    place.clock.forward(seconds=121)

    assert len(campaign.statuses()) == 1


def test_a_look_at_rt_sees_its_restart_and_its_zone(place: Place) -> None:
    there = probe(place.server.rt_url())
    place.clock.forward(minutes=31)
    away = probe(place.server.rt_url())
    place.clock.forward(minutes=5)
    back = probe(place.server.rt_url())

    assert [look.web for look in (there, away, back)] == [Web.PRESENT, Web.AWAY, Web.PRESENT]
    assert there.utc_offset == away.utc_offset == timedelta(hours=1)
    assert there.build
