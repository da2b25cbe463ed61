"""Mistakes, planted one at a time: each is found, alone, and its remedy named."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from wsgiref.types import StartResponse

import pytest
from lxml import etree

from bot.domain.checkup import Outcome
from bot.gateways.store import create_store
from bot.sandbox.campaign.faults import Fault
from bot.sandbox.campaign.server import CampaignServer
from bot.sandbox.slack.server import SlackServer
from bot.web import WebServer
from tests.doctor.stage import Installation
from tests.flows.town import PARIS, HandClock

WRONG, LOOK = Outcome.WRONG, Outcome.ATTENTION

Spoil = Callable[[Installation], None]


@pytest.fixture(scope="module")
def clock() -> HandClock:
    return HandClock(datetime(2026, 11, 24, 5, 30, tzinfo=PARIS).astimezone(UTC))


@pytest.fixture(scope="module")
def campaign(clock: HandClock) -> Iterator[CampaignServer]:
    with CampaignServer(clock=lambda: clock.at) as server:
        yield server


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackServer]:
    with SlackServer(mode="socket") as server:
        yield server


@pytest.fixture
def installation(
    tmp_path: Path, slack: SlackServer, campaign: CampaignServer, clock: HandClock
) -> Iterator[Installation]:
    installed = slack.standin.installation
    yield Installation(tmp_path, slack, campaign, clock)
    slack.standin.installation = installed
    slack.standin.workspace.reset()
    slack.standin.faults.clear()
    campaign.reset()


def set_in_file(old: str, new: str) -> Spoil:
    return lambda installation: installation.changes.update({old: new})


def set_secret(name: str, value: str) -> Spoil:
    return lambda installation: installation.environment.update({name: value})


def without_scope(scope: str) -> Spoil:
    return lambda installation: installation.withdraw_scope(scope)


def in_slack(deed: str, **body: object) -> Spoil:
    return lambda installation: installation.tell_slack(deed, body)


def in_campaign(**settings: object) -> Spoil:
    return lambda installation: installation.turn(settings)


def machine_clock_off(installation: Installation) -> None:
    installation.off = timedelta(minutes=-4)


def campaign_clock_off(installation: Installation) -> None:
    installation.campaign.world.time += timedelta(minutes=7)


def troubled(action: str) -> Spoil:
    fault = Fault(action, "fault", times=9)
    return lambda installation: installation.campaign.faults.order(fault)


def no_activities(installation: Installation) -> None:
    (workflow,) = (one for one in installation.campaign.world.workflows.values() if one.account)
    activities = workflow.activities
    assert activities is not None
    holder = activities.getparent()
    assert holder is not None
    holder.remove(activities)


def two_schedulers(installation: Installation) -> None:
    (workflow,) = (one for one in installation.campaign.world.workflows.values() if one.account)
    activities = workflow.activities
    assert activities is not None
    second = etree.fromstring(etree.tostring(next(activities.iterchildren("schedule"))))
    second.set("name", "schedule2")
    activities.append(second)


def strange_schedule(installation: Installation) -> None:
    (workflow,) = (one for one in installation.campaign.world.workflows.values() if one.account)
    activities = workflow.activities
    assert activities is not None
    (period,) = activities.iter("period")
    period.text = (period.text or "").replace("m_iTimeMode='3'", "m_iTimeMode='9'")


def no_accounts(installation: Installation) -> None:
    installation.campaign.world.records["nms:extAccount"].clear()


def taken_port(installation: Installation) -> None:
    installation.changes["127.0.0.1:0"] = installation.campaign.url.removeprefix("http://")


def foreign_database(installation: Installation) -> None:
    with closing(sqlite3.connect(installation.database)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")


def newer_database(installation: Installation) -> None:
    store = create_store(f"sqlite:///{installation.database}")
    store.open()
    store.close()
    with closing(sqlite3.connect(installation.database)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('mcsync', '9999', 'x')"
        )


def older_database(installation: Installation) -> None:
    with closing(sqlite3.connect(installation.database)):
        installation.database.touch()


def damaged_database(installation: Installation) -> None:
    installation.database.write_bytes(b"not a database at all" * 100)


def stands_still(installation: Installation) -> None:
    installation.clock.at = datetime(2026, 11, 24, 6, 12, tzinfo=PARIS).astimezone(UTC)
    installation.campaign.advance()


MISTAKES: dict[str, tuple[Spoil, str, Outcome, str]] = {
    # the configuration
    "a key that does not exist": (
        set_in_file('channel = "C0OPS"', 'channel = "C0OPS"\nquorm = 2'),
        "configuration",
        WRONG,
        "quorum",
    ),
    "a secret is missing": (
        set_secret("MCSYNC_CAMPAIGN_PROD_PASSWORD", ""),
        "configuration",
        WRONG,
        "password_file",
    ),
    "a zone that is none": (
        set_in_file('restart = "06:00:00"\nzone = "Europe/Paris"', 'restart = "06:00:00"\nzone = "Paris"'),
        "configuration",
        WRONG,
        "campaign.0.execution.0.zone",
    ),
    # Slack
    "a wrong bot token": (
        set_secret("MCSYNC_SLACK_BOT_TOKEN", "xoxb-wrong"),
        "slack.token",
        WRONG,
        "OAuth & Permissions",
    ),
    "the app token in place of the bot token": (
        set_secret("MCSYNC_SLACK_BOT_TOKEN", "xapp-sandbox"),
        "slack.token",
        WRONG,
        "Exchange",
    ),
    "Slack out of reach": (
        lambda installation: installation.changes.update(
            {installation.slack.api_url: "http://127.0.0.1:1/api/"}
        ),
        "slack.token",
        WRONG,
        "proxy, firewall",
    ),
    "a scope is missing": (without_scope("chat:write"), "slack.scopes", WRONG, "mcsync manifest"),
    "the app is not in the channel": (
        in_slack("channel", id="C0OPS", members=["U0ADA"]),
        "slack.channel",
        WRONG,
        "/invite @mcsync",
    ),
    "a channel that does not exist": (
        set_in_file("C0OPS", "C0NOWHERE"),
        "slack.channel",
        WRONG,
        "slack.channel",
    ),
    "an approver group that does not exist": (
        set_in_file("S0ADMINS", "S0NOBODY"),
        "slack.approvers",
        WRONG,
        "slack.approvers",
    ),
    "an approver group without members": (
        in_slack("group", id="S0ADMINS", users=[]),
        "slack.approvers",
        WRONG,
        "Add the people",
    ),
    "no approvers at all": (
        set_in_file('approvers = ["S0ADMINS"]', "approvers = []"),
        "slack.approvers",
        WRONG,
        "List at least",
    ),
    "a guest as approver": (
        set_in_file('approvers = ["S0ADMINS"]', 'approvers = ["S0ADMINS", "U0GUEST"]'),
        "slack.approvers",
        WRONG,
        "your own workspace",
    ),
    "an approver whom Slack does not know": (
        set_in_file('approvers = ["S0ADMINS"]', 'approvers = ["S0ADMINS", "U0NOBODY"]'),
        "slack.approvers",
        WRONG,
        "U0NOBODY",
    ),
    "Slack does not tell of people": (
        in_slack("faults", method="users.info", mode="500", times=9),
        "slack.approvers",
        WRONG,
        "when Slack is well",
    ),
    "Slack asks to wait": (
        in_slack("faults", method="auth.test", mode="ratelimited", times=9),
        "slack.token",
        WRONG,
        "in a minute",
    ),
    "Slack offers no socket right now": (
        in_slack("faults", method="apps.connections.open", mode="500", times=9),
        "slack.socket",
        WRONG,
        "when Slack is well",
    ),
    "a quorum that cannot be reached": (
        set_in_file('channel = "C0OPS"', 'channel = "C0OPS"\nquorum = 3'),
        "slack.approvers",
        WRONG,
        "slack.quorum",
    ),
    "one approver only": (
        in_slack("group", id="S0ADMINS", users=["U0ADA"]),
        "slack.approvers",
        LOOK,
        "Add people",
    ),
    "a requester group that does not exist": (
        set_in_file('channel = "C0OPS"', 'channel = "C0OPS"\nrequesters = ["S0NOBODY"]'),
        "slack.roles",
        WRONG,
        "slack.requesters",
    ),
    "nobody administers": (
        set_in_file('administrators = ["U0ADA"]', ""),
        "slack.roles",
        LOOK,
        "slack.administrators",
    ),
    "a wrong app token": (
        set_secret("MCSYNC_SLACK_APP_TOKEN", "xapp-wrong"),
        "slack.socket",
        WRONG,
        "connections:write",
    ),
    "this machine's clock is wrong": (machine_clock_off, "slack.clock", WRONG, "NTP"),
    "an archived channel": (
        in_slack("channel", id="C0OPS", archived=True),
        "slack.channel",
        WRONG,
        "Unarchive",
    ),
    # the web server
    "an address that this machine does not have": (
        set_in_file("127.0.0.1:0", "192.0.2.1:8080"),
        "web.listen",
        WRONG,
        "all of them",
    ),
    "a name that is none": (
        set_in_file("127.0.0.1:0", "no-such-host.invalid:0"),
        "web.listen",
        WRONG,
        "all of them",
    ),
    "a port that another program has": (taken_port, "web.listen", LOOK, "another port"),
    # Campaign
    "Campaign's clock is wrong": (campaign_clock_off, "prod.clock", WRONG, "NTP"),
    "a wrong password": (
        set_secret("MCSYNC_CAMPAIGN_PROD_PASSWORD", "wrong"),
        "prod.logon",
        Outcome.WRONG,
        "MCSYNC_CAMPAIGN_PROD_PASSWORD",
    ),
    "Campaign out of reach": (
        lambda installation: installation.changes.update(
            {f'"{installation.campaign.url}"': '"http://127.0.0.1:1"'}
        ),
        "prod.logon",
        WRONG,
        "campaign.url",
    ),
    "no Administration right": (in_campaign(is_admin=False), "prod.right", WRONG, "docs/operator.md"),
    "no control instance": (in_campaign(is_control=False), "prod.package", WRONG, "control (marketing)"),
    "Campaign does not say who we are": (
        troubled("xtk:session#GetUserInfo"),
        "prod.right",
        LOOK,
        "console",
    ),
    "Campaign does not give the workflow": (
        troubled("xtk:queryDef#ExecuteQuery"),
        "prod.mcSynch_mcExec1",
        WRONG,
        "campaign.url",
    ),
    "a workflow without activities": (no_activities, "prod.mcSynch_mcExec1", WRONG, "--save"),
    "marketing's zone is wrong": (
        set_in_file(
            'zone = "Europe/Paris"\nrestart = "03:30"', 'zone = "America/New_York"\nrestart = "03:30"'
        ),
        "prod.zone",
        WRONG,
        "`campaign.zone`",
    ),
    "a workflow that does not exist": (
        set_in_file('account = "mcExec1"', 'account = "mcExec1"\nworkflow = "mcSynch_other"'),
        "prod.mcSynch_other",
        WRONG,
        "`workflow`",
    ),
    "a workflow with two schedulers": (two_schedulers, "prod.mcSynch_mcExec1", WRONG, "Leave one scheduler"),
    "a schedule of a form that nobody knows": (strange_schedule, "prod.mcSynch_mcExec1", WRONG, "--save"),
    "an account that does not exist, beside the name of a workflow": (
        set_in_file('account = "mcExec1"', 'account = "mcExce1"\nworkflow = "mcSynch_mcExec1"'),
        "prod.mcExce1.account",
        LOOK,
        "mcExec1",
    ),
    "no right to read the external accounts": (no_accounts, "prod.mcExec1.account", LOOK, "docs/operator.md"),
    "marketing's address in the place of RT's": (
        lambda installation: installation.changes.update(
            {installation.campaign.rt_url(): f"{installation.campaign.url}/"}
        ),
        "prod.mcExec1.reach",
        WRONG,
        "own address",
    ),
    "RT's zone is wrong": (
        set_in_file('restart = "06:00:00"\nzone = "Europe/Paris"', 'restart = "06:00:00"\nzone = "UTC"'),
        "prod.mcExec1.zone",
        WRONG,
        "`campaign.execution.zone`",
    ),
    "RT out of reach": (
        lambda installation: installation.changes.update(
            {installation.campaign.rt_url(): "http://127.0.0.1:1"}
        ),
        "prod.mcExec1.reach",
        WRONG,
        "firewall",
    ),
    # the store
    "a folder that does not exist": (
        set_in_file("/mcsync.db", "/nowhere/mcsync.db"),
        "store",
        WRONG,
        "Create",
    ),
    "a database of another program": (foreign_database, "store", WRONG, "store.url"),
    "a database of a newer version": (newer_database, "store", WRONG, "store.url"),
    "an empty database": (older_database, "store.version", LOOK, "mcsync run"),
    "a file that is no database": (damaged_database, "store", WRONG, "store.url"),
    # the webhook
    "no webhook secret": (
        set_secret("MCSYNC_CAMPAIGN_PROD_WEBHOOK_SECRET", ""),
        "prod.webhook",
        LOOK,
        "whsec_",
    ),
    "a short webhook secret": (
        set_secret("MCSYNC_CAMPAIGN_PROD_WEBHOOK_SECRET", "whsec_c2hvcnQ="),
        "configuration",
        WRONG,
        "24 bytes or more",
    ),
}
"""What is spoilt; the finding that tells of it, how loud, and a word of its remedy."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_planted_mistake_is_found_with_its_remedy(mistake: str, installation: Installation) -> None:
    spoil, name, outcome, word = MISTAKES[mistake]
    spoil(installation)

    findings = installation.examine()

    found = [one for one in findings if one.outcome in (WRONG, LOOK)]
    assert [(one.name, one.outcome) for one in found] == [(name, outcome)], found
    assert word in f"{found[0].says} {found[0].remedy}"
    assert found[0].remedy


def test_an_installation_without_a_mistake_is_fine_throughout(installation: Installation) -> None:
    findings = installation.examine()

    assert {one.outcome for one in findings} == {Outcome.FINE}, findings
    assert [one.name for one in findings] == [
        "configuration",
        "slack.token",
        "slack.scopes",
        "slack.channel",
        "slack.approvers",
        "slack.roles",
        "slack.socket",
        "slack.clock",
        "web.listen",
        "prod.clock",
        "prod.logon",
        "prod.build",
        "prod.right",
        "prod.package",
        "prod.zone",
        "prod.mcSynch_mcExec1",
        "prod.mcExec1.account",
        "prod.mcExec1.reach",
        "prod.mcExec1.zone",
        "store",
        "store.space",
        "prod.webhook",
    ]
    schedule = next(one for one in findings if one.name == "prod.mcSynch_mcExec1")
    assert schedule.says.startswith("every hour from 00:00, Europe/Paris; started")


def test_an_examination_writes_nothing_anywhere(installation: Installation) -> None:
    installation.examine()

    assert installation.campaign.world.writes == []
    assert all(not messages for messages in installation.slack.standin.workspace.messages.values())
    assert not installation.database.exists()
    assert {call for call, _ in installation.kept} == {
        "xtk:session#Logon",
        "xtk:session#GetServerTime",
        "xtk:session#GetUserInfo",
        "xtk:queryDef#ExecuteQuery",
        "xtk:session#Logoff",
    }


def test_a_database_in_use_is_looked_at_and_left_as_it_is(installation: Installation) -> None:
    store = create_store(f"sqlite:///{installation.database}")
    store.open()
    before = installation.database.read_bytes()

    findings = installation.examine()

    assert {one.outcome for one in findings} == {Outcome.FINE}
    assert "store.version" in [one.name for one in findings]
    assert installation.database.read_bytes() == before
    store.close()


def test_a_refused_log_on_is_remembered_and_never_tried_a_second_time(installation: Installation) -> None:
    installation.environment["MCSYNC_CAMPAIGN_PROD_PASSWORD"] = "wrong"
    before = installation.log_ons()

    first = installation.examine()
    second = installation.examine()

    assert installation.log_ons() == before + 1
    assert "refused" in next(one.says for one in first if one.name == "prod.logon")
    again = next(one for one in second if one.name == "prod.logon")
    assert again.outcome is Outcome.WRONG
    assert "three refusals lock the account" in again.says
    assert "Try once" in again.remedy


def test_where_a_refusal_could_not_be_remembered_no_log_on_is_risked(installation: Installation) -> None:
    damaged_database(installation)
    before = installation.log_ons()

    findings = installation.examine()

    assert installation.log_ons() == before
    assert next(one for one in findings if one.name == "prod.logon").outcome is Outcome.SKIPPED


def test_what_hangs_on_another_finding_is_skipped_and_says_so(installation: Installation) -> None:
    installation.environment["MCSYNC_SLACK_BOT_TOKEN"] = "xoxb-wrong"

    outcomes = {one.name: one for one in installation.examine()}

    assert outcomes["slack.scopes"].outcome is Outcome.SKIPPED
    assert "bot token" in outcomes["slack.scopes"].says
    assert outcomes["slack.socket"].outcome is Outcome.FINE
    assert outcomes["prod.logon"].outcome is Outcome.FINE


def test_by_http_the_way_in_is_named_as_what_cannot_be_tried(installation: Installation) -> None:
    installation.changes['mode = "socket"'] = 'mode = "http"'

    finding = next(one for one in installation.examine() if one.name == "slack.socket")

    assert finding.outcome is Outcome.ATTENTION
    assert "Event Subscriptions" in finding.remedy


def test_a_workflow_that_stands_still_is_pointed_out(installation: Installation) -> None:
    before = installation.clock.at
    stands_still(installation)
    try:
        finding = next(one for one in installation.examine() if one.name == "prod.mcSynch_mcExec1")
    finally:
        installation.clock.at = before

    assert finding.outcome is Outcome.ATTENTION
    assert "stands still after a failure" in finding.says
    assert finding.remedy.startswith("Start it")


def test_an_execution_instance_that_restarts_right_now_is_no_mistake(installation: Installation) -> None:
    before = installation.clock.at
    installation.clock.at = datetime(2026, 11, 24, 6, 1, tzinfo=PARIS).astimezone(UTC)
    installation.campaign.advance()
    try:
        finding = next(one for one in installation.examine() if one.name == "prod.mcExec1.reach")
    finally:
        installation.clock.at = before

    assert finding.outcome is Outcome.ATTENTION
    assert "it restarts right now" in finding.remedy


def test_no_finding_ever_shows_a_secret(installation: Installation) -> None:
    secrets = set(installation.environment.values())
    shown = "".join(f"{one.says}{one.remedy}" for one in installation.examine())
    installation.environment["MCSYNC_CAMPAIGN_PROD_PASSWORD"] = "hunter2-SECRET"
    installation.environment["MCSYNC_SLACK_BOT_TOKEN"] = "xoxb-SECRET"
    shown += "".join(f"{one.says}{one.remedy}" for one in installation.examine())

    # The sandbox's password is also its name.
    assert not [secret for secret in secrets - {"sandbox"} if secret in shown]
    assert "SECRET" not in shown


IN_CLEAR = {
    "the password": ('"{campaign}"', "prod.url", WRONG),
    "what RT answers": ('"{rt}"', "prod.mcExec1.url", WRONG),
}


@pytest.mark.parametrize("what", IN_CLEAR)
def test_what_would_travel_in_clear_is_told_before_anything_is_sent(
    what: str, installation: Installation
) -> None:
    place, name, outcome = IN_CLEAR[what]
    old = place.format(campaign=installation.campaign.url, rt=installation.campaign.rt_url())
    # A name that nobody has: nothing is sent to anybody.
    installation.changes[old] = '"http://server.invalid"'

    found = {one.name: one for one in installation.examine()}

    assert found[name].outcome is outcome
    assert what in found[name].says
    assert "https://" in found[name].remedy
    assert list(found).index(name) < list(found).index(
        "prod.logon" if name == "prod.url" else "prod.mcExec1.reach"
    )


@pytest.mark.parametrize("url", ["mysql://x", "sqlite://x.db", "postgresql://me:hunter2@127.0.0.1/x"])
def test_an_address_of_the_store_that_cannot_be_used_is_told_and_the_rest_is_examined(
    url: str, installation: Installation
) -> None:
    installation.changes[f"sqlite:///{installation.folder}/mcsync.db"] = url

    findings = installation.examine()

    (found,) = (one for one in findings if one.outcome is WRONG)
    assert found.name == "store"
    assert "store.url" in found.says + found.remedy
    assert "hunter2" not in str(findings)
    names = {one.name: one.outcome for one in findings}
    assert names["prod.logon"] is Outcome.SKIPPED
    assert names["prod.mcExec1.reach"] is Outcome.FINE
    assert installation.log_ons() == 0


def test_mcsync_itself_on_its_port_is_no_mistake(installation: Installation) -> None:
    def health(_: object, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "12")])
        return [b'{"ok": true}']

    server = WebServer(health, "127.0.0.1", 0)
    server.open()
    installation.changes["127.0.0.1:0"] = f"127.0.0.1:{server.port}"

    findings = installation.examine()

    server.close()
    (found,) = (one for one in findings if one.name == "web.listen")
    assert (found.outcome, "already" in found.says) == (Outcome.FINE, True)
