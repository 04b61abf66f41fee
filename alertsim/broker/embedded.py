"""The embedded broker: iotcore (rumqttd) in a child process, MQTT 5 only, on loopback, everything in memory.

MQTT 5 only because its 3.1.1 side panics on every message that carries a property, as ours do (iotcore 0.4.0).
"""

from alertsim.broker.child import Recipe
from alertsim.broker.ports import LOOPBACK

# 10 segments of 1 MiB a topic filter bound the memory: the oldest messages go first. A delay of 1 ms between
# connections accepts about 460 a second; without it about 900.
_TOML = """\
id = 0
[router]
id = 0
max_connections = 20000
max_outgoing_packet_count = 200
max_segment_size = 1048576
max_segment_count = 10
[v5.1]
name = "alertsim"
listen = "{host}:{port}"
next_connection_delay_ms = 1
[v5.1.connections]
connection_timeout_ms = 5000
max_payload_size = 262144
max_inflight_count = 100
dynamic_filters = true
"""


def recipe(port: int) -> Recipe:
    """How to start it on `port`."""
    return Recipe("the embedded broker", port, ("embedded", _TOML.format(host=LOOPBACK, port=port)))
