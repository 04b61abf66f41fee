"""The control of the proxies over HTTP, as Toxiproxy has it: its clients drive ours; on 127.0.0.1 only.

What was set here passes when the context ends: proxies that were made are gone, and the exercise's own are calm.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from alertsim.errors import AlertSimError, InputError
from alertsim.proxy.controller import Controller
from alertsim.proxy.door import Door
from alertsim.proxy.process import Proxies

PORT: Final = 8474
"""Where Toxiproxy's clients look for it."""


@asynccontextmanager
async def serve_control(proxies: Proxies, port: int = PORT, *, doors: Sequence[Door] = ()) -> AsyncIterator[int]:
    """Serve the API for these proxies; the port it has got (`port` 0: any). `doors`: those they have opened already.

    Raises:
        InputError: the extra `control` is not installed.
        AlertSimError: the port is in use.
    """
    try:
        from alertsim.proxy.control_server import ControlServer  # noqa: PLC0415 — only who controls needs the extra
    except ImportError:
        raise InputError("controlling proxies needs FastAPI and uvicorn: pip install 'alertsim[control]'") from None
    with _listener(port) as listener:
        controller = Controller(proxies, doors)
        server = ControlServer(controller)
        try:
            async with asyncio.TaskGroup() as group:
                serving = group.create_task(server.serve([listener]), name="control: server")
                minding = group.create_task(controller.mind(), name="control: what passes by itself")
                try:
                    yield listener.getsockname()[1]
                finally:
                    server.should_exit = True
                    await asyncio.wait([serving])
                    minding.cancel()
                    await controller.close()
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None


def _listener(port: int) -> socket.socket:
    """At this very port: clients are told no other."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise AlertSimError(
            f"the control of the proxies cannot listen on 127.0.0.1:{port} ({error.strerror}): "
            "end what is there, or give another port"
        ) from None
    return listener
