"""Areas under alert as a tree, oblast over raion over hromada; pre-alerts and standing alerts apart and quieter."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, pairwise

from alertsim.areas import ancestors
from alertsim.live import words
from alertsim.live.cells import Row, Span, Tone, sides
from alertsim.live.panel import Panel, Version
from alertsim.live.view import Alert, View
from alertsim.live.words import Language, age, place, say
from alertsim.times import Millis

_DEPTHS = (3, 2, 1)
_FEW = 8
"""Pre-alerts that have a row each; more are counted."""


def under_alert(view: View, at: Millis, lang: Language, width: int) -> Panel:
    """Each alert below those of the areas around it, the newest first; the inner ones counted where room lacks."""
    own = {alert.area: alert for alert in view.alerts if alert.stage == "alert"}
    quieter = [*_pre_alerts(view, at, lang, width), *_standing(view, lang)]
    inside = Counter(outer for area in own for outer, _ in _path(area))
    areas = _in_order(own.values())

    def rows(depth: int) -> Version:
        kept = [area for area in areas if area.count("/") < depth]
        hidden = {area: inside[area] if area.count("/") == depth - 1 else 0 for area in kept}
        tree = (_area(area, own.get(area), hidden[area], at, lang, width) for area in kept)
        return Version(len(kept) + len(quieter), chain(tree, quieter))

    note = str(len(own)) if own else say(words.NOBODY, lang)
    return Panel(say(words.UNDER_ALERT, lang), note, tuple(map(rows, _DEPTHS)))


def _in_order(alerts: Iterable[Alert]) -> list[str]:
    """Every area that is under alert or around one that is, each below what is around it, in the order of `alerts`."""
    inside: defaultdict[str, list[str]] = defaultdict(list)
    known = {""}
    for alert in alerts:
        for outer, area in _path(alert.area):
            if area not in known:
                known.add(area)
                inside[outer].append(area)

    def below(outer: str) -> Iterator[str]:
        for area in inside[outer]:
            yield area
            yield from below(area)

    return [*below("")]


@lru_cache(maxsize=4096)
def _path(area: str) -> tuple[tuple[str, str], ...]:
    """Each area from the oblast down to this one, with the one around it; nothing is around an oblast."""
    return tuple(pairwise(("", *reversed(ancestors(area)), area)))


def _area(area: str, alert: Alert | None, hidden: int, at: Millis, lang: Language, width: int) -> Row:
    """One area: its name, what it is warned of, how many inner ones are not shown, and how long it has been."""
    name = Span("  " * area.count("/") + place(area, lang), "alarm" if alert else "quiet")
    inside = Span(f"  {say(words.INSIDE, lang, hidden)}" if hidden else "", "raised")
    if alert is None:
        return name, inside
    return sides((name, _threats(alert, lang), inside), (Span(age(Millis(at - alert.since), lang), "strong"),), width)


def _threats(alert: Alert, lang: Language, tone: Tone = "raised") -> Span:
    told = ", ".join(say(words.THREATS[threat], lang) for threat in alert.threats)
    return Span(f"  {told}" if told else "", tone)


def _pre_alerts(view: View, at: Millis, lang: Language, width: int) -> Iterator[Row]:
    found = [alert for alert in view.alerts if alert.stage == "pre_alert"]
    for alert in found if len(found) <= _FEW else ():
        name = Span(f"{say(words.PRE_ALERT, lang)}: {place(alert.area, lang)}", "warning")
        since = Span(age(Millis(at - alert.since), lang), "quiet")
        yield sides((name, _threats(alert, lang, "quiet")), (since,), width)
    if len(found) > _FEW:
        yield (Span(f"{say(words.PRE_ALERT, lang)}: {len(found)}", "warning"),)


def _standing(view: View, lang: Language) -> Iterator[Row]:
    names = sorted(place(alert.area, lang) for alert in view.alerts if alert.stage == "standing")
    if names:
        yield (Span(f"{say(words.STANDING, lang)}: {', '.join(names)}", "quiet"),)
