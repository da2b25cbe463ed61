"""Every card and box reads as it did; `python -m tests.commands.golden` renews the files."""

import pytest

from tests.commands import golden


@pytest.mark.parametrize("name", golden.files())
def test_the_cards_read_as_they_did(name: str) -> None:
    kept = (golden.FOLDER / name).read_text(encoding="utf-8")

    assert golden.files()[name] == kept, "read the difference, then run: python -m tests.commands.golden"


def test_no_file_is_left_from_a_card_that_is_gone() -> None:
    assert {file.name for file in golden.FOLDER.glob("*")} == set(golden.files())
