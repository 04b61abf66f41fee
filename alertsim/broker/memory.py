"""What a mosquitto of ours keeps over a restart: its sessions and retained messages, on disk only while it must be."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_FILE = "mosquitto.db"


class Memory:
    """A folder that is there only while mosquitto writes its state into it or reads it again; between, bytes of ours.

    It writes when it is ended properly and at no other time. So one that is killed remembers nothing, and whoever
    kills us finds nothing of an exercise on the disk.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.gettempdir()) / f"alertsim-broker-{secrets.token_hex(8)}"
        self._state = b""

    @asynccontextmanager
    async def on_disk(self, *, keep: bool) -> AsyncIterator[None]:
        """The folder, with what was kept; at the end what is in it is kept, or forgotten."""
        await asyncio.to_thread(self._lay_out)
        try:
            yield
        finally:
            await asyncio.to_thread(self._put_away, keep=keep)

    def _lay_out(self) -> None:
        self.folder.mkdir(0o700)
        if self._state:
            (self.folder / _FILE).write_bytes(self._state)

    def _put_away(self, *, keep: bool) -> None:
        file = self.folder / _FILE
        self._state = file.read_bytes() if keep and file.exists() else b""
        shutil.rmtree(self.folder)
