"""The running bot: opened in the right order, and closed in time, with nothing lost that was acknowledged.

What it is made of is decided in `bot/app.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock, Thread
from time import monotonic

import structlog

from bot.domain.errors import CampaignError, McsyncError, SlackError, StoreError
from bot.gateways.campaign import CampaignGateway
from bot.gateways.clock import SharedClock
from bot.gateways.scheduler import Scheduler
from bot.gateways.slack import SlackGateway, SocketConnection
from bot.gateways.store import SqlStore
from bot.service.back_office import BackOffice
from bot.service.work import Desk
from bot.web.serve import WebServer

log = structlog.get_logger(__name__)

CLOSE_SECONDS = 7.0
"""How long what is under way may take to finish; of ten seconds, the rest is for handing back."""

TAKING_SECONDS = 3.0
"""How much of that the ways in may take to close."""

LAST_SECONDS = 0.75
"""How long it may take at the end to hand back and log off, and once more to close the store."""


class Program:
    """The running bot.

    Attributes:
        service: every use case.
        web: the web server; its port is known after `open`.
    """

    def __init__(
        self,
        *,
        service: BackOffice,
        store: SqlStore,
        clock: SharedClock,
        slack: SlackGateway,
        campaigns: Mapping[str, CampaignGateway],
        scheduler: Scheduler,
        desk: Desk,
        web: WebServer,
        socket: SocketConnection | None,
        listeners: ThreadPoolExecutor,
    ) -> None:
        self.service = service
        self.web = web
        self._store = store
        self._clock = clock
        self._slack = slack
        self._campaigns = campaigns
        self._scheduler = scheduler
        self._desk = desk
        self._socket = socket
        self._listeners = listeners
        self._door = Lock()
        self._opening = self._working = self._closing = False

    def open(self) -> bool:
        """Open the store, then the ways in, then begin to work; `close` may be called meanwhile.

        Returns:
            Whether it is open: not where it was told to close before it was.

        Raises:
            StoreError: the database cannot be used.
            SlackError: Slack refuses the socket.
        """
        self._opening = True
        try:
            self._open()
        except McsyncError:
            if not self._closing:
                raise
            # What was being opened was closed meanwhile, and says so.
        finally:
            self._opening = False
        if self._closing:
            self._store.close()
            return False
        log.info("program.opened", port=self.web.port)
        return True

    def _open(self) -> None:
        self._store.open()
        self._clock.synchronise()
        self._desk.take_place()
        self._meet_slack()
        self.service.watch.begin()
        self._unless_closing(self.web.open)
        if self._socket is not None:
            self._socket.open()
        self._unless_closing(self._begin_to_work)

    def _begin_to_work(self) -> None:
        self._working = True
        self._scheduler.open()

    def _unless_closing(self, step: Callable[[], None]) -> None:
        with self._door:
            if not self._closing:
                step()

    def _meet_slack(self) -> None:
        """Learn who we are before the first request must be acknowledged within three seconds."""
        try:
            self._slack.identity()
        except SlackError as error:
            log.warning("program.slack_unknown", reason=str(error))

    def close(self) -> bool:
        """Stop taking, finish what is under way, hand back the rest; ten seconds at most, whatever hangs.

        Returns:
            Whether everything has ended. Otherwise a thread still waits for a server; what it does is handed
            back or left to its lease, and whoever goes on with it reads first how far it came.
        """
        began = monotonic()
        with self._door:
            self._closing = True
        ways_in = [self.web.close, *([self._socket.close] if self._socket is not None else [])]
        ended = _all_of(ways_in, until=began + TAKING_SECONDS)
        ended &= self._scheduler.close(max(0.5, began + CLOSE_SECONDS - monotonic()))
        self._listeners.shutdown(wait=False, cancel_futures=True)
        # A server that does not answer forgets our session by itself.
        farewells = [partial(_log_off, name, campaign) for name, campaign in self._campaigns.items()]
        until = max(began + CLOSE_SECONDS, monotonic() + LAST_SECONDS)
        ended &= _all_of([self._give_back, *farewells], until=until)
        ended &= _all_of([self._store.close], until=monotonic() + LAST_SECONDS)
        ended &= not self._opening
        log.info("program.closed", ended=ended)
        return ended

    def _give_back(self) -> None:
        if self._working:
            self._store.give_back(self._desk.owner)


def _all_of(tasks: Sequence[Callable[[], object]], *, until: float) -> bool:
    """Do *tasks* at once and wait for them, no longer than *until* (monotonic); tell whether all ended."""
    threads = [Thread(target=_end_one, args=(task,), name="end", daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - monotonic()))
    return not any(thread.is_alive() for thread in threads)


def _end_one(task: Callable[[], object]) -> None:
    try:
        task()
    except StoreError as error:
        # Nothing is lost: a lease runs out by itself, and whoever takes the work over reads how far it came.
        log.warning("program.store_unusable", reason=str(error))
    except Exception:
        # One thing that cannot be ended must not keep the others from ending.
        log.exception("program.closing_failed")


def _log_off(name: str, campaign: CampaignGateway) -> None:
    try:
        campaign.close()
    except CampaignError as error:
        log.info("program.logoff_failed", instance=name, reason=str(error))
