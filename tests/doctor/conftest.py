"""The scripted Web API, for what the stand-in never says."""

from tests.gateways.slack.conftest import api

__all__ = ["api"]
