"""Figures: what was measured, what was told, and how things are when somebody asks."""

import ast
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.errors import StoreError
from bot.domain.figures import Estimate, Figures, Tally
from bot.gateways.metrics import FACTS, Metrics, Present
from tests.test_house import log_lines

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
FIGURES = Figures(
    tally=Tally(3, NOW, {("prod", "restart-collision"): 2}, {"waiting": 1, "proved": 4}),
    waited=timedelta(seconds=7),
    unseen={"prod": timedelta(seconds=41)},
    estimates=(
        Estimate("prod", "mcSynch_mcExec1", "06:00:00", timedelta(minutes=3), timedelta(seconds=200)),
    ),
)


def shown(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Read the exposition as Prometheus does: values by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
    }


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return shown(metrics)[name, tuple(sorted(labels.items()))]


def test_acknowledgements_and_calls_are_measured_by_what_came_of_them() -> None:
    metrics = Metrics()

    metrics.acknowledged("slack", 0.04)
    metrics.called("prod", "xtk:workflow#Stop", 1.5, "ok")
    metrics.called("prod", "xtk:workflow#Stop", 0.5, "Unavailable")

    assert value(metrics, "mcsync_acknowledgement_seconds_count", way="slack") == 1
    assert value(metrics, "mcsync_acknowledgement_seconds_bucket", way="slack", le="0.05") == 1
    assert value(metrics, "mcsync_acknowledgement_seconds_bucket", way="slack", le="0.025") == 0
    labels = {"instance": "prod", "action": "xtk:workflow#Stop"}
    assert value(metrics, "mcsync_soap_seconds_sum", outcome="ok", **labels) == 1.5
    assert value(metrics, "mcsync_soap_seconds_count", outcome="Unavailable", **labels) == 1


def test_lines_of_the_log_are_counted_and_go_on_unchanged() -> None:
    metrics = Metrics()
    line = {"event": "incident.failure", "cause": "restart-collision", "incident": "i1"}

    assert metrics.count(None, "info", line) is line
    metrics.count(None, "info", {"event": "proposal.approved", "proposal": "p"})
    metrics.count(None, "info", {"event": "web.opened"})
    metrics.count(None, "info", {"event": "work.slack_busy", "seconds": 30.0})
    metrics.count(None, "info", {"event": "work.slack_busy", "seconds": 1.5})

    assert value(metrics, "mcsync_failures_total", cause="restart-collision") == 1
    assert value(metrics, "mcsync_approvals_total") == 1
    assert value(metrics, "mcsync_slack_waits_total") == 2
    assert value(metrics, "mcsync_slack_wait_seconds_total") == 31.5


@pytest.mark.parametrize("event", FACTS)
def test_every_fact_that_is_counted_is_told_somewhere_with_its_labels(event: str) -> None:
    fact = FACTS[event]
    told = [
        {word.arg for word in line.keywords}
        for _, line in log_lines()
        if isinstance(line.args[0], ast.Constant) and line.args[0].value == event
    ]

    assert told, event
    for words in told:
        assert {*fact.labels, *filter(None, [fact.amount])} <= words


def test_how_things_are_is_asked_at_each_look() -> None:
    metrics = Metrics()
    ages = [12.0, 3600.0]
    metrics.watch(lambda: Present("1.2.3", 0.5, tuple(ages), lambda: FIGURES))

    assert value(metrics, "mcsync_info", version="1.2.3") == 1
    assert value(metrics, "mcsync_bell_quiet_seconds") == 0.5
    assert value(metrics, "mcsync_socket_connections") == 2
    assert value(metrics, "mcsync_socket_age_seconds") == 3600
    assert value(metrics, "mcsync_store_up") == 1
    assert value(metrics, "mcsync_queue_depth") == 3
    assert value(metrics, "mcsync_queue_age_seconds") == 7
    assert value(metrics, "mcsync_incidents_open", instance="prod", cause="restart-collision") == 2
    assert value(metrics, "mcsync_proposals", stage="proved") == 4
    assert value(metrics, "mcsync_campaign_unseen_seconds", instance="prod") == 41
    place = {"instance": "prod", "workflow": "mcSynch_mcExec1", "restart": "06:00:00"}
    assert value(metrics, "mcsync_restart_takes_seconds", source="configured", **place) == 180
    assert value(metrics, "mcsync_restart_takes_seconds", source="learnt", **place) == 200

    ages.clear()
    assert value(metrics, "mcsync_socket_connections") == 0
    assert value(metrics, "mcsync_socket_age_seconds") == 0


def test_a_store_that_cannot_be_asked_hides_nothing_but_its_own_figures() -> None:
    def broken() -> Figures:
        raise StoreError("The disk is gone.")

    metrics = Metrics()
    metrics.acknowledged("webhook", 0.001)
    metrics.watch(lambda: Present("1", 0.0, (), broken))

    assert value(metrics, "mcsync_store_up") == 0
    assert value(metrics, "mcsync_acknowledgement_seconds_count", way="webhook") == 1
    assert ("mcsync_queue_depth", ()) not in shown(metrics)


def test_a_store_that_cannot_be_written_shows_what_can_be_read_of_it() -> None:
    metrics = Metrics()
    metrics.watch(lambda: Present("1", 0.0, (), lambda: FIGURES, store_writable=False))

    assert value(metrics, "mcsync_store_up") == 0
    assert value(metrics, "mcsync_queue_depth") == 3


def test_two_programs_in_one_process_count_apart() -> None:
    first, second = Metrics(), Metrics()

    first.count(None, "info", {"event": "card.posted"})

    assert value(first, "mcsync_cards_posted_total") == 1
    assert value(second, "mcsync_cards_posted_total") == 0
