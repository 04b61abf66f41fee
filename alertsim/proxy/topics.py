"""Topics behind the aliases of MQTT 5, where the receiver misses packets that the sender believes he has."""

from dataclasses import replace
from typing import Final, NamedTuple

from alertsim.mqtt.aliases import Aliases
from alertsim.mqtt.codes import Reason
from alertsim.mqtt.faults import forbidden
from alertsim.mqtt.packets import Publish

MOST: Final = 1024 * 1024
"""Bytes of topics that the aliases of one direction may stand for; more ends the connection."""


class Message(NamedTuple):
    """A PUBLISH as it was sent, and the same in clear: with its topic, without an alias."""

    sent: Publish
    clear: Publish


class Topics:
    """One direction of a connection; `maximum` is the receiver's Topic Alias Maximum, 0: aliases are not looked at."""

    def __init__(self, maximum: int = 0) -> None:
        self.maximum = maximum
        self._aliases = Aliases(maximum)
        self._sizes: dict[int, int] = {}
        self._heard: dict[int, str] = {}

    def read(self, sent: Publish) -> Message:
        """What the sender means; ProtocolError where he may not use this alias."""
        clear = self._aliases.resolved(sent)
        alias = sent.properties.topic_alias
        if alias is not None and sent.topic:
            self._sizes[alias] = len(sent.topic.encode())
            if sum(self._sizes.values()) > MOST:
                raise forbidden(f"topic aliases stand for more than {MOST:,} bytes", Reason.QUOTA_EXCEEDED)
        return Message(sent, clear)

    def heard(self, message: Message) -> Publish:
        """What to pass on now: the message as sent, with its topic where the receiver missed what its alias means."""
        alias, topic = message.sent.properties.topic_alias, message.clear.topic
        if alias is None or (not message.sent.topic and self._heard.get(alias) == topic):
            return message.sent
        self._heard[alias] = topic
        return replace(message.sent, topic=topic)
