"""What somebody may do, and why."""

from bot.domain.policy import Person, Roles
from bot.domain.rights import may_decide, rights_of

SAM, ADA, GUEST = Person("U0SAM", "sam"), Person("U0ADA", "ada"), Person("U0G", "guest", guest=True)
GROUPS = {"S0ADMINS": frozenset({"U0ADA"})}
ROLES = Roles(approvers=("S0ADMINS", "U0ADA"), administrators=("U0ADA",))


def test_each_right_names_the_list_that_gives_it() -> None:
    rights = rights_of(ADA, ROLES, GROUPS)

    assert rights.decide.given
    assert rights.decide.because == "You are in <!subteam^S0ADMINS>. You are listed by name."
    assert (rights.administer.given, rights.administer.because) == (True, "You are listed by name.")
    assert (rights.ask.given, rights.ask.because) == (True, "Every member of the workspace may.")


def test_each_right_that_is_missing_says_who_has_it() -> None:
    rights = rights_of(SAM, Roles(("S0ADMINS",), ("S0ADMINS",), ()), GROUPS)

    assert not rights.ask.given
    assert rights.ask.because == "Only <!subteam^S0ADMINS> can ask for a change."
    assert not rights.decide.given
    assert not rights.administer.given
    assert "`administrators`" in rights.administer.because
    assert rights.attend.given


def test_a_guest_may_read_and_nothing_else() -> None:
    rights = rights_of(GUEST, ROLES, GROUPS)

    assert not any(right.given for right in (rights.attend, rights.ask, rights.decide, rights.administer))


def test_what_somebody_asked_for_never_waits_for_themselves() -> None:
    assert may_decide(ADA, "U0SAM", ROLES, GROUPS)
    assert not may_decide(ADA, "U0ADA", ROLES, GROUPS)
    assert not may_decide(SAM, "U0ADA", ROLES, GROUPS)
