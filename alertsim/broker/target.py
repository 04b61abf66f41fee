"""Which broker a person asked for; nothing but this machine is ever accepted, and no name is looked up."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, ip_address
from typing import Literal

from alertsim.errors import InputError

Kind = Literal["embedded", "mosquitto", "external"]

CHILD_PORT = 21883
EXTERNAL_PORT = 1883

_URL = re.compile(r"mqtt://(?P<host>[a-z0-9.]+|\[[0-9a-f:]+\])(?::(?P<port>[0-9]{1,5}))?", re.ASCII | re.IGNORECASE)
_LOCALHOST = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Target:
    """A broker to start (`port` is the first to try) or to join (`hosts`: literal loopback addresses, in order)."""

    kind: Kind
    port: int
    hosts: tuple[str, ...] = ("127.0.0.1",)


_CHILDREN = {"embedded": Target("embedded", CHILD_PORT), "mosquitto": Target("mosquitto", CHILD_PORT)}


def parse_target(text: str) -> Target:
    """`embedded`, `mosquitto` or `mqtt://` with a loopback address and perhaps a port.

    Raises:
        InputError: for anything else; the message says what is allowed, and repeats no password.
    """
    if text in _CHILDREN:
        return _CHILDREN[text]
    url = _URL.fullmatch(text)
    hosts = _loopback_hosts(url["host"]) if url else ()
    port = int(url["port"] or EXTERNAL_PORT) if url else 0
    if not hosts or not 0 < port < 65_536:
        raise InputError(
            f"broker {_shown(text)}: only brokers on this machine for now: embedded, mosquitto or "
            "mqtt://127.0.0.1:PORT (also localhost and [::1]), without TLS, user or path"
        )
    return Target("external", port, hosts)


def mqtt_url(host: str, port: int) -> str:
    """The URL of a literal address; IPv6 in brackets."""
    return f"mqtt://[{host}]:{port}" if ":" in host else f"mqtt://{host}:{port}"


def is_loopback(address: str) -> bool:
    """Whether a literal address is this machine: 127.0.0.0/8 or ::1, in no other spelling."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return ip == IPv6Address("::1") or ip in IPv4Network("127.0.0.0/8")


def _loopback_hosts(host: str) -> tuple[str, ...]:
    if host.lower() == "localhost":
        return _LOCALHOST
    address = host.strip("[]")
    return (address,) if is_loopback(address) and host.startswith("[") == (":" in address) else ()


def _shown(text: str) -> str:
    """What was typed, short, printable and without what stands before an `@`."""
    return repr(re.sub(r"(://|^).*@", r"\1...@", text, flags=re.DOTALL)[:80])
