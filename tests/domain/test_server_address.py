"""What an address tells before anything is sent there."""

import pytest

from bot.domain.server_address import is_in_clear, same_server


@pytest.mark.parametrize(
    "url", ["http://rt1.example.com", "HTTP://10.0.0.1:8080/nl", "http://[2001:db8::1]", "http://localhosts"]
)
def test_without_tls_it_can_be_read_on_the_way(url: str) -> None:
    assert is_in_clear(url)


@pytest.mark.parametrize(
    "url", ["https://rt1.example.com", "http://127.0.0.1:1", "http://localhost/x", "http://[::1]:8080"]
)
def test_with_tls_or_on_this_machine_it_cannot(url: str) -> None:
    assert not is_in_clear(url)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://m.example.com", "https://M.example.com:443/", True),
        ("http://m.example.com/x/", "http://m.example.com:80/x", True),
        ("https://m.example.com", "https://rt.example.com", False),
        ("https://m.example.com", "https://m.example.com:8443", False),
        ("https://m.example.com/rt1", "https://m.example.com/rt2", False),
    ],
)
def test_a_server_is_known_by_host_port_and_path(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert same_server(one, other) is same
