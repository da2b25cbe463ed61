"""The part of a card that tells what moved in Campaign: what, who and when; three readings where we wrote."""

from zoneinfo import ZoneInfo

from bot.domain.period import differences
from bot.domain.proposal import Proposal, Step
from bot.domain.three_way import MOST_DIFFERENCES, Found, in_words, saved_by, told
from commands.cards import markup
from commands.cards.markup import Block

MOST_ACTIVITIES = 10


def blocks(request: Proposal, zone: ZoneInfo) -> list[Block]:
    """Render what was found when *request* could not go on; nothing when that is not what happened."""
    found = request.found
    if found is None:
        return []
    lines = ["*What stands in Campaign*", *_schedule(request, found)]
    lines += [f"• {markup.escape(markup.cut(one, 200))}." for one in found.activities[:MOST_ACTIVITIES]]
    if len(found.activities) > MOST_ACTIVITIES:
        lines.append(f"• {len(found.activities) - MOST_ACTIVITIES} more activities differ.")
    return [markup.section(markup.fitted(lines)), markup.context(_who(found, zone))]


def _schedule(request: Proposal, found: Found) -> list[str]:
    """Say the schedule before and now, or in three readings once it may have been written."""
    if request.taken(Step.WRITE):
        three = told(request.period_before, request.period_after, found.period)
        return [f"• {markup.escape(line)}" for line in three]
    changed = differences(request.period_before, found.period)
    if not changed:
        return [f"• The schedule reads as it did: {markup.escape(in_words(found.period))}."]
    before, now = markup.escape(in_words(request.period_before)), markup.escape(in_words(found.period))
    lines = [f"• Schedule: {before} → {now}."]
    lines += [
        f"• {markup.escape(markup.cut(f'{key}: {old} → {new}', 200))}"
        for key, old, new in changed[:MOST_DIFFERENCES]
    ]
    if len(changed) > MOST_DIFFERENCES:
        lines.append(f"• {len(changed) - MOST_DIFFERENCES} more keys differ.")
    return lines


def _who(found: Found, zone: ZoneInfo) -> str:
    at = markup.moment(found.edited_at, zone) if found.edited_at else "at a time that Campaign does not tell"
    return f"Last saved by {markup.escape(saved_by(found))} {at} · it is {markup.escape(found.state)}"
