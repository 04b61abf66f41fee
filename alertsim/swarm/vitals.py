"""What this process has cost so far: CPU, memory, and time it wanted to run and could not."""

import os
import resource
from pathlib import Path
from typing import NamedTuple

from alertsim.swarm.ticks import monotonic_s


class Vitals(NamedTuple):
    """Seconds since whenever and bytes. `waited_s`: in the run queue, None where the system does not tell."""

    at_s: float
    cpu_s: float
    waited_s: float | None
    resident: int


def vitals() -> Vitals:
    """As of now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Vitals(monotonic_s(), used.ru_utime + used.ru_stime, _waited_s(), _resident(used.ru_maxrss))


def _waited_s() -> float | None:
    """The second figure of /proc/self/schedstat: nanoseconds of waiting in the run queue."""
    try:
        return int(Path("/proc/self/schedstat").read_text("ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return None


def _resident(largest_kib: int) -> int:
    """Resident now, where the system tells; else the most there has been."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE")
    except (OSError, ValueError, IndexError):
        return largest_kib * 1024
