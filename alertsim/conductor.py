"""Plays a timeline by the clock into the feed, and obeys commands.

Two sources of events: the timeline, and commands. A command takes effect between two events, at one scenario time, and
is recorded with both before anything it causes; so (scenario, seed, command log) replays to the same events: hand the
log to another conductor as its `script`.

An exercise goes forward only: a director must not rewind by mistake. A conductor that `rewinds` plays a recording, and
goes where it is told.
"""

import asyncio
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from alertsim.clock import MAX, Clock, pause
from alertsim.commands import (
    Command,
    Jump,
    Pause,
    Restore,
    Resume,
    Seek,
    SetRate,
    StartOutage,
    Step,
    Suspend,
    Terminate,
)
from alertsim.events import (
    AlertCancelled,
    ClockTicked,
    Event,
    ExerciseState,
    ExerciseStateChanged,
    OperatorChanged,
    Seal,
    Service,
)
from alertsim.feed import Feed
from alertsim.observations import (
    ClockSlept,
    CommandAccepted,
    CommandRefused,
    EventSkipped,
    Observation,
    Observed,
    PlayDegraded,
    Played,
)
from alertsim.situation import Situation
from alertsim.timeline import Segment, Timeline
from alertsim.times import Millis, rfc3339
from alertsim.wire import address

TICK_S = 1.0
_TICK_VALID = Millis(10_000)
_NEVER = Millis(2**62)
COMPLETED = "completed"


class Conductor:
    """The conduct of one exercise. Its situation is the fold of what was played and passed over so far."""

    def __init__(
        self,
        timeline: Timeline,
        segments: Sequence[Segment],
        clock: Clock,
        feed: Feed,
        *,
        script: Iterable[CommandAccepted] = (),
        rewinds: bool = False,
        laps: float = 1,
    ) -> None:
        self.on_terminate: Callable[[], None] = lambda: None
        self.situation = Situation()
        self.state = ExerciseState.READY
        self.segment, self.rewinds = segments[0], rewinds
        self._turn, self._laps_left = 0, laps - 1
        self._timeline, self._segments, self._clock, self._feed = timeline, segments, clock, feed
        self._planned = Situation()
        self._next = self._seq = self._live = self._observed = self._ticks = self._commands = 0
        self._script, self._inbox = deque(script), deque[Command]()
        self._replays = bool(self._script)
        self._written: dict[str, OperatorChanged] = {}
        self._failing: dict[str, tuple[Millis, OperatorChanged]] = {}
        self._interrupted = asyncio.Event()
        self._rate = segments[0].rate
        self._begun = segments[0].start
        self._reason: str | None = None

    @property
    def now(self) -> Millis:
        """The scenario time: within what is played, and not past an event that is still to be sent."""
        return max(self._begun, min(self._clock.now(), self.segment.until, self._next_at()))

    @property
    def rate(self) -> float:
        """The pace right now; 0 while paused or suspended."""
        return self._clock.rate

    @property
    def whole(self) -> tuple[Millis, Millis]:
        """From when to when it lasts."""
        return self._segments[0].start, self._segments[-1].until

    @property
    def _over(self) -> bool:
        """Whether a termination was obeyed."""
        return self._reason is not None

    def ask(self, command: Command) -> None:
        """Hand over a command; never waits. A termination stops what is not yet sent at once."""
        self._inbox.append(command)
        self._interrupted.set()
        if isinstance(command, Terminate):
            self.on_terminate()

    def observe(self, observation: Observation) -> None:
        """Put an observation on the log, without ever waiting."""
        self._feed.offer(self._seen(observation))

    async def play(self) -> str:
        """Play all segments; returns why it ended: COMPLETED, or the reason of a termination."""
        await self._become(ExerciseState.RUNNING, self.now)
        await self._enter(0)
        while True:
            await self._through()
            if self._reason is not None:
                return self._reason
            if self._turn + 1 < len(self._segments):
                await self._enter(self._turn + 1)
            elif self._laps_left > 0:
                self._laps_left -= 1
                await self._obey(Seek(by="the loop", to=self._segments[0].start))
            else:
                return COMPLETED

    def take_back(self) -> tuple[Played, ...]:
        """What a proper end says first: an open alert is cancelled. Past the feed's waiting."""
        self.on_terminate = lambda: None  # nothing purges the goodbye itself
        at = self.now
        return self._say_last([self._cancelled(alert.area, at) for alert in self.situation.uncleared])

    def farewell(self, reason: str, chain: Seal | None = None) -> tuple[Played, ...]:
        """What a proper end says: what was not yet taken back, and that the exercise has ended.

        `chain`: how the recording stands.
        """
        taken_back = self.take_back()
        ended = self._changed(ExerciseState.ENDED, self.now, reason).model_copy(update={"chain": chain})
        return taken_back + self._say_last([ended])

    def _say_last(self, events: list[Event]) -> tuple[Played, ...]:
        last = tuple(map(self._played, events))
        for played in last:
            self._feed.offer(played)
        return last

    async def tick(self) -> None:
        """Say scenario time and pace once a real second, until cancelled."""
        while True:
            rate = None if self.rate == MAX else self.rate
            name = f"clock:{self._ticks}"
            event = ClockTicked(event=name, at=self.now, entry="clock", valid_for=_TICK_VALID, rate=rate)
            now_us = self._clock.unix_us()
            self._feed.offer(Played(self._ticks, now_us, now_us, event, 1.0))
            self._ticks += 1
            await pause(TICK_S)

    async def _enter(self, turn: int) -> None:
        """Begin with a segment: at its start, or where one stands already."""
        if turn != self._turn:
            self._turn, self.segment = turn, self._segments[turn]
            self._rate = self.segment.rate
        await self._pass_over_until(max(self.segment.start, self._begun))
        if self.state is ExerciseState.RUNNING:
            self._clock.set_rate(self._rate)

    async def _through(self) -> None:
        """Play to the end of a segment, or to a termination."""
        await self._play_what_is_due()
        while not self._finished():
            self._interrupted.clear()
            await self._clock.until(self._wake_at(), self._interrupted)
            if lost_s := self._clock.take_lost_s():
                self.observe(ClockSlept(at=self.now, lost_ms=round(lost_s * 1e3)))
            await self._play_what_is_due()

    def _finished(self) -> bool:
        """Whether all of the segment was played, or a termination obeyed."""
        until = self.segment.until
        return self._over or (self.state is ExerciseState.RUNNING and self.now >= until and self._next_at() > until)

    def _wake_at(self) -> Millis:
        """The next moment at which there is something to do; while stopped, only a script knows one."""
        moments = [self._script[0].at] if self._script else []
        if self.state is ExerciseState.RUNNING:
            moments += [self.segment.until, self._next_at(), *(until for until, _ in self._failing.values())]
        return min(moments, default=_NEVER)

    def _next_at(self) -> Millis:
        """When the next planned event is due; never, after the last."""
        events = self._timeline.events
        return events[self._next].at if self._next < len(events) else _NEVER

    async def _play_what_is_due(self) -> None:
        """Commands and planned events up to now, in their order."""
        while not self._over:
            if command := self._due_command():
                await self._obey(command)
            elif self.state is ExerciseState.RUNNING and self._next_at() <= self.now:
                event = self._take_next()
                await self._emit(event, due_us=self._clock.due_us(event.at))
                if isinstance(event, OperatorChanged) and event.operator in self._failing:
                    await self._emit(self._fail(event.operator, event.at))
            else:
                return

    def _take_next(self) -> Event:
        """The next planned event, which is part of the story from now on."""
        event = self._timeline.events[self._next]
        self._next += 1
        self._planned = self._planned.after(event)
        if isinstance(event, OperatorChanged):
            self._written[event.operator] = event
        return event

    def _take_until(self, to: Millis) -> tuple[Event, ...]:
        """All planned events before `to`, which are part of the story from now on."""
        begin, events = self._next, self._timeline.events
        self._next = max(begin, bisect_left(events, to, key=lambda event: event.at))
        passed = events[begin : self._next]
        self._planned = self._planned.after(*passed)
        self._written |= {event.operator: event for event in passed if isinstance(event, OperatorChanged)}
        return passed

    def _due_command(self) -> Command | None:
        """The next command of the script whose place has come, or of the inbox."""
        if self._script and self._script[0].seq == self._seq and self._script[0].at <= self.now:
            return self._script.popleft().command
        if self._inbox:
            return self._inbox.popleft()
        over = [operator for operator, (until, _) in self._failing.items() if until <= self.now]
        return Restore(by="its time", operator=over[0]) if over else None

    async def _obey(self, command: Command) -> None:
        """Let a command take effect here, or refuse it."""
        at = self.now
        if refusal := self._refusal(command, at):
            self.observe(CommandRefused(command=command, reason=refusal))
            return
        self._commands += 1
        self._stand_at(at)
        await self._put(self._seen(CommandAccepted(n=self._commands, at=at, seq=self._seq, command=command)))
        match command:
            case Pause():
                await self._become(ExerciseState.PAUSED, at)
            case Resume():
                await self._become(ExerciseState.RUNNING, at)
                await self._catch_up()
            case SetRate():
                self._rate = command.rate
            case Jump() | Seek() | Step():
                await self._move(command)
            case Suspend():
                await self._suspend(at)
            case Terminate():
                self._reason = command.reason
            case StartOutage() | Restore():
                await self._emit(self._changed_operator(command, at))
            case _:
                assert_never(command)
        if self.state is ExerciseState.RUNNING and not self._over:
            self._clock.set_rate(self._rate)

    async def _suspend(self, at: Millis) -> None:
        await self._become(ExerciseState.SUSPENDED, at)
        for alert in self.situation.uncleared:
            await self._emit(self._cancelled(alert.area, at))

    def _refusal(self, command: Command, at: Millis) -> str:
        """Why a command makes no sense now; empty when it does."""
        stopped = {ExerciseState.PAUSED, ExerciseState.SUSPENDED}
        match command:
            case Pause() if self.state in stopped:
                return f"already {self.state}"
            case Resume() if self.state not in stopped:
                return "not paused"
            case Suspend() if self.state is ExerciseState.SUSPENDED:
                return "already suspended"
            case SetRate() if self._rate == MAX:
                return "it already plays as fast as it can"
            case Jump() | Seek() | Step() | StartOutage() | Restore() if self.state is ExerciseState.SUSPENDED:
                return "suspended: resume or end the exercise"
            case Restore() if command.operator not in self._failing:
                return f"nobody has made {command.operator} fail"
            case Jump() | Seek() | Step():
                return self._refusal_to_move(command, at)
            case _:
                return ""

    def _refusal_to_move(self, command: Jump | Seek | Step, at: Millis) -> str:
        """Why one cannot go there; empty when one can."""
        first, last = self.whole
        told, begins, ends = (rfc3339(moment, self._timeline.offset) for moment in (at, first, last))
        match command:
            case Jump() if command.to <= at:
                return f"a jump goes forward only, and it is {told} already"
            case Jump() if command.to > last:
                return f"the exercise ends at {ends}"
            case Seek() if not self.rewinds:
                return "an exercise goes forward only; a replay of its recording can be rewound"
            case Seek() if not first <= command.to <= last:
                return f"the replay lasts from {begins} to {ends}"
            case Step() if self._following() is None:
                return "no event is left"
            case _:
                return ""

    def _changed_operator(self, command: StartOutage | Restore, at: Millis) -> OperatorChanged:
        """An operator fails as nobody wrote, or is again as somebody did."""
        operator = command.operator
        if isinstance(command, StartOutage):
            passes = command.lasts if command.lasts and not self._replays else _NEVER  # a log has its end too
            up = dict.fromkeys(Service, command.up)
            failing = OperatorChanged(event="-", at=at, entry="live", operator=operator, up=up)
            self._failing[operator] = Millis(min(at + passes, _NEVER)), failing
            return self._fail(operator, at)
        del self._failing[operator]
        whole = OperatorChanged(event="-", at=at, entry="live", operator=operator, up=dict.fromkeys(Service, 1.0))
        return self._standing(self._again(self._written.get(operator, whole), at))

    def _fail(self, operator: str, at: Millis) -> OperatorChanged:
        """It is still failing, whatever the scenario has just said."""
        until, failing = self._failing[operator]
        self._failing[operator] = until, self._again(failing, at)
        return self._standing(self._failing[operator][1])

    def _again(self, condition: OperatorChanged, at: Millis) -> OperatorChanged:
        """The same condition from now on, said by nobody's entry."""
        return condition.model_copy(update={"event": self._name("changed"), "at": at, "entry": "live"})

    def _standing(self, event: OperatorChanged) -> OperatorChanged:
        """A condition that no author wrote is part of the story from now on."""
        self._planned = self._planned.after(event)
        return event

    def _stand_at(self, at: Millis) -> None:
        """Scenario time stands at `at`, however late the machine is, until a pace is set."""
        self._clock.set_rate(0.0)
        self._clock.jump(at)

    async def _pass_over_until(self, to: Millis) -> None:
        """Go to `to`: what lies before it is recorded as skipped, and what stands differently then is said."""
        self._stand_at(to)
        self._begun = to
        for event in self._take_until(to):
            await self._put(self._seen(EventSkipped(skipped=event)))
        self._planned = self._planned.after(*(failing for _, failing in self._failing.values()))
        await self._catch_up()

    async def _move(self, command: Jump | Seek | Step) -> None:
        """Go to another scenario time than the clock would."""
        match command:
            case Jump():
                await self._pass_over_until(command.to)
            case Seek():
                await self._seek(command.to)
            case Step():
                await self._step(command.n)
            case _:
                assert_never(command)

    async def _seek(self, to: Millis) -> None:
        """Go to `to` in the segment that has it, or in the next; back in time, the story begins anew there."""
        if to < self.now:
            await self._rewind(to)
        turn = next(n for n, segment in enumerate(self._segments) if to <= segment.until)
        self._begun = to
        await self._enter(turn)

    async def _rewind(self, to: Millis) -> None:
        """Take back what does not stand at `to`; nobody's outage outlives it."""
        self._stand_at(to)
        self._begun, self._next = to, bisect_left(self._timeline.events, to, key=lambda event: event.at)
        past = self._timeline.events[: self._next]
        self._planned = Situation().after(*past)
        self._written = {event.operator: event for event in past if isinstance(event, OperatorChanged)}
        self._failing.clear()
        stands = {address(event).topic for event in self._planned.standing}
        for alert in self.situation.uncleared:
            if address(alert).topic not in stands:
                await self._emit(self._cancelled(alert.area, to))
        gone = {address(event).topic for event in self.situation.standing if event is not self.situation.state} - stands
        again = self._changed(self.state, to, f"back to {rfc3339(to, self._timeline.offset)}")
        await self._put(self._played(again)._replace(withdraws=tuple(sorted(gone))))

    async def _step(self, n: int) -> None:
        """Play so many events now; where a segment ends the next begins."""
        for _ in range(n):
            turn = self._following()
            if turn is None:
                return
            if turn != self._turn:
                await self._enter(turn)
            event = self._take_next()
            self._stand_at(event.at)
            self._begun = event.at
            await self._emit(event)

    def _following(self) -> int | None:
        """The segment of the next event that will be played; None after the last."""
        events = self._timeline.events
        for turn, segment in enumerate(self._segments[self._turn :], self._turn):
            at = max(self._next, bisect_left(events, max(segment.start, self._begun), key=lambda event: event.at))
            if at < len(events) and events[at].at <= segment.until:
                return turn
        return None

    async def _catch_up(self) -> None:
        """Say what stands in the story and was not said, or was taken back by a suspension."""
        for event in self._planned.changes(self.situation):
            await self._emit(event, catch_up=True)
        self.situation = self._planned.after(*([self.situation.state] if self.situation.state else []))

    async def _become(self, state: ExerciseState, at: Millis) -> None:
        self.state = state
        await self._emit(self._changed(state, at))

    def _changed(self, state: ExerciseState, at: Millis, reason: str = "") -> ExerciseStateChanged:
        return ExerciseStateChanged(event=self._name(state), at=at, entry="live", state=state, reason=reason)

    def _cancelled(self, area: str, at: Millis) -> AlertCancelled:
        return AlertCancelled(event=self._name("cancelled"), at=at, entry="live", area=area)

    def _name(self, stage: str) -> str:
        """The id of an event that no author wrote."""
        self._live += 1
        return f"live-{self._live}:{stage}"

    async def _emit(self, event: Event, *, due_us: int | None = None, catch_up: bool = False) -> None:
        await self._put(self._played(event, due_us=due_us, catch_up=catch_up))

    def _played(self, event: Event, *, due_us: int | None = None, catch_up: bool = False) -> Played:
        """The event as it goes on the log, and what stands after it."""
        self.situation = self.situation.after(event)
        now_us = self._clock.unix_us()
        played = Played(self._seq, now_us if due_us is None else due_us, now_us, event, self._rate, catch_up)
        self._seq += 1
        return played

    def _seen(self, observation: Observation) -> Observed:
        self._observed += 1
        return Observed(self._observed, self._clock.unix_us(), observation)

    async def _put(self, line: Played | Observed) -> None:
        for reader in await self._feed.put(line):
            self.observe(PlayDegraded(part=reader, reason="could not keep up; some of its lines are lost"))
