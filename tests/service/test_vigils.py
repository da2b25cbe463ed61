"""The quiet watch: one notice per episode, with its end, whatever keeps a workflow or an instance silent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bot.domain.audit import Event
from bot.domain.due_work import Claim, Work
from bot.domain.errors import CampaignError, LogonBarred, LogonRefused, NotSent
from bot.domain.lesson import Lesson
from bot.domain.logon_bar import LogonBar
from bot.domain.notice import Notice
from bot.domain.restart import RestartWindow
from bot.domain.sighted import Sighted
from bot.domain.workflow import State, Status
from bot.gateways.store import SqlStore
from bot.service.health import Health
from bot.service.office import Kind, Office
from bot.service.outlook import Outlook
from bot.service.probes import Probes
from bot.service.vigils import Vigils
from bot.service.watch import Watch
from tests.gateways.store import examples
from tests.periods import every
from tests.service.office import PARIS, WORKFLOW, TurnedClock, opened

if TYPE_CHECKING:
    from bot.service.ports import Campaign

HALF_PAST_SEVEN = datetime(2026, 11, 24, 7, 30, tzinfo=PARIS).astimezone(UTC)
HOURLY = every("1h", "00:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def today(hour: int, minute: int = 0) -> datetime:
    """Tell a time of the day in Paris."""
    return datetime(2026, 11, 24, hour, minute, tzinfo=PARIS).astimezone(UTC)


@dataclass
class HourlyCampaign:
    """A marketing server whose workflow runs every hour for forty seconds, as long as it lives."""

    clock: TurnedClock
    died_at: datetime | None = None
    told: Status = field(default_factory=lambda: Status(WORKFLOW, "4900", State.STARTED, False, 0, 0, None))
    hangs: bool = False
    plans: bool = True
    listed: bool = True
    error: CampaignError | None = None

    def statuses(self) -> tuple[Status, ...]:
        """Read the state of the workflow."""
        if self.error is not None:
            raise self.error
        now = self.died_at or self.clock.at
        hour = now.replace(minute=0, second=0, microsecond=0)
        busy = now - hour < timedelta(seconds=40) and (self.died_at is None or self.hangs)
        planned = hour + HOUR if self.plans else None
        seen = replace(self.told, next_run=planned, process_id=77 if busy and self.plans else 0)
        return (seen,) if self.listed else ()


@dataclass
class Watched:
    """An office that polls `prod` once a minute; what a look at the journal would find is set by the test."""

    office: Office
    store: SqlStore
    clock: TurnedClock
    campaign: HourlyCampaign
    looks: list[datetime] = field(default_factory=list)
    looks_fail: bool = False
    journal: tuple[datetime, ...] = ()

    def restart(self) -> None:
        """Start the program anew: nothing is remembered but what is in the store."""
        office = self.office
        self._watch = Watch(
            office,
            probes=Probes(office),
            outlook=Outlook(office),
            vigils=Vigils(office),
            health=Health(office),
        )

    def until(self, end: datetime) -> None:
        """Poll every minute until *end*."""
        while self.clock.at < end:
            self.clock.at += MINUTE
            self._watch.poll(
                Claim(Work("poll:prod", Kind.POLL, "l", self.clock.at, {"instance": "prod"}), "o", 1, 1)
            )
            self._look_if_asked()

    def _look_if_asked(self) -> None:
        for claim in self.store.claim("me", self.clock.at, self.clock.at, 30, 10):
            if claim.work.kind == Kind.LOOK:
                self.looks.append(self.clock.at)
                self._look()
            self.store.finish(claim, self.clock.at)

    def _look(self) -> None:
        if self.looks_fail:
            return
        with self.store.write() as tx:
            (seen,) = tx.sighted("prod")
            tx.save_sighted(replace(seen, read_at=self.clock.at))
            runs = tuple((at, timedelta(seconds=40)) for at in self.journal)
            tx.save_lesson((tx.lesson("prod", WORKFLOW) or Lesson("prod", WORKFLOW)).with_runs(runs))

    def notices(self) -> list[Notice]:
        """List what was told, by way of the cards that were asked for."""
        with self.store.read() as tx:
            (seen,) = tx.sighted("prod")
            keys = [f"silent:prod:{WORKFLOW}:{today(hour).isoformat()}" for hour in range(24)]
            sight = tx.sight("prod")
            assert sight is not None
            found = [tx.notice(key) for key in keys]
        assert seen.status.name == WORKFLOW
        return [notice for notice in found if notice is not None]

    def blindnesses(self) -> list[Notice]:
        """List what was told of instances that could not be seen."""
        minutes = (today(0) + number * MINUTE for number in range(24 * 60))
        with self.store.read() as tx:
            found = [tx.notice(f"unseen:prod:{at.isoformat()}") for at in minutes]
        return [notice for notice in found if notice is not None]


@contextmanager
def watching(tmp_path: Path, *, start: datetime = HALF_PAST_SEVEN) -> Iterator[Watched]:
    clock = TurnedClock(start)
    with opened(tmp_path, clock) as (bare, store, _):
        campaign = HourlyCampaign(clock)
        marketing = RestartWindow(time(3, 30), PARIS, timedelta(), timedelta(minutes=3), timedelta())
        instance = replace(bare.instances["prod"], windows=(marketing,))
        office = replace(bare, campaigns={"prod": cast("Campaign", campaign)}, instances={"prod": instance})
        with store.write() as tx:
            status = campaign.statuses()[0]
            tx.save_sighted(Sighted("prod", status, start, HOURLY, read_at=start, well_at=start))
        watched = Watched(office, store, clock, campaign)
        watched.restart()
        yield watched


# --- A workflow -----------------------------------------------------------------------------------


def test_a_workflow_that_runs_is_never_told(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.until(today(19))

        assert watched.notices() == []


def test_a_workflow_that_stopped_is_told_once_and_its_end_is_told_too(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.until(today(9, 30))
        watched.campaign.died_at = watched.clock.at
        watched.campaign.told = replace(watched.campaign.told, state=State.STOPPED)
        watched.until(today(11, 9))
        assert watched.notices() == []

        watched.until(today(14))

        (notice,) = watched.notices()
        assert notice.at == today(11, 12)  # a minute after its journal was read
        assert "No run passed at 10:00 nor at 11:00 Europe/Paris" in notice.text
        assert "The last run that passed began at 2026-11-24 09:00:00 Europe/Paris." in notice.text
        assert "It is stopped" in notice.text
        assert notice.ended_at is None

        watched.campaign.died_at = None
        watched.campaign.told = replace(watched.campaign.told, state=State.STARTED)
        watched.until(today(17))

        (over,) = watched.notices()
        assert over.ended_at == today(15, 1)
        assert over.ending == "A run that began at 2026-11-24 15:00:00 Europe/Paris passed."


def test_a_second_silence_is_a_second_notice(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.campaign.died_at = today(7, 45)
        watched.until(today(11))
        watched.campaign.died_at = None
        watched.until(today(12, 30))
        watched.campaign.died_at = today(12, 30)
        watched.until(today(15))

        first, second = watched.notices()

    assert first.ended_at == today(11, 1)
    assert second.ended_at is None


def test_the_journal_is_read_before_anybody_is_told(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.campaign.died_at = today(7, 45)
        watched.journal = (today(8), today(9))
        watched.until(today(10))

        assert watched.notices() == []
        assert [at for at in watched.looks if at >= today(9)] == [today(9, 11)]


def test_a_server_that_plans_nothing_is_judged_by_its_journal(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.campaign.plans = False
        watched.until(today(9))
        watched.journal = (today(8), today(9), today(10))
        watched.until(today(11, 30))
        assert watched.notices() == []

        watched.until(today(13))

        (notice,) = watched.notices()
        assert "No run passed at 11:00 nor at 12:00" in notice.text


def test_where_the_journal_cannot_be_read_people_are_told_all_the_same(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.looks_fail = True
        watched.campaign.died_at = today(7, 45)
        watched.until(today(9, 29))
        assert watched.notices() == []

        watched.until(today(10))

        assert [notice.at for notice in watched.notices()] == [today(9, 30)]


def test_a_workflow_that_is_no_longer_listed_is_told_as_that(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.until(today(8, 30))
        watched.campaign.listed = False
        watched.until(today(12))

        (notice,) = watched.notices()
        assert "Campaign does not list it on prod any more" in notice.text
        assert notice.at == today(10, 10) + MINUTE


def test_an_open_incident_tells_enough(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        with watched.store.write() as tx:
            tx.add_incident(examples.incident())
        watched.campaign.died_at = today(7, 45)
        watched.until(today(12))

        assert watched.notices() == []


def test_an_incident_that_only_lies_ahead_tells_nothing_of_today(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        with watched.store.write() as tx:
            tx.add_incident(examples.incident(failures=0))
        watched.campaign.died_at = today(7, 45)
        watched.until(today(12))

        assert len(watched.notices()) == 1


def test_a_gap_in_our_own_watch_is_nobodys_silence(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.campaign.died_at = today(7, 45)
        watched.until(today(8, 30))
        watched.clock.at = today(12, 30)
        watched.restart()
        watched.until(today(14, 9))
        assert watched.notices() == []

        watched.until(today(15))

        (notice,) = watched.notices()
        assert "No run passed at 13:00 nor at 14:00" in notice.text


def test_a_silence_that_was_told_is_not_told_again_after_a_restart_of_mcsync(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.campaign.died_at = today(7, 45)
        watched.until(today(10))
        watched.clock.at = today(12, 30)
        watched.restart()
        watched.until(today(16))
        assert len(watched.notices()) == 1

        watched.campaign.died_at = None
        watched.until(today(18))

        (over,) = watched.notices()
        assert over.ended_at is not None


def test_a_run_that_never_ends_is_told(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.until(today(8, 30))
        watched.until(today(8, 59))
        watched.campaign.died_at, watched.campaign.hangs = today(9), True
        watched.until(today(12))

        (notice,) = watched.notices()
        assert "No run passed at 09:00 nor at 10:00" in notice.text
        assert "A run is under way and does not end" in notice.text


# --- An instance ----------------------------------------------------------------------------------


def test_an_instance_that_does_not_answer_is_told_after_ten_minutes_and_its_return_too(
    tmp_path: Path,
) -> None:
    with watching(tmp_path) as watched:
        watched.until(today(8))
        watched.campaign.error = NotSent("The server cannot be reached.")
        watched.until(today(8, 10))
        assert watched.blindnesses() == []

        watched.until(today(9))

        (notice,) = watched.blindnesses()
        assert notice.at == today(8, 11)
        assert notice.text.startswith(
            "The server cannot be reached. It last answered at 2026-11-24 08:00:00 Europe/Paris. "
        )
        assert (notice.try_once, notice.ended_at) == (False, None)

        watched.campaign.error = None
        watched.until(today(9, 30))

        (over,) = watched.blindnesses()
        assert over.ended_at == today(9, 1)
        assert over.ending == "Seen again since 2026-11-24 09:01:00 Europe/Paris."
        assert watched.notices() == []


def test_short_absences_and_marketings_own_restart_are_not_told(tmp_path: Path) -> None:
    with watching(tmp_path, start=today(3)) as watched:
        for minute in (5, 20):
            watched.until(today(3, minute))
            watched.campaign.error = NotSent("The server cannot be reached.")
            watched.until(today(3, minute + 9))
            watched.campaign.error = None
            watched.until(today(3, minute + 10))
        watched.campaign.error = NotSent("The server cannot be reached.")
        watched.until(today(3, 42))
        assert watched.blindnesses() == []

        watched.until(today(3, 45))

        assert [notice.at for notice in watched.blindnesses()] == [today(3, 43)]


def test_a_blindness_lasts_across_a_restart_of_mcsync(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.campaign.error = NotSent("The server cannot be reached.")
        watched.until(today(8))
        watched.clock.at = today(10)
        watched.restart()
        watched.until(today(11))
        assert len(watched.blindnesses()) == 1

        watched.campaign.error = None
        watched.until(today(11, 5))

        (over,) = watched.blindnesses()
        assert over.ended_at == today(11, 1)


def test_what_happened_while_mcsync_was_away_is_not_held_against_the_instance(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.campaign.error = NotSent("The server cannot be reached.")
        watched.until(today(7, 36))
        watched.clock.at = today(10)
        watched.restart()
        watched.until(today(10, 10))

        assert watched.blindnesses() == []


def refuse(watched: Watched) -> None:
    """Let Campaign refuse the log-on, and remember it as the gateway does."""
    with watched.store.write() as tx:
        sentence = "XSV-350012 Invalid login or password."
        tx.save_logon_bar(LogonBar("prod", "digest", watched.clock.at, sentence))
    watched.campaign.error = LogonBarred("Not tried again.")


def test_a_refused_logon_says_what_to_do_and_offers_one_try(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.campaign.error = LogonRefused("XSV-350012 Invalid login or password.")
        watched.until(today(7, 31))
        refuse(watched)
        watched.until(today(9))

        (notice,) = watched.blindnesses()
        with watched.store.read() as tx:
            (entry,) = tx.audit()

    assert (entry.deed.event, entry.deed.subject) == (Event.LOGON_REFUSED, "prod")
    assert notice.try_once
    assert notice.text.startswith(
        "It refused the log-on at 2026-11-24 07:31:00 Europe/Paris: “XSV-350012 Invalid login or password.”. "
    )
    assert "Correct the login or its password" in notice.text


def test_a_silence_that_turns_out_to_be_a_refusal_offers_the_try_on_the_same_card(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        watched.campaign.error = NotSent("The server cannot be reached.")
        watched.until(today(8))
        refuse(watched)
        watched.until(today(8, 5))
        (notice,) = watched.blindnesses()
        assert notice.try_once
        assert notice.at == today(7, 41)

        watched.campaign.error = NotSent("The server cannot be reached.")
        watched.until(today(8, 10))
        assert watched.blindnesses() == [notice]

        watched.campaign.error = None
        watched.until(today(8, 15))

        (over,) = watched.blindnesses()
        assert (over.ended_at, over.try_once) == (today(8, 11), False)
