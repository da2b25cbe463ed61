"""Figures for Prometheus: what was measured, what was told to the log, and how things are now.

The log tells each fact once; facts that are worth a counter are listed in `FACTS` and counted as they are
told, whatever the level of the log. No metric carries a name of a person, a text or a secret.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from bot.domain.errors import StoreError
from bot.domain.figures import Figures

CONTENT_TYPE = CONTENT_TYPE_LATEST

_ACKNOWLEDGEMENT_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds; Slack waits three."""
_STORE_UP = "Whether the store can be asked, and the last change could be written."
_SOAP_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


@dataclass(frozen=True)
class Fact:
    """A line of the log that is counted.

    Attributes:
        metric: the counter's name, without `_total`.
        help: what it counts.
        labels: which values of the line tell one from the other.
        amount: the value that is added, `""` for one.
    """

    metric: str
    help: str
    labels: tuple[str, ...] = ()
    amount: str = ""


FACTS: Mapping[str, Fact] = {
    "incident.failure": Fact("mcsync_failures", "Failures that opened or joined an incident.", ("cause",)),
    "proposal.asked": Fact("mcsync_requests", "Changes that were asked for.", ("ask",)),
    "proposal.approved": Fact("mcsync_approvals", "Proposals that were approved."),
    "proposal.denied": Fact("mcsync_denials", "Proposals that were denied."),
    "proposal.expired": Fact("mcsync_expiries", "Proposals that nobody decided in time."),
    "change.ended": Fact("mcsync_changes", "Changes that came to an end.", ("stage",)),
    "card.posted": Fact("mcsync_cards_posted", "Messages that were posted."),
    "card.updated": Fact("mcsync_cards_updated", "Messages that were brought up to date."),
    "work.slack_busy": Fact(
        "mcsync_slack_wait_seconds", "How long Slack asked us to wait (HTTP 429).", (), "seconds"
    ),
    "work.put_off": Fact("mcsync_work_put_off", "Work that could not be done and waits.", ("kind",)),
    "work.failed": Fact("mcsync_work_failed", "Work that failed in a way nobody foresaw.", ("kind",)),
    "poll.failed": Fact("mcsync_polls_failed", "Polls without an answer.", ("instance",)),
    "webhook.accepted": Fact("mcsync_webhooks", "Deliveries that were taken.", ("instance", "first")),
    "request.refused": Fact("mcsync_requests_refused", "Requests that were turned away.", ("status",)),
}


@dataclass(frozen=True)
class Present:
    """How the program is at the moment of asking.

    Attributes:
        version: of mcsync.
        bell_quiet_seconds: since when nobody looked for due work.
        socket_ages: how long each Socket Mode connection has been up, in seconds; one that is down is left
            out.
        figures: counts; raises a `StoreError` when the store cannot be asked.
        store_writable: whether the last change could be written.
    """

    version: str
    bell_quiet_seconds: float
    socket_ages: Sequence[float]
    figures: Callable[[], Figures]
    store_writable: bool = True


class Metrics:
    """All figures of one program; constructing registers nothing outside of it."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._acknowledgement = Histogram(
            "mcsync_acknowledgement_seconds",
            "How long a request waited for its acknowledgement.",
            ("way",),
            buckets=_ACKNOWLEDGEMENT_BUCKETS,
            registry=self._registry,
        )
        self._soap = Histogram(
            "mcsync_soap_seconds",
            "How long a call to Campaign took, by what came of it.",
            ("instance", "action", "outcome"),
            buckets=_SOAP_BUCKETS,
            registry=self._registry,
        )
        self._facts = {
            event: Counter(fact.metric, fact.help, fact.labels, registry=self._registry)
            for event, fact in FACTS.items()
        }
        self._waits = Counter(
            "mcsync_slack_waits", "How often Slack asked us to wait (HTTP 429).", registry=self._registry
        )

    def watch(self, present: Callable[[], Present]) -> None:
        """Show how things are as well, asked anew at each exposition."""
        self._registry.register(_PresentCollector(present))

    def acknowledged(self, way: str, seconds: float) -> None:
        """Note that a request was acknowledged; *way* is `slack` or `webhook`."""
        self._acknowledgement.labels(way).observe(seconds)

    def called(self, instance: str, action: str, seconds: float, outcome: str) -> None:
        """Note a call to Campaign; *outcome* is `ok` or the name of the error."""
        self._soap.labels(instance, action, outcome).observe(seconds)

    def count(self, _logger: object, _method: str, line: Mapping[str, Any]) -> Mapping[str, Any]:
        """Count a line of the log, as one of structlog's processors; the line goes on unchanged."""
        event = str(line.get("event", ""))
        fact = FACTS.get(event)
        if fact is not None:
            counter = self._facts[event]
            labelled = (
                counter.labels(*(str(line.get(name, "")) for name in fact.labels)) if fact.labels else counter
            )
            labelled.inc(float(line.get(fact.amount, 0)) if fact.amount else 1)
            if event == "work.slack_busy":
                self._waits.inc()
        return line

    def exposition(self) -> bytes:
        """Write all figures in Prometheus' text format."""
        return generate_latest(self._registry)


class _PresentCollector(Collector):
    """Asks how things are whenever somebody scrapes."""

    def __init__(self, present: Callable[[], Present]) -> None:
        self._present = present

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Ask nothing while registering."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily | InfoMetricFamily]:
        """Show how things are; of a store that cannot be asked, only that."""
        present = self._present()
        yield InfoMetricFamily("mcsync", "The running program.", {"version": present.version})
        yield _gauge(
            "mcsync_bell_quiet_seconds", "Since when nobody looked for due work.", present.bell_quiet_seconds
        )
        ages = present.socket_ages
        yield _gauge("mcsync_socket_connections", "Socket Mode connections that are up.", len(ages))
        yield _gauge(
            "mcsync_socket_age_seconds", "How long the oldest of them has been up.", max(ages, default=0)
        )
        try:
            figures = present.figures()
        except StoreError:
            yield _gauge("mcsync_store_up", _STORE_UP, 0)
            return
        yield _gauge("mcsync_store_up", _STORE_UP, int(present.store_writable))
        yield from _of_store(figures)


def _of_store(figures: Figures) -> Iterator[GaugeMetricFamily]:
    tally = figures.tally
    yield _gauge("mcsync_queue_depth", "Rows of work that are due or held.", tally.due)
    yield _gauge(
        "mcsync_queue_age_seconds", "How long the oldest due work waits.", figures.waited.total_seconds()
    )
    incidents = GaugeMetricFamily("mcsync_incidents_open", "Open incidents.", labels=("instance", "cause"))
    for (instance, cause), count in tally.incidents.items():
        incidents.add_metric((instance, cause), count)
    yield incidents
    proposals = GaugeMetricFamily("mcsync_proposals", "Proposals ever made, by stage.", labels=("stage",))
    for stage, count in tally.proposals.items():
        proposals.add_metric((stage,), count)
    yield proposals
    unseen = GaugeMetricFamily(
        "mcsync_campaign_unseen_seconds",
        "How long ago an instance last answered a poll.",
        labels=("instance",),
    )
    for instance, ago in figures.unseen.items():
        unseen.add_metric((instance,), ago.total_seconds())
    yield unseen
    restarts = GaugeMetricFamily(
        "mcsync_restart_takes_seconds",
        "How long an execution instance's restart takes.",
        labels=("instance", "workflow", "restart", "source"),
    )
    for one in figures.estimates:
        for source, takes in (("configured", one.configured), ("learnt", one.learnt)):
            restarts.add_metric((one.instance, one.workflow, one.restart, source), takes.total_seconds())
    yield restarts


def _gauge(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, value=value)
