"""What was planned in an exercise, what was sent of it and what was heard of that: three accounts of one recording."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from alertsim import library
from alertsim.cli.recording import offset as offset_of
from alertsim.errors import AlertSimError, InputError
from alertsim.events import Track
from alertsim.library import FACTS, SCENARIO
from alertsim.observations import AlertReached, EventExpired, EventPublished, EventSkipped, Played, heard_in_all
from alertsim.recording import Recorded, Recording
from alertsim.report.accounts import Told, told
from alertsim.report.diff import Difference, diff
from alertsim.scenario import parse
from alertsim.timeline import Timeline, compile_scenario
from alertsim.times import Millis
from alertsim.wire import Mark, mark

_LIVE = "live"


class Unheard(NamedTuple):
    """A message that did not get to everybody who should have heard it: counts of subscribers."""

    told: Told
    unheard: int
    meant: int

    def as_json(self) -> dict[str, object]:
        """The message by name, and the counts."""
        return self.told.as_json() | {"unheard": self.unheard, "meant": self.meant}


class Unconfirmed(NamedTuple):
    """A message that the broker has not confirmed, and why it was not sent where that is known."""

    told: Told
    reason: str

    def as_json(self) -> dict[str, object]:
        """The message by name, and the reason."""
        return self.told.as_json() | {"reason": self.reason}


class Stages(NamedTuple):
    """How one run differs from stage to stage. `reached` is None where nobody of ours listened."""

    sent: Difference
    unconfirmed: tuple[Unconfirmed, ...]
    unheard: tuple[Unheard, ...] | None

    @property
    def differ(self) -> bool:
        """Whether anything was lost on the way, or came late."""
        return bool(self.sent or self.unconfirmed or self.unheard)


def stages(recording: Recording, lines: Iterable[Recorded], late_us: int) -> Stages:
    """Compare them; `lines` are the recording's. InputError where it does not have the scenario it was made from."""
    timeline, kept = _timeline(recording), _Kept()
    for line in lines:
        kept.add(line)
    end = _end(recording, timeline)
    played = [event for event in timeline.events if event.at <= end and event.event not in kept.skipped]
    planned = [_planned(Played(n, 10**15, 10**15, event), _mark(recording)) for n, event in enumerate(played)]
    return Stages(diff(filter(None, planned), kept.sent.values(), late_us=late_us), kept.unconfirmed, kept.unheard)


def account(lines: Iterable[Recorded]) -> Iterator[Told]:
    """The messages of a recording, given its lines, that another may be compared with."""
    for line in lines:
        if line.delivery and (found := _told(line)):
            yield found


def _told(line: Recorded) -> Told | None:
    sent = line.delivery
    if sent is None:
        return None
    how: dict[str, Any] = {"qos": sent.qos, "retain": sent.retain, "properties": sent.properties}
    return told(line.topic, line.data, actual_us=line.actual_us, **how)


class _Kept:
    """What must be remembered of the lines of a run."""

    def __init__(self) -> None:
        self.sent: dict[int, Told] = {}
        self.skipped: set[str] = set()
        self._confirmed: set[int] = set()
        self._why: dict[int, str] = {}
        self._spread: dict[int, AlertReached] = {}

    def add(self, line: Recorded) -> None:
        """One more line."""
        match line.of:
            case dict() as payload if payload.get("entry") != _LIVE and not payload.get("catch_up"):
                found = _told(line)
                if found and found.seq is not None:
                    self.sent.setdefault(found.seq, found)
            case EventSkipped(skipped=event):
                self.skipped.add(event.event)
            case EventPublished(seq=seq):
                self._confirmed.add(seq)
            case EventExpired(seq=seq, reason=reason):
                self._why[seq] = reason
            case AlertReached(seq=seq) as spread:
                self._spread[seq] = spread
            case _:
                pass

    @property
    def unconfirmed(self) -> tuple[Unconfirmed, ...]:
        """What was sent and not confirmed."""
        lost = ((seq, each) for seq, each in self.sent.items() if each.said.qos and seq not in self._confirmed)
        return tuple(Unconfirmed(each, self._why.get(seq, "")) for seq, each in lost)

    @property
    def unheard(self) -> tuple[Unheard, ...] | None:
        """What somebody did not hear; None where nobody listened."""
        heard = {seq: heard_in_all(each.heard for each in spread.cohorts) for seq, spread in self._spread.items()}
        named = ((self.sent[seq], one) for seq, one in sorted(heard.items()) if seq in self.sent)
        return tuple(Unheard(each, one.unheard, one.meant) for each, one in named if one.unheard) if heard else None


def _timeline(recording: Recording) -> Timeline:
    """What the scenario in the recording compiles to."""
    files, about = recording.attachments, recording.metadata
    facts = (files[FACTS], FACTS) if FACTS in files else None
    try:
        name, seed = about["scenario"], int(about["seed"])
        tracks = frozenset(map(Track, about["tracks"].split()))
        scenario = parse(files[SCENARIO], name=name, file=SCENARIO, facts=facts, catalogue=library.catalogue())
    except (KeyError, ValueError):
        raise InputError(f"{recording.path} does not say what was planned: it was not made from a scenario") from None
    except AlertSimError as error:
        raise InputError(f"{recording.path}: its scenario is none for this version of alertsim: {error}") from None
    return compile_scenario(scenario, seed, library.catalogue(), tracks)


def _end(recording: Recording, timeline: Timeline) -> Millis:
    """Where the last segment ends that was to be played."""
    try:
        return Millis(int(json.loads(recording.metadata["segments"])[-1][2]))
    except (KeyError, ValueError, TypeError, IndexError):
        return timeline.until


def _mark(recording: Recording) -> Mark:
    about = recording.metadata
    status: Literal["Exercise", "Test"] = "Test" if about.get("status") == "Test" else "Exercise"
    return Mark(about.get("exercise", ""), about.get("contact", ""), offset_of(recording), status)


def _planned(played: Played, by: Mark) -> Told | None:
    message = mark(played, by)
    return told(message.topic, message.payload, qos=message.qos, retain=message.retain, properties=message.properties)
