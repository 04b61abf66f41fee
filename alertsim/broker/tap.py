"""Takes messages off a connection before the client library sees them: it needs half a millisecond for each.

The library goes on with everything else (pings, subscriptions, the end). What is taken is acknowledged at once.
"""

from collections.abc import Callable
from typing import Any

from alertsim.mqtt import Kind, Version
from alertsim.mqtt.frames import frames, puback, pubcomp, publish, pubrec

Take = Callable[[list[tuple[int, bytes]]], None]
"""Takes PUBLISH packets as they are on the wire: the first byte, and the body."""

_AT_ONCE = 256 * 1024


class Tap:
    """A socket to the library, which reads from it what is no PUBLISH; anything but reading is the socket's own.

    `answer` sends acknowledgements. ProtocolError, from `recv`, where the stream is none of MQTT's.
    """

    def __init__(self, sock: Any, take: Take, answer: Callable[[bytes], None]) -> None:
        self._sock, self._take, self._answer = sock, take, answer
        self._waiting, self._rest = bytearray(), bytearray()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def pending(self) -> int:
        """Bytes that can be read without waiting."""
        deeper = getattr(self._sock, "pending", None)
        return len(self._rest) or (deeper() if deeper else 0)

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes of other packets; BlockingIOError when there are none now, none when it is over."""
        if not self._rest and not self._fill():
            return b""
        if not self._rest:
            raise BlockingIOError
        part = bytes(self._rest[:size])
        del self._rest[:size]
        return part

    def _fill(self) -> bool:
        """Read once and sort what came; False at the end of the stream."""
        came = self._sock.recv(_AT_ONCE)
        self._waiting += came
        taken, answers, done = list[tuple[int, bytes]](), bytearray(), 0
        for first, start, stop in frames(self._waiting, 0, len(self._waiting)):
            match first >> 4:
                case Kind.PUBLISH:
                    taken.append((first, bytes(self._waiting[start:stop])))
                    answers += _acknowledgement(self._waiting, first, start, stop)
                case Kind.PUBREL:
                    answers += pubcomp(self._waiting[start] << 8 | self._waiting[start + 1])
                case _:
                    self._rest += self._waiting[done:stop]
            done = stop
        del self._waiting[:done]
        if answers:
            self._answer(bytes(answers))
        if taken:
            self._take(taken)
        return bool(came)


def _acknowledgement(buffer: bytearray, first: int, start: int, stop: int) -> bytes:
    qos, packet_id, _, _ = publish(buffer, first, start, stop, Version.V5)
    return b"" if not qos else puback(packet_id) if qos == 1 else pubrec(packet_id)
