"""Which addresses are Slack's."""

import pytest

from bot.gateways.slack.addresses import is_slacks

API = "https://slack.com/api/"


@pytest.mark.parametrize(
    ("url", "api_url"),
    [
        ("https://hooks.slack.com/commands/T1/2/x", API),
        ("https://hooks.slack.com:443/actions/T1/2/x", API),
        ("https://hooks.slack-gov.com/commands/T1/2/x", API),
        ("http://127.0.0.1:4000/hooks/1", "http://127.0.0.1:4000/api/"),
        ("https://Slack.test/hooks/1", "https://slack.test/api/"),
    ],
)
def test_slacks_own_and_the_configured_server_are(url: str, api_url: str) -> None:
    assert is_slacks(url, api_url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.slack.com/commands/x",
        "http://hooks.slack.com/commands/x",
        "https://hooks.slack.com.example.com/x",
        "https://example.com/hooks.slack.com",
        "https://slack.com@example.com/x",
        "https://ada:pw@hooks.slack.com/x",
        "https://evilslack.com/x",
        "https://hooks.slack.com:8443/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1/x",
        "https://hooks.slack.com:port/x",
        "file:///etc/passwd",
        "https://hooks.slack.com\\@example.com/x",
        "https://slack.com:x@example.com/",
    ],
)
def test_no_other_is(url: str) -> None:
    assert not is_slacks(url, API)
