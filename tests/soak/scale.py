"""Measure what one process carries, and what more of them add: `python -m tests.soak.scale`.

Prints the tables of `docs/scale.md`. Everything runs on this one machine, the stand-ins and whoever sends
too, so the figures are floors of what separate machines would do.
"""

import hashlib
import hmac
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import requests

from bot.domain.due_work import Work
from bot.gateways.store import create_store
from bot.sandbox.webhook import signed
from tests.flows.fleet import SECRET, SIGNING_SECRET, Fleet, Replica
from tests.gateways.store.examples import NOON, deed
from tests.postgres import fresh_url, server_url

SECONDS = 5.0
CALLERS = 8


def row(*cells: object) -> None:
    """Print a row of a table."""
    print("|", " | ".join(str(cell) for cell in cells), "|", flush=True)  # noqa: T201 - the purpose


def for_a_while(step: Callable[[], object]) -> list[float]:
    """Repeat *step* for `SECONDS`; tell how long each took."""
    taken = []
    end = time.monotonic() + SECONDS
    while (began := time.monotonic()) < end:
        step()
        taken.append(time.monotonic() - began)
    return taken


def together(step: Callable[[], object], spent: Callable[[], float], callers: int = CALLERS) -> list[str]:
    """Let *callers* threads repeat *step*; tell the rate, the median, and what one cost the processor.

    The last is what a busy machine does not blur.
    """
    before = spent()
    with ThreadPoolExecutor(callers) as pool:
        taken = sorted(itertools.chain(*pool.map(lambda _: for_a_while(step), range(callers))))
    cost = (spent() - before) / len(taken)
    median = statistics.median(taken)
    return [f"{len(taken) / SECONDS:.0f}/s", f"{1000 * median:.1f} ms", f"{1000 * cost:.1f} ms"]


def urls() -> dict[str, str]:
    """Give a fresh database of each kind, both of them careful with the disk."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = on")
        connection.execute("SELECT pg_reload_conf()")
    folder = tempfile.mkdtemp(prefix="mcsync-scale-")
    return {"SQLite": f"sqlite:///{folder}/mcsync.db", "PostgreSQL": fresh_url()}


def measure_store() -> None:
    """Write and claim by the store alone."""
    row("the store alone", "at once", "rate", "median", "processor time of one")
    row(*["---"] * 5)
    for name, url in urls().items():
        store = create_store(url)
        store.open()
        numbers = itertools.count()

        def write(store=store, numbers=numbers) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - bound here
            number = next(numbers)
            with store.write() as tx:
                tx.accept_delivery(f"{os.getpid()}.{number}", NOON, "x" * 500)
                tx.record(deed(str(number)))

        for callers in (1, CALLERS):
            figures = together(write, time.process_time, callers)
            row(f"{name}: a change with its audit entry", callers, *figures)
        store.close()
    for processes in (1, 2, 4):
        url = urls()["PostgreSQL"]
        store = create_store(url)
        store.open()
        with store.write() as tx:
            for number in range(1000):
                tx.enqueue(Work(f"w{number}", "kind", f"lane{number}", NOON, {}))
        store.close()
        began = time.monotonic()
        with ProcessPoolExecutor(processes) as pool:
            done = sum(pool.map(work_off, [url] * processes))
        row(
            "PostgreSQL: claim 8 and finish each",
            processes,
            f"{done / (time.monotonic() - began):.0f}/s",
            "",
            "",
        )


def work_off(url: str) -> int:
    """Do due work until there is none; tell how much."""
    store = create_store(url)
    store.open()
    done = 0
    while claims := store.claim(str(os.getpid()), NOON, NOON, 60, 8):
        done += sum(store.finish(claim, NOON) for claim in claims)
    store.close()
    return done


@contextmanager
def fleet(url: str, **changes: object) -> Iterator[Fleet]:
    """Open replicas that Slack reaches by HTTP and that poll rarely."""
    with (
        tempfile.TemporaryDirectory(prefix="mcsync-scale-") as folder,
        Fleet(
            Path(folder),
            url,
            **{"mode": "http", "poll": "1h", **changes},  # type: ignore[arg-type] # each of its own type
        ) as opened,
    ):
        yield opened


def measure_callers() -> None:
    """Send webhooks and commands to real programs."""
    row(f"{CALLERS} callers at once", "replicas", "rate", "median", "processor time of one")
    row(*["---"] * 5)
    for name, replicas in (("SQLite", 1), ("PostgreSQL", 1), ("PostgreSQL", 2)):
        with fleet(urls()[name], replicas=replicas, instances=1, workflows=2) as opened:
            numbers, places = itertools.count(), itertools.cycle(opened.fleet)
            for what, send in (("webhooks", webhook), ("`/mcsync status`", command)):
                step = partial(in_turn, send, places, numbers)
                figures = together(step, partial(spent_by, opened))
                row(f"{what}, {name}", replicas, *figures)


def in_turn(send: Callable[[Replica, int], None], places: Iterator[Replica], numbers: Iterator[int]) -> None:
    """Send the next request to the next replica."""
    send(next(places), next(numbers))


def webhook(replica: Replica, number: int) -> None:
    """Deliver a new failure of a workflow that is not watched: taken in, remembered, and nothing more."""
    told = {"workflow": "mcSynch_other", "workflow_id": "1", "activity": "js", "message": "m"}
    body = json.dumps(told | {"logged_at": "2026-11-23T06:00:00Z", "log_id": str(number)}).encode()
    headers = signed(body, identifier=f"m{number}", seconds=time.time(), secret=SECRET)
    url = f"http://127.0.0.1:{replica.port}/webhooks/campaign/i0"
    answer = requests.post(url, data=body, headers=headers, timeout=20)
    assert answer.status_code == 202, answer.text


def command(replica: Replica, number: int) -> None:
    """Type `/mcsync status`."""
    typed = {"command": "/mcsync", "text": "status", "team_id": "T0SANDBOX", "user_id": "U0SAM"}
    more = {"channel_id": "C0OPS", "trigger_id": str(number)}
    body = urlencode(typed | more).encode()
    stamp = str(int(time.time()))
    digest = hmac.new(SIGNING_SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
    }
    answer = requests.post(
        f"http://127.0.0.1:{replica.port}/slack/events", data=body, headers=headers, timeout=20
    )
    assert answer.status_code == 200, answer.text


def measure_polls() -> None:
    """Poll as often as possible for a while, and count what a poll costs the process."""
    row("polls", "workflows each", "processor time of one poll", "instances a minute on one core")
    row(*["---"] * 4)
    for workflows in (1, 10):
        with fleet(urls()["PostgreSQL"], replicas=1, instances=8, workflows=workflows, poll="1s") as opened:
            time.sleep(15)  # polls settle down after the start
            before, spent = polls(opened), processor_seconds(opened.fleet[0])
            time.sleep(20)  # what is measured is a while of polls
            count, took = polls(opened) - before, processor_seconds(opened.fleet[0]) - spent
        row(f"{count} in 20 s", workflows, f"{1000 * took / count:.0f} ms", f"{60 * count / took:.0f}")


def polls(opened: Fleet) -> int:
    """Count the calls that Campaign heard."""
    return sum(sum(server.record.counts.values()) for server in opened.servers)


def spent_by(opened: Fleet) -> float:
    """Tell how much processor time the replicas have used."""
    return sum(processor_seconds(replica) for replica in opened.fleet)


def processor_seconds(replica: Replica) -> float:
    """Tell how much processor time a replica has used."""
    assert replica.process is not None
    fields = Path(f"/proc/{replica.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    load = os.getloadavg()[0]
    print(f"Load of the machine before: {load:.1f} on {os.cpu_count()} cores.")  # noqa: T201 - the purpose
    for measure in (measure_store, measure_callers, measure_polls):
        if measure.__name__.endswith(tuple(sys.argv[1:]) or ""):
            measure()
