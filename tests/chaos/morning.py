"""One morning with the real program: a failure, a card, a request, an approval, a change, its proof.

The program and the two stand-ins are processes of their own. What people do is drawn from the seed, step by
step, so that whatever the program makes of it shifts nothing that comes later; the trouble between two steps
is written in the plan.
"""

import random
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import requests

from bot.domain.proposal import Ask, Proposal, Stage
from bot.sandbox.process import Stuck
from bot.sandbox.slack.delivery import Parcel, SignedRequest, signed_request
from tests.chaos import trouble
from tests.chaos.attacked import Attacked
from tests.chaos.letters import Postman, approval_of
from tests.chaos.plan import STEPS, STRUCK_UNTIL, Card, Plan
from tests.chaos.tally import Round
from tests.chaos.witness import ADMINS, GOES_ON, Witness

if TYPE_CHECKING:
    import threading

CALM_STEPS = 120
CALM_SECONDS = 60
"""So long after the last trouble every card tells the truth."""

UNDER_WAY = frozenset({Stage.APPROVED, Stage.APPLYING})
LOOK_EVERY = 9
"""Steps between two looks at all promises."""


@dataclass(frozen=True)
class Letter:
    """A press that is on its way: when it arrives, and what was pressed."""

    step: int
    user: str
    waiting: Proposal
    digest: str
    request: SignedRequest


class Morning:
    """A morning, played once.

    Args:
        folder: where the database and the logs stay.
        seed: of what people do.
        more: how the programs are started, see `Attacked`.

    Attributes:
        chance: the source of what people do; anew at each step.
        sandbox: the programs.
        witness: who sees everything.
        out_seconds: rule time that passes before a killed program is started again.
        hands: timers that may still strike.
    """

    def __init__(self, folder: Path, seed: str, **more: Any) -> None:  # noqa: ANN401 - passed on as they are
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.sandbox = Attacked(folder, self.chance.randrange(1_000_000), **more)
        self.witness = Witness(self.sandbox)
        self.out_seconds = 0.0
        self.hands: list[threading.Thread] = []
        self._seed = seed
        self._step = 0
        self._late: list[Letter] = []
        self._met: list[Card] = []

    def __enter__(self) -> Self:
        """Start everything."""
        with ExitStack() as stack:
            stack.enter_context(self.sandbox)
            self.witness.open()
            stack.callback(self.witness.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything."""
        for hand in self.hands:
            hand.join()
        self._stack.close()

    # --- The course of it -------------------------------------------------------------------------

    def play(self, plan: Plan, told: Round) -> None:
        """Play it with the trouble of a plan, and write into *told* what broke."""
        try:
            self.collide()
            self._run(plan, told)
            self.calm()
            told.breaches += self.witness.breaches(calm=True)
        except Stuck as stuck:
            told.breach(GOES_ON, str(stuck).splitlines()[0])
        except requests.RequestException as error:
            told.breach(GOES_ON, f"a stand-in does not answer: {error}")
        told.struck.update(one.deed for one in self._met)
        told.met += [str(one) for one in self._met]
        told.figures["kills"] = self.sandbox.kills
        told.figures["writes"] = len(self.witness.writes())
        told.figures |= {one.stage.value: 1 for one in self.witness.proposals()}

    def _run(self, plan: Plan, told: Round) -> None:
        for step in range(STEPS):
            self._step = step
            self.chance = random.Random(f"{self._seed} {step}")  # noqa: S311 - as above
            for strike in plan.strikes:
                if strike.step == step:
                    trouble.play(self, strike.card)
            self._revive()
            self._bring_late_letters()
            self.act()
            self.pass_time()
            self.witness.look_at_process()
            if step % LOOK_EVERY == LOOK_EVERY - 1:
                told.breaches += self._broken_now()
            is_over = step >= STRUCK_UNTIL and any(
                one.stage is Stage.PROVED for one in self.witness.proposals()
            )
            if told.breaches or is_over:
                return

    def _broken_now(self) -> list[tuple[str, str]]:
        """Look at all promises once the program runs and has done what is due: the rest it still may do."""
        self._revive()
        self.sandbox.settle()
        kills, found = self.sandbox.kills, list(self.witness.breaches(calm=False))
        return found if self.sandbox.is_up and self.sandbox.kills == kills else []

    def collide(self) -> None:
        """Let the run of 06:00 meet the restart."""
        for _ in range(CALM_STEPS):
            if self.witness.workflow()["failed"]:
                return
            self._advance()
        raise Stuck("The run never met the restart.")

    def first_card(self) -> dict[str, Any]:
        """Let the run meet the restart, and time go on until there is a card."""
        self.collide()
        for _ in range(CALM_STEPS):
            self.sandbox.settle()
            if cards := self.witness.cards():
                return cards[0]
            self.sandbox.advance()
        raise Stuck("There never was a card.")

    def act(self) -> None:
        """Let people do what they would do at this card, most of the time."""
        card = next(iter(self.witness.cards()), None)
        if self.chance.random() < 0.25:
            self._look_around(card)
        if card is None or self.chance.random() < 0.2:
            return
        proposals = self.witness.proposals()
        waiting = next((one for one in proposals if one.stage is Stage.WAITING), None)
        if waiting is not None:
            self._vote(card, waiting)
        elif not any(one.stage in UNDER_WAY | {Stage.VERIFIED, Stage.PROVED} for one in proposals):
            wanted = self.chance.choice(
                ["mcsync_shift_5", "mcsync_shift_5", "mcsync_shift_10", "mcsync_resume"]
            )
            self.press("U0SAM", card, wanted)
        elif self._is_moved(proposals) and self.chance.random() < 0.15:
            self.press("U0SAM", card, "mcsync_undo")

    def pass_time(self) -> None:
        """Let rule time go on: to the next event, by a few seconds, or to what proves a change."""
        proposals = self.witness.proposals()
        proving = [one for one in proposals if one.stage is Stage.VERIFIED]
        is_quiet = not any(one.stage in UNDER_WAY | {Stage.WAITING} for one in proposals)
        if proving and is_quiet and self._step >= STRUCK_UNTIL:
            # The next run, then the restart of tomorrow and the run after it.
            leaps = (70, 24 * 60, 65)
            self.let_pass(60.0 * leaps[self._step % len(leaps)])
        elif self.chance.random() < 0.25:
            self.let_pass(self.chance.uniform(1, 90))
        else:
            self._advance()

    def _advance(self) -> None:
        """Let rule time go on to the next event; the program may be killed between two looks at it."""
        try:
            self.sandbox.advance()
        except requests.RequestException:
            self._revive()

    def let_pass(self, seconds: float) -> None:
        """Let so much rule time pass, and the program do what fell due."""
        self.sandbox.jump(self.now() + timedelta(seconds=seconds))

    def calm(self) -> None:
        """End all trouble, let everything that is under way come to its end, and one minute pass."""
        sandbox = self.sandbox
        for hand in self.hands:
            hand.join()
        for wait in (sandbox.gate, sandbox.commits):
            wait.lift()
        left = sandbox.campaign("faults")["faults"]
        sandbox.campaign("faults", action="*", mode="503", times=0)
        left += sandbox.slack("faults", method="*", mode="500", times=0)["withdrawn"]
        self._met = [one for one in self._met if not trouble.never_met(one, left)]
        self._revive()
        self.until_well()
        self.witness.look_at_process()
        for _ in range(CALM_STEPS):
            sandbox.settle()
            is_under_way = any(one.stage in UNDER_WAY for one in self.witness.proposals())
            if not is_under_way and self.witness.everybody_is_there():
                break
            self._advance()
        self.let_pass(CALM_SECONDS)

    def until_well(self) -> None:
        """Wait until the program has found its way back to Slack."""
        self.sandbox.wait_until(self.sandbox.is_well, "the program to be connected")

    def now(self) -> datetime:
        """Tell rule time."""
        return self.sandbox.clock.now()

    def met(self, card: Card) -> None:
        """Write down what came to pass."""
        self._met.append(card)

    # --- Acting -----------------------------------------------------------------------------------

    def press(self, user: str, card: dict[str, Any], action_id: str) -> dict[str, Any]:
        """Press a button of *card*."""
        return self.sandbox.slack("press", user=user, ts=card["ts"], action_id=action_id)

    def press_late(self, user: str, *, age: float, steps: int) -> None:
        """Press *Approve* now, signed so many seconds ago; it arrives some steps from now."""
        card = next(iter(self.witness.cards()), None)
        waiting = next((one for one in self.witness.proposals() if one.stage is Stage.WAITING), None)
        button = approval_of(card, waiting) if card and waiting else None
        if card is None or waiting is None or button is None:
            return
        action_id, value = button
        postman = Postman(self.sandbox)
        parcel: Parcel = postman.pressing(user, card, action_id, value)
        request = signed_request(parcel, postman.secret, now=time.time() - age)
        digest = value.partition(":")[2]
        self._late.append(Letter(self._step + steps, user, waiting, digest, request))

    def _bring_late_letters(self) -> None:
        for letter in [one for one in self._late if one.step <= self._step]:
            self._late.remove(letter)
            self.witness.pressed(letter.user, letter.waiting, letter.digest, self.now(), is_taken=False)
            if self.sandbox.is_up:
                try:
                    Postman(self.sandbox).deliver(letter.request)
                except requests.RequestException:
                    continue  # it was killed meanwhile, and Slack does not bring a press twice

    def _look_around(self, card: dict[str, Any] | None) -> None:
        """Let somebody look at something: a command, a mention, the Home tab, a box."""
        user, what = self.chance.choice(["U0SAM", *ADMINS]), self.chance.randrange(5 if card else 3)
        if what == 0:
            self.sandbox.slack("command", user=user, text="/mcsync status")
        elif what == 1:
            self.sandbox.slack("say", user=user, text="<@U0MCSYNC> status")
        elif what == 2:
            self.sandbox.slack("event", type="app_home_opened", user=user)
        elif card is not None:
            self.press(user, card, ["mcsync_what_if", "mcsync_acknowledge"][what - 3])

    def _vote(self, card: dict[str, Any], waiting: Proposal) -> None:
        """Let an administrator press *Approve*, and write down whether that must count."""
        button = approval_of(card, waiting)
        if button is None:
            return
        action_id, value = button
        user, now = self.chance.choice(ADMINS), self.now()
        pressed = self.press(user, card, action_id)
        self.witness.pressed(user, waiting, value.partition(":")[2], now, is_taken=bool(pressed["ok"]))

    def _revive(self) -> None:
        """Start a killed program again, after the time it was to be out; it may be killed at its start."""
        while not self.sandbox.is_up:
            out, self.out_seconds = self.out_seconds, 0.0
            self.sandbox.clock.jump(self.now() + timedelta(seconds=out))
            self.sandbox.start_bot()

    def _is_moved(self, proposals: Sequence[Proposal]) -> bool:
        return any(
            one.stage in {Stage.VERIFIED, Stage.PROVED} and one.ask is not Ask.RESUME for one in proposals
        )
