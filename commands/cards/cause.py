"""A cause in words: as the end of a headline, and with how sure it is."""

from bot.domain.verdict import Cause, Confidence, Diagnosis

TITLES: dict[Cause, str] = {
    Cause.RESTART_COLLISION: "met RT's daily restart",
    Cause.RT_UNAVAILABLE: "could not reach RT",
    Cause.MARKETING_RESTART: "met marketing's own restart",
    Cause.LATE_START: "started late, into RT's restart",
    Cause.CREDENTIALS: "was refused by RT: wrong login or password",
    Cause.ACCOUNT_LOCKED: "was refused by RT: the account is locked",
    Cause.IP_NOT_ALLOWED: "was refused by RT: address not allowed",
    Cause.CERTIFICATE: "could not trust RT's certificate",
    Cause.HTTP_ERROR: "was answered by RT with an HTTP error",
    Cause.NETWORK: "could not reach RT over the network",
    Cause.URL_NOT_ALLOWED: "may not call RT's address",
    Cause.SESSION_EXPIRED: "lost its session on RT",
    Cause.PACKAGE_MISSING: "failed: a package is missing on RT",
    Cause.INSTANCE_ID_TOO_LARGE: "failed: RT's instance id is too large",
    Cause.DEADLOCK: "met another archiving workflow: deadlock",
    Cause.TRACKING_MISALIGNED: "is out of step with RT's tracking",
    Cause.JOURNAL_MISSING: "failed and wrote nothing in its journal",
    Cause.DISABLED_OPERATOR: "failed: its operator is disabled",
    Cause.PRODUCT_BUG: "failed by a known bug of the product",
    Cause.UNKNOWN: "failed for an unknown reason",
}
"""The end of the sentence that begins with the workflow's name."""

CONFIDENCE: dict[Confidence, str] = {
    Confidence.CERTAIN: "certain",
    Confidence.LIKELY: "likely",
    Confidence.POSSIBLE: "possible, not sure",
    Confidence.UNKNOWN: "not known",
}


def named(verdict: Diagnosis) -> str:
    """Name a cause and how sure it is."""
    return f"{verdict.cause.value.replace('-', ' ')} ({CONFIDENCE[verdict.confidence]})"
