"""`diagnose` at the counter, where what surrounds it decides: several instances, odd words, much text."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.diagnosis import diagnose as judge
from bot.domain.errors import NotFound, UnreadableInput
from bot.domain.incident import Incident
from bot.domain.instance import Execution, Instance, Mode
from bot.domain.journal import Failure
from bot.domain.restart import RestartWindow
from bot.service.back_office import BackOffice, furnish
from bot.service.verdicts import Place, judge_pasted, read_pasted
from commands import diagnose
from commands.cards import LOOKS, paste
from commands.reply import Complaints, Modal, Reply, Request
from commands.times import moment_of
from tests.commands.valid import assert_valid_blocks, assert_valid_view
from tests.service.office import PARIS, WORKFLOW, TurnedClock, opened

BRAZIL = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 11, 24, 5, 52, tzinfo=PARIS).astimezone(UTC)
WORDS = "Empty return for method 'Logon' of service 'xtk:session'"
REQUEST = Request("U0SAM", "key", "")


def instance(name: str, zone: ZoneInfo, *workflows: str) -> Instance:
    minute = timedelta(minutes=1)
    window = RestartWindow(time(6), zone, minute, minute, minute)
    executions = tuple(Execution(one, one, (window,), None, probe=False) for one in workflows)
    return Instance(name, zone, zone, Mode.PROPOSE, minute, (), executions)


@pytest.fixture(name="service")
def _service(tmp_path: Path) -> Iterator[BackOffice]:
    """An office that watches an instance in Paris and one in Brazil."""
    with opened(tmp_path, TurnedClock(NOW)) as (office, _, _):
        instances = {**office.instances, "brazil": instance("brazil", BRAZIL, "mcSynch_br")}
        yield furnish(replace(office, instances=instances), LOOKS)


def failure(at: datetime, *, of: str = "prod", workflow: str = WORKFLOW) -> Failure:
    return Failure(of, workflow, "4900", f"{at:%d%H%M%S}", at.astimezone(UTC), "soapImport", WORDS)


def incident(name: str, of: Failure, **changes: object) -> Incident:
    values: dict[str, object] = {
        "id": name,
        "instance": of.instance,
        "workflow": of.workflow,
        "workflow_id": "4900",
        "diagnosis": judge(of),
        "first_at": of.at,
        "last_at": of.at,
        "failures": 1,
        "message": of.message,
        "paused": True,
        "schedule": "",
        "period": "",
        "offers": (),
        "no_offer": "",
        "caution": "",
    }
    return Incident(**{**values, **changes})  # type: ignore[arg-type] # names and types are the dataclass's own


def remember(service: BackOffice, *failures: Failure) -> None:
    with service.office.store.write() as tx:
        for one in failures:
            assert tx.add_failure(one, NOW)


def said(reply: Reply | Modal) -> str:
    assert isinstance(reply, Reply)
    assert_valid_blocks(reply.blocks)
    return f"{reply.text}\n{reply.blocks}"


def shown(reply: Reply | Modal | Complaints) -> str:
    assert isinstance(reply, Modal)
    assert_valid_view(reply.view)
    return str(reply.view)


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        (["06:00"], (None, time(6))),
        (["6:00:07"], (None, time(6, 0, 7))),
        (["2026-11-23", "06:00"], (date(2026, 11, 23), time(6))),
        (["2026-11-23T06:00"], (date(2026, 11, 23), time(6))),
        (["2026-11-23 06:00:59"], (date(2026, 11, 23), time(6, 0, 59))),
    ],
)
def test_a_time_is_read(words: list[str], moment: tuple[date | None, time]) -> None:
    assert moment_of(words) == moment


@pytest.mark.parametrize("text", ["", "6", "24:00", "06:60", "2026-13-01 06:00", "06:00 x", "٠٦:٠٠", "-6:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInput, match="Write the time like this"):
        moment_of(text.split())


# --- The past -------------------------------------------------------------------------------------


def test_a_time_is_meant_in_the_zone_of_each_instance(service: BackOffice) -> None:
    far = failure(datetime(2026, 11, 23, 6, 3, tzinfo=PARIS))
    near = failure(datetime(2026, 11, 23, 6, 0, 10, tzinfo=BRAZIL), of="brazil", workflow="mcSynch_br")
    remember(service, far, near)

    text = said(diagnose.answer(REQUEST, service, ("at", "2026-11-23", "06:00")))

    assert "mcSynch_br on brazil: restart collision" in text
    assert "10 s after the time that you asked for" in text


@pytest.mark.parametrize(
    ("clock", "day"), [("05:52", 24), ("05:53", 23), ("06:00", 23), ("00:00", 24), ("23:59", 23)]
)
def test_without_a_day_the_last_such_time_is_meant(service: BackOffice, clock: str, day: int) -> None:
    """It is 05:52 on the 24th in Paris."""
    at = datetime.combine(date(2026, 11, day), time.fromisoformat(clock), PARIS)
    remember(service, *(failure(at + timedelta(days=days)) for days in (-1, 0)))

    text = said(diagnose.answer(REQUEST, service, (WORKFLOW, "AT", clock)))

    assert "0 s after the time that you asked for" in text
    assert f"{at:%Y-%m-%d} {clock}:00" in text


def test_the_verdict_on_the_past_counts_what_was_before_it_and_not_after(service: BackOffice) -> None:
    days = [failure(datetime(2026, 11, day, 6, 0, 4, tzinfo=PARIS)) for day in (18, 19, 20, 21, 22)]
    remember(service, *days)

    early = said(diagnose.answer(REQUEST, service, ("at", "2026-11-19", "06:00")))
    late = said(diagnose.answer(REQUEST, service, ("at", "2026-11-22", "06:00")))

    assert "2 of the last 2 failures" not in early, "two days are no pattern yet"
    assert "5 of the last 5 failures" in late


def test_an_incident_of_what_is_no_longer_configured_is_passed_over(service: BackOffice) -> None:
    gone = failure(datetime(2026, 11, 23, 6, 0, 4, tzinfo=PARIS), of="gone")
    renamed = failure(datetime(2026, 11, 23, 6, 0, 4, tzinfo=PARIS), workflow="mcSynch_old")
    with service.office.store.write() as tx:
        assert tx.add_incident(incident("a", gone))
        assert tx.add_incident(incident("b", renamed))

    assert "no failure on record" in shown(diagnose.answer(REQUEST, service))


def test_what_only_lies_ahead_has_not_failed(service: BackOffice) -> None:
    ahead = incident("ahead", failure(NOW + timedelta(days=3)), failures=0, message="")
    with service.office.store.write() as tx:
        assert tx.add_incident(ahead)

    text = said(diagnose.answer(REQUEST, service))

    assert "It has not failed yet" in text
    with pytest.raises(NotFound, match="no failure on record"):
        diagnose.answer(REQUEST, service, ("at", "06:00"))


# --- Pasted text and messages ---------------------------------------------------------------------


def test_a_message_is_read_in_the_zone_of_the_workflow_that_it_names(service: BackOffice) -> None:
    text = f"mcSynch_BR\n2026-11-23 06:00:04 {WORDS}"

    view = shown(diagnose.read_message(replace(REQUEST, text=text), service))

    assert "restart collision" in view
    assert "'initial_value': 'America/Sao_Paulo'" in view
    assert "Compared with the restarts of mcSynch_br on brazil" in view


def test_the_box_begins_with_the_zone_and_the_workflow_of_the_button(service: BackOffice) -> None:
    view = shown(diagnose.open_box(replace(REQUEST, text="brazil/mcSynch_br"), service))

    assert "'initial_value': 'America/Sao_Paulo'" in view
    assert "'initial_option': {'text': {'type': 'plain_text', 'text': 'mcSynch_br'}" in view


@pytest.mark.parametrize("key", ["any", "", "gone/mcSynch_br", "brazil/mcSynch_br/x", "<!channel>"])
def test_a_button_of_something_that_is_gone_opens_the_box_all_the_same(service: BackOffice, key: str) -> None:
    view = shown(diagnose.open_box(replace(REQUEST, text=key), service))

    assert "'initial_value': 'Europe/Paris'" in view
    assert "initial_option" not in view


@pytest.mark.parametrize("place", [Place("gone", WORKFLOW), Place("prod", "mcSynch_gone")])
def test_pasted_text_is_not_compared_with_what_is_not_configured(service: BackOffice, place: Place) -> None:
    pasted = read_pasted(service.office, f"2026-11-23 06:00:04 {WORDS}", PARIS)

    with pytest.raises(NotFound):
        judge_pasted(service.office, pasted, place)


def test_a_box_without_its_fields_is_a_complaint(service: BackOffice) -> None:
    reply = diagnose.submit(REQUEST, service)

    assert isinstance(reply, Complaints)
    assert "no such time zone" in reply.errors[paste.ZONE]


def test_a_message_too_long_for_the_box_is_cut_there(service: BackOffice) -> None:
    view = shown(diagnose.read_message(replace(REQUEST, text="word " * 900), service))

    assert "holds no journal line" in view
    assert "word " * 500 in view


def test_hundreds_of_workflows_fit_into_the_box() -> None:
    places = [Place(f"instance{i}", f"mcSynch_{'x' * 60}{n}") for i in range(4) for n in range(130)]

    view = paste.box(places, PARIS, place=places[0], text="x" * 3000, note="<!channel> " * 50)

    assert_valid_view(view)
    groups = view["blocks"][-1]["element"]["option_groups"]
    assert [len(group["options"]) for group in groups] == [100] * 4
