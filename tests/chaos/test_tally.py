"""What is told of a campaign: for people, for machines, and for whoever plays a round again."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.hunt import PLANTS, Hunt
from tests.chaos.page import MEANING, Circumstances, as_page
from tests.chaos.rounds import ATTACKS
from tests.chaos.tally import Round, as_json, table, told_breaches

ROOT = Path(__file__).parents[2]
BEGAN = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
WHERE = Circumstances(7, BEGAN, BEGAN.replace(hour=10), 1.5, planned=4)


def broken(number: int) -> Round:
    told = Round("kills", number, met=["kill at commit 3"], struck=Counter({"kill": 1}), seconds=4.0)
    told.breach("no approval is lost", f"the press of {number}")
    return told


SOUND = Round("disk", planned=["disk full"], skipped="this system allows no mount namespace")
ROUNDS = [*(broken(number) for number in range(5)), SOUND]


def test_a_breach_names_its_round_and_how_to_play_it_again_and_most_are_counted_only() -> None:
    lines = told_breaches(ROUNDS, 7)

    assert lines[:2] == [
        "no approval is lost: the press of 0",
        "    again: python -m tests.chaos --seed 7 --only kills:0",
    ]
    assert lines[-1] == "… and 2 more: no approval is lost"
    assert len(lines) == 7


def test_the_table_counts_what_came_to_pass_and_says_what_was_skipped() -> None:
    rows = table(ROUNDS, {"kills": 81}).splitlines()

    assert rows[2] == "| kills | 5 | 5 kill | 1 of 81 | 5 | 4.0 |"
    assert "skipped: this system allows no mount namespace" in rows[3]


def test_machines_read_every_round() -> None:
    told = json.loads(as_json(ROUNDS, 7))

    assert told["seed"] == 7
    assert [one["round"] for one in told["rounds"]] == [f"kills:{number}" for number in range(5)] + ["disk:0"]
    assert told["rounds"][0]["breaches"] == [{"promise": "no approval is lost", "seen": "the press of 0"}]


def test_the_page_tells_the_seed_the_day_what_was_left_out_and_what_was_not_found() -> None:
    hunts = [
        Hunt(bug, plant, 3, "seen" if index else "") for index, (bug, plant) in enumerate(PLANTS.items())
    ]

    page = as_page(ROUNDS[:3], hunts, WHERE)

    assert "2026-11-23 09:30 UTC, seed 7, 3 rounds of 4 planned" in page
    assert "not found in 3" in page
    assert all(f"| {bug} |" in page for bug in PLANTS)
    assert "--only kills:2" in page
    assert "None." in as_page([SOUND], [], WHERE)


def test_every_attack_is_explained() -> None:
    assert set(MEANING) == set(ATTACKS)


def test_the_readme_quotes_the_long_run_as_its_page_tells_it() -> None:
    page, readme = (
        " ".join((ROOT / name).read_text(encoding="utf-8").split()) for name in ("docs/chaos.md", "README.md")
    )
    section = readme.partition("## What it withstands")[2].partition("## Work on it")[0]
    quoted = re.findall(r"“([^”]+)”", section)

    assert quoted
    assert [one for one in quoted if one not in page] == []
    assert re.search(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC, seed \d+", page)
