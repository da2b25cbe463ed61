"""Reads 500 new journal lines as the bot does, as a process, and tells what processor time that takes.

`python -m tests.bench.our_poll CAMPAIGN_URL`; each line of input is one reading.
"""

import sys
import time
from datetime import UTC, timedelta

from bot.domain.logon_bar import LogonBar
from bot.gateways.campaign import CampaignConnection, CampaignGateway
from bot.gateways.clock import MachineClock
from tests.bench.orders import Order, answer_orders
from tests.bench.stage import FAR_FROM_RESTARTS, WORKFLOW

LINES = 500


class NoBars:
    """Remembers no refused log-on, since none is refused here."""

    def get(self, instance: str) -> LogonBar | None:
        """Find none."""
        del instance
        return None

    def save(self, bar: LogonBar) -> None:
        """Take none."""
        raise AssertionError(bar)


def main() -> None:
    """Read once for each line of input."""
    connection = CampaignConnection(name="prod", url=sys.argv[1], login="mcsync", secret="sandbox")
    gateway = CampaignGateway(
        connection, workflows=frozenset({WORKFLOW}), bars=NoBars(), clock=MachineClock()
    )
    workflow_id = gateway.workflow(WORKFLOW).status.id
    since = FAR_FROM_RESTARTS.astimezone(UTC) - timedelta(days=30)
    gateway.journal(workflow_id, since, limit=LINES)

    def deed(_: Order) -> dict[str, object]:
        began = time.process_time()
        entries = gateway.journal(workflow_id, since, limit=LINES)
        taken = time.process_time() - began
        newest = max(entry.at for entry in entries).astimezone(UTC).isoformat()
        return {"cpu_ms": 1000 * taken, "lines": len(entries), "newest": newest}

    answer_orders(deed)
    gateway.close()


if __name__ == "__main__":
    main()
