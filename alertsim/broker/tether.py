"""What a broker child runs before it is a broker: it ties its life to the process that started it.

A script: `tether.py PARENT_PID embedded TOML` or `tether.py PARENT_PID mosquitto PROGRAM CONFIGURATION`. The
configurations are texts; the one file needed is gone before the broker listens, so that no kill leaves any behind.
"""

import ctypes
import logging
import os
import resource
import signal
import sys
import tempfile
import threading
from typing import NoReturn

_PR_SET_PDEATHSIG = 1
_MOST_DESCRIPTORS = 65_536


def tie_to(parent: int) -> None:
    """Let the kernel kill this process with its parent, however that ends (Linux; exec keeps it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the process that started this broker is gone")


def allow_connections() -> None:
    """Lift the usual 1,024 descriptors to what this user may have: a connection needs one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _MOST_DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def become_mosquitto(program: str, configuration: str) -> NoReturn:
    """The same process goes on as mosquitto, which reads its configuration from a pipe."""
    reading, writing = os.pipe()
    os.write(writing, configuration.encode())
    os.close(writing)
    os.set_inheritable(reading, True)
    os.execv(program, [program, "-c", f"/dev/fd/{reading}"])  # noqa: S606 - found on the PATH by our own parent


def become_embedded(configuration: str) -> NoReturn:
    """Run rumqttd until the end of standard input, which is the end of the parent on every system."""
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)  # it logs every packet as an error
    try:
        from iotcore import Broker  # noqa: PLC0415 - only this process pays for it
    except ImportError:
        sys.exit("it needs iotcore 0.4, which is missing or another package of that name: pip install 'iotcore==0.4.*'")
    with tempfile.NamedTemporaryFile("w", prefix="alertsim-broker-", suffix=".toml") as file:
        file.write(configuration)
        file.flush()
        broker = Broker(config_path=file.name)
    broker.run_forever()
    sys.exit("rumqttd returned")


def _end_with_stdin() -> NoReturn:
    while os.read(0, 1024):  # not sys.stdin: its lock would break the end of the interpreter
        pass
    os._exit(0)


def main(parent: str, kind: str, *arguments: str) -> NoReturn:
    """Become the broker that was asked for."""
    tie_to(int(parent))
    allow_connections()
    if kind == "mosquitto":
        become_mosquitto(*arguments)
    become_embedded(*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
