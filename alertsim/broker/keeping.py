"""A body of code that lives as long as what keeps it does: a broker child, or somebody's consent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import NoReturn


@asynccontextmanager
async def kept_by(
    keeper: Callable[[asyncio.Event], Coroutine[None, None, NoReturn]], name: str
) -> AsyncIterator[asyncio.Task[NoReturn]]:
    """Run `keeper(ready)` beside the body, which begins when the keeper has set `ready`.

    A scope like `asyncio.timeout`: when the keeper raises, the body is cancelled where it waits, its `finally` blocks
    run, and the context raises the keeper's error.
    """
    failure: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            ready = asyncio.Event()
            task = group.create_task(keeper(ready), name=name)
            await ready.wait()
            yield task
            task.cancel()
    except BaseExceptionGroup as failures:
        failure = failures.exceptions[0]
    if failure is not None:
        raise failure
