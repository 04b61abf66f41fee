"""A message: the one thing a publisher takes. It has no public constructor; `marking` has its only makers."""

from dataclasses import InitVar, dataclass

SEAL = object()
"""Known to `marking` alone."""

MAX_PAYLOAD = 64 * 1024
MAX_TOPIC = 200


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT 5 PUBLISH: full topic, UTF-8 JSON payload (empty: a clear), QoS, retain, expiry, user properties."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    expiry_s: int | None
    properties: tuple[tuple[str, str], ...]
    content_type: str | None
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        """TypeError where somebody else than `marking` made it; ValueError where it is too large for the contract."""
        if seal is not SEAL:
            raise TypeError("a Message is made by wire.mark, will, clear or ack alone: nothing leaves unmarked")
        if len(self.payload) > MAX_PAYLOAD or len(self.topic.encode()) > MAX_TOPIC:
            raise ValueError(f"message for {self.topic[:80]} is larger than the contract allows")

    def expiring_in(self, seconds: int) -> "Message":
        """The same marked message with another expiry, as it ages on its way."""
        return Message(
            self.topic, self.payload, self.qos, self.retain, seconds, self.properties, self.content_type, seal=SEAL
        )

    def delivered_within(self, seconds: int) -> "Message":
        """The same marked message for delivery alone, which nothing retains."""
        return Message(
            self.topic, self.payload, self.qos, False, seconds, self.properties, self.content_type, seal=SEAL
        )
