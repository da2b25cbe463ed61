"""The answer to `forecast`: which runs will meet which restarts."""

from zoneinfo import ZoneInfo

from bot.domain.collision import Collision
from bot.domain.message import Card
from bot.domain.strip import draw_strip
from bot.domain.wording import clock_change
from bot.service.outlook import Ahead
from commands.cards import markup
from commands.language import tell, tell_count, told

MOST_WORKFLOWS = 15
MOST_COLLISIONS = 5


def render(outlook: tuple[Ahead, ...], days: int) -> Card:
    """Render what lies ahead of each workflow within *days*."""
    shown = [_one(each) for each in outlook[:MOST_WORKFLOWS]]
    blocks = [markup.section(text) for text in shown]
    if len(outlook) > MOST_WORKFLOWS:
        left = len(outlook) - MOST_WORKFLOWS
        more = tell_count("…and {count} more: name a workflow.", "…and {count} more: name a workflow.", left)
        blocks.append(markup.context(more))
    blocks.insert(0, markup.header(tell_count("The next day", "The next {count} days", days)))
    return Card(markup.spoken(blocks), blocks)


def _one(each: Ahead) -> str:
    plan, ahead = each.plan, each.forecast
    name = tell(
        "{workflow} on {server}",
        workflow=f"*{markup.escape(plan.name)}*",
        server=markup.escape(told(str(each.instance.badge))),
    )
    if ahead.first is None:
        none = tell(
            "{workflow}: none of {runs} runs meets one of {restarts} restarts",
            workflow=name,
            runs=ahead.runs,
            restarts=ahead.restarts,
        )
        return f"🟢 {none}"
    met = len({collision.run.at for collision in ahead.collisions})
    some = tell_count(
        "{workflow}: {count} of {runs} runs meets a restart",
        "{workflow}: {count} of {runs} runs meet a restart",
        met,
        workflow=name,
        runs=ahead.runs,
    )
    strip = draw_strip(ahead.first.restart, [ahead.first.run.at], plan.windows[0].zone)
    lines = [f"🔴 {some}", f"`{told(strip)}`"]
    lines += [f"• {_meeting(collision, plan.zone)}" for collision in ahead.collisions[:MOST_COLLISIONS]]
    if len(ahead.collisions) > MOST_COLLISIONS:
        lines.append(markup.more(len(ahead.collisions) - MOST_COLLISIONS))
    return "\n".join(lines)


def _meeting(collision: Collision, zone: ZoneInfo) -> str:
    when = markup.moment(collision.run.at, zone)
    if not collision.uncertain:
        return when
    return tell("{when} (uncertain: {reason})", when=when, reason=clock_change(collision.uncertain))
