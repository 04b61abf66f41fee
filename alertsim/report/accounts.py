"""One account of an exercise, to be compared with another: its messages by name, without what is chance."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from alertsim.wire.comparable import Comparable, comparable, said

_ACK = "ack/"


class Told(NamedTuple):
    """One message of an account. `late_us`: how long after it was intended it was there; None where nobody knows."""

    said: Comparable
    event: str
    kind: str
    at: str
    seq: int | None = None
    late_us: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """By what the same message is found in another account: topic below the root, and event."""
        return self.said.topic, self.event

    @property
    def fields(self) -> dict[str, Any]:
        """What is compared, by name."""
        body = self.said.body
        said = dict(body) if isinstance(body, Mapping) else {"bytes": body.decode(errors="backslashreplace")}
        delivery = {"qos": self.said.qos, "retain": self.said.retain}
        return said | delivery | {"user properties": dict(self.said.properties)}

    def as_json(self) -> dict[str, object]:
        """Its name: event, topic, scenario time."""
        return {"event": self.event, "kind": self.kind, "topic": self.said.topic, "at": self.at}


def told(
    topic: str,
    payload: bytes,
    *,
    qos: int,
    retain: bool,
    properties: tuple[tuple[str, str], ...],
    actual_us: int | None = None,
) -> Told | None:
    """A message as an account tells it; None of the clock and of what subscribers answer."""
    compared = comparable(topic, payload, qos=qos, retain=retain, properties=properties)
    if compared is None or compared.topic.startswith(_ACK):
        return None
    if not isinstance(compared.body, Mapping):
        return Told(compared, "", "", "")
    event, kind, at = (str(compared.body.get(name, "")) for name in ("event", "kind", "at"))
    intended, seq = _numbers(payload)
    late_us = None if actual_us is None or intended is None else actual_us - intended
    return Told(compared, event, kind, at, seq, late_us)


def once(account: Iterable[Told]) -> Iterator[Told]:
    """The messages without those that were delivered or renewed again: same event, number and topic."""
    known: set[tuple[str, str, int]] = set()
    for each in account:
        name = None if each.seq is None else (*each.key, each.seq)
        if name not in known:
            yield each
        if name:
            known.add(name)


def _numbers(payload: bytes) -> tuple[int | None, int | None]:
    """When it was intended, and its number, where they are such."""
    body = said(payload)
    found = (body.get("intended_us"), body.get("seq")) if isinstance(body, dict) else (None, None)
    intended, seq = (value if type(value) is int else None for value in found)
    return intended, seq
