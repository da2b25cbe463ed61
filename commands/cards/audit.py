"""The answer to `audit`: who did what, the latest first."""

from bot.domain.deed_words import WORDS, more_of
from bot.domain.message import Card
from bot.service.record import RecordView, Told
from commands.cards import markup

LONGEST_MORE = 160


def render(view: RecordView) -> Card:
    """Render the last entries of the record, of one workflow or of all."""
    of = f" about {markup.short(view.workflow, 60)}" if view.workflow else ""
    blocks = [markup.header(f"The record{of}, the latest entry first")]
    if view.told:
        blocks.append(markup.section(markup.fitted([_line(one, view) for one in view.told])))
    else:
        blocks.append(markup.section("Nothing is on record."))
    told = f"{len(view.told)} of {view.last} entries" if view.last else "No entry yet"
    if view.workflow and view.looked_at < view.last:
        told = f"{len(view.told)} entries; the latest {view.looked_at} of {view.last} were looked at"
    blocks.append(markup.context(f"{told} · `mcsync audit export` on the server prints all of them"))
    return Card(markup.spoken(blocks), blocks)


def _line(told: Told, view: RecordView) -> str:
    deed = told.entry.deed
    who = "mcsync" if deed.actor == "mcsync" else f"<@{deed.actor}>"
    words = WORDS.get(deed.event, deed.event.value)
    about = (
        f" · {markup.escape(markup.short(told.workflow, 40))}" if told.workflow and not view.workflow else ""
    )
    more = markup.escape(markup.cut(more_of(deed), LONGEST_MORE))
    return (
        f"• {markup.moment(deed.at, view.zone)} {who} {words} ({markup.escape(deed.source)}){about}"
        f"{f': {more}' if more else ''}"
    )
