"""The stand-in Campaign with more workflows or a longer past than its scenarios have, as a process.

`python -m tests.bench.campaign PORT ACCOUNTS HISTORY_DAYS ZONE` prints its address.
"""

import signal
import sys
import threading

from bot.sandbox.campaign.seed import Plan
from bot.sandbox.campaign.server import CampaignServer
from tests.bench.orders import say


def accounts(count: int) -> tuple[str, ...]:
    """Name so many execution instances."""
    return tuple(f"mcExec{number}" for number in range(1, count + 1))


def main() -> None:
    """Serve until SIGTERM."""
    port, count, days = map(int, sys.argv[1:4])
    zone = sys.argv[4]
    plan = Plan(accounts=accounts(count), history_days=days, zone=zone, rt_zone=zone)
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    with CampaignServer(plan, port=port) as server:
        say(server.url)
        done.wait()


if __name__ == "__main__":
    main()
