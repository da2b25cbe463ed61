"""Answer each request of Slack's once: a repeat gets the first answer again and changes nothing.

A repeat is either Slack's own, when it did not hear our answer, or somebody's who recorded a signed request
and plays it back within the five minutes in which its signature counts. It may reach any replica, so what was
answered is in the store. A request whose process died before it could answer is not lost: whoever gets it
next does it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain.answered import NOT_NOW, Answered, Request
from bot.domain.errors import StoreError
from bot.service.ports import Clock, Store

log = structlog.get_logger(__name__)

UNDER_WAY = timedelta(seconds=5)
"""How long somebody may be about an answer, of three seconds that Slack waits, before it counts as dead."""

KEPT = timedelta(hours=1)
"""Longer than a signature counts (5 min) and than Slack's own three repeats take (about 6 min)."""

PRUNED = timedelta(minutes=5)

SERVER_ERRORS = 500


class Repeats:
    """Remembers answers.

    Args:
        store: where they are kept.
        clock: machine time tells their age.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._pruned_at = datetime.min.replace(tzinfo=UTC)

    def once(self, key: str, answer: Callable[[], Answered]) -> Answered:
        """Answer the request *key*: by *answer* the first time, by what was said then ever after.

        Without a key (`""`) it is a question, which changes nothing and is answered anew each time.
        """
        if not key:
            return answer()
        try:
            known = self._begin(key)
        except StoreError as error:
            # Whatever a request could change is in the same store, and *answer* has a sentence for that.
            log.warning("request.not_remembered", reason=str(error))
            return answer()
        if known is not None:
            log.info("request.repeated", status=known.status)
            return known
        try:
            given = answer()
        except BaseException:
            self._forget(key)
            raise
        self._end(key, given)
        return given

    def _begin(self, key: str) -> Answered | None:
        """Note that we are about *key*; tell what to say instead when somebody was before us."""
        now = self._clock.machine_now()
        with self._store.write() as tx:
            if abs(now - self._pruned_at) > PRUNED:
                tx.forget_requests(now - KEPT)
                self._pruned_at = now
            if tx.add_request(Request(key, now)):
                return None
            known = tx.request(key)
            if known is not None and known.answer is not None:
                return known.answer
            if known is not None and now - known.at < UNDER_WAY:
                return Answered(NOT_NOW)
            tx.save_request(Request(key, now))
            return None

    def _end(self, key: str, given: Answered) -> None:
        if given.status >= SERVER_ERRORS:
            # Not an answer that should stand: Slack asks again.
            self._forget(key)
            return
        try:
            with self._store.write() as tx:
                tx.save_request(Request(key, self._clock.machine_now(), given))
        except StoreError as error:
            log.warning("request.not_remembered", reason=str(error))

    def _forget(self, key: str) -> None:
        try:
            with self._store.write() as tx:
                tx.forget_request(key)
        except StoreError as error:
            log.warning("request.not_remembered", reason=str(error))
