"""What a subscriber of the swarm says, as bytes made once for all: the one place where the swarm meets the codec."""

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Connect, Disconnect, Subscribe, Subscription
from alertsim.mqtt.properties import NO_PROPERTIES, Properties
from alertsim.swarm.plan import Plan

LARGEST_PACKET = 1024 * 1024
"""Bytes; what is larger is refused, and the broker is told so (MQTT 5)."""
SESSION_S = 600
"""How long a persistent session outlives its connection, should the swarm die."""

_WIDTH = 6


class Phrases:
    """The packets of one plan's subscribers."""

    def __init__(self, plan: Plan) -> None:
        version = Version(plan.version)
        anew, again = (self._connect(plan, version, clean) for clean in (True, not plan.persistent))
        subscribe = _subscribe(plan, version)
        place = self.client_id(plan, 0).encode()
        self._name = plan.name
        self._anew = (anew + subscribe).split(place)
        self._again = (again + subscribe).split(place)
        ends = plan.persistent and version is Version.V5
        self.goodbye = encode(
            Disconnect(properties=Properties(session_expiry_interval=0) if ends else NO_PROPERTIES), version
        )

    def greeting(self, subscriber: int, *, again: bool) -> bytes:
        """CONNECT and SUBSCRIBE; `again`: an earlier session of a persistent one goes on."""
        before, after = self._again if again else self._anew
        return b"%b%b-%06d%b" % (before, self._name.encode(), subscriber, after)

    @staticmethod
    def client_id(plan: Plan, subscriber: int) -> str:
        """The client id of one subscriber; all have the same length."""
        return f"{plan.name}-{subscriber:0{_WIDTH}}"

    def _connect(self, plan: Plan, version: Version, clean: bool) -> bytes:  # noqa: FBT001 — both are asked for by name
        properties = Properties(
            maximum_packet_size=LARGEST_PACKET, session_expiry_interval=SESSION_S if plan.persistent else None
        )
        connect = Connect(
            client_id=self.client_id(plan, 0),
            clean_start=clean,
            keep_alive_s=plan.keep_alive_s,
            username=plan.username,
            password=None if plan.password is None else plan.password.encode(),
            properties=properties if version is Version.V5 else NO_PROPERTIES,
        )
        return encode(connect, version)


def _subscribe(plan: Plan, version: Version) -> bytes:
    five = version is Version.V5
    wish = Subscription(plan.filter, plan.qos, retain_handling=1) if five else Subscription(plan.filter, plan.qos)
    return encode(Subscribe(1, (wish,)), version)
