"""Language and time zone that people have chosen in Slack, remembered for an hour, never waited for long."""

from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock, Thread

import structlog

from bot.domain.errors import SlackError
from bot.service.ports import Clock, Slack

log = structlog.get_logger(__name__)

KEPT = timedelta(hours=1)
"""How long a locale is believed, machine time."""

KEPT_UNKNOWN = timedelta(minutes=1)
"""How long Slack is left alone about somebody after it did not tell."""

PATIENCE = 0.5
"""Seconds that an answer may wait for its language; an acknowledgement has three in all."""

MOST_KEPT = 1_000
"""About 2 kB each."""

MOST_ASKED = 8
"""Questions to Slack at once; while so many hang, everybody else reads the channel's language."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What somebody has chosen in Slack; all of it `""` when Slack did not tell."""

    locale: str = ""
    zone: str = ""


_UNKNOWN = _Chosen()


class CachedLocales:
    """The `Locales` port. Safe in any thread.

    Args:
        slack: reads who somebody is.
        clock: machine time tells the age of what is remembered.
    """

    def __init__(self, slack: Slack, clock: Clock) -> None:
        self._slack = slack
        self._clock = clock
        self._lock = Lock()
        self._asked: OrderedDict[str, tuple[datetime, Future[_Chosen]]] = OrderedDict()
        self._slots = BoundedSemaphore(MOST_ASKED)

    def locale(self, user: str) -> str:
        """Tell somebody's locale such as `pt-BR`, `""` if Slack does not tell it in time."""
        return self._chosen(user).locale

    def zone(self, user: str) -> str:
        """Tell somebody's time zone, an IANA name, `""` if Slack does not tell it in time."""
        return self._chosen(user).zone

    def _chosen(self, user: str) -> _Chosen:
        try:
            return self._asking(user).result(PATIENCE)
        except TimeoutError:
            # Slack goes on being asked, so the next answer knows.
            return _UNKNOWN

    def _asking(self, user: str) -> Future[_Chosen]:
        """Find the question to Slack that is under way or answered; ask it once for everybody who waits."""
        now = self._clock.machine_now()
        with self._lock:
            asked = self._asked.get(user)
            if asked is None or not self._holds(asked, now):
                asked = now, self._begun(user)
                self._asked[user] = asked
            self._asked.move_to_end(user)
            while len(self._asked) > MOST_KEPT:
                self._asked.popitem(last=False)
            return asked[1]

    def _begun(self, user: str) -> Future[_Chosen]:
        """Begin to ask Slack in a thread of its own, which no end of the program waits for."""
        question: Future[_Chosen] = Future()
        if not self._slots.acquire(blocking=False):
            question.set_result(_UNKNOWN)
            return question

        def ask() -> None:
            try:
                question.set_result(self._read(user))
            finally:
                self._slots.release()

        Thread(target=ask, name=f"locale-{user}", daemon=True).start()
        return question

    @staticmethod
    def _holds(asked: tuple[datetime, Future[_Chosen]], now: datetime) -> bool:
        at, question = asked
        kept = KEPT if not question.done() or question.result() != _UNKNOWN else KEPT_UNKNOWN
        # A clock that was set back makes an age negative: not to be believed either.
        return timedelta() <= now - at < kept

    def _read(self, user: str) -> _Chosen:
        try:
            person = self._slack.person(user)
        except SlackError as error:
            log.info("slack.locale_unknown", user=user, reason=str(error))
            return _UNKNOWN
        return _Chosen(person.locale, person.zone)
