"""The look-alikes that a verdict is not, each with the reason: half of what makes a verdict believable."""

from collections.abc import Iterator

from bot.domain.case import Case
from bot.domain.empty_return import Judgement
from bot.domain.facts import Fact
from bot.domain.phrases import Words
from bot.domain.saying import duration, quoted
from bot.domain.sentence import say
from bot.domain.symptoms import Rank
from bot.domain.verdict import Cause, Exclusion

SAME_WORDS = frozenset(
    {Cause.RESTART_COLLISION, Cause.RT_UNAVAILABLE, Cause.LATE_START, Cause.MARKETING_RESTART}
)
"""The verdicts that the words of an empty return allow."""

_LOOK_ALIKES = {
    Cause.CREDENTIALS: say("No line of this failure says XSV-350012."),
    Cause.IP_NOT_ALLOWED: say("No line of this failure says XSV-350013 or XSV-350014."),
    Cause.NETWORK: say("No line of this failure says INT-150003 or INT-150006."),
    Cause.HTTP_ERROR: say("No line of this failure tells an HTTP error."),
    Cause.DEADLOCK: say("No line of this failure tells a deadlock."),
}


def ruled_out_by_words(case: Case, cause: Cause) -> Iterator[Exclusion]:
    """List the look-alikes that the words rule out, for a verdict of *cause*."""
    if cause not in SAME_WORDS:
        if case.reading.words < Words.NAMES:
            text = say("No line of this failure says that Logon came back empty.")
            yield Exclusion(Cause.RESTART_COLLISION, text)
        elif case.timed and case.parts:
            text = say("Another line of this failure names a cause of its own.")
            yield Exclusion(Cause.RESTART_COLLISION, text)
    if not case.parts:
        return
    named = {match.symptom.cause: match for match in case.found}
    for look_alike, because in _LOOK_ALIKES.items():
        if look_alike not in named:
            yield Exclusion(look_alike, because)
        elif (
            look_alike is not cause
            and named[look_alike].symptom.rank is Rank.TRANSIENT
            and cause in SAME_WORDS
        ):
            line = quoted(named[look_alike].link.text)
            text = say("A line tells it, but an RT that is away causes that as well: {line}", line=line)
            yield Exclusion(look_alike, text)


def ruled_out_by_time(case: Case, judgement: Judgement) -> Iterator[Exclusion]:
    """List the look-alikes with the same words that the time rules out."""
    facts = judgement.facts
    if judgement.cause is Cause.RESTART_COLLISION:
        if case.rt is not None:
            text = say(
                "It is {duration} from a restart, so RT was expected away.",
                duration=duration(case.rt.seconds),
            )
            yield Exclusion(Cause.RT_UNAVAILABLE, text)
        if Fact.ON_TIME in facts:
            yield Exclusion(Cause.LATE_START, say("The run began when it was planned."))
        if case.marketing is not None:
            text = (
                say("Marketing restarts at this time too, but it is RT's answer that was empty.")
                if case.marketing.inside
                else say(
                    "Marketing's own restart is {duration} away.", duration=duration(case.marketing.seconds)
                )
            )
            yield Exclusion(Cause.MARKETING_RESTART, text)
        return
    if case.rt is not None and not case.inside:
        text = say("The nearest restart of RT is {duration} away.", duration=duration(case.rt.seconds))
        yield Exclusion(Cause.RESTART_COLLISION, text)
    elif Fact.OUTAGE in facts:
        yield Exclusion(Cause.RESTART_COLLISION, say("The same words came before, when no restart was near."))
    elif judgement.cause is Cause.LATE_START:
        yield Exclusion(Cause.RESTART_COLLISION, say("The schedule itself does not meet the restart."))
    if (
        judgement.cause is not Cause.MARKETING_RESTART
        and case.marketing is not None
        and not case.marketing.inside
    ):
        text = say("Marketing's own restart is {duration} away.", duration=duration(case.marketing.seconds))
        yield Exclusion(Cause.MARKETING_RESTART, text)
