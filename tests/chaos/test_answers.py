"""What is done to Campaign's answers, and to letters: repeatable, and odd in every way."""

import random
from typing import TYPE_CHECKING, cast

from lxml import etree

from tests.chaos.answers import Spoiler
from tests.chaos.plan import LOGON, READ
from tests.chaos.writer import ODD, PIECES, Writer, journals, spoilt
from tests.gateways.campaign import answers

if TYPE_CHECKING:
    from tests.chaos.letters import Postman

STATUSES = answers.query(answers.collection("workflow", answers.status())).encode()
JOURNAL = answers.query(
    answers.collection("workflowLog", answers.line("1", "2026-01-31 06:00:01.000Z", error="1"))
).encode()


def spoil(seed: str, body: bytes, label: str = READ) -> list[bytes]:
    spoiler = Spoiler(seed)
    return [spoiler(label, body) for _ in range(200)]


def readable(body: bytes) -> bool:
    try:
        etree.fromstring(body)
    except etree.XMLSyntaxError:
        return False
    return True


def test_the_same_seed_spoils_alike_and_another_otherwise() -> None:
    assert spoil("a", STATUSES) == spoil("a", STATUSES)
    assert spoil("a", STATUSES) != spoil("b", STATUSES)


def test_most_answers_can_still_be_read_some_cannot_and_some_are_as_they_were() -> None:
    bodies = spoil("a", STATUSES)
    read = sum(readable(body) for body in bodies)

    assert STATUSES in bodies
    assert 100 < read < 200
    assert sum(b'failed="1"' in body or b"failed='1'" in body for body in bodies if readable(body)) > 50


def test_the_journal_says_what_a_script_may_log_in_well_formed_xml() -> None:
    read = [etree.fromstring(body) for body in spoil("a", JOURNAL) if readable(body)]
    told = {row.get("message") for one in read for row in one.iter("{*}workflowLog")}

    assert len(told) > 50


def test_a_journal_without_lines_gets_one_as_well() -> None:
    """Once the lines of the beginning are read, every journal is empty: the long campaign met 44 of 6,001."""
    empty = answers.query("<workflowLog-collection/>").encode()
    read = [etree.fromstring(body) for body in spoil("a", empty) if readable(body)]

    assert sum(bool(list(one.iter("{*}workflowLog"))) for one in read) > 100


def test_what_is_put_into_one_letter_is_as_odd_in_the_next() -> None:
    """A list that was put into itself by the way stopped a campaign of hours."""
    before = repr(ODD)
    writer = Writer(random.Random(1), cast("Postman", None), {}, [], [])  # noqa: S311 - repeatable

    for _ in range(3_000):
        letter: dict[str, object] = {"a": {"b": [1, {"c": 2}]}, "d": "e"}
        for _ in range(3):
            writer._spoil_a_place(letter)

    assert repr(ODD) == before


def test_log_ons_mostly_succeed_so_that_something_can_be_seen_at_all() -> None:
    assert 160 < sum(body == STATUSES for body in spoil("a", STATUSES, LOGON)) < 200


def test_a_text_is_spoilt_by_pieces_that_break_things() -> None:
    chance = random.Random(1)  # noqa: S311 - repeatable
    texts = [spoilt(text, chance) for text in journals()]

    assert len(texts) > 100
    assert sum(any(piece in text for piece in PIECES) for text in texts) > len(texts) / 2
