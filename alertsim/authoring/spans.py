"""Where everything in a YAML file begins and ends, so that a part of it can be changed and the rest left alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import yaml

from alertsim.scenario.document.compose import PARSER
from alertsim.scenario.document.source import Path


@dataclass(slots=True)
class Span:
    """One value: `text[start:end]`, and its key `text[key_at:key_end]`; an item of a list has none: both are `start`.

    `steps` lead to what it holds, in order; None for a scalar. `flow` is written in brackets.
    """

    key_at: int
    key_end: int
    start: int
    end: int
    flow: bool = False
    steps: list[str | int] | None = None


@dataclass(slots=True)
class _Level:
    """A list or mapping being read."""

    path: Path
    span: Span
    is_list: bool
    key: tuple[str, int, int] | None = field(default=None)


def spans(text: str) -> Mapping[Path, Span]:
    """Every value of a file that `document.compose.load` has read without a problem, by its path."""
    found: dict[Path, Span] = {}
    levels: list[_Level] = []
    for event in yaml.parse(text, PARSER):
        match event:
            case yaml.ScalarEvent() if levels and not levels[-1].is_list and levels[-1].key is None:
                levels[-1].key = (event.value, *_ends(event, text))
            case yaml.NodeEvent():
                _take(event, text, levels, found)
            case yaml.CollectionEndEvent():
                span = levels.pop().span
                if span.flow:
                    span.end = cast("yaml.Mark", event.end_mark).index
                _grow(levels, span)
            case _:
                pass
    return found


def _take(event: yaml.NodeEvent, text: str, levels: list[_Level], found: dict[Path, Span]) -> None:
    """A value begins."""
    start, end = _ends(event, text)
    path, key_at, key_end = _step(levels, start)
    span = found[path] = Span(key_at, key_end, start, end)
    if isinstance(event, yaml.CollectionStartEvent):
        span.flow, span.steps = bool(event.flow_style), []
        levels.append(_Level(path, span, isinstance(event, yaml.SequenceStartEvent)))
    else:
        _grow(levels, span)


def _step(levels: list[_Level], start: int) -> tuple[Path, int, int]:
    """The path of the value that begins at `start`, and where its key is."""
    if not levels:
        return (), start, start
    level = levels[-1]
    steps = level.span.steps = level.span.steps or []
    name, key_at, key_end = level.key or (len(steps), start, start)
    level.key = None
    steps.append(name)
    return (*level.path, name), key_at, key_end


def _grow(levels: list[_Level], inner: Span) -> None:
    """What is around a value reaches as far as it does."""
    if levels and not levels[-1].span.flow:
        levels[-1].span.end = max(levels[-1].span.end, inner.end)


def _ends(event: yaml.NodeEvent, text: str) -> tuple[int, int]:
    """Where a scalar begins and ends, without the blank lines behind it; of a collection, where it begins."""
    start, end = (cast("yaml.Mark", mark).index for mark in (event.start_mark, event.end_mark))
    return start, start + len(text[start:end].rstrip())
