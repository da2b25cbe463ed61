"""One marketing server behind the port `bot.service.ports.Campaign`: it reads, writes and asks. No rules."""

from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta

from lxml import etree

from bot.domain.account import Account
from bot.domain.errors import NotFound, UnreadableAnswer
from bot.domain.journal import JournalEntry
from bot.domain.operator import Operator
from bot.domain.sentence import say
from bot.domain.workflow import Status, Workflow, fence
from bot.gateways.campaign import records, xtk
from bot.gateways.campaign.calls import Calls
from bot.gateways.campaign.connection import CampaignConnection
from bot.gateways.campaign.definition import definition_of, restore_document, schedule_document
from bot.gateways.campaign.session import LogonBars
from bot.gateways.campaign.soap import (
    EXECUTE_QUERY,
    GET_SERVER_TIME,
    GET_USER_INFO,
    START,
    STOP,
    WRITE,
    Method,
    Timed,
    element,
)
from bot.gateways.campaign.transport import Keep
from bot.service.ports import Clock

# What the console asks for at a time, so no server has a lower limit.
_PAGE = 200
# Execution instances are few; this is only a bound.
_ACCOUNTS = 200


class CampaignGateway:
    """A marketing server, shared by all threads. Constructing it touches nothing; the first call opens it.

    One call makes at most four requests, each with the whole deadline for itself: a log-on and the method,
    and both once more where the session was not accepted; a write is read back before it is repeated.

    Args:
        connection: address and credentials.
        workflows: the internal names that may be changed.
        bars: remembers refused log-ons.
        clock: tells when one was refused.
        keep: is shown every SOAP answer, as an examination wants it.
        timed: is told how long every call took.
    """

    def __init__(
        self,
        connection: CampaignConnection,
        *,
        workflows: frozenset[str],
        bars: LogonBars,
        clock: Clock,
        keep: Keep | None = None,
        timed: Timed | None = None,
    ) -> None:
        self._workflows = workflows
        self._calls = Calls(connection, bars=bars, clock=clock, keep=keep, timed=timed)

    def open(self) -> None:
        """Read the WSDLs now rather than at the first call. Nothing is sent."""
        self._calls.open()

    def close(self) -> None:
        """Log off, if logged on, and let go of sockets. Never fails because of Campaign."""
        self._calls.close()

    def statuses(self) -> tuple[Status, ...]:
        """Read the state of every configured workflow in one query; one that is not there is left out."""
        if not self._workflows:
            return ()
        names = ", ".join(xtk.name(workflow) for workflow in sorted(self._workflows))
        output = self._query(
            xtk.query(
                "xtk:workflow",
                "select",
                select=records.STATUS,
                where=(f"@internalName IN ({names})",),
                order=(("@internalName", False),),
                lines=len(self._workflows) + 1,
            )
        )
        return tuple(records.status(row) for row in records.rows(output, "workflow"))

    def workflow(self, name: str) -> Workflow:
        """Read one workflow in full.

        Raises:
            NotFound: there is none of that name.
            UnreadableDefinition: its activities did not come, or are not XML.
        """
        found = self._query(
            xtk.query(
                "xtk:workflow",
                "getIfExists",
                select=records.WORKFLOW,
                where=(f"@internalName = {xtk.name(name)}",),
                lines=1,
            )
        )
        # Some servers answer "none" by an empty element.
        if found is None or not (len(found) or found.attrib):
            raise NotFound(
                say(
                    "Campaign has no workflow {workflow}: look in the console whether it was renamed.",
                    workflow=name,
                )
            )
        read = records.workflow(found)
        if read.status.name != name:
            raise UnreadableAnswer(
                say(
                    "Campaign was asked for {workflow} and gave {other}.",
                    workflow=name,
                    other=f"{read.status.name[:80]!r}",
                )
            )
        return read

    def journal(self, workflow_id: str, since: datetime, *, limit: int = 500) -> tuple[JournalEntry, ...]:
        """Read the journal from *since* on, oldest first, at most *limit* lines, the newest ones.

        Ids wrap and turn negative, so pages go by date, newest first. Literals are whole seconds, so a page
        begins in the second in which the last one ended, and what comes twice is recognised by its id.
        """
        found: dict[str, JournalEntry] = {}
        until: datetime | None = None
        lines = min(_PAGE, limit)
        while len(found) < limit:
            page = self._journal_page(workflow_id, since, until, lines)
            before = len(found)
            for entry in page:
                if entry.at >= since:
                    found.setdefault(entry.id, entry)
            if len(page) < lines:
                break
            until = page[-1].at.replace(microsecond=0) + timedelta(seconds=1)
            # A page full of lines that were known already is one crowded second: ask for more of it at once.
            lines = min(_PAGE, limit) if len(found) > before else lines + _PAGE
        return tuple(reversed(list(found.values())[:limit]))

    def accounts(self) -> tuple[Account, ...]:
        """Read the active execution instances, by name. Passwords are never asked for."""
        output = self._query(
            xtk.query(
                "nms:extAccount",
                "select",
                select=records.ACCOUNT,
                where=("@type = 11", "@active = 1", "@isMessageCenter = 1", "@isInteraction = 0"),
                order=(("@name", False),),
                lines=_ACCOUNTS,
            )
        )
        return tuple(records.account(row) for row in records.rows(output, "extAccount"))

    def server_time(self) -> datetime:
        """Read the server's clock, UTC."""
        return records.instant(str(self._calls.call(GET_SERVER_TIME, dict) or ""), say("the server's time"))

    def operator(self) -> Operator:
        """Read who we are: our rights, and what is installed on the server.

        Raises:
            UnreadableAnswer: the server does not say.
        """
        found = self._calls.call(GET_USER_INFO, dict)
        if found is None or not etree.iselement(found):
            raise UnreadableAnswer(say("Campaign does not say who we are (xtk:session#GetUserInfo)."))
        return records.operator(found)

    def write_schedule(self, workflow: Workflow, period: str) -> None:
        """Write *period* into the only scheduler of *workflow*; nothing else changes.

        Raises:
            Fenced: the workflow is not configured.
            UnreadableDefinition: it has not exactly one scheduler, or no faithful copy of it exists.
        """
        fence(workflow, self._workflows)
        self._calls.change(
            WRITE,
            lambda: {"domDoc": element(schedule_document(workflow, period))},
            happened=lambda: self.workflow(workflow.status.name).definition.period == period,
        )

    def restore(self, workflow: Workflow, activities_xml: str) -> None:
        """Put the complete backup *activities_xml* in place of all activities of *workflow*.

        The fence looks at what will stand there afterwards: what is there now may be the damage to be undone.

        Raises:
            Fenced: the workflow is not configured.
            UnreadableDefinition: the backup is none, has not exactly one scheduler, or is not faithful.
        """
        fence(replace(workflow, definition=definition_of(activities_xml)), self._workflows)
        self._calls.change(
            WRITE,
            lambda: {"domDoc": element(restore_document(workflow, activities_xml))},
            happened=lambda: self.workflow(workflow.status.name).definition.xml == activities_xml,
        )

    def stop(self, workflow: Workflow) -> None:
        """Ask for a stop; it happens later. Raises as `write_schedule`."""
        self._control(STOP, workflow)

    def start(self, workflow: Workflow) -> None:
        """Ask for a start; it happens later. Raises as `write_schedule`."""
        self._control(START, workflow)

    def _control(self, method: Method, workflow: Workflow) -> None:
        fence(workflow, self._workflows)
        workflow_id = xtk.number(workflow.status.id)
        self._calls.change(method, lambda: {"strWorkflowId": workflow_id})

    def _journal_page(
        self, workflow_id: str, since: datetime, until: datetime | None, lines: int
    ) -> list[JournalEntry]:
        where = [f"[@workflow-id] = {xtk.number(workflow_id)}", f"@logDate >= {xtk.instant(since)}"]
        if until is not None:
            where.append(f"@logDate <= {xtk.instant(until)}")
        output = self._query(
            xtk.query(
                "xtk:workflowLog",
                "select",
                select=records.JOURNAL,
                where=where,
                order=(("@logDate", True), ("@id", True)),
                lines=lines,
            )
        )
        return [records.journal_entry(row) for row in records.rows(output, "workflowLog")]

    def _query(self, query: etree._Element) -> etree._Element | None:
        output = self._calls.call(EXECUTE_QUERY, lambda: {"entity": element(deepcopy(query))})
        assert output is None or etree.iselement(output), "the WSDL says so"
        return output
