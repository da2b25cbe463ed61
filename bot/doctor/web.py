"""The address on which the bot listens, as `mcsync doctor` sees it: bound for a moment, and let go."""

import errno
import http.client

from bot.domain.checkup import Finding, attention, fine, wrong
from bot.web.serve import listen

_NAME = "web.listen"
_SECONDS = 5
_REMEDIES = {
    errno.EACCES: "Choose a port from 1024 on under `web.listen`; a smaller one takes a right of its own.",
}
_ANOTHER = (
    "Name an address of this machine under `web.listen`, such as 127.0.0.1:8080; 0.0.0.0 is all of them."
)


def examine_web(host: str, port: int) -> Finding:
    """Tell whether the bot could listen there."""
    address = f"{host}:{port}"
    try:
        listen(host, port).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return _taken(host, port)
        says = f"nobody can listen on {address} here: {error.strerror}"
        return wrong(_NAME, says, _REMEDIES.get(error.errno or 0, _ANOTHER))
    return fine(_NAME, f"{address} is free")


def _taken(host: str, port: int) -> Finding:
    address = f"{host}:{port}"
    connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    try:
        connection.request("GET", "/healthz")
        ours = b'"ok"' in connection.getresponse().read(4096)
    except (OSError, http.client.HTTPException):
        ours = False
    finally:
        connection.close()
    if ours:
        return fine(_NAME, f"mcsync listens on {address} already")
    return attention(
        _NAME,
        f"another program listens on {address}",
        "Choose another port under `web.listen`, or stop that program.",
    )
