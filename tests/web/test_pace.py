"""An allowance of deliveries."""

from http import HTTPStatus
from io import BytesIO

import pytest

from bot.domain.report import Report
from bot.web.answer import Refusal
from bot.web.pace import BURST, PER_SECOND, Paces
from bot.web.webhook import CampaignWebhook
from tests.web.conftest import SECRET, FixedClock, report_body


class Hand:
    """Seconds that only a test turns."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_an_allowance_is_used_up_and_refilled() -> None:
    hand = Hand()
    paces = Paces(hand, burst=3, per_second=0.5)

    assert [paces.take("prod") for _ in range(4)] == [True, True, True, False]
    assert paces.take("stage"), "each name has its own"
    hand.at = 1.9
    assert not paces.take("prod")
    hand.at = 2.0
    assert paces.take("prod")
    assert not paces.take("prod")
    hand.at = 1000.0
    assert [paces.take("prod") for _ in range(4)] == [True, True, True, False]


def test_the_worst_real_burst_fits_and_a_loop_does_not() -> None:
    assert BURST >= 2_000
    # 64 KiB each: less than 300 GB a day, which a disk's alarm sees in time.
    assert PER_SECOND * 64 * 1024 * 86_400 < 300e9


def test_a_script_in_a_loop_is_429_and_somebody_without_the_secret_uses_nothing_up() -> None:
    accepted: list[str] = []

    def accept(_instance: str, key: str, _report: Report, _body: str) -> bool:
        accepted.append(key)
        return True

    webhook = CampaignWebhook(accept, lambda _: (SECRET,), FixedClock(), Paces(Hand(), burst=2))

    def knock(number: int, secret: str = SECRET) -> HTTPStatus:
        body = report_body(id=f"d{number}")
        environ = {
            "REQUEST_METHOD": "POST",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/json",
            "HTTP_AUTHORIZATION": f"Bearer {secret}",
            "wsgi.input": BytesIO(body),
        }
        return webhook.answer(environ, "prod").status

    for number in range(20):
        with pytest.raises(Refusal):
            knock(number, "whsec_d3Jvbmc=")
    assert knock(21) == knock(22) == HTTPStatus.ACCEPTED
    with pytest.raises(Refusal) as refused:
        knock(23)

    assert refused.value.answer.status == HTTPStatus.TOO_MANY_REQUESTS
    assert ("Retry-After", "60") in refused.value.answer.headers
    assert len(accepted) == 2
