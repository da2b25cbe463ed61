"""The running bot: opened in the right order, and closed in time, with nothing lost that was acknowledged.

What it is made of is decided in `bot/app.py`.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from time import monotonic

import structlog

from bot.domain.errors import CampaignError, SlackError
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

    def open(self) -> None:
        """Open the store, then the ways in, then begin to work.

        Raises:
            StoreError: the database cannot be used.
            SlackError: Slack refuses the socket.
        """
        self._store.open()
        self._clock.synchronise()
        self._desk.take_place()
        self._meet_slack()
        self.service.watch.begin()
        self.web.open()
        if self._socket is not None:
            self._socket.open()
        self._scheduler.open()
        log.info("program.opened", port=self.web.port)

    def _meet_slack(self) -> None:
        """Learn who we are before the first request must be acknowledged within three seconds."""
        try:
            self._slack.identity()
        except SlackError as error:
            log.warning("program.slack_unknown", reason=str(error))

    def close(self) -> bool:
        """Stop taking, finish what is under way, hand back the rest; ten seconds at most.

        Returns:
            Whether everything has ended. Otherwise a thread still waits for a server; what it does is handed
            back, and whoever goes on with it reads first how far it came.
        """
        deadline = monotonic() + CLOSE_SECONDS
        self.web.close()
        if self._socket is not None:
            self._socket.close()
        ended = self._scheduler.close(max(0.5, deadline - monotonic()))
        self._listeners.shutdown(wait=False, cancel_futures=True)
        self._store.give_back(self._desk.owner)
        ended &= self._log_off(deadline)
        self._store.close()
        log.info("program.closed", ended=ended)
        return ended

    def _log_off(self, deadline: float) -> bool:
        """Log off everywhere at once; a server that does not answer forgets the session by itself."""
        threads = [
            Thread(target=_close, args=(name, campaign), name=f"log-off-{name}", daemon=True)
            for name, campaign in self._campaigns.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.1, deadline - monotonic()))
        return not any(thread.is_alive() for thread in threads)


def _close(name: str, campaign: CampaignGateway) -> None:
    try:
        campaign.close()
    except CampaignError as error:
        log.info("program.logoff_failed", instance=name, reason=str(error))
