"""Scenario, timeline and what is played of it become one picture: what happens stands in its row, once."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from alertsim.events import Event, Text
from alertsim.picture import words
from alertsim.picture.alerts import alert_rows
from alertsim.picture.axis import Axis, Scale, stretch_out
from alertsim.picture.cells import clean
from alertsim.picture.happenings import broker_rows, incident_rows, inject_rows, news_rows, strike_rows
from alertsim.picture.model import Language, Outside, Picture, Section
from alertsim.picture.networks import network_rows
from alertsim.scenario import Chapter
from alertsim.timeline import Segment, Timeline


class Titled(Protocol):
    """What is drawn: its title, and its chapters by name."""

    @property
    def title(self) -> Text:
        """In both languages."""

    @property
    def chapters(self) -> Mapping[str, Chapter]:
        """In their order; none where it has none."""


def compose(
    scenario: Titled,
    timeline: Timeline,
    segments: Sequence[Segment],
    *,
    language: Language,
    scale: Scale | None = None,
) -> Picture:
    """The picture of those segments, in order of time; the scale is `play` where the scenario has chapters."""
    titles = {name: chapter.title for name, chapter in scenario.chapters.items() if chapter.title}
    called = {name: clean(getattr(title, language)) for name, title in titles.items()}
    if not scenario.chapters:
        segments = [segment._replace(name="") for segment in segments]
    axis = stretch_out(segments, scale or ("play" if scenario.chapters else "scenario"), called)
    events, offset = timeline.events, timeline.offset
    rows = (
        (words.STRIKES, strike_rows(events, axis, language, offset)),
        (words.ALERTS, alert_rows(events, axis, language, offset)),
        (words.INCIDENTS, incident_rows(events, axis, language)),
        (words.INJECTS, inject_rows(events, axis, language)),
        (words.NEWS, news_rows(events, axis, language)),
        (words.NETWORKS, network_rows(events, axis, language)),
        (words.BROKER, broker_rows(events, axis, language)),
    )
    return Picture(
        scenario=timeline.scenario,
        seed=timeline.seed,
        title=clean(getattr(scenario.title, language)),
        language=language,
        offset=offset,
        axis=axis,
        sections=tuple(Section(getattr(title, language), own) for title, own in rows if own),
        outside=_outside(events, axis),
    )


def _outside(events: Sequence[Event], axis: Axis) -> Outside:
    before = sum(event.at < axis.start for event in events)
    after = sum(event.at > axis.until for event in events)
    inside = sum(axis.holds(event.at) for event in events)
    return Outside(before, len(events) - before - after - inside, after)
