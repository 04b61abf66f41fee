"""What the packets of a broker mean to a subscriber, and what it answers: no socket, no time but what is handed in."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from alertsim.mqtt.codes import Kind, Version
from alertsim.mqtt.decoding import decode
from alertsim.mqtt.faults import forbidden
from alertsim.mqtt.frames import DUP, RETAIN, puback, pubcomp, publish, pubrec
from alertsim.mqtt.packets import Connack, Disconnect, Pubrel, Suback
from alertsim.swarm import causes
from alertsim.swarm.ledger import Ledger
from alertsim.swarm.recognise import Recogniser
from alertsim.swarm.roster import Roster

OUT, GREETED, ADMITTED, SUBSCRIBED = range(4)
"""Not connected; CONNECT is under way; CONNACK came; SUBACK came."""


class RefusedError(Exception):
    """The broker ends the conversation; the text is the cause to be counted."""


class Memo(NamedTuple):
    """The last PUBLISH, to know it again: its length, its bytes up to the topic's end and from the payload's start.

    Between them lie packet id and properties, which a broker may change for each subscriber. `whole`: all of it, where
    it has no packet id. `ack_at`: where the packet id is, 0 at QoS 0.
    """

    whole: bytes
    size: int
    head: bytes
    payload: bytes
    ack_at: int
    deliver: Callable[[int, int], None]


def _nobody(_subscriber: int, _now_us: int) -> None:
    """Stands where no message is remembered."""


_CONNACK, _LATER = 0x20, (0x62, 0x90, 0xD0, 0xE0)  # PUBREL, SUBACK, PINGRESP, DISCONNECT

CHUNK = 65_536
"""Bytes read at once: below 128 KiB, because larger ones cost malloc a system call each."""
_LIKE_NOTHING = bytes(CHUNK + 1)  # no read gives as much

NOTHING = Memo(_LIKE_NOTHING, -1, b"", b"", 0, _nobody)


class Conversation:
    """All conversations of a roster: `states` has a byte for each subscriber, `here` how many of each cohort listen.

    `unanswered`: how many messages of QoS 1 and 2 a connected subscriber has left without an answer, of those that do.
    """

    def __init__(self, roster: Roster, ledger: Ledger) -> None:
        plan = roster.plan
        self.states = bytearray(roster.many)
        self.here = [0] * len(plan.cohorts)
        self.memo = NOTHING
        self.deliveries = 0
        self.recogniser = Recogniser(ledger, listen_only=plan.listen_only)
        self._ledger, self._version, self._cohorts = ledger, Version(plan.version), roster.cohorts
        self.unanswered: Counter[int] = Counter()
        self._unreleased: set[tuple[int, int]] = set()
        self._kept = [cohort.persistent for cohort in plan.cohorts]
        self._mute = [not cohort.acks for cohort in plan.cohorts]

    def forget(self) -> None:
        """Remember no message."""
        self.memo = NOTHING
        self.recogniser.forget()

    def is_usual(self, subscriber: int) -> bool:
        """Whether it listens, and answers as most do."""
        return self.states[subscriber] == SUBSCRIBED and not self._mute[self._cohorts[subscriber]]

    def may_begin(self, subscriber: int, first: int) -> bool:
        """Whether a packet that begins so may come now; who waits for the rest of anything else waits for nothing."""
        if self.states[subscriber] == GREETED:
            return first == _CONNACK
        return first >> 4 == Kind.PUBLISH or first in _LATER

    def ended(self, subscriber: int) -> None:
        """The connection is gone; only a persistent session is still expected to hear what is published."""
        cohort = self._cohorts[subscriber]
        self.here[cohort] -= self.states[subscriber] == SUBSCRIBED
        self.states[subscriber] = OUT
        self.unanswered.pop(subscriber, None)
        if not self._kept[cohort]:
            self._ledger.excuse(subscriber)
            if self._unreleased:
                self._unreleased = {each for each in self._unreleased if each[0] != subscriber}

    def hear(self, subscriber: int, data: bytes, begin: int, frame: tuple[int, int, int], now_us: int) -> bytes:
        """One packet of `data`, which begins at `begin`; what to answer, empty for nothing.

        Raises:
            ProtocolError: this is not MQTT, or not to be said now.
            RefusedError: the broker says no, or goodbye.
        """
        first, start, stop = frame
        kind, state = first >> 4, self.states[subscriber]
        if kind == Kind.PUBLISH and state >= ADMITTED:
            return self._publish(subscriber, data, begin, frame, now_us)
        packet = decode(first, data[start:stop], self._version)
        match packet:
            case Connack() if state == GREETED:
                self._admit(subscriber, packet)
            case Suback() if state == ADMITTED:
                self._subscribe(subscriber, packet)
            case Pubrel() if state >= ADMITTED:
                self._unreleased.discard((subscriber, packet.packet_id))
                return pubcomp(packet.packet_id)
            case Disconnect() if self._version is Version.V5:
                raise RefusedError(causes.disconnect(packet.reason))
            case _ if kind == Kind.PINGRESP and state >= ADMITTED:
                pass
            case _:
                raise forbidden(f"{packet.kind.name} is not to be said now")
        return b""

    def _admit(self, subscriber: int, packet: Connack) -> None:
        if packet.reason:
            raise RefusedError(causes.connack(packet.reason, self._version))
        self.states[subscriber] = ADMITTED

    def _subscribe(self, subscriber: int, packet: Suback) -> None:
        if (worst := max(packet.reasons)) >= 0x80:
            raise RefusedError(causes.suback(worst, self._version))
        self.states[subscriber] = SUBSCRIBED
        self.here[self._cohorts[subscriber]] += 1
        self._ledger.expect(subscriber)

    def _publish(self, subscriber: int, data: bytes, begin: int, frame: tuple[int, int, int], now_us: int) -> bytes:
        first, start, stop = frame
        qos, packet_id, topic_end, payload_at = publish(data, first, start, stop, self._version)
        self.deliveries += 1
        if qos == 2 and (subscriber, packet_id) in self._unreleased:
            return pubrec(packet_id)  # the same once more, as the protocol has it: no duplicate
        payload = data[payload_at:stop]
        entry = None  # an empty message only takes back what was retained
        if payload:
            topic, retained = data[start + 2 : topic_end], bool(first & RETAIN)
            entry = self.recogniser.find(topic, payload, subscriber, now_us, retained=retained)
        mute = qos and self._mute[self._cohorts[subscriber]]
        if entry and (first & RETAIN or entry.renewed):
            entry.catch_up(subscriber)
        elif entry:
            entry.deliver(subscriber, now_us)
            if qos < 2 and not first & DUP and not begin and stop == len(data) and not mute:
                whole, ack_at = (_LIKE_NOTHING, topic_end) if qos else (data, 0)
                self.memo = Memo(whole, stop, data[:topic_end], payload, ack_at, entry.deliver)
        if mute:
            self.unanswered[subscriber] += 1
        if not qos or mute:
            return b""
        if qos == 2:
            self._unreleased.add((subscriber, packet_id))
            return pubrec(packet_id)
        return puback(packet_id)
