"""What a subscriber of the swarm says, as bytes made once for all alike: the one place where it meets the codec."""

from functools import cache

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Connect, Disconnect, Subscribe, Subscription
from alertsim.mqtt.properties import NO_PROPERTIES, Properties
from alertsim.swarm.cohort import Cohort
from alertsim.swarm.plan import Address
from alertsim.swarm.roster import Roster

LARGEST_PACKET = 1024 * 1024
"""Bytes; what is larger is refused, and the broker is told so (MQTT 5)."""
SESSION_S = 600
"""How long a persistent session outlives its connection, should the swarm die."""


class Phrases:
    """The packets of a roster's subscribers."""

    def __init__(self, roster: Roster) -> None:
        self._roster, self._version = roster, Version(roster.plan.version)
        self._split = cache(self._greeting_around_name)
        self._bye = [encode(Disconnect(properties=self._last_words(cohort)), self._version) for cohort in self._cohorts]
        self._nap = encode(Disconnect(), self._version)

    @property
    def _cohorts(self) -> tuple[Cohort, ...]:
        return self._roster.plan.cohorts

    def greeting(self, subscriber: int, *, again: bool) -> bytes:
        """CONNECT and SUBSCRIBE; `again`: an earlier session of a persistent one goes on."""
        broker, _ = self._roster.at_broker(subscriber)
        before, after = self._split(self._roster.groups[subscriber], broker, again)
        return before + self._roster.client_id(subscriber).encode() + after

    def goodbye(self, subscriber: int) -> bytes:
        """DISCONNECT for good: the session ends too."""
        return self._bye[self._roster.cohorts[subscriber]]

    def good_night(self) -> bytes:
        """DISCONNECT for a while: a persistent session goes on."""
        return self._nap

    def _last_words(self, cohort: Cohort) -> Properties:
        ends = cohort.persistent and self._version is Version.V5
        return Properties(session_expiry_interval=0) if ends else NO_PROPERTIES

    def _greeting_around_name(self, group: int, broker: int, again: bool) -> tuple[bytes, bytes]:  # noqa: FBT001 — cached by place
        plan = self._roster.plan
        cohort, name = plan.cohorts[plan.groups[group].cohort], self._roster.client_id(0)
        connect = self._connect(cohort, plan.brokers[broker], name, clean=not (again and cohort.persistent))
        before, _, after = encode(connect, self._version).partition(name.encode())
        return before, after + encode(self._subscribe(plan.groups[group].filters, cohort.qos), self._version)

    def _connect(self, cohort: Cohort, broker: Address, name: str, *, clean: bool) -> Connect:
        properties = Properties(
            maximum_packet_size=LARGEST_PACKET, session_expiry_interval=SESSION_S if cohort.persistent else None
        )
        return Connect(
            client_id=name,
            clean_start=clean,
            keep_alive_s=cohort.keep_alive_s,
            username=broker.username,
            password=None if broker.password is None else broker.password.encode(),
            properties=properties if self._version is Version.V5 else NO_PROPERTIES,
        )

    def _subscribe(self, filters: tuple[str, ...], qos: int) -> Subscribe:
        only_new = 1 if self._version is Version.V5 else 0
        return Subscribe(1, tuple(Subscription(wanted, qos, retain_handling=only_new) for wanted in filters))
