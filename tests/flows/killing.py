"""Kill the bot with -9 at a chosen moment of the main job, start it again, and look at what is left.

From the failure on, through its diagnosis and its card, until a button is pressed and the change has ended;
`tests/flows/boundaries.py` kills later, from an approval on, at chosen boundaries of change after change.
"""

import random
import sqlite3
from pathlib import Path
from typing import Any

from bot.domain.audit import flaws
from bot.gateways.store import create_store
from bot.sandbox.programs import Sandbox
from bot.sandbox.story import WORKFLOW

MOST_EVENTS = 400
FINAL = {"verified", "proved", "failed", "void", "needs-attention"}


def kill_and_look(folder: Path, seed: int, kills: int) -> dict[str, Any]:
    """Play the main job with *kills* at random moments after the failure; return what is found in the end.

    Args:
        folder: where the database and the logs stay.
        seed: chooses the moments.
        kills: how many.
    """
    chance = random.Random(seed)  # noqa: S311 - a repeatable moment, not a secret
    with Sandbox(keep=folder, seed=seed) as sandbox:
        sandbox.settle()
        _collide(sandbox)
        left = kills
        asked = approved = False
        for _ in range(MOST_EVENTS):
            stage = _stage(folder)
            if stage in FINAL:
                break
            if left and chance.random() < 0.35:
                left -= 1
                sandbox.kill_bot()
                sandbox.start_bot()
            cards = sandbox.slack("messages")["messages"]
            if cards and not asked:
                asked = bool(
                    sandbox.slack("press", user="U0SAM", ts=cards[0]["ts"], action_id="mcsync_shift_5")["ok"]
                )
            elif stage == "waiting" and not approved:
                approved = _approve(sandbox, cards[0])
            elif chance.random() < 0.5:
                continue  # kill between two looks, in the midst of whatever it does
            sandbox.settle()
            sandbox.advance()
        sandbox.settle()
        world = sandbox.campaign("world")
        writes = [write for write in sandbox.campaign("writes")["writes"] if write["login"] == "mcsync"]
        cards = sandbox.slack("messages")["messages"]
    workflow = next(one for one in world["workflows"] if one["name"] == WORKFLOW)
    return {
        "stage": _stage(folder),
        "kills": kills - left,
        "writes": len(writes),
        "state": workflow["state"],
        "cards": len(cards),
        "audit": _audit_flaws(folder),
        "approved": approved,
    }


def _collide(sandbox: Sandbox) -> None:
    for _ in range(MOST_EVENTS):
        workflow = next(one for one in sandbox.campaign("world")["workflows"] if one["name"] == WORKFLOW)
        if workflow["failed"]:
            return
        sandbox.advance()
    raise AssertionError("the run never met the restart")


def _approve(sandbox: Sandbox, card: dict[str, Any]) -> bool:
    shown = [element for block in card["blocks"] for element in block.get("elements", ())]
    ids = [one["action_id"] for one in shown if one.get("action_id", "").startswith("mcsync_approve")]
    return bool(ids) and bool(sandbox.slack("press", user="U0ADA", ts=card["ts"], action_id=ids[0])["ok"])


def _stage(folder: Path) -> str:
    """Read the proposal's stage from the file, beside the running bot."""
    with sqlite3.connect(f"file:{folder / 'mcsync.db'}?mode=ro", uri=True, timeout=10) as connection:
        row = connection.execute("SELECT stage FROM proposals").fetchone()
    connection.close()
    return str(row[0]) if row else ""


def _audit_flaws(folder: Path) -> list[str]:
    store = create_store(f"sqlite:///{folder / 'mcsync.db'}")
    store.open()
    try:
        with store.read() as tx:
            return list(flaws(tx.audit()))
    finally:
        store.close()
