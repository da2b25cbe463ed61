"""Names processes, so that those of this machine can be told to be dead without waiting for their leases."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from socket import gethostname


def name_process() -> str:
    """Name this process, as no other process of any machine is named at any time."""
    return f"{_here()}:{os.getpid()}:{token_hex(8)}"


def has_died_here(name: str) -> bool:
    """Tell whether *name* was a process of this machine that is no more; `False` when in doubt.

    A number that another process has by now is such a doubt. Host names repeat among containers, and their
    process numbers mean nothing outside, so the kernel's boot and the namespace of process numbers belong to
    the name too.
    """
    here, _, rest = name.rpartition(":")[0].rpartition(":")
    if here != _here() or not rest.isdecimal():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _here() -> str:
    boot = numbers = ""
    with suppress(OSError):  # not Linux: the host's name has to do
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        numbers = os.readlink("/proc/self/ns/pid").removeprefix("pid:")  # noqa: PTH115 - it names no file
    return f"{gethostname()}:{boot}:{numbers}"
