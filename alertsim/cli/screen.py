"""What `run` shows: on a terminal the live view and keys; elsewhere, or where asked for, a printed line an event.

Everything is drawn in a worker thread: a table drawn in the loop would make events late.
"""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

import structlog
from rich.console import Console

from alertsim import library
from alertsim.cli import live
from alertsim.cli.keys import Terminal, open_keys
from alertsim.cli.options import Language
from alertsim.clock import pause, unix_us
from alertsim.exercise import Stage
from alertsim.live import Fold, Moment, Programme, Row, Span, View, frame, tell, tell_day
from alertsim.observations import Line
from alertsim.wire.headlines import BANNER


class Screen(Protocol):
    """What a person sees of one exercise. `watched`: somebody looks, so nobody else need tell him."""

    watched: bool

    async def show(self, stage: Stage) -> None:
        """Show everything the stage's reader gives, until it is closed."""

    def close(self) -> None:
        """Give the terminal back, whatever is going on."""


def open_screen(lang: Language, *, as_json: bool, plain: bool) -> Screen:
    """The screen for where we are: a terminal, a pipe, or (with --json) stderr if somebody watches that."""
    console = _Console(stderr=as_json, highlight=False)
    watched = console.file.isatty()
    if watched and not plain and not console.is_dumb_terminal:
        return LiveScreen(console, lang)
    return PrintedScreen(console, lang, watched=watched, silent=as_json and not watched)


class _Console(Console):
    """A console that leaves it to the screen what happens when nobody reads any more."""

    def on_broken_pipe(self) -> None:
        """Say so, instead of ending the program."""
        raise BrokenPipeError


class _Paper:
    """Where lines are printed, as long as somebody can read them: an exercise goes on to its end unwatched, too."""

    def __init__(self, console: Console, *, silent: bool) -> None:
        self.console, self.silent = console, silent

    def say(self, *rows: Row) -> None:
        """One line a row."""
        try:
            for row in rows:
                if not self.silent:
                    self.console.print(live.text(row, colours=not self.console.no_color), soft_wrap=True)
        except OSError:
            self.give_up()

    def give_up(self) -> None:
        """Nobody reads any more: what is still written goes nowhere."""
        self.silent = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.console.file.fileno())


class PrintedScreen:
    """A line an event; where somebody watches, keys too."""

    def __init__(self, console: Console, lang: Language, *, watched: bool, silent: bool) -> None:
        self.watched, self._lang, self._paper = watched, lang, _Paper(console, silent=silent)
        self._terminal: Terminal | None = None
        self._day: Row | None = None

    async def show(self, stage: Stage) -> None:
        """Print everything the stage's reader gives, until it is closed."""
        title = getattr(stage.order.story.title, self._lang)
        self._paper.say(
            (Span(f" {BANNER} ", "mark"), Span(f" {title}")),
            (Span(f"{stage.mark.root}  at  {stage.broker.url}", "quiet"),),
            *((Span(f"{name}: mqtt://127.0.0.1:{port}", "quiet"),) for name, port in stage.proxies.items()),
            *_swept(stage),
        )
        with open_keys(
            stage.conductor, here=self.watched, operators=stage.operators, offset=stage.mark.offset
        ) as self._terminal:
            while lines := await stage.lines.take():
                if not self._paper.silent:
                    await asyncio.to_thread(self._print, lines, stage.mark.offset)

    def close(self) -> None:
        """Give the terminal back, whatever is going on."""
        if self._terminal:
            self._terminal.restore()

    def _print(self, lines: Sequence[Line], offset: int) -> None:
        """A line an event, and the day wherever it is another than before."""
        for line in lines:
            day = tell_day(line, self._lang.value, offset)
            if day and day != self._day:
                self._day = day
                self._paper.say(day)
            if row := tell(line, self._lang.value, offset):
                self._paper.say(row)


class LiveScreen:
    """The live view: a frame five times a second at most, and the last one left behind."""

    watched = True

    def __init__(self, console: Console, lang: Language) -> None:
        self._lang, self._paper, self._painter = lang, _Paper(console, silent=False), live.Painter(console)
        self._terminal: Terminal | None = None
        self._over = False

    async def show(self, stage: Stage) -> None:
        """Draw what the stage's reader gives and the conductor's clock, until the reader is closed."""
        fold, programme = Fold(), await asyncio.to_thread(_programme, stage)
        with open_keys(
            stage.conductor, here=True, operators=stage.operators, offset=stage.mark.offset
        ) as self._terminal:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTSTP, self._step_aside)
            try:
                await self._follow(stage, fold, programme)
            finally:
                asyncio.get_running_loop().remove_signal_handler(signal.SIGTSTP)
                self.close()
        last = self._frame(fold.view, programme, _moment(stage))
        await asyncio.to_thread(self._paper.say, *_swept(stage), *(row for row in last if not _blank(row)))

    def close(self) -> None:
        """Give the terminal back, whatever is going on."""
        try:
            self._painter.close()
        except OSError:
            self._paper.give_up()
        if self._terminal:
            self._terminal.restore()

    def _step_aside(self) -> None:
        """Ctrl-Z: the shell has the terminal until we are called back. The clock takes it for a machine that slept."""
        self.close()
        os.kill(os.getpid(), signal.SIGSTOP)
        if self._terminal:
            self._terminal.take()
        self._painter.open()

    async def _follow(self, stage: Stage, fold: Fold, programme: Programme) -> None:
        """Fold here, in the loop, which costs microseconds a line; draw beside it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._draw(stage, fold, programme), name="live view: drawing")
            while lines := await stage.lines.take():
                fold.add(lines)
            self._over = True

    async def _draw(self, stage: Stage, fold: Fold, programme: Programme) -> None:
        try:
            self._painter.open()
            while not self._over:
                typed = self._terminal.prompt.text if self._terminal else ""
                await asyncio.to_thread(self._paint, fold.view, programme, replace(_moment(stage), typed=typed))
                await pause(live.FRAME_S)
        except OSError:
            self._paper.give_up()
        except Exception as error:  # noqa: BLE001 — a screen that fails must not end an exercise with its alerts open
            structlog.get_logger().error("the live view failed", error=repr(error))
            self.close()
            self._paper.say((Span("The live view failed; the exercise goes on. Ctrl-C ends it properly.", "trouble"),))

    def _paint(self, view: View, programme: Programme, moment: Moment) -> None:
        self._painter.paint(self._frame(view, programme, moment))

    def _frame(self, view: View, programme: Programme, moment: Moment) -> tuple[Row, ...]:
        return frame(view, programme, moment, self._lang.value, *self._painter.size)


def _keys(stage: Stage, *, here: bool) -> AbstractContextManager[Terminal | None]:
    return open_keys(stage.conductor, here=here, operators=stage.operators, offset=stage.mark.offset)


def _programme(stage: Stage) -> Programme:
    story, catalogue = stage.order.story, library.catalogue()
    return Programme(
        title=story.title,
        exercise=stage.mark.exercise,
        broker=stage.broker.url,
        offset=stage.mark.offset,
        segments=story.segments,
        replays=stage.conductor.rewinds,
        chapters=story.chapters,
        operators={name: operator.name for name, operator in catalogue.operators.items()},
        weapons={name: weapon.name for name, weapon in catalogue.weapons.items()},
    )


def _moment(stage: Stage) -> Moment:
    conductor = stage.conductor
    state = conductor.situation.state
    return Moment(
        at=conductor.now,
        rate=conductor.rate,
        state=state.state if state else conductor.state,
        segment=conductor.segment,
        real_us=unix_us(),
        missed=stage.lines.dropped,
    )


def _swept(stage: Stage) -> list[Row]:
    return [(Span(f"cleared what {swept} had left retained", "warning"),) for swept in stage.swept]


def _blank(row: Row) -> bool:
    return not any(span.text.strip() for span in row)
