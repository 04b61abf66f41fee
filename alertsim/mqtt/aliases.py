"""What the topic aliases of one direction of a connection stand for, for whoever may lose a packet on the way."""

from dataclasses import replace

from alertsim.mqtt.codes import Reason
from alertsim.mqtt.faults import forbidden
from alertsim.mqtt.packets import Publish


class Aliases:
    """At most `maximum` of them: the Topic Alias Maximum that the receiving side gave."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._topics: dict[int, str] = {}

    def resolved(self, packet: Publish) -> Publish:
        """The message with its topic and without an alias; ProtocolError where the alias is too high or unknown."""
        alias = packet.properties.topic_alias
        if alias is None:
            return packet
        if alias > self._maximum:
            raise forbidden(f"the topic alias {alias} is above {self._maximum}", Reason.TOPIC_ALIAS_INVALID)
        if packet.topic:
            self._topics[alias] = packet.topic
        elif alias not in self._topics:
            raise forbidden(f"the topic alias {alias} stands for nothing yet")
        return replace(packet, topic=self._topics[alias], properties=packet.properties._replace(topic_alias=None))
