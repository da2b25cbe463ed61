"""The hands and eyes of a test: asks the control URLs as a page or a story would."""

from typing import Any

import requests

Json = dict[str, Any]


class Hands:
    """Acts in the sandbox's workspace and looks at it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False

    def do(self, deed: str, **wish: Any) -> Json:  # noqa: ANN401 - any JSON value
        """Do something; returns what came of it."""
        answer = self.http.post(f"{self.url}/_sandbox/{deed}", json=wish, timeout=10)
        assert answer.status_code == 200, answer.text
        done: Json = answer.json()
        return done

    def look(self, at: str, **query: str) -> Json:
        """Look at something."""
        answer = self.http.get(f"{self.url}/_sandbox/{at}", params=query, timeout=10)
        assert answer.status_code == 200, answer.text
        seen: Json = answer.json()
        return seen

    def messages(self, channel: str = "C0OPS") -> list[Json]:
        """Return a channel's messages."""
        found: list[Json] = self.look("messages", channel=channel)["messages"]
        return found

    def ephemerals(self, user: str) -> list[Json]:
        """Return what a person was shown alone."""
        found: list[Json] = self.look("ephemerals", user=user)["ephemerals"]
        return found

    def modals(self, user: str) -> list[Json]:
        """Return a person's open modals, the topmost last."""
        found: list[Json] = self.look("views", user=user)["modals"]
        return found
