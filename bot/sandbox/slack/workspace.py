"""What the workspace holds while the sandbox runs: messages, ephemerals, views, triggers, and an event log.

A plain object with one lock. It knows Slack's bookkeeping (ids, time stamps, who is where) and nothing of
HTTP; `methods` and `acting` change it, a page may follow it by `events_since`.
"""

import asyncio
import copy
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from bot.sandbox.slack import people
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.records import Ephemeral, Message, ResponseHook, Trigger, View
from bot.sandbox.slack.refusal import Json, SlackRefusal

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5
_EVENTS_KEPT = 5_000
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Workspace:
    """The state of one Slack workspace with one installed app.

    Hold `lock` while reading or changing more than one thing. `now` is machine time in seconds.
    `unknown_blocks` are the types of blocks that did not reach this workspace yet: Slack brings new ones to
    one workspace after another, and refuses them elsewhere with `invalid_blocks`.
    """

    def __init__(self, *, now: Callable[[], float] = time.time, seed: int = 0) -> None:
        self.now = now
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.trigger_seconds = TRIGGER_SECONDS
        self._random = random.Random(seed)
        self._events: list[Json] = []
        self._sequence = 0
        self._last_ts = 0
        self.reset()

    def reset(self) -> None:
        """Return to the beginning: the same people, no messages. Ids go on: Slack gives none out twice."""
        with self.lock:
            self.people = {person.id: person for person in people.PEOPLE}
            self.channels = {channel.id: channel for channel in people.CHANNELS}
            self.members = {channel.id: list(channel.members) for channel in people.CHANNELS}
            self.groups = {group.id: list(group.users) for group in people.GROUPS}
            self.messages: dict[str, list[Message]] = {channel.id: [] for channel in people.CHANNELS}
            self.ephemerals: list[Ephemeral] = []
            self.views: dict[str, View] = {}
            self.homes: dict[str, str] = {}
            self.triggers: dict[str, Trigger] = {}
            self.hooks: dict[str, ResponseHook] = {}
            self.unknown_blocks: frozenset[str] = frozenset()
            self.record("reset")

    # --- the event log ---

    def record(self, kind: str, **data: object) -> None:
        """Append to the event log and wake everyone who follows it."""
        with self.lock:
            self._sequence += 1
            self._events.append({"seq": self._sequence, "kind": kind, "at": self.now(), **data})
            del self._events[:-_EVENTS_KEPT]
            self.changed.notify_all()

    def events_since(self, sequence: int) -> list[Json]:
        """Return the events after that sequence number, oldest first."""
        with self.lock:
            return [event for event in self._events if event["seq"] > sequence]

    @property
    def sequence(self) -> int:
        """Return the number of the latest event."""
        return self._sequence

    def wait_for_more(self, sequence: int, seconds: float) -> None:
        """Wait until something happens after that number, so many seconds at most."""
        with self.changed:
            self.changed.wait_for(lambda: self._sequence > sequence, seconds)

    # --- ids ---

    def next_ts(self) -> str:
        """Return a message time stamp: machine time in microseconds, unique and increasing."""
        with self.lock:
            self._last_ts = max(int(self.now() * 1_000_000), self._last_ts + 1)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str, length: int = 10) -> str:
        """Return a fresh id such as `V4K2...`, the same ones in each run with the same seed."""
        with self.lock:
            return prefix + "".join(self._random.choices(_ALPHABET, k=length))

    # --- people and channels ---

    def person(self, user: str) -> Person:
        """Return the person; refuse as Slack does when there is none."""
        found = self.people.get(user)
        if found is None:
            raise SlackRefusal("user_not_found")
        return found

    def is_member(self, user: str, channel: str) -> bool:
        """Tell whether the person is in the channel."""
        return user in self.members.get(channel, ())

    def direct_channel(self, user: str) -> str:
        """Return the id of the app's direct message with a person, opened on first use."""
        with self.lock:
            person = self.person(user)
            channel = "D0" + person.id.removeprefix("U0")
            if channel not in self.channels:
                members = (person.id, people.BOT_USER)
                self.channels[channel] = people.Channel(channel, person.name, members, is_private=True)
                self.members[channel] = list(members)
                self.messages[channel] = []
            return channel

    # --- messages ---

    def add_message(self, channel: str, author: str, content: Json) -> Message:
        """Post a message of a person or of the app's bot user; returns it with its `ts`."""
        with self.lock:
            body: Json = {"type": "message", "user": author, "ts": self.next_ts()}
            body["team"] = self.people[author].team
            if author == people.BOT_USER:
                body |= {"bot_id": people.BOT, "app_id": people.APP}
            body |= copy.deepcopy(content)
            message = Message(channel, body)
            self.messages[channel].append(message)
            self._count_replies(message)
            self.record("message", channel=channel, ts=message.ts)
            return message

    def edit_message(self, message: Message, content: Json, editor: str) -> None:
        """Replace what is given of a message; what is given empty goes away.

        As in Slack, an update by text marks the message as edited, one by blocks does not.
        """
        with self.lock:
            message.body |= copy.deepcopy(content)
            for emptied in ("blocks", "attachments", "metadata"):
                if not message.body.get(emptied, True):
                    del message.body[emptied]
            if "blocks" not in content or not content["blocks"]:
                message.body["edited"] = {"user": editor, "ts": self.next_ts()}
            message.edits += 1
            self.record("message_changed", channel=message.channel, ts=message.ts)

    def delete_message(self, message: Message) -> None:
        """Take a message away; a parent with replies stays as a tombstone, as in Slack."""
        with self.lock:
            if int(message.body.get("reply_count", 0)) > 0:
                kept = ("type", "ts", "thread_ts", "reply_count", "reply_users", "latest_reply")
                message.body = {key: message.body[key] for key in kept if key in message.body}
                message.body |= {
                    "subtype": "tombstone",
                    "text": "This message was deleted.",
                    "user": "USLACKBOT",
                }
            else:
                self.messages[message.channel].remove(message)
                self._count_replies(message)
            self.record("message_deleted", channel=message.channel, ts=message.ts)

    def find_message(self, channel: str, ts: str) -> Message:
        """Return a message; refuse with `message_not_found` when there is none."""
        for message in self.messages.get(channel, ()):
            if message.ts == ts:
                return message
        raise SlackRefusal("message_not_found")

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """Return the replies of a thread without its parent, oldest first."""
        return [m for m in self.messages.get(channel, ()) if m.is_reply and m.thread_ts == thread_ts]

    def _count_replies(self, reply: Message) -> None:
        """Keep the reply figures of a thread's parent true."""
        if not reply.is_reply or reply.thread_ts is None:
            return
        parent = self.find_message(reply.channel, reply.thread_ts)
        found = self.replies(reply.channel, reply.thread_ts)
        if not found:
            for key in ("thread_ts", "reply_count", "reply_users", "latest_reply"):
                parent.body.pop(key, None)
            return
        authors = sorted({str(message.body["user"]) for message in found})
        parent.body |= {
            "thread_ts": parent.ts,
            "reply_count": len(found),
            "reply_users": authors,
            "reply_users_count": len(authors),
            "latest_reply": found[-1].ts,
        }

    # --- ephemerals ---

    def add_ephemeral(self, user: str, channel: str, content: Json, source: str) -> Ephemeral:
        """Show something to one person only; returns it with its `ts`."""
        with self.lock:
            ephemeral = Ephemeral(user, channel, {"ts": self.next_ts(), **copy.deepcopy(content)}, source)
            self.ephemerals.append(ephemeral)
            self.record("ephemeral", user=user, channel=channel, ts=ephemeral.ts)
            return ephemeral

    def find_ephemeral(self, user: str, ts: str) -> Ephemeral:
        """Return what a person was shown alone; refuse with `message_not_found` when there is none."""
        for ephemeral in self.ephemerals:
            if ephemeral.ts == ts and ephemeral.user == user:
                return ephemeral
        raise SlackRefusal("message_not_found")

    def edit_ephemeral(self, ephemeral: Ephemeral, content: Json) -> None:
        """Put other content into what a person was shown alone."""
        with self.lock:
            ephemeral.body |= copy.deepcopy(content)
            ephemeral.edits += 1
            self.record("ephemeral_changed", user=ephemeral.user, ts=ephemeral.ts)

    # --- triggers and response URLs ---

    def new_trigger(self, user: str, view: str | None = None) -> str:
        """Issue a `trigger_id` for a person's deed, from within a view where there was one."""
        with self.lock:
            trigger = f"{self.next_ts()}.{self.new_id('', 12).lower()}"
            self.triggers[trigger] = Trigger(user, self.now(), view)
            return trigger

    def exchange_trigger(self, trigger_id: str) -> Trigger:
        """Use a `trigger_id` up; refuse an unknown, a used and an old one."""
        with self.lock:
            trigger = self.triggers.get(trigger_id)
            if trigger is None:
                raise SlackRefusal("invalid_trigger_id")
            if trigger.is_exchanged:
                raise SlackRefusal("exchanged_trigger_id")
            if self.now() - trigger.issued > self.trigger_seconds:
                raise SlackRefusal("expired_trigger_id")
            trigger.is_exchanged = True
            return trigger

    def new_hook(
        self,
        user: str,
        channel: str,
        *,
        original: str | None = None,
        is_ephemeral: bool = False,
        thread_ts: str | None = None,
        is_unseen: bool = False,
    ) -> str:
        """Return the path of a fresh response URL for a person's deed in a channel.

        What is said to one that is unseen is kept with it and shown to nobody.
        """
        with self.lock:
            path = f"/hooks/{people.TEAM}/{self.new_id('', 24)}"
            hook = ResponseHook(user, channel, self.now(), original, is_ephemeral, thread_ts)
            hook.heard = asyncio.Queue() if is_unseen else None
            self.hooks[path] = hook
            return path

    def use_hook(self, path: str) -> ResponseHook:
        """Count one use of a response URL; refuse the sixth, and any after half an hour."""
        with self.lock:
            hook = self.hooks.get(path)
            if hook is None or self.now() - hook.issued > RESPONSE_URL_SECONDS:
                raise SlackRefusal("expired_url")
            if hook.uses >= RESPONSE_URL_USES:
                raise SlackRefusal("used_url")
            hook.uses += 1
            return hook


def snapshot(value: Any) -> Any:  # noqa: ANN401 - any JSON value, returned as it is
    """Return a copy that does not change when the workspace goes on."""
    return copy.deepcopy(value)
