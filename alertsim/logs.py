"""The operator's log: JSON lines beside the recording, and warnings for the person who watches.

What happened in the exercise is in the recording, not here.
"""

import asyncio
import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

_SHOWN = {"warning", "error", "critical"}
_OWN = {"event", "level", "timestamp"}


class _Sinks:
    """Where log lines go: a file once there is one, and stderr for warnings unless somebody else shows them."""

    def __init__(self) -> None:
        self.file: TextIO | None = None
        self.quiet = False

    def write(self, line: str) -> None:
        """One JSON line to the file; a disk that is full costs the log, not the exercise."""
        try:
            if self.file:
                self.file.write(line + "\n")
                self.file.flush()
        except OSError:
            self.file = None


_SINKS = _Sinks()


def configure(*, quiet: bool = False) -> None:
    """Set structlog up once; `quiet` keeps stderr free for somebody who draws there."""
    _SINKS.quiet = quiet
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _show,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: _Writer(),
        cache_logger_on_first_use=False,
    )


@contextmanager
def into(path: Path | None) -> Iterator[None]:
    """Log into the file at `path` as long as the context lasts; without one, or a disk that takes it, not at all."""
    try:
        _SINKS.file = path.open("a", encoding="utf-8") if path else None
    except OSError:
        _SINKS.file = None
    try:
        yield
    finally:
        if _SINKS.file:
            _SINKS.file.close()
        _SINKS.file = None


def of_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What the event loop complains about, as one line: an exception handler for `set_exception_handler`.

    The MQTT client asks for a socket that has just been closed under it (aiomqtt over paho, errno EBADF); that is told
    as a lost connection already.
    """
    error = context.get("exception")
    known = isinstance(error, OSError) and error.errno == errno.EBADF
    log = structlog.get_logger().info if known else structlog.get_logger().error
    log("event loop", message=context.get("message", ""), error=repr(error))


class _Writer:
    """What structlog hands finished lines to."""

    def msg(self, message: str) -> None:
        """Any level: `add_log_level` has noted which."""
        _SINKS.write(message)

    debug = info = warning = error = critical = msg


def _show(_: WrappedLogger, level: str, fields: EventDict) -> EventDict:
    """A warning in one plain line on stderr."""
    if level in _SHOWN and not _SINKS.quiet:
        rest = ", ".join(f"{name} {value}" for name, value in fields.items() if name not in _OWN)
        sys.stderr.write(f"{level}: {fields['event']}{f' ({rest})' if rest else ''}\n")
    return fields
