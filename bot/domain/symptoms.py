"""The ordered table of symptoms: which words, which cause, which remedy, and where that is written.

To teach mcsync a new look-alike, add one line to `SYMPTOMS`. The words of the restart collision itself come
in many languages, see `bot/domain/phrases.py`; whether the time fits is not looked at here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bot.domain.chain import Link, fold
from bot.domain.sentence import say
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
    r"|gebruiker)\b[^.]{0,80}"
)
_LOCKED = r"\b(?:locked|banned|verrouille|bloque|bloccat|gesperrt|bloquead|vergrendeld|geblokkeerd|last ut)"
_DISABLED = (
    r"\b(?:disabled|deactivated|inactive|not active|no longer exists|does not exist|desactive|deaktiviert"
    r"|deshabilitad|desativad|disattivat|uitgeschakeld)"
)
_ATTEMPTS = r"\b(?:too many|maximum number of) (?:[a-z-]{1,20} ){0,3}attempts"
_RANGE = r"(?:out of range|en dehors|hors limites|ausserhalb|fuera de rango|fora do intervalo|fuori dall)"
_DEADLOCK = r"(?<!no )\b(?:deadlock|interblocage|verklemmung|bloqueo mutuo|stallo\b)|irc=-2006"
_QUERY = r"(?:int-15000?12|the http query returned an? .{0,80}type error)"
_STATUS = r"http(?:/[0-9.]{1,3}| status| code| error)?[ :(]{1,3}"
_UNREACHED = (
    r"(?:could not|couldn't|unable to|cannot|can't|failed to) (?:resolve|connect|reach)|getaddrinfo"
    r"|connection (?:was |has been )?(?:refused|reset|timed out|aborted|closed)|(?:unknown|no such) host"
    r"|host not found|no route to host|(?:network|host) (?:is )?unreachable|name or service not known"
    r"|time(?:d)?[ -]?out"
)
_REFUSED = r"xsv-350012"
_WRONG_LOGIN = r"(?:invalid|wrong|incorrect) (?:login|user ?name) or password"
_IP_REFUSED = r"\bip address .{0,120}not (?:accepted|allowed|authori[sz]ed)"
_UNTRUSTED = (
    r"\bcertificate\b[^.]{0,60}"
    r"(?:verify failed|expired|not trusted|not valid|invalid|revoked|unknown ca|self.signed)"
)
_ISSUER = r"(?:self.signed|issuer) certificate|ssl routines"
_URL_REFUSED = r"\burl\b.{0,200}not (?:allowed|authori[sz]ed|permitted)"
_EXPIRED = r"\bsession\b[^.]{0,30}(?:expired|timed out)"
_GATEWAY = r"bad gateway|gateway time-?out|service (?:temporarily )?unavailable|proxy error"
_EVENTS_TYPE = (
    r"\b(?:blocked|stuck)\b[^.]{0,60}\bevents? types?"
    r"|\bevents? types?\b[^.]{0,60}\b(?:blocks|blocked|stuck)\b"
)
_TRACKING = (
    r"mc_lasttlrtsynch|\b(?:missing|lost) tracking|\btracking\b[^.]{0,80}"
    r"\b(?:missing|lost|not (?:been )?(?:synchroni[sz]ed|archived|retrieved|updated|recovered)|incomplete)"
)
_SERVER_STOPS = r"\b(?:wfserver|workflow server|nlserver)\b[^.]{0,60}\b(?:stopp|restart|shut|interrupt)"

_CALLS = say("Campaign Classic: web service calls")
_CODES = say("Campaign Classic: error codes")
_RESTARTS = say("Campaign Classic: automatic process restart")
_URLS = say("Campaign Classic: URL permissions")
_NOTES = say("NEO-86553, release notes")
_TRANSIENT, _CONTEXT = Rank.TRANSIENT, Rank.CONTEXT


SYMPTOMS: tuple[Symptom, ...] = (
    # Who may log on.
    Symptom(
        _REFUSED, Cause.DISABLED_OPERATOR, Remedy.CHANGE_OPERATOR, "KA-19458", also=r"bas-010003|wkf-560044"
    ),
    Symptom(_ACCOUNT + _DISABLED, Cause.DISABLED_OPERATOR, Remedy.CHANGE_OPERATOR, "KA-19458"),
    Symptom(_ACCOUNT + _LOCKED, Cause.ACCOUNT_LOCKED, Remedy.FIX_CREDENTIALS, "KA-16410"),
    Symptom(_ATTEMPTS, Cause.ACCOUNT_LOCKED, Remedy.FIX_CREDENTIALS, "KA-16410"),
    Symptom(_REFUSED, Cause.CREDENTIALS, Remedy.FIX_CREDENTIALS, "KA-19458"),
    Symptom(_WRONG_LOGIN, Cause.CREDENTIALS, Remedy.FIX_CREDENTIALS, "KA-19458"),
    # Who may connect, and to where.
    Symptom(r"xsv-35001[34]", Cause.IP_NOT_ALLOWED, Remedy.ALLOW_IP, "KA-14724"),
    Symptom(_IP_REFUSED, Cause.IP_NOT_ALLOWED, Remedy.ALLOW_IP, "KA-14724"),
    Symptom(r"iob-0900(?:13|20)", Cause.CERTIFICATE, Remedy.UPDATE_CERTIFICATES, "KA-17298"),
    Symptom(_UNTRUSTED, Cause.CERTIFICATE, Remedy.UPDATE_CERTIFICATES, "KA-17298"),
    Symptom(_ISSUER, Cause.CERTIFICATE, Remedy.UPDATE_CERTIFICATES, "KA-17298"),
    Symptom(r"jst-310026", Cause.URL_NOT_ALLOWED, Remedy.ALLOW_URL, _URLS),
    Symptom(_URL_REFUSED, Cause.URL_NOT_ALLOWED, Remedy.ALLOW_URL, _URLS),
    # The database and the packages.
    Symptom(r"registrationtoken", Cause.PACKAGE_MISSING, Remedy.INSTALL_PACKAGE, "KA-19367"),
    Symptom(r"bigint[^.]{0,60}" + _RANGE, Cause.INSTANCE_ID_TOO_LARGE, Remedy.LOWER_INSTANCE_ID, "KA-19487"),
    Symptom(_RANGE + r"[^.]{0,60}bigint", Cause.INSTANCE_ID_TOO_LARGE, Remedy.LOWER_INSTANCE_ID, "KA-19487"),
    Symptom(_DEADLOCK, Cause.DEADLOCK, Remedy.SPREAD, "KA-23471"),
    Symptom(r"xtkworkflowlog", Cause.JOURNAL_MISSING, Remedy.READ_SERVER_LOG, "KA-24179"),
    # Bugs that Adobe has named.
    Symptom(
        r"neo-33783|\bhttp relay", Cause.PRODUCT_BUG, Remedy.UPGRADE, say("NEO-33783, release notes 2023")
    ),
    Symptom(r"neo-86553", Cause.PRODUCT_BUG, Remedy.UPGRADE, _NOTES),
    # What a restart can cause as well.
    Symptom(r"xsv-350008", Cause.SESSION_EXPIRED, Remedy.RESUME, _CALLS, _TRANSIENT),
    Symptom(_EXPIRED, Cause.SESSION_EXPIRED, Remedy.RESUME, _CALLS, _TRANSIENT),
    Symptom(_QUERY + r".{0,80}\b40[13]\b", Cause.HTTP_ERROR, Remedy.GRANT_RIGHTS, "KA-16411", _TRANSIENT),
    Symptom(_QUERY, Cause.HTTP_ERROR, Remedy.CONTACT_ADOBE, _CODES, _TRANSIENT),
    Symptom(_STATUS + r"40[13]\b", Cause.HTTP_ERROR, Remedy.GRANT_RIGHTS, "KA-16411", _TRANSIENT),
    Symptom(_STATUS + r"[45][0-9]{2}\b", Cause.HTTP_ERROR, Remedy.CONTACT_ADOBE, _CODES, _TRANSIENT),
    Symptom(_GATEWAY, Cause.HTTP_ERROR, Remedy.CONTACT_ADOBE, _CODES, _TRANSIENT),
    Symptom(r"int-15000[36]", Cause.NETWORK, Remedy.CHECK_NETWORK, _CODES, _TRANSIENT),
    Symptom(_UNREACHED, Cause.NETWORK, Remedy.CHECK_NETWORK, _CODES, _TRANSIENT),
    # What is left when nothing inside says more.
    Symptom(r"/jsreplicateurl\b", Cause.PRODUCT_BUG, Remedy.UPGRADE, _NOTES, _CONTEXT),
    Symptom(r"updateevents?status", Cause.PRODUCT_BUG, Remedy.RESTART_WORKFLOW, "KA-15976", _CONTEXT),
    Symptom(_EVENTS_TYPE, Cause.PRODUCT_BUG, Remedy.UPGRADE, say("Release notes 2023"), _CONTEXT),
    Symptom(_TRACKING, Cause.TRACKING_MISALIGNED, Remedy.ALIGN_TRACKING, "KA-22897", _CONTEXT),
    Symptom(_SERVER_STOPS, Cause.MARKETING_RESTART, Remedy.WAIT, _RESTARTS, _CONTEXT),
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
