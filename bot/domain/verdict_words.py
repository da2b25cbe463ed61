"""A verdict in words: what each cause is called, how sure one can be of it, and what helps.

What happened to a workflow is a sentence of the counter, `commands/cards/cause.py`.
"""

from collections.abc import Mapping

from bot.domain.sentence import say
from bot.domain.verdict import Cause, Confidence, Remedy

CAUSES: Mapping[Cause, str] = {
    Cause.RESTART_COLLISION: say("restart collision"),
    Cause.RT_UNAVAILABLE: say("RT unavailable"),
    Cause.MARKETING_RESTART: say("marketing restart"),
    Cause.LATE_START: say("late start"),
    Cause.CREDENTIALS: say("credentials"),
    Cause.ACCOUNT_LOCKED: say("account locked"),
    Cause.IP_NOT_ALLOWED: say("IP not allowed"),
    Cause.CERTIFICATE: say("certificate"),
    Cause.HTTP_ERROR: say("HTTP error"),
    Cause.NETWORK: say("network"),
    Cause.URL_NOT_ALLOWED: say("URL not allowed"),
    Cause.SESSION_EXPIRED: say("session expired"),
    Cause.PACKAGE_MISSING: say("package missing"),
    Cause.INSTANCE_ID_TOO_LARGE: say("instance ID too large"),
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

REMEDIES: Mapping[Remedy, str] = {
    Remedy.SHIFT: say("shift"),
    Remedy.RESUME: say("resume"),
    Remedy.WAIT: say("wait"),
    Remedy.CHECK_RESTART_TIME: say("check restart time"),
    Remedy.FIX_CREDENTIALS: say("fix credentials"),
    Remedy.CHANGE_OPERATOR: say("change operator"),
    Remedy.ALLOW_IP: say("allow IP"),
    Remedy.ALLOW_URL: say("allow URL"),
    Remedy.UPDATE_CERTIFICATES: say("update certificates"),
    Remedy.GRANT_RIGHTS: say("grant rights"),
    Remedy.CHECK_NETWORK: say("check network"),
    Remedy.INSTALL_PACKAGE: say("install package"),
    Remedy.LOWER_INSTANCE_ID: say("lower instance ID"),
    Remedy.SPREAD: say("spread"),
    Remedy.ALIGN_TRACKING: say("align tracking"),
    Remedy.READ_SERVER_LOG: say("read server log"),
    Remedy.UPGRADE: say("upgrade"),
    Remedy.RESTART_WORKFLOW: say("restart workflow"),
    Remedy.CONTACT_ADOBE: say("contact Adobe"),
    Remedy.INVESTIGATE: say("investigate"),
}
"""What to do, as it stands behind `remedy:`."""
