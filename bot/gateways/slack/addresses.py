"""Which addresses are Slack's: what a request names as `response_url` is called only if it is one."""

from urllib.parse import urlsplit

_DOMAINS = (".slack.com", ".slack-gov.com")


def is_slacks(url: str, api_url: str) -> bool:
    """Tell whether *url* is Slack's own, or on the configured server of the Web API.

    Args:
        url: as it came.
        api_url: of the configuration, such as `https://slack.com/api/`.
    """
    try:
        asked, known = urlsplit(url), urlsplit(api_url)
        same = (asked.scheme, asked.hostname, asked.port) == (known.scheme, known.hostname, known.port)
        host = asked.hostname or ""
        # Whoever may write a login into it may make people read another host.
        return asked.username is None and (
            same or (asked.scheme == "https" and asked.port in (None, 443) and host.endswith(_DOMAINS))
        )
    except ValueError:
        return False
