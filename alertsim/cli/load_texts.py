"""What was typed for `load`, read into values; InputError says what to write instead."""

import re
from collections.abc import Sequence
from itertools import combinations, pairwise
from math import inf
from typing import Literal, NamedTuple

from alertsim.errors import InputError
from alertsim.mqtt.filters import filter_fault
from alertsim.swarm.attendance import ALL
from alertsim.swarm.conduct import Turn
from alertsim.swarm.plan import Stage
from alertsim.times import parse_duration

_RATE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(?:/(s|m|h))?", re.ASCII)
_PER: dict[str | None, float] = {None: 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_STAGE = re.compile(r"([0-9]{1,6})@(?:([0-9]{1,6}(?:\.[0-9]{1,3})?)(?:/s)?|max)", re.ASCII)
_OUTAGE = re.compile(
    r"(?P<operator>[a-z][a-z0-9-]{0,40})(?::(?P<up>0|1|0?\.[0-9]{1,4}))?@(?P<at>[^+]+)\+(?P<length>.+)", re.ASCII
)
_FLASH = re.compile(r"([0-9]{1,6})@(.+)", re.ASCII)


def read_version(text: str) -> Literal[4, 5]:
    """MQTT's protocol level, as emqtt-bench writes it."""
    match text:
        case "4":
            return 4
        case "5":
            return 5
        case "3.1.1" | "5.0":
            raise InputError(f"-V {text} is mqttx's way; write -V {4 if text == '3.1.1' else 5} (4 is MQTT 3.1.1)")
        case _:
            raise InputError(f"-V {text!r}: expected 5, or 4 for MQTT 3.1.1")


def read_rate(option: str, text: str) -> float:
    """So many a second, above 0."""
    found = _RATE.fullmatch(text)
    if not found or not float(found[1]):
        raise InputError(f"{option} {text!r}: expected like 10/s, 30/m or 0.5/s")
    return float(found[1]) / _PER[found[2]]


def read_length(option: str, text: str) -> float:
    """Seconds of a duration above 0."""
    if not (length_s := read_moment(option, text)):
        raise InputError(f"{option} {text!r}: expected more than nothing, like 30s")
    return length_s


def read_moment(option: str, text: str) -> float:
    """Seconds from the start."""
    try:
        return parse_duration(text) / 1000
    except ValueError as error:
        raise InputError(f"{option} {text!r}: {error}") from None


def read_stages(count: int, per_s: float | None, interval_ms: float | None, ramp: str | None) -> tuple[Stage, ...]:
    """How fast to connect: one rate for all, or `1000@50/s,5000@max`; none: as many as the broker admits."""
    if sum(each is not None for each in (per_s, interval_ms, ramp)) > 1:
        raise InputError("-R, -i and --ramp all say how fast to connect; give one of them")
    if ramp is not None:
        return _ramp(count, ramp)
    rate = 1000 / interval_ms if interval_ms is not None else per_s
    if rate is not None and not 0 < rate < inf:
        raise InputError("-R and -i: expected a number")
    return () if rate is None else (Stage(count, rate),)


def _ramp(count: int, text: str) -> tuple[Stage, ...]:
    stages = []
    for part in text.split(","):
        found = _STAGE.fullmatch(part.strip())
        if not found or not int(found[1]) or (found[2] and not float(found[2])):
            raise InputError(f"--ramp {part.strip()!r}: expected like 1000@50/s,5000@max")
        stages.append(Stage(int(found[1]), float(found[2]) if found[2] else None))
    for before, after in pairwise(stages):
        if after.subscribers <= before.subscribers:
            raise InputError(f"--ramp {text!r}: each stage ends with more subscribers than the one before it")
    if stages[-1].subscribers != count:
        raise InputError(f"--ramp {text!r}: its last stage must end with all {count:,} subscribers of -c")
    return tuple(stages)


def read_outages(texts: Sequence[str], operators: set[str], lasts_s: float) -> tuple[Turn, ...]:
    """`OPERATOR[:UP]@AT+FOR`: an operator (or all) has the share UP of its networks, nothing where it is not given."""
    outages = sorted(_outage(text, operators, lasts_s) for text in texts)
    for one, other in combinations(outages, 2):
        if one.operator == other.operator and other.at_s < one.until_s:
            raise InputError(f"--outage {other.text!r}: it begins before {one.text!r} ends; give one after the other")
    return tuple(turn for outage in outages for turn in outage.turns)


class _Outage(NamedTuple):
    at_s: float
    until_s: float
    operator: str
    up: float
    text: str

    @property
    def turns(self) -> tuple[Turn, Turn]:
        down, up = _networks(self.up), _networks(1.0)
        return Turn(self.at_s, self.operator, down), Turn(self.until_s, self.operator, up)


def _outage(text: str, operators: set[str], lasts_s: float) -> _Outage:
    found = _OUTAGE.fullmatch(text)
    if not found:
        raise InputError(f"--outage {text!r}: expected like operator-a@5s+10s, all@5s+3s or operator-a:0.4@5s+10s")
    operator = found["operator"]
    if operator != "all" and operator not in operators:
        known = ", ".join(sorted(operators)) or "none"
        raise InputError(f"--outage {text!r}: no subscriber is with {operator}; there are: {known}, and all")
    at_s, length_s = read_moment("--outage", found["at"]), read_length("--outage", found["length"])
    if at_s + length_s > lasts_s:
        raise InputError(f"--outage {text!r}: it ends after the test, which lasts {lasts_s:g} s; see --duration")
    return _Outage(at_s, at_s + length_s, ALL if operator == "all" else operator, float(found["up"] or 0), text)


def _networks(up: float) -> tuple[tuple[str, float], ...]:
    return ("data", up), ("fixed", up)


def read_flash(text: str | None, count: int, lasts_s: float) -> tuple[int, tuple[Turn, ...]]:
    """`N@AT`: so many of the subscribers come only then, all at once."""
    if text is None:
        return 0, ()
    found = _FLASH.fullmatch(text)
    if not found or not 0 < int(found[1]) < count:
        raise InputError(f"--flash {text!r}: expected like 2000@10s, with fewer than the {count:,} subscribers of -c")
    at_s = read_moment("--flash", found[2])
    if at_s >= lasts_s:
        raise InputError(f"--flash {text!r}: it comes after the test, which lasts {lasts_s:g} s; see --duration")
    return int(found[1]), (Turn(at_s, None),)


def read_filter(topic: str | None, *, listen_only: bool) -> str | None:
    """What to subscribe to where somebody else publishes; None where we do, on topics of our own."""
    if not listen_only:
        if topic is not None:
            raise InputError(f"-t {topic!r}: a test publishes on its own topics only; -t goes with --listen-only")
        return None
    if topic is None:
        raise InputError("--listen-only needs to know what to listen to, like -t 'exercise/+/public/#'")
    if fault := filter_fault(topic):
        raise InputError(f"-t {topic!r}: the filter {fault}")
    return topic
