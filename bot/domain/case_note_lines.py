"""The lines of a case note, and how they are cleaned of secrets before anybody is given them.

What a note tells is `bot/domain/case_note.py`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from bot.domain.policy import Person
from bot.domain.scrub import scrub
from bot.domain.sentence import Sentence


class Mark(str):
    """An instant or a person inside of a sentence, of which every way of writing makes its own letters.

    Attributes:
        part: what is meant.
    """

    __slots__ = ("part",)

    part: datetime | Person

    def __new__(cls, part: datetime | Person) -> Self:
        """Mark *part*; the letters are those of whoever looks no closer."""
        letters = part.name if isinstance(part, Person) else f"{part.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        whole = super().__new__(cls, letters)
        whole.part = part
        return whole


@dataclass(frozen=True)
class Quote:
    """Text as it stands elsewhere, on lines of its own; untrusted."""

    text: str


Line = str | Quote
"""A sentence, in which a `Mark` may stand, or a quotation."""


def clean_line(line: Line) -> Line:
    """Take secrets and what steers a screen out of a line."""
    match line:
        case Quote(text):
            return Quote("\n".join(_printable(row) for row in scrub(text).splitlines()))
        case _:
            return clean(line)


def clean(text: str) -> str:
    """Take secrets and line breaks out of a text, and out of all that was put into a sentence."""
    match text:
        case Mark(part=Person(id=user, name=name)):
            return Mark(Person(user, clean(name)))
        case Mark():
            return text
        case Sentence():
            arguments = {
                name: clean(value) if isinstance(value, str) else value
                for name, value in text.arguments.items()
            }
            cleaned = Sentence(text.template, arguments, text.plural)
            # What is a secret only together with the words before it is worth more than a translation.
            return cleaned if scrub(cleaned) == cleaned else clean(scrub(cleaned))
        case _:
            return " ".join(_printable(scrub(text)).split())


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
