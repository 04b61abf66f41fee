"""The process behind a port of this machine: who it is, how many files it may open, what it is configured for.

Whatever may not be read (another user's process, another container's) is unknown; nothing here fails.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_ROOT = Path("/proc")
_LISTENING = "0A"
_DEEPEST = 3


@dataclass(frozen=True)
class Listener:
    """`files`: descriptors it may have at once, `open_files` of which it has.

    As configured: `most_connections`, None where nothing bounds them; `delays` small packets, having no TCP_NODELAY.
    """

    program: str
    files: int | None
    open_files: int | None
    most_connections: int | None
    delays: bool | None


def listener_on(port: int, proc: Path = _ROOT) -> Listener | None:
    """Who listens on a TCP port, where that can be seen."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port, proc)}
    process = next((each for each in _processes(proc) if _holds(each, sockets)), None) if sockets else None
    if process is None:
        return None
    most, delays = _configuration(process, port)
    return Listener(
        program=_text(process / "comm").strip() or "?",
        files=_files(process),
        open_files=_open_files(process),
        most_connections=most,
        delays=delays,
    )


def _listening(port: int, proc: Path) -> Iterator[str]:
    """The inodes of the sockets that listen on a port, at any address."""
    for table in ("net/tcp", "net/tcp6"):
        for line in _text(proc / table).splitlines():
            words = line.split()
            if len(words) > 9 and words[3] == _LISTENING and words[1].endswith(f":{port:04X}"):
                yield words[9]


def _processes(proc: Path) -> list[Path]:
    """Newest first: a broker of our own is among them."""
    with suppress(OSError):
        return sorted((each for each in proc.iterdir() if each.name.isdigit()), key=lambda each: -int(each.name))
    return []


def _holds(process: Path, sockets: set[str]) -> bool:
    with suppress(OSError), os.scandir(process / "fd") as found:
        return any(_leads_to(entry.path) in sockets for entry in found)
    return False


def _leads_to(link: str) -> str:
    with suppress(OSError):
        return str(Path(link).readlink())
    return ""


def _files(process: Path) -> int | None:
    found = re.search(r"^Max open files\s+([0-9]+)", _text(process / "limits"), re.MULTILINE)
    return int(found[1]) if found else None


def _open_files(process: Path) -> int | None:
    with suppress(OSError):
        return sum(1 for _ in (process / "fd").iterdir())
    return None


def _configuration(process: Path, port: int) -> tuple[int | None, bool | None]:
    """`most_connections` and `delays`: as rumqttd is told on its command line, or mosquitto in its file."""
    words = _text(process / "cmdline").split("\0")
    if found := re.search(r"^max_connections = ([0-9]+)$", "\n".join(words), re.MULTILINE):
        return int(found[1]), None
    file = next((value for flag, value in pairwise(words) if flag in {"-c", "--config-file"}), "")
    settings = [] if file.startswith(("/dev/", "/proc/")) else list(_settings(process / "cwd" / file))
    if not settings:
        return None, None
    return _most_of_mosquitto(settings, port), ["set_tcp_nodelay", "true"] not in settings


def _most_of_mosquitto(settings: list[list[str]], port: int) -> int | None:
    """`max_connections` of the listener on `port`; before the first `listener` it is the default listener's."""
    here: int | None = None
    most = ""
    for words in settings:
        match words:
            case ["listener", number, *_] if number.isdigit():
                here = int(number)
            case ["max_connections", number, *_] if here in {None, port}:
                most = number
            case _:
                continue
    return int(most) if re.fullmatch("[0-9]{1,9}", most) else None


def _settings(file: Path, depth: int = 0) -> Iterator[list[str]]:
    """The settings of a mosquitto.conf and of the folders it includes, in order, each in words."""
    for line in _text(file).splitlines():
        words = line.split()
        if words[:1] == ["include_dir"] and len(words) > 1 and depth < _DEEPEST:
            for other in _included(file.parent / words[1]):
                yield from _settings(other, depth + 1)
        elif words and not words[0].startswith("#"):
            yield words


def _included(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(folder.glob("*.conf"))
    return []


def _text(file: Path) -> str:
    """What stands in a file that is one: a pipe would keep us waiting."""
    try:
        return file.read_text("utf-8", errors="replace") if file.is_file() else ""
    except (OSError, ValueError):
        return ""
