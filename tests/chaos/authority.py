"""Whoever has no right tries to change a production server; then two hundred press at once."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.domain.audit import Event
from bot.domain.proposal import Proposal, Stage
from bot.sandbox.process import Stuck
from bot.sandbox.slack.delivery import SignedRequest, signed_request
from tests.chaos.letters import Postman, approval_of
from tests.chaos.morning import Morning
from tests.chaos.tally import Round
from tests.chaos.witness import ADMINS
from tests.flows.breaches import Promise

PRESSES = 200
TRIED = 5
"""How often a press is made again that a busy machine lost."""

PROMISE = str(Promise.APPROVED)
"""Who has no right changes nothing."""


def attack(told: Round, seed: int, program: tuple[str, ...], _size: int) -> None:
    """Try every way, and look that nothing came of it."""
    with (
        TemporaryDirectory(prefix="mcsync-chaos-") as folder,
        Morning(Path(folder), f"{seed} authority {told.number}", program=program) as morning,
    ):
        old = _old_letter(morning)
        card, proposal = request(morning)
        button = approval_of(card, proposal)
        assert button is not None
        tries = {**TRIES, "replayed": lambda *_: _replayed(morning, old)}
        names = list(tries)
        morning.chance.shuffle(names)
        told.planned = [*names, f"{PRESSES} presses at once", "replayed when it is done"]
        for name in names:
            tries[name](morning, card, button)
            told.struck[name] += 1
            morning.sandbox.settle()
            for _ in range(3):
                morning.sandbox.advance()
            stage = stage_of(morning, proposal)
            if stage is not Stage.WAITING or morning.witness.writes():
                told.breach(PROMISE, f"after {name} the proposal is {stage.value}")
                return
        everybody_presses(morning, card, button, proposal, told)
        told.breaches += morning.witness.breaches(calm=False)


def request(morning: Morning) -> tuple[dict[str, Any], Proposal]:
    """Let Sam ask for a change; return the card and what waits."""
    card = morning.first_card()
    for _ in range(TRIED):
        morning.press("U0SAM", card, "mcsync_shift_5")
        morning.sandbox.settle()
        found = [one for one in morning.witness.proposals() if one.stage is Stage.WAITING]
        if found:
            return morning.witness.cards()[0], found[0]
    raise Stuck("Nobody could ask for a change.")


def stage_of(morning: Morning, proposal: Proposal) -> Stage:
    """Look where a proposal stands."""
    return next(one.stage for one in morning.witness.proposals() if one.id == proposal.id)


def everybody_presses(
    morning: Morning, card: dict[str, Any], button: tuple[str, str], proposal: Proposal, told: Round
) -> None:
    """Let two hundred people press at the same moment: one approval counts, and makes one write.

    Then the very letters come once more, as they were.
    """
    before = len(morning.witness.entries())
    users = [("U0ADA", "U0GRACE", "U0SAM", "U0GUEST")[number % 4] for number in range(PRESSES)]
    postmen = [Postman(morning.sandbox) for _ in users]
    letters = [
        signed_request(postman.pressing(user, card, *button), postman.secret, now=time.time())
        for postman, user in zip(postmen, users, strict=True)
    ]
    for user in ("U0ADA", "U0GRACE"):
        morning.witness.pressed(user, proposal, proposal.digest, morning.now(), is_taken=False)
    with ThreadPoolExecutor(32) as hands:
        answers = list(hands.map(lambda pair: pair[0].deliver(pair[1]), zip(postmen, letters, strict=True)))
    told.struck["presses at once"] += PRESSES
    for answer in answers:
        if answer.status_code != HTTPStatus.OK:
            told.breach("every press is acknowledged", f"{answer.status_code} {answer.text[:80]}")
    for _ in range(80):
        morning.sandbox.settle()
        if stage_of(morning, proposal) not in {Stage.APPROVED, Stage.APPLYING, Stage.WAITING}:
            break
        morning.sandbox.advance()
    for letter in letters[:2]:
        postmen[0].deliver(letter)
    told.struck["replayed when it is done"] += 2
    for _ in range(3):
        morning.sandbox.settle()
        morning.sandbox.advance()
    votes = [one for one in morning.witness.entries()[before:] if one.deed.event is Event.PROPOSAL_APPROVED]
    writes = morning.witness.writes()
    if len(votes) != 1 or len(writes) != 1:
        told.breach(str(Promise.ONE_WRITE), f"{len(votes)} votes, {len(writes)} writes")


def _old_letter(morning: Morning) -> SignedRequest:
    """Write Ada's approval of a request that is withdrawn before it arrives."""
    card, proposal = request(morning)
    button = approval_of(card, proposal)
    assert button is not None
    postman = Postman(morning.sandbox)
    letter = signed_request(postman.pressing("U0ADA", card, *button), postman.secret, now=time.time())
    order = {"ts": card["ts"], "action_id": "mcsync_more", "value": f"withdraw:{proposal.id}"}
    for _ in range(TRIED):
        if stage_of(morning, proposal) is Stage.WAITING:
            morning.sandbox.slack("press", user="U0SAM", **order)
            morning.sandbox.settle()
    assert stage_of(morning, proposal) not in {Stage.WAITING, Stage.APPROVED, Stage.APPLYING}
    postman.deliver(letter)
    morning.sandbox.settle()
    return letter


def _replayed(morning: Morning, letter: SignedRequest) -> None:
    """Bring an old approval again, to the byte."""
    Postman(morning.sandbox).deliver(letter)


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
    morning.let_pass(30)
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
