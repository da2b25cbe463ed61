"""The answers that a sick server, a proxy or a load balancer gives in place of Campaign's."""

from collections.abc import Callable, Mapping

from bot.sandbox.campaign import pages, wire

XML, PLAIN, HTML = "text/xml; charset=utf-8", "text/plain; charset=utf-8", "text/html; charset=utf-8"
OVERSIZE = 80 * 1024 * 1024

Answer = tuple[int, bytes, str]


def unavailable() -> Answer:
    """Return what Apache says while nothing stands behind it."""
    return 503, pages.UNAVAILABLE, HTML


def blank(call: wire.Call) -> bytes:
    """Compose an answer whose values are all blank: Logon's three, nothing for other methods."""
    if call.method != "Logon":
        return wire.answer(call)
    outputs = (
        wire.Output("pstrSessionToken", "xsd:string"),
        wire.Output("pSessionInfo", "ns:Element"),
        wire.Output("pstrSecurityToken", "xsd:string"),
    )
    return wire.answer(call, outputs)


ANSWERS: Mapping[str, Callable[[wire.Call], Answer]] = {
    "empty-body": lambda _call: (200, b"", XML),
    "empty-envelope": lambda _call: (200, wire.empty_envelope(), XML),
    "blank-tokens": lambda call: (200, blank(call), XML),
    "503": lambda _call: unavailable(),
    "html": lambda _call: (200, pages.MAINTENANCE, HTML),
    "fault": lambda call: (
        500,
        wire.fault(wire.failed(call, "WDB-200001 SQL statement could not be executed.")),
        XML,
    ),
    "oversized": lambda _call: (200, wire.empty_envelope() + b" " * OVERSIZE, XML),
}
