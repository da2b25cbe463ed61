"""Who may ask, decide and administer; everybody else is refused with a sentence that says who can."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.errors import NotAllowed
from bot.domain.policy import (
    Groups,
    Person,
    Roles,
    approvers_of,
    check_may_administer,
    check_may_ask,
    check_may_decide,
    check_may_rate,
    check_may_set_aside,
    check_may_view,
    deciders,
    keepers,
)

SAM, ADA, EVE = Person("U0SAM", "Sam"), Person("U0ADA", "Ada"), Person("U0EVE", "Eve")
GROUPS: Groups = {"S0ADMINS": frozenset({"U0ADA"}), "S0EMPTY": frozenset()}
ROLES = Roles(requesters=("U0SAM", "S0ADMINS"), approvers=("S0ADMINS", "U0SAM"), administrators=("U0ADA",))


def ask(person: Person, roles: Roles) -> None:
    check_may_ask(person, roles, GROUPS)


def decide(person: Person, roles: Roles) -> None:
    check_may_decide(person, "U0NOBODY", roles, GROUPS)


def administer(person: Person, roles: Roles) -> None:
    check_may_administer(person, roles, GROUPS)


def set_aside(person: Person, roles: Roles) -> None:
    check_may_set_aside(person, roles, GROUPS)


def refusal(check: Callable[[], None]) -> str:
    with pytest.raises(NotAllowed) as caught:
        check()
    return str(caught.value)


def flawed(user: str, flaw: str | None) -> Person:
    """Make somebody of whom one thing is so that may keep them out."""
    changes: dict[str, Any] = {flaw: True} if flaw else {}
    return Person(user, "Eve", **changes)


@pytest.mark.parametrize("check", [ask, decide, administer, set_aside])
@pytest.mark.parametrize("flaw", ["bot", "deactivated", "guest", "foreign"])
def test_strangers_never_count_whatever_the_lists_say(
    check: Callable[[Person, Roles], None], flaw: str
) -> None:
    everywhere = Roles(("U0ADA",), ("U0ADA",), ("U0ADA",))
    check(ADA, everywhere)

    sentence = refusal(lambda: check(flawed("U0ADA", flaw), everywhere))

    assert sentence.endswith("ask a member of this workspace.")


@pytest.mark.parametrize(
    ("flaw", "reads", "rates"),
    [(None, True, True), ("guest", True, False)]
    + [(flaw, False, False) for flaw in ("bot", "deactivated", "foreign")],
)
def test_guests_may_read_and_members_may_say_what_was_right(
    flaw: str | None, *, reads: bool, rates: bool
) -> None:
    person = flawed("U0EVE", flaw)

    for check, allowed in ((check_may_view, reads), (check_may_rate, rates)):
        if allowed:
            check(person)
        else:
            with pytest.raises(NotAllowed):
                check(person)


def test_without_a_list_it_is_asked_where_everybody_concerned_sees_it() -> None:
    with pytest.raises(NotAllowed, match="<#C0OPS>"):
        check_may_ask(EVE, Roles(), GROUPS, channel="C0OPS")
    check_may_ask(SAM, ROLES, GROUPS, channel="C0OPS")


@pytest.mark.parametrize("person", [SAM, ADA])
def test_a_listed_person_or_member_of_a_listed_group_may_ask(person: Person) -> None:
    ask(person, ROLES)


def test_without_a_list_everyone_may_ask() -> None:
    ask(EVE, Roles())


def test_with_a_list_nobody_else_may_ask() -> None:
    assert refusal(lambda: ask(EVE, ROLES)) == "Only <@U0SAM> or <!subteam^S0ADMINS> can ask for a change."


@pytest.mark.parametrize("person", [SAM, ADA])
def test_an_approver_may_decide_what_another_asked_for(person: Person) -> None:
    decide(person, ROLES)


def test_without_approvers_nobody_may_decide_and_the_sentence_says_what_to_do() -> None:
    assert "lists people or groups under `approvers` in mcsync.toml" in refusal(lambda: decide(ADA, Roles()))


def test_being_an_administrator_approves_nothing() -> None:
    roles = Roles(approvers=("U0SAM",), administrators=("U0ADA",))

    assert refusal(lambda: decide(ADA, roles)) == "Only <@U0SAM> can approve or deny changes."


@pytest.mark.parametrize(
    ("approvers", "others"),
    [
        (("U0ADA", "U0SAM"), "<@U0SAM>"),
        (("U0ADA", "S0ADMINS"), "<!subteam^S0ADMINS>"),
        (("U0SAM", "U0ADA", "U0EVE"), "<@U0SAM> or <@U0EVE>"),
    ],
)
def test_nobody_decides_what_they_asked_for(approvers: tuple[str, ...], others: str) -> None:
    roles = Roles(approvers=approvers, administrators=("U0ADA",))

    sentence = refusal(lambda: check_may_decide(ADA, ADA.id, roles, GROUPS))

    assert sentence == f"You asked for this change, so somebody else decides: {others}."


def test_an_only_approver_who_asks_is_told_that_another_one_is_needed() -> None:
    roles = Roles(approvers=("U0ADA",))

    sentence = refusal(lambda: check_may_decide(ADA, ADA.id, roles, GROUPS))

    assert "no other approver is listed under `approvers` in mcsync.toml" in sentence


def test_self_approval_is_possible_only_where_it_is_switched_on() -> None:
    check_may_decide(ADA, ADA.id, Roles(approvers=("U0ADA",), allow_self_approval=True), GROUPS)


def test_self_approval_makes_nobody_an_approver() -> None:
    roles = Roles(approvers=("U0SAM",), allow_self_approval=True)

    assert "Only <@U0SAM>" in refusal(lambda: check_may_decide(ADA, ADA.id, roles, GROUPS))


def test_a_group_that_could_not_be_read_has_nobody_in_it() -> None:
    roles = Roles(approvers=("S0ADMINS",))

    assert "<!subteam^S0ADMINS>" in refusal(lambda: check_may_decide(ADA, "U0SAM", roles, {}))


def test_a_group_is_no_person_and_a_person_no_group() -> None:
    odd: Groups = {"U0SAM": frozenset({"U0EVE"})}

    refusal(lambda: check_may_ask(Person("S0ADMINS", "x", bot=True), ROLES, GROUPS))
    with pytest.raises(NotAllowed):
        check_may_ask(EVE, Roles(requesters=("S0EMPTY",)), {**GROUPS, **odd})


def test_only_administrators_administer() -> None:
    administer(ADA, ROLES)

    assert refusal(lambda: administer(SAM, ROLES)) == "Only <@U0ADA> can do this."
    assert "under `administrators` in mcsync.toml" in refusal(lambda: administer(SAM, Roles()))


def test_the_groups_that_must_be_read_are_those_in_any_list() -> None:
    roles = Roles(("S0A", "U0B"), ("S0C", "W0D"), ("S0E",))

    assert roles.groups == {"S0A", "S0C", "S0E"}


def test_approvers_and_administrators_set_aside_and_nobody_else() -> None:
    roles = Roles(approvers=("S0ADMINS",), administrators=("U0EVE",))

    set_aside(ADA, roles)
    set_aside(EVE, roles)
    assert (
        refusal(lambda: set_aside(SAM, roles)) == "Only <!subteam^S0ADMINS> or <@U0EVE> can set this aside."
    )
    assert "lists people or groups under" in refusal(lambda: set_aside(SAM, Roles()))


def test_whoever_can_help_is_named_even_where_nobody_is_listed() -> None:
    assert (keepers(ROLES), deciders(ROLES)) == ("<@U0ADA>", "<!subteam^S0ADMINS> or <@U0SAM>")
    assert keepers(Roles()) == "whoever keeps mcsync.toml"
    assert approvers_of(ROLES, "U0ADA") == "<!subteam^S0ADMINS> or <@U0SAM>"
    assert approvers_of(ROLES, "U0SAM") == "<!subteam^S0ADMINS>", "nobody approves their own request"
    assert approvers_of(Roles(approvers=("U0SAM",)), "U0SAM") == approvers_of(Roles(), "U0SAM") == ""
    assert approvers_of(Roles(approvers=("U0SAM",), allow_self_approval=True), "U0SAM") == "<@U0SAM>"
    assert deciders(Roles()) == "somebody to list `approvers` in mcsync.toml"
