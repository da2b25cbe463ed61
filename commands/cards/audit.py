"""The answer to `audit`: who did what, the latest first."""

from bot.domain.deed_words import SOURCES, did, kept_of, more_of
from bot.domain.message import Card
from bot.domain.proposal import Proposal
from bot.service.record import RecordView, Told
from commands.cards import markup
from commands.language import tell, tell_count, told

LONGEST_MORE = 160


def render(view: RecordView) -> Card:
    """Render the last entries of the record, of one workflow or of all."""
    title = tell("The record, the latest entry first")
    if view.workflow:
        name = markup.short(view.workflow, 60)
        title = tell("The record about {workflow}, the latest entry first", workflow=name)
    shown = markup.fitted([_line(one, view) for one in view.told]) or tell("Nothing is on record.")
    more = tell("`mcsync audit export` on the server prints all of them")
    blocks = [markup.header(title), markup.section(shown), markup.context(f"{_how_many(view)} · {more}")]
    return Card(markup.spoken(blocks), blocks)


def _how_many(view: RecordView) -> str:
    if not view.last:
        return tell("No entry yet")
    if view.workflow and view.looked_at < view.last:
        return tell_count(
            "{count} entry; the latest {looked_at} of {last} were looked at",
            "{count} entries; the latest {looked_at} of {last} were looked at",
            len(view.told),
            looked_at=view.looked_at,
            last=view.last,
        )
    return tell("{shown} of {last} entries", shown=len(view.told), last=view.last)


def _line(one: Told, view: RecordView) -> str:
    deed = one.entry.deed
    who = "mcsync" if deed.actor == "mcsync" else f"<@{deed.actor}>"
    words = told(did(deed, one.about if isinstance(one.about, Proposal) else None))
    source = told(SOURCES.get(deed.source, deed.source))
    line = f"• {markup.moment(deed.at, view.zone)} {who} {words} ({markup.escape(source)})"
    if one.workflow and not view.workflow:
        line += f" · {markup.escape(markup.short(one.workflow, 40))}"
    more = markup.escape(markup.cut(told(more_of(deed, kept_of(one.about))), LONGEST_MORE))
    return f"{line}: {more}" if more else line
