"""What the use cases share: the ports, the configuration they decide by, and the kinds of due work.

No use case lives here.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.due_work import Work
from bot.domain.incident import identify
from bot.domain.instance import Instance
from bot.domain.phrases import BUILT_IN, PhraseTable
from bot.domain.places import find_workflow
from bot.domain.policy import Roles
from bot.domain.view import HomeTab
from bot.domain.vitals import Vitals
from bot.service.ports import Campaign, Clock, Directory, Locales, Probe, Slack, Store, Writing


class Kind(StrEnum):
    """The kinds of due work; each names the use case that does it (see `bot/service/back_office.py`)."""

    POLL = "poll"
    LOOK = "look"
    ASK = "ask"
    DECIDE = "decide"
    CHECK = "check"
    EXPIRE = "expire"
    APPLY = "apply"
    PROVE = "prove"
    CARD = "card"
    WHISPER = "whisper"
    REPLY = "reply"
    TRY_ONCE = "try-once"
    PROBE = "probe"
    OUTLOOK = "outlook"
    RATE = "rate"
    HEALTH = "health"
    HOME = "home"
    WHAT_IF = "what-if"
    ATTEND = "attend"
    REMIND = "remind"
    ANSWER = "answer"


LOOKED_LATELY = timedelta(hours=2)
"""How long after somebody opened their Home tab it is kept true, in machine time."""


@dataclass(frozen=True)
class Spot:
    """Where somebody asked for something, which is where they hear what came of it.

    Attributes:
        channel: where they typed or pressed, `""` for the channel of the cards.
        thread: the `ts` of the message in whose thread that was, `""` for none.
        url: where Slack takes an answer to a command for half an hour, `""` for anything else.
    """

    channel: str = ""
    thread: str = ""
    url: str = ""

    @classmethod
    def read(cls, payload: Mapping[str, str]) -> "Spot":
        """Read back what `written` made; work that was stored without it was asked for in the channel."""
        return cls(**json.loads(payload.get("spot", "{}")))

    def written(self) -> dict[str, str]:
        """Write it for the payload of due work."""
        return {"spot": json.dumps(asdict(self))}


IN_THE_CHANNEL = Spot()
"""Where the cards are: for whatever was not asked for at a place that is known."""


@dataclass(frozen=True)
class Office:
    """What every use case is given.

    Attributes:
        clock: the two clocks.
        store: the database.
        slack: the workspace.
        directory: the members of user groups.
        locales: which language people read.
        probe: looks at execution instances from outside.
        campaigns: one gateway per instance, by name.
        instances: what is watched, by name.
        roles: who may do what.
        channel: where cards go.
        expiry: how long a proposal waits for a decision.
        phrases: what says "empty return", the configuration's own phrases included.
        command: the slash command, with its slash, wherever a sentence names it.
        language: which language the channel reads, and whoever's own is unknown.
        thread_broadcast: whether what is told in a thread is shown in the channel as well.
        vitals: tells how the running program is.
    """

    clock: Clock
    store: Store
    slack: Slack
    directory: Directory
    locales: Locales
    probe: Probe
    campaigns: Mapping[str, Campaign]
    instances: Mapping[str, Instance]
    roles: Roles
    channel: str
    expiry: timedelta
    phrases: PhraseTable = BUILT_IN
    command: str = "/mcsync"
    language: str = "en"
    thread_broadcast: bool = False
    vitals: Callable[[], Vitals] = Vitals

    def language_of(self, user: str) -> str:
        """Tell which language is spoken with *user*: their own, or the channel's while that is unknown."""
        return self.locales.locale(user) or self.language

    def zone_of(self, user: str) -> ZoneInfo:
        """Tell the time zone that *user* has chosen in Slack, UTC while that is unknown."""
        try:
            return ZoneInfo(self.locales.zone(user) or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def instance_of(self, workflow: str) -> Instance:
        """Find the instance that watches *workflow*, given by its exact name.

        Raises:
            NotFound: none does.
        """
        for instance in self.instances.values():
            if workflow in instance.workflows:
                return instance
        return find_workflow(workflow, self.instances)[0]


def campaign_lane(instance: str) -> str:
    """Name the lane in which all work on one marketing server waits its turn."""
    return f"campaign:{instance}"


def decision_lane(proposal_id: str) -> str:
    """Name the lane in which presses on a proposal and its expiry wait their turn: whichever came first."""
    return f"decide:{proposal_id}"


def ask_for_card(tx: Writing, office: Office, key: str, now: datetime) -> None:
    """Ask that the card of an incident or of a proposal be made true, and the Home tabs with it."""
    tx.enqueue(Work(f"card:{key}", Kind.CARD, f"slack:{office.channel}", now, {"key": key}))
    ask_for_homes(tx, office, now)


def ask_for_homes(tx: Writing, office: Office, now: datetime) -> None:
    """Ask that the Home tab of everybody who looked at it lately be made true."""
    for home in tx.homes(since=office.clock.machine_now() - LOOKED_LATELY):
        ask_for_home(tx, home, now)


def ask_for_home(tx: Writing, home: HomeTab, now: datetime) -> None:
    """Ask that one Home tab be made true; one after the other, so that many of them starve nothing else."""
    tx.enqueue(Work(f"home:{home.user}", Kind.HOME, "homes", now, {"user": home.user}))


def ask_for_reply(tx: Writing, office: Office, card: str, text: str, now: datetime) -> None:
    """Ask that *text* be said in the thread of a card: of an incident, or of a proposal without one."""
    key = f"reply:{card}:{identify(text, now.isoformat())}"
    tx.enqueue(Work(key, Kind.REPLY, f"slack:{office.channel}", now, {"card": card, "text": text}))


def ask_for_whisper(
    tx: Writing, office: Office, user: str, text: str, now: datetime, *, spot: Spot = IN_THE_CHANNEL
) -> None:
    """Ask that *text* be shown to one person: where they asked, and on the Home tab if they look at that."""
    home, machine_now = tx.home(user), office.clock.machine_now()
    if home is not None and machine_now - home.opened_at < LOOKED_LATELY:
        tx.save_home(replace(home, note=text, noted_at=machine_now))
        ask_for_home(tx, home, now)
    key = f"whisper:{user}:{identify(text, now.isoformat())}"
    payload = {"user": user, "text": text, **spot.written()}
    # Behind what the person was answered at once: what comes of it is told after that.
    tx.enqueue(Work(key, Kind.WHISPER, f"answer:{user}", now, payload))
