"""Which addresses are Slack's: what a request names as `response_url` is called only if it is one."""

from functools import cache
from urllib.parse import urlsplit

_DOMAINS = (".slack.com", ".slack-gov.com")


def is_slacks(url: str, api_url: str) -> bool:
    """Tell whether *url* is Slack's own, or on the configured server of the Web API.

    Args:
        url: as it came.
        api_url: of the configuration, such as `https://slack.com/api/`.
    """
    try:
        asked = urlsplit(url)
        same = (asked.scheme, asked.hostname, asked.port) == _server(api_url)
        host = asked.hostname or ""
        # Whoever may write a login into it may make people read another host.
        return asked.username is None and (
            same or (asked.scheme == "https" and asked.port in (None, 443) and host.endswith(_DOMAINS))
        )
    except ValueError:
        return False


@cache
def _server(api_url: str) -> tuple[str, str | None, int | None]:
    known = urlsplit(api_url)
    return known.scheme, known.hostname, known.port
