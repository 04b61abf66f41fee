"""Options several subcommands share, and how their text is read; InputError says what to write instead."""

import math
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from alertsim.broker import Access, Target
from alertsim.errors import InputError
from alertsim.scenario import Scenario
from alertsim.times import INSTANT_FORM, Millis, parse_duration, parse_instant


class Language(StrEnum):
    """The two languages of everything a person reads."""

    UK = "uk"
    EN = "en"


def default_language() -> Language:
    """Ukrainian where the system speaks it, else English."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return Language.UK if spoken.startswith("uk") else Language.EN


ScenarioName = Annotated[str, typer.Argument(help="A scenario of ours (see `scenarios`), a folder, or a file.")]
Seed = Annotated[int | None, typer.Option(min=0, max=2**53, help="Which draws; default: the scenario's, else 1.")]
Broker = Annotated[
    str,
    typer.Option(
        envvar="ALERTSIM_BROKER", help="embedded, mosquitto, or a URL: mqtt(s)://[USER@]HOST:PORT, ws(s)://HOST/mqtt."
    ),
]
BrokerUrl = Annotated[
    str, typer.Option(envvar="ALERTSIM_BROKER", help="mqtt(s)://[USER@]HOST:PORT or ws(s)://[USER@]HOST:PORT/mqtt.")
]
Ca = Annotated[
    Path | None,
    typer.Option(envvar="ALERTSIM_CA", help="TLS: the CA of the broker, in PEM; default: those this system trusts."),
]
Cert = Annotated[Path | None, typer.Option(envvar="ALERTSIM_CERT", help="TLS: our certificate, in PEM.")]
Key = Annotated[Path | None, typer.Option(envvar="ALERTSIM_KEY", help="TLS: its key, where it is in another file.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(envvar="ALERTSIM_PASSWORD_FILE", help="A file with the USER's password; or set $ALERTSIM_PASSWORD."),
]
Out = Annotated[Path | None, typer.Option(help="Where run folders go; default $ALERTSIM_RUNS, else ./runs.")]
Lang = Annotated[Language, typer.Option(default_factory=default_language, help="Language of what people read.")]


def runs_folder(out: Path | None) -> Path:
    """`--out`, else ALERTSIM_RUNS, else ./runs."""
    return out or Path(os.environ.get("ALERTSIM_RUNS") or "runs")


def read_access(
    target: Target | None, ca: Path | None, cert: Path | None, key: Path | None, password_file: Path | None
) -> Access:
    """How to get in at `target`, which it must fit; None: at brokers that are noted somewhere."""
    access = Access(ca, cert, key, read_password(password_file))
    if target:
        access.check(target)
    return access


def read_password(file: Path | None) -> str | None:
    """The first line of the file, else ALERTSIM_PASSWORD; None where there is neither."""
    if file is None:
        return _sendable("$ALERTSIM_PASSWORD", os.environ.get("ALERTSIM_PASSWORD") or None)
    try:
        password = file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a text file"
        raise InputError(f"--password-file {file}: {why}") from None
    if not password:
        raise InputError(f"--password-file {file}: its first line is empty; expected the password")
    return _sendable(f"--password-file {file}", password)


def _sendable(where: str, password: str | None) -> str | None:
    """The password, if MQTT can carry it."""
    try:
        fits = len((password or "").encode()) <= 65_535
    except UnicodeError:
        fits = False
    if not fits:
        raise InputError(f"{where}: expected a password of at most 65,535 bytes of UTF-8")
    return password


def read_seed(seed: int | None, scenario: Scenario) -> int:
    """The flag, else the scenario's own, else 1."""
    return next(given for given in (seed, scenario.seed, 1) if given is not None)


def read_rate(text: str | None) -> float | None:
    """A number above 0, or `max`; None where nothing was asked."""
    if text is None:
        return None
    try:
        rate = math.inf if text == "max" else float(text)
    except ValueError:
        rate = math.nan
    if not rate > 0 or (rate > 1_000_000 and text != "max"):
        raise InputError(f"--rate {text!r}: expected scenario seconds a real second, like 1 or 60, or max")
    return rate


def read_instant(option: str, text: str | None, start: Millis) -> Millis | None:
    """An absolute time, or `+duration` from the scenario's start; None where nothing was asked."""
    if text is None:
        return None
    try:
        return Millis(start + parse_duration(text[1:])) if text.startswith("+") else parse_instant(text)[0]
    except ValueError:
        raise InputError(f"{option} {text!r}: expected {INSTANT_FORM}, or +00:12:30 from the start") from None
