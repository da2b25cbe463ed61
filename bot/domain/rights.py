"""What somebody may do here, and why. The rules themselves are `bot/domain/policy.py`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.domain.errors import NotAllowed, sentence_of
from bot.domain.policy import (
    Groups,
    Person,
    Roles,
    check_may_administer,
    check_may_ask,
    check_may_attend,
    check_may_decide,
)
from bot.domain.sentence import joined, say


@dataclass(frozen=True)
class Right:
    """Whether somebody may do something.

    Attributes:
        given: whether they may.
        because: why, or who can instead; one sentence, which may mention people and groups.
    """

    given: bool
    because: str


@dataclass(frozen=True)
class Rights:
    """What somebody may do.

    Attributes:
        attend: take care of an incident, put it off, open it again, rate a verdict.
        ask: for a change.
        decide: on what others asked for.
        administer: have a refused log-on tried once.
    """

    attend: Right
    ask: Right
    decide: Right
    administer: Right


def rights_of(person: Person, roles: Roles, groups: Groups) -> Rights:
    """Tell what *person* may do; *groups* holds the members of the groups among *roles*."""
    everybody = say("Every member of the workspace may.")

    def right(check: Callable[[], None], entries: tuple[str, ...], otherwise: str) -> Right:
        try:
            check()
        except NotAllowed as error:
            return Right(given=False, because=sentence_of(error))
        return Right(given=True, because=joined(" ", _ways_in(person, entries, groups)) or otherwise)

    return Rights(
        attend=right(lambda: check_may_attend(person), (), everybody),
        ask=right(lambda: check_may_ask(person, roles, groups), roles.requesters, everybody),
        # Who asked is not known here; that nobody decides on their own request is said beside it.
        decide=right(lambda: check_may_decide(person, "", roles, groups), roles.approvers, everybody),
        administer=right(lambda: check_may_administer(person, roles, groups), roles.administrators, ""),
    )


def may_decide(person: Person, requested_by: str, roles: Roles, groups: Groups) -> bool:
    """Tell whether what *requested_by* asked for waits for *person*."""
    try:
        check_may_decide(person, requested_by, roles, groups)
    except NotAllowed:
        return False
    return True


def _ways_in(person: Person, entries: tuple[str, ...], groups: Groups) -> Iterator[str]:
    for entry in entries:
        if entry == person.id:
            yield say("You are listed by name.")
        elif person.id in groups.get(entry, frozenset()):
            yield say("You are in <!subteam^{group}>.", group=entry)
