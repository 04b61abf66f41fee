"""The fingerprint of this machine: read from /proc and /sys, where each single thing may be missing or unreadable."""

import os
import platform
import re
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from alertsim import __version__
from alertsim.doctor.facts import Machine

UNLIMITED = sys.maxsize
"""What a limit is where there is none."""

_ROOT = Path("/")
_CPU = "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
_CLOCK = "sys/devices/system/clocksource/clocksource0/current_clocksource"
_CONTAINERS = {".dockerenv": "docker", "run/.containerenv": "podman"}


def fingerprint(root: Path = _ROOT) -> Machine:
    """Of this machine, now; `root` is where its /proc and /sys are. Never fails: what cannot be read is None."""
    soft, hard = (UNLIMITED if limit < 0 else limit for limit in resource.getrlimit(resource.RLIMIT_NOFILE))
    memory, free = _memory(root)
    return Machine(
        architecture=platform.machine(),
        kernel=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        alertsim=__version__,
        cores=os.cpu_count(),
        usable=_usable(),
        quota=_quota(root),
        processor=_field(_text(root / "proc/cpuinfo"), "model name"),
        memory=memory,
        memory_free=free,
        files_soft=soft,
        files_hard=hard,
        somaxconn=_number(root / "proc/sys/net/core/somaxconn"),
        syn_backlog=_number(root / "proc/sys/net/ipv4/tcp_max_syn_backlog"),
        ports=_ports(root),
        clocksource=_text(root / _CLOCK) or None,
        governor=_text(root / _CPU) or None,
        load=_load(),
        container=_container(root),
    )


def _usable() -> int | None:
    """Cores the scheduler may put this process on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


def _load() -> float | None:
    """The load average of the last minute."""
    with suppress(OSError):
        return round(os.getloadavg()[0], 2)
    return None


def _memory(root: Path) -> tuple[int | None, int | None]:
    """All of it, and what is left; a control group's limit counts where it is less."""
    told = _text(root / "proc/meminfo")
    whole, free = (_kibibytes(_field(told, name)) for name in ("MemTotal", "MemAvailable"))
    for group in _groups(root, "memory"):
        most = _number(group / "memory.max") or _number(group / "memory.limit_in_bytes")
        used = _number(group / "memory.current") or _number(group / "memory.usage_in_bytes")
        if most is not None and whole is not None and most < whole:
            whole = most
            free = max(0, min(free if free is not None else most, most - (used or 0)))
    return whole, free


def _quota(root: Path) -> float | None:
    """Cores' worth of time that the control groups this process is in leave it; None where they leave it all."""
    return min((share for group in _groups(root, "cpu") if (share := _share(group))), default=None)


def _share(group: Path) -> float | None:
    old = [_text(group / name) for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us")]
    two = _text(group / "cpu.max").split() or old
    quota, of = _whole(two[0]), _whole(two[-1])
    return quota / of if quota and of else None


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of this process's control groups of both versions, each before those around it."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        names, _, inside = rest.partition(":")
        if names and controller not in names.split(","):
            continue
        top = root / "sys/fs/cgroup" / (names and controller)
        parts = [part for part in inside.split("/") if part not in {"", ".."}]
        yield from (top.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1))


def _ports(root: Path) -> tuple[int, int] | None:
    """The first and the last port that a connection may be made from."""
    found = re.fullmatch(r"([0-9]{1,5})\s+([0-9]{1,5})", _text(root / "proc/sys/net/ipv4/ip_local_port_range"))
    return (int(found[1]), int(found[2])) if found else None


def _container(root: Path) -> str | None:
    """What kind of container this is, where it says so."""
    for mark, kind in _CONTAINERS.items():
        with suppress(OSError):
            if (root / mark).exists():
                return kind
    if os.environ.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    return os.environ.get("container") or None  # noqa: SIM112 — systemd's own spelling


def _field(text: str, name: str) -> str | None:
    """The first `name : value` of a text of such lines."""
    found = re.search(rf"^{re.escape(name)}\s*:[ \t]*(.*\S)", text, re.MULTILINE)
    return found[1] if found else None


def _kibibytes(text: str | None) -> int | None:
    """Bytes of `1234 kB`."""
    number = _whole((text or "").removesuffix("kB").strip())
    return None if number is None else number * 1024


def _number(file: Path) -> int | None:
    return _whole(_text(file))


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,19}", text) else None


def _text(file: Path) -> str:
    """What stands there, stripped; nothing where it cannot be read."""
    try:
        return file.read_text("utf-8", errors="replace").strip()
    except (OSError, ValueError):
        return ""
