"""A cause in words: as what happened to a workflow, and as a name with how sure it is."""

from collections.abc import Callable, Mapping

from bot.domain.incident import Incident
from bot.domain.sentence import Sentence, say
from bot.domain.verdict import Cause, Confidence, Diagnosis
from bot.domain.verdict_words import CAUSES, CONFIDENCE
from commands.cards import markup
from commands.language import tell, told

_HAPPENED: Mapping[Cause, Callable[[str], Sentence]] = {
    Cause.RESTART_COLLISION: lambda name: say("{workflow} met RT's daily restart", workflow=name),
    Cause.RT_UNAVAILABLE: lambda name: say("{workflow} could not reach RT", workflow=name),
    Cause.MARKETING_RESTART: lambda name: say("{workflow} met marketing's own restart", workflow=name),
    Cause.LATE_START: lambda name: say("{workflow} started late, into RT's restart", workflow=name),
    Cause.CREDENTIALS: lambda name: say(
        "{workflow} was refused by RT: wrong login or password", workflow=name
    ),
    Cause.ACCOUNT_LOCKED: lambda name: say(
        "{workflow} was refused by RT: the account is locked", workflow=name
    ),
    Cause.IP_NOT_ALLOWED: lambda name: say(
        "{workflow} was refused by RT: address not allowed", workflow=name
    ),
    Cause.CERTIFICATE: lambda name: say("{workflow} could not trust RT's certificate", workflow=name),
    Cause.HTTP_ERROR: lambda name: say("{workflow} was answered by RT with an HTTP error", workflow=name),
    Cause.NETWORK: lambda name: say("{workflow} could not reach RT over the network", workflow=name),
    Cause.URL_NOT_ALLOWED: lambda name: say("{workflow} may not call RT's address", workflow=name),
    Cause.SESSION_EXPIRED: lambda name: say("{workflow} lost its session on RT", workflow=name),
    Cause.PACKAGE_MISSING: lambda name: say("{workflow} failed: a package is missing on RT", workflow=name),
    Cause.INSTANCE_ID_TOO_LARGE: lambda name: say(
        "{workflow} failed: RT's instance ID is too large", workflow=name
    ),
    Cause.DEADLOCK: lambda name: say("{workflow} met another archiving workflow: deadlock", workflow=name),
    Cause.TRACKING_MISALIGNED: lambda name: say(
        "{workflow} is out of step with RT's tracking", workflow=name
    ),
    Cause.JOURNAL_MISSING: lambda name: say(
        "{workflow} failed and wrote nothing in its journal", workflow=name
    ),
    Cause.DISABLED_OPERATOR: lambda name: say("{workflow} failed: its operator is disabled", workflow=name),
    Cause.PRODUCT_BUG: lambda name: say("{workflow} failed by a known bug of the product", workflow=name),
    Cause.UNKNOWN: lambda name: say("{workflow} failed for an unknown reason", workflow=name),
}


def happened(incident: Incident, workflow: str) -> str:
    """Say what happened to *workflow*, which is shown as it is given, or what will if nothing is done."""
    if not incident.failures:
        return tell("{workflow} will meet RT's daily restart", workflow=workflow)
    return told(_HAPPENED[incident.cause](workflow))


def named(verdict: Diagnosis) -> str:
    """Name a cause and how sure it is; of one that nobody knows there is nothing to be sure of."""
    if verdict.cause is Cause.UNKNOWN and verdict.confidence is Confidence.UNKNOWN:
        return told(CAUSES[verdict.cause])
    return f"{told(CAUSES[verdict.cause])} ({told(CONFIDENCE[verdict.confidence])})"


def excluded(verdict: Diagnosis) -> list[str]:
    """Name each cause that it is not, and why."""
    return [f"{told(CAUSES[out.cause])}: {told(out.because)}" for out in verdict.excluded]


def sources(verdict: Diagnosis) -> str:
    """Name what a verdict relies on."""
    return tell("Sources: {sources}", sources=markup.escape(", ".join(map(told, verdict.sources))))
