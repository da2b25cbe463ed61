"""What the witness makes of presses: one that counted is enough; one that nobody heard need not count."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.chaos.attacked import Attacked
from tests.chaos.witness import Witness
from tests.domain.change_examples import proposal

WAITING = proposal(requested_by="U0SAM")
AT = WAITING.expires_at - timedelta(minutes=40)


@pytest.fixture(name="witness")
def _witness(tmp_path: Path) -> Witness:
    return Witness(Attacked(tmp_path, 1))


def press(witness: Witness, user: str, *, is_taken: bool = True, minutes: int = 0) -> None:
    at = AT + timedelta(minutes=minutes)
    witness.pressed(user, WAITING, WAITING.digest, at, is_taken=is_taken)


def test_a_press_must_count_unless_an_earlier_one_of_somebody_else_did(witness: Witness) -> None:
    press(witness, "U0GRACE", is_taken=False)
    press(witness, "U0ADA")

    assert [(one.users, one.must_count) for one in witness._ballots] == [
        (("U0GRACE",), False),
        (("U0ADA", "U0GRACE"), True),
    ]


@pytest.mark.parametrize("user", ["U0SAM", "U0GUEST"])
def test_a_press_without_the_right_need_not_count(user: str, witness: Witness) -> None:
    press(witness, user)

    assert not witness._ballots[0].must_count


def test_a_press_need_not_count_when_the_group_changes_soon_after_it_or_it_is_nearly_too_late(
    witness: Witness,
) -> None:
    press(witness, "U0ADA")
    with witness.changing_the_group(frozenset({"U0GRACE"}), lambda: AT + timedelta(minutes=1)):
        pass
    press(witness, "U0GRACE", minutes=40)

    assert not any(one.must_count for one in witness._ballots)
    assert witness.members == {"U0GRACE"}


def test_a_write_is_judged_by_the_group_of_its_moment(witness: Witness) -> None:
    for minutes, members in ((10, frozenset({"U0GRACE"})), (20, frozenset({"U0ADA"}))):
        with witness.changing_the_group(members, lambda minutes=minutes: AT + timedelta(minutes=minutes)):  # type: ignore[misc] # a lambda that keeps its minutes
            pass

    def entitled(minutes: int) -> frozenset[str]:
        return witness._entitled({"at": (AT + timedelta(minutes=minutes)).isoformat()}, [])

    assert entitled(5) == {"U0ADA", "U0GRACE"}
    assert entitled(15) == {"U0GRACE"}
    assert entitled(25) == {"U0ADA"}
