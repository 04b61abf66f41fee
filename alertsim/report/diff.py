"""What differs between two accounts of an exercise: missing, extra, changed, out of order or late, each by name."""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, NamedTuple

from pydantic_core import to_json

from alertsim.report.accounts import Told, once


class Changed(NamedTuple):
    """A message of both accounts, and each field in which they differ: what the first and the second say."""

    told: Told
    fields: Mapping[str, tuple[Any, Any]]

    def as_json(self) -> dict[str, object]:
        """The message by name, and its fields."""
        return self.told.as_json() | {"fields": {name: list(pair) for name, pair in self.fields.items()}}


class Late(NamedTuple):
    """A message that came in time in the first account and not in the second: microseconds after it was intended."""

    told: Told
    late_us: int

    def as_json(self) -> dict[str, object]:
        """The message by name, and seconds."""
        return self.told.as_json() | {"late_s": self.late_us / 1e6}


@dataclass
class Difference:
    """All in which the second account differs from the first. `equal` counts the messages that both tell alike.

    `moved`: messages that others of their topic have overtaken, or that have overtaken others.
    """

    missing: list[Told] = field(default_factory=list)
    extra: list[Told] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    moved: list[Told] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    equal: int = 0

    @property
    def parts(self) -> dict[str, Sequence[Told | Changed | Late]]:
        """Its parts by name."""
        return {
            "missing": self.missing,
            "extra": self.extra,
            "changed": self.changed,
            "moved": self.moved,
            "late": self.late,
        }

    def __bool__(self) -> bool:
        """Whether there is any."""
        return any(self.parts.values())

    def as_json(self) -> dict[str, object]:
        """All of it as plain JSON."""
        parts = {name: [each.as_json() for each in part] for name, part in self.parts.items()}
        return {"differs": bool(self), "equal": self.equal, **parts}


class _Placed(NamedTuple):
    """A message, what is compared of it, and where in its account it stands."""

    told: Told
    fields: dict[str, Any]
    place: int


_Pair = tuple[_Placed | None, _Placed | None]


def diff(first: Iterable[Told], second: Iterable[Told], *, late_us: int, ignore: Iterable[str] = ()) -> Difference:
    """Compare two accounts. A message that took longer than `late_us` is late; fields to `ignore` are not compared."""
    found, matched = Difference(), list[tuple[_Placed, _Placed]]()
    for a, b in _paired(_placed(first, ignore), _placed(second, ignore)):
        if a and b:
            matched.append((a, b))
            _compare(a, b, late_us, found)
        elif a:
            found.missing.append(a.told)
        else:
            found.extra += [b.told] if b else []
    found.moved = list(_moved(matched))
    return found


def _placed(account: Iterable[Told], ignore: Iterable[str]) -> Iterator[_Placed]:
    ignored = set(ignore)
    for place, each in enumerate(once(account)):
        yield _Placed(each, {name: value for name, value in each.fields.items() if name not in ignored}, place)


def _paired(first: Iterable[_Placed], second: Iterable[_Placed]) -> Iterator[_Pair]:
    """Each message with its like: on the same topic and of the same event; first those that say the same."""
    groups: dict[tuple[str, str], tuple[list[_Placed], list[_Placed]]] = {}
    for side, account in enumerate((first, second)):
        for each in account:
            groups.setdefault(each.told.key, ([], []))[side].append(each)
    for left, right in groups.values():
        yield from _matched(left, right)


def _matched(left: list[_Placed], right: list[_Placed]) -> Iterator[_Pair]:
    """Within one topic and event."""
    same: defaultdict[bytes, deque[_Placed]] = defaultdict(deque)
    for b in right:
        same[_bytes(b)].append(b)
    rest: list[_Placed] = []
    for a in left:
        if alike := same.get(_bytes(a)):
            yield a, alike.popleft()
        else:
            rest.append(a)
    others = sorted((b for alike in same.values() for b in alike), key=lambda b: b.place)
    yield from zip_longest(rest, others)


def _bytes(placed: _Placed) -> bytes:
    return to_json(sorted(placed.fields.items()), inf_nan_mode="constants")


def _compare(a: _Placed, b: _Placed, late_us: int, found: Difference) -> None:
    names = dict.fromkeys((*a.fields, *b.fields))
    pairs = {name: (a.fields.get(name), b.fields.get(name)) for name in names}
    if fields := {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}:
        found.changed.append(Changed(a.told, fields))
    else:
        found.equal += 1
    if (b.told.late_us or 0) > late_us >= (a.told.late_us or 0):
        found.late.append(Late(b.told, b.told.late_us or 0))


def _moved(matched: Iterable[tuple[_Placed, _Placed]]) -> Iterator[Told]:
    """On each topic, all but the longest run of messages that have kept their order."""
    topics: defaultdict[str, list[tuple[_Placed, _Placed]]] = defaultdict(list)
    for pair in matched:
        topics[pair[0].told.said.topic].append(pair)
    for pairs in topics.values():
        pairs.sort(key=lambda pair: pair[0].place)
        kept = _longest_rising([b.place for _, b in pairs])
        yield from (a.told for n, (a, _) in enumerate(pairs) if n not in kept)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The indexes of a longest rising subsequence (patience sorting; the numbers differ from each other)."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for n, number in enumerate(numbers):
        at = bisect_left(tops, number)
        tops[at : at + 1] = [number]
        ends[at : at + 1] = [n]
        before.append(ends[at - 1] if at else None)
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept
