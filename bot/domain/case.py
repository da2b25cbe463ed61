"""Everything that one diagnosis looks at, gathered and put in order; no judgement."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.chain import Link, links
from bot.domain.coincidence import Nearest, nearest
from bot.domain.complaints import tells_a_pause
from bot.domain.journal import SAME_FAILURE as ONE_CHAIN
from bot.domain.journal import Failure, JournalEntry
from bot.domain.learning import Sighting
from bot.domain.phrases import PhraseTable, Reading, Words, read_message, read_words
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.symptoms import Match, matches

SAME_FAILURE = timedelta(seconds=60)
"""Lines this close belong to one failure: Campaign writes an error as several lines."""

EXAMINED = timedelta(minutes=10)
"""XtkSecurity_Examine_Window: refused log-ons within it count together (KA-16410)."""

RECENT = 30
"""Earlier failures that are looked at."""

REFUSED = "XSV-350012"

_MOST_READ = 2_000
_CODE = re.compile(r"\b[A-Z]{3}-[0-9]{6}")


@dataclass(frozen=True)
class Case:
    """One failure and what surrounds it.

    Attributes:
        failure: the failure to judge.
        journal: lines of its workflow.
        windows: RT's restarts.
        marketing_windows: marketing's own restarts.
        sightings: what probes of RT saw, oldest first.
        schedule: the workflow's schedule, if it could be read.
        zone: the zone the schedule runs in.
        timed: whether the failure's time is known.
        nearby: the other error lines of this failure.
        parts: the links of all its lines, outermost first.
        reading: how well its words match the empty return.
        worded: the text with those words, `""` without any.
        found: the rows of the table of symptoms that fit.
        rt: the nearest restart of RT.
        marketing: the nearest restart of marketing.
        similar: when failures with the words of an empty return happened, this one last, UTC.
        refusals: when log-ons were refused, in the time after which Campaign locks an account, UTC.
    """

    failure: Failure
    journal: tuple[JournalEntry, ...]
    windows: tuple[RestartWindow, ...]
    marketing_windows: tuple[RestartWindow, ...]
    sightings: tuple[Sighting, ...]
    schedule: Schedule | None
    zone: ZoneInfo | None
    timed: bool
    nearby: tuple[JournalEntry, ...]
    parts: tuple[Link, ...]
    reading: Reading
    worded: str
    found: tuple[Match, ...]
    rt: Nearest | None
    marketing: Nearest | None
    similar: tuple[datetime, ...]
    refusals: tuple[datetime, ...]

    @property
    def line(self) -> str:
        """The line that tells most: the innermost link, `""` when nothing was written."""
        inner = [part for part in self.parts if not part.wrapper] or list(self.parts)
        return inner[-1].text if inner else ""

    @property
    def nothing_told(self) -> bool:
        """Tell whether no line says why: there is none, or it only reports the pause (KA-24179)."""
        return all(tells_a_pause(part.text) for part in self.parts)

    @property
    def inside(self) -> bool:
        """Tell whether the failure lies inside the danger of a restart of RT."""
        return self.rt is not None and self.rt.inside


def gather(
    failure: Failure,
    *,
    journal: Sequence[JournalEntry],
    windows: Sequence[RestartWindow],
    marketing_windows: Sequence[RestartWindow],
    sightings: Sequence[Sighting],
    history: Sequence[Failure],
    schedule: Schedule | None,
    zone: ZoneInfo | None,
    phrases: PhraseTable,
    timed: bool,
) -> Case:
    """Gather what belongs to *failure*."""
    nearby = tuple(_nearby(failure, journal)) if timed else ()
    messages = (*(entry.message for entry in nearby), failure.message)
    parts = tuple(part for message in messages for part in links(message))
    reading, worded = _best_words(messages, phrases)
    return Case(
        failure=failure,
        journal=tuple(journal),
        windows=tuple(windows),
        marketing_windows=tuple(marketing_windows),
        sightings=tuple(sorted(sightings, key=lambda sighting: sighting.at)),
        schedule=schedule,
        zone=zone,
        timed=timed,
        nearby=nearby,
        parts=parts,
        reading=reading,
        worded=worded,
        found=tuple(matches(parts)),
        rt=nearest(windows, failure.at) if timed else None,
        marketing=nearest(marketing_windows, failure.at) if timed else None,
        similar=_similar(failure, journal, history, phrases),
        refusals=_refusals(failure, journal, history),
    )


def _best_words(messages: Sequence[str], phrases: PhraseTable) -> tuple[Reading, str]:
    """Find the message whose words are nearest to the sentence, and in it the link; the later one of two."""
    readings = [(read_message(message, phrases), message) for message in messages]
    reading, message = max(reversed(readings), key=lambda one: one[0].words)
    if reading.words is Words.NONE:
        return reading, ""
    best = max(reversed(links(message)), key=lambda part: read_words(part.text, phrases).words)
    return reading, best.text if read_words(best.text, phrases).words is reading.words else message


def _nearby(failure: Failure, journal: Sequence[JournalEntry]) -> Iterator[JournalEntry]:
    """List the other lines of the same failure that tell an error, the nearest last."""
    lines = [
        entry
        for entry in journal
        if abs(entry.at - failure.at) <= SAME_FAILURE
        and entry.message != failure.message
        and (entry.error or _CODE.search(entry.message))
    ]
    lines.sort(key=lambda entry: abs(entry.at - failure.at), reverse=True)
    yield from lines[-RECENT:]


def _refusals(
    failure: Failure, journal: Sequence[JournalEntry], history: Sequence[Failure]
) -> tuple[datetime, ...]:
    """List when log-ons were refused shortly before the failure, lines of one failure counted once."""
    lines: list[JournalEntry | Failure] = [*journal, *history, failure]
    found: list[datetime] = []
    for line in sorted(lines, key=lambda line: line.at):
        recent = failure.at - EXAMINED <= line.at <= failure.at
        if recent and REFUSED in line.message and not (found and line.at - found[-1] <= ONE_CHAIN):
            found.append(line.at)
    return tuple(found)


def _similar(
    failure: Failure, journal: Sequence[JournalEntry], history: Sequence[Failure], phrases: PhraseTable
) -> tuple[datetime, ...]:
    """List when the same words were seen, each failure once, oldest first, this one last."""
    lines = [(entry.at, entry.message) for entry in journal if entry.error and entry.at < failure.at]
    lines += [(earlier.at, earlier.message) for earlier in history if earlier.at < failure.at]
    lines.sort(reverse=True)
    found = [failure.at]
    for at, message in lines[:_MOST_READ]:
        if found[-1] - at <= SAME_FAILURE or (message.isascii() and "logon" not in message.casefold()):
            continue
        if read_message(message, phrases).words >= Words.NAMES:
            found.append(at)
        if len(found) > RECENT:
            break
    return tuple(reversed(found))
