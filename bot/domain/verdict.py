"""What a diagnosis says: plain, frozen values that are stored as JSON and shown on cards.

How a verdict is reached is `bot/domain/diagnosis.py`; which words mean which cause,
`bot/domain/symptoms.py`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a run failed."""

    RESTART_COLLISION = "restart-collision"
    RT_UNAVAILABLE = "rt-unavailable"
    MARKETING_RESTART = "marketing-restart"
    LATE_START = "late-start"
    CREDENTIALS = "credentials"
    ACCOUNT_LOCKED = "account-locked"
    IP_NOT_ALLOWED = "ip-not-allowed"
    CERTIFICATE = "certificate"
    HTTP_ERROR = "http-error"
    NETWORK = "network"
    URL_NOT_ALLOWED = "url-not-allowed"
    SESSION_EXPIRED = "session-expired"
    PACKAGE_MISSING = "package-missing"
    INSTANCE_ID_TOO_LARGE = "instance-id-too-large"
    DEADLOCK = "deadlock"
    TRACKING_MISALIGNED = "tracking-misaligned"
    JOURNAL_MISSING = "journal-missing"
    DISABLED_OPERATOR = "disabled-operator"
    PRODUCT_BUG = "product-bug"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How sure the verdict is; the rules are in `bot/domain/diagnosis.py`."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"


class Remedy(StrEnum):
    """What to do now; the steps that a person follows are in `bot/domain/remedies.py`."""

    SHIFT = "shift"
    RESUME = "resume"
    WAIT = "wait"
    CHECK_RESTART_TIME = "check-restart-time"
    FIX_CREDENTIALS = "fix-credentials"
    CHANGE_OPERATOR = "change-operator"
    ALLOW_IP = "allow-ip"
    ALLOW_URL = "allow-url"
    UPDATE_CERTIFICATES = "update-certificates"
    GRANT_RIGHTS = "grant-rights"
    CHECK_NETWORK = "check-network"
    INSTALL_PACKAGE = "install-package"
    LOWER_INSTANCE_ID = "lower-instance-id"
    SPREAD = "spread"
    ALIGN_TRACKING = "align-tracking"
    READ_SERVER_LOG = "read-server-log"
    UPGRADE = "upgrade"
    RESTART_WORKFLOW = "restart-workflow"
    CONTACT_ADOBE = "contact-adobe"
    INVESTIGATE = "investigate"


@dataclass(frozen=True)
class Evidence:
    """One fact that the verdict stands on.

    Attributes:
        kind: what sort of fact: `words`, `line`, `distance`, `history`, `probe`, `probe-now`, `schedule`,
            `journal`, `marketing`, `restart-time` or `time`.
        text: the fact, one sentence for a person; it may quote an untrusted line.
        seconds: the signed figure in it, where there is one: after a restart is positive.
    """

    kind: str
    text: str
    seconds: float | None = None


@dataclass(frozen=True)
class Exclusion:
    """A look-alike that it is not.

    Attributes:
        cause: the look-alike.
        because: why not, one sentence.
    """

    cause: Cause
    because: str


@dataclass(frozen=True)
class Diagnosis:
    """A verdict that explains itself.

    Attributes:
        cause: why the run failed.
        confidence: how sure that is.
        evidence: the facts, the most telling first.
        excluded: the look-alikes and why it is none of them.
        remedy: what to do, in one word.
        steps: what to do, in sentences that a person can follow.
        sources: KA numbers and pages.
    """

    cause: Cause
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    excluded: tuple[Exclusion, ...]
    remedy: Remedy
    steps: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def offers_shift(self) -> bool:
        """Tell whether a shift may be offered: a restart collision that is at least likely, nothing else."""
        return self.cause is Cause.RESTART_COLLISION and self.confidence in (
            Confidence.CERTAIN,
            Confidence.LIKELY,
        )
