"""Calls a method with our credentials, and tells truly whether it may have run when that went wrong.

What is called, and what its answer means, is `gateway.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from bot.domain.errors import LoginRedirect, McsyncError, NotSent, OutcomeUnknown, SessionExpired, sentence_of
from bot.domain.sentence import say
from bot.gateways.campaign.bearer import BearerAuthentication
from bot.gateways.campaign.connection import CampaignConnection
from bot.gateways.campaign.session import Authentication, Credentials, LogonBars, PasswordAuthentication
from bot.gateways.campaign.soap import Method, Soap, Timed
from bot.gateways.campaign.transport import Keep, Transport
from bot.service.ports import Clock

Arguments = Callable[[], Mapping[str, object]]
"""Builds the arguments of one attempt: zeep takes the XML in them away."""


class Calls:
    """The SOAP endpoint of one server as whom the connection names; several threads may share it.

    Args:
        connection: address and credentials.
        bars: remembers refused log-ons.
        clock: tells when one was refused.
        keep: is shown every SOAP answer.
        timed: is told how long every call took.
    """

    def __init__(
        self,
        connection: CampaignConnection,
        *,
        bars: LogonBars,
        clock: Clock,
        keep: Keep | None,
        timed: Timed | None,
    ) -> None:
        self._transport = Transport(ca_file=connection.ca_file, max_bytes=connection.max_bytes, keep=keep)
        self._soap = Soap(connection, self._transport, timed)
        self._authentication: Authentication = (
            PasswordAuthentication(connection, self._soap, bars, clock)
            if connection.ims is None
            else BearerAuthentication(connection, connection.ims, self._transport, bars, clock)
        )

    def open(self) -> None:
        """Read the WSDLs. Nothing is sent."""
        self._soap.open()

    def close(self) -> None:
        """Log off, if logged on, and let go of sockets. Never fails because of Campaign."""
        self._authentication.end()
        self._transport.close()

    def call(self, method: Method, arguments: Arguments) -> object:
        """Call a method that changes nothing, so that it may be called again.

        Args:
            method: which.
            arguments: builds them for one attempt.

        Raises:
            CampaignError: it failed, or the log-on before it.
        """
        return self._call(method, arguments, log_on=nullcontext, attempt=nullcontext, happened=None)

    def change(
        self,
        method: Method,
        arguments: Arguments,
        *,
        happened: Callable[[], bool] | None = None,
    ) -> None:
        """Call a method that changes something.

        Args:
            method: which.
            arguments: builds them for one attempt.
            happened: reads whether an attempt whose session was not accepted ran all the same; `None` for a
                method that Campaign itself refuses a second time.

        Raises:
            NotSent: the log-on before it went wrong, in whatever way: the method itself surely did not run.
            OutcomeUnknown: it may have run; a login page is no proof that it did not.
        """
        self._call(method, arguments, log_on=_surely_not_sent, attempt=_perhaps_sent, happened=happened)

    def _call(
        self,
        method: Method,
        arguments: Arguments,
        *,
        log_on: Callable[[], AbstractContextManager[object]],
        attempt: Callable[[], AbstractContextManager[object]],
        happened: Callable[[], bool] | None,
    ) -> object:
        """Call *method*; renew the credentials and repeat once if they are not accepted any more.

        Args:
            method: as in `change`.
            arguments: as in `change`.
            log_on: what to do about the errors of a log-on.
            attempt: what to do about the errors of the method itself.
            happened: as in `change`.
        """
        with log_on():
            credentials = self._authentication.credentials()
        try:
            with attempt():
                return self._send(method, arguments, credentials)
        except SessionExpired:
            # The session is checked before the method runs. A write is not repeated on that belief alone.
            with log_on() if happened is None else _in_doubt():
                credentials = self._authentication.renew(credentials)
                if happened is not None and happened():
                    return None
        with attempt():
            return self._send(method, arguments, credentials)

    def _send(self, method: Method, arguments: Arguments, credentials: Credentials) -> object:
        return self._soap.call(method, arguments(), headers=credentials.headers, secrets=credentials.secrets)


@contextmanager
def _surely_not_sent() -> Iterator[None]:
    """Tell the truth about a call whose log-on failed: the log-on is in doubt, the call never left."""
    try:
        yield
    except OutcomeUnknown as error:
        raise NotSent(
            say("The log-on did not work, so nothing else was sent: {why}", why=sentence_of(error))
        ) from error


@contextmanager
def _perhaps_sent() -> Iterator[None]:
    """Tell the truth about a change that was answered by a login page: whether it ran must be read."""
    try:
        yield
    except LoginRedirect as error:
        raise OutcomeUnknown(
            say("A login page came instead of an answer; what ran is read before anything else.")
        ) from error


@contextmanager
def _in_doubt() -> Iterator[None]:
    """Tell the truth about a write that went out once, and could then neither be read back nor repeated."""
    try:
        yield
    except McsyncError as error:
        raise OutcomeUnknown(
            say(
                "The session ended with the write, and it could not be read back: {why}",
                why=sentence_of(error),
            )
        ) from error
