"""Ctrl-C ends what runs, also what takes no notice of being cancelled."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress

import pytest

from alertsim.cli.interruptible import run_until_interrupted


async def deaf() -> int:
    """Is interrupted, swallows it and goes on."""
    os.kill(os.getpid(), signal.SIGINT)
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(10)
    return 1


async def failing() -> int:
    """Is interrupted and fails of it."""
    await deaf()
    raise ValueError


@pytest.mark.parametrize("doing", [deaf, failing])
def test_ctrl_c_is_not_lost(doing: Callable[[], Coroutine[None, None, int]]) -> None:
    """What was interrupted counts as interrupted, whatever came of it."""
    with pytest.raises(KeyboardInterrupt):
        run_until_interrupted(doing())


@pytest.mark.parametrize(("fails", "error"), [(False, None), (True, ValueError)])
def test_without_it_all_is_as_ever(fails: bool, error: type[Exception] | None) -> None:
    """What it gives, or its own error."""

    async def doing() -> int:
        if fails:
            raise ValueError
        return 7

    if error:
        with pytest.raises(error):
            run_until_interrupted(doing())
    else:
        assert run_until_interrupted(doing()) == 7
