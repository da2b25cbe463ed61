"""What a server's address tells: whether what is sent there can be read on the way, and whose it is. Pure."""

import re
from ipaddress import ip_address

IN_CLEAR = "over http:// {what} travels in clear, and whoever is on the way reads it."

_ADDRESS = re.compile(r"(https?)://(\[[^\]/]*\]|[^:/?#]*)(?::([0-9]*))?([^?#]*)", re.IGNORECASE)
_USUAL_PORTS = {"http": "80", "https": "443"}


def is_in_clear(url: str) -> bool:
    """Tell whether *url* leaves this machine without TLS."""
    scheme, host, _, _ = _parts(url)
    if scheme != "http":
        return False
    try:
        return not ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host != "localhost"


def same_server(one: str, other: str) -> bool:
    """Tell whether two addresses are one server's."""
    return _parts(one)[1:] == _parts(other)[1:]


def _parts(url: str) -> tuple[str, str, str, str]:
    """Take an address apart: scheme, host, port and path, the latter without its last slash."""
    found = _ADDRESS.match(url)
    if found is None:
        return "", url, "", ""
    scheme = found[1].lower()
    return scheme, found[2].lower(), found[3] or _USUAL_PORTS[scheme], found[4].rstrip("/")
