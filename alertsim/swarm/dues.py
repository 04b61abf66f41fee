"""When messages are due: the times a publisher goes by, in seconds from its start."""

from collections.abc import Sequence
from typing import overload


def evenly(per_s: float, count: int) -> Sequence[float]:
    """`count` messages, `per_s` a second; each time is computed when it is asked for."""
    return _Even(per_s, range(count))


class _Even(Sequence[float]):
    def __init__(self, per_s: float, numbers: range) -> None:
        self._per_s, self._numbers = per_s, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> float: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[float]: ...
    def __getitem__(self, place: int | slice) -> float | Sequence[float]:
        found = self._numbers[place]
        return _Even(self._per_s, found) if isinstance(found, range) else found / self._per_s
