"""Whatever somebody may type, press, fill in or post: a sentence each, no trace, no growth."""

import random
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from bot.sandbox.slack.delivery import Parcel, SignedRequest, signature, signed_request
from commands import PRESSES, SUBMITS
from tests.chaos.letters import Postman, report
from tests.chaos.morning import Morning
from tests.chaos.tally import Tally

PER_ROUND = 1_000
"""Letters; a hundred rounds make a hundred thousand."""

HANDS = 4
ALLOWED_GROWTH = 1.10
"""Of the memory after a fifth of the letters, to the end."""

UNFORESEEN = ("Traceback", "nobody foresaw", 'File "/')
COMMANDS = (
    *("", "status", "status prod", "diagnose", "diagnose mcSynch_mcExec1 at 06:00", "forecast 14", "trust"),
    *("shift mcSynch_mcExec1 +5", "shift mcSynch_mcExec1 +10 --dry-run", "audit mcSynch_mcExec1"),
    *("history mcSynch_mcExec1 7", "snooze 30m", "whoami", "health", "undo mcSynch_mcExec1", "resume x"),
    *("help shift", "frob", "status --share", "shift"),
)
PIECES = (
    *(
        "\x00",
        "\u202e",
        "🙂" * 40,
        "“",
        "”",
        "'",
        '"',
        "\\",
        "<@U0ADA>",
        "<!channel>",
        "<#C0OPS|ops>",
        "&lt;",
    ),
    *("\n", "\t", "\u00a0", "%s", "{0}", "{workflow}", "${x}", "' OR 1=1 --", "<script>", "A" * 5_000, "-1"),
    *("9" * 400, "\ud7ff", "\ufeff", "+5", "+0", "+99", ":07", "at", "--dry-run", "--share", "2026-02-30"),
    *("25:61", "NaN", "∞", "&amp;", "&lt;"),
)
VALUES = (
    *("", ":", "x", "prod:mcSynch_mcExec1", "extend:nothing", "withdraw:nothing", "0" * 64, "[]", "{}"),
    *("null", "a:b:c:d", "🙂:🙂", "\n", "1", "-1", "mcsync_shift_5:x", "A" * 1_900),
)
ACTIONS = (
    *(re.sub(r"\(.*\)\?|\?", "", one).replace(r"\d+", "5") for one in PRESSES),
    *("mcsync_unknown", ""),
)
"""Every button the program knows, and two that it does not."""

CALLBACKS = (*SUBMITS, "unknown")
USERS = ("U0SAM", "U0ADA", "U0GRACE", "U0GUEST", "U0STRANGER", "U0GONE")
ODD: tuple[Any, ...] = (None, True, 0, -1, 1e308, "", "x" * 70_000, [], {}, [[]], {"a": {}}, "2026-13-45")
EVENTS = ("app_home_opened", "app_mention", "message", "subteam_members_changed", "unknown")


@dataclass
class Writer:
    """Writes letters that nobody in their senses would send.

    Attributes:
        chance: the source of everything.
        postman: brings them.
        message: a message to press on.
    """

    chance: random.Random
    postman: Postman
    message: dict[str, Any]

    def command(self) -> requests.Response:
        """Type something."""
        text = self.chance.choice(COMMANDS)
        return self.postman.command(self.chance.choice(USERS), self._spoilt(text))

    def button(self) -> requests.Response:
        """Press something."""
        action, value = self.chance.choice(ACTIONS), self.chance.choice(VALUES)
        return self.postman.press(
            self.chance.choice(USERS), self.message, action, self._spoilt(value)[:2_000]
        )

    def box(self) -> requests.Response:
        """Submit something."""
        fields = {"mcsync_reason": "mcsync_text", "mcsync_lines": "mcsync_text", "mcsync_zone": "mcsync_zone"}
        values: dict[str, Any] = {
            block: {element: {"type": "plain_text_input", "value": self._spoilt("06:00:04 Empty return")}}
            for block, element in fields.items()
            if self.chance.random() < 0.8
        }
        view = {
            "id": "V1",
            "type": "modal",
            "hash": str(self.chance.random()),
            "callback_id": self.chance.choice(CALLBACKS),
            "private_metadata": self._spoilt(self.chance.choice(VALUES)),
            "blocks": [{"type": "input", "block_id": name, "element": {}} for name in fields],
            "state": {"values": values},
        }
        return self.postman.submission(self.chance.choice(USERS), view)

    def webhook(self) -> requests.Response:
        """Post a failure report."""
        fields = ("workflow", "workflow_id", "activity", "message", "logged_at", "log_id", "id", "more")
        kind = self.chance.random()
        if kind < 0.2:
            return self.postman.webhook(self.chance.randbytes(self.chance.randrange(200)))
        changes = {one: self._odd() for one in fields if self.chance.random() < 0.3}
        body = report(**changes)
        if kind < 0.4:
            body = body[: self.chance.randrange(len(body))]
        elif kind < 0.5:
            body = b"[" * 20_000 + body
        return self.postman.webhook(body)

    def event(self) -> requests.Response:
        """Bring an event of a kind that may not exist."""
        kind = self.chance.choice(
            ["app_home_opened", "app_mention", "message", "subteam_members_changed", "x"]
        )
        event = {
            "type": kind,
            "user": self.chance.choice(USERS),
            "tab": "home",
            "channel": "C0OPS",
            "ts": "1.1",
        }
        event |= {"text": self._spoilt("<@U0MCSYNC> status"), "event_ts": "1.1", "subteam_id": "S0ADMINS"}
        for name in list(event):
            if self.chance.random() < 0.15:
                event[name] = self._odd()
        body = {
            "type": "event_callback",
            "team_id": "T0SANDBOX",
            "event": event,
            "event_id": "E",
            "event_time": 1,
        }
        return self.postman.bring(Parcel("events_api", body))

    def garbage(self) -> requests.Response:
        """Bring bytes that are signed and nothing else."""
        signed = signed_request(Parcel("slash_commands", {}), self.postman.secret, now=time.time())
        body = self.chance.randbytes(self.chance.randrange(300))
        stamp = signed.headers["X-Slack-Request-Timestamp"]
        headers = signed.headers | {"X-Slack-Signature": signature(self.postman.secret, stamp, body)}
        headers["Content-Length"] = str(len(body))
        return self.postman.deliver(SignedRequest(body, headers))

    def _odd(self) -> Any:  # noqa: ANN401 - anything
        return self.chance.choice([*ODD, self._spoilt("mcSynch_mcExec1")])

    def _spoilt(self, text: str) -> str:
        for _ in range(self.chance.choice([0, 1, 1, 2, 5])):
            at = self.chance.randrange(len(text) + 1)
            cut = self.chance.choice([0, 0, 1, 4])
            text = text[:at] + self.chance.choice(PIECES) + text[at + cut :]
        return text


KINDS: Mapping[str, Callable[[Writer], requests.Response]] = {
    "commands": Writer.command,
    "buttons": Writer.button,
    "boxes": Writer.box,
    "webhooks": Writer.webhook,
    "events": Writer.event,
    "garbage": Writer.garbage,
}
_WEIGHTS = (30, 20, 15, 25, 7, 3)


def attack(tally: Tally, seed: int, rounds: int) -> None:
    """Bring the letters to one program, several at a time, and look at every answer."""
    where = f"seed {seed}"
    with TemporaryDirectory(prefix="mcsync-chaos-") as folder, Morning(Path(folder), seed) as morning:
        morning.collide()
        morning.sandbox.settle()
        message = {"ts": "1.000001", "type": "message", "text": "x", "blocks": [], "user": "U0MCSYNC"}
        writers = [
            Writer(random.Random(seed * 31 + hand), Postman(morning.sandbox), message)  # noqa: S311 - repeatable
            for hand in range(HANDS)
        ]
        process = morning.sandbox.bot_process()
        early = threads = 0
        with ThreadPoolExecutor(HANDS) as hands:
            for number in range(rounds):
                for answers in hands.map(_letters, writers):
                    _look_at(answers, tally, where)
                morning.sandbox.settle()
                tally.rounds += 1
                if number == rounds // 5:
                    early, threads = memory_of(process), threads_of(process)
        late = memory_of(process)
        tally.struck["kB after a fifth"], tally.struck["kB in the end"] = early, late
        if rounds >= 10 and late > early * ALLOWED_GROWTH:
            tally.breach(where, "memory stays flat", f"{early} kB, then {late} kB")
        if threads_of(process) > threads + HANDS:
            tally.breach(where, "threads stay few", f"{threads}, then {threads_of(process)}")
        if morning.sandbox.campaign("writes")["writes"]:
            tally.breach(where, "nothing is written without an approval", "there is a write")


def _letters(writer: Writer) -> list[tuple[str, requests.Response]]:
    kinds = writer.chance.choices(list(KINDS), _WEIGHTS, k=PER_ROUND // HANDS)
    return [(kind, KINDS[kind](writer)) for kind in kinds]


def _look_at(answers: list[tuple[str, requests.Response]], tally: Tally, where: str) -> None:
    for kind, answer in answers:
        tally.struck[kind] += 1
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            sent = str(answer.request.body)[:300]
            tally.breach(where, "no input ends in a 5xx", f"{kind}: {answer.status_code} for {sent}")
        if any(sign in answer.text for sign in UNFORESEEN):
            sent = str(answer.request.body)[:300]
            tally.breach(where, "every input gets a sentence", f"{kind}: {answer.text[:120]} for {sent}")


def memory_of(process: int) -> int:
    """Tell the resident memory of a process in kB."""
    return _field_of(process, "VmRSS")


def threads_of(process: int) -> int:
    """Count the threads of a process."""
    return _field_of(process, "Threads")


def _field_of(process: int, name: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
