"""Campaign's answers and its journal, changed on their way: the program goes on and tells it in sentences.

What the stand-in answers is real; here it is damaged, its values are replaced, workflows seem to have failed,
and the journal says whatever a script may log, as a line of this very minute.
"""

import random
import re
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr

import requests

from bot.sandbox.process import Stuck
from bot.sandbox.slack.text import plain
from tests.chaos.inputs import is_unforeseen, stays_flat
from tests.chaos.morning import Morning
from tests.chaos.plan import LOGON, READ
from tests.chaos.tally import Round
from tests.chaos.witness import GOES_ON, vitals_of
from tests.chaos.writer import journals, spoilt
from tests.flows.breaches import Promise
from tests.gateways.campaign.damage import mangled

INSTANCES = 5
"""So many further instances are watched at the same Campaign, so that one minute brings many answers."""

MINUTE = 60.0
IN_SENTENCES = "what came from Campaign is told in sentences"
VALUE = re.compile(r'(\s[A-Za-z-]+)="([^"]*)"')
LINE = re.compile(r"<workflowLog (?!-)[^>]*/>")
JOURNAL = re.compile(r"<workflowLog-collection([^>/]*)(/?)>")
"""A journal, with lines or without any: most looks find nothing new."""
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""

VALUES = (
    *("", "0", "1", "-1", "2147483648", "9" * 40, "NaN", "true", "1e9", "00:00", "2026-11-24 06:00:00.000Z"),
    *("2026-02-30 25:61:00.000Z", "0001-01-01 00:00:00.000Z", "9999-12-31 23:59:59.999Z", "Mars/Olympus"),
    *("mcSynch_mcExec1", "<@U0ADA>", "<!channel>", "\u202e", "🙂" * 50, "A" * 20_000),
)


class Spoiler:
    """Changes answers; what it does to the n-th of them is drawn from the seed.

    Args:
        seed: of everything.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._minute = "2026-11-24 05:00:00"
        self.counted: dict[str, int] = {"answers": 0, "journal texts": 0}

    def it_is(self, minute: str) -> None:
        """Let the next lines of the journal be of this second, as Campaign writes dates."""
        with self._lock:
            self._minute = minute

    def __call__(self, label: str, body: bytes) -> bytes:
        """Change an answer, or leave it: without any good one the program would only wait."""
        with self._lock:
            number = self.counted["answers"] = self.counted["answers"] + 1
            minute = self._minute
        chance = random.Random(f"{self._seed} {number}")  # noqa: S311 - repeatable, not secret
        text = body.decode()
        drawn = chance.random()
        if label == LOGON and drawn > 0.1:
            return body
        if drawn < 0.12:
            return mangled(text, chance.randrange(1 << 30))
        if drawn < 0.24:
            return _with_values(text, chance).encode()
        if JOURNAL.search(text) and drawn < 0.95:
            return self._with_line(text, number, minute, chance).encode()
        if label == READ and drawn < 0.9:
            return _failed(text, number).encode()
        return body

    def _with_line(self, text: str, number: int, minute: str, chance: random.Random) -> str:
        """Let the journal begin with a line that says whatever a script may log."""
        with self._lock:
            self.counted["journal texts"] += 1
        said = FORBIDDEN.sub("", spoilt(chance.choice(journals()), chance))
        attributes = {
            "id": str(chance.choice([number + 1_000_000, -number])),
            "logDate": f"{minute}.{number % 1000:03}Z",
            "activity": chance.choice(["soapImport", "schedule", FORBIDDEN.sub("", spoilt("soap", chance))]),
            "message": said,
            "error": "1",
            "logType": chance.choice(["0", "1", "2"]),
        }
        line = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())

        def begin_with_it(journal: re.Match[str]) -> str:
            opened = f"<workflowLog-collection{journal[1]}><workflowLog {line}/>"
            return f"{opened}</workflowLog-collection>" if journal[2] else opened

        return JOURNAL.sub(begin_with_it, text, count=1)


def attack(told: Round, seed: int, program: tuple[str, ...], size: int) -> None:
    """Let so many answers be changed, minute by minute, and look at the program and at what it shows."""
    told.planned = [f"{size} answers of Campaign"]
    with (
        TemporaryDirectory(prefix="mcsync-chaos-") as folder,
        Morning(
            Path(folder), f"{seed} answers {told.number}", program=program, more_instances=INSTANCES
        ) as morning,
    ):
        spoiler = Spoiler(f"{seed} answers {told.number}")
        morning.collide()
        morning.sandbox.gate.distort = spoiler
        process = morning.sandbox.bot_process()
        first = None
        try:
            while spoiler.counted["answers"] < size and time.monotonic() < told.deadline:
                spoiler.it_is(f"{morning.now():%Y-%m-%d %H:%M:%S}")
                morning.let_pass(MINUTE)
                if first is None and spoiler.counted["answers"] >= size / 2:
                    first = vitals_of(process)
            _look_at_what_is_shown(morning, told)
            told.breaches += morning.witness.breaches(calm=False)
            if first is not None:
                stays_flat(told, first, vitals_of(process), is_long=size >= 2_000)
        except (Stuck, requests.RequestException) as error:
            told.breach(GOES_ON, " ".join(str(error).split())[:600])
        told.struck.update(spoiler.counted)
        if morning.witness.writes():
            told.breach(str(Promise.APPROVED), "an answer made the program write")


def _look_at_what_is_shown(morning: Morning, told: Round) -> None:
    for card in morning.witness.cards():
        text = plain(card.get("blocks") or [], card.get("text", ""))
        if is_unforeseen(text):
            told.breach(IN_SENTENCES, text[:300])
    for command in ("status", "health", "forecast 7", "history mcSynch_mcExec1 7", "trust"):
        answer = morning.sandbox.slack("command", user="U0SAM", text=f"/mcsync {command}")
        if not answer["ok"] or is_unforeseen(str(answer)):
            told.breach(IN_SENTENCES, f"/mcsync {command}: {str(answer)[:300]}")


def _with_values(text: str, chance: random.Random) -> str:
    """Replace up to three values by others that Campaign would hardly give."""
    head, mark, tail = text.partition("<SOAP-ENV:Body>")
    for _ in range(chance.randint(1, 3)):
        found = list(VALUE.finditer(tail))
        if not found:
            break
        one = chance.choice(found)
        value = chance.choice([chance.choice(VALUES), FORBIDDEN.sub("", spoilt(one[2], chance))])
        tail = f"{tail[: one.start()]}{one[1]}={quoteattr(value)}{tail[one.end() :]}"
    return head + mark + tail


def _failed(text: str, number: int) -> str:
    """Let workflows stand paused as failed, and seem to have changed, so that the journal is read."""
    text = re.sub(r'\sfailed="0"', ' failed="1"', re.sub(r'\sstate="11"', ' state="13"', text))
    return re.sub(r'\serrorCount="\d+"', f' errorCount="{number}"', text)
