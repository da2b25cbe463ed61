"""The card of a notice: something to know, without buttons."""

from bot.service.cards import CardView
from bot.service.ports import Card
from commands.cards import markup


def render(view: CardView) -> Card:
    """Render *view*, which has a notice and nothing else."""
    notice = view.notice
    assert notice is not None
    title = f"ℹ️ {notice.title}"
    blocks = [
        markup.header(title),
        markup.section(markup.escape(notice.text)),
        markup.context(f"{markup.escape(notice.instance)} · {markup.moment(notice.at, view.instance.zone)}"),
    ]
    return Card(markup.escape(f"{title}. {notice.text}"), blocks)
