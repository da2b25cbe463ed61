"""Who we are to Campaign: what every way of logging on has in common, and the one by login and password.

Refusals are the heart of it. Three refused log-ons lock the operator (KA-16410), across replicas and
restarts, so a refusal is remembered with a digest of the secret, and while it is, nobody tries again.
"""

import hashlib
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.errors import CampaignError, LogonBarred, LogonRefused, NotSent, sentence_of
from bot.domain.logon_bar import LogonBar
from bot.domain.sentence import say
from bot.gateways.campaign.connection import CampaignConnection
from bot.gateways.campaign.errors import empty
from bot.gateways.campaign.exchange import Exchange
from bot.gateways.campaign.soap import LOGOFF, LOGON, NO_ELEMENT, Soap
from bot.service.ports import Clock

_DIGEST_ROUNDS = 100_000


class LogonBars(Protocol):
    """Where refused log-ons are remembered, for every replica."""

    def get(self, instance: str) -> LogonBar | None:
        """Find the remembered refusal of an instance."""
        ...

    def save(self, bar: LogonBar) -> None:
        """Remember a refusal."""
        ...


@dataclass(frozen=True)
class Credentials:
    """What a call carries to be accepted.

    Attributes:
        headers: of HTTP.
        secrets: the parts of them that must not be shown.
        until: when they should be renewed, machine time; `None` if the server will tell.
    """

    headers: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    until: datetime | None = None


def secret_digest(*parts: str) -> str:
    """Make a digest that tells whether a secret has changed, and gives nothing away about it.

    A plain hash of a password that people chose could be searched, so this is PBKDF2 with SHA-256.

    Args:
        parts: the instance, whatever else names the account, and last the secret.
    """
    *public, secret = parts
    salt = json.dumps(["mcsync log-on bar 1", *public])
    return hashlib.pbkdf2_hmac("sha256", secret.encode(), salt.encode(), _DIGEST_ROUNDS).hex()


class Authentication(ABC):
    """One set of credentials, shared by all threads, with one attempt at a time to get it."""

    def __init__(self, connection: CampaignConnection, bars: LogonBars, clock: Clock) -> None:
        self._connection = connection
        self._bars = bars
        self._clock = clock
        self._lock = threading.Lock()
        self._attempts = 0
        self._last_failure: CampaignError | None = None
        self._credentials: Credentials | None = None
        self._unsaved: LogonBar | None = None
        self._known_digest = ""

    def credentials(self) -> Credentials:
        """Give the credentials, after a log-on if there are none.

        Raises:
            LogonBarred: an earlier refusal of this secret is remembered.
            LogonRefused: the log-on was refused just now; from here on it is remembered.
            CampaignError: the log-on failed otherwise.
            StoreError: the memory of refusals cannot be asked, so nothing was tried.
        """
        present = self._credentials
        if present is not None and self._fresh(present):
            return present
        return self._renewed(present)

    def renew(self, refused: Credentials) -> Credentials:
        """Replace *refused*, unless another thread has done so already; raises as `credentials`."""
        return self._renewed(refused)

    def end(self) -> None:
        """Give the credentials back; a server that cannot be told forgets them by itself."""
        with self._lock:
            present, self._credentials = self._credentials, None
        if present is not None:
            self._log_off(present)

    def _fresh(self, credentials: Credentials) -> bool:
        return credentials.until is None or self._clock.machine_now() < credentials.until

    def _renewed(self, stale: Credentials | None) -> Credentials:
        attempts = self._attempts
        with self._lock:
            if self._credentials is not None and self._credentials is not stale:
                return self._credentials
            if self._attempts != attempts and self._last_failure is not None:
                # Another thread tried while this one waited; a second try at once would be a second strike.
                raise NotSent(
                    say(
                        "No second log-on was tried, since one has just failed: {why}",
                        why=sentence_of(self._last_failure),
                    )
                )
            self._credentials = None
            self._last_failure = None
            try:
                self._refuse_if_barred()
                self._credentials = self._log_on()
            except LogonRefused as error:
                self._last_failure = error
                self._remember(error)
                raise
            except CampaignError as error:
                self._last_failure = error
                raise
            finally:
                self._attempts += 1
            return self._credentials

    def _refuse_if_barred(self) -> None:
        if self._unsaved is not None:
            self._bars.save(self._unsaved)
            self._unsaved = None
        bar = self._bars.get(self._connection.name)
        if bar is not None and bar.secret_digest == self._digest():
            # Nearly always it ends with Campaign's own words, without a full stop, and then keeps its origin.
            refused = bar.sentence.rstrip(".") if bar.sentence.endswith(".") else bar.sentence
            raise LogonBarred(
                say(
                    "{refused} ({moment} UTC). mcsync does not log on to {instance} again by itself, since "
                    "three refusals lock the account: change the secret in the configuration, or let an "
                    "administrator press *Try once*.",
                    refused=refused,
                    moment=f"{bar.at:%Y-%m-%d %H:%M}",
                    instance=self._connection.name,
                )
            )

    def _remember(self, refusal: LogonRefused) -> None:
        # Kept here until the store has it: if saving fails, the next log-on saves before it tries.
        self._unsaved = LogonBar(
            self._connection.name, self._digest(), self._clock.now(), sentence_of(refusal)
        )
        self._bars.save(self._unsaved)
        self._unsaved = None

    def _digest(self) -> str:
        if not self._known_digest:
            self._known_digest = secret_digest(
                self._connection.name, *self._account(), self._connection.secret
            )
        return self._known_digest

    @abstractmethod
    def _account(self) -> tuple[str, ...]:
        """Name the account: when any of it changes, an earlier refusal no longer counts."""

    @abstractmethod
    def _log_on(self) -> Credentials:
        """Make one attempt."""

    @abstractmethod
    def _log_off(self, credentials: Credentials) -> None:
        """Give the credentials back, and never fail."""


class PasswordAuthentication(Authentication):
    """Session and security token, from `xtk:session#Logon`; the server says when they have expired."""

    def __init__(self, connection: CampaignConnection, soap: Soap, bars: LogonBars, clock: Clock) -> None:
        super().__init__(connection, bars, clock)
        self._soap = soap

    def _account(self) -> tuple[str, ...]:
        return (self._connection.login,)

    def _log_on(self) -> Credentials:
        answer = self._soap.call(
            LOGON,
            {
                "strLogin": self._connection.login,
                "strPassword": self._connection.secret,
                "elemParameters": NO_ELEMENT,
            },
            headers={},
            secrets=(self._connection.secret,),
        )
        # zeep gives an object of Nones for an empty LogonResponse.
        session = str(getattr(answer, "pstrSessionToken", None) or "").strip()
        security = str(getattr(answer, "pstrSecurityToken", None) or "").strip()
        if not session or not security:
            raise empty(Exchange(self._connection.endpoint, str(LOGON), 0), say("blank tokens"))
        return Credentials(
            {"Cookie": f"__sessiontoken={session}", "X-Security-Token": security}, (session, security)
        )

    def _log_off(self, credentials: Credentials) -> None:
        try:
            self._soap.call(LOGOFF, {}, headers=credentials.headers, secrets=credentials.secrets)
        except CampaignError:
            # The session ends by itself after a day, or has ended already.
            return
