"""The main job, played without a person: a failure in the morning, a card, a request, an approval, a proof.

Every step goes over real HTTP; what is told is read from the two stand-ins, never assumed.
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.programs import WEBHOOK_SECRET, Sandbox
from bot.sandbox.slack.text import plain
from bot.sandbox.webhook import signed

PARIS = ZoneInfo("Europe/Paris")
WORKFLOW = "mcSynch_mcExec1"
MOST_EVENTS = 200
PEOPLE = {"U0SAM": "Sam", "U0ADA": "Ada", "U0GRACE": "Grace"}


class StoryBroken(Exception):
    """Something that the story tells did not happen."""


@dataclass
class Teller:
    """Tells the story on standard output."""

    sandbox: Sandbox

    def say(self, text: str) -> None:
        """Tell one step, with the time of day."""
        print(f"{self.sandbox.clock.now().astimezone(PARIS):%H:%M:%S}  {text}", flush=True)

    def show(self, message: dict[str, Any]) -> None:
        """Show a card as text."""
        drawn = plain(message.get("blocks") or [], message.get("text", ""))
        for line in drawn.splitlines():
            print(f"          │ {line}", flush=True)


def play(sandbox: Sandbox, *, webhook: bool = True) -> int:
    """Play the main job; return 0 when everything happened as told."""
    began = time.monotonic()
    teller = Teller(sandbox)
    try:
        _status(teller)
        _failure(teller, webhook=webhook)
        card = _request(teller)
        _approval(teller, card)
        _proof(teller)
    except StoryBroken as broken:
        teller.say(f"The story breaks here: {broken}")
        for message in sandbox.slack("messages")["messages"]:
            teller.show(message)
        return 1
    writes = sandbox.campaign("writes")["writes"]
    _must(len(writes) == 1, f"there should be one write, not {len(writes)}")
    print(
        f"One failure in, one verified change out, one write, {time.monotonic() - began:.1f} s.", flush=True
    )
    return 0


def _status(teller: Teller) -> None:
    sandbox = teller.sandbox
    sandbox.settle()
    teller.say("A quiet morning. Sam from support types /mcsync status:")
    answer = sandbox.slack("command", user="U0SAM", text="/mcsync status")
    _must(bool(answer.get("ok")), f"the command was not answered: {answer}")
    teller.show(_ephemeral(sandbox, "U0SAM"))


def _failure(teller: Teller, *, webhook: bool) -> None:
    sandbox = teller.sandbox
    restart = sandbox.clock.now().astimezone(PARIS).replace(hour=6, minute=0, second=0, microsecond=0)
    sandbox.clock.jump(restart.astimezone(UTC) + timedelta(seconds=20))
    sandbox.wait_until(lambda: _workflow(sandbox)["failed"], "the run to fail")
    failure = _failure_line(sandbox)
    teller.say(f"RT restarts, the hourly run meets it, and {WORKFLOW} fails. Its journal says:")
    print(f"          │ {failure['message']}", flush=True)
    if webhook:
        status = _report(sandbox, failure)
        _must(status == HTTPStatus.ACCEPTED, f"the webhook was answered with {status}")
        _must(_report(sandbox, failure) == HTTPStatus.OK, "the repeated webhook was not recognised")
        teller.say("Campaign's monitoring workflow reports it by a signed webhook, twice; it counts once.")
    else:
        teller.say("Nobody reports it; mcsync polls every minute.")
    _until(sandbox, lambda: bool(_cards(sandbox)), "a card to appear")
    sandbox.settle()
    card = _cards(sandbox)[0]
    teller.say("A card appears in #campaign-ops:")
    teller.show(card)
    _must("restart collision" in card["text"], "the card does not name the cause")


def _request(teller: Teller) -> dict[str, Any]:
    sandbox = teller.sandbox
    card = _cards(sandbox)[0]
    teller.say("Sam presses Shift +5 min.")
    _press(sandbox, "U0SAM", card["ts"], "mcsync_shift_5")
    _until(sandbox, lambda: "Waiting for approval" in _cards(sandbox)[0]["text"], "the proposal")
    card = _cards(sandbox)[0]
    teller.say("The same card now asks for a decision:")
    teller.show(card)
    teller.say("Sam tries to approve the own request:")
    _press(sandbox, "U0SAM", card["ts"], _button(card, "mcsync_approve"))
    sandbox.settle()
    teller.show(_ephemeral(sandbox, "U0SAM"))
    _must("Waiting for approval" in _cards(sandbox)[0]["text"], "the requester's own approval counted")
    return card


def _approval(teller: Teller, card: dict[str, Any]) -> None:
    sandbox = teller.sandbox
    with ThreadPoolExecutor(2) as hands:
        order = {"ts": card["ts"], "action_id": _button(card, "mcsync_approve")}
        both = [hands.submit(sandbox.slack, "press", user=user, **order) for user in ("U0ADA", "U0GRACE")]
        pressed = [one.result() for one in both]
    _must(any(one.get("ok") for one in pressed), f"no approval was taken: {pressed}")
    teller.say("Ada and Grace, administrators, both press Approve at once. Slack asks them:")
    print(f"          │ {_confirmation(next(one for one in pressed if one.get('ok')))}", flush=True)
    sandbox.settle()
    for user in ("U0ADA", "U0GRACE"):
        told = sandbox.slack(f"ephemerals?user={user}")["ephemerals"]
        if told:
            teller.say(f"One press counts; {PEOPLE[user]} is told who was first:")
            teller.show(told[-1])
    _until(sandbox, lambda: "Changed and read back" in _cards(sandbox)[0]["text"], "the verified change")
    teller.say("Stop, write, read back, start; the server plans the run that was predicted:")
    teller.show(_cards(sandbox)[0])
    writes = sandbox.campaign("writes")["writes"]
    teller.say(f"Campaign shows {len(writes)} write; {WORKFLOW} runs {_period(sandbox)} from now on.")
    _must(len(writes) == 1, f"there should be one write, not {len(writes)}")
    _must(not _workflow(sandbox)["failed"], "the workflow still stands failed")


def _proof(teller: Teller) -> None:
    sandbox = teller.sandbox
    _until(sandbox, lambda: "The next run passed" in _text(_cards(sandbox)[0]), "the next run to pass")
    teller.say("The next run passed. Now the restart of tomorrow must be survived.")
    for hours in (24, 1, 1):
        sandbox.jump(sandbox.clock.now() + timedelta(hours=hours))
    _until(sandbox, lambda: "Done and proved" in _text(_cards(sandbox)[0]), "the proof")
    teller.say("It was. The card is closed:")
    teller.show(_cards(sandbox)[0])
    _must(len(_cards(sandbox)) == 1, "there should be one card")


# --- Looking and acting ---------------------------------------------------------------------------


def _until(sandbox: Sandbox, holds: Any, what: str) -> None:  # noqa: ANN401 - any callable
    """Let the bot finish, then jump from event to event until *holds* says so."""
    sandbox.settle()
    for _ in range(MOST_EVENTS):
        if holds():
            return
        sandbox.advance()
    raise StoryBroken(f"waited in vain for {what}")


def _cards(sandbox: Sandbox) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = sandbox.slack("messages")["messages"]
    return messages


def _text(message: dict[str, Any]) -> str:
    return plain(message.get("blocks") or [], message.get("text", ""))


def _ephemeral(sandbox: Sandbox, user: str) -> dict[str, Any]:
    shown: list[dict[str, Any]] = sandbox.slack(f"ephemerals?user={user}")["ephemerals"]
    _must(bool(shown), f"{PEOPLE[user]} was told nothing")
    return shown[-1]


def _press(sandbox: Sandbox, user: str, ts: str, action_id: str) -> dict[str, Any]:
    answer = sandbox.slack("press", user=user, ts=ts, action_id=action_id)
    _must(bool(answer.get("ok")), f"the press of {action_id} was not taken: {answer}")
    return answer


def _button(card: dict[str, Any], beginning: str) -> str:
    """Find the first button of a card whose action begins so."""
    shown = [element for block in card["blocks"] for element in block.get("elements", ())]
    ids = [str(one.get("action_id", "")) for one in shown]
    return next(one for one in ids if one.startswith(beginning))


def _confirmation(pressed: dict[str, Any]) -> str:
    confirm = pressed.get("confirm") or {}
    return " ".join(_words(confirm[part]) for part in ("title", "text") if part in confirm)


def _words(text: str | dict[str, str]) -> str:
    return text if isinstance(text, str) else text["text"]


def _workflow(sandbox: Sandbox) -> dict[str, Any]:
    world = sandbox.campaign("world")
    found = next(one for one in world["workflows"] if one["name"] == WORKFLOW)
    return {**found, "journal": [line for line in world["journal"] if line["workflow"] == found["id"]]}


def _period(sandbox: Sandbox) -> str:
    period = _workflow(sandbox)["stored_period"]
    start = period.partition("m_tmStartTime='")[2].partition("'")[0]
    return f"from {start[:5]}"


def _failure_line(sandbox: Sandbox) -> dict[str, Any]:
    lines: list[dict[str, Any]] = _workflow(sandbox)["journal"]
    return next(line for line in reversed(lines) if "Logon" in line["message"])


def _report(sandbox: Sandbox, line: dict[str, Any]) -> int:
    """Send what Campaign's monitoring workflow sends, signed by Standard Webhooks."""
    report = {
        "workflow": WORKFLOW,
        "workflow_id": "4900",
        "activity": line.get("activity", ""),
        "message": line["message"],
        "logged_at": line["at"],
        "log_id": str(line["id"]),
    }
    body = json.dumps(report).encode()
    sent_at = datetime.now(UTC).timestamp()
    headers = signed(body, identifier=f"msg_{line['id']}", seconds=sent_at, secret=WEBHOOK_SECRET)
    return sandbox.deliver(body, headers)


def _must(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise StoryBroken(otherwise)
