"""What this process has cost so far: CPU, memory, and time it wanted to run and could not."""

import os
import resource
from pathlib import Path
from typing import NamedTuple

from alertsim.swarm.ticks import monotonic_s


class Vitals(NamedTuple):
    """Seconds since whenever, and bytes. `waited_s`: in the run queue, before `turns` turns on a CPU.

    These two are None where the system does not tell.
    """

    at_s: float
    cpu_s: float
    waited_s: float | None
    resident: int
    turns: int | None = None


def vitals() -> Vitals:
    """As of now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    waited_s, turns = _waiting() or (None, None)
    return Vitals(monotonic_s(), used.ru_utime + used.ru_stime, waited_s, _resident(used.ru_maxrss), turns)


def _waiting() -> tuple[float, int] | None:
    """The second and third figure of /proc/self/schedstat: waiting in the run queue (there in ns), turns on a CPU."""
    try:
        _, waited_ns, turns = Path("/proc/self/schedstat").read_text("ascii").split()
        return int(waited_ns) / 1e9, int(turns)
    except (OSError, ValueError):
        return None


def _resident(largest_kib: int) -> int:
    """Resident now, where the system tells; else the most there has been."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE")
    except (OSError, ValueError, IndexError):
        return largest_kib * 1024
