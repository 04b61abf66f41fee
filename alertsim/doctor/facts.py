"""What a doctor must know before he can say how many subscribers fit: plain values; None is what nobody could tell."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """The fingerprint of a machine, so that figures measured on two of them are not compared by mistake.

    `cores` there are, `usable` by this process's affinity, `quota` what its control group may use of them together.
    Memory in bytes (`memory_free`: available, within the control group too); files are descriptors for one process.
    """

    architecture: str
    kernel: str
    python: str
    alertsim: str
    cores: int | None = None
    usable: int | None = None
    quota: float | None = None
    processor: str | None = None
    memory: int | None = None
    memory_free: int | None = None
    files_soft: int | None = None
    files_hard: int | None = None
    somaxconn: int | None = None
    syn_backlog: int | None = None
    ports: tuple[int, int] | None = None
    clocksource: str | None = None
    governor: str | None = None
    load: float | None = None
    container: str | None = None


@dataclass(frozen=True)
class BrokerFacts:
    """A broker as it looks from here.

    `own`: started by alertsim. `local`: on this machine. `many_sources`: may be called from several addresses.
    `program`, `files` (descriptors it may have), `open_files`, `most_connections` and `delays` (small packets: it has
    no TCP_NODELAY) are of the process that listens, where that is here and may be looked at; `consented` what its
    owner allows; the rest is what the broker says itself.
    """

    url: str
    own: bool = False
    local: bool = True
    many_sources: bool = True
    program: str | None = None
    files: int | None = None
    open_files: int | None = None
    most_connections: int | None = None
    delays: bool | None = None
    consented: int | None = None
    version: str | None = None
    connected: int | None = None
    receive_maximum: int = 65_535
    maximum_qos: int = 2
    retain: bool = True
    wildcard: bool = True
    maximum_packet: int | None = None
    topic_aliases: int = 0
    keep_alive_s: int | None = None
    session_expiry_s: int | None = None


@dataclass(frozen=True)
class Probe:
    """A small real load: `connected` of `subscribers` came, and what their messages cost.

    `cpu_us_per_delivery` is of the subscribers' process. `spread_us`: from a message's intended time to its last
    subscriber, the median message's. `nagle`: latencies heap up at 40 ms. `valid`: this machine kept up. `cause`: why
    connections failed, most often.
    """

    subscribers: int
    connected: int
    connects_per_s: float | None
    deliveries_per_s: float | None
    cpu_us_per_delivery: float | None
    p50_us: float | None
    p99_us: float | None
    spread_us: float | None
    nagle: bool
    valid: bool
    cause: str = ""


@dataclass(frozen=True)
class Wish:
    """How many subscribers there shall be.

    `spare`: descriptors a process needs beside one for each. `per_source`: connections from one source address.
    """

    subscribers: int
    spare: int
    per_source: int
