"""The case note as Slack shows it: readable, and below it as Markdown to copy."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.case_note import CaseNote
from bot.domain.case_note_lines import Line, Quote
from bot.domain.case_note_writing import to_markdown, written
from bot.domain.message import Card
from bot.domain.policy import Person
from commands.cards import markup
from commands.language import told

LONGEST_NOTE = 11_500
"""Slack takes about 13 000 characters in one message; what one section leaves, the next ones have."""

LONGEST_MARKDOWN = 11_000
"""The same limit; a text without blocks may have 40 000, but nobody has to rely on that."""

LONGEST_QUOTE = 300


def render(note: CaseNote) -> Card:
    """Render the account for reading, in the reader's zone."""
    blocks, room = [markup.header(told(note.title))], LONGEST_NOTE
    for left, section in zip(range(len(note.sections), 0, -1), note.sections, strict=True):
        lines = [
            f"*{markup.escape(told(section.title))}*",
            *(_line(line, note.zone) for line in section.lines),
        ]
        text = markup.fitted(lines, min(markup.SECTION_TEXT, room // left))
        blocks.append(markup.section(text))
        room -= len(text)
    return Card(markup.spoken(blocks), blocks)


def render_markdown(note: CaseNote, reader_zone: ZoneInfo) -> Card:
    """Render the account as Markdown in a block of code, for a support case elsewhere."""
    return Card(markup.code(to_markdown(note, told, reader_zone), LONGEST_MARKDOWN), [])


def _line(line: Line, zone: ZoneInfo) -> str:
    match line:
        case Quote(text):
            return markup.code(text, LONGEST_QUOTE)
        case _:
            said = written(line, speak=told, words=markup.escape, mark=lambda part: _part(part, zone))
            return f"• {said}"


def _part(part: datetime | Person, zone: ZoneInfo) -> str:
    match part:
        case Person(id=user):
            return f"<@{user}>"
        case datetime():
            return markup.moment(part, zone)
