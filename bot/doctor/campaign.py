"""One marketing server and its execution instances, as `mcsync doctor` sees them; reads only."""

from collections.abc import Iterator
from datetime import timedelta

from bot.connections import campaign_connection
from bot.domain.checkup import (
    Finding,
    Outcome,
    attention,
    fine,
    judge_account,
    judge_address,
    judge_build,
    judge_clock,
    judge_offset,
    judge_package,
    judge_right,
    skipped,
    wrong,
)
from bot.domain.errors import (
    CampaignError,
    LogonBarred,
    LogonRefused,
    NotFound,
    StoreError,
    UnreadableDefinition,
    UnreadableSchedule,
)
from bot.domain.instance import Execution
from bot.domain.offer import zone_of
from bot.domain.restart import restarts
from bot.domain.schedule import Schedule
from bot.domain.server_address import same_server
from bot.domain.wording import describe
from bot.gateways.campaign import CampaignGateway, LogonBars, Web, probe
from bot.gateways.campaign.transport import Keep
from bot.service.ports import Clock
from bot.settings import CampaignSettings
from bot.settings_secrets import variable_part

_JOURNAL_LINES = 50
_JOURNAL_REACH = timedelta(days=7)
_DAY = timedelta(days=1)
_REPORT = "Run `mcsync doctor --save DIR` and send what it saved to whoever maintains mcsync."
_SERVER_CHECKS = ("build", "right", "package", "zone")


def examine_campaign(
    settings: CampaignSettings, clock: Clock, bars: LogonBars | None, keep: Keep | None
) -> Iterator[Finding]:
    """Examine one marketing server.

    Args:
        settings: of `[[campaign]]`.
        clock: rule time is compared with the server's.
        bars: the memory of refused log-ons; `None` where none can be kept: then no log-on is risked.
        keep: is shown every answer.
    """
    name, secret = settings.instance.name, "the client secret" if settings.ims else "the password"
    yield from judge_address(
        f"{name}.url", "campaign.url", settings.url, "the session" if settings.ims else secret
    )
    if settings.ims:
        yield from judge_address(f"{name}.ims", "campaign.ims.token_url", settings.ims.token_url, secret)
    yield from _Examination(settings, clock, keep).findings(bars)


class _Examination:
    """The examination of one marketing server."""

    def __init__(self, settings: CampaignSettings, clock: Clock, keep: Keep | None) -> None:
        self._settings = settings
        self._name = settings.instance.name
        self._clock = clock
        self._keep = keep
        self._ca_file = str(settings.ca_file) if settings.ca_file else None

    def findings(self, bars: LogonBars | None) -> Iterator[Finding]:
        if bars is None:
            because = "a refused log-on could not be remembered, and three lock the account: see store"
            yield skipped(f"{self._name}.logon", because)
            yield from self._without_session(because)
            return
        gateway = CampaignGateway(
            campaign_connection(self._settings),
            workflows=self._settings.instance.workflows,
            bars=bars,
            clock=self._clock,
            keep=self._keep,
        )
        try:
            yield from self._with_gateway(gateway)
        finally:
            gateway.close()

    def _with_gateway(self, gateway: CampaignGateway) -> Iterator[Finding]:
        try:
            theirs = gateway.server_time()
        except (CampaignError, StoreError) as error:
            yield wrong(f"{self._name}.logon", str(error), self._remedy(error))
            yield from self._without_session("no log-on")
            return
        yield judge_clock(f"{self._name}.clock", f"{self._name}'s", self._clock.now(), theirs)
        yield fine(f"{self._name}.logon", f"logged on to {self._settings.url}")
        look = probe(self._settings.url, ca_file=self._ca_file)
        yield judge_build(f"{self._name}.build", look.build)
        try:
            operator = gateway.operator()
        except CampaignError as error:
            yield attention(
                f"{self._name}.right", str(error), "Look in the console whether the operator has the right."
            )
        else:
            yield judge_right(f"{self._name}.right", operator)
            yield judge_package(f"{self._name}.package", operator)
        zone = self._settings.instance.zone
        yield judge_offset(f"{self._name}.zone", "campaign.zone", zone, self._clock.now(), look.utc_offset)
        for execution in self._settings.instance.executions:
            seen = self._workflow(gateway, execution)
            yield seen
            if seen.outcome is Outcome.WRONG:
                yield skipped(f"{self._name}.{execution.account}.account", "see the workflow")
            else:
                yield self._account(gateway, execution)
            yield from self._execution(execution)

    def _account(self, gateway: CampaignGateway, execution: Execution) -> Finding:
        name = f"{self._name}.{execution.account}.account"
        try:
            accounts = gateway.accounts()
        except CampaignError as error:
            remedy = "Give the operator read access to the external accounts' folder (docs/operator.md)."
            return attention(name, str(error), remedy)
        return judge_account(name, execution.account, (account.name for account in accounts))

    def _without_session(self, because: str) -> Iterator[Finding]:
        for check in ("clock", *_SERVER_CHECKS):
            yield skipped(f"{self._name}.{check}", because)
        for execution in self._settings.instance.executions:
            yield skipped(f"{self._name}.{execution.workflow}", because)
            yield from self._execution(execution)

    def _workflow(self, gateway: CampaignGateway, execution: Execution) -> Finding:
        name = f"{self._name}.{execution.workflow}"
        try:
            workflow = gateway.workflow(execution.workflow)
            since = self._clock.now() - _JOURNAL_REACH
            lines = len(gateway.journal(workflow.status.id, since, limit=_JOURNAL_LINES))
        except NotFound as error:
            remedy = "Correct `account`, or name the workflow under `workflow` in [[campaign.execution]]."
            return wrong(name, str(error), remedy)
        except UnreadableDefinition as error:
            return wrong(name, str(error), _REPORT)
        except CampaignError as error:
            return wrong(name, str(error), self._remedy(error))
        if workflow.definition.period is None:
            return wrong(
                name,
                "it does not have exactly one scheduler, so mcsync would never touch it",
                "Leave one scheduler in the workflow, or take it out of the configuration.",
            )
        try:
            schedule = Schedule.parse(workflow.definition.period)
            zone = zone_of(workflow, self._settings.instance)
        except UnreadableSchedule as error:
            return wrong(name, str(error), _REPORT)
        state = workflow.status.state_name
        says = f"{describe(schedule)}, {zone.key}; {state}, {lines} journal lines in a week"
        if workflow.status.failed_pause:
            return attention(
                name, f"{says}; it stands still after a failure", "Start it: nothing is archived until then."
            )
        return fine(name, says)

    def _execution(self, execution: Execution) -> Iterator[Finding]:
        name = f"{self._name}.{execution.account}"
        url = self._settings.probe_urls[execution.workflow]
        if same_server(url, self._settings.url):
            yield wrong(
                f"{name}.reach",
                f"{url} is the address of marketing itself, so nobody would see RT's restart",
                "Put the execution instance's own address under `url` in [[campaign.execution]].",
            )
            yield skipped(f"{name}.zone", "its address is not its own")
            return
        yield from judge_address(f"{name}.url", "campaign.execution.url", url, "what RT answers")
        look = probe(url, ca_file=self._ca_file)
        if look.web is Web.PRESENT:
            yield fine(f"{name}.reach", f"{url} answers ({look.evidence})")
        elif self._is_restarting(execution):
            yield attention(
                f"{name}.reach", f"{url}: {look.evidence}", "Nothing: it restarts right now. Look again."
            )
        else:
            yield wrong(
                f"{name}.reach",
                f"{url}: {look.evidence}",
                "Correct `url` in [[campaign.execution]], or let this machine reach it (firewall, ca_file).",
            )
        if look.web is not Web.PRESENT and look.utc_offset is None:
            yield skipped(f"{name}.zone", "it does not answer")
            return
        zones = {window.zone.key: window.zone for window in execution.windows}
        for zone in zones.values():
            yield judge_offset(
                f"{name}.zone", "campaign.execution.zone", zone, self._clock.now(), look.utc_offset
            )

    def _is_restarting(self, execution: Execution) -> bool:
        now = self._clock.now()
        return any(
            restart.starts <= now <= restart.ends
            for window in execution.windows
            for restart in restarts(window, now - _DAY, now + _DAY)
        )

    def _remedy(self, error: CampaignError | StoreError) -> str:
        part = variable_part(self._name)
        secret = f"MCSYNC_CAMPAIGN_{part}_{'IMS_SECRET' if self._settings.ims else 'PASSWORD'}"
        if isinstance(error, LogonBarred):
            return (
                f"Correct {secret}; with the same secret only an administrator's *Try once* in Slack helps."
            )
        if isinstance(error, LogonRefused):
            return (
                f"Correct `login` and {secret}. This refusal is remembered, and no log-on with this secret "
                "is tried again, since three lock the account (KA-16410)."
            )
        if isinstance(error, StoreError):
            return "Repair the store first: a refused log-on must be remembered."
        return (
            f"Correct `campaign.url`, or let this machine reach {self._settings.url} (firewall, `ca_file`)."
        )
