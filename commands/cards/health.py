"""The answer to `health`: how mcsync itself is."""

from bot.domain.message import Card
from bot.domain.saying import duration
from bot.service.condition import ConditionView, InstanceCondition
from commands.cards import markup

SLACK = {
    "connected": "✅ Slack: connected by Socket Mode",
    "disconnected": "❌ Slack: the socket is not connected; mcsync tries again by itself",
    "http": "✅ Slack: calls mcsync by signed HTTP",
}


def render(view: ConditionView) -> Card:
    """Render *view*; that it can be rendered shows that the store can be read."""
    title = "🟢 mcsync is well" if view.is_well else "🔴 mcsync is not well"
    soon = f", the next in {duration((view.next_due - view.now).total_seconds())}" if view.next_due else ""
    lines = [
        SLACK.get(view.vitals.slack, f"⚪ Slack: {view.vitals.slack}"),
        "✅ Store: answers",
        f"✅ Queue: {view.due} due or under way{soon}",
        _record(view),
    ]
    blocks = [
        markup.header(title),
        markup.section(markup.fitted(lines)),
        markup.section(markup.fitted([_instance(one, view) for one in view.instances])),
        markup.context(f"mcsync {view.vitals.version or 'of an unknown version'}"),
    ]
    return Card(markup.spoken(blocks), blocks)


def _record(view: ConditionView) -> str:
    if view.examination is not None and view.examination.flaws:
        return f"❌ Record: {markup.escape(markup.cut(view.examination.flaws[0], 300))}"
    if view.examination is not None:
        return f"✅ Record: {view.entries} entries, the chain is sound"
    sealed = f", sealed up to entry {view.seal.sequence}" if view.seal else ""
    return f"✅ Record: {view.entries} entries{sealed}; a long one is examined once a day"


def _instance(one: InstanceCondition, view: ConditionView) -> str:
    badge = f"*{markup.escape(str(one.instance.badge))}*"
    sign = "✅" if one.is_well else "❌"
    if one.bar is not None:
        return f"⛔ {badge}: the log-on was refused: {markup.escape(markup.cut(one.bar.sentence, 200))}"
    if one.sight is None or one.sight.seen_at is None:
        return f"{sign} {badge}: not seen yet, mode {one.instance.mode.value}"
    ago = duration((view.now - one.sight.seen_at).total_seconds())
    return f"{sign} {badge}: last seen {ago} ago, mode {one.instance.mode.value}"
