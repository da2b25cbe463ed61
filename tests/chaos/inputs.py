"""Whatever somebody may type, press, fill in or post: a sentence each, no trace, no growth."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from tests.chaos.letters import Postman
from tests.chaos.morning import Morning
from tests.chaos.tally import Round
from tests.chaos.witness import FLAT, MORE_FILES, MORE_THREADS, Vitals, vitals_of
from tests.chaos.writer import KINDS, WEIGHTS, Writer
from tests.flows.breaches import Promise

AT_ONCE = 500
"""Letters, then the program may finish what they caused."""

HANDS = 4
WARM = 4_000
"""After so many letters, or a fifth of them, the program has seen everything once."""

ALLOWED_GROWTH = 1.10
"""Of the memory from then on."""

ANSWERED = "every input is answered by a sentence, never by a 5xx or a trace"
UNFORESEEN = ("Traceback", "nobody foresaw", 'File "/')


def attack(told: Round, seed: int, program: tuple[str, ...], size: int) -> None:
    """Bring so many letters to one program, several at a time, and look at every answer."""
    told.planned = [f"{size} letters"]
    with (
        TemporaryDirectory(prefix="mcsync-chaos-") as folder,
        Morning(Path(folder), f"{seed} inputs {told.number}", program=program) as morning,
    ):
        message, buttons, views = _what_is_there(morning)
        writers = [
            Writer(
                random.Random(f"{seed} inputs {told.number} {hand}"),  # noqa: S311 - repeatable, not secret
                Postman(morning.sandbox),
                message,
                buttons,
                views,
            )
            for hand in range(HANDS)
        ]
        process = morning.sandbox.bot_process()
        first: Vitals | None = None
        with ThreadPoolExecutor(HANDS) as hands:
            for sent in range(AT_ONCE, size + 1, AT_ONCE):
                if time.monotonic() > told.deadline:
                    break
                for answers in hands.map(_letters, writers):
                    _look_at(answers, told)
                morning.sandbox.settle()
                if first is None and sent >= min(WARM, size / 5):
                    first = vitals_of(process)
        told.breaches += (one for one in morning.witness.breaches(calm=False))
        if first is not None:
            stays_flat(told, first, vitals_of(process), is_long=size > WARM)
        if morning.witness.writes():
            told.breach(str(Promise.APPROVED), "a letter wrote to Campaign")


def stays_flat(told: Round, first: Vitals, last: Vitals, *, is_long: bool) -> None:
    """Compare a process with itself; memory only where it had the time to get to know everything."""
    told.figures |= {"kB early": first.kb, "kB in the end": last.kb, "threads in the end": last.threads}
    if is_long and last.kb > first.kb * ALLOWED_GROWTH:
        told.breach(FLAT, f"{first.kb} kB, then {last.kb} kB")
    if last.threads > first.threads + MORE_THREADS or last.files > first.files + MORE_FILES:
        told.breach(FLAT, f"{first}, then {last}")


def is_unforeseen(text: str) -> bool:
    """Tell whether a person would read of something that nobody foresaw."""
    return any(sign in text for sign in UNFORESEEN)


def _what_is_there(morning: Morning) -> tuple[dict[str, Any], list[tuple[str, str]], list[dict[str, Any]]]:
    """Gather a real card, its real buttons, and every real box that they and the commands open."""
    sandbox = morning.sandbox
    card = morning.first_card()
    sandbox.slack("command", user="U0SAM", text="/mcsync diagnose")
    for action in ("mcsync_what_if", "mcsync_paste"):
        morning.press("U0SAM", card, action)
    morning.press("U0SAM", card, "mcsync_shift_5")
    sandbox.settle()
    card = morning.witness.cards()[0]
    morning.press("U0ADA", card, "mcsync_deny")
    sandbox.slack("shortcut", user="U0GRACE", callback_id="mcsync_ask")
    sandbox.settle()
    shown = [
        one for block in card["blocks"] for one in (*block.get("elements", ()), block.get("accessory", {}))
    ]
    # An approval by who may give it would be no trouble at all: it would be carried out, and rightly so.
    buttons = [
        (one["action_id"], one["value"])
        for one in shown
        if "value" in one and not one["action_id"].startswith("mcsync_approve")
    ]
    views = [
        view
        for user in ("U0SAM", "U0ADA", "U0GRACE")
        for view in sandbox.slack(f"views?user={user}")["modals"]
    ]
    message: dict[str, Any] = {"type": "message", "user": "U0MCSYNC", "ts": card["ts"]}
    return message | {"text": card.get("text", ""), "blocks": card["blocks"]}, buttons, views


def _letters(writer: Writer) -> list[tuple[str, requests.Response]]:
    kinds = writer.chance.choices(list(KINDS), WEIGHTS, k=AT_ONCE // HANDS)
    return [(kind, KINDS[kind](writer)) for kind in kinds]


def _look_at(answers: list[tuple[str, requests.Response]], told: Round) -> None:
    for kind, answer in answers:
        told.struck[kind] += 1
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or is_unforeseen(answer.text):
            sent = str(answer.request.body)[:400]
            told.breach(ANSWERED, f"{kind}: {answer.status_code} {answer.text[:160]} for {sent}")
