"""Writes what nobody in their senses would type, press, fill in or post."""

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import requests

from bot.sandbox.slack.delivery import Parcel, SignedRequest, signature, signed_request
from commands import PRESSES, SUBMITS
from tests.chaos.letters import Postman, report
from tests.corpus.cases import load

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


@cache
def journals() -> tuple[str, ...]:
    """Read every journal text of the corpus: what people pasted, and what wants to mislead."""
    return tuple(case.raw.decode("utf-8", "replace")[:4_000] for case in load())


def spoilt(text: str, chance: random.Random) -> str:
    """Put odd pieces into a text, in place of a few letters or between them."""
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        at, cut = chance.randrange(len(text) + 1), chance.choice([0, 0, 1, 4])
        text = text[:at] + chance.choice(PIECES) + text[at + cut :]
    return text


@dataclass
class Writer:
    """Writes letters that nobody in their senses would send.

    Attributes:
        chance: the source of everything.
        postman: brings them.
        message: a message to press on.
        buttons: real buttons, each its action id and its value.
        views: real boxes, as Slack gives them back.
    """

    chance: random.Random
    postman: Postman
    message: dict[str, Any]
    buttons: Sequence[tuple[str, str]]
    views: Sequence[dict[str, Any]]

    def command(self) -> requests.Response:
        """Type something."""
        text = self.chance.choice(COMMANDS)
        return self.postman.command(self.chance.choice(USERS), self._spoilt(text))

    def button(self) -> requests.Response:
        """Press something, real in one half of the cases."""
        action, value = self.chance.choice(ACTIONS), self.chance.choice(VALUES)
        if self.chance.random() < 0.5 and self.buttons:
            action, value = self.chance.choice(self.buttons)
        value = self._spoilt(value)[:2_000]
        return self.postman.press(self.chance.choice(USERS), self.message, action, value)

    def box(self) -> requests.Response:
        """Submit something: a real box with other values in it, or one that never was."""
        view = self._real_view() if self.views and self.chance.random() < 0.7 else self._view()
        return self.postman.submission(self.chance.choice(USERS), view)

    def _real_view(self) -> dict[str, Any]:
        view: dict[str, Any] = deepcopy(self.chance.choice(self.views))
        values = view["state"]["values"]
        for fields in values.values():
            for name, field in list(fields.items()):
                kind = self.chance.random()
                if kind < 0.1:
                    del fields[name]
                elif kind < 0.2:
                    fields[name] = self._odd()
                elif "value" in field or field.get("type") == "plain_text_input":
                    field["value"] = self._text()
                else:
                    option = {"text": {"type": "plain_text", "text": "x"}, "value": self._spoilt("other")}
                    field["selected_option"] = self.chance.choice(
                        [option, None, field.get("selected_option")]
                    )
        if self.chance.random() < 0.2:
            values.pop(self.chance.choice([*values, "none"]), None)
        if self.chance.random() < 0.3:
            view["private_metadata"] = self._spoilt(str(view.get("private_metadata") or ""))
        return view

    def _view(self) -> dict[str, Any]:
        fields = {"mcsync_reason": "mcsync_text", "mcsync_lines": "mcsync_text", "mcsync_zone": "mcsync_zone"}
        values: dict[str, Any] = {
            block: {element: {"type": "plain_text_input", "value": self._text()}}
            for block, element in fields.items()
            if self.chance.random() < 0.8
        }
        return {
            "id": "V1",
            "type": "modal",
            "hash": str(self.chance.random()),
            "callback_id": self.chance.choice(CALLBACKS),
            "private_metadata": self._spoilt(self.chance.choice(VALUES)),
            "blocks": [{"type": "input", "block_id": name, "element": {}} for name in fields],
            "state": {"values": values},
        }

    def _text(self) -> str:
        """Write a text: pasted journal lines mostly, spoilt."""
        return self._spoilt(self.chance.choice([*journals(), "", "Not today.", "06:00:04 Empty return"]))

    def webhook(self) -> requests.Response:
        """Post a failure report."""
        fields = ("workflow", "workflow_id", "activity", "message", "logged_at", "log_id", "id", "more")
        kind = self.chance.random()
        if kind < 0.2:
            return self.postman.webhook(self.chance.randbytes(self.chance.randrange(200)))
        changes = {one: self._odd() for one in fields if self.chance.random() < 0.2}
        if self.chance.random() < 0.4:
            changes["message"] = self._text()
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
            "event_id": f"E{self.chance.getrandbits(60):x}",
            "event_time": 1,
        }
        return self.postman.bring(Parcel("events_api", body))

    def shape(self) -> requests.Response:
        """Bring something real in which one to three places hold something else, or nothing."""
        user = self.chance.choice(USERS)
        parcels = [
            self.postman.commanding(user, self.chance.choice(COMMANDS)),
            self.postman.pressing(user, self.message, self.chance.choice(ACTIONS), "x"),
            self.postman.choosing(user, self.message, "mcsync_diagnose_message"),
            self.postman.submitting(user, self._view()),
        ]
        parcel = deepcopy(self.chance.choice(parcels))
        for _ in range(self.chance.choice([1, 1, 3])):
            self._spoil_a_place(parcel.payload)
        return self.postman.bring(parcel)

    def _spoil_a_place(self, holder: Any) -> None:  # noqa: ANN401 - an object or a list, as deep as it goes
        while True:
            names = list(holder) if isinstance(holder, dict) else range(len(holder))
            if not names:
                return
            name = self.chance.choice(names)
            inside = holder[name]
            if not isinstance(inside, dict | list) or self.chance.random() < 0.3:
                break
            holder = inside
        if self.chance.random() < 0.5:
            del holder[name]
        else:
            # A copy: what is put in may be spoilt in its turn, and would be odd in another way ever after.
            holder[name] = deepcopy(self.chance.choice([*ODD, "\ud800"]))

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
        return spoilt(text, self.chance)


KINDS: Mapping[str, Callable[[Writer], requests.Response]] = {
    "commands": Writer.command,
    "buttons": Writer.button,
    "view states": Writer.box,
    "webhooks": Writer.webhook,
    "events": Writer.event,
    "shapes": Writer.shape,
    "garbage": Writer.garbage,
}
WEIGHTS = (28, 18, 14, 24, 7, 6, 3)
