"""The workflows on a Home tab: how each is, its room before the next restart, and who refuses the log-on."""

from bot.domain.sentence import say
from bot.domain.wording import length
from bot.service.home import HomeView, WatchedView
from bot.service.overview import InstanceView
from commands.cards import markup, overview, proposal, tables
from commands.cards.markup import Block
from commands.language import tell, tell_count, told

MOST_WORKFLOWS = 40
MOST_BARS = 3

HEADS = (say("Workflow"), say("State"), say("Margin"), say("Next run"), say("Closest restart"), say("Runs"))
"""What one wants to know first stands first: a phone shows three columns."""


def blocks(view: HomeView, *, plain: bool) -> list[Block]:
    """Render the workflows, as lines where Slack knows no tables (*plain*)."""
    shown = view.watched[:MOST_WORKFLOWS]
    built = [markup.header(tell("Workflows ({number})", number=len(view.watched)))]
    if plain:
        built += [markup.section(page) for page in overview.pages([_line(view, one) for one in shown])]
    else:
        rows = [_row(view, one) for one in shown]
        built.append(tables.table("mcsync_home_workflows", HEADS, rows))
    if len(view.watched) > MOST_WORKFLOWS:
        left = len(view.watched) - MOST_WORKFLOWS
        more = tell_count(
            "…and {count} more: `{command} status` with a server's name.",
            "…and {count} more: `{command} status` with a server's name.",
            left,
            command=view.command,
        )
        built.append(markup.context(more))
    barred = [one for one in view.instances if one.bar is not None]
    for one in barred[:MOST_BARS]:
        built += _bar(one)
    if len(barred) > MOST_BARS:
        more = tell_count(
            "…and {count} more server refuses the log-on.",
            "…and {count} more servers refuse the log-on.",
            len(barred) - MOST_BARS,
        )
        built.append(markup.context(more))
    return built


def _row(view: HomeView, one: WatchedView) -> list[Block]:
    zone = one.instance.zone
    restart = tables.words("–")
    if one.room is not None:
        restart = tables.when(one.room.restart.at, zone)
    return [
        tables.words(_name(view, one)),
        tables.words(_state(one)),
        tables.words(_margin(one)),
        tables.when(one.next_run, zone) if one.next_run else tables.words("–"),
        restart,
        tables.words(one.of.schedule),
    ]


def _line(view: HomeView, one: WatchedView) -> str:
    zone = one.instance.zone
    parts = [f"*{markup.escape(_name(view, one))}* {markup.escape(_state(one))}"]
    if one.of.schedule:
        schedule = markup.escape(markup.cut(told(one.of.schedule), tables.LONGEST_CELL))
        parts.append(tell("runs {schedule}", schedule=schedule))
    if one.next_run is not None:
        parts.append(tell("next run {moment}", moment=markup.moment(one.next_run, zone)))
    if one.room is not None:
        restart, margin = markup.moment(one.room.restart.at, zone), markup.escape(_margin(one))
        parts.append(tell("closest restart {moment}, margin {margin}", moment=restart, margin=margin))
    return " · ".join(parts)


def _name(view: HomeView, one: WatchedView) -> str:
    name = one.of.execution.workflow
    if len(view.instances) == 1:
        return name
    badge = one.instance.badge
    return f"{badge.emoji} {markup.short(badge.label, proposal.LONGEST_INSTANCE)}: {name}"


def _state(one: WatchedView) -> str:
    if one.of.sighted is None:
        return tell("⚪ has not been seen yet")
    return f"{overview.sign(one.of)} {overview.state_words(one.of.sighted.status)}"


def _margin(one: WatchedView) -> str:
    """Say how much room there is; a run that meets the restart has none."""
    if one.room is None or one.room.margin is None:
        return "–"
    return tell("⚠️ none: a run meets a restart") if one.room.met else told(length(one.room.margin))


def _bar(view: InstanceView) -> list[Block]:
    assert view.bar is not None
    said = tell(
        "⛔ *{instance}*: mcsync does not log on. {reason}",
        instance=markup.escape(view.instance.name),
        reason=markup.escape(markup.cut(told(view.bar.sentence), 300)),
    )
    return [markup.section(said), overview.try_once(view.instance.name)]
