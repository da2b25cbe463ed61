"""The card of a notice: something to know, and when it is over."""

from bot.domain.message import Card
from bot.service.cards import CardView
from commands.cards import markup
from commands.language import tell, told


def render(view: CardView) -> Card:
    """Render *view*, which has a notice and nothing else."""
    notice = view.notice
    assert notice is not None
    zone = view.instance.zone
    title = f"{'⚠️' if notice.lasting else 'ℹ️'} {told(notice.title)}"
    server = told(str(view.instance.badge)) if notice.instance else "mcsync"
    facts = [f"{markup.escape(server)} · {markup.moment(notice.at, zone)}"]
    if notice.ended_at is not None:
        title = tell("🟢 Over: {title}", title=notice.title)
        facts.append(f"{markup.escape(told(notice.ending))} {markup.moment(notice.ended_at, zone)}")
    text = markup.sentence(told(notice.text))
    blocks = [markup.header(title), markup.section(text), markup.context(*facts)]
    if notice.try_once:
        button = markup.button(
            tell("Try once"),
            "mcsync_try_once",
            notice.instance,
            label=tell("Try the log-on once more, as an administrator"),
        )
        blocks.append(markup.actions("mcsync_bar", [button]))
    return Card(markup.spoken(blocks), blocks)
