"""Runs a coroutine until Ctrl-C, even where the first one is swallowed: Python 3.11 loses a cancellation now and then.

(`asyncio.wait_for` returns what became ready in the same turn in which it was cancelled; mended in Python 3.12.)
"""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_until_interrupted(doing: Coroutine[Any, Any, T]) -> T:
    """What it gives; KeyboardInterrupt once Ctrl-C was pressed, whatever came of it."""
    pressed: list[int] = []

    async def watched() -> T:
        task = asyncio.current_task()

        def stop() -> None:
            pressed.append(signal.SIGINT)
            if task:
                task.cancel()

        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop)
        return await doing

    try:
        done = asyncio.run(watched())
    except (Exception, asyncio.CancelledError):
        if pressed:
            raise KeyboardInterrupt from None
        raise
    if pressed:
        raise KeyboardInterrupt
    return done
