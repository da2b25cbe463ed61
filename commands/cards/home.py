"""The Home tab: a page of operations for one reader, from what waits for them down to the record."""

from typing import Any

from bot.domain.incident import Incident
from bot.domain.instance import Instance, Mode
from bot.domain.proposal import UNDECIDED, Proposal, Stage
from bot.domain.wording import clock_time, length
from bot.service.home import HomeView, WatchedView, WindowView
from bot.service.homes import SEEN_BLOCK
from bot.service.overview import InstanceView
from commands.cards import cause, heat_map, incident, markup, overview, proposal, tables, trust
from commands.cards.markup import Block

STRANGER = (
    "mcsync keeps watch over the transactional archives of this company. What it knows is for the members of "
    "this workspace: ask one of them."
)

MOST_WAITING = 5
MOST_OTHERS = 10
MOST_INCIDENTS = 8
MOST_WORKFLOWS = 40
MOST_BARS = 3
MOST_MAPS = 2
MOST_WINDOWS = 12
MOST_TRUST = 10
LONGEST_SUMMARY = 400


def render(view: HomeView | None, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Render *view*, or a sentence for a stranger, without the types of blocks that Slack does not know."""
    if view is None:
        return {"type": "home", "blocks": [markup.section(STRANGER)]}
    blocks = [
        *_head(view),
        *_waiting(view),
        *_incidents(view),
        *_workflows(view, plain="table" in without),
        *_week(view, chart="data_visualization" not in without),
        *_windows(view),
        *_trust(view),
    ]
    return {"type": "home", "blocks": blocks}


def _head(view: HomeView) -> list[Block]:
    told = [_seen(one) for one in view.instances]
    seen = markup.context(markup.cut(" · ".join(told), markup.SECTION_TEXT)) | {"block_id": SEEN_BLOCK}
    label = "Read again what was last observed, without asking Campaign"
    paste = "Paste journal lines and learn why they failed"
    buttons = [
        markup.button("Refresh", "mcsync_home_refresh", "home", label=label),
        markup.button("Paste a journal", "mcsync_paste", "any", label=paste),
    ]
    head = [markup.header("What waits, what is wrong, what runs"), seen]
    if view.note:
        head.append(markup.section(f"⚠️ {markup.sentence(markup.cut(view.note, 1000))}"))
    return [*head, markup.actions("mcsync_home", buttons)]


def _seen(view: InstanceView) -> str:
    badge = markup.escape(str(view.instance.badge))
    if view.seen_at is None:
        return f"{badge}: not read yet"
    return f"{badge}: last looked at {markup.moment(view.seen_at, view.instance.zone)}"


# --- What waits -----------------------------------------------------------------------------------


def _waiting(view: HomeView) -> list[Block]:
    blocks = [markup.header(f"Waits for you ({len(view.mine)})")]
    if not view.mine:
        blocks.append(markup.section("Nothing waits for your decision."))
    for request in view.mine[:MOST_WAITING]:
        blocks += _decision(view, request)
    if len(view.mine) > MOST_WAITING:
        left = len(view.mine) - MOST_WAITING
        blocks.append(markup.context(f"…and {left} more: their cards are in <#{view.channel}>."))
    if view.others:
        lines = [
            f"• {markup.escape(markup.cut(one.summary, 200))} Asked for by <@{one.requested_by}>."
            for one in view.others[:MOST_OTHERS]
        ]
        if len(view.others) > MOST_OTHERS:
            lines.append(f"…and {len(view.others) - MOST_OTHERS} more")
        blocks.append(markup.section(markup.fitted(["*Waits for somebody else*", *lines])))
    return blocks


def _decision(view: HomeView, request: Proposal) -> list[Block]:
    server = _server(view, request.instance)
    zone = server.zone
    lines = [
        f"*{markup.escape(proposal.place_on(request.workflow, server.badge))}*",
        markup.escape(markup.cut(request.summary, LONGEST_SUMMARY)),
    ]
    if request.purpose:
        lines.append(
            f"Why, says <@{request.requested_by}>: {markup.escape(markup.cut(request.purpose, 500))}"
        )
    asked = f"Asked for by <@{request.requested_by}> {markup.moment(request.requested_at, zone)}"
    expires = f"Expires {markup.moment(request.expires_at, zone)}"
    caution = [f"⚠️ {markup.escape(request.caution)}"] if request.caution else []
    return [
        markup.section(markup.fitted(lines)),
        markup.context(*caution, asked, expires),
        proposal.decide(request, f"mcsync_decide_{request.id}", badge=str(server.badge)),
    ]


def _server(view: HomeView, name: str) -> Instance:
    return next(one.instance for one in view.instances if one.instance.name == name)


# --- What is wrong --------------------------------------------------------------------------------


def _incidents(view: HomeView) -> list[Block]:
    found = view.incidents
    blocks = [markup.header(f"Open incidents ({len(found)})")]
    if not found:
        blocks.append(markup.section("🟢 None."))
    blocks += [_incident(view, one.incident, one.proposal) for one in found[:MOST_INCIDENTS]]
    if len(found) > MOST_INCIDENTS:
        left = len(found) - MOST_INCIDENTS
        blocks.append(markup.context(f"…and {left} more: their cards are in <#{view.channel}>."))
    return blocks


def _incident(view: HomeView, one: Incident, request: Proposal | None) -> Block:
    server = _server(view, one.instance)
    under_way = request is not None and request.stage in proposal.UNDER_WAY
    sign = proposal.SIGNS[request.stage] if request and under_way else "🔴"
    facts = [f"The first such run is {markup.moment(one.first_at, server.zone)}"]
    if one.failures:
        count = "Failed" if one.failures == 1 else f"Failed {one.failures} times, last"
        facts = [f"{count} {markup.moment(one.last_at, server.zone)}"]
    if one.paused:
        facts.append("*stands still*")
    if one.acknowledged_by:
        facts.append(f"<@{one.acknowledged_by}> takes care of it")
    if one.snoozed_until is not None:
        facts.append(f"put off until {markup.moment(one.snoozed_until, server.zone)}")
    if request is not None:
        facts.append(markup.escape(proposal.heading(request)))
    place = markup.escape(proposal.place_on(one.workflow, server.badge))
    block = markup.section(f"{sign} {cause.happened(one, f'*{place}*')}\n{' · '.join(facts)}") | {
        "block_id": f"mcsync_incident_{one.id}"
    }
    free = request is None or request.stage not in UNDECIDED | {Stage.VERIFIED}
    if server.mode is Mode.PROPOSE and free and (one.diagnosis.offers_shift or one.paused):
        block["accessory"] = incident.more_button(one)
    return block


# --- What runs ------------------------------------------------------------------------------------

HEADS = ("Workflow", "State", "Margin", "Next run", "Closest restart", "Runs")
"""What one wants to know first stands first: a phone shows three columns."""


def _workflows(view: HomeView, *, plain: bool) -> list[Block]:
    shown = view.watched[:MOST_WORKFLOWS]
    blocks = [markup.header(f"Workflows ({len(view.watched)})")]
    if plain:
        blocks += [markup.section(page) for page in _pages([_line(view, one) for one in shown])]
    else:
        rows = [_row(view, one) for one in shown]
        blocks.append(tables.table("mcsync_home_workflows", HEADS, rows))
    if len(view.watched) > MOST_WORKFLOWS:
        left = len(view.watched) - MOST_WORKFLOWS
        blocks.append(markup.context(f"…and {left} more: `{view.command} status` with a server's name."))
    barred = [one for one in view.instances if one.bar is not None]
    for one in barred[:MOST_BARS]:
        blocks += _bar(one)
    if len(barred) > MOST_BARS:
        blocks.append(markup.context(f"…and {len(barred) - MOST_BARS} more servers refuse the log-on."))
    return blocks


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
        parts.append(f"runs {markup.escape(markup.cut(one.of.schedule, tables.LONGEST_CELL))}")
    if one.next_run is not None:
        parts.append(f"next run {markup.moment(one.next_run, zone)}")
    if one.room is not None:
        restart = markup.moment(one.room.restart.at, zone)
        parts.append(f"closest restart {restart}, margin {markup.escape(_margin(one))}")
    return " · ".join(parts)


def _name(view: HomeView, one: WatchedView) -> str:
    name = one.of.execution.workflow
    if len(view.instances) == 1:
        return name
    badge = one.instance.badge
    return f"{badge.emoji} {markup.short(badge.label, proposal.LONGEST_INSTANCE)}: {name}"


def _state(one: WatchedView) -> str:
    if one.of.sighted is None:
        return "⚪ has not been seen yet"
    return f"{overview.sign(one.of)} {overview.state_words(one.of.sighted.status)}"


def _margin(one: WatchedView) -> str:
    """Say how much room there is; a run that meets the restart has none."""
    if one.room is None or one.room.margin is None:
        return "–"
    return "⚠️ none: a run meets it" if one.room.met else length(one.room.margin)


def _bar(view: InstanceView) -> list[Block]:
    assert view.bar is not None
    name = view.instance.name
    sentence = markup.escape(markup.cut(view.bar.sentence, 300))
    button = markup.button(
        "Try once", "mcsync_try_once", name, label=f"Try the log-on to {name} once more, as an administrator"
    )
    told = markup.section(f"⛔ *{markup.escape(name)}*: mcsync does not log on. {sentence}")
    return [told, markup.actions(f"mcsync_bar_{name}", [button])]


def _pages(lines: list[str]) -> list[str]:
    """Put lines together into as few sections as they need."""
    pages: list[str] = []
    for line in lines:
        if pages and len(pages[-1]) + len(line) < markup.SECTION_TEXT:
            pages[-1] += f"\n{line}"
        else:
            pages.append(line)
    return pages


# --- What was, and what is known ------------------------------------------------------------------


def _week(view: HomeView, *, chart: bool) -> list[Block]:
    blocks = [markup.header("The week")]
    for number, week in enumerate(view.maps[:MOST_MAPS]):
        blocks += heat_map.blocks(week, number, chart=chart and number == 0)
    if len(view.maps) > MOST_MAPS:
        blocks.append(markup.context(f"…and {len(view.maps) - MOST_MAPS} more time zones."))
    return blocks


def _windows(view: HomeView) -> list[Block]:
    ordered = sorted(view.windows, key=lambda one: one.counted == one.configured)
    lines = [_window(one) for one in ordered[:MOST_WINDOWS]]
    if len(ordered) > MOST_WINDOWS:
        lines.append(f"…and {len(ordered) - MOST_WINDOWS} more")
    return [
        markup.header("Restarts: configured and learnt"),
        *[markup.section(page) for page in _pages(lines)],
    ]


def _window(one: WindowView) -> str:
    configured, counted = one.configured, one.counted
    name = f"*{markup.escape(one.account)}* on {markup.escape(one.instance.name)}"
    at = f"{clock_time(configured.at)} {configured.zone.key}"
    seen = "none was watched yet" if not one.seen else f"{one.seen} watched"
    if counted == configured:
        return f"{name}: {at}, takes {length(configured.takes)} as configured; {seen}"
    return (
        f"{name}: {at}, configured {length(configured.takes)} and {length(configured.before)} before, "
        f"learnt *{length(counted.takes)}* and *{length(counted.before)}* before; {seen}"
    )


def _trust(view: HomeView) -> list[Block]:
    if not view.trust:
        return []
    lines = [
        f"*{markup.escape(one.instance.name)}* ({one.instance.mode.value} mode): "
        f"{trust.in_figures(one.record)}"
        for one in view.trust[:MOST_TRUST]
    ]
    if len(view.trust) > MOST_TRUST:
        lines.append(f"…and {len(view.trust) - MOST_TRUST} more: `{view.command} trust`")
    return [
        markup.header("Trust record"),
        markup.section(markup.fitted(lines)),
        markup.context(trust.MEANING),
    ]
