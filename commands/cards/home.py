"""The Home tab: a page of operations for one reader, from what waits for them down to the record."""

from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.incident import Incident
from bot.domain.instance import Instance, Mode
from bot.domain.proposal import UNDECIDED, Proposal, Stage
from bot.domain.sentence import say
from bot.domain.wording import clock_time, length
from bot.service.home import HomeView, WindowView
from bot.service.homes import SEEN_BLOCK
from bot.service.overview import InstanceView
from commands.cards import (
    cause,
    heat_map,
    incident,
    markup,
    overview,
    proposal,
    proposal_buttons,
    trust,
    watched,
)
from commands.cards.markup import Block
from commands.language import tell, tell_count, told

STRANGER = say(
    "mcsync keeps watch over the transactional archives of this company. What it knows is for the members of "
    "this workspace: ask one of them."
)

MOST_WAITING = 5
MOST_OTHERS = 10
MOST_INCIDENTS = 8
MOST_MAPS = 2
MOST_WINDOWS = 12
MOST_TRUST = 10
LONGEST_SUMMARY = 400


def render(view: HomeView | None, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Render *view*, or a sentence for a stranger, without the types of blocks that Slack does not know."""
    if view is None:
        return {"type": "home", "blocks": [markup.section(told(STRANGER))]}
    blocks = [
        *_head(view),
        *_waiting(view),
        *_incidents(view),
        *watched.blocks(view, plain="table" in without),
        *_week(view, chart="data_visualization" not in without),
        *_windows(view),
        *_trust(view),
    ]
    return {"type": "home", "blocks": blocks}


def _head(view: HomeView) -> list[Block]:
    lines = " · ".join(_seen(one) for one in view.instances)
    seen = markup.context(markup.cut(lines, markup.SECTION_TEXT)) | {"block_id": SEEN_BLOCK}
    label = tell("Read again what was last observed, without asking Campaign")
    paste = tell("Paste journal lines and learn why they failed")
    buttons = [
        markup.button(tell("Refresh"), "mcsync_home_refresh", "home", label=label),
        markup.button(tell("Paste a journal"), "mcsync_paste", "any", label=paste),
    ]
    head = [markup.header(tell("What waits, what is wrong, what runs")), seen]
    if view.note:
        head.append(markup.section(f"⚠️ {markup.sentence(markup.cut(told(view.note), 1000))}"))
    return [*head, markup.actions("mcsync_home", buttons)]


def _seen(view: InstanceView) -> str:
    badge = markup.escape(told(str(view.instance.badge)))
    if view.seen_at is None:
        return tell("{server}: not read yet", server=badge)
    seen_at = markup.moment(view.seen_at, view.instance.zone)
    return tell("{server}: last looked at {moment}", server=badge, moment=seen_at)


# --- What waits -----------------------------------------------------------------------------------


def _waiting(view: HomeView) -> list[Block]:
    blocks = [markup.header(tell("Waits for you ({number})", number=len(view.mine)))]
    if not view.mine:
        blocks.append(markup.section(tell("Nothing waits for your decision.")))
    for request in view.mine[:MOST_WAITING]:
        blocks += _decision(view, request)
    if len(view.mine) > MOST_WAITING:
        blocks.append(_more_cards(view, len(view.mine) - MOST_WAITING))
    if view.others:
        lines = [_other(one) for one in view.others[:MOST_OTHERS]]
        if len(view.others) > MOST_OTHERS:
            lines.append(markup.more(len(view.others) - MOST_OTHERS))
        blocks.append(markup.section(markup.fitted([tell("*Waits for somebody else*"), *lines])))
    return blocks


def _other(request: Proposal) -> str:
    summary = markup.escape(markup.cut(told(request.summary), 200))
    person = f"<@{request.requested_by}>"
    return tell("• {summary} Asked for by {person}.", summary=summary, person=person)


def _more_cards(view: HomeView, left: int) -> Block:
    said = tell_count(
        "…and {count} more: its card is in {channel}.",
        "…and {count} more: their cards are in {channel}.",
        left,
        channel=f"<#{view.channel}>",
    )
    return markup.context(said)


def _decision(view: HomeView, request: Proposal) -> list[Block]:
    server = _server(view, request.instance)
    zone = server.zone
    lines = [
        f"*{markup.escape(proposal.place_on(request.workflow, server.badge))}*",
        markup.escape(markup.cut(told(request.summary), LONGEST_SUMMARY)),
    ]
    if request.purpose:
        lines.append(proposal.purpose(request))
    caution = [f"⚠️ {markup.escape(told(request.caution))}"] if request.caution else []
    return [
        markup.section(markup.fitted(lines)),
        markup.context(*caution, proposal.asked_for_by(request, zone), proposal.expires(request, zone)),
        proposal_buttons.decide(request, f"mcsync_decide_{request.id}", badge=str(server.badge)),
    ]


def _server(view: HomeView, name: str) -> Instance:
    return next(one.instance for one in view.instances if one.instance.name == name)


# --- What is wrong --------------------------------------------------------------------------------


def _incidents(view: HomeView) -> list[Block]:
    found = view.incidents
    blocks = [markup.header(tell("Open incidents ({number})", number=len(found)))]
    if not found:
        blocks.append(markup.section(tell("🟢 None.")))
    blocks += [_incident(view, one.incident, one.proposal) for one in found[:MOST_INCIDENTS]]
    if len(found) > MOST_INCIDENTS:
        blocks.append(_more_cards(view, len(found) - MOST_INCIDENTS))
    return blocks


def _incident(view: HomeView, one: Incident, request: Proposal | None) -> Block:
    server = _server(view, one.instance)
    under_way = request is not None and request.stage in proposal.UNDER_WAY
    sign = proposal.SIGNS[request.stage] if request and under_way else "🔴"
    facts = [_failed(one, server.zone)]
    if one.paused:
        facts.append(tell("*stands still*"))
    if one.acknowledged_by:
        facts.append(tell("{person} takes care of it", person=f"<@{one.acknowledged_by}>"))
    if one.snoozed_until is not None:
        until = markup.moment(one.snoozed_until, server.zone)
        facts.append(tell("put off until {moment}", moment=until))
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


def _failed(one: Incident, zone: ZoneInfo) -> str:
    if not one.failures:
        return tell("The first such run is {moment}", moment=markup.moment(one.first_at, zone))
    return tell_count(
        "Failed {moment}",
        "Failed {count} times, last {moment}",
        one.failures,
        moment=markup.moment(one.last_at, zone),
    )


# --- What was, and what is known ------------------------------------------------------------------


def _week(view: HomeView, *, chart: bool) -> list[Block]:
    blocks = [markup.header(tell("The week"))]
    for number, week in enumerate(view.maps[:MOST_MAPS]):
        blocks += heat_map.blocks(week, number, chart=chart and number == 0)
    if len(view.maps) > MOST_MAPS:
        left = len(view.maps) - MOST_MAPS
        more = tell_count("…and {count} more time zone.", "…and {count} more time zones.", left)
        blocks.append(markup.context(more))
    return blocks


def _windows(view: HomeView) -> list[Block]:
    ordered = sorted(view.windows, key=lambda one: one.counted == one.configured)
    lines = [_window(one) for one in ordered[:MOST_WINDOWS]]
    if len(ordered) > MOST_WINDOWS:
        lines.append(markup.more(len(ordered) - MOST_WINDOWS))
    return [
        markup.header(tell("Restarts: configured and learnt")),
        *[markup.section(page) for page in overview.pages(lines)],
    ]


def _window(one: WindowView) -> str:
    configured, counted = one.configured, one.counted
    about = {
        "account": f"*{markup.escape(one.account)}*",
        "instance": markup.escape(one.instance.name),
        "at": f"{clock_time(configured.at)} {configured.zone.key}",
        "takes": length(configured.takes),
    }
    if counted == configured:
        said = tell("{account} on {instance}: {at}, takes {takes} as configured", **about)
    else:
        said = tell(
            "{account} on {instance}: {at}, configured {takes} and {before} before, "
            "learnt *{counted}* and *{counted_before}* before",
            before=length(configured.before),
            counted=length(counted.takes),
            counted_before=length(counted.before),
            **about,
        )
    none = tell("none was watched yet")
    seen = tell_count("{count} watched", "{count} watched", one.seen) if one.seen else none
    return f"{said}; {seen}"


def _trust(view: HomeView) -> list[Block]:
    if not view.trust:
        return []
    lines = [trust.in_one_line(one.instance, one.record) for one in view.trust[:MOST_TRUST]]
    if len(view.trust) > MOST_TRUST:
        more = tell_count(
            "…and {count} more: `{command} trust`",
            "…and {count} more: `{command} trust`",
            len(view.trust) - MOST_TRUST,
            command=view.command,
        )
        lines.append(more)
    return [
        markup.header(tell("Trust record")),
        markup.section(markup.fitted(lines)),
        markup.context(told(trust.MEANING)),
    ]
