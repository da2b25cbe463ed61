"""The answer to `trust`: how often people agreed with mcsync where it only watches."""

from bot.domain.instance import Mode
from bot.domain.message import Card
from bot.domain.trust import TrackRecord
from bot.service.trust import TrustView
from commands.cards import markup

MEANING = "How often people agreed with what mcsync would have done where it only watches."

MOST_INSTANCES = 20
MOST_OBJECTIONS = 5
MOST_CHARACTERS = 9000
"""Slack takes about 13 000 in one message."""


def render(views: tuple[TrustView, ...]) -> Card:
    """Render the record of each instance."""
    blocks = [markup.context(MEANING)]
    most = MOST_OBJECTIONS if len(views) == 1 else 1
    told = written = 0
    for view in views[:MOST_INSTANCES]:
        if written > MOST_CHARACTERS:
            break
        name, mode = markup.escape(view.instance.name), view.instance.mode
        lines = [f"*{name}* ({mode.value} mode): {in_figures(view.record)}.", *_objections(view, most)]
        text = markup.fitted(lines)
        told, written = told + 1, written + len(text)
        blocks.append(markup.section(text))
        if mode is Mode.SHADOW and view.record.rated:
            blocks.append(
                markup.context(
                    f'To let mcsync propose: `mode = "propose"` under [[campaign]] of {name} in mcsync.toml.'
                )
            )
    if len(views) > told:
        blocks.append(markup.context(f"…and {len(views) - told} more: name an instance."))
    figures = [block for block in blocks if block["type"] == "section"]
    return Card(markup.spoken(figures), blocks)


def in_figures(record: TrackRecord) -> str:
    """Say how often people agreed."""
    if not record.rated and not record.abstained:
        return "no failure was judged in shadow mode yet"
    abstained = f"{record.abstained} abstained"
    if not record.rated:
        return f"no answer yet, {abstained}"
    return f"{record.agreed} of {record.rated} agreed, {abstained}"


def _objections(view: TrustView, most: int) -> list[str]:
    workflows = {suggestion.incident: suggestion.workflow for suggestion in view.record.disputed}
    zone = view.instance.zone
    lines = [
        f"• <@{one.user}> said no {markup.moment(one.at, zone)} about "
        f"{markup.escape(workflows[one.incident])}: "
        f"mcsync would {markup.escape(markup.cut(one.would, 200))}"
        for one in view.objections[:most]
    ]
    if len(view.objections) > most:
        lines.append(f"…and {len(view.objections) - most} more")
    return lines
