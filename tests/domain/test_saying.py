"""How a verdict says lengths of time, instants and untrusted lines."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.saying import QUOTED, clock, duration, either, foreign, listed, moment, quoted, stretch

AT = datetime(2026, 1, 31, 5, 0, 4, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (4, "4 s"),
        (-4, "4 s"),
        (150, "2 min 30 s"),
        (3600, "1 h"),
        (15_120, "4 h 12 min"),
        (259_200, "3 d"),
        (86_400 + 7, "1 d"),
    ],
)
def test_a_length_of_time_is_said_in_two_units(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (2, 9, "2-9 s after"),
        (4, 4, "4 s after"),
        (4.1, 4.2, "4 s after"),
        (-30, 61, "from 30 s before to 1 min 1 s after"),
        (90, 90, "1 min 30 s after"),
    ],
)
def test_several_distances_are_said_as_one_stretch(first: float, last: float, said: str) -> None:
    assert stretch(first, last) == said


def test_instants_are_said_in_a_zone() -> None:
    assert clock(AT, PARIS) == "06:00:04 Europe/Paris"
    assert moment(AT, PARIS) == "2026-01-31 06:00:04 Europe/Paris"


def test_words_are_joined_for_a_sentence() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
    assert [either(["a"]), either(["a", "b"]), either(["a", "b", "c"])] == ["a", "a or b", "a, b or c"]


def test_an_untrusted_line_is_quoted_on_one_line_and_shortened() -> None:
    assert quoted("a\n\tb\u202ec\x00d") == "“a b c d”"
    long = quoted("x" * 10_000 + "end")
    assert len(long) < QUOTED + 10
    assert "\n" not in quoted("a\u2028b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ask <@U0EVE|eve> or <@U0EVE>", "ask @eve or @U0EVE"),
        ("<#C0OPS|ops> <#C0OPS> <!subteam^S0A|@admins> <!subteam^S0A>", "#ops #C0OPS @admins @S0A"),
        ("<!channel> <https://evil.example|x> a < b", "‹!channel› ‹https://evil.example|x› a ‹ b"),
    ],
)
def test_whom_a_foreign_text_mentions_can_be_read_and_is_not_woken(text: str, shown: str) -> None:
    assert foreign(text) == shown
