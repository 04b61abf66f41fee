"""What a client says first, read just far enough to know who it is; pure.

A CONNECT need not be here as a whole: what follows the client id is passed on unread.
"""

from typing import Final, Literal, NamedTuple

from alertsim.mqtt.faults import ProtocolError, malformed
from alertsim.mqtt.frames import header
from alertsim.mqtt.reader import MAX_PACKET

MOST: Final = 16_384
"""A client whose name has not come within so many bytes is not waited for."""

_CONNECT, _TLS, _WEBSOCKET = 0x10, 0x16, b"GET "
_NAMES: Final = (b"\x00\x04MQTT", b"\x00\x06MQIsdp")


class Greeting(NamedTuple):
    """Who speaks what. `client_id` is empty where it cannot be read (TLS, WebSocket) or was left to the broker.

    `version`: the protocol level of CONNECT, 0 where there is none to read.
    """

    kind: Literal["mqtt", "tls", "websocket"]
    client_id: str = ""
    version: int = 0


def read_greeting(data: bytes) -> Greeting | None:
    """Who this is, or None while that has not come.

    Raises:
        ProtocolError: nobody a broker would talk to, or more than `MOST` bytes without a name.
    """
    if not data:
        return None
    if data[0] == _CONNECT:
        found = _connect(data)
    elif data[0] == _TLS:
        found = Greeting("tls")
    elif data.startswith(_WEBSOCKET[: len(data)]):
        found = Greeting("websocket") if len(data) >= len(_WEBSOCKET) else None
    else:
        raise malformed("neither MQTT nor TLS nor WebSocket")
    if found is None and len(data) >= MOST:
        raise malformed(f"no client id within {MOST:,} bytes")
    return found


def _connect(data: bytes) -> Greeting | None:
    """What a CONNECT says, whose fields are there one after the other."""
    place = header(data, 0, len(data))
    if place is None:
        return None
    start, end = place
    if end - start > MAX_PACKET:
        raise malformed(f"a CONNECT of {end - start:,} bytes")
    try:
        return _fields(data[:end], start)
    except IndexError:
        if len(data) < end:
            return None
        raise malformed("CONNECT is cut short") from None


def _fields(data: bytes, at: int) -> Greeting:
    """Client id and version; IndexError where they are not here."""
    name_end = at + 2 + _word(data, at)
    if not any(name.startswith(data[at : at + 8]) or data.startswith(name, at) for name in _NAMES):
        raise malformed("CONNECT of another protocol than MQTT")
    version = data[name_end]
    at = name_end + 4  # level, flags, keep-alive
    if version == 5:
        at = _after_properties(data, at)
    stop = at + 2 + _word(data, at)
    if len(data) < stop:
        raise IndexError
    try:
        return Greeting("mqtt", data[at + 2 : stop].decode(), version)
    except UnicodeDecodeError:
        raise malformed("the client id is not UTF-8") from None


def _after_properties(data: bytes, at: int) -> int:
    length = 0
    for place in range(4):
        byte = data[at]
        at += 1
        length |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return at + length
    raise malformed("a length has more than four bytes")


def _word(data: bytes, at: int) -> int:
    return data[at] << 8 | data[at + 1]


__all__ = ["MOST", "Greeting", "ProtocolError", "read_greeting"]
