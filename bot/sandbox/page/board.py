"""What browsers are shown: the latest picture of each topic, kept up to date by threads that look.

Topics: `scene` (what does not change), `slack`, `campaign` and `time`. Instants of messages are given in rule
time beside Slack's own stamps, which are machine time.
"""

import re
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from bot.sandbox.campaign.faults import MODES, MOMENTS
from bot.sandbox.journey import Journeys
from bot.sandbox.programs import RUNNING, Sandbox
from bot.sandbox.scenes import ZONE
from bot.sandbox.slack.faults import MODES as SLACK_MODES
from bot.sandbox.slack.mrkdwn import EMOJI

Json = dict[str, Any]

LOOK_SECONDS = 0.15
"""How often Campaign and the clock are looked at."""
SLACK_WAIT_MS = 400
ASK_AGAIN_SECONDS = 2.0
"""How long a bot that did not tell its commands is left alone."""
ALWAYS_MOVING = ("now", "calls", "sessions", "logons", "seed")
"""What the page does not show of Campaign's world, and what would make every look a new picture."""
HELP_LINE = re.compile(r"`/\w+ (?P<name>[\w-]+) ?(?P<usage>[^`]*)` (?P<does>.*)")


class Board:
    """The latest picture of each topic, with a number that grows whenever the picture changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[str, tuple[int, Json]] = {}

    def put(self, topic: str, picture: Json) -> None:
        """Show a picture."""
        with self._lock:
            number, before = self._pictures.get(topic, (0, None))
            if picture != before:
                self._pictures[topic] = (number + 1, picture)

    def pictures(self) -> Mapping[str, tuple[int, Json]]:
        """Return all pictures with their numbers."""
        with self._lock:
            return dict(self._pictures)


class Lookout:
    """The threads that keep a board up to date.

    Args:
        sandbox: the programs.
        journeys: tell how far time is on its way.
        board: where pictures go.
    """

    def __init__(self, sandbox: Sandbox, journeys: Journeys, board: Board) -> None:
        self._sandbox = sandbox
        self._journeys = journeys
        self._board = board
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=look, name=f"page-{look.__name__.strip('_')}")
            for look in (self._look_at_slack, self._look_at_campaign)
        ]

    def open(self) -> None:
        """Begin to look."""
        self._board.put("scene", scene(self._sandbox, commands=[]))
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop looking; takes as long as one look."""
        self._closing.set()
        for thread in self._threads:
            thread.join()

    def look_at_time(self) -> None:
        """Show the clock, the journey and the bot as they are now."""
        progress = self._journeys.progress
        picture: Json = {
            "offset_ms": round(self._sandbox.clock.offset.total_seconds() * 1000),
            "bot": self._sandbox.bot_state,
            "journey": None,
        }
        if progress is not None:
            picture["journey"] = {
                "number": progress.number,
                "to": progress.to,
                "begin": progress.begin.isoformat(),
                "end": progress.end.isoformat(),
                "over": progress.over,
                "trouble": progress.trouble,
            }
        self._board.put("time", picture)

    def _look_at_slack(self) -> None:
        after = 0
        while not self._closing.is_set():
            try:
                screen = self._sandbox.slack(f"screen?after={after}&wait_ms={SLACK_WAIT_MS}")
            except requests.RequestException:
                self._closing.wait(LOOK_SECONDS)
                continue
            after = screen["seq"]
            self._board.put("slack", self._in_rule_time(screen))

    def _look_at_campaign(self) -> None:
        knows_commands, ask_at = False, 0.0
        while not self._closing.wait(LOOK_SECONDS):
            self.look_at_time()
            try:
                world = self._sandbox.campaign("world")
                faults = self._sandbox.campaign("faults")["faults"]
            except requests.RequestException:
                continue
            kept = {key: value for key, value in world.items() if key not in ALWAYS_MOVING}
            self._board.put("campaign", {**kept, "faults": faults})
            if not knows_commands and self._sandbox.bot_state == RUNNING and time.monotonic() >= ask_at:
                commands = _commands(self._sandbox)
                knows_commands, ask_at = bool(commands), time.monotonic() + ASK_AGAIN_SECONDS
                self._board.put("scene", scene(self._sandbox, commands))

    def _in_rule_time(self, screen: Json) -> Json:
        for message in (*screen["messages"], *screen["ephemerals"]):
            for one in (message, *message.get("thread", ())):
                machine = datetime.fromtimestamp(float(one["ts"]), UTC)
                one["shown_at"] = _milliseconds(self._sandbox.clock.rule_time(machine))
        return screen


def scene(sandbox: Sandbox, commands: list[Json]) -> Json:
    """Return what does not change while the sandbox runs."""
    return {
        "about": sandbox.scene.about,
        "scenario": sandbox.scenario,
        "zone": ZONE.key,
        "commands": commands,
        "emoji": EMOJI,
        "faults": {"modes": sorted(MODES), "moments": sorted(MOMENTS), "slack_modes": list(SLACK_MODES)},
        "addresses": {"slack": sandbox.slack_url, "campaign": sandbox.campaign_url, "bot": sandbox.bot_url},
    }


def _commands(sandbox: Sandbox) -> list[Json]:
    """Ask the app for its help, as a person who is shown nothing of it."""
    try:
        answer = sandbox.slack("command", user="U0SAM", text="/mcsync help", unseen=True)
    except requests.RequestException:
        return []
    text = "\n".join(_texts(answer.get("body") or ""))
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    found = (HELP_LINE.fullmatch(line) for line in text.splitlines())
    return list({one["name"]: one.groupdict() for one in found if one is not None}.values())


def _texts(shown: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Yield every text of a message, at any depth."""
    if isinstance(shown, str):
        yield shown
    for child in shown.values() if isinstance(shown, dict) else shown if isinstance(shown, list) else ():
        yield from _texts(child)


def _milliseconds(moment: datetime) -> int:
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def machine_milliseconds() -> int:
    """Tell machine time, so that a browser can tell how far its own clock is off."""
    return round(time.time() * 1000)
