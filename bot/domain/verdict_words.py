"""A verdict in words: what each cause is called, and how sure one can be of it.

What happened to a workflow is a sentence of the counter, `commands/cards/cause.py`.
"""

from collections.abc import Mapping

from bot.domain.sentence import say
from bot.domain.verdict import Cause, Confidence

CAUSES: Mapping[Cause, str] = {
    Cause.RESTART_COLLISION: say("restart collision"),
    Cause.RT_UNAVAILABLE: say("rt unavailable"),
    Cause.MARKETING_RESTART: say("marketing restart"),
    Cause.LATE_START: say("late start"),
    Cause.CREDENTIALS: say("credentials"),
    Cause.ACCOUNT_LOCKED: say("account locked"),
    Cause.IP_NOT_ALLOWED: say("ip not allowed"),
    Cause.CERTIFICATE: say("certificate"),
    Cause.HTTP_ERROR: say("http error"),
    Cause.NETWORK: say("network"),
    Cause.URL_NOT_ALLOWED: say("url not allowed"),
    Cause.SESSION_EXPIRED: say("session expired"),
    Cause.PACKAGE_MISSING: say("package missing"),
    Cause.INSTANCE_ID_TOO_LARGE: say("instance id too large"),
    Cause.DEADLOCK: say("deadlock"),
    Cause.TRACKING_MISALIGNED: say("tracking misaligned"),
    Cause.JOURNAL_MISSING: say("journal missing"),
    Cause.DISABLED_OPERATOR: say("disabled operator"),
    Cause.PRODUCT_BUG: say("product bug"),
    Cause.UNKNOWN: say("unknown"),
}
"""Names of causes, as they stand before `(certain)` or a colon."""

CONFIDENCE: Mapping[Confidence, str] = {
    Confidence.CERTAIN: say("certain"),
    Confidence.LIKELY: say("likely"),
    Confidence.POSSIBLE: say("possible, not sure"),
    Confidence.UNKNOWN: say("not known"),
}
"""How sure a cause is, as it stands in brackets behind its name."""
