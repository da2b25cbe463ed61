"""Whatever is typed, in a channel or in a thread: an answer or a sentence, never an error of ours."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import commands
from bot.domain.message import Posted
from bot.service.back_office import BackOffice, furnish
from commands import ask
from commands.cards import LOOKS
from commands.grammar import COMMANDS
from commands.reply import Modal, Reply, Request
from tests.commands import examples
from tests.commands.valid import assert_valid_blocks, assert_valid_view
from tests.service.office import PARIS, WORKFLOW, TurnedClock, opened

NOW = datetime(2026, 11, 24, 5, 52, tzinfo=PARIS).astimezone(UTC)
CARD = "1795412630.337308"


@pytest.fixture(name="service", scope="module")
def _service() -> Iterator[BackOffice]:
    """An office with an open incident whose card is posted."""
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(Path(folder), TurnedClock(NOW)) as (office, store, _),
    ):
        told = examples.incident()
        with store.write() as tx:
            tx.add_incident(told)
            tx.save_posted(Posted(told.id, "C0OPS", CARD, "", NOW))
        yield furnish(office, LOOKS)


WORDS = st.one_of(
    st.sampled_from(
        [
            *COMMANDS,
            WORKFLOW,
            "mcexec1",
            "prod",
            "prod/mcExec1",
            "+5",
            ":25",
            "30m",
            "until",
            "09:00",
            "at",
            "paste",
        ]
    ),
    st.sampled_from(
        ["--share", "--dry-run", "—share", "-1", "99999999999999999999", "٣", "<@U0ADA|ada>", "“a b”"]
    ),
    st.text(max_size=20),
)
NUMBERS = iter(range(10**9))


@given(words=st.lists(WORDS, max_size=6), in_thread=st.booleans())
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_answered(service: BackOffice, words: list[str], *, in_thread: bool) -> None:
    text = " ".join(words)
    thread = CARD if in_thread else ""
    request = Request("U0SAM", f"k{next(NUMBERS)}", text, channel="C0OPS", thread=thread, in_thread=in_thread)

    reply = commands.answer(request, service)

    if isinstance(reply, Modal):
        assert_valid_view(reply.view)
    elif reply is not None:
        assert isinstance(reply, Reply)
        assert reply.text
        assert_valid_blocks(reply.blocks)


@given(text=st.text(max_size=60), bot=st.booleans(), thread=st.none() | st.just(CARD))
@settings(max_examples=60, deadline=None)
def test_whatever_mentions_the_app_is_heard(
    service: BackOffice, text: str, *, bot: bool, thread: str | None
) -> None:
    event = {
        "user": "U0SAM",
        "channel": "C0OPS",
        "ts": f"{next(NUMBERS)}.1",
        "text": f"{text}<@U0MCSYNC>{text}",
        "bot_user_id": "U0MCSYNC",
        **({"bot_id": "B1"} if bot else {}),
        **({"thread_ts": thread} if thread else {}),
    }
    before = service.office.store.read

    commands.hear_mention(event, service)

    with before() as tx:
        assert (ask.mentioned(event) is None) is bot
        assert tx.due(NOW) >= (not bot)


def test_a_mention_delivered_twice_is_answered_once(service: BackOffice) -> None:
    event = {"user": "U0SAM", "channel": "C0OPS", "ts": "7.7", "text": "<@B> health", "bot_user_id": "B"}

    commands.hear_mention(event, service)
    with service.office.store.read() as tx:
        before = tx.due(NOW)
    commands.hear_mention(event, service)

    with service.office.store.read() as tx:
        assert tx.due(NOW) == before
