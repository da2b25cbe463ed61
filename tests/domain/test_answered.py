import pytest

from bot.domain.answered import QUESTIONS, is_question
from commands.grammar import COMMANDS


@pytest.mark.parametrize("text", ["status", "Status prod", "  status mcSynch_mcExec1 ", "help shift"])
def test_what_only_shows_what_is_in_the_store_is_a_question(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    ["", "shift mcSynch_mcExec1 +5", "status --share", "status —share", "statusx", "resume status", "sta"],
)
def test_what_may_change_something_or_is_not_plain_is_none(text: str) -> None:
    assert not is_question(text)


def test_questions_are_commands() -> None:
    assert set(COMMANDS) >= QUESTIONS
