"""What this machine and that broker can hold, and what stands in the way: decided from facts alone.

A finding is a name and its figures; `advice` puts it into words.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from alertsim.doctor.diagnosis import LEVELS, Diagnosis, Figure, Finding
from alertsim.doctor.facts import BrokerFacts, Machine, Probe, Wish
from alertsim.swarm.ramp import HANDSHAKES

EACH_BYTES, EACH_BYTES_RUMQTTD = 16_384, 65_536
"""Memory for a subscriber, generously. Measured with 2,000 and 4,000: 1.5 KB of ours, 7.5 KB of the kernel's for both
ends of the connection, and mosquitto's 1.3 KB or rumqttd's 50 KB."""

OURS = 3
"""Connections that are no subscribers: the publisher's, the one that watches consent or broker, and one more."""

QUICK_CLOCKS = {"tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"}
"""Those that are read without entering the kernel."""

PORT_SEARCH = 13_000
"""Connections from one address beyond which each connect() searches long for a free port (measured on Linux)."""

SMALL_WINDOW = 20
"""Mosquitto's own Receive Maximum. Below it, a path of 100 ms lets fewer than 200 messages a second through."""

LARGEST_MESSAGE = 66_000
"""Bytes of the largest message of an exercise, its properties included."""

MANY = 19_000
GROWN_US = 30.0
"""What a delivery costs mosquitto with so many subscribers on one topic, where it cost 11 to 16 µs with 5,000."""


@dataclass(frozen=True)
class Patient:
    """All there is to judge. `probe` None: none was made; `in_use`: why, where it was for the broker's sake."""

    wish: Wish
    machine: Machine
    broker: BrokerFacts
    probe: Probe | None = None
    in_use: tuple[str, ...] = ()


def diagnose(patient: Patient) -> Diagnosis:
    """Everything there is to say."""
    found = [finding for examine in _EXAMINATIONS for finding in examine(patient)]
    return Diagnosis(patient.wish.subscribers, tuple(sorted(found, key=lambda each: LEVELS.index(each.level))))


def _room(name: str, fits: int, wish: Wish, **figures: Figure) -> Finding:
    """Whether there is room for all of them."""
    fits = max(0, fits)
    enough = fits >= wish.subscribers
    return Finding("ok" if enough else "problem", name, {"fits": fits, "wished": wish.subscribers, **figures}, fits)


def _files_here(patient: Patient) -> Iterator[Finding]:
    """The soft limit does not matter: alertsim lifts its own."""
    wish, hard = patient.wish, patient.machine.files_hard
    if hard is not None:
        yield _room("files-here", hard - wish.spare, wish, files=hard, needed=wish.subscribers + wish.spare)


def _files_broker(patient: Patient) -> Iterator[Finding]:
    wish, broker = patient.wish, patient.broker
    if broker.files is None:
        yield Finding("note", "files-unknown")
        return
    used = wish.spare if broker.open_files is None else broker.open_files + OURS
    name = "files-child" if broker.own else "files-broker"
    program, needed = broker.program or "?", wish.subscribers + used
    yield _room(name, broker.files - used, wish, files=broker.files, used=used, program=program, needed=needed)


def _most_connections(patient: Patient) -> Iterator[Finding]:
    broker, wish = patient.broker, patient.wish
    if broker.most_connections is not None:
        fits = broker.most_connections - max(OURS, broker.connected or 0)
        name = "most-connections-embedded" if broker.own else "most-connections"
        yield _room(name, fits, wish, most=broker.most_connections, needed=wish.subscribers + OURS)
    if broker.consented is not None:
        yield _room("consent", broker.consented - OURS, wish, most=broker.consented, needed=wish.subscribers + OURS)


def _ports(patient: Patient) -> Iterator[Finding]:
    wish, broker = patient.wish, patient.broker
    if patient.machine.ports is None:
        return
    first, last = patient.machine.ports
    width = last - first + 1
    figures: dict[str, Figure] = {"first": str(first), "last": str(last), "width": width}
    if not broker.many_sources:
        yield _room("ports-one", width, wish, **figures)
        if PORT_SEARCH < wish.subscribers <= width:
            yield Finding("limit", "port-search", {"search": PORT_SEARCH})
        return
    sources = math.ceil(wish.subscribers / wish.per_source)
    fits = wish.subscribers if width >= min(wish.subscribers, wish.per_source) else width
    yield _room("ports-many" if sources > 1 else "ports", fits, wish, sources=sources, each=wish.per_source, **figures)


def _backlog(patient: Patient) -> Iterator[Finding]:
    machine, broker = patient.machine, patient.broker
    if broker.local and machine.somaxconn is not None and machine.syn_backlog is not None:
        least = min(machine.somaxconn, machine.syn_backlog)
        figures = {"somaxconn": machine.somaxconn, "syn": machine.syn_backlog, "handshakes": HANDSHAKES}
        yield Finding("ok" if least >= HANDSHAKES else "limit", "backlog", figures)
    if (broker.version or broker.program or "").startswith("mosquitto") and patient.wish.subscribers > 100:
        yield Finding("note", "storm", {"handshakes": HANDSHAKES})


def _processors(patient: Patient) -> Iterator[Finding]:
    machine = patient.machine
    cores = machine.usable or machine.cores
    if cores is None:
        return
    share = float(cores) if machine.quota is None else min(float(cores), machine.quota)
    if share < cores:
        yield Finding("limit", "quota", {"quota": share, "cores": cores})
    if share < 2:
        yield Finding("limit", "one-core" if patient.broker.local else "one-core-here")
    if machine.load is not None and machine.load > cores:
        yield Finding("limit", "busy", {"load": machine.load, "cores": cores})


def _tuning(patient: Patient) -> Iterator[Finding]:
    machine = patient.machine
    if machine.governor == "powersave":
        yield Finding("limit", "governor", {"governor": machine.governor})
    if machine.clocksource is not None and machine.clocksource not in QUICK_CLOCKS:
        yield Finding("limit", "clocksource", {"clocksource": machine.clocksource})


def _memory(patient: Patient) -> Iterator[Finding]:
    wish, free = patient.wish, patient.machine.memory_free
    if free is not None:
        each = EACH_BYTES_RUMQTTD if patient.broker.program == "rumqttd" else EACH_BYTES
        mib = {"free": free >> 20, "needed": wish.subscribers * each >> 20, "each": each >> 10}
        yield _room("memory", free // each, wish, **mib)


def _protocol(patient: Patient) -> Iterator[Finding]:
    """What an exercise needs of MQTT and this broker does not give."""
    broker = patient.broker
    if not broker.retain:
        yield Finding("problem", "retain")
    if not broker.wildcard:
        yield Finding("problem", "wildcard")
    if broker.maximum_qos < 1:
        yield Finding("problem", "qos")
    if broker.maximum_qos == 1:
        yield Finding("note", "qos-two")
    if broker.receive_maximum < SMALL_WINDOW:
        per_s = broker.receive_maximum * 10
        yield Finding("limit", "receive-maximum", {"window": broker.receive_maximum, "per_s": per_s})
    if broker.delays:
        yield Finding("limit", "delays")
    if broker.maximum_packet is not None and broker.maximum_packet < LARGEST_MESSAGE:
        yield Finding("limit", "packet", {"bytes": broker.maximum_packet, "largest": LARGEST_MESSAGE})


def _sessions(patient: Patient) -> Iterator[Finding]:
    """How long it keeps connections and sessions, and whether we are alone."""
    broker = patient.broker
    if broker.keep_alive_s is not None:
        yield Finding("note", "keep-alive", {"seconds": broker.keep_alive_s})
    if broker.session_expiry_s is not None and broker.session_expiry_s < 300:
        yield Finding("limit", "session-expiry", {"seconds": broker.session_expiry_s})
    if broker.connected is not None and broker.connected > OURS:
        yield Finding("note", "company", {"clients": broker.connected})


def _probed(patient: Patient) -> Iterator[Finding]:
    probe, wish = patient.probe, patient.wish
    if probe is None:
        yield Finding("note", "no-probe-in-use" if patient.in_use else "no-probe", {"found": ", ".join(patient.in_use)})
        return
    if probe.connected < probe.subscribers and probe.cause:
        figures: dict[str, Figure] = {"connected": probe.connected, "asked": probe.subscribers, "cause": probe.cause}
        yield Finding("problem", "turned-away", figures, probe.connected)
    if probe.connected == probe.subscribers and probe.p50_us is None:
        yield Finding("problem", "silent", {"connected": probe.connected, "cause": probe.cause or "?"})
    if not probe.valid:
        yield Finding("limit", "not-kept-up")
    if probe.nagle:
        yield Finding("limit", "nagle", {"p50": (probe.p50_us or 0) / 1000})
    yield from _estimates(probe, wish)


def _estimates(probe: Probe, wish: Wish) -> Iterator[Finding]:
    """Proportional, from what was measured with few: told as what they are."""
    if probe.connects_per_s:
        seconds = _roughly(wish.subscribers / probe.connects_per_s)
        yield Finding("note", "ramp", {"seconds": seconds, "wished": wish.subscribers, "per_s": probe.connects_per_s})
    if probe.spread_us and probe.connected:
        each_us = probe.spread_us / probe.connected
        figures = {"wished": wish.subscribers, "ms": _roughly(wish.subscribers * each_us / 1000), "each_us": each_us}
        yield Finding("note", "ring", figures | {"measured": probe.connected, "many": MANY, "grown_us": GROWN_US})


def _roughly(number: float) -> float:
    """Two digits of it: an estimate has no more."""
    return float(f"{number:.2g}")


_EXAMINATIONS: Sequence[Callable[[Patient], Iterator[Finding]]] = (
    _files_here,
    _files_broker,
    _most_connections,
    _ports,
    _memory,
    _protocol,
    _backlog,
    _processors,
    _tuning,
    _sessions,
    _probed,
)
