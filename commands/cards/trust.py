"""The answer to `trust`: how often people agreed with mcsync where it only watches."""

from bot.domain.instance import Mode
from bot.domain.trust import TrackRecord
from bot.service.ports import Card
from bot.service.trust import TrustView
from commands.cards import markup

MOST_INSTANCES = 20
MOST_OBJECTIONS = 5


def render(views: tuple[TrustView, ...]) -> Card:
    """Render the record of each instance."""
    blocks = [markup.header("How often mcsync was right where it only watches")]
    lines: list[str] = []
    for view in views[:MOST_INSTANCES]:
        name, mode = markup.escape(view.instance.name), view.instance.mode
        figures = _figures(view.record)
        lines.append(f"{view.instance.name} ({mode.value} mode): {figures}.")
        objections = _objections(view)
        blocks.append(markup.section("\n".join([f"*{name}* ({mode.value} mode): {figures}", *objections])))
        lines += objections
        if mode is Mode.SHADOW and view.record.rated:
            blocks.append(
                markup.context(
                    f'To let mcsync propose: `mode = "propose"` under [[campaign]] of {name} in mcsync.toml.'
                )
            )
    if len(views) > MOST_INSTANCES:
        blocks.append(markup.context(f"…and {len(views) - MOST_INSTANCES} more: name an instance."))
    return Card("\n".join(lines), blocks)


def _figures(record: TrackRecord) -> str:
    if not record.rated and not record.abstained:
        return "no failure was judged in shadow mode yet"
    abstained = f"{record.abstained} abstained"
    if not record.rated:
        return f"no answer yet, {abstained}"
    return f"{record.agreed} of {record.rated} agreed, {abstained}"


def _objections(view: TrustView) -> list[str]:
    workflows = {suggestion.incident: suggestion.workflow for suggestion in view.record.disputed}
    zone = view.instance.zone
    lines = [
        f"• <@{one.user}> said no {markup.moment(one.at, zone)} about {workflows[one.incident]}: "
        f"mcsync would {markup.escape(markup.cut(one.would, 300))}"
        for one in view.objections[:MOST_OBJECTIONS]
    ]
    if len(view.objections) > MOST_OBJECTIONS:
        lines.append(f"…and {len(view.objections) - MOST_OBJECTIONS} more")
    return lines
