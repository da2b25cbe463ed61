"""Every sentence for people is one that translators are given, with the words that are put into it."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from tests.catalogues import MANY, ROOMS, ROOT, collected

COUNTED = ("say_count", "tell_count")
CALLS = ("say", "tell", *COUNTED)
MAKERS = {"bot/domain/sentence.py", "commands/language.py"}
"""Where sentences are made of what others give."""

Said = tuple[str, ast.Call, tuple[str, ...]]


def sentences() -> list[Said]:
    """Find every call that makes a sentence: its place, the call and its templates."""
    found = []
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if name not in MAKERS:
                found += list(_of(name, file))
    return found


def _of(name: str, file: Path) -> Iterator[Said]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            templates = node.args[: len(MANY) if node.func.id in COUNTED else 1]
            yield (
                f"{name}:{node.lineno}",
                node,
                tuple(
                    one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else ""
                    for one in templates
                ),
            )


def fields(template: str) -> set[str]:
    """Find the names in a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.fixture(name="said", scope="module")
def _said() -> list[Said]:
    return sentences()


def test_every_template_is_one_literal_that_the_extractor_finds(said: list[Said]) -> None:
    known = {one if isinstance(one, str) else tuple(one) for one in (message.id for message in collected())}

    lost = [
        where
        for where, _, templates in said
        if (templates[0] if len(templates) == 1 else templates) not in known
    ]

    assert lost == [], "write the template as a literal, and not inside of an f-string"


def test_every_template_is_given_what_it_names(said: list[Said]) -> None:
    wrong = []
    for where, call, templates in said:
        given = {one.arg for one in call.keywords}
        named = set().union(*map(fields, templates))
        if len(templates) > 1:
            given.add("count")
            named.add("count")
        if None not in given and given != named:
            wrong.append(f"{where}: {sorted(map(str, given ^ named))}")

    assert wrong == []


def test_a_sentence_is_counted_everywhere_or_nowhere(said: list[Said]) -> None:
    forms = defaultdict(set)
    for _, _, templates in said:
        forms[templates[0]].add(templates)

    assert {one: found for one, found in forms.items() if len(found) > 1} == {}
