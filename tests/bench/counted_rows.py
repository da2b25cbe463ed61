"""How many SOAP calls it takes, counted by the stand-in: the same figures on every machine."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.bench.effort import Effort
from tests.bench.program import NotMeasurable, Program, wait_until
from tests.bench.row import Aim, Row
from tests.bench.stage import AFTER_RESTART, BEFORE_RESTART, RESTART, Stage, Watched, report

IDLE_MINUTES = 6
MOST_EVENTS = 100
STATE_POLL_SECONDS = 5
"""While it stops and starts a workflow, the bot may look at its state so often."""


def measure(effort: Effort) -> Iterator[Row]:
    """Play the main job once, and count."""
    del effort  # a count is the same however often it is taken
    with Stage(start=BEFORE_RESTART, bell=0.02) as stage, Program("tests.bench.client") as client:
        yield _idle(stage)
        yield _card(stage, client)
        yield _change(stage)


def _idle(stage: Stage) -> Row:
    before = stage.soap_calls()
    for _ in range(IDLE_MINUTES):
        stage.jump(stage.clock.now() + timedelta(minutes=1))
    return _row(
        "calls-idle",
        "SOAP calls per instance and idle minute",
        (stage.soap_calls() - before) / IDLE_MINUTES,
        1,
    )


def _card(stage: Stage, client: Program) -> Row:
    # A poll just before the failure leaves most of a minute in which the report alone causes calls.
    stage.jump(RESTART - timedelta(seconds=1))
    stage.clock.jump(AFTER_RESTART)
    wait_until(lambda: stage.failed_workflows() == 1, "the run to fail")
    stage.settle()
    before = stage.soap_calls()
    report(stage, client, Watched())
    wait_until(lambda: bool(_cards(stage)), "the card")
    return _row("calls-card", "SOAP calls from a report to the card", stage.soap_calls() - before, 2)


def _change(stage: Stage) -> Row:
    # RT is back by then: nothing is waited for but Campaign's own stop and start.
    stage.jump(AFTER_RESTART + timedelta(minutes=5))
    _press(stage, "U0SAM", "mcsync_shift_5")
    wait_until(lambda: "Waiting for approval" in _cards(stage)[0]["text"], "the request")
    stage.settle()
    before, began = stage.soap_calls(), stage.clock.now()
    _press(stage, "U0ADA", _button(stage, "mcsync_approve"))
    stage.settle()
    for _ in range(MOST_EVENTS):
        if "Changed and read back" in _cards(stage)[0]["text"]:
            break
        stage.jump(stage.next_event())
    else:
        raise NotMeasurable(f"The change was never verified: {_cards(stage)[0]['text']}")
    seconds = (stage.clock.now() - began).total_seconds()
    return _row(
        "calls-change",
        f"SOAP calls from the approval to the verified change, {seconds:.0f} s later",
        stage.soap_calls() - before,
        10 + int(seconds // STATE_POLL_SECONDS),
    )


def _row(name: str, what: str, calls: float, limit: int) -> Row:
    return Row(
        name, what, calls, "calls", aim=Aim(limit, "calls"), against="counted by the stand-in", counted=True
    )


def _cards(stage: Stage) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = stage.slack("messages")["messages"]
    return messages


def _press(stage: Stage, user: str, action_id: str) -> None:
    answer = stage.slack("press", user=user, ts=_cards(stage)[0]["ts"], action_id=action_id)
    if not answer["ok"]:
        raise NotMeasurable(f"The press of {action_id} was not taken: {answer}")


def _button(stage: Stage, beginning: str) -> str:
    """Find the first button of the card whose action begins so."""
    shown = [element for block in _cards(stage)[0]["blocks"] for element in block.get("elements", ())]
    return next(str(one["action_id"]) for one in shown if one.get("action_id", "").startswith(beginning))
