"""A broker in a process of its own, from its start to its death."""

import asyncio
import os
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from alertsim.broker.memory import Memory

_TETHER = str(Path(__file__).with_name("tether.py"))
_LAST_BREATH_S = 1.0
_PROPER_END_S = 5.0


@dataclass(frozen=True)
class Recipe:
    """How to start a broker child: its name in sentences, its port on 127.0.0.1, what `tether.py` is told.

    `memory` is where it keeps its state over a restart; None: nowhere.
    """

    name: str
    port: int
    arguments: tuple[str, ...]
    memory: Memory | None = None


@dataclass(frozen=True)
class Child:
    """A started broker process; `output` is the descriptor of what it wrote, an unlinked file."""

    process: Process
    output: int

    def lives(self) -> bool:
        """Whether the process exists, which is not yet to say that it answers."""
        return self.process.returncode is None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; one that is gone does not hear it."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    async def end(self) -> None:
        """End it properly; one that does not within 5 s is killed."""
        self.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(_PROPER_END_S):
                await self.process.wait()
        except TimeoutError:
            self.send(signal.SIGKILL)
            await self.process.wait()

    async def fate(self) -> str:
        """How it ended and, unless by SIGKILL, its last words; empty when it lives on for another second."""
        try:
            async with asyncio.timeout(_LAST_BREATH_S):
                code = await self.process.wait()
        except TimeoutError:
            return ""
        how = f"killed by signal {-code}" if code < 0 else f"ended with code {code}"
        words = "" if code == -signal.SIGKILL else await asyncio.to_thread(_last_line, self.output)
        return how + (words and f": {words}")


@asynccontextmanager
async def started(recipe: Recipe) -> AsyncIterator[Child]:
    """A child that dies with this process and is killed at the end of the context; it has nothing to save.

    SIGKILL because it also ends a stopped process, at once. Its own session keeps Ctrl-C away from it: an exercise
    needs its broker for a proper end.
    """
    output = await asyncio.to_thread(tempfile.TemporaryFile)
    with output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", _TETHER, str(os.getpid()), *recipe.arguments),
            stdin=PIPE,
            stdout=output,
            stderr=STDOUT,
            start_new_session=True,
        )
        try:
            yield Child(process, output.fileno())
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _last_line(output: int) -> str:
    """Read beside the file position, which the child shares."""
    end = os.fstat(output).st_size
    lines = os.pread(output, 4096, max(0, end - 4096)).decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
