"""Pasted text, as support people get it by mail and chat, turned into journal entries and failures.

Console lines, CSV exports, server logs, SOAP answers and fragments of them, several workflows mixed, dates of
any language. Whatever the bytes are, the answer is a `Pasted` or one `UnreadableInput`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from bot.domain.complaints import complains, pauses, tells_a_pause
from bot.domain.dates import find_order, instant
from bot.domain.errors import UnreadableInput
from bot.domain.journal import Failure, JournalEntry, failures_in
from bot.domain.paste_lines import read_rows
from bot.domain.paste_row import Row
from bot.domain.paste_xml import looks_like_xml, read_fragments, without_tags
from bot.domain.phrases import BUILT_IN, PhraseTable
from bot.domain.sentence import say

MOST_CHARACTERS = 8 * 1024 * 1024
"""Longer text is refused: a journal of a month is far shorter."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the time of a failure whose line has none; such a failure is judged with `timed=False`."""

MOST_UNDATED = 40
"""Error lines without a date that are taken for one failure."""

EXPLAINS = timedelta(minutes=10)
"""A line this shortly before a pause tells its cause."""

_LEVELS_THAT_ARE_NO_ERRORS = frozenset({"warning", "info"})


class Line(NamedTuple):
    """One pasted line whose date is understood.

    Attributes:
        workflow: the internal name, `""` when the text does not tell.
        entry: the line as a journal entry.
    """

    workflow: str
    entry: JournalEntry


Told = TypeVar("Told", Line, Failure)


@dataclass(frozen=True)
class Pasted:
    """What a pasted text holds.

    Attributes:
        lines: the dated lines, in the order of the text.
        undated: failures whose lines have no date, in the order of the text; their time is `EPOCH`.
        lineless: workflows that the text shows paused and failed without any error line (KA-24179).
    """

    lines: tuple[Line, ...]
    undated: tuple[Failure, ...]
    lineless: tuple[Failure, ...]

    @cached_property
    def workflows(self) -> tuple[str, ...]:
        """The workflows that the text tells of, in alphabetical order."""
        named = {line.workflow for line in self.lines}
        named |= {failure.workflow for failure in (*self.undated, *self.lineless)}
        return tuple(sorted(named - {""}))

    def journal(self, workflow: str) -> tuple[JournalEntry, ...]:
        """List the lines of one workflow, oldest first; `""` names the lines that tell none.

        Where the text names one workflow only, the lines that tell none are taken for its own.
        """
        lines = self._belonging(workflow, self._lines)
        return tuple(sorted((line.entry for line in lines), key=lambda entry: entry.at))

    def failures(self, workflow: str | None = None) -> tuple[Failure, ...]:
        """List the failures of one workflow, or of all, oldest first; of equal times, archiving's last.

        A failure without a time counts only where none has one, and a pause without an error line only
        where no failure stands shortly before it or later.
        """
        names = [workflow] if workflow is not None else [*self.workflows]
        if len(names) != 1:
            names.append("")
        found: list[Failure] = []
        for name in names:
            dated = failures_in(self.journal(name), instance="", workflow=name, workflow_id="")
            explained = dated[-1].at + EXPLAINS if dated else EPOCH
            pauses = self._belonging(name, self._lineless)
            found += [*dated, *(replace(one, workflow=name) for one in pauses if one.at >= explained)]
        if not found:
            undated = ((name, one) for name in names for one in self._belonging(name, self._undated))
            found = [replace(one, workflow=name) for name, one in undated]
        return tuple(sorted(found, key=lambda failure: (failure.at, is_archiving(failure.workflow))))

    @cached_property
    def _lines(self) -> dict[str, list[Line]]:
        return _grouped(self.lines)

    @cached_property
    def _lineless(self) -> dict[str, list[Failure]]:
        return _grouped(self.lineless)

    @cached_property
    def _undated(self) -> dict[str, list[Failure]]:
        return _grouped(self.undated)

    def _belonging(self, workflow: str, groups: Mapping[str, Sequence[Told]]) -> list[Told]:
        """Pick what belongs to a workflow, and what tells none if no other one is named."""
        names = [workflow, ""] if workflow and len(self.workflows) <= 1 else [workflow]
        return [item for name in names for item in groups.get(name, ())]


def is_archiving(workflow: str) -> bool:
    """Tell whether a workflow is, by its name, one that archives from an execution instance."""
    return workflow.casefold().startswith("mcsynch")


def _grouped(items: Iterable[Told]) -> dict[str, list[Told]]:
    groups: dict[str, list[Told]] = {}
    for item in items:
        groups.setdefault(item.workflow, []).append(item)
    return groups


def read_text(data: bytes) -> str:
    """Read bytes of unknown encoding as text: UTF-8, UTF-16 or the Windows code page; never fails."""
    for mark, encoding in (
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xef\xbb\xbf", "utf-8"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    sample = data[:2000]
    if sample.count(0) > len(sample) // 4:
        encoding = "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
        return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_paste(
    text: str, zone: ZoneInfo, *, day: date | None = None, phrases: PhraseTable = BUILT_IN
) -> Pasted:
    """Read pasted text.

    Args:
        text: as it came.
        zone: the zone of its local times; a time with an offset or a Z keeps its own.
        day: the date of lines that tell only a time, `None` when unknown.
        phrases: what says "empty return".

    Raises:
        UnreadableInput: the text is empty, too long, or holds neither a journal line nor an error.
    """
    if len(text) > MOST_CHARACTERS:
        raise UnreadableInput(
            say(
                "The text has {characters} characters; mcsync reads up to {most}. "
                "Paste only the lines around the failure.",
                characters=f"{len(text):,}",
                most=f"{MOST_CHARACTERS:,}",
            )
        )
    if not text.strip():
        raise UnreadableInput(say("The text is empty."))
    text = text.replace("\x00", "")
    rows = tuple(read_fragments(text) if looks_like_xml(text) else read_rows(without_tags(text)))
    pasted = _pasted(rows, zone, day, phrases)
    if not (pasted.lines or pasted.undated or pasted.lineless):
        raise UnreadableInput(
            say("The text holds no journal line: each needs a date and time, such as 2026-01-31 06:00:04.")
        )
    return pasted


def _pasted(rows: Sequence[Row], zone: ZoneInfo, day: date | None, phrases: PhraseTable) -> Pasted:
    order = find_order([row.stamp for row in rows if row.stamp is not None and row.stamp.numbers])
    weighed = len({row.level for row in rows if row.level.isdecimal()}) > 1
    lines: list[Line] = []
    undated: dict[str, list[Row]] = {}
    lineless: list[Failure] = []
    last: dict[str, tuple[Row, datetime]] = {}
    for number, row in enumerate(rows, start=1):
        at = instant(row.stamp, zone, order, day) if row.stamp is not None else None
        if not row.message and row.level == "error":
            lineless.append(_failure(row, at or EPOCH))
        elif at is not None:
            complaint = _is_complaint(row, phrases, weighed=weighed)
            pause = complaint and tells_a_pause(row.message)
            entry = JournalEntry(
                row.id or str(number), at, row.activity, row.message, complaint and not pause
            )
            lines.append(Line(row.workflow, entry))
            if pause:
                lineless.append(_failure(row, at))
            if row.workflow not in last or at >= last[row.workflow][1]:
                last[row.workflow] = row, at
        elif complains(row.message, phrases):
            undated.setdefault(row.workflow, []).append(row)
    lineless += [
        replace(_failure(row, at), message="")
        for row, at in last.values()
        if pauses(row.message) and not tells_a_pause(row.message)
    ]
    chains = (
        rows_of[0]._replace(message="\n".join(row.message for row in rows_of[:MOST_UNDATED]))
        for rows_of in undated.values()
    )
    return Pasted(tuple(lines), tuple(_failure(chain, EPOCH) for chain in chains), tuple(lineless))


def _failure(row: Row, at: datetime) -> Failure:
    message = "" if tells_a_pause(row.message) else row.message
    return Failure("", row.workflow, "", row.id, at, row.activity, message)


def _is_complaint(row: Row, phrases: PhraseTable, *, weighed: bool) -> bool:
    """Tell whether a row reports an error: its level may say so, its words must not say otherwise.

    The numbers of @logType are not documented; 0 is taken for an error where the text uses several.
    """
    if row.level in _LEVELS_THAT_ARE_NO_ERRORS:
        return False
    if row.level == "error" or (row.level == "0" and weighed):
        return bool(row.message)
    return complains(row.message, phrases)
