"""The program with a bug planted on purpose: `python -m tests.chaos.buggy NAME run …`.

The bugs of `tests/flows/planted.py`, and those that only a process of its own can show.
"""

import os
import sys
import threading
from datetime import datetime
from typing import Any

import pytest
from structlog import get_logger

from bot.cli import main
from bot.domain import report
from bot.domain.audit import GENESIS, AuditEntry, Deed, link
from bot.domain.errors import StoreError
from bot.gateways.campaign import CampaignGateway, records, session
from bot.gateways.slack import SlackGateway
from bot.gateways.store import writing
from bot.service import beginnings
from bot.service.approvals import Approvals
from tests.flows.planted import BUGS

KEPT: list[object] = []
"""What a bug never gives back."""


def _tell_a_secret(patch: pytest.MonkeyPatch) -> None:
    real = CampaignGateway.statuses

    def loud(self: CampaignGateway) -> object:
        get_logger(__name__).info("campaign.asked", authorization="Bearer xoxb-sandbox")
        return real(self)

    patch.setattr(CampaignGateway, "statuses", loud)


def _keep_memory(patch: pytest.MonkeyPatch) -> None:
    real = CampaignGateway.statuses

    def greedy(self: CampaignGateway) -> object:
        KEPT.append(b"x" * 3_000_000)
        return real(self)

    patch.setattr(CampaignGateway, "statuses", greedy)


def _leave_threads(patch: pytest.MonkeyPatch) -> None:
    real = SlackGateway.update

    def forgetful(self: SlackGateway, *what: Any, **how: Any) -> object:  # noqa: ANN401 - passed on
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        return real(self, *what, **how)

    patch.setattr(SlackGateway, "update", forgetful)


def _break_the_chain(patch: pytest.MonkeyPatch) -> None:
    def loose(sequence: int, deed: Deed, previous: str) -> AuditEntry:
        return link(sequence, deed, GENESIS if sequence == 3 else previous)

    patch.setattr(writing, "link", loose)


def _stumble_over_a_date(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(records, "instant", lambda text, _what: datetime.fromisoformat(text))


def _stumble_over_a_report(patch: pytest.MonkeyPatch) -> None:
    real = report.read_report

    def strict(*about: Any, **more: Any) -> Any:  # noqa: ANN401 - passed on
        found = real(*about, **more)
        found.message.encode("ascii")
        return found

    patch.setattr("bot.web.webhook.read_report", strict)


def _end_at_a_lost_session(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(session.Authentication, "renew", lambda *_: os._exit(3))


def _believe_old_rights(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(beginnings, "lapsed_votes", lambda *_: ({}, {}))


def _say_yes_to_a_full_disk(patch: pytest.MonkeyPatch) -> None:
    real = Approvals.submit

    def polite(self: Approvals, **press: Any) -> bool:  # noqa: ANN401 - passed on
        try:
            return real(self, **press)
        except StoreError:
            return True

    patch.setattr(Approvals, "submit", polite)


PLANTS = {bug.name: bug.plant for bug in BUGS} | {
    "rights are believed for ever": _believe_old_rights,
    "an entry of the record follows from none": _break_the_chain,
    "a secret is logged": _tell_a_secret,
    "memory is not given back": _keep_memory,
    "threads are left behind": _leave_threads,
    "a date of Campaign ends in a trace": _stumble_over_a_date,
    "a report ends in a 5xx": _stumble_over_a_report,
    "it ends with its session": _end_at_a_lost_session,
    "a full disk loses an approval": _say_yes_to_a_full_disk,
}
"""Every bug by its name."""

if __name__ == "__main__":
    PLANTS[sys.argv.pop(1)](pytest.MonkeyPatch())
    main()
