"""The answer to `health`: how mcsync itself is."""

from bot.domain.message import Card
from bot.domain.saying import duration
from bot.domain.sentence import say
from bot.service.condition import ConditionView, InstanceCondition
from commands.cards import markup
from commands.language import tell, tell_count, told

SLACK = {
    "connected": say("✅ Slack: connected by Socket Mode"),
    "disconnected": say("❌ Slack: the socket is not connected; mcsync tries again by itself"),
    "http": say("✅ Slack: calls mcsync by signed HTTP"),
}


def render(view: ConditionView) -> Card:
    """Render *view*; that it can be rendered shows that the store can be read."""
    title = tell("🟢 mcsync is well") if view.is_well else tell("🔴 mcsync is not well")
    lines = [_slack(view), tell("✅ Store: answers"), _queue(view), _record(view)]
    version = view.vitals.version
    blocks = [
        markup.header(title),
        markup.section(markup.fitted(lines)),
        markup.section(markup.fitted([_instance(one, view) for one in view.instances])),
        markup.context(f"mcsync {version}" if version else tell("mcsync of an unknown version")),
    ]
    return Card(markup.spoken(blocks), blocks)


def _slack(view: ConditionView) -> str:
    way = view.vitals.slack
    return told(SLACK[way]) if way in SLACK else tell("⚪ Slack: {state}", state=way)


def _queue(view: ConditionView) -> str:
    if view.next_due is None:
        return tell("✅ Queue: {count} due or under way", count=view.due)
    soon = duration((view.next_due - view.now).total_seconds())
    return tell("✅ Queue: {count} due or under way, the next in {time}", count=view.due, time=soon)


def _record(view: ConditionView) -> str:
    if view.examination is not None and view.examination.flaws:
        flaw = markup.escape(markup.cut(told(view.examination.flaws[0]), 300))
        return tell("❌ Record: {flaw}", flaw=flaw)
    if view.examination is not None:
        return tell_count(
            "✅ Record: {count} entry, the chain is sound",
            "✅ Record: {count} entries, the chain is sound",
            view.entries,
        )
    if view.seal is None:
        return tell("✅ Record: {count} entries; a long one is examined once a day", count=view.entries)
    return tell(
        "✅ Record: {count} entries, sealed up to entry {sealed}; a long one is examined once a day",
        count=view.entries,
        sealed=view.seal.sequence,
    )


def _instance(one: InstanceCondition, view: ConditionView) -> str:
    badge = f"*{markup.escape(told(str(one.instance.badge)))}*"
    sign, mode = "✅" if one.is_well else "❌", one.instance.mode.value
    if one.bar is not None:
        reason = markup.escape(markup.cut(told(one.bar.sentence), 200))
        return tell("⛔ {server}: the log-on was refused: {reason}", server=badge, reason=reason)
    if one.sight is None or one.sight.seen_at is None:
        unseen = tell("{server}: not seen yet, mode {mode}", server=badge, mode=mode)
        return f"{sign} {unseen}"
    ago = duration((view.now - one.sight.seen_at).total_seconds())
    seen = tell("{server}: last seen {time} ago, mode {mode}", server=badge, time=ago, mode=mode)
    return f"{sign} {seen}"
