"""How a case note is written: its lines in any language and look, and the whole of it as Markdown.

Slack's look is `commands/cards/case_note.py`; Markdown is made here, since it is only text.
"""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.case_note import CaseNote
from bot.domain.case_note_lines import Mark, Quote
from bot.domain.policy import Person
from bot.domain.sentence import Sentence

_UTC = ZoneInfo("UTC")


def written(
    line: str,
    *,
    speak: Callable[[str], str],
    words: Callable[[str], str],
    mark: Callable[[datetime | Person], str],
) -> str:
    """Write one line.

    Args:
        line: a sentence of a note, or anything put into it.
        speak: says a sentence in the reader's language.
        words: makes text harmless that is no sentence of ours.
        mark: writes an instant or a person.
    """
    match line:
        case Mark():
            return mark(line.part)
        case Sentence():
            arguments = {
                name: written(value, speak=speak, words=words, mark=mark) if isinstance(value, str) else value
                for name, value in line.arguments.items()
            }
            # A template may hold a line break; no text can begin a line of its own.
            return " ".join(speak(Sentence(line.template, arguments, line.plural)).split())
        case _:
            return words(line)


def to_markdown(note: CaseNote, speak: Callable[[str], str] = str, reader_zone: ZoneInfo = _UTC) -> str:
    """Write a note as Markdown.

    Args:
        note: what it tells.
        speak: says its sentences.
        reader_zone: of its instants, beside the server's.
    """

    def line_of(text: str) -> str:
        return written(
            text, speak=speak, words=_markdown_text, mark=lambda part: _markdown(part, reader_zone, note.zone)
        )

    blocks = [f"# {line_of(note.title)}"]
    for section in note.sections:
        blocks.append(f"## {line_of(section.title)}")
        listed: list[str] = []
        for line in section.lines:
            match line:
                case Quote(text):
                    if listed:
                        blocks.append("\n".join(listed))
                        listed = []
                    blocks.append("\n".join(f"    {row}" for row in text.splitlines()))
                case _:
                    listed.append(f"- {line_of(line)}")
        if listed:
            blocks.append("\n".join(listed))
    return "\n\n".join(blocks) + "\n"


def _markdown(part: datetime | Person, reader_zone: ZoneInfo, zone: ZoneInfo) -> str:
    match part:
        case Person(id=user, name=name):
            return _markdown_text(name if name == user else f"{name} ({user})")
        case datetime():
            read, local = part.astimezone(reader_zone), part.astimezone(zone)
            beside = f" ({local:%H:%M:%S} {zone.key})" if zone != reader_zone else ""
            return f"{read:%Y-%m-%d %H:%M:%S} {reader_zone.key}{beside}"


def _markdown_text(text: str) -> str:
    """Keep HTML, links, pictures and code of others out of our Markdown."""
    for sign in "\\<[`":
        text = text.replace(sign, f"\\{sign}")
    return text
