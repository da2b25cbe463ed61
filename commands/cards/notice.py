"""The card of a notice: something to know, and when it is over."""

from bot.domain.message import Card
from bot.service.cards import CardView
from commands.cards import markup


def render(view: CardView) -> Card:
    """Render *view*, which has a notice and nothing else."""
    notice = view.notice
    assert notice is not None
    zone, over = view.instance.zone, notice.ended_at is not None
    title = f"{'🟢 Over: ' if over else '⚠️ ' if notice.lasting else 'ℹ️ '}{notice.title}"
    server = str(view.instance.badge) if notice.instance else "mcsync"
    told = [f"{markup.escape(server)} · {markup.moment(notice.at, zone)}"]
    if notice.ended_at is not None:
        told.append(f"{markup.escape(notice.ending)} {markup.moment(notice.ended_at, zone)}")
    blocks = [markup.header(title), markup.section(markup.sentence(notice.text)), markup.context(*told)]
    if notice.try_once:
        button = markup.button(
            "Try once",
            "mcsync_try_once",
            notice.instance,
            label="Try the log-on once more, as an administrator",
        )
        blocks.append(markup.actions("mcsync_bar", [button]))
    return Card(markup.spoken(blocks), blocks)
