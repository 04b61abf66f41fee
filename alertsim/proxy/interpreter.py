"""A 3.1.1 client in front of a broker of MQTT 5: the bytes of each as the other understands them, in bounded memory."""

from math import inf
from typing import Final

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Puback, Pubcomp, Publish
from alertsim.mqtt.translation import Told, Translator
from alertsim.proxy.framing import Whole

MAX_HELD: Final = 512 * 1024
"""Bytes of messages that wait for the broker's window, at most, and one message."""


class Interpreter:
    """Translates whole packets, and speaks for a client that does not know how often the broker must hear of it."""

    def __init__(self, keep_alive_s: int) -> None:
        self._translator = Translator(keep_alive_s)
        self._sizes: dict[int, int] = {}
        self._spoke = 0.0

    @property
    def crowded(self) -> bool:
        """Whether no more should be taken from the client until the broker has answered."""
        return self._translator.crowded or self.size >= MAX_HELD

    @property
    def size(self) -> int:
        """Bytes of messages that wait for the broker's window, at most."""
        return sum(self._sizes.values())

    @property
    def due(self) -> float:
        """When the broker must hear something; infinity where that is the client's concern."""
        return self._spoke + (self._translator.ping_s or inf)

    def from_client(self, whole: Whole, now: float) -> Told:
        """What it leads to; ProtocolError where a client sends no such thing."""
        packet = whole.packet(Version.V311)
        if isinstance(packet, Publish) and packet.qos:
            self._sizes[packet.packet_id] = len(whole.raw)
        return self._counted(self._translator.from_client(packet), now)

    def from_broker(self, whole: Whole, now: float) -> Told:
        """What it leads to; ProtocolError where a broker sends no such thing."""
        return self._counted(self._translator.from_broker(whole.packet(Version.V5)), now)

    def awake(self, now: float) -> bytes:
        """A ping, when it is due."""
        if self.due > now:
            return b""
        self._spoke = now
        return encode(self._translator.ping(), Version.V5)

    def _counted(self, told: Told, now: float) -> Told:
        """Messages that wait no longer are forgotten, and that the broker hears something is noted."""
        if told.to_broker:
            self._spoke = now
        for packet in (*told.to_broker, *told.to_client):
            if isinstance(packet, Publish | Puback | Pubcomp):
                self._sizes.pop(packet.packet_id, None)
        return told
