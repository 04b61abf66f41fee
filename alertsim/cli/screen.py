"""What `run` shows: a line an event; on a terminal also a banner, colour, a status line, and keys.

Everything is drawn in a worker thread: a table drawn in the loop would make events late.
"""

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live
from rich.text import Text

from alertsim.cli.options import Language
from alertsim.clock import MAX
from alertsim.commands import Command, Pause, Resume, SetRate, Suspend, Terminate
from alertsim.events import ClockTicked, Event, ExerciseState, IncidentReported, InjectSent, NewsPublished
from alertsim.exercise import Stage
from alertsim.observations import (
    BrokerLost,
    BrokerRestored,
    ClockSlept,
    CommandRefused,
    EventAcknowledged,
    EventExpired,
    Line,
    Observation,
    Observed,
    PlayDegraded,
)
from alertsim.times import time_of_day
from alertsim.wire import headline

BANNER = "EXERCISE · НАВЧАННЯ · EXERCISE"
_COLOURS = {
    "alert.raised": "bold red",
    "alert.updated": "red",
    "alert.cleared": "green",
    "alert.cancelled": "bold magenta",
    "strike.launched": "dim",
    "strike.detected": "dim yellow",
    "strike.intercepted": "yellow",
    "strike.impacted": "bold yellow",
    "incident.reported": "bright_cyan",
    "operator.changed": "blue",
    "inject.sent": "bright_white",
    "news.published": "white",
    "exercise.state_changed": "bold reverse",
}
_WORDS = {
    Language.EN: {
        "keys": "space pause  +/− rate  r REAL ALERT  q end",
        "stopped": "c continue  q end",
        "alerts": "alerts",
    },
    Language.UK: {
        "keys": "пробіл пауза  +/− темп  r РЕАЛЬНА ТРИВОГА  q кінець",
        "stopped": "c продовжити  q кінець",
        "alerts": "тривог",
    },
}


class _Console(Console):
    """A console that leaves it to the screen what happens when nobody reads any more."""

    def on_broken_pipe(self) -> None:
        """Say so, instead of ending the program."""
        raise BrokenPipeError


class Screen:
    """What a person sees of one exercise. `drawn`: it owns the terminal, so nobody else may write there."""

    def __init__(self, console: Console, lang: Language, *, drawn: bool, silent: bool) -> None:
        self.drawn, self._console, self._lang, self._silent = drawn, console, lang, silent
        self._live: Live | None = None
        self._terminal: _Terminal | None = None

    async def show(self, stage: Stage) -> None:
        """Show everything the stage's reader gives, until it is closed."""
        self._banner(stage)
        if not self.drawn:
            await self._print_all(stage)
            return
        with _keys(stage) as self._terminal:
            self._live = Live(console=self._console, get_renderable=lambda: self._status(stage), transient=True)
            with self._live:
                await self._print_all(stage)

    def close(self) -> None:
        """Give the terminal back, whatever is going on."""
        if self._live:
            self._live.stop()
        if self._terminal:
            self._terminal.restore()

    async def _print_all(self, stage: Stage) -> None:
        while lines := await stage.lines.take():
            if not self._silent:
                await asyncio.to_thread(self._print, lines, stage)

    def _print(self, lines: Sequence[Line], stage: Stage) -> None:
        for line in lines:
            if isinstance(line, Observed):
                text = _seen(line.observation)
            elif isinstance(line.event, ClockTicked):
                text = None
            else:
                text = self._happened(line.event, stage, catch_up=line.catch_up)
            if text is not None:
                self._say(text)

    def _say(self, *texts: Text) -> None:
        """One line, as long as somebody can read it: an exercise goes on to its proper end without being watched."""
        try:
            if not self._silent:
                self._console.print(*texts, soft_wrap=not self.drawn)
        except OSError:
            self._silent = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._console.file.fileno())

    def _happened(self, event: Event, stage: Stage, *, catch_up: bool) -> Text:
        said = getattr(headline(event), self._lang)
        return Text.assemble(
            ("НАВЧАННЯ " if self._lang is Language.UK else "EXERCISE ", "dim"),
            (f"{time_of_day(event.at, stage.mark.offset)} ", "bold"),
            ("↺ " if catch_up else "", "dim"),
            (f"{_label(event, self._lang)}{said}", _COLOURS.get(event.kind, "")),
        )

    def _banner(self, stage: Stage) -> None:
        style = "bold black on bright_yellow" if self.drawn else ""
        self._say(Text(f" {BANNER} ", style), Text(getattr(stage.order.loaded.scenario.title, self._lang)))
        self._say(Text(f"{stage.mark.root}  at  {stage.broker.url}", "dim"))
        for swept in stage.swept:
            self._say(Text(f"cleared what {swept} had left retained", "yellow"))

    def _status(self, stage: Stage) -> Text:
        conductor, words = stage.conductor, _WORDS[self._lang]
        rate = "max" if conductor.rate == MAX else f"×{conductor.rate:g}" if conductor.rate else conductor.state.upper()
        stopped = conductor.state in {ExerciseState.PAUSED, ExerciseState.SUSPENDED}
        done = _progress(stage)
        bar = "█" * round(done * 12) + "░" * (12 - round(done * 12))
        return Text.assemble(
            (f" {BANNER} ", "bold black on bright_yellow"),
            (f" {time_of_day(conductor.now, stage.mark.offset)} ", "bold"),
            f"{conductor.segment.name} {rate} {bar} {done:.0%}  ",
            (f"{words['alerts']} {len(conductor.situation.open_alerts)}  ", "red"),
            (words["stopped" if stopped else "keys"], "dim"),
            overflow="ellipsis",
            no_wrap=False,
        )


def _label(event: Event, lang: Language) -> str:
    """What kind of text it is, where the text itself does not say so."""
    uk = lang is Language.UK
    match event:
        case InjectSent():
            return f"{'ВВІДНА' if uk else 'INJECT'} → {event.audience}: "
        case NewsPublished():
            return "НОВИНИ: " if uk else "NEWS: "
        case IncidentReported():
            return "ЗВІТ: " if uk else "REPORT: "
        case _:
            return ""


def open_screen(lang: Language, *, as_json: bool) -> Screen:
    """The screen for where we are: a terminal, a pipe, or (with --json) stderr if somebody watches that."""
    if as_json:
        watched = sys.stderr.isatty()
        return Screen(_Console(stderr=True), lang, drawn=watched, silent=not watched)
    return Screen(_Console(highlight=False), lang, drawn=sys.stdout.isatty(), silent=False)


def _progress(stage: Stage) -> float:
    """The share of real time played, by the segments' own rates; of scenario time at rate max."""
    weights = [
        (segment.until - segment.start) / (1 if segment.rate == MAX else segment.rate) for segment in stage.segments
    ]
    at = stage.segments.index(stage.conductor.segment)
    now = stage.segments[at]
    part = (stage.conductor.now - now.start) / ((now.until - now.start) or 1)
    return min(1.0, max(0.0, (sum(weights[:at]) + part * weights[at]) / (sum(weights) or 1)))


def _seen(seen: Observation) -> Text | None:
    """What of the observations a person should read."""
    match seen:
        case BrokerLost():
            return Text(f"         broker lost: {seen.reason}", "bold yellow")
        case BrokerRestored():
            return Text(f"         broker back; {seen.waiting} messages waited", "yellow")
        case EventExpired():
            return Text(f"         not sent, {seen.reason}: {seen.event}", "yellow")
        case ClockSlept():
            return Text(f"         the machine slept {seen.lost_ms / 1000:.0f} s; it counts as a pause", "yellow")
        case CommandRefused():
            return Text(f"         not now: {seen.reason}", "dim")
        case EventAcknowledged():
            return Text(f"         {seen.client}: {seen.what} {seen.event}", "dim")
        case PlayDegraded():
            return Text(f"         degraded: {seen.part}: {seen.reason}", "bold yellow")
        case _:
            return None


@dataclass
class _Terminal:
    """The terminal's own settings, to be given back."""

    descriptor: int
    settings: list[int | list[bytes | int]]

    def restore(self) -> None:
        """Echo and line editing as before."""
        termios.tcsetattr(self.descriptor, termios.TCSADRAIN, self.settings)


@contextmanager
def _keys(stage: Stage) -> Iterator[_Terminal | None]:
    """Single keys become commands while the context lasts, where stdin is a terminal."""
    if not sys.stdin.isatty():
        yield None
        return
    descriptor, loop = sys.stdin.fileno(), asyncio.get_running_loop()
    terminal = _Terminal(descriptor, termios.tcgetattr(descriptor))
    tty.setcbreak(descriptor)
    loop.add_reader(descriptor, lambda: _press(stage, os.read(descriptor, 64).decode(errors="ignore")))
    try:
        yield terminal
    finally:
        loop.remove_reader(descriptor)
        terminal.restore()


def _press(stage: Stage, keys: str) -> None:
    for key in keys:
        if command := key_command(key, stage.conductor.state, stage.conductor.rate):
            stage.conductor.ask(command)


def key_command(key: str, state: ExerciseState, rate: float) -> Command | None:
    """What a key means now. After a REAL ALERT nothing but `c` resumes play."""
    running = state is ExerciseState.RUNNING
    match key:
        case " " if state is not ExerciseState.SUSPENDED:
            return Pause() if running else Resume()
        case "c" if not running:
            return Resume()
        case "+" | "=" if running and rate != MAX:
            return SetRate(rate=min(rate * 2, 1_000_000))
        case "-" | "_" if running and rate != MAX:
            return SetRate(rate=max(rate / 2, 0.01))
        case "r" | "R" | "к" | "К":
            return Suspend()
        case "q" | "й":
            return Terminate()
        case _:
            return None
