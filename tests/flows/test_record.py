"""The record in the whole program: names and digests, words, the case note, and a hand in the database."""

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from bot.cli import main
from bot.domain.audit import AuditEntry
from tests.flows.town import WORKFLOW, Town
from tests.gateways.store.tampering import change, cut_after, tampered


def verify(town: Town, *words: str) -> tuple[int, str]:
    """Ask the command line about the record while the program runs."""
    url = f"sqlite:///{town.folder / 'mcsync.db'}"
    found = CliRunner().invoke(main, ["audit", "verify", "--store", url, *words])
    return found.exit_code, found.output


def entries(town: Town) -> list[AuditEntry]:
    assert town.program is not None
    with town.program.service.office.store.read() as tx:
        return list(tx.audit())


def verified(town: Town) -> None:
    """Let the collision be shifted, approved and verified."""
    town.ask()
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")


def buttons(town: Town) -> list[str]:
    """List the action ids of the visible buttons of the last card, in order."""
    rows = [block["elements"] for block in town.messages()[-1]["blocks"] if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row if element["type"] == "button"]


def menu(town: Town) -> list[str]:
    """List the values of the menu of the last card."""
    rows = [block["elements"] for block in town.messages()[-1]["blocks"] if block["type"] == "actions"]
    menus = [element for row in rows for element in row if element["type"] == "overflow"]
    return [option["value"] for element in menus for option in element["options"]]


def note(town: Town, user: str, pressed: dict[str, Any], before: int) -> tuple[str, str]:
    """Give the two messages that a press of *Case note* is answered with."""
    assert pressed["ok"], pressed
    town.wait_until(lambda: len(town.told(user)) == before + 2)
    account, markdown = town.told(user)[before:]
    return account, markdown


# --- What is on record ----------------------------------------------------------------------------


def test_people_stand_on_record_by_id_and_name_and_changes_by_their_digests(town: Town) -> None:
    verified(town)

    found = {entry.deed.event.value: entry.deed for entry in entries(town)}

    for event, user, name in (("proposal:ask", "U0SAM", "sam"), ("proposal:approve", "U0ADA", "ada")):
        assert (found[event].actor, found[event].actor_name, found[event].source) == (user, name, "button")
    assert (found["failure:see"].actor, found["failure:see"].actor_name) == ("mcsync", "")
    before = found["change:write"].details["definition_before"]
    after = found["change:verify"].details["definition_after"]
    assert re.fullmatch(r"[0-9a-f]{64}", before)
    assert re.fullmatch(r"[0-9a-f]{64}", after)
    assert before != after
    assert found["proposal:approve"].details["digest"] == town.proposal().digest


def test_the_command_line_finds_the_record_of_a_running_program_sound(town: Town) -> None:
    verified(town)

    code, said = verify(town)

    assert code == 0, said
    assert entries(town)[-1].digest in said


# --- In words -------------------------------------------------------------------------------------


def test_the_record_is_told_in_words_the_latest_entry_first(town: Town) -> None:
    assert "Nothing is on record." in town.type("U0SAM", "/mcsync audit")
    town.ask()

    told = town.type("U0SAM", "/mcsync audit").splitlines()

    assert told[0] == "The record, the latest entry first"
    assert re.search(
        r"<@U0SAM> asked for a change \(button\) · mcSynch_mcExec1: Move mcSynch_mcExec1", told[1]
    )
    assert "mcsync opened an incident (poll) · mcSynch_mcExec1: restart collision" in told[2]
    assert "mcsync saw a failure (poll)" in told[3]
    assert town.type("U0SAM", f"/mcsync audit {WORKFLOW}").startswith(f"The record about {WORKFLOW}, ")


def test_a_wrong_question_about_the_record_is_answered_with_a_right_one(town: Town) -> None:
    assert "does not watch a workflow named nothing" in town.type("U0SAM", "/mcsync audit nothing")
    assert "Write it like this: `/mcsync audit mcSynch_mcExec1`" in town.type("U0SAM", "/mcsync audit a b")


# --- The case note --------------------------------------------------------------------------------


def test_one_press_on_a_closed_incident_tells_all_of_it_to_the_presser_alone(town: Town) -> None:
    verified(town)
    assert "mcsync_case_note" not in [*buttons(town), *menu(town)]
    town.prove()
    assert town.incidents()[0].state == "closed"
    assert "mcsync_case_note" in buttons(town)
    card, before = town.messages(), len(town.told("U0GRACE"))

    pressed = town.press("U0GRACE", "mcsync_case_note")
    account, markdown = note(town, "U0GRACE", pressed, before)

    assert account.startswith(f"Case note: {WORKFLOW} on prod, restart collision (certain)\n")
    assert "Approved by <@U0ADA> at 2026-11-24 06:01:21 Europe/Paris" in account
    for told in (
        f"```# Case note: {WORKFLOW} on prod, restart collision (certain)",
        "It failed at 2026-11-24 00:00:03 America/New_York (06:00:03 Europe/Paris).",
        "Empty return for method 'Logon' of service 'xtk:session'",
        "asked for by sam (U0SAM) at",
        "Approved by ada (U0ADA) at",
        "Difference: m_tmStartTime from 00:00:00.000 to 00:05:00.000.",
        town.proposal().period_before,
        town.proposal().period_after,
        "mcsync saw the next run pass at",
        "mcsync proved the change at",
        "KA-05406",
        entries(town)[-1].digest,
    ):
        assert told in markdown, told
    assert town.messages() == card
    shown = town._look("ephemerals?user=U0GRACE")["ephemerals"][-2]
    assert "<!date^" in str(shown["blocks"])


def test_after_a_denial_the_note_waits_in_the_menu_behind_three_buttons(town: Town) -> None:
    town.ask()
    town.deny("U0GRACE", "Not during the sale.")
    town.settle()

    assert len(buttons(town)) == 3
    (option,) = [value for value in menu(town) if value.startswith("mcsync_case_note:")]
    before = len(town.told("U0SAM"))

    pressed = town.slack_lever(
        "press", user="U0SAM", ts=town.messages()[-1]["ts"], action_id="mcsync_other", value=option
    )
    account, markdown = note(town, "U0SAM", pressed, before)

    assert "Not during the sale." in account
    assert "Denied by grace (U0GRACE) at" in markdown


def test_people_of_another_workspace_get_no_note(town: Town) -> None:
    town.ask()
    town.deny("U0GRACE")
    town.settle()
    (option,) = [value for value in menu(town) if value.startswith("mcsync_case_note:")]

    town.slack_lever(
        "press", user="U0STRANGER", ts=town.messages()[-1]["ts"], action_id="mcsync_other", value=option
    )
    town.wait_until(lambda: bool(town.told("U0STRANGER")))

    assert town.told("U0STRANGER") == [
        "Only people of this workspace can read what mcsync knows: ask one of them."
    ]


# --- The daily line, and a hand in the database -----------------------------------------------------


def health_lines(town: Town, hours: int) -> list[dict[str, Any]]:
    """Let *hours* pass; return the daily lines of that time."""
    with capture_logs() as logs:
        for _ in range(hours):
            town.turn(hours=1)
    return [dict(line) for line in logs if line["event"] == "health.daily"]


def test_the_line_comes_at_the_start_and_once_a_day_and_its_digest_verifies(town: Town) -> None:
    town.ask()
    lines = health_lines(town, 44)

    assert [line["record"] for line in lines] == ["sound", "sound"]
    assert verify(town, "--last", lines[-1]["last_digest"])[0] == 0
    assert lines[0]["incidents_open"] == 1
    with capture_logs() as logs:
        town.close_program()
        town.open_program()
        town.settle()
    assert [line["last_sequence"] for line in logs if line["event"] == "health.daily"] == [len(entries(town))]


def meddle(town: Town, *hands: Any) -> None:  # noqa: ANN401 - hands as `tampered` takes them
    """Let somebody tamper with the database while the program is down."""
    town.close_program()
    path = town.folder / "mcsync.db"
    tampered(path, town.folder / "copy.db", *hands)
    for stale in town.folder.glob("mcsync.db*"):
        stale.unlink()
    Path(town.folder / "copy.db").rename(path)


@pytest.mark.parametrize("hand", [change(2, actor="U0EVE"), cut_after(1)])
def test_a_broken_record_is_told_in_the_channel_at_the_start_and_the_bot_goes_on(
    town: Town, hand: object
) -> None:
    town.collide()
    town.close_program()
    town.open_program()  # its line seals what is on record
    town.settle()
    meddle(town, hand)

    with capture_logs() as logs:
        town.open_program()
        town.settle()

    (line,) = [line for line in logs if line["event"] == "health.record_broken"]
    assert line["log_level"] == "error"
    assert len(town.messages()) == 2
    assert "The record of who did what is not sound" in town.card_text()
    assert verify(town)[0] == 3
    town.slack_lever("press", user="U0SAM", ts=town.messages()[0]["ts"], action_id="mcsync_shift_5")
    town.settle()
    assert town.proposal().stage == "waiting"
    town.close_program()
    town.open_program()
    town.settle()
    assert len(town.messages()) == 2
