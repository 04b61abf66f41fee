"""What waits to be sent: in order per topic, at most one in flight for each, too old ones dropped and said.

A retained message is a state: while it is the newest of its topic it never grows too old, and is sent with a whole
lease; once a newer one waits behind it and its time is over, it is superseded. Bound: `LIMIT` letters; when it is
reached the publisher stops reading the feed. No socket, no loop, no clock: time comes in as Unix microseconds.
"""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from alertsim.wire import Message

LIMIT = 10_000

Reason = Literal["expired", "superseded", "purged"]


@dataclass(frozen=True, eq=False)
class Letter:
    """A message on its way, for the event it carries (empty for a lease renewed or a clear)."""

    message: Message
    event: str
    seq: int
    due_us: int

    def remaining_s(self, now_us: int) -> int | None:
        """Whole seconds it is still worth delivering; None where it never expires, 0 or less when too late."""
        if self.message.expiry_s is None:
            return None
        return self.message.expiry_s - (now_us - self.due_us) // 1_000_000

    def aged(self, now_us: int) -> Message:
        """The message with the expiry it has left; a standing state has its whole lease."""
        left = self.remaining_s(now_us)
        return self.message if left is None or self.message.retain else self.message.expiring_in(left)


class Outbox:
    """Letters by topic; `dropped` collects what was not sent and why, until it is read."""

    def __init__(self) -> None:
        self._topics: dict[str, deque[Letter]] = {}
        self._ready: deque[str] = deque()
        self._flying: dict[str, Letter] = {}
        self._size = 0
        self.dropped: list[tuple[Letter, Reason]] = []

    def __len__(self) -> int:
        """How many letters wait or are in flight."""
        return self._size

    def holds(self, topic: str) -> bool:
        """Whether a letter for `topic` waits or is in flight."""
        return topic in self._topics

    def put(self, letter: Letter) -> None:
        """Queue a letter behind those of its topic."""
        topic = letter.message.topic
        if topic not in self._topics:
            self._topics[topic] = deque()
            self._ready.append(topic)
        self._topics[topic].append(letter)
        self._size += 1

    def take(self, now_us: int) -> Letter | None:
        """The next letter that may be sent now; nothing else of its topic is, until it is `done` or `lost`."""
        while self._ready:
            topic = self._ready.popleft()
            waiting = self._topics[topic]
            while waiting and (reason := self._too_late(waiting, now_us)):
                self._drop(waiting.popleft(), reason)
            if waiting:
                self._flying[topic] = waiting[0]
                return waiting[0]
            del self._topics[topic]
        return None

    def done(self, letter: Letter) -> None:
        """A letter taken has arrived."""
        if self._landed(letter):
            waiting = self._topics[letter.message.topic]
            waiting.popleft()
            self._size -= 1
            if waiting:
                self._ready.append(letter.message.topic)
            else:
                del self._topics[letter.message.topic]

    def lost(self, letter: Letter) -> None:
        """The connection broke under a letter taken; it goes first again."""
        if self._landed(letter):
            self._ready.append(letter.message.topic)

    def purge(self) -> None:
        """Drop everything, also what is in flight: it will not be tried again."""
        for waiting in self._topics.values():
            for letter in waiting:
                self._drop(letter, "purged")
        self._topics.clear()
        self._ready.clear()
        self._flying.clear()

    def _landed(self, letter: Letter) -> bool:
        """Take a letter out of flight; False for one that was purged meanwhile."""
        if self._flying.get(letter.message.topic) is not letter:
            return False
        del self._flying[letter.message.topic]
        return True

    def _drop(self, letter: Letter, reason: Reason) -> None:
        self._size -= 1
        self.dropped.append((letter, reason))

    @staticmethod
    def _too_late(waiting: deque[Letter], now_us: int) -> Reason | None:
        letter, left = waiting[0], waiting[0].remaining_s(now_us)
        if left is None or left > 0:
            return None
        if not letter.message.retain:
            return "expired"
        return "superseded" if len(waiting) > 1 else None
