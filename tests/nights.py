"""Small fictional scenarios for tests, an entry a line; times are seconds after the start."""

import json
from typing import Any

from alertsim.scenario import Scenario
from alertsim.times import SECOND, Millis
from tests.scenario_texts import read
from tests.strategies import START

Data = dict[str, Any]


def after(seconds: float) -> Millis:
    """That long after the start."""
    return Millis(START + int(seconds * SECOND))


def night(*entries: Data, **header: object) -> Scenario:
    """A valid scenario of these entries."""
    given = {"alertsim": 1, "basis": "fictional", "title": "night", "start": "2023-12-12T05:00:00+02:00"}
    given |= {"exercise": {"type": "drill", "contact": "control"}, **header, "events": entries}
    return read(json.dumps(given), None)


def strike(
    name: str, at: float, *, impacted: int = 0, intercepted: int = 0, area: str = "UA-30", **more: object
) -> Data:
    """A salvo of ballistic missiles."""
    salvo = [{"weapon": "iskander-m", "count": impacted + intercepted}]
    outcome = {"impacted": impacted, "intercepted": intercepted}
    return {"id": name, "at": f"+{at:g}s", "strike": {"salvo": salvo, "target": area, "outcome": outcome, **more}}


def alert(raised: float, cleared: float | None = None, *updated: float, area: str = "UA-30") -> Data:
    """An alert of drones, updated to everything."""
    written: Data = {"area": area, "raised": f"+{raised:g}s", "threats": ["drones"]}
    written["updates"] = [{"at": f"+{at:g}s", "threats": ["drones", "cruise_missiles"]} for at in updated]
    return {"alert": written if cleared is None else {**written, "cleared": f"+{cleared:g}s"}}


def news(name: str, at: float, **more: object) -> Data:
    """News, on a track that is played."""
    return {"id": name, "at": f"+{at:g}s", "track": "incidents", "news": {"text": name}, **more}


def outage(name: str, at: float, up: dict[str, float], *steps: Data, **more: object) -> Data:
    """An outage of operator A; each step is a restoration."""
    failed = {"operator": "operator-a", "up": up, "restoration": steps, **more}
    return {"id": name, "at": f"+{at:g}s", "outage": failed}


def chapters(*stretches: tuple[float, float, float]) -> Data:
    """Chapters one, two, three … of (from, until, rate)."""
    words = ("one", "two", "three", "four")
    return {
        name: {"from": f"+{begins:g}s", "until": f"+{ends:g}s", "rate": rate}
        for name, (begins, ends, rate) in zip(words, stretches, strict=False)
    }
