"""A proof is a run that was seen to pass: not one that never began, and not one that is merely under way."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.journal import JournalEntry
from bot.domain.workflow import Status, Workflow
from bot.gateways.campaign import CampaignGateway
from tests.flows.test_standing import changed
from tests.flows.town import WORKFLOW, Town


def first_run_passed(town: Town) -> None:
    town.turn_until(lambda: town.proposal().run_passed_at is not None, seconds=60, most=7200)


def test_a_run_of_over_half_an_hour_is_waited_for(town: Town) -> None:
    changed(town)
    town.lever("settings", run_seconds=2400.0)

    first_run_passed(town)

    assert town.proposal().stage == "verified"


def test_a_run_that_is_under_way_when_the_proof_looks_is_waited_for(town: Town) -> None:
    changed(town)
    first_run_passed(town)
    town.lever("settings", run_seconds=300.0)
    town.turn(hours=22)

    town.turn_until(lambda: town.proposal().stage != "verified", seconds=60, most=5 * 3600)

    assert town.proposal().stage == "proved"


class Asleep:
    """A Campaign whose workflow server begins no run any more: the plan stays where it is, in the past."""

    def __init__(self, real: CampaignGateway, since: datetime, planned: datetime) -> None:
        self._real = real
        self._since = since
        self._planned = planned

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the real one has
        return getattr(self._real, name)

    def statuses(self) -> tuple[Status, ...]:
        return tuple(self._still(status) for status in self._real.statuses())

    def workflow(self, name: str) -> Workflow:
        found = self._real.workflow(name)
        return replace(found, status=self._still(found.status))

    def journal(self, workflow_id: str, since: datetime, *, limit: int = 500) -> tuple[JournalEntry, ...]:
        entries = self._real.journal(workflow_id, since, limit=limit)
        return tuple(entry for entry in entries if entry.at < self._since)

    def _still(self, status: Status) -> Status:
        if status.name != WORKFLOW:
            return status
        return replace(status, next_run=self._planned, process_id=0, failed=False, state=11)


def test_a_server_that_begins_no_run_proves_nothing(town: Town) -> None:
    changed(town, "mcsync_shift_10")
    first_run_passed(town)
    town.turn(hours=22)
    town.turn_to(6, 4)
    assert town.program is not None
    campaigns = town.program.service.office.campaigns
    assert isinstance(campaigns, dict)
    campaigns["prod"] = Asleep(campaigns["prod"], town.clock.at, town.clock.at + timedelta(minutes=6))

    town.turn_until(lambda: town.proposal().stage != "verified", seconds=60, most=3 * 3600)

    assert town.proposal().stage == "failed"
    assert town.incidents()[0].state == "open"


def test_an_undo_is_proved_by_its_run_since_it_promised_nothing_about_the_restart(town: Town) -> None:
    first = changed(town)
    town.press("U0SAM", "mcsync_undo")
    town.settle()
    town.approve()

    town.turn_until(lambda: town.proposal().stage == "proved", seconds=60, most=7200)

    assert town.proposal().undoes == first.id
    assert town.incidents()[0].state == "open"
