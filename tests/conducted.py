"""An exercise as its recording has it, without a broker: what was played and seen, in a small night with everything."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from alertsim.commands import Pause
from alertsim.events import (
    AlertRaised,
    ClockTicked,
    Event,
    ExerciseState,
    ExerciseStateChanged,
    OperatorChanged,
    Service,
    SirensLeft,
    warns,
)
from alertsim.observations import (
    AlertReached,
    BrokerLost,
    BrokerRestored,
    ClockSlept,
    CohortReached,
    CommandAccepted,
    EventAcknowledged,
    EventExpired,
    EventPublished,
    EventSkipped,
    FlowStalled,
    Line,
    NetworkSeen,
    Observation,
    Observed,
    PlayDegraded,
    Played,
    StormPassed,
)
from alertsim.recording import Recorder, Recording, read
from alertsim.recording.keep import _write
from alertsim.report import Fold
from alertsim.scenario import Scenario
from alertsim.timeline import Timeline, compile_scenario
from alertsim.times import Millis
from alertsim.wire import Mark, schema
from tests.nights import after, alert, news, night, outage, strike
from tests.scenario_texts import CATALOGUE

BEGUN_US = 1_700_000_000_000_000
RATE = 60
BY = Mark("night-1", "control", 120)

HEADER = {
    "title": {"en": "A night <of> tests", "uk": "Ніч <перевірок>"},
    "objectives": [
        {"id": "warn", "text": {"en": "Warn in time", "uk": "Сповістити вчасно"}, "capability": "Public Warning"},
        {"id": "assess", "text": {"en": "Know what is known", "uk": "Знати, що відомо"}},
    ],
}


def expecting(entry: dict[str, object], *expected: tuple[str, str, str, str | None]) -> dict[str, object]:
    """The entry with expectations: who, what, within, objective."""
    names = ("who", "what", "within", "objective")
    told = [{name: value for name, value in zip(names, each, strict=True) if value} for each in expected]
    return {**entry, "expect": told}


def inject(name: str, at: float, to: str) -> dict[str, object]:
    """A message from control."""
    return {"id": name, "at": f"+{at:g}s", "inject": {"method": "phone", "to": to, "text": f"{name}?"}}


def scenario() -> Scenario:
    """A night: a late siren, one in time, an area never warned, an outage that takes sirens along."""
    return night(
        outage("down", 30, {"data": 0.2}, {"at": "+900s", "up": {"data": 1.0}}, sirens={"UA-30": {"share": 0.5}}),
        strike("first", 60, impacted=2, intercepted=1, spread="20s"),
        expecting(
            {"id": "kyiv", **alert(100, 500, 200)},
            ("players", "ack", "60s", "warn"),
            ("subscribers", "heard", "10s", "warn"),
            ("operator-a", "heard", "10s", "assess"),
        ),
        {"id": "chernihiv", **alert(300, 800, area="UA-74")},
        strike("second", 400, intercepted=1, area="UA-74"),
        strike("third", 450, impacted=1, area="UA-59"),
        expecting(inject("ask", 120, "duty-officer"), ("duty-officer", "ack", "2m", "warn")),
        expecting(inject("again", 320, "duty-officer"), ("duty-officer", "ack", "1m", None)),
        expecting(inject("open", 330, "duty-officer"), ("duty-officer", "opens the shelters", "5m", "assess")),
        {
            "id": "hurt",
            "incident": {
                "area": "UA-30",
                "updates": [
                    {"at": "+150s", "text": "windows", "casualties": {"injured": 3}},
                    {"at": "+600s", "text": "more", "casualties": {"injured": 9, "killed": 1, "hospitalised": 2}},
                ],
            },
        },
        news("after", 850, interpolated="between two reports", invented="the minute"),
        **HEADER,
    )


def timeline() -> Timeline:
    """What it compiles to."""
    return compile_scenario(scenario(), 7, CATALOGUE)


def real_us(at: Millis) -> int:
    """When a moment of the story was due."""
    return BEGUN_US + (at - after(0)) * 1_000 // RATE


class Book:
    """Lines as they are written down, numbered as the conductor numbers them."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._events = self._seen = self._ticks = 0

    def play(self, event: Event, late_us: int = 300) -> int:
        """An event is handed on; its number."""
        due = real_us(event.at)
        self.lines.append(Played(self._events, due, due + late_us, event, RATE))
        self._events += 1
        return self._events - 1

    def tick(self, at: Millis) -> None:
        """The clock says the time."""
        event = ClockTicked(event=f"clock:{self._ticks}", at=at, entry="clock", rate=RATE)
        self.lines.append(Played(self._ticks, real_us(at), real_us(at), event, RATE))
        self._ticks += 1

    def see(self, seen: Observation, at_us: int) -> None:
        """Something is seen."""
        self.lines.append(Observed(self._seen, at_us, seen))
        self._seen += 1


def state(state: ExerciseState, at: Millis, reason: str = "") -> ExerciseStateChanged:
    """The exercise begins or ends."""
    return ExerciseStateChanged(event=f"live:{state}", at=at, entry="live", state=state, reason=reason)


def reached(event: str, seq: int, topic: str, n: int, *, closed: bool = True) -> AlertReached:
    """How far a message spread among six subscribers of A and four of nobody; the n-th, so that figures differ."""
    a = CohortReached("phones", "operator-a", 4, 3, 1, 2, n % 2, n % 3, 1, n % 2, 20_000 + 1_000 * n)
    b = CohortReached("others", "", 4, 4 - n % 2, n % 2, 0, 0, 0, 0, 0, 9_000 + n)
    times = {"first_us": 500 + n, "p50_us": 4_000 + n, "p99_us": 15_000 + n, "last_us": 20_000 + 1_000 * n}
    return AlertReached(event=event, seq=seq, topic=topic, cohorts=(a, b), closed=closed, **times)


def conducted() -> Book:
    """The whole night: ticks, events, confirmations, answers, a lost broker, a storm, a command, an end."""
    book = Book()
    begins, ends = after(0), after(900)
    book.tick(begins)
    book.see(EventSkipped(skipped=_passed_over()), BEGUN_US)
    book.play(state(ExerciseState.RUNNING, begins))
    events = timeline().events
    for n, event in enumerate(events):
        if n % 4 == 0:
            book.tick(event.at)
        seq = book.play(event, 100 + 37 * (n % 11))
        _seen_of(book, event, seq, n)
    _troubles(book)
    last = book.play(state(ExerciseState.ENDED, ends, "completed"))
    book.see(
        EventPublished(event="live:ended", seq=last, topic="public/state", at_us=real_us(ends) + 999), real_us(ends)
    )
    return book


def _passed_over() -> Event:
    left = {"UA-30": SirensLeft(up=1.0)}
    up = {Service.DATA: 0.9}
    return OperatorChanged(event="old:changed:1", at=after(-60), entry="old", operator="operator-b", up=up, sirens=left)


def _seen_of(book: Book, event: Event, seq: int, n: int) -> None:
    due = real_us(event.at)
    if n % 7 == 5:
        book.see(EventExpired(event=event.event, seq=seq, topic="public/news", reason="expired"), due + 500)
    else:
        topic = f"public/alert/{getattr(event, 'area', 'UA-30')}"
        book.see(EventPublished(event=event.event, seq=seq, topic=topic, at_us=due + 700 + n), due + 800)
    if warns(event):
        book.see(reached(event.event, seq, f"public/alert/{event.area}", 0, closed=False), due + 600)
        book.see(reached(event.event, seq, f"public/alert/{event.area}", n), due + 900_000)
    if event.event.startswith("ask:"):
        _answer(book, event, "exercise-subscriber-duty-officer", 60)
    if event.event.startswith("again:"):
        _answer(book, event, "duty-officer-2", 90)
    if isinstance(event, AlertRaised):
        _answer(book, event, "phone-7", 30)


def _answer(book: Book, event: Event, client: str, after_s: int) -> None:
    at_us = real_us(Millis(event.at + after_s * 1_000))
    seen = EventAcknowledged(event=event.event, seq=1, client=client, what="received", at_us=at_us)
    book.see(seen, at_us)


def _troubles(book: Book) -> None:
    at = BEGUN_US + 5_000_000
    book.see(BrokerLost(reason="cable"), at)
    book.see(BrokerRestored(waiting=3), at + 2_500_000)
    book.see(BrokerLost(reason="again"), at + 9_000_000)
    book.see(CommandAccepted(n=1, at=after(300), seq=9, command=Pause()), at)
    book.see(ClockSlept(at=after(310), lost_ms=7_000), at)
    book.see(PlayDegraded(part="view", reason="too slow"), at)
    for n, connected in enumerate((6, 2, 6)):
        stood = NetworkSeen(
            operator="operator-a", subscribers=6, connected=connected, cut=6 - connected, reconnecting=n
        )
        book.see(stood, at + n * 1_000_000)
    storm = StormPassed(
        operator="operator-a", began_us=at, until_us=at + 2_000_000, before=6, lost=4, lowest=2,
        peak_connects_per_s=4.5, peak_us=at + 1_500_000, back_s=2.0, return_s=1.25, back_off_s=1.0, jittered=True,
    )  # fmt: skip
    book.see(storm, at + 3_000_000)
    book.see(FlowStalled(operator="operator-a", subscribers=2, unanswered=20), at + 3_000_000)


def written(
    folder: Path, lines: Iterable[Line], files: dict[str, bytes] | None = None, *, finished: bool = True
) -> Recording:
    """Those lines as a recording on disk, with a stranger's message among them."""
    kept: Sequence[Line] = list(lines)
    path = folder / "run.mcap"
    about = {
        "exercise": BY.exercise, "contact": BY.contact, "scenario": "night", "seed": "7", "offset_minutes": "120",
        "version": "0", "broker": "mqtt://127.0.0.1:1", "segments": json.dumps([["all", after(0), after(900), RATE]]),
    }  # fmt: skip
    with Recorder(path, schema_of=schema) as recorder:
        recorder.start(about, files or {})
        _write(recorder, kept, BY, flush=True)
        if finished:
            recorder.finish({"summary": Fold().add(kept).summary.model_dump_json()})
    return read(path)
