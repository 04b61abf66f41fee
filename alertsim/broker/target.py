"""Which broker a person asked for: read from what was typed; no name is looked up and no password accepted here."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, ip_address
from typing import Literal
from urllib.parse import quote, unquote

from alertsim.errors import InputError

Kind = Literal["embedded", "mosquitto", "external"]
Scheme = Literal["mqtt", "mqtts", "ws", "wss"]

CHILD_PORT = 21883
PORTS: dict[Scheme, int] = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
PATH = "/mqtt"
NOT_IN_A_URL = (
    "a broker's URL takes no password, because everybody on this machine sees what is typed: write only USER@HOST, "
    "and put the password in $ALERTSIM_PASSWORD or in a file for --password-file"
)

_URL = re.compile(
    r"(?P<scheme>mqtts?|wss?)://(?:(?P<user>[\w.~%!$&'()*+,;=-]{1,200})@)?"
    r"(?P<host>[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>/[\w./~%-]{0,200})?",
    re.ASCII | re.IGNORECASE,
)
_LOCALHOST = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Target:
    """A broker to start (`port` is the first to try) or to join at `host`, as it was typed: a name or an address."""

    kind: Kind
    port: int
    host: str = "127.0.0.1"
    scheme: Scheme = "mqtt"
    user: str = ""
    path: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """What to try, in order. Only `localhost` is more than itself, and is never looked up."""
        return _LOCALHOST if self.host == "localhost" else (self.host,)

    @property
    def encrypted(self) -> bool:
        """Whether TLS is spoken."""
        return self.scheme in {"mqtts", "wss"}

    @property
    def authority(self) -> str:
        """`host:port`; IPv6 in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """As people may read it: without the user."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def typed(self) -> str:
        """As it can be typed again, with the user."""
        if self.kind != "external":
            return self.kind
        return self.url.replace("://", f"://{quote(self.user)}@", 1) if self.user else self.url


_CHILDREN = {"embedded": Target("embedded", CHILD_PORT), "mosquitto": Target("mosquitto", CHILD_PORT)}


def parse_target(text: str) -> Target:
    """`embedded`, `mosquitto`, or `mqtt:// mqtts:// ws:// wss://` with perhaps a user, a port and (ws) a path.

    Raises:
        InputError: for anything else; the message says what is allowed, and repeats no password.
    """
    if text in _CHILDREN:
        return _CHILDREN[text]
    if ":" in _before_the_host(text):
        raise InputError(f"broker {_shown(text)}: {NOT_IN_A_URL}")
    target = _external(text)
    if target is None:
        raise InputError(
            f"broker {_shown(text)}: expected embedded, mosquitto, or a URL like mqtt://127.0.0.1:PORT, "
            "mqtts://USER@HOST:8883 (TLS), ws://HOST:PORT/mqtt or wss://HOST/mqtt"
        )
    return target


def is_loopback(address: str) -> bool:
    """Whether a literal address is this machine: 127.0.0.0/8 or ::1, in no other spelling."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return ip == IPv6Address("::1") or ip in IPv4Network("127.0.0.0/8")


def _external(text: str) -> Target | None:
    """The target of a URL that is one."""
    url = _URL.fullmatch(text)
    if not url:
        return None
    host, path = url["host"].lower(), url["path"] or ""
    scheme = next(known for known in PORTS if known == url["scheme"].lower())
    port = int(url["port"] or PORTS[scheme])
    web = scheme in {"ws", "wss"}
    if not 0 < port < 65_536 or not _is_host(host) or (path and not web):
        return None
    user = unquote(url["user"] or "")
    return (
        Target("external", port, host.strip("[]"), scheme, user, (path or PATH) if web else "") if _fits(user) else None
    )


def _is_host(host: str) -> bool:
    """A name or an address in its one usual spelling: what only looks like one (`127.1`) is a mistake or a trick."""
    if not host.startswith("["):
        last = host.rpartition(".")[2]
        return ".." not in host and (last.isdigit() or last.startswith("0x")) is _is_address(host)
    return ":" in host and _is_address(host.strip("[]"))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _fits(user: str) -> bool:
    """Whether a user is text MQTT can carry."""
    return user.isprintable() and "\N{REPLACEMENT CHARACTER}" not in user


def _before_the_host(text: str) -> str:
    """What stands before the last `@`, behind the scheme."""
    return text.rpartition("@")[0].rpartition("://")[2]


def _shown(text: str) -> str:
    """What was typed, short, printable and without what stands before an `@`."""
    return repr(re.sub(r"(://|^).*@", r"\1...@", text, flags=re.DOTALL)[:80])
