"""Whoever has no right tries to change a production server; then two hundred press at once."""

import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.domain.audit import Event
from bot.domain.proposal import Proposal, Stage
from bot.sandbox.slack.delivery import signed_request
from tests.chaos.letters import Postman
from tests.chaos.morning import ADMINS, Morning
from tests.chaos.tally import Tally

PRESSES = 200
PROMISE = "who has no right changes nothing"


def attack(tally: Tally, seed: int, rounds: int) -> None:
    """Try every way, and look that nothing came of it."""
    for number in range(rounds):
        where = f"seed {seed}, round {number}"
        with (
            TemporaryDirectory(prefix="mcsync-chaos-") as folder,
            Morning(Path(folder), seed + number) as morning,
        ):
            _one(morning, tally, where)
        tally.rounds += 1


def _one(morning: Morning, tally: Tally, where: str) -> None:
    card, proposal = request(morning)
    button = approval_of(card)
    tries = list(TRIES)
    random.Random(morning.chance.random()).shuffle(tries)  # noqa: S311 - repeatable, not secret
    for name in tries:
        TRIES[name](morning, card, button)
        tally.struck[name] += 1
        morning.sandbox.settle()
        for _ in range(3):
            morning.sandbox.advance()
        stage = next(one.stage for one in morning.proposals() if one.id == proposal.id)
        if stage is not Stage.WAITING or morning.sandbox.campaign("writes")["writes"]:
            tally.breach(where, PROMISE, f"after {name} the proposal is {stage.value}")
            return
    everybody_presses(morning, card, button, tally, where)


def request(morning: Morning) -> tuple[dict[str, Any], Proposal]:
    """Let Sam ask for a change."""
    morning.collide()
    morning.sandbox.settle()
    morning.sandbox.wait_until(lambda: bool(_after(morning)), "a card")
    card = morning.cards()[0]
    assert morning.press("U0SAM", card, "mcsync_shift_5")["ok"]
    morning.sandbox.settle()
    return morning.cards()[0], morning.proposals()[0]


def _after(morning: Morning) -> bool:
    """Let time go on until there is a card."""
    if morning.cards():
        return True
    morning.sandbox.advance()
    return bool(morning.cards())


def approval_of(card: dict[str, Any]) -> tuple[str, str]:
    """Find the button that approves: its action id and its value."""
    shown = [one for block in card["blocks"] for one in block.get("elements", ())]
    return next(
        (one["action_id"], one["value"])
        for one in shown
        if one.get("action_id", "").startswith("mcsync_approve")
    )


def everybody_presses(
    morning: Morning, card: dict[str, Any], button: tuple[str, str], tally: Tally, where: str
) -> None:
    """Let two hundred people press at the same moment: one approval counts, and makes one write."""
    before = len(morning.entries())
    users = [("U0ADA", "U0GRACE", "U0SAM", "U0GUEST")[number % 4] for number in range(PRESSES)]
    postmen = [Postman(morning.sandbox) for _ in users]
    with ThreadPoolExecutor(32) as hands:
        answers = list(
            hands.map(lambda pair: pair[0].press(pair[1], card, *button), zip(postmen, users, strict=True))
        )
    tally.struck["presses at once"] += PRESSES
    for answer in answers:
        if answer.status_code != HTTPStatus.OK:
            tally.breach(where, "every press is acknowledged", f"{answer.status_code} {answer.text[:80]}")
    for _ in range(80):
        morning.sandbox.settle()
        if morning.proposals()[0].stage not in {Stage.APPROVED, Stage.APPLYING, Stage.WAITING}:
            break
        morning.sandbox.advance()
    votes = [one for one in morning.entries()[before:] if one.deed.event is Event.PROPOSAL_APPROVED]
    writes = morning.sandbox.campaign("writes")["writes"]
    if len(votes) != 1 or len(writes) != 1:
        tally.breach(where, "one approval makes one write", f"{len(votes)} votes, {len(writes)} writes")


# --- The ways to try ------------------------------------------------------------------------------


def _answered(answer: Any, *statuses: int) -> None:  # noqa: ANN401 - a response
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text[:100]}"


def forged(morning: Morning, card: dict[str, Any], button: tuple[str, str]) -> None:
    """Sign with another secret."""
    answer = Postman(morning.sandbox, secret="guessed").press("U0ADA", card, *button)
    _answered(answer, HTTPStatus.UNAUTHORIZED)


def stale(morning: Morning, card: dict[str, Any], button: tuple[str, str]) -> None:
    """Bring a letter of ten minutes ago."""
    _answered(Postman(morning.sandbox, stamp=600).press("U0ADA", card, *button), HTTPStatus.UNAUTHORIZED)


def changed(morning: Morning, card: dict[str, Any], button: tuple[str, str]) -> None:
    """Put Ada's name into a letter that Sam signed."""
    postman = Postman(morning.sandbox)
    signed = signed_request(postman.pressing("U0SAM", card, *button), postman.secret, now=time.time())
    body = signed.body.replace(b"U0SAM", b"U0ADA")
    _answered(postman.deliver(type(signed)(body, signed.headers)), HTTPStatus.UNAUTHORIZED)


def unsigned(morning: Morning, card: dict[str, Any], button: tuple[str, str]) -> None:
    """Leave the signature out, or make it nonsense."""
    postman = Postman(morning.sandbox)
    signed = signed_request(postman.pressing("U0ADA", card, *button), postman.secret, now=time.time())
    for value in ("", "v0=", "v1=abc", "ü", "v0=" + "0" * 64, "x" * 5000):
        headers = signed.headers | {"X-Slack-Signature": value.encode("utf-8").decode("latin-1")}
        _answered(postman.deliver(type(signed)(signed.body, headers)), HTTPStatus.UNAUTHORIZED)
    for value in ("", "soon", "-1", "9" * 40, "1e9"):
        headers = signed.headers | {"X-Slack-Request-Timestamp": value}
        _answered(postman.deliver(type(signed)(signed.body, headers)), HTTPStatus.UNAUTHORIZED)


def other_workspace(morning: Morning, card: dict[str, Any], button: tuple[str, str]) -> None:
    """Press as somebody of another company in the shared channel."""
    Postman(morning.sandbox).press("U0STRANGER", card, *button)


def guest(morning: Morning, card: dict[str, Any], button: tuple[str, str]) -> None:
    """Press as a guest."""
    Postman(morning.sandbox).press("U0GUEST", card, *button)


def deactivated(morning: Morning, card: dict[str, Any], button: tuple[str, str]) -> None:
    """Press as somebody who left the company."""
    Postman(morning.sandbox).press("U0GONE", card, *button)


def requester(morning: Morning, card: dict[str, Any], button: tuple[str, str]) -> None:
    """Press as the one who asked, made an approver for the purpose."""
    morning.sandbox.slack("group", id="S0ADMINS", users=[*ADMINS, "U0SAM"])
    Postman(morning.sandbox).press("U0SAM", card, *button)
    morning.sandbox.slack("group", id="S0ADMINS", users=[*ADMINS])


def removed_a_second_ago(morning: Morning, card: dict[str, Any], button: tuple[str, str]) -> None:
    """Press as an approver whom Slack has just taken out of the group, without a word to the program."""
    Postman(morning.sandbox).command("U0GRACE", "status")
    morning.sandbox.slack("group", id="S0ADMINS", users=["U0ADA"], quiet=True)
    Postman(morning.sandbox).press("U0GRACE", card, *button)
    morning.sandbox.settle()
    morning.sandbox.jump(morning.sandbox.clock.now() + timedelta(seconds=30))
    morning.sandbox.slack("group", id="S0ADMINS", users=[*ADMINS])


def old_digest(morning: Morning, card: dict[str, Any], button: tuple[str, str]) -> None:
    """Approve something else than what is asked for."""
    action_id, value = button
    name = value.partition(":")[0]
    for digest in ("0" * 64, "", value.partition(":")[2][:-1]):
        Postman(morning.sandbox).press("U0ADA", card, action_id, f"{name}:{digest}")


def unknown_proposal(morning: Morning, card: dict[str, Any], button: tuple[str, str]) -> None:
    """Approve what does not exist."""
    for value in ("", ":", "x:y", "🙂", "a" * 3000):
        Postman(morning.sandbox).press("U0ADA", card, button[0], value)


TRIES: Mapping[str, Callable[[Morning, dict[str, Any], tuple[str, str]], None]] = {
    one.__name__.replace("_", " "): one
    for one in (
        *(forged, stale, changed, unsigned, other_workspace, guest, deactivated, requester),
        *(removed_a_second_ago, old_digest, unknown_proposal),
    )
}
