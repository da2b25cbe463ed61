"""What the workspace keeps a record of: messages, ephemerals, views, triggers, response URLs. Values only."""

import asyncio
from dataclasses import dataclass, field

from bot.sandbox.slack.refusal import Json


@dataclass(slots=True)
class Message:
    """One message of a channel.

    Attributes:
        channel: id of the channel.
        body: the message as Slack gives it, with `ts`, `text`, `blocks`; `metadata` where one was sent.
        edits: how often `chat.update` or `replace_original` changed it.
    """

    channel: str
    body: Json
    edits: int = 0

    @property
    def ts(self) -> str:
        """Return the message's time stamp, its id within the channel."""
        return str(self.body["ts"])

    @property
    def thread_ts(self) -> str | None:
        """Return the parent's time stamp when the message is in a thread."""
        value = self.body.get("thread_ts")
        return None if value is None else str(value)

    @property
    def is_reply(self) -> bool:
        """Tell whether the message hangs in a thread and is not its parent."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_in_channel(self) -> bool:
        """Tell whether the channel itself shows the message, not only a thread."""
        return not self.is_reply or self.body.get("subtype") == "thread_broadcast"


@dataclass(slots=True)
class Ephemeral:
    """A message that one person sees and no method of the Web API returns.

    Attributes:
        user: id of the person who sees it.
        channel: id of the channel where it appears.
        body: `ts`, `text`, `blocks`, `thread_ts` as far as given.
        source: how it came: "chat.postEphemeral", "ack", "response_url" or "slackbot".
        edits: how often `replace_original` changed it.
    """

    user: str
    channel: str
    body: Json
    source: str
    edits: int = 0

    @property
    def ts(self) -> str:
        """Return the time stamp under which the person sees it."""
        return str(self.body["ts"])


@dataclass(slots=True)
class View:
    """A modal or a Home tab.

    Attributes:
        body: the view as Slack gives it, with `id`, `hash`, `state`.
        user: id of the person who sees it.
        is_open: whether it still stands on the person's screen.
        errors: messages by `block_id` that the app answered to the last submission.
    """

    body: Json
    user: str
    is_open: bool = True
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the view's id."""
        return str(self.body["id"])


@dataclass(slots=True)
class Trigger:
    """A `trigger_id`: good for one exchange within three seconds of machine time."""

    user: str
    issued: float
    view: str | None = None
    is_exchanged: bool = False


@dataclass(slots=True)
class ResponseHook:
    """What stands behind a `response_url`.

    Attributes:
        user: whose deed it answers.
        channel: where.
        issued: machine time, seconds.
        original: the time stamp of the message that was pressed, if one was.
        is_ephemeral: whether only that person sees it.
        thread_ts: the thread of the message that was pressed.
        uses: how often it was used.
        heard: what was said to a deed whose answer nobody is shown; `None` for all others.
    """

    user: str
    channel: str
    issued: float
    original: str | None
    is_ephemeral: bool
    thread_ts: str | None = None
    uses: int = 0
    heard: asyncio.Queue[Json] | None = None
