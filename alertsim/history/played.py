"""Past alerts as a timeline, to be played by the clock like any other.

One channel raises and clears the alerts. Where both are played the official one does, and what volunteers told is
relayed beside it, so that each comes as late as it did.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from alertsim.events import AlertCleared, AlertRaised, Event, WarningRelayed
from alertsim.history.past import CHANNELS, Channel, PastAlert, Span, spans
from alertsim.timeline import Timeline
from alertsim.times import Millis, rfc3339

CITE = ("siren-history",)
"""What every event of it rests on."""


def timeline(
    name: str, told: Mapping[Channel, Sequence[PastAlert]], start: Millis, until: Millis, offset: int
) -> Timeline:
    """What the channels told from `start` to `until`, and before of what was open then; times at `offset` minutes."""
    first, *others = (channel for channel in CHANNELS if channel in told)
    events = list(_alerts(_within(told[first], start, until), until))
    for channel in others:
        events += _relayed(channel, _within(told[channel], start, until), until)
    events.sort(key=lambda event: event.at)
    return Timeline(name, 0, start, offset, tuple(events))


def _within(alerts: Iterable[PastAlert], start: Millis, until: Millis) -> Iterator[Span]:
    """Area by area in order of time."""
    return spans(alert for alert in alerts if alert.start < until and alert.end > start)


def _alerts(found: Iterable[Span], until: Millis) -> Iterator[Event]:
    for span in found:
        entry = _entry("alert", span)
        yield AlertRaised(event=f"{entry}:raised", at=span.start, entry=entry, cite=CITE, area=span.area)
        if span.end <= until:
            yield AlertCleared(event=f"{entry}:cleared", at=span.end, entry=entry, cite=CITE, area=span.area)


def _relayed(channel: Channel, found: Iterable[Span], until: Millis) -> Iterator[Event]:
    for span in found:
        entry = _entry(channel, span)
        for says, at in (("raised", span.start), ("cleared", span.end)):
            if at <= until:
                yield WarningRelayed(
                    event=f"{entry}:{says}", at=at, entry=entry, cite=CITE, channel=channel, area=span.area, says=says
                )


def _entry(kind: str, span: Span) -> str:
    """The id the alert would have in a scenario."""
    stamp = rfc3339(span.start, 0)[:19].replace("-", "").replace(":", "").lower()
    return f"{kind}-{span.area.lower().replace('/', '-')}-{stamp}z"
