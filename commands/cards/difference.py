"""The part of a card that tells what moved in Campaign: what, who and when; three readings where we wrote."""

from zoneinfo import ZoneInfo

from bot.domain import three_way
from bot.domain.period import differences
from bot.domain.proposal import Proposal, Step
from bot.domain.three_way import Found
from commands.cards import markup
from commands.cards.markup import Block
from commands.language import tell, tell_count, told

MOST_ACTIVITIES = 10


def blocks(request: Proposal, zone: ZoneInfo) -> list[Block]:
    """Render what was found when *request* could not go on; nothing when that is not what happened."""
    found = request.found
    if found is None:
        return []
    lines = [tell("*What stands in Campaign*"), *_schedule(request, found)]
    lines += [f"• {markup.escape(markup.cut(told(one), 200))}." for one in found.activities[:MOST_ACTIVITIES]]
    left = len(found.activities) - MOST_ACTIVITIES
    if left > 0:
        more = tell_count("{count} more activity differs.", "{count} more activities differ.", left)
        lines.append(f"• {more}")
    return [markup.section(markup.fitted(lines)), markup.context(_who(found, zone))]


def _schedule(request: Proposal, found: Found) -> list[str]:
    """Say the schedule before and now, or in three readings once it may have been written."""
    if request.taken(Step.WRITE):
        three = three_way.told(request.period_before, request.period_after, found.period)
        return [f"• {markup.escape(told(line))}" for line in three]
    changed = differences(request.period_before, found.period)
    now = markup.escape(told(three_way.in_words(found.period)))
    if not changed:
        same = tell("The schedule reads as it did: {schedule}.", schedule=now)
        return [f"• {same}"]
    before = markup.escape(told(three_way.in_words(request.period_before)))
    moved = tell("Schedule: {before} → {now}.", before=before, now=now)
    lines = [f"• {moved}"]
    lines += [
        f"• {markup.escape(markup.cut(f'{key}: {old} → {new}', 200))}"
        for key, old, new in changed[: three_way.MOST_DIFFERENCES]
    ]
    left = len(changed) - three_way.MOST_DIFFERENCES
    if left > 0:
        more = tell_count("{count} more key differs.", "{count} more keys differ.", left)
        lines.append(f"• {more}")
    return lines


def _who(found: Found, zone: ZoneInfo) -> str:
    editor, state = markup.escape(told(three_way.saved_by(found))), markup.escape(told(found.state))
    if found.edited_at is None:
        return tell(
            "Last saved by {person} at a time that Campaign does not tell · it is {state}",
            person=editor,
            state=state,
        )
    when = markup.moment(found.edited_at, zone)
    return tell("Last saved by {person} {when} · it is {state}", person=editor, when=when, state=state)
