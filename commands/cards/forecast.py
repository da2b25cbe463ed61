"""The answer to `forecast`: which runs will meet which restarts."""

from bot.domain.forecast import Forecast, Plan
from bot.domain.message import Card
from bot.domain.strip import draw_strip
from commands.cards import markup

MOST_WORKFLOWS = 15
MOST_COLLISIONS = 5


def render(outlook: tuple[tuple[Plan, Forecast], ...], days: int) -> Card:
    """Render what lies ahead of each workflow within *days*."""
    shown = [_one(plan, ahead) for plan, ahead in outlook[:MOST_WORKFLOWS]]
    blocks = [markup.section(text) for text in shown]
    if len(outlook) > MOST_WORKFLOWS:
        blocks.append(markup.context(f"…and {len(outlook) - MOST_WORKFLOWS} more: name a workflow."))
    blocks.insert(0, markup.header(f"The next {days} days"))
    return Card(markup.spoken(blocks), blocks)


def _one(plan: Plan, ahead: Forecast) -> str:
    name = f"*{markup.escape(plan.name)}*"
    if ahead.first is None:
        return f"🟢 {name}: none of {ahead.runs} runs meets one of {ahead.restarts} restarts"
    met = len({collision.run.at for collision in ahead.collisions})
    lines = [f"🔴 {name}: {met} of {ahead.runs} runs meet a restart"]
    lines.append(f"`{draw_strip(ahead.first.restart, [ahead.first.run.at], plan.windows[0].zone)}`")
    for collision in ahead.collisions[:MOST_COLLISIONS]:
        doubt = f" (uncertain: {collision.uncertain})" if collision.uncertain else ""
        lines.append(f"• {markup.moment(collision.run.at, plan.zone)}{doubt}")
    if len(ahead.collisions) > MOST_COLLISIONS:
        lines.append(f"…and {len(ahead.collisions) - MOST_COLLISIONS} more")
    return "\n".join(lines)
