"""The ordered table of symptoms: which words, which cause, which remedy, and where that is written.

To teach mcsync a new look-alike, add one line to `SYMPTOMS`. The words of the restart collision itself come
in many languages, see `bot/domain/phrases.py`; whether the time fits is not looked at here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bot.domain.chain import Link, fold
from bot.domain.verdict import Cause, Remedy


class Rank(IntEnum):
    """Which symptom counts when several stand in the lines of one failure; the lowest wins.

    A NAMED cause explains a failure whatever the time. The empty return comes next. A TRANSIENT symptom may
    itself be an effect of a restart. CONTEXT is what is left when nothing inside the wrapper says more.
    """

    NAMED = 1
    EMPTY_RETURN = 2
    TRANSIENT = 3
    CONTEXT = 4


@dataclass(frozen=True)
class Symptom:
    """One row.

    Attributes:
        pattern: a regular expression for folded text (lower case, plain quotes); only bounded repetition.
        cause: what it means.
        remedy: what helps.
        source: KA number or page.
        rank: what it yields to.
        also: a second pattern that must stand somewhere in the lines of the same failure, `""` for none.
        matcher: *pattern*, compiled.
    """

    pattern: str
    cause: Cause
    remedy: Remedy
    source: str
    rank: Rank = Rank.NAMED
    also: str = ""
    matcher: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "matcher", re.compile(self.pattern))


@dataclass(frozen=True)
class Match:
    """A row that fits, and the text it fits.

    Attributes:
        symptom: the row.
        link: the link of the message that matched.
        words: the matched words, folded.
    """

    symptom: Symptom
    link: Link
    words: str

    @property
    def by_code(self) -> bool:
        """Tell whether a product code matched and not only words."""
        return bool(_CODE.match(self.words))


_CODE = re.compile(r"[a-z]{3}-[0-9]{6}")

_ACCOUNT = (
    r"\b(?:account|operator|user|login|compte|operateur|konto|benutzer|cuenta|operador|conta|usuario|utente"
    r"|gebruiker)"
)
_LOCKED = (
    r"(?:locked|banned|verrouille|bloque|bloccat|gesperrt|blockiert|bloquead|vergrendeld|geblokkeerd|last ut)"
)
_DISABLED = (
    r"(?:disabled|deactivated|no longer exists|desactive|deaktiviert|deshabilitad|desativad|disattivat"
    r"|uitgeschakeld)"
)
_RANGE = r"(?:out of range|en dehors|hors limites|ausserhalb|fuera de rango|fora do intervalo|fuori dall)"
_TRACK = r"(?:missing|lost|not (?:been )?(?:synchroni[sz]ed|archived|retrieved|updated|recovered)|incomplete)"
_DEADLOCK = r"(?<!no )(?:deadlock|interblocage|verklemmung|bloqueo mutuo|stallo)"
_HTTP = r"int-15000?12|the http query returned an? .{0,80}type error"

SYMPTOMS: tuple[Symptom, ...] = (
    # Who may log on.
    Symptom(
        r"xsv-350012",
        Cause.DISABLED_OPERATOR,
        Remedy.CHANGE_OPERATOR,
        "KA-19458",
        also=r"bas-010003|wkf-560044",
    ),
    Symptom(
        _ACCOUNT + r"[^.]{0,80}" + _DISABLED, Cause.DISABLED_OPERATOR, Remedy.CHANGE_OPERATOR, "KA-19458"
    ),
    Symptom(_ACCOUNT + r"[^.]{0,80}\b" + _LOCKED, Cause.ACCOUNT_LOCKED, Remedy.FIX_CREDENTIALS, "KA-16410"),
    Symptom(r"xsv-350012|invalid login or password", Cause.CREDENTIALS, Remedy.FIX_CREDENTIALS, "KA-19458"),
    # Who may connect, and to where.
    Symptom(r"xsv-35001[34]", Cause.IP_NOT_ALLOWED, Remedy.ALLOW_IP, "KA-14724"),
    Symptom(r"ip address .{0,120}is not accepted", Cause.IP_NOT_ALLOWED, Remedy.ALLOW_IP, "KA-14724"),
    Symptom(r"iob-0900(?:13|20)", Cause.CERTIFICATE, Remedy.UPDATE_CERTIFICATES, "KA-17298"),
    Symptom(
        r"certificate (?:verify failed|has expired)",
        Cause.CERTIFICATE,
        Remedy.UPDATE_CERTIFICATES,
        "KA-17298",
    ),
    Symptom(r"jst-310026", Cause.URL_NOT_ALLOWED, Remedy.ALLOW_URL, "Campaign Classic: URL permissions"),
    # The database and the packages.
    Symptom(r"@registrationtoken", Cause.PACKAGE_MISSING, Remedy.INSTALL_PACKAGE, "KA-19367"),
    Symptom(r"bigint[^.]{0,60}" + _RANGE, Cause.INSTANCE_ID_TOO_LARGE, Remedy.LOWER_INSTANCE_ID, "KA-19487"),
    Symptom(_RANGE + r"[^.]{0,60}bigint", Cause.INSTANCE_ID_TOO_LARGE, Remedy.LOWER_INSTANCE_ID, "KA-19487"),
    Symptom(_DEADLOCK + r"|irc=-2006", Cause.DEADLOCK, Remedy.SPREAD, "KA-23471"),
    Symptom(r"insert into xtkworkflowlog", Cause.JOURNAL_MISSING, Remedy.READ_SERVER_LOG, "KA-24179"),
    # Bugs that Adobe has named.
    Symptom(r"neo-33783|http relay", Cause.PRODUCT_BUG, Remedy.UPGRADE, "NEO-33783, release notes 2023"),
    Symptom(r"neo-86553", Cause.PRODUCT_BUG, Remedy.UPGRADE, "NEO-86553, release notes"),
    # What a restart can cause as well.
    Symptom(
        r"xsv-350008",
        Cause.SESSION_EXPIRED,
        Remedy.RESUME,
        "Campaign Classic: web service calls",
        Rank.TRANSIENT,
    ),
    Symptom(
        r"session has expired or is invalid",
        *(Cause.SESSION_EXPIRED, Remedy.RESUME, "Campaign Classic: web service calls", Rank.TRANSIENT),
    ),
    Symptom(
        r"(?:" + _HTTP + r").{0,80}\(?40[13]\b",
        *(Cause.HTTP_ERROR, Remedy.GRANT_RIGHTS, "KA-16411", Rank.TRANSIENT),
    ),
    Symptom(_HTTP, Cause.HTTP_ERROR, Remedy.CONTACT_ADOBE, "KA-14724", Rank.TRANSIENT),
    Symptom(
        r"int-15000[36]", Cause.NETWORK, Remedy.CHECK_NETWORK, "Campaign Classic: error codes", Rank.TRANSIENT
    ),
    Symptom(
        r"(?:could not|couldn't|unable to|cannot) resolve|connection (?:was )?(?:refused|reset|timed out)"
        r"|unknown host|no route to host|(?:network|host) is unreachable|name or service not known"
        r"|operation timed out",
        *(Cause.NETWORK, Remedy.CHECK_NETWORK, "Campaign Classic: error codes", Rank.TRANSIENT),
    ),
    # What is left when nothing inside says more.
    Symptom(
        r"/jsreplicateurl\b", Cause.PRODUCT_BUG, Remedy.UPGRADE, "NEO-86553, release notes", Rank.CONTEXT
    ),
    Symptom(
        r"updateevents?status",
        *(Cause.PRODUCT_BUG, Remedy.RESTART_WORKFLOW, "KA-15976", Rank.CONTEXT),
    ),
    Symptom(
        r"\b(?:blocked|stuck)[^.]{0,60}\bevents? types?|\bevents? types?[^.]{0,60}\b(?:blocks|blocked|stuck)",
        *(Cause.PRODUCT_BUG, Remedy.UPGRADE, "Campaign Classic: release notes 2023", Rank.CONTEXT),
    ),
    Symptom(
        r"mc_lasttlrtsynch|\btracking\b[^.]{0,80}\b" + _TRACK + r"|\b(?:missing|lost) tracking",
        *(Cause.TRACKING_MISALIGNED, Remedy.ALIGN_TRACKING, "KA-22897", Rank.CONTEXT),
    ),
)
"""Tried from top to bottom; within one rank the innermost link of the message wins, then the upper row."""


def matches(parts: Sequence[Link]) -> Iterator[Match]:
    """List the rows that fit the links of one failure, innermost link first, then in the table's order."""
    folded = [(part, fold(part.text)) for part in reversed(parts)]
    everything = "\n".join(text for _, text in folded)
    for part, text in folded:
        for symptom in SYMPTOMS:
            found = symptom.matcher.search(text)
            if found and (not symptom.also or re.search(symptom.also, everything)):
                yield Match(symptom, part, found[0])
