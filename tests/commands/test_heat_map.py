"""What the week's map says in words, for whoever does not see it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.heat_map import heat_map
from commands.cards.heat_map import blocks

PARIS = ZoneInfo("Europe/Paris")
SIX = datetime(2026, 11, 24, 5, tzinfo=UTC)
DAY = timedelta(days=1)


NOTHING = "🟢 No run failed in the last 7 days, and none will meet a restart in the next 7 days."
FAILED = "🟡 2 runs failed in the last 7 days; no run will meet a restart in the next 7 days."
AHEAD = "🔴 No run failed in the last 7 days; one run will meet a restart in the next 7 days."
BOTH = "🔴 One run failed in the last 7 days; 3 runs will meet a restart in the next 7 days."
HOURS = " Hours concerned: 06."


@pytest.mark.parametrize(
    ("failed", "ahead", "said"),
    [(0, 0, NOTHING), (2, 0, FAILED + HOURS), (0, 1, AHEAD + HOURS), (1, 3, BOTH + HOURS)],
)
def test_the_map_is_said_in_a_sentence(failed: int, ahead: int, said: str) -> None:
    behind = [SIX - number * DAY for number in range(failed)]
    coming = [SIX + number * DAY for number in range(ahead)]

    finding = blocks(heat_map(PARIS, behind, coming), 1, chart=False)[0]

    assert finding["text"]["text"] == said
