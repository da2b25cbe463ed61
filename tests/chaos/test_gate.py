"""The exact moments: which call, which commit, and what the caller hears then."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests

from tests.chaos.gate import CommitWatch, Gate
from tests.chaos.plan import COMMIT, Trigger
from tests.flows.toll import AFTER, BEFORE, BETWEEN

WAIT = 20.0


@pytest.fixture(name="calls")
def _calls() -> Iterator[list[str]]:
    """Run a server that writes down what it was asked."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.headers["SOAPAction"])
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        seen.append(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield seen
        server.shutdown()
        thread.join()


def ask(gate: Gate, action: str) -> str:
    """Call through the gate; `""` where nobody answers."""
    try:
        answer = requests.post(gate.url, data=b"x", headers={"SOAPAction": action}, timeout=WAIT)
    except requests.ConnectionError:
        return ""
    return answer.text


@pytest.mark.parametrize(
    ("moment", "reached", "heard"), [(BEFORE, 1, ""), (BETWEEN, 2, ""), (AFTER, 2, "ok")]
)
def test_a_deed_is_done_at_its_moment_of_its_call(
    calls: list[str], moment: str, reached: int, heard: str
) -> None:
    done: list[int] = []
    with Gate(calls.pop()) as gate:
        gate.lay(Trigger("Stop", 2, moment), lambda: done.append(len(calls)), cuts=True)

        answers = [ask(gate, action) for action in ("Stop", "Start", "Stop", "Stop")]
        assert gate.fired.wait(WAIT)

    assert answers == ["ok", "ok", heard, "ok"]
    assert done == [reached + 1]


def test_a_deed_that_cuts_nothing_leaves_the_answer_as_it_was(calls: list[str]) -> None:
    done: list[str] = []
    with Gate(calls.pop()) as gate:
        gate.lay(Trigger("Stop", 1, BEFORE), lambda: done.append("first"), cuts=False)
        gate.lay(Trigger("Stop", 1, BETWEEN), lambda: done.append("second"), cuts=False)

        assert [ask(gate, "Stop"), ask(gate, "Stop"), ask(gate, "Stop")] == ["ok", "ok", "ok"]

    assert done == ["first", "second"]


def test_what_was_given_up_is_not_done_and_an_answer_can_be_another_one(calls: list[str]) -> None:
    done: list[str] = []
    with Gate(calls.pop()) as gate:
        gate.lay(Trigger("xtk:workflow#Stop", 1, BEFORE), lambda: done.append("done"), cuts=True)
        gate.lift()
        gate.distort = lambda label, body: label.encode() + b": " + body

        assert ask(gate, "xtk:workflow#Stop") == "xtk:workflow#Stop: ok"
        assert ask(gate, "no call") == "ok"

    assert done == []


def test_a_deed_is_done_at_the_third_commit_of_somebody_else(tmp_path: Path) -> None:
    path, reached = tmp_path / "store.db", threading.Event()
    rows: list[int] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as ours, CommitWatch(path) as commits:
        ours.execute("PRAGMA journal_mode = WAL")
        ours.execute("CREATE TABLE t (n INTEGER)")
        look = _counting(path, rows, reached)
        commits.lay(Trigger(COMMIT, 3), look)
        for number in range(200):
            ours.execute("INSERT INTO t VALUES (?)", (number,))
            if reached.wait(0.02):
                break

    assert len(rows) == 1
    assert 3 <= rows[0] <= 200


def _counting(path: Path, rows: list[int], reached: threading.Event) -> Callable[[], None]:
    def look() -> None:
        with closing(sqlite3.connect(path)) as theirs:
            rows.append(theirs.execute("SELECT count(*) FROM t").fetchone()[0])
        reached.set()

    return look
