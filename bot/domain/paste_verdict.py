"""The verdict on pasted text: which of its failures is judged, and with what around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.diagnosis import diagnose
from bot.domain.errors import UnreadableInput
from bot.domain.journal import Failure
from bot.domain.learning import Sighting
from bot.domain.paste import EPOCH, Pasted
from bot.domain.phrases import BUILT_IN, PhraseTable
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.sentence import say
from bot.domain.verdict import Cause, Confidence, Diagnosis, Evidence, Remedy

MOST_NAMED = 5
"""Workflows that an error names before it says "and more"."""


@dataclass(frozen=True)
class PasteVerdict:
    """What pasted text comes to.

    Attributes:
        failures: how many failures the text holds, of the chosen workflow or of all.
        failure: the latest of them, which was judged; `None` when nothing failed.
        diagnosis: the verdict.
    """

    failures: int
    failure: Failure | None
    diagnosis: Diagnosis


def judge_paste(
    pasted: Pasted,
    *,
    windows: Sequence[RestartWindow],
    marketing_windows: Sequence[RestartWindow] = (),
    sightings: Sequence[Sighting] = (),
    workflow: str | None = None,
    schedule: Schedule | None = None,
    zone: ZoneInfo | None = None,
    phrases: PhraseTable = BUILT_IN,
) -> PasteVerdict:
    """Judge the latest failure in pasted text; the earlier ones of the same workflow are its history.

    Args:
        pasted: as `read_paste` gives it.
        windows: RT's restarts.
        marketing_windows: marketing's own restarts.
        sightings: what probes of RT saw.
        workflow: judge this workflow only, `None` for whichever failed last.
        schedule: the workflow's schedule, if it is known.
        zone: the zone that the schedule runs in.
        phrases: what says "empty return".

    Raises:
        UnreadableInput: the text tells of other workflows, but not of *workflow*.
    """
    chosen = _chosen(pasted, workflow)
    failures = pasted.failures(chosen)
    if not failures:
        return PasteVerdict(0, None, _nothing_failed(pasted, chosen))
    failure = failures[-1]
    diagnosis = diagnose(
        failure,
        journal=pasted.journal(failure.workflow),
        windows=windows,
        marketing_windows=marketing_windows,
        sightings=sightings,
        history=[one for one in failures[:-1] if one.workflow == failure.workflow],
        schedule=schedule,
        zone=zone,
        phrases=phrases,
        timed=failure.at != EPOCH,
    )
    return PasteVerdict(len(failures), failure, diagnosis)


def _chosen(pasted: Pasted, workflow: str | None) -> str | None:
    """Find the workflow as the text writes it; where the text names none, all of it is taken for it."""
    named = pasted.workflows
    if workflow is None or not named:
        return workflow
    for name in named:
        if name.casefold() == workflow.casefold():
            return name
    names = ", ".join(named[:MOST_NAMED])
    if len(named) > MOST_NAMED:
        raise UnreadableInput(
            say("The text tells nothing of {name}; it tells of {names} and more.", name=workflow, names=names)
        )
    raise UnreadableInput(
        say("The text tells nothing of {name}; it tells of {names}.", name=workflow, names=names)
    )


def _nothing_failed(pasted: Pasted, workflow: str | None) -> Diagnosis:
    lines = len(pasted.lines if workflow is None else pasted.journal(workflow))
    return Diagnosis(
        cause=Cause.UNKNOWN,
        confidence=Confidence.UNKNOWN,
        evidence=(
            Evidence(
                "journal", say("None of the lines that were read ({lines}) reports an error.", lines=lines)
            ),
        ),
        excluded=(),
        remedy=Remedy.INVESTIGATE,
        steps=(say("Paste the lines around the failure: the journal shows it in red, with an error code."),),
        sources=(),
    )
