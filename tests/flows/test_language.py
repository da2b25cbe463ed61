"""The whole program in another language: nothing that people are shown stays English."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.grammar import COMMANDS
from tests.flows.sent import payloads
from tests.flows.test_commands import asked
from tests.flows.test_home import look, read
from tests.flows.town import Town
from tests.pseudo import TAG, english_in, installed, texts_of

NAMES = {
    *("prod", "red", "Europe", "Paris", "campaign-ops", "sam", "Sam", "Support", "ada", "Ada", "Admin"),
    *("mcsync-sandbox", "nonsense"),
}
"""What the town's things and people are called."""


def shown(town: Town) -> Iterator[str]:
    """Walk all that the program ever sent to Slack, and what it answered at once."""
    for _, body in payloads(town.folder / "slack.jsonl"):
        yield from texts_of({key: value for key, value in body.items() if key in {"blocks", "view"}})
    for one in town._look("ephemerals")["ephemerals"]:
        yield from texts_of(one.get("blocks") or one["text"])


def left(town: Town) -> list[str]:
    """List what stayed English, each word once, with a text that it stands in."""
    found: dict[str, str] = {}
    for text in shown(town):
        for word in english_in(text):
            if word not in NAMES:
                found.setdefault(word, text)
    return [f"{word}: {text[:200]}" for word, text in sorted(found.items())]


@pytest.fixture(name="town")
def _town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A town that speaks nothing but the pseudo language."""
    with (
        installed(tmp_path / "languages", monkeypatch),
        Town(tmp_path, slack_changes={"language": TAG}) as town,
    ):
        for user in ("U0SAM", "U0ADA"):
            assert town.slack_lever("person", id=user, locale=TAG)["ok"]
        yield town


def test_the_main_job_has_no_english_word_from_the_failure_to_the_proof(town: Town) -> None:
    look(town, "U0ADA")
    town.ask()
    town.press("U0SAM", town.approval())
    town.settle()
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")
    town.prove()
    look(town, "U0ADA")

    assert left(town) == []


def test_every_answer_to_a_command_has_no_english_word(town: Town) -> None:
    town.collide()
    for name in sorted(COMMANDS):
        asked(town, "U0SAM", f"/mcsync {name}")
    for line in (
        "help shift",
        "shift mcSynch_mcExec1 +5 --dry-run",
        "snooze mcSynch_mcExec1 30m",
        "nonsense",
        "status x",
    ):
        asked(town, "U0SAM", f"/mcsync {line}")

    assert left(town) == []


def test_the_record_of_a_change_has_no_english_word(town: Town) -> None:
    town.ask()
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")
    town.prove()

    asked(town, "U0SAM", "/mcsync audit")

    assert left(town) == []


def test_every_box_has_no_english_word(town: Town) -> None:
    town.ask()
    for user, action_id in (("U0SAM", "mcsync_more"), ("U0SAM", "mcsync_what_if"), ("U0ADA", "mcsync_deny")):
        town.press(user, action_id)
        town.settle()

    assert left(town) == []


def test_everybody_reads_their_own_language_and_the_channel_the_configured_one(tmp_path: Path) -> None:
    with Town(tmp_path) as town:
        town.collide()
        look(town, "U0BIA")

        assert "met RT's daily restart" in town.card_text()
        assert "🔴 Algo precisa de cuidado" in asked(town, "U0BIA", "/mcsync")
        assert "colisão com o reinício" in asked(town, "U0BIA", "/mcsync diagnose")
        assert "Você quis dizer `/mcsync status`?" in asked(town, "U0BIA", "/mcsync statsu")
        assert "Did you mean `/mcsync status`?" in asked(town, "U0SAM", "/mcsync statsu")
        assert "está parado" in read(town, "U0BIA")

        assert town.slack_lever("command", user="U0BIA", text="/mcsync status --share")["ok"]
        town.wait_until(lambda: len(town.messages()) > 1)
        assert "stands still" in town.messages()[-1]["text"]


def test_a_channel_that_reads_portuguese_has_its_cards_and_threads_in_it(tmp_path: Path) -> None:
    with Town(tmp_path, slack_changes={"language": "pt-BR"}) as town:
        town.ask()
        assert "colidiu com o reinício diário do RT" in town.card_text()
        town.press("U0SAM", town.approval())
        town.settle()
        assert "can approve or deny changes" in "\n".join(town.told("U0SAM"))
        town.approve()
        town.turn_until(lambda: town.proposal().stage == "verified")
        town.prove()

        assert "Feito e comprovado" in town.card_text()
        assert town.incidents()[0].closing, "what was stored is said anew from its parts"


def test_what_was_stored_before_a_restart_is_told_in_the_language_of_now(tmp_path: Path) -> None:
    with Town(tmp_path) as town:
        town.collide()
        assert "is 20 s after RT's restart" in town.card_text() or "after RT's restart" in town.card_text()
        town.close_program()
        town.slack_changes = {"language": "pt-BR"}
        town.open_program()
        town.press("U0SAM", "mcsync_shift_5")
        town.settle()

        assert "depois do reinício do RT" in town.card_text()
