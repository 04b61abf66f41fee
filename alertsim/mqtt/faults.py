"""What a peer may do wrong: one error type, with the MQTT 5 reason code to answer it with and a sentence."""

from alertsim.errors import BrokerError
from alertsim.mqtt.codes import Reason


class ProtocolError(BrokerError):
    """The peer sent what MQTT forbids; `reason` is what DISCONNECT (or CONNACK) should carry back.

    Two are equal where they say the same, so that streams can be compared however they were cut.
    """

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProtocolError) and (self.reason, self.args) == (other.reason, other.args)

    def __hash__(self) -> int:
        return hash((self.reason, self.args))


def malformed(sentence: str) -> ProtocolError:
    """Bytes that are no packet."""
    return ProtocolError(Reason.MALFORMED_PACKET, sentence)


def forbidden(sentence: str, reason: Reason = Reason.PROTOCOL_ERROR) -> ProtocolError:
    """A packet that may not be sent, or not like this."""
    return ProtocolError(reason, sentence)
