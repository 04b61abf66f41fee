"""Single keys as commands while an exercise runs, and the terminal given back as it was."""

import asyncio
import os
import re
import sys
import termios
import tty
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from alertsim.cli.typed import Prompt, Replayed
from alertsim.clock import MAX
from alertsim.commands import Command, Pause, Resume, Seek, SetRate, Step, Suspend, Terminate
from alertsim.conductor import Conductor
from alertsim.events import ExerciseState
from alertsim.times import MINUTE, SECOND, Millis

_KEY = re.compile("\x1b\\[[0-9;]*[A-Za-z~]|.", re.DOTALL)
_LEAPS = {"\x1b[D": -10 * SECOND, "\x1b[C": 10 * SECOND}
_LEAPS |= dict.fromkeys(("\x1b[1;2D", "<", "["), -5 * MINUTE) | dict.fromkeys(("\x1b[1;2C", ">", "]"), 5 * MINUTE)
_BURST = 10


@dataclass
class Terminal:
    """The terminal's own settings, to be given back."""

    descriptor: int
    settings: list[int | list[bytes | int]]
    prompt: Prompt

    def take(self) -> None:
        """Keys one by one, unseen."""
        tty.setcbreak(self.descriptor, termios.TCSANOW)

    def restore(self) -> None:
        """Echo and line editing as before, at once: a terminal that was stopped must not hold us, nor a closed one."""
        with suppress(termios.error):
            termios.tcsetattr(self.descriptor, termios.TCSANOW, self.settings)


@contextmanager
def open_keys(
    conductor: Conductor, *, here: bool, operators: Collection[str] = (), offset: int = 0
) -> Iterator[Terminal | None]:
    """Keys become commands while the context lasts, where somebody is `here` and stdin is a terminal.

    After a colon a command is typed; `operators` are those that one may name, `offset` is that of the times shown.
    """
    if not here or not sys.stdin.isatty():
        yield None
        return
    descriptor, loop = sys.stdin.fileno(), asyncio.get_running_loop()
    span = Replayed(*conductor.whole, offset) if conductor.rewinds else None
    terminal = Terminal(descriptor, termios.tcgetattr(descriptor), Prompt(operators, span))
    terminal.take()
    loop.add_reader(descriptor, _press, conductor, descriptor, terminal.prompt)
    try:
        yield terminal
    finally:
        loop.remove_reader(descriptor)
        terminal.restore()


def _press(conductor: Conductor, descriptor: int, prompt: Prompt) -> None:
    try:
        typed = os.read(descriptor, 64)
    except OSError:
        typed = b""
    if not typed:  # the terminal was closed: nobody will press a key any more
        asyncio.get_running_loop().remove_reader(descriptor)
    for key in _KEY.findall(typed.decode(errors="ignore")):
        if prompt.open or key == ":":
            command = prompt.press(key)
        else:
            prompt.text = ""
            command = key_command(key, conductor.state, conductor.rate) or player_command(key, conductor)
        if command:
            conductor.ask(command)


def key_command(key: str, state: ExerciseState, rate: float) -> Command | None:
    """What a key means now. After a REAL ALERT nothing but `c` resumes play."""
    running = state is ExerciseState.RUNNING
    match key:
        case " " if state is not ExerciseState.SUSPENDED:
            return Pause() if running else Resume()
        case "c" | "с" if not running:
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


def player_command(key: str, conductor: Conductor) -> Command | None:
    """What a key means in a replay: arrows go 10 seconds back or on, with shift five minutes; n plays one, b ten."""
    if not conductor.rewinds:
        return None
    if key in _LEAPS:
        first, last = conductor.whole
        return Seek(to=Millis(min(last, max(first, conductor.now + _LEAPS[key]))))
    return {"n": Step(), "т": Step(), "b": Step(n=_BURST), "и": Step(n=_BURST)}.get(key)
