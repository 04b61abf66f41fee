"""Which events of a recording are played again: by topic, and by area."""

from collections.abc import Sequence
from dataclasses import dataclass

from alertsim import areas
from alertsim.errors import InputError
from alertsim.events import Event, ForeignRelayed
from alertsim.mqtt.filters import filter_fault, matches, topic_fault
from alertsim.wire import STATE, address


@dataclass(frozen=True)
class Selection:
    """Topic filters below the root (of what was foreign: the original topic), and ids of areas; empty takes all.

    An area takes what concerns it: what happens there, inside it, or around it. What has no area concerns everybody.
    """

    topics: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()

    def takes(self, event: Event) -> bool:
        """Whether it is played."""
        where = event.topic if isinstance(event, ForeignRelayed) else address(event).topic
        return (not self.topics or any(matches(topic, where) for topic in self.topics)) and self._concerns(event)

    def _concerns(self, event: Event) -> bool:
        place = getattr(event, "area", None) or getattr(event, "target", None)
        if not self.areas or place is None:
            return True
        return any(areas.related(area, place) for area in self.areas)


def selection(topics: Sequence[str], names: Sequence[str]) -> Selection:
    """What somebody asked for; InputError says what a filter or an area looks like."""
    for topic in topics:
        if fault := filter_fault(topic):
            raise InputError(f"--topic {topic!r} {fault}; expected a filter below the root, like public/alert/#")
    return Selection(tuple(topics), tuple(areas.find(name).id for name in names))


def remapped(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """`OLD=NEW` as (old, new), branches of topics below the root; InputError where one is none, or is kept for us."""
    return tuple(_remapped(text) for text in texts)


def _remapped(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    fault = next((f"{topic!r} {fault}" for topic in (old, new) if (fault := topic_fault(topic))), "")
    if not equals or fault or len(new.encode()) > 60:
        raise InputError(f"--remap {text!r}: expected OLD=NEW, topics below the root, like public/alert=public/siren")
    for topic in (old, new):
        if STATE.startswith(topic) or topic.split("/")[0] == "ack" or topic.startswith("public/clock"):
            raise InputError(
                f"--remap {text!r}: the state, the clock and the answers of an exercise stay where they are"
            )
    return old, new
