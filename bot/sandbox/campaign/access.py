"""Who is logged on to the stand-in: sessions, security tokens, bearer tokens and the lock-out.

Three wrong passwords within ten minutes ban the login for five (KA-16410). All counted in rule time.
"""

import base64
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

DENIED = "XSV-350012 Invalid login or password. Connection denied."
EXPIRED = "XSV-350008 Session has expired or is invalid. Please reconnect."

STRIKES = 3
EXAMINE_WINDOW = timedelta(minutes=10)
BAN = timedelta(minutes=5)
LIFETIME = timedelta(hours=24)


class Denied(Exception):
    """The server closes the door; it answers with HTTP 403 and this plain text."""


@dataclass(frozen=True)
class Session:
    """Somebody who is logged on.

    Attributes:
        token: the session token, from the cookie `__sessiontoken`.
        security: the security token, from the header `X-Security-Token`.
        login: who it is.
        until: when it ends, UTC.
    """

    token: str
    security: str
    login: str
    until: datetime


@dataclass(frozen=True)
class Credentials:
    """What a request brings along to say who it is from."""

    session_tokens: tuple[str, ...]
    security_token: str
    bearer: str = ""


@dataclass
class Access:
    """The doorkeeper.

    Attributes:
        random: where tokens come from, so that a seed repeats them.
        passwords: by login.
        clients: IMS client secrets and the login each client acts as, by client id.
        attempts: how many log-ons were asked for, refused ones included.
    """

    random: Random
    passwords: dict[str, str]
    clients: dict[str, tuple[str, str]]
    sessions: dict[str, Session] = field(default_factory=dict)
    bearers: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    wrong: dict[str, list[datetime]] = field(default_factory=dict)
    banned_until: dict[str, datetime] = field(default_factory=dict)
    attempts: int = 0
    secrets: set[str] = field(default_factory=set)

    def log_on(self, login: str, password: str, now: datetime) -> Session:
        """Open a session.

        Raises:
            Denied: wrong password, unknown login, or a banned one, even with the right password.
        """
        self.attempts += 1
        if self.banned_until.get(login, now) > now:
            raise Denied(DENIED)
        if self.passwords.get(login) != password:
            self._strike(login, now)
            raise Denied(DENIED)
        self.wrong.pop(login, None)
        return self._open(login, now)

    def exchange(self, bearer: str, now: datetime) -> Session:
        """Open a session for an IMS token (xtk:session#BearerTokenLogon).

        Raises:
            Denied: the token is unknown or too old.
        """
        return self._open(self._bearer_login(bearer, now), now)

    def identify(self, credentials: Credentials, now: datetime) -> str:
        """Return the login that a request comes from.

        Raises:
            Denied: no valid session, a wrong security token, or a wrong bearer token.
        """
        if credentials.bearer:
            return self._bearer_login(credentials.bearer, now)
        for token in credentials.session_tokens:
            session = self.sessions.get(token)
            if session and session.until > now and credentials.security_token == session.security:
                return session.login
        raise Denied(EXPIRED)

    def log_off(self, credentials: Credentials) -> None:
        """Close the sessions of a request."""
        for token in credentials.session_tokens:
            self.sessions.pop(token, None)

    def expire(self, credentials: Credentials) -> None:
        """End whatever a request comes with, as a restart of the web process may."""
        self.log_off(credentials)
        self.bearers.pop(credentials.bearer, None)

    def grant(self, client_id: str, client_secret: str, now: datetime) -> tuple[str, int] | None:
        """Give an IMS token and its lifetime in seconds for client credentials, `None` for wrong ones."""
        secret, login = self.clients.get(client_id, ("", ""))
        if not secret or secret != client_secret:
            return None
        token = f"eyJ{self._token(48)}.{self._token(96)}.{self._token(32)}"
        self.bearers[token] = (login, now + LIFETIME)
        self.secrets.add(token)
        return token, int(LIFETIME.total_seconds()) - 1

    def _bearer_login(self, bearer: str, now: datetime) -> str:
        login, until = self.bearers.get(bearer, ("", now))
        if until <= now:
            raise Denied(EXPIRED)
        return login

    def _open(self, login: str, now: datetime) -> Session:
        session = Session(
            token=f"___{uuid.UUID(int=self.random.getrandbits(128), version=4)}",
            security=f"@{self._token(48)}==",
            login=login,
            until=now + LIFETIME,
        )
        self.sessions[session.token] = session
        self.secrets.update((session.token, session.security))
        return session

    def _strike(self, login: str, now: datetime) -> None:
        recent = [at for at in self.wrong.get(login, []) if now - at < EXAMINE_WINDOW]
        self.wrong[login] = [*recent, now]
        if len(self.wrong[login]) >= STRIKES:
            self.banned_until[login] = now + BAN
            self.wrong[login] = []

    def _token(self, size: int) -> str:
        return base64.urlsafe_b64encode(self.random.randbytes(size)).decode().rstrip("=")
