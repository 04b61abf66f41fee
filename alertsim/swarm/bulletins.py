"""The messages of a load test: real ones, marked `Test` on every layer, not retained, of one size."""

from typing import NamedTuple

from alertsim.errors import InputError
from alertsim.events import NewsPublished, Text
from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Publish
from alertsim.mqtt.properties import NO_PROPERTIES, Properties
from alertsim.observations import Played
from alertsim.times import Millis
from alertsim.wire import Mark, Message, mark

LARGEST = 64 * 1024
_TEXT = Text(uk="Перевірка навантаження", en="Load test")


class Bulletin(NamedTuple):
    """One PUBLISH: what the ledger must know of it, and its bytes but for the packet id at `id_at` (0: none)."""

    topic: str
    seq: int
    due_us: int
    expires_us: int
    packet: bytes
    id_at: int

    def with_id(self, packet_id: int) -> bytes:
        """Its bytes, with this packet id."""
        if not self.id_at:
            return self.packet
        return self.packet[: self.id_at] + packet_id.to_bytes(2, "big") + self.packet[self.id_at + 2 :]


class Bulletins:
    """Makes the messages of one run. `size`: bytes of payload; InputError where it cannot be."""

    def __init__(self, by: Mark, *, size: int, qos: int, version: Version) -> None:
        if by.status != "Test":
            raise ValueError("load is published as Test and as nothing else")
        self._by, self._size, self._qos, self._version = by, size, qos, version
        least = len(self._marked(10**9, 10**15, 1).payload)
        if not least <= size <= LARGEST:
            raise InputError(f"--size {size}: a marked message of this test has {least} to {LARGEST} bytes")

    @property
    def topic(self) -> str:
        """Where they all go."""
        return f"{self._by.root}/public/news"

    def make(self, seq: int, due_us: int) -> Bulletin:
        """Number `seq`, due at `due_us` (Unix µs)."""
        spare = self._size - len(self._marked(seq, due_us, 1).payload)
        message = self._marked(seq, due_us, 1 + spare)
        return bulletin_of(message, seq, due_us, qos=self._qos, version=self._version)

    def _marked(self, seq: int, due_us: int, padding: int) -> Message:
        event = NewsPublished(
            event=f"load:{seq}", at=Millis(due_us // 1_000), entry="load", text=_TEXT, invented="." * padding
        )
        return mark(Played(seq, due_us, due_us, event), self._by)


def bulletin_of(message: Message, seq: int, due_us: int, *, qos: int, version: Version) -> Bulletin:
    """A marked message as it is published: never retained, so that nothing is left of a test."""
    properties = Properties(
        payload_format_indicator=1,
        message_expiry_interval=message.expiry_s,
        content_type=message.content_type,
        user_properties=message.properties,
    )
    publish = Publish(
        topic=message.topic,
        payload=message.payload,
        qos=qos,
        packet_id=1 if qos else 0,
        properties=properties if version is Version.V5 else NO_PROPERTIES,
    )
    packet, name = encode(publish, version), message.topic.encode()
    id_at = packet.index(name) + len(name) if qos else 0
    return Bulletin(message.topic, seq, due_us, due_us + (message.expiry_s or 0) * 1_000_000, packet, id_at)
