"""The look at the store, on either engine: nothing is made, but for a refusal that must be remembered."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.doctor.store import StoreLook
from bot.domain.checkup import Outcome
from bot.domain.logon_bar import LogonBar
from bot.gateways.store import create_store
from tests.contract.stores import FRESH

BAR = LogonBar("prod", "digest", datetime(2026, 11, 24, 5, tzinfo=UTC), "Refused.")


@pytest.fixture(name="url", params=FRESH)
def _url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return FRESH[str(request.param)](tmp_path)


def test_a_store_in_use_is_fine(url: str) -> None:
    store = create_store(url)
    store.open()
    with closing(store), StoreLook(url) as look:
        assert {one.outcome for one in look.findings} == {Outcome.FINE}
        assert {"store", "store.version"} <= {one.name for one in look.findings}
        bars = look.bars()
        assert bars is not None
        bars.save(BAR)
        with store.read() as tx:
            assert tx.logon_bar("prod") == BAR


def test_an_empty_one_is_left_empty_and_a_refusal_is_remembered_or_not_risked(url: str) -> None:
    with StoreLook(url) as look:
        bars = look.bars()
        if bars is not None:
            assert bars.get("prod") is None
            bars.save(BAR)
            assert bars.get("prod") == BAR
        else:
            assert [one.outcome for one in look.findings] == [Outcome.ATTENTION]
            assert "mcsync run" in look.findings[0].remedy


def test_a_server_that_is_not_there_is_wrong_and_no_log_on_is_risked() -> None:
    with StoreLook("postgresql://nobody@127.0.0.1:1/nothing") as look:
        (finding,) = look.findings

        assert finding.outcome is Outcome.WRONG
        assert finding.remedy
        assert look.bars() is None
