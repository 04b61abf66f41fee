"""The process of the proxies and our end of it: doors, orders that never hang, and who outlives whom."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from alertsim.errors import AlertSimError, InputError
from alertsim.operators.conditions import CALM, Conditions
from alertsim.proxy.door import Door
from tests.integration.proxy_world import (
    HOLE,
    LATE,
    NAME,
    Stand,
    connect,
    is_reset,
    receive,
    stand,
)
from tests.integration.swarm_world import until


def test_doors_open_and_close() -> None:
    """More operators at any time; a taken port is stepped over; a closed one ends its connections."""
    with stand() as here:
        taken = here.proxies.ports[NAME]
        broker_port = here._server.getsockname()[1]
        assert here.proxies.listen(Door("b", taken, "127.0.0.1", broker_port)) > taken
        client = here.call(connect("x"), "b")
        here.answer()
        with pytest.raises(AlertSimError, match="there is a proxy b already"):
            here.proxies.listen(Door("b", 0, "127.0.0.1", broker_port))
        here.proxies.drop("b")
        assert is_reset(client)
        here.proxies.close_door("b")
        here.settle()
        with pytest.raises(InputError, match="no proxy 'b'; there are kyivstar"):
            here.proxies.drop("b")
        here.pair()


def test_an_exact_port_or_none() -> None:
    """A door that is asked for at a port that is taken does not open elsewhere."""
    with stand() as here:
        taken = here.proxies.ports[NAME]
        with pytest.raises(AlertSimError, match=f"port {taken} is in use on 127.0.0.1: end what is there"):
            here.proxies.listen(Door("b", taken, "127.0.0.1", 9, exact=True))
        assert set(here.proxies.ports) == {NAME}


def test_changes_never_hang() -> None:
    """200 changes a second at 300 talking connections, and at a process that stands still: no call waits."""
    with stand() as here:
        pairs = [here.pair(f"{n}") for n in range(300)]
        changes = [(LATE, CALM), (CALM, Conditions(rate_kb=50)), (HOLE, HOLE), (CALM, CALM)]
        took = []
        for n in range(200):
            began_s = time.monotonic()
            here.proxies.assign(NAME, *changes[n % 4])
            here.proxies.cut(NAME, 0.5 + n % 2 * 0.4)
            took.append(time.monotonic() - began_s)
            pairs[n][0].sendall(b"x")
            pairs[n][1].sendall(b"y")
            time.sleep(0.003)
        os.kill(here.proxies.pid, signal.SIGSTOP)
        for n in range(5_000):
            began_s = time.monotonic()
            here.proxies.assign(NAME, *changes[n % 3])
            took.append(time.monotonic() - began_s)
        assert len(here.proxies._orders) <= 1
        os.kill(here.proxies.pid, signal.SIGCONT)
        assert sorted(took)[len(took) * 99 // 100] < 0.1
        here.proxies.assign(NAME)
        here.proxies.cut(NAME, 1.0)
        here.settle()
        for n in range(200):
            assert receive(pairs[n][1], 1) == b"x" and receive(pairs[n][0], 1) == b"y"


def test_a_process_that_dies_is_noticed(here: Stand) -> None:
    """Nobody waits for it, and orders to it are no error."""
    os.kill(here.proxies.pid, signal.SIGKILL)
    assert here.proxies.over.wait(10)
    here.proxies.assign(NAME, LATE)
    assert not here.proxies.settle(1)
    with pytest.raises(AlertSimError, match="has ended"):
        here.proxies.listen(Door("b", 0, "127.0.0.1", 1))


def test_proxies_die_with_whoever_started_them() -> None:
    """However that ended: nothing of ours listens on after it."""
    code = (
        "import time; from alertsim.proxy.process import open_proxies; from alertsim.proxy.door import Door\n"
        "with open_proxies([Door('a', 0, '127.0.0.1', 1)]) as proxies:\n"
        "    print(proxies.ports['a'], flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        port = int(parent.stdout.readline())
        socket.create_connection(("127.0.0.1", port)).close()
        parent.kill()

    def gone() -> bool:
        with socket.socket() as calling:
            return calling.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED

    until(gone)
