"""A mosquitto of our own: the installed program as a child process on loopback, without files of its own.

Only one that is to remember something over a restart has a file, and only then (`memory`).
"""

import os
import shutil

from alertsim.broker.child import Recipe
from alertsim.broker.memory import Memory
from alertsim.broker.ports import LOOPBACK
from alertsim.errors import BrokerError

# Debian keeps it in /usr/sbin, which is on the PATH of root alone.
_BESIDE_THE_PATH = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"

# `user root`: started by root it would else become the user mosquitto, which loses the tie to its parent.
# Without TCP_NODELAY the first message after a SUBACK waits 40 ms; a queue without bound loses nothing.
_CONFIGURATION = """\
listener {port} {host}
allow_anonymous true
set_tcp_nodelay true
max_inflight_messages 100
max_queued_messages 0
max_packet_size 300000
connection_messages false
log_dest stderr
log_timestamp false
log_type error
"""

_KEEPS = "persistence true\npersistence_location {folder}/\nautosave_interval 0\n"
"""Written at the end, and never between."""


def program() -> str | None:
    """Where mosquitto is installed, if it is."""
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', os.defpath)}:{_BESIDE_THE_PATH}")


def recipe(port: int, memory: Memory | None = None) -> Recipe:
    """How to start it on `port`, so that it writes its state into `memory` when it ends properly.

    Raises:
        BrokerError: mosquitto is not installed.
    """
    path = program()
    if path is None:
        raise BrokerError("mosquitto is not installed: apt install mosquitto, or use --broker embedded")
    keeps = _KEEPS.format(folder=memory.folder) if memory else "persistence false\n"
    user = "user root\n" if os.geteuid() == 0 else ""
    configuration = _CONFIGURATION.format(host=LOOPBACK, port=port) + keeps + user
    return Recipe("mosquitto", port, ("mosquitto", path, configuration), memory)
