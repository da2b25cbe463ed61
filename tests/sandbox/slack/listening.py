"""Listeners of a Bolt app that write down what they hear and acknowledge it."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack

Json = dict[str, Any]


def bodies_into(heard: list[Json]) -> Callable[[Ack, Json], None]:
    """Return a listener that keeps each payload as a whole."""

    def listen(ack: Ack, body: Json) -> None:
        heard.append(body)
        ack()

    return listen


def events_into(heard: list[Json]) -> Callable[[Ack, Json], None]:
    """Return a listener that keeps each event of the Events API."""

    def listen(ack: Ack, event: Json) -> None:
        heard.append(event)
        ack()

    return listen
