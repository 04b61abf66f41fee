"""How one direction of a wire behaves: a value that is assigned, never a chain of filters that is spliced."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, get_args

from alertsim.errors import InputError

Stream = Literal["upstream", "downstream"]
"""From the client to the broker, and back; named from the client, as in Toxiproxy."""

Down = Literal["", "timeout", "reset_peer", "refuse"]
"""How a wire is down: not; no byte and no FIN passes; connections are reset; and new ones are refused as well."""


@dataclass(frozen=True)
class Conditions:
    """One direction of a wire; the defaults are a calm one.

    `jitter_ms`: so much more or less latency. `rate_kb`: kB a second (1,000 bytes), 0 without limit. `after_ms`: how
    long a wire that is down holds its connections before it ends them; 0 is for ever with `timeout` and at once with
    `reset_peer`. `slow_close_ms`: how much later than the data the end of it passes. `limit_bytes`: after so many the
    connection ends; None: never. `slice_bytes`: pieces of that size on the average, `slice_vary_bytes` more or less,
    `slice_ms` apart. `connects_per_s`: so many new connections are taken, 0 without limit; the others wait.
    """

    latency_ms: float = 0.0
    jitter_ms: float = 0.0
    rate_kb: float = 0.0
    down: Down = ""
    after_ms: float = 0.0
    slow_close_ms: float = 0.0
    limit_bytes: int | None = None
    slice_bytes: int = 0
    slice_vary_bytes: int = 0
    slice_ms: float = 0.0
    connects_per_s: float = 0.0

    @property
    def calm(self) -> bool:
        """Whether bytes may take the short way: nothing happens to them. A limit to new connections does not count."""
        return self == CALM or (
            not (self.latency_ms or self.jitter_ms or self.rate_kb or self.down or self.slow_close_ms)
            and self.limit_bytes is None
            and not self.slice_bytes
        )


CALM: Final = Conditions()

_FIELDS: Final = tuple(field.name for field in fields(Conditions))


def read_conditions(given: Mapping[str, Any], where: str = "") -> Conditions:
    """Conditions as somebody wrote them; `where` they are begins the message.

    Raises:
        InputError: a field nobody knows, or a value that is none.
    """
    for name, value in given.items():
        if fault := _fault(name, value):
            raise InputError(f"{where}{name}: {fault}")
    return Conditions(**given)


def _fault(name: str, value: object) -> str:
    """What is wrong with a field; empty: nothing."""
    if name not in _FIELDS:
        return f"no such condition; there are {', '.join(_FIELDS)}"
    if name == "down":
        ways = [way for way in get_args(Down) if way]
        return "" if value in get_args(Down) else f"expected one of {', '.join(ways)}, found {value!r}"
    if name == "limit_bytes" and value is None:
        return ""
    whole = name.endswith("_bytes")
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not 0 <= value < 1e12:
        return f"expected a {'whole ' if whole else ''}number from 0 on, found {value!r}"
    return ""
