"""`mcsync audit`: what it says of a sound record, of every kind of tampering, and what it exports."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.domain.audit import AuditEntry, Deed, Event, Seal, link
from bot.gateways.store import create_store
from tests.gateways.store.tampering import Hand, change, cut_after, overwrite, remove, swap, tampered

AT = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
DEED = Deed(AT, Event.PROPOSAL_APPROVED, "U0ADA", "button", "prod", "p1", {"summary": "été"}, "ada")


def fill(path: Path, deeds: Sequence[Deed], *, sealed: bool = False) -> list[AuditEntry]:
    """Write a record, with or without sealing its end."""
    store = create_store(f"sqlite:///{path}")
    store.open()
    with store.write() as tx:
        entries = [tx.record(deed) for deed in deeds]
        if sealed:
            tx.add_seal(Seal(entries[-1].sequence, entries[-1].digest, AT))
    store.close()
    return entries


def deeds(count: int) -> list[Deed]:
    return [replace(DEED, at=AT + timedelta(hours=n), subject=f"p{n}") for n in range(count)]


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "mcsync.db"


def audit(*words: str, path: Path | None = None) -> Result:
    store = [] if path is None else ["--store", f"sqlite:///{path}"]
    return CliRunner().invoke(main, ["audit", words[0], *store, *words[1:]])


# --- Verifying ------------------------------------------------------------------------------------


def test_a_sound_record_is_told_with_its_end(path: Path) -> None:
    entries = fill(path, deeds(7), sealed=True)

    found = audit("verify", path=path)

    assert found.exit_code == 0
    assert found.output == (
        "Sound: 7 entries; the last one is entry 7 of 2026-11-24 12:20:00 UTC, "
        f"digest {entries[-1].digest}.\n"
    )
    assert audit("verify", "--last", entries[3].digest, path=path).exit_code == 0
    assert audit("verify", "--last", f" {entries[3].digest.upper()}", path=path).exit_code == 0


def test_an_empty_record_is_sound(path: Path) -> None:
    fill(path, [])

    assert audit("verify", path=path).output == "Sound: there is no entry yet.\n"


def test_a_long_record_is_examined_to_its_end(path: Path) -> None:
    fill(path, deeds(2100))

    assert audit("verify", path=path).output.startswith("Sound: 2100 entries; the last one is entry 2100 ")


TAMPERINGS = {
    "removed": (
        [remove(3)],
        [
            "Entry 3 is missing or out of order: entry 4 stands in its place.",
            "Entry 4 does not follow the entry before it.",
        ],
    ),
    "removed from the beginning": (
        [remove(1, 2)],
        ["Entries 1 to 2 are missing or out of order: entry 3 stands in their place."],
    ),
    "changed": ([change(5, actor="U0EVE")], ["Entry 5 was changed after it was written."]),
    "renamed": ([change(5, actor_name="eve")], ["Entry 5 was changed after it was written."]),
    "damaged": (
        [overwrite("audit", "body", 5, "{}")],
        ["Entry 5 was changed after it was written: it cannot"],
    ),
    "another digest": (
        [overwrite("audit", "digest", 5, "0" * 64)],
        ["Entry 5 was changed after it was written.", "Entry 6 does not follow the entry before it."],
    ),
    "reordered": (
        [swap(2, 6)],
        ["Entry 2 was changed after it was written.", "Entry 6 was changed after it was written."],
    ),
    "renumbered": (
        [overwrite("audit", "sequence", 4, -4)],
        ["Entry -4 is out of order", "Entry 4 is missing"],
    ),
    "not numbered": (
        [overwrite("audit", "sequence", 4, "four")],
        ["Entry 4 is missing", "Entry 0 is out of"],
    ),
    "several": ([remove(2), change(6, subject="p9")], ["Entry 2 is missing", "Entry 6 was changed"]),
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_tampering_is_found_and_the_entries_are_named(path: Path, tmp_path: Path, kind: str) -> None:
    fill(path, deeds(7))
    hands, flaws = TAMPERINGS[kind]

    found = audit("verify", path=tampered(path, tmp_path / "copy.db", *hands))

    assert found.exit_code == 3
    lines = found.output.splitlines()
    for flaw in flaws:
        assert any(line.startswith(flaw) for line in lines), (flaw, lines)
    assert lines[-1].startswith("Not sound: ")


def test_a_cut_tail_is_found_by_what_the_health_line_told(path: Path, tmp_path: Path) -> None:
    entries = fill(path, deeds(7))
    cut = tampered(path, tmp_path / "copy.db", cut_after(5))

    assert audit("verify", path=cut).exit_code == 0, "nothing in a chain shows that its end is missing"
    found = audit("verify", "--last", entries[6].digest, path=cut)

    assert found.exit_code == 3
    assert f"No entry has the digest {entries[6].digest}" in found.output
    assert audit("verify", "--last", entries[4].digest, path=cut).exit_code == 0


def test_a_cut_tail_is_found_by_the_seal_in_the_store(path: Path, tmp_path: Path) -> None:
    fill(path, deeds(7), sealed=True)

    found = audit("verify", path=tampered(path, tmp_path / "copy.db", cut_after(5)))

    assert found.exit_code == 3
    gone, verdict = found.output.splitlines()
    assert gone == (
        "Entry 7, of which the health line of 2026-11-24 06:20:00 UTC told, is gone: "
        "the end was cut off, or it was written anew."
    )
    assert verdict == "Not sound: 1 flaw in 5 entries."


def test_a_record_that_was_written_anew_with_the_right_digests_is_found_by_the_seal(
    path: Path, tmp_path: Path
) -> None:
    entries = fill(path, deeds(3), sealed=True)
    forged = link(3, replace(entries[2].deed, actor="U0EVE"), entries[1].digest)
    hands: list[Hand] = [change(3, actor="U0EVE"), overwrite("audit", "digest", 3, forged.digest)]

    found = audit("verify", path=tampered(path, tmp_path / "copy.db", *hands))

    assert found.exit_code == 3
    assert found.output.splitlines()[0].startswith("Entry 3, of which the health line of 2026-11-24 ")


def test_verifying_changes_nothing(path: Path) -> None:
    fill(path, deeds(3))
    before = path.read_bytes()

    audit("verify", path=path)
    audit("export", path=path)

    assert path.read_bytes() == before


# --- What cannot be used --------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["verify", "export"])
def test_no_database_is_unusable_and_none_is_made(tmp_path: Path, command: str) -> None:
    found = audit(command, path=tmp_path / "missing.db")

    assert found.exit_code == 2
    assert found.output.startswith("There is no database ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["mysql://x", "mcsync.db", "sqlite:///"])
def test_an_address_that_is_not_supported_is_unusable(url: str) -> None:
    found = CliRunner().invoke(main, ["audit", "verify", "--store", url])

    assert found.exit_code == 2
    assert "Supported are" in found.output


def test_a_digest_that_is_none_is_unusable(path: Path) -> None:
    fill(path, deeds(1))

    found = audit("verify", "--last", "abc", path=path)

    assert found.exit_code == 2
    assert "64 hexadecimal digits" in found.output


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "24.11.2026"])
def test_a_date_that_is_none_is_unusable(path: Path, since: str) -> None:
    fill(path, deeds(1))

    found = audit("export", "--since", since, path=path)

    assert found.exit_code == 2
    assert "--since wants a date" in found.output


def test_the_database_is_the_configured_one_and_no_secret_is_needed(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path, deeds(1))
    config = tmp_path / "mcsync.toml"
    config.write_text(
        f"""
        [slack]
        channel = "C0OPS"
        [store]
        url = "sqlite:///{path}"
        [[campaign]]
        name = "prod"
        url = "https://marketing.example.com"
        login = "mcsync"
        zone = "Europe/Paris"
        restart = "06:00"
        [[campaign.execution]]
        account = "mcExec1"
        url = "https://rt.example.com"
        restart = "06:00"
        zone = "Europe/Paris"
        """
    )
    monkeypatch.delenv("MCSYNC_SLACK_BOT_TOKEN", raising=False)

    assert audit("verify", "--config", str(config)).output.startswith("Sound: 1 entry;")
    assert len(json.loads(audit("export", "--config", str(config)).output)) == 1

    config.write_text("[store]\nurl = 7")
    wrong = audit("verify", "--config", str(config))
    assert wrong.exit_code == 2
    assert "store.url" in wrong.output


# --- Exporting ------------------------------------------------------------------------------------


def test_json_is_exact_so_that_anybody_can_compute_the_digests_anew(path: Path) -> None:
    entries = fill(path, deeds(3))

    rows = json.loads(audit("export", path=path).output)

    assert [row["sequence"] for row in rows] == [1, 2, 3]
    for row, entry in zip(rows, entries, strict=True):
        deed = Deed(
            datetime.fromisoformat(row["at"]),
            Event(row["event"]),
            row["actor"],
            row["source"],
            row["instance"],
            row["subject"],
            row["details"],
            row["actor_name"],
        )
        assert link(row["sequence"], deed, row["previous"]) == entry


def test_an_empty_export_is_valid(path: Path) -> None:
    fill(path, [])

    assert json.loads(audit("export", path=path).output) == []
    assert len(list(csv.reader(io.StringIO(audit("export", "--format", "csv", path=path).output)))) == 1


def test_since_leaves_out_what_happened_before(path: Path) -> None:
    fill(path, deeds(3))

    def sequences(since: str) -> list[int]:
        rows = json.loads(audit("export", "--since", since, path=path).output)
        return [row["sequence"] for row in rows]

    assert sequences("2026-11-24") == [1, 2, 3]
    assert sequences("2026-11-24T07:20:00") == [2, 3]
    assert sequences("2026-11-24T08:20:00+01:00") == [2, 3]
    assert sequences("2026-11-25") == []


FORMULAS = ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r\n=cmd", " =1"]


@pytest.mark.parametrize("name", FORMULAS)
def test_nothing_in_a_csv_is_a_formula(path: Path, name: str) -> None:
    fill(path, [replace(DEED, actor_name=name, subject=name, details={"=x": name})])

    printed = audit("export", "--format", "csv", path=path).output
    header, row = list(csv.reader(io.StringIO(printed)))

    cells = dict(zip(header, row, strict=True))
    assert cells["actor_name"].startswith("'")
    assert cells["actor_name"].strip("' ").endswith(name.strip())
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)
    assert json.loads(cells["details"]) == {"=x": name}


def test_a_csv_keeps_text_in_its_cells(path: Path) -> None:
    fill(path, [replace(DEED, actor_name='a "quoted", name\nof\x1b[2J two lines')])

    _, row = list(csv.reader(io.StringIO(audit("export", "--format", "csv", path=path).output)))

    assert 'a "quoted", name of [2J two lines' in row


def test_an_entry_that_cannot_be_read_is_named_and_the_others_are_exported(
    path: Path, tmp_path: Path
) -> None:
    fill(path, deeds(3))

    found = audit("export", path=tampered(path, tmp_path / "copy.db", overwrite("audit", "body", 2, "{}")))

    assert found.exit_code == 3
    assert [row["sequence"] for row in json.loads(found.stdout)] == [1, 3]
    assert found.stderr == "Entry 2 cannot be read and is left out: see mcsync audit verify.\n"
