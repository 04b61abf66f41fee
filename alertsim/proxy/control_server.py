"""Serves the control in this process's own loop; needs the extra `control`."""

from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from alertsim.proxy.control_app import build_app
from alertsim.proxy.controller import Controller


class ControlServer(uvicorn.Server):
    """uvicorn as a guest: signals are the host's, and `should_exit` ends it."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(
            uvicorn.Config(
                build_app(controller),
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM stay with whoever has them."""
        yield
