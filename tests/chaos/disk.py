"""A disk that is full, then one that cannot be written: nothing is lost, nothing is damaged, all is said.

It needs a small file system in a mount namespace of its own (`unshare -m`): taking rights away from a file
stops nobody who is root. `attack` starts this module again inside one; what happens there is below.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from bot.domain.proposal import Stage
from bot.sandbox.process import Stuck
from tests.chaos.authority import approval_of, request
from tests.chaos.letters import Postman, report
from tests.chaos.morning import Morning
from tests.chaos.tally import Tally

SIZE_KB = 8_000
"""SQLite lets its log grow to four megabytes before it writes it back into the tables."""

LEFT_KB = 12
PROMISE = "a disk in trouble costs nothing but time"


def attack(tally: Tally, seed: int, rounds: int) -> None:
    """Carry it out in a namespace of its own, where the system allows that."""
    allowed = subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True)
    if allowed.returncode != 0:
        tally.skipped = "this system allows no mount namespace"
        return
    for number in range(rounds):
        words = ["unshare", "-m", sys.executable, "-m", "tests.chaos.disk", str(seed + number)]
        inside = subprocess.run(words, check=False, capture_output=True, text=True)
        tally.rounds += 1
        where = f"seed {seed}, round {number}"
        try:
            answer = json.loads(inside.stdout.splitlines()[-1])
        except (ValueError, IndexError):
            tally.breach(where, PROMISE, inside.stderr.strip().splitlines()[-1][:300])
            continue
        tally.struck.update(answer["struck"])
        for what in answer["breaches"]:
            tally.breach(where, PROMISE, what)


def main(seed: int) -> int:
    """Carry one round out, in a namespace that is ours alone; print what it came to as JSON."""
    tally = Tally("disk")
    with TemporaryDirectory(prefix="mcsync-chaos-") as folder:
        disk = Path(folder) / "disk"
        disk.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={SIZE_KB}k", "tmpfs", str(disk))
        try:
            with Morning(Path(folder), seed, database=disk / "mcsync.db") as morning:
                _full(morning, disk, tally)
                _read_only(morning, disk, tally)
        finally:
            _run("umount", "-l", str(disk))
    breaches = [breach.split(": ", 2)[2] for breach in tally.breaches]
    sys.stdout.write(json.dumps({"struck": tally.struck, "breaches": breaches}) + "\n")
    return 0


def _full(morning: Morning, disk: Path, tally: Tally) -> None:
    """Fill the disk while a request waits; approve then, and once more when there is room again."""
    card, proposal = request(morning)
    ballast = disk / "ballast"
    _fill(ballast)
    tally.struck["disk full"] += 1
    postman = Postman(morning.sandbox)
    answers = [postman.press("U0ADA", card, *approval_of(card)) for _ in range(3)]
    answers += [postman.webhook(report(log_id=str(number))) for number in range(60)]
    answers += [postman.command("U0SAM", "status")]
    _look_at(answers, tally)
    # The program has room again, and goes on by itself.
    ballast.unlink()
    morning.sandbox.settle()
    if morning.proposals()[0].stage is Stage.WAITING:
        _look_at([postman.press("U0ADA", card, *approval_of(card))], tally)
    _to_the_end(morning, proposal.id, tally)


def _read_only(morning: Morning, disk: Path, tally: Tally) -> None:
    """Let the program wake up on a disk that it cannot write, and once more when it can."""
    morning.sandbox.kill_bot()
    morning.close_store()  # nobody may hold a file open that could be written
    _run("mount", "-o", "remount,ro", str(disk))
    tally.struck["disk read-only"] += 1
    try:
        morning.sandbox.start_bot()
    except Stuck as stuck:
        told = str(stuck).strip().splitlines()[-1]
        if "read-only" not in told:
            tally.breach("", PROMISE, f"on a read-only disk it says {told[:200]}")
    else:
        tally.breach("", PROMISE, "it starts on a disk that it cannot write")
    _run("mount", "-o", "remount,rw", str(disk))
    morning.open_store()
    morning.sandbox.start_bot()
    if Postman(morning.sandbox).webhook(report(log_id="999")).status_code != HTTPStatus.ACCEPTED:
        tally.breach("", PROMISE, "no webhook is taken although the disk can be written again")


def _look_at(answers: Sequence[requests.Response], tally: Tally) -> None:
    for answer in answers:
        status, text = answer.status_code, answer.text
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.SERVICE_UNAVAILABLE:
            tally.breach("", PROMISE, f"{status}: {text[:100]}")
        if "Traceback" in text or "nobody foresaw" in text:
            tally.breach("", PROMISE, text[:200])


def _to_the_end(morning: Morning, proposal_id: str, tally: Tally) -> None:
    for _ in range(80):
        morning.sandbox.settle()
        stage = next(one.stage for one in morning.proposals() if one.id == proposal_id)
        if stage not in {Stage.APPROVED, Stage.APPLYING}:
            break
        morning.sandbox.advance()
    writes = len(morning.sandbox.campaign("writes")["writes"])
    if stage is not Stage.VERIFIED or writes != 1:
        tally.breach("", PROMISE, f"in the end the proposal is {stage.value} with {writes} writes")


def _fill(ballast: Path) -> None:
    """Take all room but a little."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            file.truncate(max(0, file.tell() - LEFT_KB * 1024))


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
