from datetime import datetime, time, timedelta
from pathlib import Path

from bot.domain.due_work import Claim, Work
from bot.domain.lesson import effective_windows
from bot.service.probes import Probes
from tests.service.office import PARIS, WORKFLOW, TurnedClock, opened, run_until

PAYLOAD = {"instance": "prod", "workflow": WORKFLOW}
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=PARIS)


def test_rt_is_probed_only_from_two_minutes_before_to_ten_minutes_after_its_restart(tmp_path: Path) -> None:
    clock = TurnedClock(NOON)
    with opened(tmp_path, clock) as (office, _, rt):
        run_until(Probes(office).probe, clock, PAYLOAD, NOON + timedelta(days=2))

        local = [at.astimezone(PARIS).time() for at in rt.looks]

    assert len({at.astimezone(PARIS).date() for at in rt.looks}) == 2
    assert min(local) == time(5, 58)
    assert max(local) <= time(6, 10)
    assert min(b - a for a, b in zip(rt.looks, rt.looks[1:], strict=False)) >= timedelta(seconds=10)


def test_from_five_observed_restarts_on_the_window_is_as_long_as_rt_was_away(tmp_path: Path) -> None:
    clock = TurnedClock(NOON)
    with opened(tmp_path, clock, takes=timedelta(minutes=1)) as (office, store, _):
        execution = office.instances["prod"].executions[0]
        for days, minutes in ((4, 1), (5, 3)):
            run_until(Probes(office).probe, clock, PAYLOAD, NOON + timedelta(days=days))
            with store.read() as tx:
                lesson = tx.lesson("prod", WORKFLOW)
            assert lesson is not None
            assert len(lesson.observed) == days
            assert effective_windows(execution, lesson)[0].takes >= timedelta(minutes=minutes)
            assert effective_windows(execution, lesson)[0].takes < timedelta(minutes=minutes + 1)


def test_a_restart_that_drifted_raises_one_notice(tmp_path: Path) -> None:
    clock = TurnedClock(NOON)
    with opened(tmp_path, clock, away_from=time(6, 4)) as (office, store, _):
        run_until(Probes(office).probe, clock, PAYLOAD, NOON + timedelta(days=3))

        with store.read() as tx:
            notice = tx.notice(f"drift:prod:{WORKFLOW}:06:00:06:04")

    assert notice is not None
    assert 'restart = "06:04"' in notice.text


def test_a_clock_of_another_zone_raises_one_notice(tmp_path: Path) -> None:
    clock = TurnedClock(NOON)
    with opened(tmp_path, clock) as (office, store, rt):
        rt.offset = timedelta(hours=-7)
        run_until(Probes(office).probe, clock, PAYLOAD, NOON + timedelta(days=1))

        with store.read() as tx:
            notice = tx.notice(f"offset:prod:{WORKFLOW}:Europe/Paris:-07:00")

    assert notice is not None
    assert "-07:00 from UTC; Europe/Paris is +01:00 now" in notice.text


def test_a_workflow_that_is_no_longer_configured_is_no_longer_probed(tmp_path: Path) -> None:
    clock = TurnedClock(NOON)
    with opened(tmp_path, clock) as (office, _, rt):
        gone = Claim(Work("k", "probe", "l", NOON, {"instance": "prod", "workflow": "gone"}), "o", 1, 1)

        assert Probes(office).probe(gone) is None
        assert rt.looks == []
