"""From which of our addresses a connection is made."""

import os
import socket
from collections import Counter

import pytest

from alertsim.errors import InputError
from alertsim.swarm.dialling import check_sources, dial, source_of
from alertsim.swarm.plan import Address


def test_given_addresses_in_turn() -> None:
    """Everybody calls from one of them, each as often as any other, wherever the broker is."""
    given = ("192.0.2.7", "192.0.2.8", "192.0.2.9")
    for host in ("127.0.0.1", "198.51.100.1"):
        assert Counter(source_of(host, n, given) for n in range(30)) == dict.fromkeys(given, 10)


@pytest.mark.parametrize(
    ("broker", "sources"),
    [("127.0.0.1", ("127.0.7.1", "127.0.8.1")), ("127.0.0.1", ()), ("::1", ("::1",)), ("::1", ())],
)
def test_calls_from_there(broker: str, sources: tuple[str, ...]) -> None:
    """The broker sees the address that was to be used, IPv6 too; the connection is made without waiting."""
    check_sources(sources, broker)
    with socket.create_server((broker, 0), family=socket.AF_INET6 if ":" in broker else socket.AF_INET) as server:
        for number in range(4):
            fd = dial(Address(broker, server.getsockname()[1]), number, sources)
            assert not os.get_blocking(fd)
            caller, (host, *_) = server.accept()
            caller.close()
            os.close(fd)
            assert host == (source_of(broker, number, sources) or broker)


@pytest.mark.parametrize(
    ("source", "host", "fault"),
    [
        ("localhost", "127.0.0.1", "expected an address like 192.0.2.7, because the broker's is 127.0.0.1"),
        ("127.1", "127.0.0.1", "expected an address"),
        ("::1", "127.0.0.1", "expected an address"),
        ("127.0.0.1", "::1", "expected an address like 2001:db8::7, because the broker's is ::1"),
        ("127.0.0.1\0", "127.0.0.1", "expected an address"),
        ("", "127.0.0.1", "expected an address"),
        ("127.0.0.2", "198.51.100.1", "leads nowhere but to this machine itself, and the broker is at 198.51.100.1"),
        ("::1", "2001:db8::1", "leads nowhere but to this machine"),
        ("192.0.2.7", "127.0.0.1", "is no address of this machine"),
    ],
)
def test_addresses_nobody_can_call_from(source: str, host: str, fault: str) -> None:
    """One sentence says which it is and what is wrong with it; a good one beside it does not help."""
    good = "::1" if host == "::1" else "127.0.0.1"
    with pytest.raises(InputError) as refused:
        check_sources((source, good), host)
    assert str(refused.value).startswith(f"--source {source}: {fault}")
