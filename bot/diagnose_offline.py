"""`mcsync diagnose`: the same verdict as in Slack, on a file of journal lines.

No server, no Slack, no configuration. What is unusable ends with exit status 2 and one sentence.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from bot.domain.errors import McsyncError, UnreadableInput
from bot.domain.paste import MOST_CHARACTERS, read_paste, read_text
from bot.domain.paste_verdict import PasteVerdict, judge_paste
from bot.domain.restart import RestartWindow
from bot.domain.verdict import Cause
from bot.offline_words import Unusable, read_day, read_length, read_time, read_zone

UNKNOWN = 4
"""Exit status: the input was read, but no cause was found."""


@click.command()
@click.argument("source", metavar="[FILE|-]", default="-")
@click.option(
    "--restart",
    "times",
    required=True,
    multiple=True,
    metavar="HH:MM",
    help="RT's daily restart; may be repeated.",
)
@click.option("--zone", required=True, metavar="ZONE", help="The IANA zone of the journal's local times.")
@click.option(
    "--restart-zone", metavar="ZONE", help="The IANA zone of the restart.  [default: that of the journal]"
)
@click.option("--before", default="1m", show_default=True, help="How long before a restart a run may be cut.")
@click.option("--takes", default="3m", show_default=True, help="How long a restart takes.")
@click.option("--margin", default="1m", show_default=True, help="What is added to that for safety.")
@click.option("--workflow", metavar="NAME", help="Judge this workflow only, by its internal name.")
@click.option("--date", "day", metavar="DATE", help="The date of lines that tell only a time.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def diagnose(
    *,
    source: str,
    times: tuple[str, ...],
    zone: str,
    restart_zone: str | None,
    before: str,
    takes: str,
    margin: str,
    workflow: str | None,
    day: str | None,
    as_json: bool,
) -> None:
    """Say why the latest failure in a journal happened. Exit status 4 when the cause is unknown."""
    try:
        place = read_zone(restart_zone or zone)
        lengths = read_length(before), read_length(takes), read_length(margin)
        pasted = read_paste(
            read_text(_read(source)), read_zone(zone), day=read_day(day).date() if day is not None else None
        )
        verdict = judge_paste(
            pasted,
            windows=[RestartWindow(read_time(text), place, *lengths) for text in times],
            workflow=workflow,
        )
    except McsyncError as error:
        raise Unusable(str(error)) from error
    click.echo(json.dumps(_object(verdict)) if as_json else "\n".join(_lines(verdict)))
    raise SystemExit(UNKNOWN if verdict.diagnosis.cause is Cause.UNKNOWN else 0)


def _read(source: str) -> bytes:
    """Read a file, or standard input for `-`; more than can be judged is not read.

    Raises:
        UnreadableInput: there is no such file.
    """
    limit = 4 * MOST_CHARACTERS + 1
    try:
        if source == "-":
            if sys.stdin.isatty():
                click.echo(
                    "Paste the journal lines, then end with Ctrl-D (Ctrl-Z and Enter on Windows).", err=True
                )
            return sys.stdin.buffer.read(limit)
        with Path(source).open("rb") as file:
            return file.read(limit)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UnreadableInput(f"{source[:80]} cannot be read: {reason}.") from error


def _object(verdict: PasteVerdict) -> dict[str, object]:
    diagnosis = verdict.diagnosis
    return {
        "failures": verdict.failures,
        "cause": diagnosis.cause.value,
        "confidence": diagnosis.confidence.value,
        "remedy": diagnosis.remedy.value,
        "evidence": [
            {"kind": fact.kind, "text": fact.text, "seconds": _whole(fact.seconds)}
            for fact in diagnosis.evidence
        ],
        "excluded": [{"cause": one.cause.value, "because": one.because} for one in diagnosis.excluded],
        "steps": list(diagnosis.steps),
        "sources": list(diagnosis.sources),
    }


def _whole(seconds: float | None) -> float | int | None:
    return int(seconds) if seconds is not None and seconds == int(seconds) else seconds


def _lines(verdict: PasteVerdict) -> Iterator[str]:
    """Write the verdict for a terminal."""
    diagnosis = verdict.diagnosis
    count = f"{verdict.failures} failure{'' if verdict.failures == 1 else 's'}"
    verdict_line = f"{diagnosis.cause.value}, {diagnosis.confidence.value}"
    yield f"{verdict_line}; remedy: {diagnosis.remedy.value} ({count} read)"
    yield from ("", "How we know")
    yield from (f"  - {fact.text}" for fact in diagnosis.evidence)
    if diagnosis.excluded:
        yield from ("", "What it is not")
        yield from (f"  - {one.cause.value}: {one.because}" for one in diagnosis.excluded)
    yield from ("", "What to do")
    yield from (f"  {number}. {step}" for number, step in enumerate(diagnosis.steps, start=1))
    if diagnosis.sources:
        yield from ("", f"Sources: {'; '.join(diagnosis.sources)}")
