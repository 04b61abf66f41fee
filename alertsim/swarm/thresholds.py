"""What a run must reach: `p99<500ms`, `missing==0`; read, and held against what was measured."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alertsim.errors import InputError

TIMES = ("p50", "p90", "p99", "p99.9", "max", "last")
"""Latencies from the intended time; `last`: the message that took longest to reach all its subscribers."""
NUMBERS = (
    "connected",
    "connects_per_s",
    "delivered",
    "missing",
    "duplicates",
    "out_of_order",
    "late",
    "stale",
    "unreachable",
    "caught_up",
)

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
_UNITS = {"us": 1.0, "ms": 1e3, "s": 1e6}
_FORM = re.compile(r"\s*([a-z_0-9.]+?)\s*(<=|>=|==|!=|<|>)\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(us|ms|s)?\s*")


@dataclass(frozen=True)
class Threshold:
    """One condition; `bound` in µs for times. `text` as it was typed."""

    text: str
    measure: str
    sign: str
    bound: float

    def holds(self, measured: Mapping[str, float | None]) -> bool:
        """Whether it is reached; what was not measured is not."""
        value = measured.get(self.measure)
        return value is not None and _OPERATORS[self.sign](value, self.bound)


def read_threshold(text: str) -> Threshold:
    """The threshold a person typed.

    Raises:
        InputError: it is none; the message says what one looks like.
    """
    found = _FORM.fullmatch(text)
    measures = ", ".join(TIMES + NUMBERS)
    if not found or found[1] not in TIMES + NUMBERS:
        raise InputError(f"--threshold {text!r}: expected like 'p99<500ms' or 'missing==0', with one of {measures}")
    measure, sign, number, unit = found.groups()
    if (measure in TIMES) != (unit is not None):
        what = "a time, with its unit: us, ms or s" if measure in TIMES else "a number without a unit"
        raise InputError(f"--threshold {text!r}: {measure} is {what}")
    threshold = Threshold(text.strip(), measure, sign, float(number) * _UNITS.get(unit or "", 1.0))
    if sign == "<" and threshold.bound == 0:
        raise InputError(f"--threshold {text!r}: nothing is below 0; did you mean {measure}==0?")
    return threshold
