"""Bugs planted on purpose, one or two for each promise: a check that cannot fail is worth nothing.

Each patches the real program where a slip could really happen, and names the promise that it breaks. `script`
is a day on which it must show; the same day without the bug must pass.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

import bot.service
from bot.domain.audit import AuditEntry, Deed, Event
from bot.domain.due_work import Claim
from bot.domain.errors import OutcomeUnknown
from bot.domain.proposal import Proposal
from bot.gateways.campaign import CampaignGateway
from bot.gateways.slack import SlackGateway
from bot.gateways.store.writing import SqlWriting
from bot.service.approvals import Approvals
from bot.service.changes import Changes
from bot.service.work import Later
from tests.flows.breaches import Promise
from tests.flows.day import Day


@dataclass(frozen=True)
class Bug:
    """A planted bug.

    Attributes:
        name: what is wrong, in words.
        promise: what it breaks.
        plant: puts it into the program, until the test is over.
        script: a day on which it shows.
    """

    name: str
    promise: Promise
    plant: Callable[[pytest.MonkeyPatch], None]
    script: Callable[[Day], None]

    def __str__(self) -> str:
        return self.name


# --- Days -----------------------------------------------------------------------------------------


def ordinary(day: Day) -> None:
    """Somebody asks, somebody else approves, it is carried out."""
    day.ask("U0SAM", "shift_5")
    day.approve("U0ADA")
    day.the_change_goes_on(30)
    day.it_gets_calm()


def of_two_administrators(day: Day) -> None:
    """An administrator asks, and tries to approve it too."""
    day.ask("U0ADA", "shift_5")
    day.approve("U0ADA")
    day.the_change_goes_on(30)
    day.it_gets_calm()


def with_an_old_card(day: Day) -> None:
    """Somebody approves what a card showed before its request was extended."""
    day.ask("U0SAM", "shift_5")
    day.time_passes(60)
    day.choose("U0GRACE", "extend")
    day.approve_an_old_card("U0ADA")
    day.the_change_goes_on(30)
    day.it_gets_calm()


def with_a_lost_answer(day: Day) -> None:
    """Campaign writes, and its answer is lost."""
    day.ask("U0SAM", "shift_5")
    day.campaign_fails("xtk:persist#Write", "empty-body", "after", 1)
    day.approve("U0ADA")
    day.the_change_goes_on(40)
    day.it_gets_calm()


def with_a_long_outage(day: Day) -> None:
    """Somebody approves what cannot be begun, and the program is out for half a day."""
    day.ask("U0SAM", "shift_5")
    day.campaign_fails("xtk:queryDef#ExecuteQuery", "empty-body", "before", 100_000)
    day.approve("U0ADA")
    day.the_program_is_out(12 * 60)
    day.the_change_goes_on(30)
    day.it_gets_calm()


# --- Bugs -----------------------------------------------------------------------------------------


def _write_twice(patch: pytest.MonkeyPatch) -> None:
    real = CampaignGateway.write_schedule

    def twice(self: CampaignGateway, *about: Any) -> None:  # noqa: ANN401 - passed on as it is
        real(self, *about)
        real(self, *about)

    patch.setattr(CampaignGateway, "write_schedule", twice)


def _write_again_after_a_lost_answer(patch: pytest.MonkeyPatch) -> None:
    real = CampaignGateway.write_schedule

    def insist(self: CampaignGateway, *about: Any) -> None:  # noqa: ANN401 - as above
        try:
            real(self, *about)
        except OutcomeUnknown:
            real(self, *about)

    patch.setattr(CampaignGateway, "write_schedule", insist)


def _let_anybody_decide(patch: pytest.MonkeyPatch) -> None:
    for module in _users_of("check_may_decide"):
        patch.setattr(module, "check_may_decide", lambda *_: None)


def _forget_what_was_shown(patch: pytest.MonkeyPatch) -> None:
    real = Approvals.decide

    def lenient(self: Approvals, claim: Claim) -> Later | None:
        with self._office.store.read() as tx:
            waiting = tx.proposal(claim.work.payload["proposal"])
        digest = {"digest": waiting.digest} if waiting else {}
        work = replace(claim.work, payload={**claim.work.payload, **digest})
        return real(self, replace(claim, work=work))

    patch.setattr(Approvals, "decide", lenient)


def _believe_an_approval_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Proposal, "good_until", property(lambda _: datetime.max.replace(tzinfo=UTC)))


def _lose_a_press(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Approvals, "decide", lambda *_: None)


def _drop_a_vote_silently(patch: pytest.MonkeyPatch) -> None:
    real = SqlWriting.save_proposal

    def forgetful(self: SqlWriting, before: Any, after: Any) -> bool:  # noqa: ANN401 - as above
        return real(self, before, replace(after, votes=()))

    patch.setattr(SqlWriting, "save_proposal", forgetful)


def _never_start_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CampaignGateway, "start", lambda *_: None)


def _lose_the_change(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Changes, "apply", lambda *_: None)


def _leave_out_of_the_record(patch: pytest.MonkeyPatch) -> None:
    real = SqlWriting.record

    def silent(self: SqlWriting, deed: Deed) -> AuditEntry:
        event = Event.RUN_PASSED if deed.event is Event.CHANGE_WRITTEN else deed.event
        return real(self, replace(deed, event=event))

    patch.setattr(SqlWriting, "record", silent)


def _let_a_card_grow_old(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SlackGateway, "update", lambda *_: None)


def _post_twice(patch: pytest.MonkeyPatch) -> None:
    real = SlackGateway.post

    def twice(self: SlackGateway, *what: Any, **how: Any) -> str:  # noqa: ANN401 - as above
        real(self, *what, **how)
        return real(self, *what, **how)

    patch.setattr(SlackGateway, "post", twice)


def _users_of(name: str) -> list[Any]:
    """List the modules of the service that use *name*: a rule is checked in more than one place."""
    found = [import_module(f"bot.service.{one.name}") for one in iter_modules(bot.service.__path__)]
    return [module for module in found if hasattr(module, name)]


BUGS = (
    Bug("the gateway writes twice", Promise.ONE_WRITE, _write_twice, ordinary),
    Bug(
        "a write whose answer was lost is repeated",
        Promise.ONE_WRITE,
        _write_again_after_a_lost_answer,
        with_a_lost_answer,
    ),
    Bug("anybody may decide", Promise.APPROVED, _let_anybody_decide, of_two_administrators),
    Bug("what was shown is not compared", Promise.APPROVED, _forget_what_was_shown, with_an_old_card),
    Bug(
        "an approval is believed for ever",
        Promise.APPROVED,
        _believe_an_approval_for_ever,
        with_a_long_outage,
    ),
    Bug("a press is lost", Promise.KEPT, _lose_a_press, ordinary),
    Bug("votes are dropped silently", Promise.KEPT, _drop_a_vote_silently, ordinary),
    Bug("nothing is started again", Promise.RUNNING, _never_start_again, ordinary),
    Bug("an approved change is lost", Promise.ENDED, _lose_the_change, ordinary),
    Bug("a write is left out of the record", Promise.RECORD, _leave_out_of_the_record, ordinary),
    Bug("a card is not updated", Promise.CARDS, _let_a_card_grow_old, ordinary),
    Bug("a card is posted twice", Promise.CARDS, _post_twice, ordinary),
)
