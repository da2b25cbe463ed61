"""Which addresses are Slack's: what a request names as `response_url` is called only if it is one."""

from functools import cache
from urllib.parse import SplitResult, urlsplit

_DOMAINS = (".slack.com", ".slack-gov.com")


def is_slacks(url: str, api_url: str) -> bool:
    """Tell whether *url* is Slack's own, or on the configured server of the Web API.

    Args:
        url: as it came.
        api_url: of the configuration, such as `https://slack.com/api/`.
    """
    # Nearly every address begins so, and taking one apart takes longer than the rest of the examination.
    if url.startswith(_beginnings(api_url)):
        return True
    try:
        asked, known = urlsplit(url), urlsplit(api_url)
        host = asked.hostname or ""
        # Whoever may write a login into it may make people read another host.
        return asked.username is None and (
            _server(asked) == _server(known)
            or (asked.scheme == "https" and asked.port in (None, 443) and host.endswith(_DOMAINS))
        )
    except ValueError:
        return False


@cache
def _beginnings(api_url: str) -> tuple[str, ...]:
    """Write how addresses begin that are Slack's beyond doubt: up to the slash after the server."""
    scheme, host, port = _server(urlsplit(api_url))
    configured = f"{scheme}://{host}:{port}/" if port else f"{scheme}://{host}/"
    return "https://hooks.slack.com/", configured


def _server(address: SplitResult) -> tuple[str, str | None, int | None]:
    return address.scheme, address.hostname, address.port
