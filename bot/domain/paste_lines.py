"""Pasted lines, as the console, a mail or a CSV export gives them: which lines belong together.

The fields of each line are taken apart in `bot/domain/paste_row.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.domain.dates import SEARCHED, Stamp, find_date, find_time
from bot.domain.paste_row import LONGEST_NAME, NAMED, Layout, Row, read_layout, read_row

DECORATION = " \u00a0\ufeff>•*`·"
"""What mail and chat put before a quoted line."""

MOST_CONTINUED = 40
"""Lines without a date that are taken as the rest of the line before."""

LONGEST_LINE = 64_000
"""Characters of one line that are read."""

_HEADING = re.compile(
    r"(?:[#=*_-]{0,6}\s?)"
    r"(?:workflow|flujo de trabajo|fluxo de trabalho|flux|arbeitsablauf|ワークフロー|워크플로|工作流)"
    r"\s?[:=]?\s?['\"]?([\w.-]{2,80})['\"]?\s?[#=*_-]{0,6}:?",
    re.IGNORECASE,
)
_MAIL_HEADER = re.compile(
    r"(?:from|to|cc|sent|de|à|envoyé|von|an|gesendet|para|enviado(?: em| el)?|da|inviato|van|aan|verzonden"
    r"|från|till|skickat|送信日時|보낸 날짜|发送时间|寄件日期)\s?[:：]\s",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:subject|objet|betreff|asunto|assunto|oggetto|onderwerp|ämne|件名|제목|主题|主旨)\s?[:：]\s",
    re.IGNORECASE,
)
_QUOTATION = re.compile(
    r"(?:wrote|a écrit|schrieb(?: [^:]{1,60})?|escribió|escreveu|ha scritto|schreef|skrev)\s?:$",
    re.IGNORECASE,
)


@dataclass
class _Reader:
    """What is known so far while reading from top to bottom.

    Attributes:
        layout: how fields are arranged, once a header told.
        workflow: of the last heading.
        stamp: the date of the line that is being read.
        pending: that line and what continues it.
    """

    layout: Layout = field(default_factory=Layout)
    workflow: str = ""
    stamp: Stamp | None = None
    pending: list[str] = field(default_factory=list)

    def take(self, line: str) -> Iterator[Row]:
        """Take in one line, and give the one before once nothing more can belong to it."""
        stamp = find_date(line)
        if (stamp is None or stamp.start) and _divides(line):
            yield from self.flush()
            return
        stamp = stamp or find_time(line) or (_late_date(line) if self.stamp is None else None)
        if stamp is not None or _SUBJECT.match(line):
            yield from self.flush()
            self.pending, self.stamp = [line], stamp
        elif not self.layout.columns and (layout := read_layout(line)):
            yield from self.flush()
            self.layout = layout
        elif heading := _heading(line):
            yield from self.flush()
            self.workflow = heading
        elif self.stamp is not None and len(self.pending) <= MOST_CONTINUED:
            self.pending.append(line)
        else:
            yield from self.flush()
            self.pending = [line]

    def flush(self) -> Iterator[Row]:
        """Give the line that is being read, if any."""
        if self.pending:
            yield read_row("\n".join(self.pending)[:LONGEST_LINE], self.stamp, self.layout, self.workflow)
        self.pending, self.stamp = [], None


def read_rows(text: str) -> Iterator[Row]:
    """Take pasted lines apart, in the order of the text."""
    reader = _Reader()
    for line in text.splitlines():
        yield from reader.take(line[:LONGEST_LINE].lstrip(DECORATION))
    yield from reader.flush()


def _divides(line: str) -> bool:
    """Tell whether a line belongs to no journal and divides what stands around it: blank, or a mail's."""
    return bool(not line.strip(" \t`") or _MAIL_HEADER.match(line) or _QUOTATION.search(line[-SEARCHED:]))


def _late_date(line: str) -> Stamp | None:
    """Find a date at the end of a line, as in a sentence or in JSON."""
    skipped = len(line) - SEARCHED
    stamp = find_date(line[-SEARCHED:]) if skipped > 0 else None
    return stamp._replace(start=stamp.start + skipped, end=stamp.end + skipped) if stamp else None


def _heading(line: str) -> str:
    """Read the workflow's name from a line that is nothing but a heading, else `""`."""
    bare = line.strip(" \t#=*_-:[]'\"")
    if len(bare) > 2 * LONGEST_NAME:
        return ""
    if (found := NAMED.fullmatch(bare)) and not found[2]:
        return found[1]
    found = _HEADING.fullmatch(line.strip())
    return found[1] if found else ""
