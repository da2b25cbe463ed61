"""Which thread a press was in, as Slack's payload says it."""

import pytest

from commands.payload import thread_of


@pytest.mark.parametrize(
    ("container", "thread"),
    [
        ({"message_ts": "2.1", "thread_ts": "1.1"}, "1.1"),
        ({"message_ts": "1.1", "thread_ts": "1.1"}, ""),
        ({"message_ts": "1.1"}, ""),
        ({"type": "view", "view_id": "V1"}, ""),
    ],
)
def test_a_press_is_in_the_thread_that_its_message_stands_in(container: dict[str, str], thread: str) -> None:
    assert thread_of({"container": container}) == thread
