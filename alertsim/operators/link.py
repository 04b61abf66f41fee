"""One direction of one connection under conditions: bytes in, the same bytes out, later; pure, time comes in.

What leaves is a beginning of what came, in its order: jitter never overtakes. Latency does not throttle, because a
piece keeps the time at which it came; bandwidth is exact over time, because what a piece took is added up, not timed.
"""

from collections import deque
from math import inf
from typing import Final, Literal

from alertsim.operators.conditions import Conditions
from alertsim.operators.cut import place

CAPACITY: Final = 1_048_576
"""The most bytes one link holds: at 400 ms that is 2.6 MB a second, beyond which the sender has to wait."""

PIECE: Final = 128
"""What a piece counts beside its bytes, so that many small ones do not take more memory than said."""

LEAST: Final = 4_096
"""Less room than this is none."""

_QUANTUM_S: Final = 0.01
"""A slow wire gives what it carries in this time, rather than byte by byte."""

Verdict = Literal["", "ended", "closed", "reset"]
"""What becomes of the connection: it lives; the end of the data has passed; it is closed; it is reset."""


class Link:
    """The bytes on one wire. `name` (of the client and the direction) seeds its jitter; all times in seconds.

    Memory: `CAPACITY` at most as long as its owner pushes only what there is `room` for.
    """

    __slots__ = (
        "_clear_s",
        "_count",
        "_down_s",
        "_end_s",
        "_last_s",
        "_passed",
        "_pieces",
        "conditions",
        "held",
        "name",
    )

    def __init__(self, conditions: Conditions, now_s: float, name: str = "") -> None:
        self.conditions, self.name, self.held = conditions, name, 0
        self._pieces: deque[tuple[float, bytes]] = deque()
        self._clear_s = self._last_s = self._down_s = now_s
        self._end_s = inf
        self._passed = self._count = 0

    def assign(self, conditions: Conditions, now_s: float) -> None:
        """Other conditions from now on; what is on the wire comes no later than it would under these."""
        before, self.conditions = self.conditions, conditions
        if before.down != conditions.down:
            self._down_s = now_s
        if before.limit_bytes is None:
            self._passed = 0
        if any(now < then for now, then in zip(_delays(conditions), _delays(before), strict=True)):
            self._hasten(now_s + (conditions.latency_ms + conditions.jitter_ms) / 1e3)
        self.resume(now_s)

    def resume(self, now_s: float) -> None:
        """The other end could not take anything for a while: the wire has carried nothing meanwhile."""
        self._clear_s = max(self._clear_s, now_s)

    @property
    def room(self) -> int:
        """How many bytes may be pushed."""
        if self.conditions.down or self._end_s < inf:
            return 0
        room = CAPACITY - self.held - PIECE * len(self._pieces)
        return room if room >= LEAST else 0

    @property
    def idle(self) -> bool:
        """Whether nothing is on it, and nothing would happen to what came: it may be forgotten."""
        return not self._pieces and self._end_s == inf and self.conditions.calm

    def push(self, data: bytes, now_s: float) -> None:
        """These bytes begin their way."""
        for piece in self._slices(data):
            self._last_s = max(self._last_s + self._gap_s(), now_s + self._latency_s())
            self._pieces.append((self._last_s, piece))
            self.held += len(piece)

    def close(self, now_s: float) -> None:
        """Nothing more comes: the end begins its way behind the bytes, slower than they by what the conditions say."""
        late_s = (self.conditions.latency_ms + self.conditions.slow_close_ms) / 1e3
        self._end_s = max(self._last_s + self.conditions.slow_close_ms / 1e3, now_s + late_s)

    def ready(self, now_s: float) -> bytes:
        """What has arrived by now; one slice at a time where the wire slices."""
        out = []
        while self._pieces and not self.conditions.down:
            due_s, piece = self._pieces[0]
            most = self._may(due_s, len(piece), now_s)
            if not most:
                break
            out.append(piece[:most])
            self._took(most)
            if most < len(piece):
                self._pieces[0] = (due_s, piece[most:])
                break
            self._pieces.popleft()
            if self.conditions.slice_bytes:
                break
        return b"".join(out)

    def due(self) -> float:
        """When something is next to happen; infinity: only when something comes."""
        if self.conditions.down or self._over():
            return self.verdict_s()
        if not self._pieces:
            return self._end_s
        due_s, piece = self._pieces[0]
        start_s, rate = max(due_s, self._clear_s), self.conditions.rate_kb * 1e3
        return start_s + min(len(piece), max(1.0, rate * _QUANTUM_S)) / rate if rate else due_s

    def verdict_s(self) -> float:
        """When the connection is to end, whether or not anybody takes its bytes; infinity: not by this wire."""
        if self._over():
            return 0.0
        match self.conditions.down:
            case "":
                return inf if self._pieces else self._end_s
            case "timeout" if not self.conditions.after_ms:
                return inf
            case _:
                return self._down_s + self.conditions.after_ms / 1e3

    def verdict(self, now_s: float) -> Verdict:
        """What becomes of the connection now."""
        if now_s < self.verdict_s():
            return ""
        if self.conditions.down in {"reset_peer", "refuse"}:
            return "reset"
        return "closed" if self.conditions.down or self._over() else "ended"

    def _may(self, due_s: float, length: int, now_s: float) -> int:
        """How many bytes of a piece have arrived; sets when the wire began to carry them."""
        if due_s > now_s:
            return 0
        if self.conditions.limit_bytes is not None:
            length = min(length, self.conditions.limit_bytes - self._passed)
        if not self.conditions.rate_kb:
            return length
        self._clear_s = max(self._clear_s, due_s)
        return min(length, int((now_s - self._clear_s) * self.conditions.rate_kb * 1e3 + 1e-3))

    def _took(self, count: int) -> None:
        """So many bytes have left."""
        self.held -= count
        self._passed += count
        if self.conditions.rate_kb:
            self._clear_s += count / (self.conditions.rate_kb * 1e3)

    def _over(self) -> bool:
        """Whether the limit of bytes is reached."""
        return self.conditions.limit_bytes is not None and self._passed >= self.conditions.limit_bytes

    def _slices(self, data: bytes) -> list[bytes]:
        """The pieces that bytes are cut into."""
        size, vary = self.conditions.slice_bytes, self.conditions.slice_vary_bytes
        if not size:
            return [data] if data else []
        pieces, start = [], 0
        while start < len(data):
            stop = start + max(1, size + round(self._swing() * vary))
            pieces.append(data[start:stop])
            start = stop
        return pieces

    def _gap_s(self) -> float:
        """What lies between two slices."""
        return self.conditions.slice_ms / 1e3 if self._pieces else 0.0

    def _latency_s(self) -> float:
        jitter_ms = self.conditions.jitter_ms
        swing_ms = jitter_ms * self._swing() if jitter_ms else 0.0
        return max(0.0, self.conditions.latency_ms + swing_ms) / 1e3

    def _swing(self) -> float:
        """The next chance of this link, evenly from -1 to below 1, the same in every run."""
        self._count += 1
        return 2 * place(f"{self.name} {self._count}") - 1

    def _hasten(self, latest_s: float) -> None:
        """Everything on its way is there by then."""
        self._last_s = min(self._last_s, latest_s)
        self._pieces = deque((min(due_s, latest_s), piece) for due_s, piece in self._pieces)


def _delays(conditions: Conditions) -> tuple[float, float, float]:
    return conditions.latency_ms, conditions.jitter_ms, conditions.slice_ms
