"""Long searches for a text that breaks the reader, misleads the verdict or takes too long."""

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from bot.domain.chain import fold
from bot.domain.errors import UnreadableInput
from bot.domain.paste import read_paste, read_text
from bot.domain.paste_verdict import judge_paste
from bot.domain.phrases import BUILT_IN
from tests.corpus.cases import UNREADABLE, Case, load

pytestmark = pytest.mark.soak

CASES = load()
COLLISIONS = [
    case
    for case in CASES
    if case.collides and not case.phrases and case.expected.get("remedy", "shift") == "shift"
]
OTHERS = [case for case in CASES if not case.collides and case.cause != UNREADABLE]
OTHER_WORDS = [
    case for case in OTHERS if not any(phrase in fold(read_text(case.raw)) for phrase, _ in BUILT_IN.rows)
]
"""Cases without a trace of the words of a collision, which no damage can uncover."""

ALPHABET = "'\"<>/=&;:.,-+_ \t\n\r\\|0123456789aelmnoprstxyLSX戻空빈返回「」ąé\u200b\u202e\u0000"
WORDS = st.sampled_from(
    [
        *(
            "Empty return",
            "for method",
            "'Logon'",
            "of service",
            "'xtk:session'",
            "SOP-330011 ",
            "XSV-350012 ",
        ),
        *(
            "2026-01-20 06:00:04",
            "20/01/2026",
            "6:00:04 AM",
            "\t",
            "\n",
            ";",
            '"',
            "<workflowLog ",
            "logDate=",
            "/>",
        ),
        *(
            "<![CDATA[",
            "]]>",
            "&lt;",
            "message=",
            "Workflow: ",
            "mcSynch_a",
            "paused",
            "error",
            "date;activity;message\n",
        ),
    ]
)
TEXTS = st.lists(st.one_of(WORDS, st.text(alphabet=ALPHABET, max_size=8)), max_size=40).map("".join)


def offers_shift(case: Case, raw: bytes) -> bool:
    """Judge another text in the surroundings of a case."""
    try:
        verdict = judge_paste(
            read_paste(read_text(raw), case.zone),
            windows=case.windows,
            marketing_windows=case.marketing,
            sightings=case.sightings,
            workflow=case.workflow,
            schedule=case.schedule,
            zone=case.zone if case.schedule else None,
        )
    except UnreadableInput:
        return False
    return verdict.diagnosis.offers_shift


@limits(max_examples=20_000, deadline=None)
@given(TEXTS)
def test_any_text_gets_a_verdict_or_a_sentence(text: str) -> None:
    case = CASES[0]
    try:
        verdict = judge_paste(read_paste(text, case.zone), windows=case.windows)
    except UnreadableInput as error:
        assert "\n" not in str(error).strip()  # noqa: PT017 - both outcomes are fine
        return
    assert verdict.diagnosis.evidence
    assert verdict.diagnosis.steps


@limits(max_examples=5_000, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_get_a_verdict_or_a_sentence(data: bytes) -> None:
    offers_shift(CASES[0], data)


def cut(raw: str, source: random.Random) -> str:
    """Cut a text off somewhere."""
    return raw[: source.randrange(len(raw) + 1)]


def swap(raw: str, source: random.Random) -> str:
    """Put the lines into another order."""
    lines = raw.splitlines()
    source.shuffle(lines)
    return "\n".join(lines)


def scratch(raw: str, source: random.Random) -> str:
    """Lose some signs."""
    return "".join(sign for sign in raw if source.random() > 0.01)


def stain(raw: str, source: random.Random) -> str:
    """Put some signs in."""
    return "".join(sign + (source.choice(ALPHABET) if source.random() < 0.01 else "") for sign in raw)


@pytest.mark.parametrize("damage", [cut, swap, scratch, stain])
def test_no_damage_turns_other_words_into_a_shift(damage: Callable[[str, random.Random], str]) -> None:
    source = random.Random(4711)  # noqa: S311 - repeatable, not secret
    wrong = []
    for _ in range(60):
        for case in OTHER_WORDS:
            text = damage(read_text(case.raw), source)
            if offers_shift(case, text.encode()):
                wrong.append((case.name, text))
    assert wrong == []


def test_the_order_of_the_lines_turns_no_other_cause_into_a_shift() -> None:
    source = random.Random(4711)  # noqa: S311 - repeatable, not secret
    for _ in range(20):
        for case in OTHERS:
            assert not offers_shift(case, swap(read_text(case.raw), source).encode()), case.name


def quote(raw: str) -> str:
    """Quote a text as a mail does."""
    return "\n".join(f"> {line}" for line in raw.splitlines())


def fence(raw: str) -> str:
    """Put a text into a block of code."""
    return f"Hello,\n\n```\n{raw}\n```\n\nThanks"


def turn(raw: str) -> str:
    """End lines as Windows does."""
    return raw.replace("\n", "\r\n")


def indent(raw: str) -> str:
    """Indent every line."""
    return "\n".join(f"    {line}" for line in raw.splitlines())


@pytest.mark.parametrize("dress", [quote, fence, turn, indent])
def test_a_collision_stays_one_however_it_is_dressed(dress: Callable[[str], str]) -> None:
    lost = [case.name for case in COLLISIONS if not offers_shift(case, dress(read_text(case.raw)).encode())]
    assert len(lost) <= 0.01 * len(COLLISIONS), lost


def test_reading_takes_time_in_proportion_to_the_text() -> None:
    source = random.Random(7)  # noqa: S311 - repeatable, not secret
    pieces = [read_text(case.raw) for case in CASES]
    for _ in range(60):
        piece = scratch(source.choice(pieces), source)[: source.randrange(1, 200)] or "x"
        text = (piece * (2**20 // len(piece)))[: 2**20]
        begun = time.process_time()
        offers_shift(CASES[0], text.encode())
        assert time.process_time() - begun < 20, piece
