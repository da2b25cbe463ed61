"""Every refusal in the program, found in its source: a sentence each, that says who can help."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.proposal import Stage
from bot.domain.too_late import already
from tests.commands.examples import proposal

ROOT = Path(__file__).parent.parent
ROOMS = ("bot/domain", "bot/service", "bot/gateways/campaign/gateway.py", "commands")
REFUSALS = {"NotAllowed", "Refused", "NotFound", "Fenced"}

HELP = re.compile(
    r"\b[Aa]sk\b|\bOnly \{|<@\{|[Ll]ook at|\bpress\b|\bPress\b|\bWrite\b|\bChoose\b|\bTry again\b|\bPaste\b|"
    r"\bOpen it\b|\bCompare\b|in the console|mcsync\.toml|It watches|It knows|shows what|takes care of this|"
    r"_names\("
)
"""The words by which a refusal names whoever can help, or the next step."""

SAYING = {"say", "say_count", "tell", "tell_count"}
"""What makes a sentence that can be translated."""

SENTENCES = {"suggestion", "already", "_edited_since", "_after", "considered", "str", "GONE", "only_watched"}
"""What ends a refusal with a sentence of its own, which is tested where it is made."""


def refusals() -> Iterator[tuple[str, ast.expr]]:
    """Walk every `raise` of a refusal, as (place, what it says)."""
    for room in ROOMS:
        place = ROOT / room
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Raise | ast.Assign):
                    continue
                made = node.exc if isinstance(node, ast.Raise) else node.value
                if isinstance(made, ast.Call) and getattr(made.func, "id", "") in REFUSALS:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", made.args[0]


def text_of(said: ast.expr) -> str | None:
    """Write what is said, with a placeholder as `{name}`; `None` where it is made elsewhere."""
    if isinstance(said, ast.Constant):
        return str(said.value)
    if isinstance(said, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
            for part in said.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        )
    if isinstance(said, ast.Call) and getattr(said.func, "id", "") in SAYING:
        return _template_of(said)
    if isinstance(said, ast.Call) and getattr(said.func, "id", "") == "joined":
        parts = said.args[1]
        if isinstance(parts, ast.List):
            return " ".join(text_of(part) or f"{{{ast.unparse(part)}}}" for part in parts.elts)
    return None


def _template_of(said: ast.Call) -> str:
    """Write a sentence that can be translated, with what stands in its places as `{expression}`."""
    template = said.args[0]
    assert isinstance(template, ast.Constant), "a template is a literal"
    values = {word.arg: ast.unparse(word.value) for word in said.keywords}
    return re.sub(r"\{(\w+)\}", lambda name: f"{{{values.get(name[1], name[1])}}}", str(template.value))


FOUND = list(refusals())


@pytest.mark.parametrize("stage", Stage)
def test_a_press_that_comes_too_late_is_told_who_was_first_or_what_to_do(stage: Stage) -> None:
    decided = proposal(stage)
    told = already(replace(decided, decided_by="U0ADA", decided_at=decided.requested_at), ZoneInfo("UTC"))

    assert told.endswith(".")
    assert HELP.search(told) or "<@U0ADA>" in told


def test_there_are_refusals_to_look_at() -> None:
    assert len(FOUND) > 40


@pytest.mark.parametrize(("place", "said"), FOUND, ids=[place for place, _ in FOUND])
def test_a_refusal_is_a_sentence_that_says_who_can_help(place: str, said: ast.expr) -> None:
    text = text_of(said)
    if text is None:
        # Made by a function that this test knows, and that has tests of its own.
        maker = ast.unparse(said)
        assert any(name in maker for name in SENTENCES), f"{place}: {maker}"
        return
    last = re.search(r"\{([^{}]*)\}\Z", text)
    by_another = last is not None and any(name in last[1] for name in SENTENCES)
    assert text.endswith((".", "?")) or by_another, f"{place} is no whole sentence: {text}"
    assert text[0].isupper() or text[0] in "{<`" or text.startswith("mcsync"), f"{place}: {text}"
    assert HELP.search(text) or by_another, f"{place} helps nobody: {text}"
