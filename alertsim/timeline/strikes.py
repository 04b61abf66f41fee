"""A strike becomes, per weapon, a modelled launch, a detection, and an interception or impact."""

from collections.abc import Iterator, Mapping

from alertsim.events import Event, StrikeDetected, StrikeImpacted, StrikeIntercepted, StrikeLaunched
from alertsim.scenario import StrikeEntry, Weapon
from alertsim.timeline.draws import Draws
from alertsim.timeline.source import Source
from alertsim.times import Millis


def strike_events(entry: StrikeEntry, seed: int, start: Millis, weapons: Mapping[str, Weapon]) -> Iterator[Event]:
    """All launches, then all detections, then all outcomes; weapons are numbered from 1 by their arrival.

    The first arrives at the entry's `at`, the others within `spread`. A launch is the arrival less a warning time
    drawn from the weapon's public range, never after the detection; one before `start` is no part of the scenario.
    """
    strike, draws, source = entry.strike, Draws(seed, entry.id), Source(entry)
    names = [volley.weapon for volley in strike.salvo for _ in range(volley.count)]
    names = [names[k] for k in draws.order(strike.count)]
    arrivals = [Millis(0), *sorted(draws.millis(Millis(0), strike.spread) for _ in names[1:])]
    fates = _fates(entry, draws, seed)
    salvo = [
        (n, name, Millis(entry.at + arrival), {"strike": f"{entry.id}-{n}", "weapon": name, "target": strike.target})
        for n, (name, arrival) in enumerate(zip(names, arrivals, strict=True), 1)
    ]
    for n, name, arrival, what in salvo:
        known = arrival - strike.warning
        launch = min(arrival - draws.millis(*weapons[name].warning), known)
        if launch >= start:
            yield StrikeLaunched(**source.at(Millis(launch), f"launched:{n}"), **what)
    for n, _, arrival, what in salvo:
        yield StrikeDetected(**source.at(max(start, Millis(arrival - strike.warning)), f"detected:{n}"), **what)
    for (n, _, arrival, what), shot in zip(salvo, fates, strict=True):
        if shot:
            yield StrikeIntercepted(**source.at(arrival, f"intercepted:{n}"), **what)
        else:
            yield StrikeImpacted(**source.at(arrival, f"impacted:{n}"), **what)


def _fates(entry: StrikeEntry, draws: Draws, seed: int) -> list[bool]:
    """Which weapons are intercepted: as many as the author says, or each by its chance."""
    strike = entry.strike
    if strike.outcome.chance is not None:
        chances = Draws(seed, f"{entry.id}:fate")
        return [chances.share() < strike.outcome.chance for _ in range(strike.count)]
    return [place < strike.outcome.intercepted for place in draws.order(strike.count)]
