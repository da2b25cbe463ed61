"""Two servers may have workflows of the same name: each answer is about the one that was meant."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import commands
from bot.domain.audit import Deed, Event
from bot.domain.journal import Failure
from bot.service.back_office import BackOffice, furnish
from commands.cards import LOOKS
from commands.reply import Reply, Request
from tests.commands import examples
from tests.service.office import PARIS, WORKFLOW, TurnedClock, opened

NOW = datetime(2026, 11, 24, 9, tzinfo=PARIS).astimezone(UTC)


@pytest.fixture(name="service")
def _service(tmp_path: Path) -> Iterator[BackOffice]:
    """Production is well; the same workflow failed on stage."""
    with opened(tmp_path, TurnedClock(NOW)) as (office, store, _):
        stage = replace(office.instances["prod"], name="stage")
        told = examples.incident(instance="stage")
        with store.write() as tx:
            tx.add_incident(told)
            for name in ("prod", "stage"):
                tx.save_sighted(replace(examples.sighted(WORKFLOW), instance=name, at=NOW, read_at=NOW))
            tx.add_failure(Failure("stage", WORKFLOW, "4900", "7", NOW - timedelta(hours=3), "a", "x"), NOW)
            tx.record(Deed(NOW, Event.INCIDENT_OPENED, "mcsync", "poll", "stage", told.id))
        yield furnish(replace(office, instances={**office.instances, "stage": stage}), LOOKS)


def told(service: BackOffice, text: str) -> str:
    reply = commands.answer(Request("U0SAM", text, text, channel="C0OPS"), service)
    assert isinstance(reply, Reply)
    return reply.text


@pytest.mark.parametrize(
    "line", ["forecast {}", "diagnose {}", "audit {}", "history {}", "shift {} +5", "resume {}"]
)
def test_a_name_that_two_servers_have_is_asked_about(service: BackOffice, line: str) -> None:
    assert "`prod/mcSynch_mcExec1`, `stage/mcSynch_mcExec1`" in told(service, line.format(WORKFLOW))


def test_which_of_several_open_incidents_is_put_off_has_to_be_said(service: BackOffice) -> None:
    with service.office.store.write() as tx:
        tx.add_incident(examples.incident(id="another", instance="prod"))

    assert told(service, "snooze 30m").startswith(
        f"2 incidents are open: name the workflow. Write it like this: `/mcsync snooze {WORKFLOW} 30m`."
    )


def test_an_answer_is_about_the_server_that_is_named(service: BackOffice) -> None:
    assert "restart collision" in told(service, f"diagnose stage/{WORKFLOW}")
    assert "no failure of mcSynch_mcExec1 on record" in told(service, f"diagnose prod/{WORKFLOW}")
    assert "opened an incident" in told(service, f"audit Stage/{WORKFLOW}")
    assert "Nothing is on record" in told(service, f"audit prod/{WORKFLOW}")
    assert "1 incident" in told(service, f"history stage/{WORKFLOW}")
    assert "mcsync has seen no failure" in told(service, f"history prod/{WORKFLOW}")
    assert f"{WORKFLOW} on stage" in told(service, f"forecast stage/{WORKFLOW}").replace("🟨 ", "")


def test_a_forecast_of_everything_says_on_which_server_each_workflow_is(service: BackOffice) -> None:
    both = told(service, "forecast")

    assert f"{WORKFLOW} on 🟥 prod (red)" in both
    assert f"{WORKFLOW} on 🟨 stage (yellow)" in both


def test_status_shows_every_server_that_has_the_name_and_one_that_is_named(service: BackOffice) -> None:
    both, one = told(service, f"status {WORKFLOW}"), told(service, f"status stage/{WORKFLOW}")

    assert "prod (red)" in both
    assert "stage (yellow)" in both
    assert "prod (red)" not in one
    assert "stage (yellow)" in one


def test_a_change_is_asked_for_on_the_server_that_is_named(service: BackOffice) -> None:
    assert "Asked." in told(service, f"shift stage/{WORKFLOW} +5")

    claims = service.office.store.claim("t", NOW, NOW, 20, 10)

    asked = [claim.work.payload for claim in claims if claim.work.kind == "ask"]
    assert [(one["instance"], one["workflow"]) for one in asked] == [("stage", WORKFLOW)]
