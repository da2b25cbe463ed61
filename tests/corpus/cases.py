"""Read the labelled cases and let the product judge them."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.errors import UnreadableInput
from bot.domain.learning import Sighting
from bot.domain.paste import read_paste, read_text
from bot.domain.paste_verdict import PasteVerdict, judge_paste
from bot.domain.phrases import BUILT_IN, phrase_table
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.verdict import Cause

FOLDER = Path(__file__).parent

UNREADABLE = "unreadable"
"""The label of a text that gets a sentence instead of a verdict."""

HOURLY = Path(FOLDER, "hourly-period.txt").read_text(encoding="utf-8").strip()
"""A `<period>` that runs every hour from 00:00; a case may move its minute."""


@dataclass(frozen=True)
class Case:
    """One labelled case.

    Attributes:
        name: unique in all files.
        file: where it stands.
        cause: the cause it really had, or `unreadable`.
        raw: what was pasted.
        zone: of the text's local times.
        windows: RT's restarts.
        marketing: marketing's own restarts.
        workflow: the one that is asked about, if any.
        schedule: the workflow's schedule, if it is known.
        sightings: what probes saw.
        phrases: phrases that the configuration adds.
        expected: what else must hold of the verdict: its confidence, remedy, number of failures, and parts of
            its evidence and steps.
    """

    name: str
    file: str
    cause: str
    raw: bytes
    zone: ZoneInfo
    windows: tuple[RestartWindow, ...]
    marketing: tuple[RestartWindow, ...]
    workflow: str | None
    schedule: Schedule | None
    sightings: tuple[Sighting, ...]
    phrases: Mapping[str, list[str]]
    expected: Mapping[str, Any]

    @property
    def collides(self) -> bool:
        """Tell whether the true cause is a restart collision."""
        return self.cause == Cause.RESTART_COLLISION

    def judge(self) -> PasteVerdict:
        """Let the product judge the case.

        Raises:
            UnreadableInput: the text gets a sentence instead of a verdict.
        """
        phrases = phrase_table(self.phrases) if self.phrases else BUILT_IN
        return judge_paste(
            read_paste(read_text(self.raw), self.zone, phrases=phrases),
            windows=self.windows,
            marketing_windows=self.marketing,
            sightings=self.sightings,
            workflow=self.workflow,
            schedule=self.schedule,
            zone=self.zone if self.schedule else None,
            phrases=phrases,
        )

    def found(self) -> tuple[str, bool]:
        """Name the cause that the product finds, and tell whether it offers a shift."""
        try:
            diagnosis = self.judge().diagnosis
        except UnreadableInput:
            return UNREADABLE, False
        return diagnosis.cause.value, diagnosis.offers_shift or diagnosis.remedy == "shift"


def load() -> tuple[Case, ...]:
    """Read every case of every file, in order."""
    return tuple(
        _case(path.stem, told)
        for path in sorted(FOLDER.glob("*.toml"))
        for told in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    )


def _case(file: str, told: dict[str, Any]) -> Case:
    zone = ZoneInfo(told.pop("zone", "Europe/Paris"))
    place = ZoneInfo(told.pop("restart_zone", zone.key))
    minute = told.pop("hourly_at", None)
    raw = (
        bytes.fromhex(told.pop("hex"))
        if "hex" in told
        else told.pop("text").encode(told.pop("encoding", "utf-8"))
    )
    return Case(
        name=told.pop("name"),
        file=file,
        cause=told.pop("cause"),
        raw=raw,
        zone=zone,
        windows=tuple(_windows(told.pop("restart", ["06:00"]), place)),
        marketing=tuple(_windows(told.pop("marketing", []), zone)),
        workflow=told.pop("workflow", None),
        schedule=Schedule.parse(HOURLY).edited({"m_tmStartTime": f"00:{minute:02d}:00.000"})
        if minute is not None
        else None,
        sightings=tuple(_sighting(line) for line in told.pop("probes", [])),
        phrases=told.pop("phrases", {}),
        expected=told,
    )


def _windows(times: list[str], zone: ZoneInfo) -> Iterator[RestartWindow]:
    for text in times:
        yield RestartWindow(time.fromisoformat(text), zone)


def _sighting(line: str) -> Sighting:
    at, _, seen = line.partition(" ")
    return Sighting(datetime.fromisoformat(at), seen == "up")
