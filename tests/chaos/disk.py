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

from bot.domain.proposal import Proposal, Stage
from bot.sandbox.process import Stuck
from tests.chaos.authority import request, stage_of
from tests.chaos.letters import Postman, approval_of, report
from tests.chaos.morning import Morning
from tests.chaos.tally import Round

SIZE_KB = 8_000
"""SQLite lets its log grow to four megabytes before it writes it back into the tables."""

LEFT_KB = 12
PROMISE = "a disk in trouble costs nothing but time"


def attack(told: Round, seed: int, program: tuple[str, ...], _size: int) -> None:
    """Carry one round out in a namespace of its own, where the system allows that."""
    told.planned = ["disk full", "disk read-only"]
    allowed = subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True)
    if allowed.returncode != 0:
        told.skipped = "this system allows no mount namespace"
        return
    words = [
        "unshare",
        "-m",
        sys.executable,
        "-m",
        "tests.chaos.disk",
        f"{seed} disk {told.number}",
        *program,
    ]
    inside = subprocess.run(words, check=False, capture_output=True, text=True)
    try:
        answer = json.loads(inside.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        told.breach(PROMISE, "\n".join(inside.stderr.strip().splitlines()[-3:])[:600])
        return
    told.struck.update(answer["struck"])
    for promise, what in answer["breaches"]:
        told.breach(promise, what)


def main(seed: str, program: tuple[str, ...]) -> int:
    """Carry one round out, in a namespace that is ours alone; print what it came to as JSON."""
    told = Round("disk")
    with TemporaryDirectory(prefix="mcsync-chaos-") as folder:
        disk = Path(folder) / "disk"
        disk.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={SIZE_KB}k", "tmpfs", str(disk))
        try:
            with Morning(Path(folder), seed, database=disk / "mcsync.db", program=program) as morning:
                _full(morning, disk, told)
                _read_only(morning, disk, told)
        finally:
            _run("umount", "-l", str(disk))
    sys.stdout.write(json.dumps({"struck": told.struck, "breaches": told.breaches}) + "\n")
    return 0


def _full(morning: Morning, disk: Path, told: Round) -> None:
    """Fill the disk while a request waits; approve then, and once more when there is room again."""
    card, proposal = request(morning)
    ballast = disk / "ballast"
    _fill(ballast)
    told.struck["disk full"] += 1
    postman = Postman(morning.sandbox)
    button = approval_of(card, proposal)
    assert button is not None
    before = _told(morning, "U0ADA")
    pressed = morning.press("U0ADA", card, button[0])
    answers = [postman.press("U0GRACE", card, *button) for _ in range(3)]
    answers += [postman.webhook(report(log_id=str(number))) for number in range(60)]
    answers += [postman.command("U0SAM", "status")]
    _look_at(answers, told)
    # The program has room again, and goes on by itself.
    ballast.unlink()
    morning.sandbox.settle()
    if stage_of(morning, proposal) is Stage.WAITING:
        if pressed["ok"] and _told(morning, "U0ADA") == before:
            told.breach(PROMISE, "a press is lost on the full disk, and nobody is told")
        _look_at([postman.press("U0ADA", card, *button)], told)
    _to_the_end(morning, proposal, told)


def _read_only(morning: Morning, disk: Path, told: Round) -> None:
    """Let the program wake up on a disk that it cannot write, and once more when it can."""
    morning.sandbox.kill_bot()
    morning.witness.close()  # nobody may hold a file open that could be written
    _run("mount", "-o", "remount,ro", str(disk))
    told.struck["disk read-only"] += 1
    try:
        morning.sandbox.start_bot()
    except Stuck as stuck:
        said = str(stuck).strip().splitlines()[-1]
        if "read-only" not in said:
            told.breach(PROMISE, f"on a read-only disk it says {said[:200]}")
    else:
        told.breach(PROMISE, "it starts on a disk that it cannot write")
    _run("mount", "-o", "remount,rw", str(disk))
    morning.witness.open()
    morning.sandbox.start_bot()
    if Postman(morning.sandbox).webhook(report(log_id="999")).status_code != HTTPStatus.ACCEPTED:
        told.breach(PROMISE, "no webhook is taken although the disk can be written again")


def _look_at(answers: Sequence[requests.Response], told: Round) -> None:
    for answer in answers:
        status, text = answer.status_code, answer.text
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.SERVICE_UNAVAILABLE:
            told.breach(PROMISE, f"{status}: {text[:100]}")
        if "Traceback" in text or "nobody foresaw" in text:
            told.breach(PROMISE, text[:200])


def _to_the_end(morning: Morning, proposal: Proposal, told: Round) -> None:
    for _ in range(80):
        morning.sandbox.settle()
        if stage_of(morning, proposal) not in {Stage.APPROVED, Stage.APPLYING}:
            break
        morning.sandbox.advance()
    stage, writes = stage_of(morning, proposal), len(morning.witness.writes())
    if stage is not Stage.VERIFIED or writes != 1:
        told.breach(PROMISE, f"in the end the proposal is {stage.value} with {writes} writes")


def _told(morning: Morning, user: str) -> int:
    """Count what somebody was told."""
    return len(morning.sandbox.slack(f"ephemerals?user={user}")["ephemerals"])


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
    sys.exit(main(sys.argv[1], tuple(sys.argv[2:])))
