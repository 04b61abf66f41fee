"""Which message a PUBLISH is: read from the first fields of its payload once, then known by its bytes."""

import re
from collections.abc import Callable

from alertsim.swarm.entry import Entry
from alertsim.swarm.ledger import Ledger

_HEAD = re.compile(
    rb'\{"intended_us":(\d{16}),"status":"(?:Exercise|Test)","exercise":"[^"\\]{1,80}","v":1,"event":"[^"\\]{1,130}",'
    rb'"seq":(\d{1,16}),'
)
_REMEMBERED = 4 * 1024 * 1024
"""Bytes of topics and payloads that are remembered."""


class Recogniser:
    """Finds the account of what arrives. `strangers` counts messages that nobody of ours has published.

    Where nobody announces (`listen_only`), an unknown message is published, for the ledger, when it first arrives; its
    latency counts from `intended_us` if its payload has one, else it has none and its order is not judged. Else `news`
    is called for an unknown message: it may have been announced, and nobody has looked yet.
    """

    def __init__(self, ledger: Ledger, *, listen_only: bool) -> None:
        self.strangers = 0
        self.news: Callable[[], None] = lambda: None
        self._ledger, self._listen_only = ledger, listen_only
        self._known: dict[tuple[bytes, bytes], Entry] = {}
        self._size = self._foreign = 0

    def find(
        self, topic: bytes, payload: bytes, subscriber: int, now_us: int, *, retained: bool = False
    ) -> Entry | None:
        """The account of a message that came to a subscriber; None where there is none, and that is counted.

        A copy that the broker has `retained` may be of a message from before our time: it opens no account.
        """
        entry = self._known.get((topic, payload))
        if entry is not None:
            return entry
        entry = self._look(topic.decode(errors="replace"), payload, subscriber, now_us, retained)
        if entry is not None:
            self._remember(topic, payload, entry)
        return entry

    def forget(self) -> None:
        """Remember nothing: some messages were closed."""
        self._known.clear()
        self._size = 0

    def _look(self, topic: str, payload: bytes, subscriber: int, now_us: int, retained: bool) -> Entry | None:  # noqa: FBT001 — as it was given
        head = _HEAD.match(payload)
        if head and not self._listen_only and not self._ledger.find(topic, int(head[2])):
            self.news()
        if head and (entry := self._ledger.find(topic, int(head[2]))):
            return entry
        if head and self._ledger.was_closed(topic, int(head[2])):
            self._ledger.came_after_close(subscriber)
            return None
        if not self._listen_only:
            self.strangers += 1
            return None
        if retained:
            return None
        if head:
            return self._ledger.publish(topic, int(head[2]), int(head[1]))
        self._foreign += 1
        return self._ledger.publish(topic, self._foreign, now_us, timed=False)

    def _remember(self, topic: bytes, payload: bytes, entry: Entry) -> None:
        self._known[topic, payload] = entry
        self._size += len(topic) + len(payload)
        while self._size > _REMEMBERED and len(self._known) > 1:
            old_topic, old_payload = next(iter(self._known))
            del self._known[old_topic, old_payload]
            self._size -= len(old_topic) + len(old_payload)
