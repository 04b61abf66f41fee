"""A place in the bytes of one packet that moves on as they are read, and never past their end."""

from alertsim.mqtt.faults import forbidden, malformed

_SHORT = "a packet or its properties end in the middle of a value"


class Cursor:
    """Reads MQTT's types from `body[at:end]`; ProtocolError where they are not there or not well-formed."""

    __slots__ = ("at", "body", "end")

    def __init__(self, body: bytes, at: int, end: int) -> None:
        self.body, self.at, self.end = body, at, end

    def taken(self, size: int) -> int:
        """Where the next `size` bytes begin; the cursor stands behind them."""
        at = self.at
        self.at = at + size
        if self.at > self.end:
            raise malformed(_SHORT)
        return at

    def byte(self) -> int:
        """One byte."""
        return self.body[self.taken(1)]

    def short(self) -> int:
        """Two bytes."""
        at = self.taken(2)
        return self.body[at] << 8 | self.body[at + 1]

    def long(self) -> int:
        """Four bytes."""
        at = self.taken(4)
        return int.from_bytes(self.body[at : at + 4])

    def count(self) -> int:
        """A number of one to four bytes, each with seven bits."""
        value = 0
        for shift in (0, 7, 14, 21):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if not byte and shift:
                    raise malformed("a length or number is written with more bytes than it needs")
                return value
        raise malformed("a length or number has more than four bytes")

    def binary(self) -> bytes:
        """Bytes with their length before them."""
        body, start = self.body, self.at + 2
        if start <= self.end:
            self.at = stop = start + (body[start - 2] << 8 | body[start - 1])
            if stop <= self.end:
                return body[start:stop]
        raise malformed(_SHORT)

    def text(self) -> str:
        """UTF-8 with its length before it."""
        try:
            text = str(self.binary(), "utf-8")
        except UnicodeDecodeError:
            raise malformed("a text is not UTF-8") from None
        if "\0" in text:
            raise malformed("a text contains a NUL")
        return text

    def pair(self) -> tuple[str, str]:
        """Two texts."""
        return self.text(), self.text()

    def rest(self) -> bytes:
        """All that is left."""
        return self.body[self.taken(self.end - self.at) : self.end]

    def bit(self) -> int:
        """A byte that is 0 or 1."""
        value = self.byte()
        if value > 1:
            raise forbidden(f"a property is {value} where only 0 and 1 are allowed")
        return value

    def flag(self) -> bool:
        """A bit that means no or yes."""
        return self.bit() == 1
