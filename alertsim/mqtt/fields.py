"""Properties as bytes, both ways, and the types that packets are written of."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from alertsim.mqtt.codes import Kind
from alertsim.mqtt.cursor import Cursor
from alertsim.mqtt.faults import forbidden, malformed
from alertsim.mqtt.properties import NO_PROPERTIES, PROPERTIES, Form, Properties, Property

_READ: Final[dict[Form, Callable[[Cursor], object]]] = {
    Form.BIT: Cursor.bit,
    Form.FLAG: Cursor.flag,
    Form.SHORT: Cursor.short,
    Form.LONG: Cursor.long,
    Form.COUNT: Cursor.count,
    Form.TEXT: Cursor.text,
    Form.BINARY: Cursor.binary,
    Form.PAIR: Cursor.pair,
}
_ROWS: Final = {row.number: row for row in PROPERTIES}
_READERS: Final = {row.number: (row.places, _READ[row.form]) for row in PROPERTIES}
_NOWHERE: Final = (frozenset[Kind](), Cursor.byte)


def read_properties(cursor: Cursor, place: Kind) -> Properties:
    """The properties of a packet of this kind (or of a will), with their length before them."""
    size = cursor.count()
    if not size:
        return NO_PROPERTIES
    at = cursor.taken(size)
    inner = Cursor(cursor.body, at, at + size)
    found: dict[int, list[object]] = {}
    while inner.at < inner.end:
        number = inner.byte()
        places, read = _READERS.get(number, _NOWHERE)
        if place not in places:
            raise malformed(f"{place.name} has no property {number:#04x}")
        found.setdefault(number, []).append(read(inner))
    rows = [_ROWS[number] for number in found]
    values: dict[str, Any] = {row.name: _kept(row, place, found[row.number]) for row in rows}
    return Properties(**values)


def _kept(row: Property, place: Kind, values: Sequence[object]) -> object:
    if len(values) > 1 and place not in row.repeats:
        raise forbidden(f"the property {row.name} is given twice")
    if row.positive and 0 in values:
        raise forbidden(f"the property {row.name} may not be 0")
    return tuple(values) if row.repeats else values[0]


def properties(some: Properties, place: Kind) -> bytes:
    """Properties with their length before them, in the order of their numbers; ProtocolError where none may stand."""
    if some == NO_PROPERTIES:
        return b"\0"
    parts = []
    for row, value in zip(PROPERTIES, some, strict=True):
        if value is None or value == ():
            continue
        if place not in row.places:
            raise forbidden(f"{place.name} has no property {row.name}")
        many: tuple[object, ...] = value if isinstance(value, tuple) else (value,)
        _kept(row, place, many)
        parts += [bytes([row.number]) + _WRITE[row.form](one) for one in many]
    body = b"".join(parts)
    return count(len(body)) + body


def short(value: int) -> bytes:
    """Two bytes."""
    return value.to_bytes(2)


def count(value: int) -> bytes:
    """A number of one to four bytes, each with seven bits."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    if len(written) > 4:
        raise forbidden("a length or number is larger than 268,435,455")
    return bytes(written)


def binary(value: bytes) -> bytes:
    """Bytes with their length before them."""
    return short(len(value)) + value


def text(value: str) -> bytes:
    """UTF-8 with its length before it."""
    if "\0" in value:
        raise forbidden("a text contains a NUL")
    return binary(value.encode())


def _pair(value: tuple[str, str]) -> bytes:
    return text(value[0]) + text(value[1])


def _bit(value: int) -> bytes:
    if value not in {0, 1}:
        raise forbidden(f"a property is {value} where only 0 and 1 are allowed")
    return value.to_bytes(1)


_WRITE: Final[dict[Form, Callable[[Any], bytes]]] = {
    Form.BIT: _bit,
    Form.FLAG: _bit,
    Form.SHORT: short,
    Form.LONG: lambda value: value.to_bytes(4),
    Form.COUNT: count,
    Form.TEXT: text,
    Form.BINARY: binary,
    Form.PAIR: _pair,
}
