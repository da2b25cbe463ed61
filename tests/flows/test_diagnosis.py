"""Where people meet a diagnosis: at a time, in the box for pasted lines, in the menu of a message."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.views import View

import commands
from bot.domain.errors import StoreError
from bot.gateways.slack import gateway
from bot.service.back_office import BackOffice
from commands.cards import paste as paste_card
from commands.reply import Modal, Request
from tests.flows.town import WORKFLOW, Town

COLLISION = (
    "2026-11-23 06:00:04\tsoapImport\tSOP-330011 Error while executing the method 'Logon' of service "
    "'xtk:session'. Empty return for method 'Logon' of service 'xtk:session'"
)
REFUSED = "2026-11-23 06:00:04\tsoapImport\tXSV-350012 Invalid login or password. Connection denied."
TWO_RTS = {
    "execution": [
        {"account": "mcExec1", "url": "http://127.0.0.1:9/rt1", "restart": "06:00", "zone": "Europe/Paris"},
        {"account": "mcExec2", "url": "http://127.0.0.1:9/rt2", "restart": "04:00", "zone": "Europe/Paris"},
    ]
}


@pytest.fixture(name="library", scope="module")
def _library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town in which nothing new happens: the journal's history is on record, and no incident."""
    with Town(tmp_path_factory.mktemp("library")) as town:
        town.settle()
        yield town


@pytest.fixture(name="two_rts", scope="module")
def _two_rts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with two execution instances, of which nothing is known but the configuration."""
    with Town(tmp_path_factory.mktemp("two"), campaign_changes={**TWO_RTS, "mode": "off"}) as town:
        yield town


def opened(town: Town, user: str = "U0SAM") -> dict[str, Any]:
    """Look at the box on somebody's screen; slack_sdk must find it valid."""
    view = town.modal(user)
    assert view is not None
    shown = {key: view[key] for key in ("type", "title", "close", "callback_id", "blocks")}
    shown |= {"submit": view["submit"]} if view["submit"] else {}
    View(**shown).validate_json()
    return view


def paste(town: Town, text: str, *, user: str = "U0SAM", **fields: str) -> dict[str, Any]:
    """Open the box, fill it in and submit it."""
    town.type(user, "/mcsync diagnose paste")
    view = opened(town, user)
    return town.slack_lever("submit", user=user, view_id=view["id"], state={"text": text, **fields})


def take_shortcut(town: Town, text: str, *, user: str = "U0SAM", author: str = "U0SAM") -> dict[str, Any]:
    """Write a message and take the shortcut from its menu."""
    ts = town.slack_lever("say", user=author, text=text)["ts"]
    return town.slack_lever("shortcut", user=user, callback_id="mcsync_diagnose_message", ts=ts)


# --- At a time ------------------------------------------------------------------------------------


def test_the_failure_nearest_to_a_time_is_judged(library: Town) -> None:
    answer = library.type("U0SAM", "/mcsync diagnose at 2026-11-22 06:10")

    assert "restart collision (certain)" in answer
    shown = str(library._look("ephemerals?user=U0SAM")["ephemerals"][-1]["blocks"])
    assert "2026-11-22 06:00:" in shown
    assert "before the time that you asked for" in shown


def test_a_time_without_a_day_is_the_last_such_time(library: Town) -> None:
    """It is 05:52: six o'clock was yesterday."""
    library.type("U0SAM", f"/mcsync diagnose {WORKFLOW} at 06:00")

    shown = str(library._look("ephemerals?user=U0SAM")["ephemerals"][-1]["blocks"])
    assert "2026-11-23 06:00:" in shown
    assert " s after the time that you asked for" in shown


def test_without_an_incident_the_latest_failure_on_record_is_judged(library: Town) -> None:
    answer = library.type("U0SAM", "/mcsync diagnose")

    assert "restart collision (certain)" in answer
    shown = str(library._look("ephemerals?user=U0SAM")["ephemerals"][-1]["blocks"])
    assert "the latest failure on record" in shown
    assert "Paste a journal" in shown


def test_the_verdict_given_at_the_time_is_given_again(town: Town) -> None:
    town.collide()

    answer = town.type("U0SAM", "/mcsync diagnose at 06:00")

    assert "The journal shows a run that ended" in answer, "only a look at Campaign could know"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("at noon", "Write the time like this"),
        ("at", "Write the time like this"),
        ("at 25:00", "Write the time like this"),
        ("at 2026-02-30 06:00", "Write the time like this"),
        ("at <!channel>", "Write the time like this"),
        ("mcSynch_nothing at 06:00", "does not watch a workflow named mcSynch_nothing"),
        ("one two", "Write it like this"),
        ("one two paste", "Write it like this"),
        ("mcSynch_nothing paste", "does not watch a workflow named mcSynch_nothing"),
    ],
)
def test_words_that_make_no_sense_are_answered_with_an_example(
    library: Town, words: str, sentence: str
) -> None:
    answer = library.type("U0SAM", f"/mcsync diagnose {words}")

    assert sentence in answer
    assert "<!channel>" not in answer


# --- The box --------------------------------------------------------------------------------------


def test_with_nothing_on_record_the_box_opens(two_rts: Town) -> None:
    two_rts.type("U0ADA", "/mcsync diagnose")

    opened(two_rts, "U0ADA")
    text = two_rts.modal_text("U0ADA")
    assert "mcsync has no failure on record" in text
    assert "Europe/Paris" in text


def test_of_a_workflow_with_nothing_on_record_that_is_said_and_a_button_opens_the_box(two_rts: Town) -> None:
    answer = two_rts.type("U0GRACE", "/mcsync diagnose mcSynch_mcExec2")
    ts = two_rts._look("ephemerals?user=U0GRACE")["ephemerals"][-1]["ts"]

    pressed = two_rts.slack_lever("press", user="U0GRACE", ts=ts, action_id="mcsync_paste")

    assert "no failure of mcSynch_mcExec2 on record" in answer
    assert pressed["ok"]
    chosen = opened(two_rts, "U0GRACE")["blocks"][-1]["element"]["initial_option"]
    assert chosen["value"] == "prod/mcSynch_mcExec2"


def test_pasted_lines_are_answered_in_the_box(library: Town) -> None:
    answer = paste(library, COLLISION)

    assert answer["ok"], answer
    view = opened(library)
    text = library.modal_text("U0SAM")
    assert view["title"]["text"] == "Diagnosis"
    assert "Journal: restart collision (likely)" in text
    for part in ("How we know", "What it is not", "What to do", "KA-05406", "4 s after RT's restart"):
        assert part in text, part
    assert "Compared with the restarts of mcSynch_mcExec1 on prod" in text


def test_another_cause_is_told_with_its_own_remedy_and_no_shift(library: Town) -> None:
    paste(library, REFUSED)

    text = library.modal_text("U0SAM")
    assert "credentials (certain)" in text
    assert "Do not try again" in text
    assert "Move the workflow's minute" not in text


def test_the_zone_of_the_lines_can_be_chosen_and_the_box_used_again(library: Town) -> None:
    paste(library, COLLISION, zone="UTC")
    assert "RT unavailable" in library.modal_text("U0SAM"), "06:00 UTC is 07:00 in Paris"

    view = opened(library)
    library.slack_lever("submit", user="U0SAM", view_id=view["id"], state={"zone": "Europe/Paris"})

    assert "restart collision" in library.modal_text("U0SAM")


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("Europe/Pari", "Did you mean Europe/Paris?"),
        ("europe/paris", "Did you mean Europe/Paris?"),
        ("../../etc/passwd", "no such time zone"),
        ("<!channel>", "no such time zone"),
        ("localtime", "no such time zone"),
    ],
)
def test_a_wrong_zone_is_an_error_at_its_field(library: Town, zone: str, meant: str) -> None:
    answer = paste(library, COLLISION, zone=zone)

    assert set(answer["errors"]) == {"mcsync_zone"}
    assert meant in answer["errors"]["mcsync_zone"]
    assert opened(library)["errors"] == answer["errors"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Good morning, could you have a look?", "holds no journal line"),
        ("\x7fELF\x02\x01\x01" + "\x00" * 40 + "\ufffd\ufffd\x1b[31m", "holds no journal line"),
        (" \n\t\n ", "The text is empty"),
        ("<!channel> <@U0ADA> *bold* `code` ```", "holds no journal line"),
        ("A" * 3000, "holds no journal line"),
    ],
)
def test_text_that_is_no_journal_is_an_error_at_its_field(library: Town, text: str, sentence: str) -> None:
    answer = paste(library, text)

    assert set(answer["errors"]) == {"mcsync_text"}
    assert sentence in answer["errors"]["mcsync_text"]


HOSTILE = "2026-11-23 06:00:04 <!channel> <!everyone> <@U0ADA> ```*boo*``` &lt;!here&gt; <http://evil|ok>"


@pytest.mark.parametrize(
    "text",
    [
        f"{HOSTILE} Empty return for method 'Logon' of service 'xtk:session'",
        f"{HOSTILE} XSV-350012 " + "<!channel>" * 250,
        "\n".join(f"2026-11-23 06:00:{second:02} x <!channel> XSV-350012 &&&&" for second in range(50))[
            :3000
        ],
        "2026-11-23 06:00:04 XTK-170019 " + "&<>" * 980,
        ("2026-11-23 06:00:04\t" + "\x00\x01\x02\x1b[31m\u202e\ufeff" * 400 + " error XSV-350012")[:3000],
        "<journal date='2026-11-23 06:00:04' " * 70,
    ],
    ids=["sentence", "mentions", "many", "signs", "binary", "xml"],
)
def test_hostile_text_is_shown_as_text_or_refused_in_one_sentence(library: Town, text: str) -> None:
    answer = paste(library, text)

    assert answer["status"] == 200
    if answer.get("errors"):
        assert set(answer["errors"]) == {"mcsync_text"}
        return
    assert answer["ok"], answer
    shown = [block for block in opened(library)["blocks"] if block["type"] in ("section", "context")]
    for marked in ("<!channel", "<!everyone", "<@U0ADA", "<http://evil"):
        assert marked not in str(shown)


def test_lines_without_a_date_are_judged_without_the_time(library: Town) -> None:
    paste(library, "Empty return for method 'Logon' of service 'xtk:session'")

    text = library.modal_text("U0SAM")
    assert "Journal: unknown\n" in text
    assert "its lines have no date" in text


def test_a_journal_without_a_failure_says_so(library: Town) -> None:
    paste(library, "2026-11-23 05:00:01\tschedule\tStarting\n2026-11-23 05:00:09\tend\tFinished")

    assert "Nothing in this text failed" in library.modal_text("U0SAM")


def test_which_of_two_restarts_counts_is_told_by_the_lines_or_chosen(two_rts: Town) -> None:
    unclear = paste(two_rts, COLLISION)
    assert "Choose the workflow" in unclear["errors"]["mcsync_workflow"]

    chosen = paste(two_rts, COLLISION, workflow="prod/mcSynch_mcExec1")
    assert chosen["ok"]
    assert "restart collision" in two_rts.modal_text("U0SAM")

    other = paste(two_rts, COLLISION, workflow="prod/mcSynch_mcExec2")
    assert other["ok"]
    assert "RT unavailable" in two_rts.modal_text("U0SAM"), "that one restarts at 04:00"

    told = paste(two_rts, f"mcSynch_mcExec2\n{COLLISION}")
    assert told["ok"]
    assert "Compared with the restarts of mcSynch_mcExec2 on prod" in two_rts.modal_text("U0SAM")

    wrong = paste(two_rts, f"mcSynch_mcExec2\n{COLLISION}", workflow="prod/mcSynch_mcExec1")
    assert "tells nothing of mcSynch_mcExec1" in wrong["errors"]["mcsync_workflow"]


def test_lines_of_a_workflow_that_is_not_watched_get_no_shift(two_rts: Town) -> None:
    answer = paste(two_rts, f"mcSynch_elsewhere\n{COLLISION}")

    text = two_rts.modal_text("U0SAM")
    assert answer["ok"]
    assert "mcSynch_elsewhere is not watched, so no restart is known to compare with" in text
    assert "Move the workflow's minute" not in text


def test_a_box_that_slack_does_not_open_in_time_is_one_sentence(library: Town) -> None:
    for fault in ("error:expired_trigger_id", "500", "ratelimited"):
        library.slack_lever("faults", method="views.open", mode=fault)
        assert library.type("U0SAM", "/mcsync diagnose paste").startswith("Slack did not open the box")

    library.type("U0SAM", "/mcsync diagnose")
    ts = library._look("ephemerals?user=U0SAM")["ephemerals"][-1]["ts"]
    library.slack_lever("faults", method="views.open", mode="error:exchanged_trigger_id")
    before = len(library.told("U0SAM"))
    pressed = library.slack_lever("press", user="U0SAM", ts=ts, action_id="mcsync_paste")

    assert pressed["ok"]
    assert library.told("U0SAM")[before:] == ["Slack did not open the box in time. Try again."]


def test_a_box_that_slack_opens_slowly_is_given_up_before_the_acknowledgement_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "HURRY_SECONDS", 0.2)
    with Town(tmp_path, campaign_changes={"mode": "off"}) as town:
        town.type("U0ADA", "/mcsync help")
        town.slack_lever("faults", method="views.open", mode="slow", seconds=0.8)

        answer = town.slack_lever("command", user="U0ADA", text="/mcsync diagnose paste")

        assert answer["ok"], answer
        assert answer["ms"] < 800
        assert town.told("U0ADA")[-1].startswith("Slack did not open the box")


def test_an_error_in_the_box_is_told_in_the_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[Exception] = [RuntimeError("secret detail"), StoreError("The disk is full.")]

    def fail(request: Request, service: BackOffice) -> Modal:
        del request, service
        raise errors.pop()

    monkeypatch.setitem(commands.SUBMITS, paste_card.VIEW, fail)
    with Town(tmp_path, campaign_changes={"mode": "off"}) as town:
        known = paste(town, COLLISION)
        unknown = paste(town, COLLISION)

    assert known["errors"] == {"mcsync_text": "The disk is full."}
    assert "reference" in unknown["errors"]["mcsync_text"]
    assert "secret detail" not in unknown["errors"]["mcsync_text"]


# --- The menu of a message ------------------------------------------------------------------------


def test_a_message_is_judged_where_it_stands(either_town: Town) -> None:
    town = either_town
    quoted = COLLISION.replace("\t", "    ")

    answer = take_shortcut(town, f"Look what came by mail:\n```{quoted}```\n&gt; help &amp; thanks")

    assert answer["ok"], answer
    opened(town)
    assert "restart collision" in town.modal_text("U0SAM")


def test_a_message_without_a_journal_opens_the_box_with_its_text(library: Town) -> None:
    take_shortcut(library, "good morning")

    view = opened(library)
    assert "holds no journal line" in library.modal_text("U0SAM")
    assert view["state"]["values"]["mcsync_text"]["text"]["value"] == "good morning"


def test_a_message_longer_than_the_box_is_judged_whole(library: Town) -> None:
    calm = "\n".join(f"2026-11-22 05:{n // 60:02}:{n % 60:02}\tschedule\tStarting task" for n in range(120))

    take_shortcut(library, f"{calm}\n{COLLISION}")

    view = opened(library)
    assert "restart collision" in library.modal_text("U0SAM")
    assert view["submit"] is None


def test_a_message_that_leaves_the_workflow_open_asks_for_it(two_rts: Town) -> None:
    take_shortcut(two_rts, COLLISION)

    assert "Choose the workflow" in two_rts.modal_text("U0SAM")
    view = opened(two_rts)
    two_rts.slack_lever(
        "submit", user="U0SAM", view_id=view["id"], state={"workflow": "prod/mcSynch_mcExec1"}
    )
    assert "restart collision" in two_rts.modal_text("U0SAM")


def test_guests_read_and_people_of_another_company_do_not(library: Town) -> None:
    assert take_shortcut(library, COLLISION, user="U0GUEST")["ok"]
    assert "restart collision" in library.modal_text("U0GUEST")

    assert take_shortcut(library, COLLISION, user="U0STRANGER")["ok"]
    assert library.modal("U0STRANGER") is None
    assert "Only people of this workspace" in library.told("U0STRANGER")[-1]


def test_a_shortcut_whose_trigger_is_too_old_is_one_sentence(library: Town) -> None:
    library.slack_lever("faults", method="views.open", mode="error:expired_trigger_id")

    answer = take_shortcut(library, COLLISION, user="U0GRACE")

    assert answer["ok"]
    assert library.told("U0GRACE") == ["Slack did not open the box in time. Try again."]


def test_somebody_whom_slack_does_not_tell_is_not_let_in(library: Town) -> None:
    library.slack_lever("faults", method="users.info", mode="error:user_not_found")

    take_shortcut(library, COLLISION, user="U0STRANGER")

    assert library.modal("U0STRANGER") is None


# --- Phrases by configuration ---------------------------------------------------------------------

UNHEARD = "nada de volta para o método 'Logon' do serviço 'xtk:session'"


def test_a_phrase_of_the_configuration_is_known_in_the_box_and_in_the_journal(tmp_path: Path) -> None:
    tables = {"diagnosis": {"phrases": ["Nada de volta"]}}
    with Town(tmp_path, tables=tables) as town:
        town.lever("settings", run_error=f"XTK-170024 {UNHEARD}")
        town.collide()
        assert "restart collision (" in town.card_text()
        assert town.incidents()[0].diagnosis.evidence[0].text.startswith("The line says that Logon came back")

        paste(town, f"2026-11-23 06:00:04 {UNHEARD}")
        assert "came back empty, in words from mcsync.toml" in town.modal_text("U0SAM")


def test_the_same_words_without_the_phrase_are_judged_with_less_confidence(library: Town) -> None:
    paste(library, f"2026-11-23 06:00:04 {UNHEARD}")

    assert "the phrase between them is not known" in library.modal_text("U0SAM")
