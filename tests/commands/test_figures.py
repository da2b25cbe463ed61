"""Every figure of a move in a sentence of its own, whatever it is."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.proposal import Ask
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.shift import Sibling
from bot.domain.what_if import Choice, Neighbour, Outcome, Subject, what_if
from bot.domain.zones import ClockChange
from commands.cards import figures
from tests.periods import every

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 5, 12, tzinfo=UTC)
SUBJECT = Subject(
    schedule=Schedule.parse(every("1h", "00:00")),
    zone=PARIS,
    windows=(RestartWindow(time(6), PARIS),),
    marketing=(RestartWindow(time(3, 30), PARIS, timedelta()),),
    siblings=(),
    others=(Sibling("mcSynch_mcExec2", Schedule.parse(every("1h", "00:20")), PARIS),),
    tracking=time(0),
    paused=True,
)
SAFE = what_if(SUBJECT, Choice(Ask.SHIFT, 5), NOW)


def told(outcome: Outcome, subject: Subject = SUBJECT) -> str:
    return "\n".join(block["text"]["text"] for block in figures.blocks(subject, outcome))


def change(days: int, by: timedelta) -> Outcome:
    at = datetime(2026, 11, 24, 1, tzinfo=UTC) + timedelta(days=days)
    return replace(SAFE, change=ClockChange(at, PARIS, by), days_to_change=days)


def neighbour(count: int) -> Neighbour:
    return Neighbour("mcSynch_mcExec2", NOW, count)


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (SAFE, "*Tomorrow, Wednesday, 2026-11-25:* 24 runs, every hour from 00:05, times of Europe/Paris"),
        (replace(SAFE, runs=1), ":* 1 run, every hour"),
        (SAFE, "RT: `"),
        (SAFE, "Marketing: `03:"),
        (replace(SAFE, restarts=SAFE.restarts * 7, marketing=()), "…and 1 more restart\n"),
        (replace(SAFE, restarts=SAFE.restarts * 7), "…and 2 more restarts\n"),
        (SAFE, "*Margin:* 60 s between a run and the time kept free around the nearest restart."),
        (replace(SAFE, margin=None), "*Margin:* tomorrow has no run or no restart to measure from."),
        (
            replace(SAFE, restarts=(replace(SAFE.restarts[0], met=1),)),
            "*Margin:* none, a run meets a restart.",
        ),
        (replace(SAFE, neighbours=()), "*On the same minute:* no other watched workflow starts then."),
        (
            replace(SAFE, neighbours=(neighbour(1), neighbour(3))),
            "minute:* mcSynch_mcExec2 (at 06:12) and mcSynch_mcExec2 (3 times, first 06:12).",
        ),
        (replace(SAFE, neighbours=(neighbour(1),) * 10), "(at 06:12) and 2 more."),
        (
            change(0, timedelta(hours=1)),
            "*Next clock change:* today, 2026-11-24: Europe/Paris forward by 1 h.",
        ),
        (
            change(1, timedelta(hours=-1)),
            "*Next clock change:* tomorrow, 2026-11-25: Europe/Paris back by 1 h.",
        ),
        (
            change(5, timedelta(hours=-1)),
            "*Next clock change:* in 5 days, 2026-11-29: Europe/Paris back by 1 h.",
        ),
        (replace(SAFE, change=None), "*Next clock change:* none within a year."),
        (SAFE, "*Tracking:* 5 minutes of each hour exposed: RT's tracking runs at :00;"),
        (replace(SAFE, exposed=1), "*Tracking:* 1 minute of each hour exposed:"),
        (replace(SAFE, exposed=0), "*Tracking:* no minute of the hour is exposed:"),
        (replace(SAFE, exposed=None), "*Tracking:* the phase of RT's tracking workflow is not configured"),
    ],
)
def test_each_figure_is_told(outcome: Outcome, sentence: str) -> None:
    assert sentence in told(outcome)


def test_where_nothing_else_is_watched_that_is_told() -> None:
    alone = replace(SUBJECT, others=())

    assert "*On the same minute:* mcsync watches no other workflow." in told(SAFE, alone)
