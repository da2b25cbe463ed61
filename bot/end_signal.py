"""The signal that ends the program: held back in every thread, and waited for by one. Nothing else is here.

A handler that sets an Event or fills a queue can miss a signal that falls between two bytecodes of the thread
that waits: it runs in that very thread, and the program would wait on and never end.
"""

import signal

ENDING = frozenset({signal.SIGTERM, signal.SIGINT})
"""What a supervisor or Ctrl-C sends to end the program in order."""

Mask = set[signal.Signals | int]
"""Which signals a thread holds back."""


def hold_back() -> Mask:
    """Hold the signal back from here on, in this thread and in all that it starts; return what was before."""
    return signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def let_through(before: Mask) -> None:
    """Hold back only what was held back *before*, so that the signal ends the program by itself again."""
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def wait() -> None:
    """Wait until the signal comes, or return at once if it came since it is held back."""
    signal.sigwait(ENDING)
