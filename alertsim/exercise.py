"""Composes one exercise: broker, publisher, conductor, recording and summary, each opened and closed in order."""

import asyncio
import gc
import json
import platform
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import structlog

from alertsim import __version__, logs, networks, runs
from alertsim.broker import ANONYMOUS, Access, Broker, Confirm, Target, nobody_confirms, open_broker
from alertsim.broker.faults import Breaker, faults_within, is_end, refuse
from alertsim.clearing import sweep_left_over
from alertsim.clock import Clock, pause, unix_us
from alertsim.commands import Command, Terminate
from alertsim.conductor import COMPLETED, Conductor
from alertsim.crowd import NOBODY, People, gathered
from alertsim.errors import BrokerError, RecordingError
from alertsim.events import Seal
from alertsim.feed import Feed, Reader
from alertsim.observations import ExpiryLifted, Line, PlayDegraded, Played
from alertsim.operators.coverage import EVERYWHERE
from alertsim.publisher import Publisher
from alertsim.recording import Recorder, keep
from alertsim.report import Fold, Summary, sentences
from alertsim.story import Story
from alertsim.timeline import as_text
from alertsim.wire import Mark, Message, schema

DRAIN_S = 30.0
FAREWELL_S = 10.0
SEAL_S = 0.5
"""What the recording has not taken by then, its hash chain does not cover when it is published."""

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True)
class Order:
    """What somebody asked to have conducted. `laps`: how often; `opening`: commands for the first moment."""

    story: Story
    target: Target
    out: Path
    exercise: str
    access: Access = ANONYMOUS
    confirm: Confirm = nobody_confirms
    people: People = NOBODY
    proxies: bool = False
    control: int | None = None
    no_expiry: bool = False
    laps: float = 1
    opening: tuple[Command, ...] = ()
    place: str = EVERYWHERE


@dataclass
class Outcome:
    """What came of it: the summary, where things are, and why it did not go well, if it did not."""

    exercise: str
    summary: Summary
    folder: Path | None
    recording: Path | None
    broker: str
    offset: int
    closed: Seal | None = None
    swept: tuple[str, ...] = ()
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Stage:
    """A running exercise as its view sees it."""

    order: Order
    mark: Mark
    broker: Broker
    conductor: Conductor
    lines: Reader
    swept: tuple[str, ...]
    proxies: Mapping[str, int]

    @property
    def operators(self) -> tuple[str, ...]:
        """Those that one may make fail: real ones in a historical scenario, else A, B and C."""
        return networks.operators_of(historical=self.order.story.historical)


View = Callable[[Stage], Coroutine[None, None, None]]


def exercise_id(scenario: str) -> str:
    """`<scenario>-<yyyymmddthhmmssz>-<4 random base32>`, short enough for every topic."""
    now = datetime.fromtimestamp(unix_us() / 1e6, UTC).strftime("%Y%m%dt%H%M%Sz").lower()
    return f"{scenario[:40].strip('-')}-{now}-{''.join(secrets.choice(_BASE32) for _ in range(4))}"


async def conduct(order: Order, view: View) -> Outcome:
    """Conduct an exercise from its first message to the last clear.

    A disk that fails costs the recording, not the exercise: it goes on, and the outcome says so. Raises BrokerError
    when the broker is not there or is given up, InputError when the run folder exists, nothing is left to play, or the
    broker is to fail and cannot.
    """
    failures = list[str]()
    segments = order.story.segments
    faults = faults_within(order.story.timeline.events, segments[0].start, segments[-1].until)
    refuse(faults, order.target)
    runs.refuse_to_overwrite(order.out, order.exercise)
    asyncio.get_running_loop().set_exception_handler(logs.of_loop)
    log = structlog.get_logger()
    async with open_broker(
        order.target,
        log=log,
        access=order.access,
        clients=1 + order.people.count,
        confirm=order.confirm,
        remembers=any(fault.persistence for fault in faults),
    ) as broker:
        swept = await sweep_left_over(order.out, broker)
        folder = _folder(order, failures)
        story = order.story
        by = Mark(order.exercise, story.contact, story.offset, replay_of=story.replay_of, remap=story.remap)
        own = broker.kind != "external"
        note = runs.TargetNote(
            by.exercise, broker.host, broker.port, by.contact, by.offset, own, broker=order.target.typed
        )
        with (
            logs.into(folder / runs.LOG if folder else None),
            _noted(folder, note, failures) as target_file,
            _recorder(folder, failures) as recorder,
        ):
            performance = _Performance(order, by, broker, recorder, failures)
            summary = await performance.run(view, swept)
            if target_file and not performance.left_over:
                runs.mark_cleared(target_file, note)
    recording = recorder.path if recorder and performance.recorded else None
    closed = recorder.chain.seal if recorder and recording else None
    outcome = Outcome(order.exercise, summary, folder, recording, broker.url, by.offset, closed, swept, failures)
    _write_summary(outcome)
    return outcome


class _Performance:
    """One exercise with its parts, from connection to goodbye."""

    def __init__(
        self,
        order: Order,
        by: Mark,
        broker: Broker,
        recorder: Recorder | None,
        failures: list[str],
    ) -> None:
        segments = order.story.segments
        self.left_over = self.recorded = True
        self._order, self._by, self._broker, self._story = order, by, broker, order.story
        self._recorder, self._failures = recorder, failures
        self._feed = Feed()
        self._to_publish = self._feed.reader("publisher", policy="wait", bound=1_000, wants=_is_event)
        self._to_record = self._feed.reader("recording", policy="wait", bound=20_000)
        self._to_fold = self._feed.reader("summary", policy="wait", bound=20_000)
        self._to_view = self._feed.reader("view", policy="drop_oldest", bound=2_000)
        self._to_crowd = self._feed.reader("subscribers", policy="wait", bound=20_000, wants=networks.is_felt)
        self._to_networks = self._feed.reader("networks", policy="wait", bound=20_000, wants=networks.is_felt)
        self._conductor = Conductor(
            self._story.timeline,
            segments,
            Clock(segments[0].start),
            self._feed,
            rewinds=self._story.replay_of is not None,
            laps=order.laps,
        )
        for command in order.opening:
            self._conductor.ask(command)
        self._publisher = Publisher(
            broker.host,
            broker.port,
            by=by,
            at=segments[0].start,
            reader=self._to_publish,
            observe=self._conductor.observe,
            connect=broker.client,
        )
        self._breaker = Breaker(self._feed, broker.keeper, say=self._publisher.say, back=self._publisher.hurry)
        self._conductor.on_terminate = self._publisher.purge
        self._publisher.on_refused = self._refused
        self._publisher.lifts_expiry = order.no_expiry

    async def run(self, view: View, swept: tuple[str, ...]) -> Summary:
        """Play, say goodbye, close the books; the summary of it all."""
        await self._publisher.connect_once()
        self._start_recording()
        gc.collect()
        gc.freeze()  # the timeline stays; looking at it again and again makes events late
        fold = Fold()
        async with (
            self._networks() as proxies,
            gathered(
                self._order.people, self._broker, self._by, self._story.timeline, self._conductor.observe
            ) as crowd,
            asyncio.TaskGroup() as group,
        ):
            self._publisher.on_sending = crowd.hear_of
            if self._order.no_expiry:
                self._conductor.observe(ExpiryLifted())
            stage = self._stage(swept, proxies.ports)
            serving = [
                group.create_task(self._publisher.run(), name="publisher"),
                group.create_task(self._heed_consent(), name="consent"),
                group.create_task(crowd.report(), name="subscribers: how they stand"),
                group.create_task(proxies.report(self._conductor.observe), name="proxies: how they stand"),
            ]
            breaking = group.create_task(self._breaker.live(), name="broker faults")
            ticking = group.create_task(self._conductor.tick(), name="clock ticks")
            closing = [
                group.create_task(self._record(), name="recording"),
                group.create_task(_folded(fold, self._to_fold), name="summary"),
                group.create_task(crowd.live(self._to_crowd), name="subscribers: coverage"),
                group.create_task(proxies.live(self._to_networks), name="proxies: conditions"),
                group.create_task(view(stage), name="view"),
            ]
            try:
                reason = await self._conductor.play()
                ticking.cancel()
                await self._mended(breaking, at_once=reason != COMPLETED)
                goodbye = await self._say_goodbye(reason)
                await crowd.disperse(at_once=reason != COMPLETED)
                self._feed.close()
                await asyncio.gather(*closing)
            finally:
                self._publisher.close()
                for task in (*serving, breaking):
                    task.cancel()
        gc.unfreeze()
        self._finish_recording(goodbye, fold.summary)
        return fold.summary

    def _stage(self, swept: tuple[str, ...], ports: Mapping[str, int]) -> Stage:
        return Stage(self._order, self._by, self._broker, self._conductor, self._to_view, swept, ports)

    @asynccontextmanager
    async def _networks(self) -> AsyncIterator[networks.Networks]:
        """Proxies for the operators of this scenario, if asked for; their process starts and ends in threads."""
        names = networks.operators_of(historical=self._story.historical) if self._order.proxies else ()
        opened = networks.opened(names, self._broker, self._by, self._order.place)
        found = await asyncio.to_thread(opened.__enter__)
        try:
            async with found.controlled(self._order.control):
                yield found
        finally:
            await asyncio.to_thread(opened.__exit__, None, None, None)

    def _refused(self, reason: str) -> None:
        if reason not in self._failures:
            self._failures.append(reason)
            self._conductor.ask(Terminate(reason=reason))

    async def _heed_consent(self) -> None:
        """Terminate when the owner of the broker, or its access control, wants us to leave."""
        reason = await self._broker.permit.over()
        self._failures.append(reason)
        self._conductor.ask(Terminate(reason=reason))

    async def _mended(self, breaking: asyncio.Task[None], *, at_once: bool) -> None:
        """The goodbye needs a broker: what was planned for it is done, unless `at_once`; then it is let go."""
        if at_once:
            breaking.cancel()
        self._breaker.close()
        await asyncio.wait({breaking})

    async def _say_goodbye(self, reason: str) -> tuple[Message, ...]:
        """Deliver what waits (nothing, after a termination), cancel, end, clear."""
        self._to_publish.close()
        permit = self._broker.permit
        if not await self._publisher.drained(permit.patience_s(DRAIN_S)):
            self._failures.append("the broker was not there to take the last messages; they were dropped")
            self._publisher.purge()
        taken_back = self._conductor.take_back()
        last = taken_back + self._conductor.farewell(reason, await self._sealed())
        try:
            goodbye = await self._publisher.farewell(last, permit.patience_s(FAREWELL_S))
        except BrokerError as error:
            self._failures.append(str(error))
            return ()
        self.left_over = False
        return goodbye

    def _start_recording(self) -> None:
        about = {
            "exercise": self._order.exercise,
            "root": self._by.root,
            "status": self._by.status,
            "contact": self._by.contact,
            **self._story.metadata,
            "offset_minutes": str(self._story.offset),
            "segments": as_text(self._story.segments),
            "started_us": str(unix_us()),
            "broker": self._broker.url,
            "version": __version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
        }
        about |= {"expiry": "lifted"} if self._order.no_expiry else {}
        self._try_to_record(lambda recorder: recorder.start(about, self._story.files))

    async def _record(self) -> None:
        if self._recorder is None:
            await _discard(self._to_record)
        else:
            await keep(self._to_record, self._recorder, self._by, self._could_not_record)

    async def _sealed(self) -> Seal | None:
        """How the recording stands once it has what was said so far; None where there is none."""
        recorder, given = self._recorder, self._to_record.given
        with suppress(TimeoutError):
            async with asyncio.timeout(SEAL_S):
                while recorder and self._to_record.settled < given:
                    await pause(0.005)
        return recorder.chain.seal if recorder and not recorder.ended else None

    def _finish_recording(self, goodbye: tuple[Message, ...], summary: Summary) -> None:
        now = unix_us()

        def finish(recorder: Recorder) -> None:
            for message in goodbye:
                topic = message.topic.removeprefix(self._by.root + "/")
                kind = "exercise.state_changed"
                recorder.message(topic, message, kind=kind, due_us=now, actual_us=now, seq=summary.events)
            recorder.finish({"summary": summary.model_dump_json()})

        self._try_to_record(finish)

    def _try_to_record(self, act: Callable[[Recorder], None]) -> None:
        try:
            if self._recorder:
                act(self._recorder)
        except RecordingError as error:
            self._could_not_record(PlayDegraded(part="recording", reason=str(error)))

    def _could_not_record(self, seen: PlayDegraded) -> None:
        self.recorded = False
        self._failures.append(seen.reason)
        self._conductor.observe(seen)


def _folder(order: Order, failures: list[str]) -> Path | None:
    try:
        folder = runs.make_folder(order.out, order.exercise)
        for name, content in order.story.files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        failures.append(f"cannot write {order.out}: {error.strerror}; the exercise ran without a recording")
        return None
    return folder


@contextmanager
def _noted(folder: Path | None, note: runs.TargetNote, failures: list[str]) -> Iterator[IO[str] | None]:
    """The note that lets the next start clean up, if the disk takes it."""
    with ExitStack() as stack:
        file = None
        try:
            file = stack.enter_context(runs.noted(folder, note)) if folder else None
        except OSError as error:
            failures.append(
                f"cannot write {folder}: {error.strerror}; after a crash `alertsim clear` must be told the id"
            )
        yield file


@contextmanager
def _recorder(folder: Path | None, failures: list[str]) -> Iterator[Recorder | None]:
    with ExitStack() as stack:
        recorder = None
        try:
            if folder:
                recorder = stack.enter_context(Recorder(folder / runs.RECORDING, schema_of=schema))
        except RecordingError as error:
            failures.append(str(error))
        yield recorder


async def _folded(fold: Fold, reader: Reader) -> None:
    while lines := await reader.take():
        fold.add(lines)


async def _discard(reader: Reader) -> None:
    while await reader.take():
        pass


def _is_event(line: Line) -> bool:
    return isinstance(line, Played) and not is_end(line)


def _write_summary(outcome: Outcome) -> None:
    """`summary.json`; a disk that is full has been told about already."""
    if outcome.folder:
        with suppress(OSError):
            text = json.dumps(as_json(outcome), ensure_ascii=False, indent=2)
            (outcome.folder / runs.SUMMARY).write_text(text, encoding="utf-8")


def as_json(outcome: Outcome) -> dict[str, object]:
    """The outcome as one JSON object, for `--json` and `summary.json`."""
    return {
        "exercise": outcome.exercise,
        "recording": str(outcome.recording) if outcome.recording else None,
        "broker": outcome.broker,
        "cleared_left_over": list(outcome.swept),
        "failures": outcome.failures,
        "sentences": {language: list(sentences(outcome.summary, language)) for language in ("uk", "en")},
        "chain_at_close": outcome.closed and outcome.closed.model_dump(),
        **outcome.summary.as_json(outcome.offset),
    }
