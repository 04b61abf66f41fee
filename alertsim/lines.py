"""Lines of JSON between us and a process of our own, as that process hears and says them; it imports nothing large."""

import json
import os
import sys
from typing import Any, Final

_CHUNK: Final = 65_536


class Listener:
    """What comes over a descriptor, line by line; `over` when it has ended. Nobody ever waits for it."""

    def __init__(self, fd: int) -> None:
        self.over = False
        self._fd, self._heard = fd, b""
        os.set_blocking(fd, False)

    def take(self) -> list[dict[str, Any]]:
        """The lines that have come, whole ones only; there may be none."""
        try:
            chunk = os.read(self._fd, _CHUNK)
        except BlockingIOError:
            return []
        self.over = not chunk
        *lines, self._heard = (self._heard + chunk).split(b"\n")
        return [json.loads(line) for line in lines]


def say(line: dict[str, Any]) -> None:
    """One line to whoever started us; where nobody hears it any more, the end of our input is what makes us leave."""
    try:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
