"""Dividing whole subscribers by shares, so that nobody is lost and no share comes out worse than by rounding."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key")

_GRAIN = 10**9


def weights(shares: Mapping[Key, float]) -> dict[Key, int]:
    """Shares as whole numbers, for exact arithmetic; without those that are 0 (or below a billionth)."""
    whole = {key: round(share * _GRAIN) for key, share in shares.items()}
    return {key: weight for key, weight in whole.items() if weight}


def allotted(rows: Iterable[int], by: Sequence[int]) -> Iterator[list[int]]:
    """Each of `rows` divided by the weights `by`: parts that sum to it, each within 1 of its exact quota.

    By largest remainder: everybody gets the whole part of their quota, and who is owed most one more; equals in their
    order. What a row leaves owed is carried into the next, so that the columns keep to their weights too: without
    that, in many small rows the largest weight would get everything.
    """
    total, owed = sum(by), [0] * len(by)
    for row in rows:
        parts = [row * weight // total for weight in by]
        owed = [before + row * weight - part * total for before, weight, part in zip(owed, by, parts, strict=True)]
        for column in sorted(range(len(by)), key=owed.__getitem__, reverse=True)[: row - sum(parts)]:
            parts[column] += 1
            owed[column] -= total
        yield parts
