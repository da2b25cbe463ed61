"""Ports of loopback for programs that are told theirs before they begin to listen."""

import errno
import secrets
import socket

FIRST, PAST = 20_000, 32_000
"""Below where systems take ports for outgoing connections: one of those may not come in between."""


def free_port() -> int:
    """Choose a port that nobody listens on; by true chance, since many processes choose at once."""
    while True:
        port = FIRST + secrets.randbelow(PAST - FIRST)
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return port
