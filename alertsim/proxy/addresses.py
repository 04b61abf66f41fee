"""Where a proxy may listen and whom it may call, read from what somebody wrote; no name is looked up."""

from collections.abc import Collection
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

from alertsim.errors import InputError

_LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True)
class Address:
    """A broker's: a literal host and a port; `written` is how somebody wrote it, which makes no difference."""

    host: str
    port: int
    written: str = field(compare=False)

    @property
    def loopback(self) -> bool:
        """Whether it is on this machine."""
        return ip_address(self.host).is_loopback


def read_listen(text: str) -> int:
    """The port on 127.0.0.1 to listen on, 0: any; InputError where it is to be anywhere else."""
    host, port = _parts(text)
    if host not in {_LOOPBACK, "localhost"}:
        raise InputError(f"listen: a proxy listens on {_LOOPBACK} only: write {_LOOPBACK}:{port}, not {text!r}")
    return port


def read_upstream(text: str, brokers: Collection[tuple[str, int]] = ()) -> Address:
    """Whom to call: somebody on this machine, or one of `brokers`; InputError otherwise."""
    host, port = _parts(text)
    address = Address(_LOOPBACK if host == "localhost" else host, port, text)
    if not port:
        raise InputError(f"upstream: expected a port from 1 to 65535, found {text!r}")
    if (host, port) in brokers or (_literal(address.host) and address.loopback):
        return address
    more = "".join(f", or {each}:{number}" for each, number in brokers if not ip_address(each).is_loopback)
    raise InputError(f"upstream: a proxy calls brokers on this machine only (127.0.0.1:1883{more}), not {text!r}")


def _parts(text: str) -> tuple[str, int]:
    """Host and port; an IPv6 address is in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or len(port) > 5 or int(port) > 65_535:
        raise InputError(f"expected HOST:PORT, as 127.0.0.1:1883, found {text[:100]!r}")
    return host.removeprefix("[").removesuffix("]") if host.startswith("[") else host, int(port)


def _literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host
