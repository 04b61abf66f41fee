"""Whose turn it is to send PINGREQ: everybody once in three quarters of the keep-alive, spread evenly over it."""

SHARE = 0.75


class Turns:
    """Goes round and round over the subscribers; a keep-alive of 0 s needs no pings."""

    def __init__(self, subscribers: int, keep_alive_s: int, now_s: float) -> None:
        self._subscribers, self._period_s = subscribers, keep_alive_s * SHARE
        self._start_s, self._passed = now_s, 0

    def due(self, now_s: float) -> range:
        """Numbers, modulo `subscribers`, of those whose turn has come since the last call; nobody twice in one."""
        if not self._period_s:
            return range(0)
        passed = int((now_s - self._start_s) / self._period_s * self._subscribers)
        turns = range(max(self._passed, passed - self._subscribers), passed)
        self._passed = passed
        return turns
